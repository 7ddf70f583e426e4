from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from outcomes.engagement.judging import judge_walks
from outcomes.engagement.log import COLUMNS as LOG
from outcomes.engagement.outputs import walk_measures
from outcomes.engagement.periods import Coverage
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError

RULES = read_walk_rules(Path(__file__).resolve().parents[2] / "walk_rules.toml")
COVERAGE = Coverage(
    first=date(2026, 1, 1), last=date(2026, 2, 28), starts={"east": date(2026, 1, 1)}
)
MONTHS = ["2026-01", "2026-02"]
PLACES = ["east", "north"]


def judged(*rows):
    columns = [
        "place",
        "type",
        "start",
        "minutes",
        "coordinator",
        "officers",
        "partners",
        "reached",
    ]
    walks = pd.DataFrame(rows, columns=columns).reindex(columns=list(LOG)).fillna(0)
    return judge_walks(walks, RULES, coverage=COVERAGE)


WALKS = (
    ("east", "officer", "2026-01-05T10:00:00", 20, "officer", 2, 1, 7),
    ("east", "officer", "2026-01-06T10:00:00", 12, "officer", 3, 0, 5),
    ("east", "ad_hoc", "2026-01-06T12:00:00", 5, "other", 1, 0, 0),
)


def value(table, place, period, measure):
    rows = table.query("place == @place and period == @period and measure == @measure")
    assert len(rows) == 1
    return rows["value"].iloc[0]


def test_walks_minutes_types_and_people_are_counted_by_place_and_month():
    table = walk_measures(judged(*WALKS), months=MONTHS, places=PLACES)
    expected = {
        **{"walks": 3, "walks_counted": 2, "walk_minutes": 37, "walk_types": 2},
        **{"walk_people_police": 6, "walk_people_partners": 1, "walk_people_reached": 12},
        **{"walks_officer": 2, "walks_ad_hoc": 1, "walks_squad": 0},
    }
    assert {name: value(table, "east", "2026-01", name) for name in expected} == expected
    assert set(table["stream"]) == {"engagement"}
    assert table["se"].isna().all()
    assert (table["n"] == 1).all()
    assert (table["unit"] == table["place"]).all()


def test_a_month_or_a_place_without_a_walk_is_a_zero_and_not_a_gap():
    table = walk_measures(judged(*WALKS), months=MONTHS, places=PLACES)
    assert len(table) == len(PLACES) * len(MONTHS) * table["measure"].nunique()
    assert table[(table["place"] == "north") | (table["period"] == "2026-02")]["value"].sum() == 0


def test_an_empty_log_of_a_study_is_all_zeros():
    table = walk_measures(judged(), months=MONTHS, places=PLACES)
    assert table["value"].sum() == 0
    assert len(table) > 0


def test_a_place_that_is_not_listed_is_refused():
    with pytest.raises(DataError, match="not listed: 'east'"):
        walk_measures(judged(*WALKS), months=MONTHS, places=["north"])
