from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.engagement.compliance import COLUMNS, compliance
from outcomes.engagement.compliance_shares import compliance_estimates
from outcomes.engagement.judging import judge_walks
from outcomes.engagement.log import COLUMNS as LOG
from outcomes.engagement.periods import Coverage
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError

RULES = read_walk_rules(Path(__file__).resolve().parents[2] / "walk_rules.toml")
FIRST, LAST = date(2026, 1, 5), date(2026, 4, 5)  # 13 whole weeks, Monday to Sunday
QUARTER = Coverage(first=FIRST, last=LAST, starts={"east": FIRST})
EVERYONE = {
    **dict.fromkeys(("executives", "detectives", "sergeants", "nonsworn", "partners"), 1),
    "officers": 2,
}
CREWS = {  # coordinator, minutes, people of a walk that meets its rule
    "officer": ("officer", 20, {"officers": 2}),
    "squad": ("sergeant", 30, {"sergeants": 1, "officers": 1}),
    "shift": ("lieutenant", 30, {"lieutenants": 1, "sergeants": 1, "officers": 1}),
    "district": (
        "captain",
        30,
        {
            f"{unit}{rank}": 1
            for unit in ("", "nonpatrol_")
            for rank in ("captains", "lieutenants", "sergeants")
        },
    ),
    "captain": ("captain", 45, {"captains": 1, "lieutenants": 1}),
    "unit": ("unit", 45, {"unit_members": 2}),
    "post_incident": ("unit", 30, EVERYONE),
    "ad_hoc": ("other", 5, {}),
}


def walk(kind, start, *, place="east", **changes):
    coordinator, minutes, people = CREWS[kind]
    row = {"place": place, "type": kind, "start": start, "minutes": minutes}
    return {**row, "coordinator": coordinator, **people, **changes}


def log(*walks):
    return pd.DataFrame(walks, columns=list(LOG)).fillna(0)


def with_settings(**changes):
    return RULES.model_copy(update={"settings": RULES.settings.model_copy(update=changes)})


def check(*walks, rules=RULES, coverage=QUARTER, incidents=None):
    return compliance(log(*walks), rules, coverage=coverage, incidents=incidents)


def cell(table, kind, period):
    rows = table[(table["type"] == kind) & (table["period"] == period)]
    assert len(rows) == 1
    return rows.iloc[0]


def incidents(*rows):
    return pd.DataFrame(rows, columns=["place", "at", "kind"])


def test_a_quarter_asks_for_the_numbers_of_the_guidance():
    # Totals of 13 weeks once per neighborhood, section 1C: the district's are 2 a month.
    coverage = Coverage(first=date(2026, 1, 1), last=date(2026, 3, 31), starts={"east": FIRST})
    weeks = check(walk("ad_hoc", "2026-01-06T10:00:00"))
    got = weeks.groupby("type")["required"].sum()
    asked = {"officer": 39, "squad": 39, "shift": 39, "captain": 39, "unit": 65}
    assert {kind: got[kind] for kind in asked} == asked
    first_months = Coverage(
        first=date(2026, 1, 1), last=date(2026, 3, 31), starts={"east": date(2026, 1, 1)}
    )
    months = check(walk("ad_hoc", "2026-01-06T10:00:00"), coverage=first_months)
    assert months.groupby("type")["required"].sum()["district"] == 6
    late = check(walk("ad_hoc", "2026-01-06T10:00:00"), coverage=coverage)
    assert late.groupby("type")["required"].sum()["district"] == 4  # January is not whole


def test_a_walk_of_each_type_that_meets_its_rule_counts():
    kinds = [kind for kind in CREWS if kind != "post_incident"]
    table = check(*(walk(kind, "2026-01-07T10:00:00") for kind in kinds))
    assert list(table.columns) == list(COLUMNS)
    done = table[table["done"] > 0].set_index("type")
    assert done["counted"].to_dict() == dict.fromkeys(kinds, 1)
    assert done["required"].to_dict() == {
        **dict.fromkeys(("officer", "squad", "shift", "captain"), 3),
        **{"district": 0, "unit": 5, "ad_hoc": 0},
    }


