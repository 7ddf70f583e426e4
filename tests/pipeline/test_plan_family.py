"""The family of the plan and the power of the plan, from a study with counts in its store."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.pipeline.plan_family import plan_family
from outcomes.pipeline.plan_power import power_of_plan
from outcomes.pipeline.plan_power_words import draw, power_sentences
from outcomes.pipeline.planned_design import planned_design
from outcomes.pipeline.records import count_measures, import_counts
from outcomes.sheets import Reading
from outcomes.study import Study, open_study

FOCUS = [f"focus-{number}" for number in range(4)]
COMPARISON = [f"other-{number}" for number in range(4)]
SETTINGS = """\
[study]
name = "Walks"
agency = "Police"
first = 2024-01-01
last = 2025-12-31

[plan]
question = "Do people pass on more tips once officers walk there?"
output = "walk_minutes"
primary_outcome = "tips_received"
other_outcomes = ["partnerships", "crime_reports", "feeling_safe"]
smallest_effect = 4
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Eight places with counts of three outcomes from 2024 to 2025, the walks from July 2025."""
    root = tmp_path / "study"
    root.mkdir()
    places = [(code, "focus", "\nstart = 2025-07-01") for code in FOCUS]
    places += [(code, "comparison", "") for code in COMPARISON]
    blocks = [
        f'\n[[places]]\ncode = "{code}"\nname = "{code}"\nrole = "{role}"{start}\n'
        for code, role, start in places
    ]
    (root / "study.toml").write_text(SETTINGS + "".join(blocks), encoding="utf-8")
    rng = np.random.default_rng(1)
    rows = [
        {
            "place": place,
            "month": f"{year}-{month:02}",
            "measure": measure,
            "value": int(rng.poisson(20)) + 15 * (place in FOCUS and (year, month) >= (2025, 7)),
        }
        for measure in ("tips_received", "partnerships", "crime_reports")
        for place in [*FOCUS, *COMPARISON]
        for year in (2024, 2025)
        for month in range(1, 13)
    ]
    table = root / "counts.csv"
    pd.DataFrame(rows).to_csv(table, index=False)
    opened = open_study(root)
    import_counts(opened, table, reading=Reading())
    return opened


def test_the_counts_of_the_plan_are_tested_together(study: Study) -> None:
    plan = study.settings.plan
    assert plan is not None
    measures = count_measures(study)
    found = plan_family(measures, "tips_received", study=study, plan=plan, told=[])
    assert [each.measure for each in found] == [
        "",
        "tips_received",
        "partnerships",
        "crime_reports",
    ]
    assert found[0].low > 0
    assert found[1].period == "2024-01 to 2025-12"
    assert found[1].unit == "tips a month in each place"
    assert found[0].warnings[0] == "of three outcomes tested together, none can be told"
    assert (
        "by Holm, the smallest p that 4 against 4 places can reach is 0.086"
        in (found[0].warnings[1])
    )
    young = plan.model_copy(update={"adjustment": "westfall-young"})
    found = plan_family(measures, "tips_received", study=study, plan=young, told=[])
    assert found[0].warnings[0] == (
        "of three outcomes tested together, two moved the hoped-for way, one moved in a way that "
        "can be good or bad news"
    )


def test_a_family_of_which_too_little_was_recorded_is_told_as_open(study: Study) -> None:
    plan = study.settings.plan
    assert plan is not None
    measures = count_measures(study)
    only = measures[measures["measure"] == "tips_received"]
    with pytest.raises(DataError, match="beside Tips received, too few could be compared"):
        plan_family(only, "tips_received", study=study, plan=plan, told=[])


def test_the_power_of_the_plan_comes_from_the_months_before_the_start_alone(study: Study) -> None:
    found = power_of_plan(study, runs=400)
    assert (found.design.treated, found.design.untreated) == (4, 4)
    assert (found.design.before, found.design.after) == (18, 6)
    assert not found.detectable.warnings  # 18 months before the start are enough
    assert 2 < found.detectable.value < 9
    said = power_sentences(found)
    assert said[0].startswith("Tips received: smallest change that 80% of studies would find")
    assert "tips a month in each place (" in said[0]
    assert "by the simulation's own chance)" in said[0]
    assert any("would find a change of 4" in sentence for sentence in said)
    draw(found, picture=study.reports / "power.svg")
    assert (study.reports / "power.png").exists()


def test_a_plan_with_staggered_starts_is_not_simulated_as_if_they_were_one(study: Study) -> None:
    path = study.root / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("start = 2025-07-01", "start = 2025-05-01", 1), encoding="utf-8")
    with pytest.raises(DataError, match="start in different months"):
        power_of_plan(open_study(study.root))


@pytest.mark.parametrize(
    ("design", "analysis"), [("staggered", "staggered"), ("interrupted", "interrupted")]
)
def test_the_design_that_the_plan_names_is_run_on_its_outcomes(
    study: Study, design: str, analysis: str
) -> None:
    plan = study.settings.plan
    assert plan is not None
    named = plan.model_copy(update={"design": design})
    found = planned_design(count_measures(study), "tips_received", study=study, plan=named)
    assert {each.analysis for each in found} == {analysis}
    assert found[0].measure == "tips_received"
    assert found[0].low < 15 < found[0].high  # as many were planted


def test_a_month_that_a_start_cuts_in_two_is_left_out_in_that_place(study: Study) -> None:
    path = study.root / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("start = 2025-07-01", "start = 2025-07-10", 1), encoding="utf-8")
    other = open_study(study.root)
    assert other.settings.plan is not None
    named = other.settings.plan.model_copy(update={"design": "staggered"})
    found = planned_design(count_measures(other), "tips_received", study=other, plan=named)
    assert 8 < found[0].value < 22
    path.write_text(text.replace("start = 2025-07-01", "start = 2025-12-10", 1), encoding="utf-8")
    late = open_study(study.root)
    with pytest.raises(DataError, match="no whole month after the start on 2025-12-10"):
        planned_design(count_measures(late), "tips_received", study=late, plan=named)
