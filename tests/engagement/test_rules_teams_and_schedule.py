"""Walks owed by teams, borders and schedules: rules that an agency may add to the shipped ones."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from outcomes.engagement.compliance import compliance
from outcomes.engagement.log import COLUMNS, read_walks, walk_rows, walk_table
from outcomes.engagement.periods import Coverage
from outcomes.engagement.team_labels import why_no_label
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import FileError, RowsRefused

SHIPPED = Path(__file__).resolve().parents[2] / "walk_rules.toml"
FIRST, LAST = date(2026, 1, 5), date(2026, 1, 18)  # two whole weeks
COVERAGE = Coverage(first=FIRST, last=LAST, starts={"east": FIRST, "mill": FIRST})
TEAMS = """
[[teams]]
name = "squad 1"
types = ["squad"]
[[teams]]
name = "squad 2"
types = ["squad"]
places = ["east"]
"""
SCHEDULE = """
[[schedule]]
place = "east"
type = "squad"
weekdays = ["monday", "friday"]
from = "15:00"
to = "19:00"
[[schedule]]
place = "east"
type = "squad"
weekdays = ["saturday"]
from = "22:00"
to = "02:00"
"""


def rules_with(tmp_path, *, more="", **settings):
    text = SHIPPED.read_text(encoding="utf-8")
    for name, value in settings.items():
        (line,) = [line for line in text.splitlines() if line.startswith(f"{name} = ")]
        text = text.replace(line, f"{name} = {value}")
    path = tmp_path / "walk_rules.toml"
    path.write_text(text + more, encoding="utf-8")
    return read_walk_rules(path)


def squad(start, team=None, *, place="east", **changes):
    row = {"place": place, "type": "squad", "start": start, "minutes": 30}
    row |= {"coordinator": "sergeant", "sergeants": 1, "officers": 1} | changes
    return row | ({} if team is None else {"team": team})


def check(walks, rules, coverage=COVERAGE):
    beside = [name for name in ("team", "inside_border") if any(name in walk for walk in walks)]
    log = pd.DataFrame(walks, columns=[*COLUMNS, *beside])
    log[beside] = log[beside].astype("str").fillna("")
    table = compliance(log.fillna(0), rules, coverage=coverage)
    return table[table["type"] == "squad"].reset_index(drop=True)


def test_each_team_that_the_rules_name_owes_its_walks_even_if_it_never_walked(tmp_path):
    rules = rules_with(tmp_path, frequency_per='"coordinator"', more=TEAMS)
    table = check(
        [squad("2026-01-05T10:00:00", "squad 1"), squad("2026-01-06T10:00:00", "squad 9")], rules
    )
    assert list(table)[:4] == ["place", "type", "team", "period"]
    owed = table[table["required"] > 0].groupby(["place", "team"])["required"].sum()
    assert owed.to_dict() == {
        ("east", "squad 1"): 6,
        ("east", "squad 2"): 6,
        ("mill", "squad 1"): 6,
    }
    assert table["counted"].sum() == 1
    stray = table[table["team"] == "squad 9"].iloc[0]
    assert (stray["required"], stray["done"], stray["reasons"]) == (
        0,
        1,
        "1 by a team that owes none here",
    )


def test_without_a_list_the_teams_of_the_log_owe_the_walks(tmp_path):
    rules = rules_with(tmp_path, frequency_per='"coordinator"')
    walks = [squad("2026-01-05T10:00:00", team) for team in ("day shift", "night shift")]
    table = check([*walks, squad("2026-01-06T10:00:00", "")], rules)
    east = table[table["place"] == "east"]
    assert east.groupby("team")["required"].sum().to_dict() == {
        "": 0,
        "day shift": 6,
        "night shift": 6,
    }
    assert east[east["team"] == ""]["reasons"].tolist() == ["1 without a team"]
    mill = table[table["place"] == "mill"]  # nobody walked: the place owes as one
    assert mill["required"].tolist() == [3, 3]
    assert set(mill["team"]) == {""}


def test_without_a_column_of_teams_the_place_owes_as_one_under_either_reading(tmp_path):
    walks = [squad("2026-01-05T10:00:00")]
    by_team = check(walks, rules_with(tmp_path, frequency_per='"coordinator"'))
    by_place = check(walks, rules_with(tmp_path))
    pd.testing.assert_frame_equal(by_team.drop(columns="team"), by_place)


def test_a_place_in_which_no_team_owes_is_answered_by_every_team(tmp_path):
    # squad 1 owes in east alone; in mill the place owes as one, whoever walks there
    more = '[[teams]]\nname = "squad 1"\ntypes = ["squad"]\nplaces = ["east"]\n'
    rules = rules_with(tmp_path, frequency_per='"coordinator"', more=more)
    week = [f"2026-01-0{day}T10:00:00" for day in (5, 6, 7)]
    teams = ("squad 1", "squad 2", "")
    table = check(
        [squad(day, team, place="mill") for day, team in zip(week, teams, strict=True)], rules
    )
    mill = table[(table["place"] == "mill") & (table["period"] == "2026-W02")]
    assert mill[["team", "required", "done", "counted"]].to_numpy().tolist() == [["", 3, 3, 3]]


def test_two_teams_on_one_workday_do_not_stand_for_two_where_the_place_owes(tmp_path):
    daily = '[[types]]\ncode = "daily"\nname = "Daily"\ntimes = 1\nper = "workday"\n'
    more = f'{daily}[[teams]]\nname = "squad 1"\ntypes = ["squad"]\n'
    rules = rules_with(tmp_path, frequency_per='"coordinator"', more=more)
    day = "2026-01-05T10:00:00"
    walks = [squad(day, team, type="daily") for team in ("squad 1", "squad 2")]
    log = pd.DataFrame(walks, columns=[*COLUMNS, "team"]).fillna(0)
    table = compliance(log, rules, coverage=COVERAGE)
    row = table[(table["type"] == "daily") & (table["done"] > 0)].iloc[0]
    assert (row["team"], row["done"], row["counted"]) == ("", 2, 1)
    assert "1 on a workday that had its walk already" in row["reasons"]


def test_a_walk_that_counts_for_a_further_type_makes_its_team_owe_nothing(tmp_path):
    rules = rules_with(
        tmp_path, frequency_per='"coordinator"', one_walk_counts_for='"every type it meets"'
    )
    walks = [squad("2026-01-05T10:00:00", "squad 1", type="shift", coordinator="sergeant")]
    table = check(walks, rules)
    east = table[(table["place"] == "east") & (table["period"] == "2026-W02")]
    assert east[["team", "required", "counted"]].to_numpy().tolist() == [["", 3, 1]]


def test_a_second_walk_of_another_team_on_a_workday_is_no_surplus(tmp_path):
    rules = rules_with(tmp_path, frequency_per='"coordinator"')
    unit = {"type": "unit", "minutes": 45, "coordinator": "unit", "unit_members": 2}
    walks = [squad(f"2026-01-05T1{n}:00:00", f"unit {n // 2}", **unit) for n in (0, 1, 2)]
    log = pd.DataFrame(walks, columns=[*COLUMNS, "team"]).fillna(0)
    table = compliance(log, rules, coverage=COVERAGE)
    week = table[(table["type"] == "unit") & (table["place"] == "east") & (table["done"] > 0)]
    assert week.set_index("team")["counted"].to_dict() == {"unit 0": 1, "unit 1": 1}
    assert week["reasons"].tolist() == ["1 on a workday that had its walk already", ""]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (TEAMS.replace("squad 1", "Sgt. Miller"), "name after a title.*squad 3, never a name"),
        (TEAMS.replace('["squad"]', '["sqad"]', 1), "teams: there is no type 'sqad'.*'squad'"),
        (SCHEDULE.replace('"squad"', '"sqad"', 1), "schedule: there is no type 'sqad'"),
        (SCHEDULE.replace('"19:00"', '"15:00"'), "from and to are both 15:00"),
        (SCHEDULE.replace('["saturday"]', "[]"), "weekdays"),
        (SCHEDULE.replace('"22:00"', '"25:00"'), "from"),
    ],
)
def test_a_mistake_in_teams_or_schedule_is_answered(tmp_path, more, message):
    with pytest.raises(FileError, match=message):
        rules_with(tmp_path, frequency_per='"coordinator"', more=more)


def test_teams_have_no_meaning_where_the_place_owes_the_walks(tmp_path):
    with pytest.raises(FileError, match='teams have no meaning with frequency_per = "place"'):
        rules_with(tmp_path, more=TEAMS)


def test_a_walk_outside_the_border_does_not_count(tmp_path):
    walks = [
        squad("2026-01-05T10:00:00", inside_border="no"),
        squad("2026-01-06T10:00:00", inside_border="yes"),
        squad("2026-01-07T10:00:00"),
    ]
    row = check(walks, rules_with(tmp_path)).iloc[0]
    assert (row["done"], row["counted"], row["reasons"]) == (3, 2, "1 outside the border")


TIMES = {  # start: whether it is in the schedule; Monday is 2026-01-05
    "2026-01-05T15:00:00": True,
    "2026-01-05T19:00:00": True,
    "2026-01-05T19:01:00": False,
    "2026-01-06T16:00:00": False,
    "2026-01-10T22:30:00": True,
    "2026-01-11T01:30:00": True,  # still Saturday's hours
    "2026-01-10T01:30:00": False,
    "2026-01-12T01:30:00": False,
}


def test_a_schedule_is_reported_and_binds_only_if_the_setting_says_so(tmp_path):
    walks = [squad(start) for start in TIMES]
    off = list(TIMES.values()).count(False)
    loose = check(walks, rules_with(tmp_path, more=SCHEDULE))
    assert loose["counted"].sum() == len(TIMES)
    assert sum(int(text.split()[0]) for text in loose["reasons"] if text) == off
    assert loose["reasons"][0] == "3 counted outside the schedule"
    bound = check(walks, rules_with(tmp_path, more=SCHEDULE, schedule_binds="true"))
    assert bound["counted"].sum() == len(TIMES) - off
    assert bound["reasons"][0] == "3 outside the schedule"
    mill = [squad("2026-01-06T16:00:00", place="mill")]  # has no schedule
    assert check(mill, rules_with(tmp_path, more=SCHEDULE, schedule_binds="true"))["counted"].sum()


LOG = (
    "place,type,start,minutes,coordinator,sergeants,officers,team,inside_border\n"
    "east,squad,2026-01-05 10:00,30,sergeant,1,1,Squad 3,yes\n"
    "east,squad,2026-01-06 10:00,30,sergeant,1,1,,no\n"
)


def read(tmp_path, text):
    path = tmp_path / "walks.csv"
    path.write_text(text, encoding="utf-8")
    return read_walks(path, read_walk_rules(SHIPPED)).or_refuse(leave_out=False).table


def test_team_and_border_are_read_stored_and_read_back(tmp_path):
    table = read(tmp_path, LOG)
    assert table[["team", "inside_border"]].to_numpy().tolist() == [["Squad 3", "yes"], ["", "no"]]
    facts = walk_rows(table).drop(columns="key")
    again = walk_table(facts)
    assert again["team"].tolist() == ["Squad 3", ""]
    assert again["inside_border"].tolist() == ["yes", "no"]


@pytest.mark.parametrize("name", ["Sgt. Miller", "Miller", "Maria's squad", "555-1234", "x" * 41])
def test_a_team_that_may_be_a_name_is_refused_and_not_repeated(tmp_path, name):
    with pytest.raises(RowsRefused, match=r"row 2, column team: .*never a name") as refused:
        read(tmp_path, LOG.replace("Squad 3", name))
    assert name not in str(refused.value)


@pytest.mark.parametrize("label", ["squad 3", "Squad A", "B-shift", "unit 12", "1st Platoon", "7"])
def test_a_label_of_a_team_is_taken(label):
    assert why_no_label(label) == ""


def test_a_border_that_is_neither_yes_nor_no_is_refused(tmp_path):
    with pytest.raises(RowsRefused, match="column inside_border: 'maybe' is not a known answer"):
        read(tmp_path, LOG.replace(",no", ",maybe"))