def test_why_walks_did_not_count_is_said_in_words_and_numbers():
    table = check(
        walk("officer", "2026-01-05T10:00:00", minutes=18),
        walk("officer", "2026-01-06T10:00:00", minutes=15),
        walk("officer", "2026-01-07T10:00:00", officers=1),
        walk("officer", "2026-01-08T10:00:00"),
        walk("squad", "2026-01-08T10:00:00", sergeants=0, coordinator="officer", minutes=10),
    )
    row = cell(table, "officer", "2026-W02")
    assert (row["required"], row["done"], row["counted"], row["short"]) == (3, 4, 1, 2)
    assert row["reasons"] == ("2 too short (18, 15 of 20 minutes); 1 with fewer than 2 officers")
    assert cell(table, "squad", "2026-W02")["reasons"] == (
        "1 too short (10 of 30 minutes) and coordinated by an officer, not a sergeant "
        "and without a sergeant"
    )


def test_each_need_of_a_district_walk_is_named_when_it_is_missing():
    roles = list(CREWS["district"][2])
    walks = [
        walk("district", f"2026-0{month}-10T10:00:00", **{role: 0})
        for month, role in enumerate(roles, start=1)
    ]
    coverage = Coverage(first=date(2026, 1, 1), last=date(2026, 6, 30), starts={"east": FIRST})
    table = check(*walks, coverage=coverage)
    for month, role in enumerate(roles, start=1):
        row = cell(table, "district", f"2026-0{month}")
        assert row["counted"] == 0
        assert f"1 without a {role[:-1].replace('_', ' ')}" in row["reasons"].split("; ")


def test_a_nominal_length_may_be_missed_by_the_tolerance():
    rules = with_settings(minutes="nominal", tolerance_minutes=5)
    table = check(
        walk("officer", "2026-01-05T10:00:00", minutes=15),
        walk("officer", "2026-01-12T10:00:00", minutes=14.5),
        walk("officer", "2026-01-19T10:00:00", minutes=90),
        rules=rules,
    )
    weeks = ("2026-W02", "2026-W03", "2026-W04")
    assert [cell(table, "officer", week)["counted"] for week in weeks] == [1, 0, 1]


def test_a_captain_walk_without_a_patrol_officer_counts_unless_the_setting_asks():
    one = walk("captain", "2026-01-05T10:00:00")
    loose = cell(check(one), "captain", "2026-W02")
    assert (loose["counted"], loose["reasons"]) == (
        1,
        "1 counted without an officer, which C11 asks for",
    )
    strict = cell(
        check(one, rules=with_settings(captain_takes_patrol_officer=True)), "captain", "2026-W02"
    )
    assert (strict["counted"], strict["reasons"]) == (0, "1 without an officer")


def test_a_walk_over_midnight_belongs_to_the_day_it_started():
    table = check(walk("officer", "2026-01-11T23:50:00"), walk("unit", "2026-01-30T23:50:00"))
    assert cell(table, "officer", "2026-W02")["counted"] == 1
    assert cell(table, "officer", "2026-W03")["done"] == 0
    assert cell(table, "unit", "2026-W05")["counted"] == 1


def test_two_walks_on_one_workday_do_not_stand_for_two_days():
    table = check(walk("unit", "2026-01-05T09:00:00"), walk("unit", "2026-01-05T15:00:00"))
    row = cell(table, "unit", "2026-W02")
    assert (row["required"], row["done"], row["counted"], row["short"]) == (5, 2, 1, 4)
    assert row["reasons"] == "1 on a workday that had its walk already"


def test_the_first_walk_of_a_workday_counts_whatever_the_order_of_the_log():
    hours = ("15", "09", "12")
    walks = log(*(walk("unit", f"2026-01-05T{hour}:00:00") for hour in hours))
    judged = judge_walks(walks, RULES, coverage=QUARTER)
    assert judged["surplus"].tolist() == [True, False, True]


def test_a_holiday_lowers_the_workdays_of_its_week():
    rules = with_settings(holidays=(date(2026, 1, 19),))
    table = check(walk("unit", "2026-01-19T10:00:00"), rules=rules)
    row = cell(table, "unit", "2026-W04")
    assert (row["required"], row["counted"], row["reasons"]) == (
        4,
        0,
        "1 on a day that is no workday",
    )
    assert cell(table, "officer", "2026-W04")["required"] == 3


def test_a_week_without_a_workday_asks_for_nothing():
    week = tuple(date(2026, 1, day) for day in range(19, 24))
    table = check(walk("ad_hoc", "2026-01-06T10:00:00"), rules=with_settings(holidays=week))
    for kind in ("officer", "unit"):
        row = cell(table, kind, "2026-W04")
        assert (row["required"], row["reasons"]) == (0, "no workday in this week")


def test_weekend_walks_count_toward_a_week_only_if_the_setting_says_so():
    saturday = walk("officer", "2026-01-10T10:00:00")
    assert cell(check(saturday), "officer", "2026-W02")["counted"] == 1
    row = cell(
        check(saturday, rules=with_settings(weekend_walks_count=False)), "officer", "2026-W02"
    )
    assert (row["counted"], row["reasons"]) == (0, "1 on a day that is no workday")


