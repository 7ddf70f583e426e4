"""Tables and measures as grids of places and periods."""

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.panel_table import panel_of_measures, panel_of_table
from outcomes.errors import DataError


def long_table() -> pd.DataFrame:
    rows = [
        {"place": place, "month": month, "tips": 10 * at + month, "walks": at * month}
        for at, place in enumerate("abc")
        for month in (3, 1, 2, 10)
    ]
    table = pd.DataFrame(rows)
    table["on"] = ((table["place"] == "b") & (table["month"] >= 2)).astype(int)
    table["began"] = table["place"].map({"b": 2, "a": np.nan, "c": 99})
    return table


HOW = {"unit": "place", "time": "month"}


def test_periods_stand_in_their_order_and_starts_are_found_either_way():
    by_treated = panel_of_table(long_table(), "tips", treated="on", **HOW)
    by_start = panel_of_table(long_table(), "tips", start="began", dose="walks", **HOW)
    assert by_treated.periods == [1, 2, 3, 10]
    assert dict(by_treated.start) == dict(by_start.start) == {"b": 2}
    assert by_treated.treated == ["b"]
    assert by_treated.untreated == ["a", "c"]
    assert list(by_treated.first_treated()) == [-1, 1, -1]
    assert by_treated.outcome.loc["b"].tolist() == [11, 12, 13, 20]
    assert by_start.dose is not None
    assert by_start.dose.loc["c"].tolist() == [2, 4, 6, 20]


def test_a_value_that_is_missing_is_not_zero():
    table = long_table().drop(index=0)
    assert np.isnan(panel_of_table(table, "tips", **HOW).outcome.loc["a", 3])


@pytest.mark.parametrize(
    ("change", "how", "said"),
    [
        ({}, {"treated": "gone"}, "no column 'gone'"),
        ({}, {"treated": "on", "start": "began"}, "not both"),
        ({"on": 0}, {"treated": "on"}, "1 nowhere"),
        ({"on": 2}, {"treated": "on"}, "must be 0 or 1"),
        ({"began": np.nan}, {"start": "began"}, "no place has a 'began'"),
        ({"tips": "many"}, {}, "'many', which is no number"),
        ({"tips": np.inf}, {}, "'inf', which is no number"),
        ({"tips": 1e300}, {}, "'1e[+]300', too far from 1 .* write the column in another unit"),
        ({"tips": 1e-300}, {}, "'1e-300', too far from 1"),
        ({"dose": -np.inf}, {"dose": "dose"}, "'-inf', which is no number"),
        ({"month": 1}, {}, "stands twice"),
        ({"place": ""}, {}, "is blank in a row"),
    ],
)
def test_what_is_no_panel_is_refused_in_a_sentence(change, how, said):
    with pytest.raises(DataError, match=said):
        panel_of_table(long_table().assign(**change), "tips", **HOW, **how)


def test_a_treatment_that_ends_and_a_start_that_changes_are_refused():
    table = long_table()
    table.loc[(table["place"] == "b") & (table["month"] == 10), "on"] = 0
    with pytest.raises(DataError, match="returns to 0"):
        panel_of_table(table, "tips", treated="on", **HOW)
    table.loc[(table["place"] == "b") & (table["month"] == 10), "began"] = 3
    with pytest.raises(DataError, match="changes within a place"):
        panel_of_table(table, "tips", start="began", **HOW)


def test_an_output_cannot_stand_where_an_outcome_is_asked_for():
    empty = pd.DataFrame(
        columns=["stream", "unit", "place", "period", "measure", "value", "se", "n"]
    )
    with pytest.raises(DataError, match="output"):
        panel_of_measures(empty, "walk_minutes", places=["a"], periods=["2025-01"], start={})
