"""Strategies other than walks are data, in the same table and by the same rules (D33)."""

from datetime import date

import pandas as pd
import pytest

from outcomes.engagement.compliance import compliance, strategy_compliance
from outcomes.engagement.compliance_shares import compliance_estimates
from outcomes.engagement.log import COLUMNS
from outcomes.engagement.periods import Coverage
from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError, FileError

TYPE = '[[types]]\ncode = "walk"\nname = "Walk"\ntimes = 2\nper = "quarter"\n'
GROUP = """
[[strategies]]
code = "group"
name = "Working group"
kind = "event"
where = { sort = ["working group"] }
at_least = { participants = 5 }
times = 1
per = "month"
"""
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
COVERAGE = Coverage(first=FIRST, last=LAST, starts={"east": FIRST, "mill": date(2026, 2, 10)})


def rules_from(tmp_path, text):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return read_walk_rules(path)


def event(day, participants, *, place="east", sort="working group"):
    body = {"name": "A meeting", "sort": sort, "participants": participants}
    return {"kind": "event", "day": day, "place": place, "body": body}


def check(rules, *records, walks=()):
    log = pd.DataFrame(list(walks), columns=list(COLUMNS)).fillna(0)
    facts = pd.DataFrame(list(records), columns=["kind", "day", "place", "body"])
    return compliance(log, rules, coverage=COVERAGE, records=facts)


def test_records_are_counted_beside_the_walks_with_what_each_lacked(tmp_path):
    table = check(
        rules_from(tmp_path, TYPE + GROUP),
        event("2026-01-14", 12),
        event("2026-01-28", 4),
        event("2026-02-04", 9, sort="youth academy"),
        event("2026-02-04", 9, place="mill"),
        {"kind": "contact", "day": "2026-03-04", "place": "east", "body": {}},
    )
    assert set(table["type"]) == {"walk", "group"}
    east = table[(table["type"] == "group") & (table["place"] == "east")].set_index("period")
    assert east["required"].tolist() == [1] * 6
    january = east.loc["2026-01"]
    assert (january["done"], january["counted"], january["short"]) == (2, 1, 0)
    assert january["reasons"] == "1 with fewer than 5 participants"
    assert east.loc["2026-02":, "done"].sum() == 0
    mill = table[(table["type"] == "group") & (table["place"] == "mill")].set_index("period")
    assert mill["required"].tolist() == [0, 0, 1, 1, 1, 1]
    assert mill.loc["2026-02", "reasons"] == (
        "partial month, it starts here on 2026-02-10: nothing is required; 1 before it starts there"
    )


def test_an_agency_as_a_whole_may_owe_a_strategy_from_a_day_of_its_own(tmp_path):
    more = 'places = ["agency"]\nfirst = 2026-04-01\n'
    text = TYPE + GROUP.replace('"month"', '"quarter"') + more
    table = check(rules_from(tmp_path, text), event("2026-05-04", 30, place="agency"))
    group = table[table["type"] == "group"]
    assert group["place"].tolist() == ["agency", "agency"]
    assert group[["period", "required", "counted"]].to_numpy().tolist() == [
        ["2026-Q1", 0, 0],
        ["2026-Q2", 1, 1],
    ]


def test_a_second_meeting_on_one_workday_does_not_stand_for_another(tmp_path):
    rules = rules_from(tmp_path, TYPE + GROUP.replace('"month"', '"workday"'))
    table = check(rules, event("2026-01-05", 9), event("2026-01-05", 8))
    week = table[(table["type"] == "group") & (table["done"] > 0)].iloc[0]
    assert (week["required"], week["done"], week["counted"]) == (5, 2, 1)
    assert week["reasons"] == "1 on a workday that had its number already"