def test_weeks_may_start_on_a_sunday():
    sunday = walk("officer", "2026-01-11T10:00:00")
    assert cell(check(sunday), "officer", "2026-W02")["done"] == 1
    table = check(sunday, rules=with_settings(week_starts="sunday"))
    assert cell(table, "officer", "2026-W03")["done"] == 1


def test_partial_weeks_and_months_are_listed_and_ask_for_nothing():
    coverage = Coverage(
        first=date(2026, 1, 1), last=date(2026, 3, 11), starts={"east": date(2026, 1, 21)}
    )
    table = check(walk("officer", "2026-01-22T10:00:00"), coverage=coverage)
    before, start = cell(table, "officer", "2026-W03"), cell(table, "officer", "2026-W04")
    assert (before["required"], before["reasons"]) == (
        0,
        "before the walks start here (2026-01-21)",
    )
    assert (start["required"], start["counted"]) == (0, 1)
    assert start["reasons"].startswith("partial week, the walks start here on 2026-01-21")
    last = cell(table, "officer", "2026-W11")
    assert last["required"] == 0
    assert "at the edge of the dates covered" in last["reasons"]
    unit = cell(table, "unit", "2026-W04")
    assert (unit["required"], unit["reasons"]) == (3, "partial week with 3 workdays")
    months = table[table["type"] == "district"].set_index("period")["required"]
    assert months.to_dict() == {"2026-01": 0, "2026-02": 2, "2026-03": 0}


def test_walks_where_or_when_none_are_planned_are_shown_and_do_not_count():
    coverage = Coverage(first=FIRST, last=LAST, starts={"east": date(2026, 2, 2)})
    table = check(
        walk("officer", "2026-01-12T10:00:00"),
        walk("officer", "2026-05-12T10:00:00"),
        walk("officer", "2026-02-10T10:00:00", place="north"),
        coverage=coverage,
    )
    assert table["done"].sum() == 3
    assert table["counted"].sum() == 0
    assert "1 before the walks start there" in cell(table, "officer", "2026-W03")["reasons"]
    assert cell(table, "officer", "2026-W20")["reasons"] == "1 outside the dates covered"
    north = table[table["place"] == "north"].iloc[0]
    assert (north["required"], north["reasons"]) == (0, "1 in a place where no walks are planned")


def test_a_walk_may_count_for_every_type_it_meets_if_the_setting_says_so():
    shift = walk("shift", "2026-01-06T10:00:00", officers=2)
    assert cell(check(shift), "squad", "2026-W02")["counted"] == 0
    sergeant = walk("squad", "2026-01-06T10:00:00", unit_members=2, coordinator="sergeant")
    rules = with_settings(one_walk_counts_for="every type it meets")
    patrol = rules.model_copy(
        update={
            "types": tuple(
                kind.model_copy(update={"coordinator": "any"}) if kind.code == "officer" else kind
                for kind in rules.types
            )
        }
    )
    table = check(walk("squad", "2026-01-07T10:00:00", officers=2), sergeant, rules=patrol)
    officer = cell(table, "officer", "2026-W02")
    assert (officer["done"], officer["counted"]) == (0, 1)
    assert officer["reasons"] == "1 counted that were logged as another type"
    assert cell(table, "squad", "2026-W02")["counted"] == 2


def test_a_type_nobody_knows_is_refused():
    with pytest.raises(DataError, match="no type 'stroll'"):
        compliance(
            log({**walk("unit", "2026-01-05T10:00:00"), "type": "stroll"}), RULES, coverage=QUARTER
        )


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(DataError, match="must not be before first"):
        Coverage(first=LAST, last=FIRST)


def random_log(seed, n=120):
    rng = np.random.default_rng(seed)
    walks = []
    for _ in range(n):
        kind = str(rng.choice(list(CREWS)))
        minutes = int(CREWS[kind][1] + rng.integers(-8, 9))
        minute = int(rng.integers(95 * 24 * 60))
        start = (pd.Timestamp("2026-01-03") + pd.Timedelta(minutes=minute)).isoformat()
        people = {role: int(rng.random() < 0.9) * many for role, many in CREWS[kind][2].items()}
        walks.append(
            walk(kind, start, place=str(rng.choice(["east", "mill"])), minutes=minutes, **people)
        )
    return walks


