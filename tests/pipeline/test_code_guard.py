"""Codes that change behind CAD minutes, recorded crime or complaints are said with the estimate."""

from datetime import date
from math import nan

import numpy as np
import pandas as pd
import pytest

from outcomes.estimate import Estimate
from outcomes.measures import check, find
from outcomes.pipeline.cad import confirm_codes, import_extract
from outcomes.pipeline.code_guard import guard_codes
from outcomes.pipeline.evaluate import evaluate
from outcomes.pipeline.folder import new_study
from outcomes.pipeline.publishing import publishable
from outcomes.report.tables import delivered_table
from outcomes.study import open_study

COLUMNS = {"call": "No", "type": "Type", "place": "Beat", "start": "From", "end": "To"}
MEANS = {"Walking Beat": "walk", "FOOT PATROL": "walk", "CAPTAIN WALK": "walk",
         "MEETING": "community", "BURGLARY": "not a walk"}  # fmt: skip


@pytest.fixture
def study(study_folder, tmp_path):
    rules = new_study(tmp_path / "other").rules_path
    (study_folder / "walk_rules.toml").write_text(rules.read_text(encoding="utf-8"), "utf-8")
    with (study_folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[engagement.cad.beats]\nE1 = "eastbank"\nN1 = "northgate"\n')
    return open_study(study_folder)


def with_extract(study, tmp_path, *, renamed: bool):
    """Import a year of calls; from July on, one code may stand in for another."""
    rng, rows = np.random.default_rng(1), []
    for month in range(1, 13):
        new = renamed and month >= 7
        kinds = ["FOOT PATROL" if new else "WALKING BEAT"] * int(rng.integers(8, 14))
        kinds += ["CAPTAIN WALK"] * int(rng.integers(4, 8)) + ["MEETING"] * 3
        rows += [(f"2025-{month:02d}-{day + 1:02d} 10:00", kind) for day, kind in enumerate(kinds)]
    rows += [("2025-01-01 01:00", "BURGLARY"), ("2025-12-31 23:00", "BURGLARY")]
    calls = pd.DataFrame(rows, columns=["From", "Type"])
    calls = calls.assign(No=range(len(rows)), Beat="E1", To=calls["From"])
    calls.to_csv(tmp_path / "calls.csv", index=False)
    table = pd.DataFrame({"call_type": MEANS.keys(), "means": MEANS.values()})
    table.to_csv(tmp_path / "map.csv", index=False)
    confirm_codes(study, tmp_path / "map.csv", today=date(2025, 1, 1))
    import_extract(study, tmp_path / "calls.csv", columns=COLUMNS)


def estimate(analysis, measure, *, term="change"):
    return Estimate(
        term=term, value=1.0, low=0.0, high=2.0, n=500, unit=find(measure).unit, method="x",
        warnings=("said before",), analysis=analysis, measure=measure,
    )  # fmt: skip


def spoken(study, *estimates, measures=None, output="walk_minutes_verified"):
    plan = study.settings.plan.model_copy(update={"output": output})
    nothing = pd.DataFrame(columns=["measure"])
    found = guard_codes(study, nothing if measures is None else measures, estimates, plan=plan)
    assert [each.term for each in found] == [each.term for each in estimates]
    return [each.warnings[1:] for each in found]


def test_a_renamed_code_of_cad_is_said_with_the_minutes_and_with_the_dose(study, tmp_path):
    with_extract(study, tmp_path, renamed=True)
    minutes, dose, later, tips, visits = spoken(
        study,
        estimate("delivered", "walk_minutes_verified"),
        estimate("dose", "tips_received"),
        estimate("dose", "tips_received", term="with a lag"),
        estimate("panel", "tips_received"),
        estimate("delivered", "cad_community_visits"),
    )
    (said,) = minutes
    assert said.startswith("the codes behind time on walks that CAD or GPS confirms changed")
    assert "'FOOT PATROL' begins from 2025-07 on (0% of calls before" in said
    assert "'Walking Beat' stops from 2025-07 on" in said
    assert dose == (said,)
    assert later == tips == visits == ()


def test_codes_that_stay_and_doses_from_the_log_give_no_warning(study, tmp_path):
    estimates = (estimate("delivered", "walk_minutes_verified"), estimate("dose", "tips_received"))
    assert spoken(study, *estimates) == [(), ()]  # no extract at all
    with_extract(study, tmp_path, renamed=False)
    assert spoken(study, *estimates) == [(), ()]


def test_what_the_log_says_does_not_hang_on_codes(study, tmp_path):
    with_extract(study, tmp_path, renamed=True)
    dose = estimate("dose", "tips_received")
    assert spoken(study, dose, output="walk_minutes") == [()]


def test_a_place_whose_extracts_begin_later_is_not_taken_for_a_code_that_begins(study, tmp_path):
    """Eastbank's codes are known all year, those of Northgate from July on."""
    path = study.root / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('N1 = "northgate"\n', ""), encoding="utf-8")
    with_extract(open_study(study.root), tmp_path, renamed=False)
    path.write_text(text, encoding="utf-8")
    days = pd.date_range("2025-07-01 09:00", "2025-12-31 09:00", freq="2D").astype(str)
    days = [*days, "2025-12-31 23:00"]
    late = pd.DataFrame({"From": days, "To": days, "Type": "FOOT PATROL", "Beat": "N1"})
    late.assign(No=range(1000, 1000 + len(days))).to_csv(tmp_path / "late.csv", index=False)
    study = open_study(study.root)
    import_extract(study, tmp_path / "late.csv", columns=COLUMNS)
    assert spoken(study, estimate("delivered", "walk_minutes_verified")) == [()]