def test_walks_may_be_owed_by_the_quarter(tmp_path):
    walk = {"place": "east", "type": "walk", "start": "2026-06-30T23:00:00", "minutes": 5}
    table = check(rules_from(tmp_path, TYPE), walks=[walk | {"coordinator": "other"}])
    east = table[table["place"] == "east"].set_index("period")
    assert east["required"].to_dict() == {"2026-Q1": 2, "2026-Q2": 2}
    assert east["short"].to_dict() == {"2026-Q1": 2, "2026-Q2": 1}
    mill = table[table["place"] == "mill"].set_index("period")
    assert mill["required"].to_dict() == {"2026-Q1": 0, "2026-Q2": 2}
    assert mill.loc["2026-Q1", "reasons"].startswith("partial quarter, the walks start here on")


def test_strategies_are_no_part_of_the_share_of_walks(tmp_path):
    table = check(rules_from(tmp_path, TYPE + GROUP), event("2026-01-14", 12))
    shares = compliance_estimates(table, leave_out=["group"])
    assert {share.n for share in shares if share.place == "east"} == {4}
    assert all("group" not in share.term for share in shares)


def test_a_field_of_several_choices_holds_each_of_them(tmp_path):
    shared = GROUP.replace('kind = "event"', 'kind = "plan_shared"')
    shared = shared.replace('sort = ["working group"]', 'what = ["plan"]')
    rules = rules_from(tmp_path, TYPE + shared.replace("at_least = { participants = 5 }\n", ""))
    facts = [
        {"kind": "plan_shared", "day": f"2026-01-0{day}", "place": "east", "body": {"what": what}}
        for day, what in ((5, ["plan", "calendar"]), (6, ["calendar"]))
    ]
    table = check(rules, *facts)
    row = table[(table["place"] == "east") & (table["period"] == "2026-01")].iloc[0]
    assert (row["type"], row["done"], row["counted"]) == ("group", 1, 1)


def test_strategies_by_themselves_are_the_same_rows(tmp_path):
    rules = rules_from(tmp_path, TYPE + GROUP)
    records = [event("2026-01-14", 12), event("2026-02-04", 2, place="mill")]
    both = check(rules, *records)
    alone = strategy_compliance(pd.DataFrame(records), rules, coverage=COVERAGE)
    rows = both[both["type"] == "group"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, rows)
    none = rules_from(tmp_path, TYPE)
    assert strategy_compliance(pd.DataFrame(records), none, coverage=COVERAGE).empty


def test_without_records_strategies_have_no_rows(tmp_path):
    log = pd.DataFrame(columns=list(COLUMNS))
    table = compliance(log, rules_from(tmp_path, TYPE + GROUP), coverage=COVERAGE)
    assert set(table["type"]) == {"walk"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"event"', '"evnt"', "no kind of record is called 'evnt'.*'event'"),
        ("participants =", "paticipants =", "events have no number 'paticipants'.*'participants'"),
        ("participants =", "name =", "events have no number 'name'"),
        ("{ sort", "{ sorts", "events have no field 'sorts'"),
    ],
)
def test_a_strategy_that_counts_what_there_is_not_is_refused(tmp_path, old, new, message):
    with pytest.raises(DataError, match=message):
        check(rules_from(tmp_path, TYPE + GROUP.replace(old, new, 1)), event("2026-01-14", 12))


def test_a_result_can_be_no_strategy(tmp_path, monkeypatch):
    event_kind = shipped_kinds()["event"].model_copy(update={"has_result": True})
    monkeypatch.setitem(shipped_kinds(), "event", event_kind)
    with pytest.raises(DataError, match="which are results: what people do or say afterwards"):
        check(rules_from(tmp_path, TYPE + GROUP), event("2026-01-14", 12))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('code = "group"', 'code = "walk"', "the code 'walk' stands 2 times among types and"),
        ('"month"', '"incident"', "'incident' is not allowed"),
        ("times = 1", "times = 0", "greater than or equal to 1"),
        ("participants = 5", "participants = 0", "greater than or equal to 1"),
    ],
)
def test_a_mistake_in_a_strategy_is_answered(tmp_path, old, new, message):
    with pytest.raises(FileError, match=message):
        rules_from(tmp_path, TYPE + GROUP.replace(old, new, 1))
