"""The plan of study.toml: old ones still load, and what could not be evaluated is refused."""

from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.settings import Plan, read_settings

OUTPUT = 'output = "walk_minutes"'


def read(tmp_path: Path, text: str) -> Plan:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    plan = read_settings(path).plan
    assert plan is not None
    return plan


def test_a_plan_from_before_the_new_keys_loads_with_their_defaults(
    tmp_path: Path, example_settings: str
) -> None:
    plan = read(tmp_path, example_settings)
    assert (plan.design, plan.adjustment, plan.level, plan.drawn_by_lot) == (
        None,
        "holm",
        0.95,
        False,
    )
    assert plan.outcomes == plan.together == ("tips_received", "complaints")


def test_all_that_a_plan_may_say_is_read(tmp_path: Path, example_settings: str) -> None:
    more = f"""{OUTPUT}
design = "staggered"
why_these_places = "The two beats with the fewest tips, chosen by the council."
drawn_by_lot = true
family = ["tips_received", "complaints"]
adjustment = "westfall-young"
level = 0.9
smallest_effect = 3
community_part = "Residents chose tips."
"""
    plan = read(tmp_path, example_settings.replace(OUTPUT, more))
    assert (plan.design, plan.adjustment, plan.level) == ("staggered", "westfall-young", 0.9)
    assert plan.family == ("tips_received", "complaints")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('design = "magic"', r"design: 'magic' is not allowed\. Write one"),
        ('adjustment = "none"', "adjustment: 'none' is not allowed"),
        ('family = ["tips_received", "crime_reports"]', "'crime_reports', which is no outcome of"),
        ('family = ["tips_received"]', "has two or more"),
        ('family = ["tips_received", "tips_received"]', "stands 2 times"),
        ('family = ["walk_minutes", "tips_received"]', "is an output"),
        ("level = 0.5", "level"),
        ("smallest_effect = 0", "smallest_effect"),
        ("smallest_effect = inf", "smallest_effect"),
        ("goal = 1", "goal"),
    ],
)
def test_a_plan_that_could_not_be_evaluated_is_refused(
    tmp_path: Path, example_settings: str, line: str, sentence: str
) -> None:
    with pytest.raises(FileError, match=sentence):
        read(tmp_path, example_settings.replace(OUTPUT, f"{OUTPUT}\n{line}"))
