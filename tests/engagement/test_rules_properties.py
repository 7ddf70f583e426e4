"""What holds of the rule engine whatever the log: more walks, other weeks, other clocks."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from outcomes.engagement.compliance import compliance
from outcomes.engagement.incidents import hours_since
from outcomes.engagement.log import COLUMNS
from outcomes.engagement.periods import Coverage
from outcomes.engagement.walk_rules import Planned, Team, read_walk_rules

FEW = settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
ZONES = [
    "America/New_York",
    "America/Phoenix",
    "Asia/Kolkata",
    "",
]  # two without a change of clocks
CREWS = {  # coordinator, minutes, people of a walk that meets its rule
    "officer": ("officer", 20, {"officers": 2}),
    "unit": ("unit", 45, {"unit_members": 2}),
    "post_incident": (
        "unit",
        30,
        dict.fromkeys(
            ("executives", "detectives", "sergeants", "officers", "nonsworn", "partners"), 1
        ),
    ),
}
KEY = ["place", "type", "period"]
TEAMS = tuple(Team(name=name, types=("officer", "unit")) for name in ("squad 1", "squad 2"))
SCHEDULE = (
    Planned(place="east", type="officer", weekdays=("monday",), begins="20:00", ends="03:00"),
)


@cache
def shipped():
    rules = read_walk_rules(Path(__file__).resolve().parents[2] / "walk_rules.toml")
    types = tuple(rules.type(code) for code in CREWS)
    # its rule is kept by officer walks too
    any_rank = {"code": "quarterly", "coordinator": "any", "times": 2, "per": "quarter"}
    quarter = rules.type("officer").model_copy(update=any_rank)
    return rules.model_copy(update={"types": (*types, quarter)})


def rules_with(**changes):
    parts = {name: changes.pop(name) for name in ("teams", "schedule") if name in changes}
    changed = shipped().settings.model_copy(update=changes)
    return shipped().model_copy(update={"settings": changed, **parts})


READINGS = st.builds(
    rules_with,
    minutes=st.just("nominal"),
    tolerance_minutes=st.integers(0, 10),
    week_starts=st.sampled_from(["monday", "sunday", "wednesday"]),
    weekend_walks_count=st.booleans(),
    one_walk_counts_for=st.sampled_from(["one type", "every type it meets"]),
    schedule=st.sampled_from([(), SCHEDULE]),
    schedule_binds=st.booleans(),
    one_walk_answers=st.sampled_from(["every incident", "one incident"]),
)
BY_TEAM = st.builds(rules_with, frequency_per=st.just("coordinator"), teams=st.just(TEAMS))
FIRST = date(2026, 2, 23)  # a Monday; the clocks change on 8 March in New York
WEEKS = 4


@st.composite
def walks(draw, *, good=False):
    kind = draw(st.sampled_from([*CREWS, "quarterly"]))
    coordinator, minutes, people = CREWS["officer" if kind == "quarterly" else kind]
    minute = draw(st.integers(0, (WEEKS * 7 + 2) * 24 * 12 - 1)) * 5
    row = {
        "place": draw(st.sampled_from(["east", "mill"])),
        "type": kind,
        "start": (pd.Timestamp(FIRST) + pd.Timedelta(minutes=minute)).isoformat(),
        "minutes": minutes + (0 if good else draw(st.integers(-12, 12))),
        "coordinator": coordinator if good else draw(st.sampled_from([coordinator, "other"])),
        "team": draw(st.sampled_from(["squad 1", "squad 2", *([] if good else ["", "squad 9"])])),
        "inside_border": "" if good else draw(st.sampled_from(["", "yes", "no"])),
    }
    return row | {role: n if good else draw(st.integers(0, n)) for role, n in people.items()}


@st.composite
def incidents(draw):
    minutes = draw(st.lists(st.integers(0, WEEKS * 7 * 24 * 60 - 1), max_size=6, unique=True))
    moments = [(pd.Timestamp(FIRST) + pd.Timedelta(minutes=m)).isoformat() for m in minutes]
    rows = [(draw(st.sampled_from(["east", "mill"])), moment, "shooting") for moment in moments]
    return pd.DataFrame(rows, columns=["place", "at", "kind"], dtype="str")


LOGS = st.lists(walks(), max_size=25)


def coverage(zone="America/New_York", *, weeks=WEEKS, first=FIRST):
    last = first + timedelta(days=7 * weeks - 1)
    return Coverage(first=first, last=last, starts={"east": first, "mill": first}, time_zone=zone)


def check(log, rules, *, over=None, happened=None):
    table = pd.DataFrame(log, columns=[*COLUMNS, "team", "inside_border"]).infer_objects()
    words = {name: table[name].astype("str").fillna("") for name in ("team", "inside_border")}
    numbers = table.drop(columns=list(words)).fillna(0)
    result = compliance(
        numbers.assign(**words), rules, coverage=over or coverage(), incidents=happened
    )
    assert (result["short"] == (result["required"] - result["counted"]).clip(lower=0)).all()
    return result


def by_cell(table):
    key = [*KEY, *(["team"] if "team" in table else [])]
    return table.set_index(key)[["required", "done", "counted", "short"]]


def side_by_side(before, after):
    """Cells of two tables; a cell that is missing in one has nothing required, done or counted."""
    index = before.index.union(after.index)
    return before.reindex(index, fill_value=0), after.reindex(index, fill_value=0)


@FEW
@given(LOGS, walks(), st.one_of(READINGS, BY_TEAM), incidents(), st.sampled_from(ZONES))
def test_adding_any_walk_never_lowers_what_counts_nor_raises_what_is_short(
    log, one, rules, happened, zone
):
    over = coverage(zone)
    before, after = side_by_side(
        by_cell(check(log, rules, over=over, happened=happened)),
        by_cell(check([*log, one], rules, over=over, happened=happened)),
    )
    assert (after["counted"] >= before["counted"]).all()
    assert (after["short"] <= before["short"]).all()
    assert (after["required"] == before["required"]).all()


@FEW
@given(LOGS, walks(good=True))
def test_a_walk_that_meets_its_rule_raises_what_counts_by_one(log, one):
    log = [each for each in log if each["type"] != "unit"]  # of these, one a day
    if one["type"] == "post_incident":
        return
    before, after = side_by_side(
        by_cell(check(log, shipped())), by_cell(check([*log, one], shipped()))
    )
    inside = one["start"] < (FIRST + timedelta(days=7 * WEEKS)).isoformat()
    saturday = pd.Timestamp(one["start"]).day_of_week >= 5
    gained = int(inside and not (one["type"] == "unit" and saturday))
    assert (after["counted"] - before["counted"]).sum() == gained
    assert (after["done"] - before["done"]).sum() == 1


@FEW
@given(LOGS, st.integers(1, WEEKS - 1), READINGS)
def test_the_sums_of_whole_weeks_are_the_same_however_the_study_is_split(log, at, rules):
    rules = rules.model_copy(
        update={"settings": rules.settings.model_copy(update={"week_starts": "monday"})}
    )
    cut = FIRST + timedelta(days=7 * at)
    columns = ["required", "done", "counted", "short"]

    def sums(part, over):
        table = check(part, rules, over=over)
        return table[table["period"].str.contains("W")].groupby(["place", "type"])[columns].sum()

    inside = [each for each in log if each["start"] < coverage().last.isoformat() + "T24"]
    early = [each for each in inside if each["start"] < cut.isoformat()]
    late = [each for each in inside if each["start"] >= cut.isoformat()]
    whole = sums(inside, coverage())
    halves = sums(early, coverage(weeks=at)).add(
        sums(late, coverage(weeks=WEEKS - at, first=cut)), fill_value=0
    )
    pd.testing.assert_frame_equal(whole, halves, check_dtype=False)


@FEW
@given(LOGS, st.randoms(use_true_random=False), READINGS, incidents())
def test_the_order_of_log_and_incidents_changes_nothing(log, chance, rules, happened):
    unique = {(each["place"], each["type"], each["start"]): each for each in log}
    log = list(unique.values())
    mixed = chance.sample(log, len(log))
    turned = happened.sample(frac=1, random_state=1)
    one, other = (
        check(rows, rules, happened=what) for rows, what in ((log, happened), (mixed, turned))
    )
    pd.testing.assert_frame_equal(one, other)


@FEW
@given(LOGS, st.sets(st.integers(0, 27), max_size=8), st.booleans())
def test_holidays_lower_what_is_required_and_never_raise_what_counts(log, days, weekend):
    off = tuple(FIRST + timedelta(days=day) for day in sorted(days))
    before, after = (
        by_cell(check(log, rules_with(holidays=holidays, weekend_walks_count=weekend)))
        for holidays in ((), off)
    )
    before, after = side_by_side(before, after)
    assert (after["required"] <= before["required"]).all()
    assert (after["counted"] <= before["counted"]).all()
    assert (after["done"] == before["done"]).all()
    workdays = sum(day.weekday() < 5 for day in off)
    lower = (before["required"] - after["required"]).groupby(level="type").sum()
    assert lower["unit"] == 2 * workdays  # one a workday in each of two places
    if weekend:  # then only walks that are asked for by the workday depend on holidays
        same = after.index.get_level_values("type") != "unit"
        assert (after["counted"] == before["counted"])[same].all()


@FEW
@given(LOGS, st.integers(0, 30), st.integers(0, 30))
def test_more_tolerance_never_lowers_what_counts(log, one, other):
    less, more = sorted((one, other))
    before, after = side_by_side(
        *(
            by_cell(check(log, rules_with(minutes="nominal", tolerance_minutes=minutes)))
            for minutes in (less, more)
        )
    )
    assert (after["counted"] >= before["counted"]).all()
    assert (after["required"] == before["required"]).all()


def answered(at, start, *, zone, reported=None, clock="incident"):
    row = {"place": "east", "type": "post_incident", "start": start, "minutes": 30}
    row |= {"coordinator": "unit"} | CREWS["post_incident"][2]
    happened = pd.DataFrame(
        {"place": ["east"], "at": [at], "kind": ["shooting"], "reported": [reported]}
    )
    day = pd.Timestamp(at).date()
    over = Coverage(
        first=day - timedelta(days=3),
        last=day + timedelta(days=6),
        starts={"east": day - timedelta(days=3)},
        time_zone=zone,
    )
    rules = rules_with(incident_clock=clock)
    alone = rules.model_copy(update={"types": (rules.type("post_incident"),)})
    table = check([row], alone, over=over, happened=happened)
    (found,) = table[(table["type"] == "post_incident") & (table["required"] == 1)]["counted"]
    return int(found)


# the days on which clocks change in New York, those before, and one in summer
DAYS = ["2026-03-07", "2026-03-08", "2026-10-31", "2026-11-01", "2026-07-14"]


@settings(max_examples=15, deadline=None, phases=[Phase.generate])
@given(
    st.sampled_from(DAYS),
    st.integers(0, 24 * 60 - 1),
    st.sampled_from([-1, 0, 1, 24 * 60 - 1, 24 * 60, 24 * 60 + 1, 7 * 60]),
    st.sampled_from(ZONES[:3]),
)
def test_24_hours_are_real_hours_across_midnight_and_changes_of_the_clock(day, minute, gap, zone):
    # built on the line of real time, and only then read off the clock of the place
    at = pd.Timestamp(day, tz=zone).tz_convert("UTC") + pd.Timedelta(minutes=minute)
    start = at + pd.Timedelta(minutes=gap)
    clocks = [moment.tz_convert(zone).tz_localize(None) for moment in (at, start)]
    for moment, clock in zip((at, start), clocks, strict=True):
        first = clock.tz_localize(zone, ambiguous=True, nonexistent="raise").tz_convert("UTC")
        if first != moment:  # the second turn of an hour that comes twice: a clock cannot tell it
            return
    written = [clock.isoformat() for clock in clocks]
    assert answered(*written, zone=zone) == int(0 <= gap <= 24 * 60)


@pytest.mark.parametrize(("zone", "hours"), list(zip(ZONES, [23, 24, 24, 24], strict=True)))
def test_a_day_in_spring_has_as_many_hours_as_its_zone_gives_it(zone, hours):
    walk = pd.DataFrame({"place": ["east"], "start": ["2026-03-08T12:00:00"]})
    asked = pd.DataFrame({"place": ["east"], "clock": [pd.Timestamp("2026-03-07T12:00:00")]})
    assert hours_since(walk, asked, time_zone=zone).tolist() == [hours]


@FEW
@given(st.integers(0, 36 * 60), st.integers(0, 48 * 60))
def test_each_clock_starts_its_own_24_hours(delay, gap):
    at = pd.Timestamp("2026-07-14T22:00")
    moments = [at + pd.Timedelta(minutes=minutes) for minutes in (0, delay, delay + gap)]
    at, reported, start = (moment.isoformat() for moment in moments)
    how = {"zone": "America/New_York", "reported": reported}
    assert answered(at, start, **how) == int(delay + gap <= 24 * 60)
    assert answered(at, start, **how, clock="report") == int(gap <= 24 * 60)


def test_seven_homicides_and_five_walks_leave_two_without_one():
    # Danville, 2019 (research notes, section 4): "seven homicides ... five HEART walks". Only the
    # numbers are known; the dates are an example in which each walk came on the next day.
    moments = [pd.Timestamp(f"2026-0{month}-11T21:00") for month in range(1, 8)]
    happened = pd.DataFrame(
        {"place": "east", "at": [m.isoformat() for m in moments], "kind": "homicide"}
    )
    crew = CREWS["post_incident"][2]
    log = [
        {"place": "east", "type": "post_incident", "minutes": 60, "coordinator": "unit", **crew}
        | {"start": (moment + pd.Timedelta(hours=16)).isoformat()}
        for moment in moments[:5]
    ]
    over = Coverage(
        first=date(2026, 1, 1), last=date(2026, 12, 31), starts={"east": date(2026, 1, 1)}
    )
    table = check(log, shipped(), over=over, happened=happened)
    rows = table[table["type"] == "post_incident"]
    assert rows[["required", "done", "counted", "short"]].sum().tolist() == [7, 5, 5, 2]
    assert rows["reasons"].tolist() == [
        *["homicide, on time: a walk 16.0 hours after"] * 5,
        *["homicide, none: no walk within 168 hours"] * 2,
    ]
