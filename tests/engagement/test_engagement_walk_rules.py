from pathlib import Path

import pytest

from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError, FileError

SHIPPED = Path(__file__).resolve().parents[2] / "walk_rules.toml"
OFFICER = """
[[types]]
code = "officer"
name = "Officer walk"
coordinator = "officer"
minutes = 20
times = 3
per = "work week"
needs = [{ roles = ["officers"], at_least = 2 }]
"""


def rules_from(tmp_path, text):
    path = tmp_path / "walk_rules.toml"
    path.write_text(text, encoding="utf-8")
    return read_walk_rules(path)


def test_the_shipped_rules_hold_the_seven_types_and_ad_hoc():
    rules = read_walk_rules(SHIPPED)
    found = {
        kind.requirement: (kind.code, kind.minutes, kind.times, kind.per) for kind in rules.types
    }
    # Requirements C1-C7, section 1C of the list of requirements
    assert found == {
        "C1": ("post_incident", 0, 0, "incident"),
        "C2": ("officer", 20, 3, "work week"),
        "C3": ("squad", 30, 3, "work week"),
        "C4": ("shift", 30, 3, "work week"),
        "C5": ("district", 30, 2, "month"),
        "C6": ("captain", 45, 3, "work week"),
        "C7": ("unit", 45, 1, "workday"),
        "C10": ("ad_hoc", 0, 0, None),
    }
    assert rules.type("post_incident").hours == 24
    assert not rules.settings.captain_takes_patrol_officer


def test_every_setting_stands_in_the_shipped_file_with_its_default():
    rules = read_walk_rules(SHIPPED)
    assert rules.settings == type(rules.settings)()
    text = SHIPPED.read_text(encoding="utf-8")
    assert all(f"\n{name} = " in text for name in type(rules.settings).model_fields)


def test_people_needed_at_least_follow_the_guidance():
    # "Min. people" of section 1C
    least = {"officer": 2, "squad": 2, "shift": 3, "district": 6, "captain": 2, "unit": 2}
    rules = read_walk_rules(SHIPPED)
    for code, people in least.items():
        needs = [need for need in rules.type(code).needs if rules.is_on(need)]
        overlapping = code == "captain"  # the captain is one of the two
        found = (
            max(need.at_least for need in needs)
            if overlapping
            else sum(need.at_least for need in needs)
        )
        assert found == people, code


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"officers"]', '"officer"]', r"line 9.*'officer' is not a role.*Did you mean 'officers'"),
        ('per = "work week"', 'per = "week"', r"line 8.*'week' is not allowed. Write one of"),
        ("times = 3\n", "", "times and per go together"),
        ("minutes = 20", "minuets = 20", r"line 6.*'minuets' is not a key.*'minutes'"),
        ('name = "Officer walk"', 'name = "Officer walk"\nhours = 24', "belong to walks after"),
        ('coordinator = "officer"', 'coordinator = "chief"', r"line 5.*'chief' is not allowed"),
        ("at_least = 2", "at_least = 0", "greater than or equal to 1"),
    ],
)
def test_a_mistake_is_answered_with_line_rule_and_mend(tmp_path, old, new, message):
    assert old in OFFICER
    with pytest.raises(FileError, match=message):
        rules_from(tmp_path, OFFICER.replace(old, new))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("tolerance_minutes = 5", 'no meaning with minutes = "minimum"'),
        ('workdays = ["monday", "monday"]', "each once"),
        ('holidays = ["Christmas"]', "holidays"),
    ],
)
def test_a_setting_that_cannot_be_followed_is_refused(tmp_path, setting, message):
    with pytest.raises(FileError, match=message):
        rules_from(tmp_path, f"[settings]\n{setting}\n{OFFICER}")


def test_a_type_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(FileError, match="'officer' stands 2 times"):
        rules_from(tmp_path, OFFICER + OFFICER)


def test_an_unknown_type_is_answered_with_the_known_ones():
    with pytest.raises(DataError, match=r"no type 'sqad'. Did you mean 'squad'"):
        read_walk_rules(SHIPPED).type("sqad")


def test_an_agencys_own_strategy_is_a_type_like_any_other(tmp_path):
    own = '[[types]]\ncode = "coffee"\nname = "Coffee hour"\ntimes = 1\nper = "month"\n'
    assert rules_from(tmp_path, OFFICER + own).codes() == ("officer", "coffee")
