import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.engagement.cad_matching import (
    covered_months,
    dose_table,
    match_walks,
    walk_visits,
)
from outcomes.engagement.cad_outliers import outliers

DAY = "2025-08-04T"
CODES = pd.DataFrame(
    [
        ("Walking Beat", "walk"),
        ("CAPT WALK", "captain"),
        ("MEETING", "community"),
        ("X", "not a walk"),
    ],
    columns=["call_type", "means"],
)


def walks(*rows):
    columns = ["start", "minutes", "type", "place", "coordinator"]
    filled = [
        (DAY + row[0], *row[1:], *("officer", "eastbank", "officer")[len(row) - 2 :])
        for row in rows
    ]
    return pd.DataFrame(filled, columns=columns)


def visits(*rows, codes=CODES):
    columns = ["call", "start", "minutes", "units", "gps_minutes", "call_type", "place"]
    rest = ((), None, "WALKING BEAT", "eastbank")
    filled = [(row[0], DAY + row[1], row[2], *row[3:], *rest[len(row) - 3 :]) for row in rows]
    return walk_visits(pd.DataFrame(filled, columns=columns), codes)


def pairs(table):
    matched = table[table["result"] == "matched"]
    return dict(zip(matched["start"].str[11:16], matched["call"], strict=True))


def test_only_calls_that_mean_walks_are_set_beside_typed_walks():
    rows = [
        ("1", "10:00", 30),
        ("2", "11:00", 30, (), None, "meeting"),
        ("3", "12:00", 30, (), None, "X"),
    ]
    rows += [
        ("4", "13:00", 30, (), None, ""),
        ("5", "14:00", 30, (), None, "NEW"),
        ("6", "15:00", 30, (), None, "capt walk"),
    ]
    found = visits(*rows)
    assert found["call"].tolist() == ["1", "6"]
    assert found["means"].tolist() == ["walk", "captain"]


def test_the_closest_are_matched_first_and_each_once():
    typed = walks(("10:00", 30), ("10:20", 30), ("12:00", 30))
    table = match_walks(
        typed, visits(("a", "10:18", 25), ("b", "10:45", 25), ("c", "9:00", 5)), within=30
    )
    assert pairs(table) == {"10:20": "a"}  # 10:00 is as far from a, and b is 45 minutes away
    results = table["result"].value_counts().to_dict()
    assert results == {"matched": 1, "typed only": 2, "CAD only": 2}


def test_places_and_the_window_keep_walks_apart():
    typed = walks(("10:00", 30), ("10:00", 30, "officer", "northgate"))
    seen = visits(("a", "10:30", 25), ("b", "10:31", 25, (), None, "WALKING BEAT", "northgate"))
    assert pairs(match_walks(typed, seen, within=30)) == {"10:00": "a"}
    assert pairs(match_walks(typed, seen, within=29)) == {}


def test_of_two_equally_close_the_one_of_the_same_type_wins():
    typed = walks(("10:00", 30, "captain"), ("10:00", 30, "officer"))
    seen = visits(("a", "10:05", 25), ("b", "10:05", 25, (), None, "CAPT WALK"))
    table = match_walks(typed, seen, within=30)
    assert dict(zip(table["type"], table["call"], strict=True)) == {"captain": "b", "officer": "a"}


def test_the_hour_that_occurs_twice_does_not_part_a_walk_from_its_call():
    typed = walks(("10:00", 30)).assign(start="2025-03-09T01:50:00")
    seen = visits(("a", "10:00", 30)).assign(start="2025-03-09T03:05:00")
    assert len(pairs(match_walks(typed, seen, within=30, time_zone="America/Chicago"))) == 1
    assert pairs(match_walks(typed, seen, within=30)) == {}


def test_minutes_by_gps_go_before_those_of_cad():
    typed = walks(("10:00", 30), ("12:00", 30), ("14:00", 30), ("16:00", 30))
    seen = visits(("a", "10:00", 25, (), 21.0), ("b", "12:00", 25), ("c", "14:00", None))
    table = match_walks(typed, seen, within=30)
    assert table["minutes_verified"].fillna(-1).tolist() == [21, 25, -1, -1]
    assert table["minutes"].tolist() == [30, 30, 30, 30]  # what was typed stays beside it