def recorded(study, *, moved: float, where=("northgate",)):
    """Complaints of two kinds and a rest; in some places force becomes courtesy from July on."""
    rng, rows = np.random.default_rng(2), []
    for place in study.place_codes():
        for month in study.months():
            share = moved * (place in where and month >= "2025-07")
            kinds = rng.multinomial(120, [0.3 + share, 0.6 - share, 0.1])
            names = ("complaints_courtesy", "complaints_force", "complaints")
            values = (kinds[0], kinds[1], kinds.sum())
            rows += [(place, month, *pair) for pair in zip(names, values, strict=True)]
    table = pd.DataFrame(rows, columns=["place", "period", "measure", "value"])
    return check(table.assign(stream="records", unit=table["place"], se=nan, n=1))


def test_kinds_of_complaints_that_change_in_comparison_places_are_said(study):
    panel = (estimate("panel", "complaints"), estimate("panel", "complaints_force"))
    total, part = spoken(study, *panel, measures=recorded(study, moved=0.4))
    assert total == part
    assert total[0].startswith("the codes behind complaints from community members changed")
    assert "'Complaints: use of force' falls from 2025-07 on" in total[0]
    assert "any other kind" not in total[0]


def test_what_moves_where_the_walks_are_is_no_change_of_codes(study):
    panel = (estimate("panel", "complaints"), estimate("panel", "complaints_force"))
    here = recorded(study, moved=0.4, where=("eastbank",))
    assert spoken(study, *panel, measures=here) == [(), ()]


def test_the_public_does_not_read_which_codes(study, tmp_path):
    with_extract(study, tmp_path, renamed=True)
    plan = study.settings.plan
    delivered = estimate("delivered", "walk_minutes_verified")
    found = guard_codes(study, pd.DataFrame(columns=["measure"]), [delivered], plan=plan)
    (shown,) = publishable(found, smallest=10)
    assert any("the codes behind" in text for text in shown.warnings)
    assert not any("FOOT PATROL" in text for text in shown.warnings)


def test_the_evaluation_asks_for_it_and_the_report_prints_it(study, tmp_path):
    path = study.root / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"walk_minutes"', '"cad_community_visits"'), encoding="utf-8")
    study = open_study(study.root)
    with_extract(study, tmp_path, renamed=True)
    community = {"CAPTAIN WALK": "community", "FOOT PATROL": "community"}
    table = pd.DataFrame({"call_type": community.keys(), "means": community.values()})
    table.to_csv(tmp_path / "again.csv", index=False)
    confirm_codes(study, tmp_path / "again.csv", amend=True)
    found = [each for each in evaluate(study).estimates if each.analysis == "delivered"]
    assert {each.measure for each in found} >= {"cad_community_visits"}
    (said,) = delivered_table(found, caption="What each place got").cautions
    assert said.startswith("The codes behind community visits in CAD, walks left out changed")
    assert "'FOOT PATROL' begins from 2025-07 on" in said
