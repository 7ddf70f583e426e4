"""What a study knows of its places speaks beside their comparison, and not to the public."""

from dataclasses import replace
from datetime import date
from math import nan

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.panel import compare_places
from outcomes.errors import FileError
from outcomes.estimate import Estimate
from outcomes.measures import check
from outcomes.pipeline.place_guards import guard_places, read_curves
from outcomes.pipeline.publishing import publishable
from outcomes.study import open_study

PLACES = {"eastbank": "focus", "millrow": "focus", "oldtown": "focus", "northgate": "comparison",
          "westend": "comparison", "southpark": "comparison", "hill": "comparison"}  # fmt: skip


def written(folder, *, start="2025-07-01", next_to="", called=str.title):
    places = "".join(
        f'[[places]]\ncode = "{code}"\nname = "{called(code)}"\nrole = "{role}"\n'
        + (f"start = {start}\n" if role == "focus" else "")
        + (next_to if code == "eastbank" else "")
        + "\n"
        for code, role in PLACES.items()
    )
    (folder / "study.toml").write_text(
        '[study]\nname = "S"\nagency = "A"\nfirst = 2024-07-01\nlast = 2026-06-30\n\n'
        '[plan]\nquestion = "Do people pass on more tips?"\noutput = "walk_minutes"\n'
        f'primary_outcome = "tips_received"\n\n{places}',
        encoding="utf-8",
    )
    return open_study(folder)


def measured(study, *, people=1000.0):
    rng = np.random.default_rng(5)
    rows = [
        (code, month, measure, value)
        for code, role in PLACES.items()
        for month in study.months()
        for measure, value in (
            ("tips_received", rng.poisson(20) + 15.0 * (role == "focus" and month >= "2025-07")),
            ("population", people * (1 + 0.3 * (code == "hill" and month >= "2025-07"))),
        )
    ]
    table = pd.DataFrame(rows, columns=["place", "period", "measure", "value"])
    return check(
        table.assign(stream="records", unit=table["place"], se=nan, n=table["value"].round())
    )


def compared(study, measures):
    focus = study.places("focus")
    return compare_places(
        measures, "tips_received", starts={place.code: place.start for place in focus},
        comparison=[place.code for place in study.places("comparison")], months=study.months(),
    )  # fmt: skip


def compliance(place, share):
    return Estimate(
        term="Walks", value=share, se=0.0, low=share, high=share, n=50, unit="share of walks",
        method="count", analysis="compliance", measure="walks_counted", place=place,
    )  # fmt: skip


def test_what_the_study_knows_speaks_beside_the_comparison(tmp_path) -> None:
    study = written(tmp_path, next_to='next_to = ["northgate"]\n')
    measures = measured(study)
    other = compliance("eastbank", 0.5)
    found = guard_places(
        study, measures, [other, compared(study, measures)], plan=study.settings.plan
    )
    assert found[0] is other
    told = " | ".join(found[1].warnings)
    assert "Northgate borders on a focus place" in told
    assert "less than 80% of the required walks were done by the rules [Eastbank 50%]" in told
    assert "the people behind the counts changed by more than 10% (Hill +30%)" in told


def test_every_way_is_written_and_read_back_by_measure(tmp_path) -> None:
    study = written(tmp_path)
    assert read_curves(study) == {}
    measures = measured(study)
    guard_places(study, measures, [compared(study, measures)], plan=study.settings.plan)
    curve, *ways = read_curves(study)["tips_received"]
    assert curve.analysis == "specification curve"
    assert len(ways) == 2 * 2 * 2 * 2 * 5  # 6 and 12 months before; four places left out in turn
    assert any(each.term.endswith("without Northgate") for each in ways)
    guard_places(study, measures, [], plan=study.settings.plan)
    assert read_curves(study) == {}


def test_a_month_that_the_start_cuts_is_left_out_of_the_guards_but_a_choice_of_the_curve(tmp_path):
    study = written(tmp_path, start="2025-07-14")
    measures = measured(study)
    months = measures["period"].eq("2025-07") & measures["measure"].eq("tips_received")
    measures.loc[months & measures["place"].eq("millrow"), "value"] = 5000.0
    (found,) = guard_places(study, measures, [compared(study, measures)], plan=study.settings.plan)
    assert not any("hangs on" in warning for warning in found.warnings)
    ways = read_curves(study)["tips_received"][1:]
    plain = [each for each in ways if "difference, mean of months, all" in each.term]
    counted, left_out = ([each.value for each in plain if word in each.term]
                         for word in ("month counted", "left out"))  # fmt: skip
    assert min(counted) > 100 > max(left_out)


def test_figures_of_single_places_do_not_reach_the_public(tmp_path) -> None:
    study = written(tmp_path, next_to='next_to = ["northgate"]\n')
    measures = measured(study)
    (found,) = guard_places(study, measures, [compared(study, measures)], plan=study.settings.plan)
    assert any("[" in text for text in (*found.warnings, *found.assumptions))
    (shown,) = publishable([replace(found, n=500)], smallest=10)
    assert not any("[" in text for text in (*shown.warnings, *shown.assumptions))
    assert any("Northgate borders on a focus place" in text for text in shown.warnings)


@pytest.mark.parametrize("called", ["{} [north]", "{}]", "[{}"])
def test_brackets_in_a_name_let_no_figure_of_a_place_out(tmp_path, called) -> None:
    study = written(tmp_path, next_to='next_to = ["northgate"]\n', called=called.format)
    measures = measured(study)
    walks = [compliance("eastbank", 0.31), compliance("millrow", 0.32)]
    *_, found = guard_places(
        study, measures, [*walks, compared(study, measures)], plan=study.settings.plan
    )
    assert any("31%" in text for text in found.warnings)
    (shown,) = publishable([replace(found, n=500)], smallest=10)
    told = " | ".join((*shown.warnings, *shown.assumptions))
    assert "less than 80% of the required walks were done by the rules" in told
    assert not any(figure in told for figure in ("31%", "32%", "[", "]"))


@pytest.mark.parametrize("other", ["nowhere", "eastbank"])
def test_a_border_with_no_other_place_of_the_study_is_refused(tmp_path, other) -> None:
    with pytest.raises(
        FileError, match=f"'eastbank' is next to '{other}', which is no other place"
    ):
        written(tmp_path, next_to=f'next_to = ["{other}"]\n')


def test_starts_are_days_and_the_comparison_is_as_before(tmp_path) -> None:
    study = written(tmp_path)
    measures = measured(study)
    plain = compared(study, measures)
    (found,) = guard_places(study, measures, [plain], plan=study.settings.plan)
    assert study.places("focus")[0].start == date(2025, 7, 1)
    assert replace(found, warnings=(), assumptions=()) == replace(
        plain, warnings=(), assumptions=()
    )
    assert set(plain.warnings) <= set(found.warnings)