TIMES = st.lists(st.integers(0, 180), max_size=7)


@settings(max_examples=60, deadline=None)
@given(typed=TIMES, seen=TIMES, seed=st.integers(0, 9))
def test_matching_is_one_to_one_and_the_order_of_rows_makes_no_difference(typed, seen, seed):
    def clock(minute):
        return f"{10 + minute // 60}:{minute % 60:02}:00"

    log = walks(*[(clock(minute), 30) for minute in typed])
    cad = visits(*[(str(n), clock(minute), 30.0) for n, minute in enumerate(seen)])
    table = match_walks(log, cad, within=30)
    again = match_walks(
        log.sample(frac=1, random_state=seed), cad.sample(frac=1, random_state=seed), within=30
    )
    pd.testing.assert_frame_equal(table, again)
    count = table["result"].value_counts()
    matched = table[table["result"] == "matched"]
    assert matched["call"].is_unique
    assert count.get("matched", 0) + count.get("typed only", 0) == len(typed)
    assert count.get("matched", 0) + count.get("CAD only", 0) == len(seen)
    apart = pd.to_datetime(matched["start"]) - pd.to_datetime(matched["cad_start"])
    assert (apart.abs() <= pd.Timedelta(minutes=30)).all()
    left_log = pd.to_datetime(table.loc[table["result"] == "typed only", "start"])
    left_cad = pd.to_datetime(table.loc[table["result"] == "CAD only", "cad_start"])
    assert all(
        abs(one - other) > pd.Timedelta(minutes=30) for one in left_log for other in left_cad
    )


def test_the_table_counts_each_walk_once_by_place_and_month():
    typed = walks(("10:00", 30), ("12:00", 50), ("14:00", 20))
    seen = visits(("a", "10:05", 25), ("b", "14:10", None), ("c", "18:00", 15.0))
    table = dose_table(
        match_walks(typed, seen, within=30), months=["2025-07", "2025-08"], places=["eastbank"]
    )
    assert table["walks_typed"].tolist() == [0, 3]
    row = table.iloc[1]
    assert (row["matched"], row["typed_only"], row["cad_only"], row["without_time"]) == (2, 1, 1, 1)
    assert (row["minutes_typed"], row["minutes_verified"], row["minutes_cad_only"]) == (100, 25, 15)


def test_a_month_is_covered_where_extracts_together_hold_each_of_its_days():
    extracts = pd.DataFrame(
        [
            ("2025-06-20", "2025-08-15", ["eastbank"]),
            ("2025-08-16", "2025-09-29", ["eastbank", "northgate"]),
        ],
        columns=["first", "last", "places"],
    )
    months = ["2025-06", "2025-07", "2025-08", "2025-09"]
    assert covered_months(extracts, "eastbank", months=months) == ["2025-07", "2025-08"]
    assert covered_months(extracts, "northgate", months=months) == []


@pytest.mark.parametrize(
    ("typed", "seen", "told"),
    [(50, 39.0, True), (50, 40.0, False), (70, 58.0, False), (70, 55.9, True), (30, None, False)],
)
def test_a_typed_time_is_told_where_it_is_over_ten_minutes_and_a_quarter_longer(typed, seen, told):
    found = visits(("a", "10:00", seen))
    table = outliers(match_walks(walks(("10:00", typed)), found, within=30), found)
    assert (table["what"].tolist() == ["typed longer than seen"]) is told


def test_visits_too_long_too_short_or_at_once_are_told_without_naming_anybody():
    found = visits(
        ("a", "08:00", 241.0, ("u1",)),
        ("b", "11:00", 30.0, ("u2", "u1")),  # while u1 is still on call a
        ("c", "14:00", 1.9, ("u1",)),
        ("d", "14:30", 2.0, ("u3",)),
        ("e", "14:31", 240.0, ("u1",)),
        ("f", "14:32", 30.0, ()),
    )
    table = outliers(match_walks(walks(), found, within=30), found)
    assert list(zip(table["call"], table["what"], strict=True)) == [
        ("a", "very long"),
        ("b", "two at once"),
        ("c", "very short"),
    ]
    assert "u1" not in table.to_csv()
    assert "on call a at that time" in table["in_words"][1]