HAPPENED = incidents(
    *[
        (place, f"2026-0{month}-{day:02d}T{hour:02d}:15:00", "shooting")
        for place in ("east", "mill")
        for month, day, hour in ((1, 9, 22), (1, 30, 3), (2, 14, 13), (3, 7, 23), (3, 8, 1))
    ]
)
TWO = Coverage(
    first=FIRST,
    last=LAST,
    starts={"east": FIRST, "mill": date(2026, 1, 21)},
    time_zone="America/New_York",
)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("reading", ["one type", "every type it meets"])
def test_adding_a_walk_never_lowers_what_counts_nor_raises_what_is_short(seed, reading):
    rules = with_settings(one_walk_counts_for=reading)
    walks = random_log(seed)
    key = ["place", "type", "period"]
    earlier = None
    for end in range(108, 121, 6):
        table = check(*walks[:end], rules=rules, coverage=TWO, incidents=HAPPENED)
        asked = table[table["required"] > 0].set_index(key)[["counted", "short"]]
        if earlier is not None:
            assert list(asked.index) == list(earlier.index)
            assert (asked["counted"] >= earlier["counted"]).all()
            assert (asked["short"] <= earlier["short"]).all()
        earlier = asked


@pytest.mark.parametrize("seed", range(3))
def test_every_walk_of_the_log_stands_in_one_row_and_every_uncounted_one_has_a_reason(seed):
    walks = [one for one in random_log(seed) if one["type"] != "post_incident"]
    table = check(*walks, coverage=TWO, incidents=HAPPENED)
    assert table["done"].sum() == len(walks)
    numbered = (
        table["reasons"]
        .str.findall(r"(?:^|; )(\d+) (?!counted)")
        .map(lambda found: sum(map(int, found)))
    )
    assert (numbered == table["done"] - table["counted"]).all()
    assert (table["short"] == (table["required"] - table["counted"]).clip(lower=0)).all()
    judged = judge_walks(log(*walks), RULES, coverage=TWO, incidents=HAPPENED)
    assert ((judged["fault"] == "") == judged["met"]).all()


def test_the_order_of_the_log_changes_nothing():
    walks = random_log(7)
    one = check(*walks, coverage=TWO, incidents=HAPPENED).drop(columns="reasons")
    other = check(*walks[::-1], coverage=TWO, incidents=HAPPENED).drop(columns="reasons")
    pd.testing.assert_frame_equal(one, other)


def test_shares_recover_how_often_walks_were_done():
    rng = np.random.default_rng(11)
    coverage = Coverage(
        first=date(2024, 1, 1), last=date(2025, 12, 28), starts={"east": date(2024, 1, 1)}
    )
    workdays = pd.bdate_range(coverage.first, coverage.last)
    done = workdays[rng.random(len(workdays)) < 0.7]
    table = check(*(walk("unit", f"{day:%Y-%m-%d}T10:00:00") for day in done), coverage=coverage)
    share = next(e for e in compliance_estimates(table) if e.measure == "walks_unit")
    assert share.value == pytest.approx(len(done) / len(workdays), abs=1e-12)
    assert abs(share.value - 0.7) < 0.05
    assert share.n == len(workdays)


def test_shares_are_exact_counts_with_their_main_reasons():
    week = ["2026-01-05", "2026-01-06", "2026-01-07"]
    officer = [walk("officer", f"{day}T10:00:00") for day in week]
    extra = [walk("officer", f"2026-01-0{day}T12:00:00") for day in (5, 6, 8)]
    short = [walk("officer", "2026-01-12T10:00:00", minutes=11)]
    coverage = Coverage(first=FIRST, last=date(2026, 1, 18), starts={"east": FIRST})
    table = check(
        *officer, *extra, *short, walk("ad_hoc", "2026-01-06T10:00:00"), coverage=coverage
    )
    shares = {share.measure: share for share in compliance_estimates(table)}
    one = shares["walks_officer"]
    # six in the first week make up for nothing in the second: 3 of 6
    assert (one.value, one.low, one.high, one.se) == (0.5, 0.5, 0.5, 0.0)
    assert (one.n, one.dropped, one.place, one.period) == (6, 1, "east", "study")
    assert one.warnings == (
        "3 of 6 required walks are missing",
        "walks that did not count: 1 too short",
    )
    assert one.unit == "share of required walks"
    assert "walks_ad_hoc" not in shares
    assert shares["walks_counted"].n == 6 * 4 + 10
    assert len(shares) == 6


def test_a_place_where_nothing_was_required_gets_no_share():
    coverage = Coverage(first=FIRST, last=LAST, starts={})
    assert (
        compliance_estimates(check(walk("officer", "2026-01-05T10:00:00"), coverage=coverage)) == []
    )
