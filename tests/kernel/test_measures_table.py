from math import nan
from typing import Any

import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import COLUMNS, check, from_estimates, join, select, wide


def row(**changes: Any) -> dict[str, Any]:
    right: dict[str, Any] = {
        "stream": "records",
        "unit": "eastbank",
        "place": "eastbank",
        "period": "2025-01",
        "measure": "tips_received",
        "value": 4,
        "se": nan,
        "n": 4,
    }
    return {**right, **changes}


def rows(*changes: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([row(**change) for change in changes])


TIPS = rows({}, {"period": "2025-02", "value": 6}, {"unit": "millrow", "place": "millrow"})


def test_a_checked_table_has_the_columns_of_the_waist_and_no_others() -> None:
    table = check(TIPS.assign(note="mine")[[*reversed(COLUMNS), "note"]])
    assert tuple(table.columns) == COLUMNS
    assert table.dtypes[["value", "se", "n"]].astype(str).tolist() == [
        "float64",
        "float64",
        "int64",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"measure": "tips_recieved"}, "no measure is called 'tips_recieved'"),
        ({"measure": nan}, r"no measure is called .*nan"),
        ({"stream": "media"}, "tips_received belongs to the stream records, got media"),
        ({"stream": nan}, "belongs to the stream records, got nan"),
        ({"value": nan}, r"row 0 \(tips_received\): the value is not a number"),
        ({"value": float("inf")}, "the value is not a number"),
        ({"value": "many"}, "the value is not a number"),
        ({"n": nan}, "the n is not a number"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        check(rows(change))


def test_one_measure_from_two_streams_is_refused() -> None:
    with pytest.raises(DataError, match="got records, media"):
        check(rows({}, {"stream": "media", "period": "2025-02"}))


def test_a_table_without_a_column_is_refused() -> None:
    with pytest.raises(DataError, match=r"lacks the column\(s\) value, se"):
        check(TIPS.drop(columns=["value", "se"]))


def test_a_row_that_stands_twice_is_refused_even_with_another_value() -> None:
    with pytest.raises(DataError, match=r"1 row\(s\) stand twice, the first is .*eastbank"):
        check(rows({}, {"value": 9}))


def test_joining_checks_the_whole_and_not_only_the_parts() -> None:
    with pytest.raises(DataError, match="stand twice"):
        join([rows({}), rows({})])


def test_joining_puts_streams_under_one_another() -> None:
    articles = rows({"stream": "media", "measure": "articles_relevant"})
    assert len(join([TIPS, articles, TIPS.head(0)])) == 4


def test_joining_nothing_gives_an_empty_table_with_all_columns() -> None:
    assert tuple(join([]).columns) == COLUMNS
    assert len(join([TIPS.head(0)])) == 0


def test_select_takes_one_measure_in_the_periods_asked_for() -> None:
    assert len(select(TIPS, "tips_received")) == 3
    assert select(TIPS, "tips_received", periods=["2025-02"])["value"].tolist() == [6]


def test_select_refuses_what_the_table_does_not_hold_and_says_what_it_does() -> None:
    with pytest.raises(
        DataError, match="nothing was recorded of complaints; recorded are: tips_received"
    ):
        select(TIPS, "complaints")
    with pytest.raises(DataError, match=r"has no period '2025-03'\. Did you mean '2025-0"):
        select(TIPS, "tips_received", periods=["2025-01", "2025-03"])
    with pytest.raises(DataError, match="no measure is called"):
        select(TIPS, "tipps")


def test_an_empty_table_holds_nothing_and_says_so() -> None:
    with pytest.raises(DataError, match="recorded are: none"):
        select(join([]), "complaints")


def test_wide_lays_places_by_periods_and_leaves_unseen_cells_open() -> None:
    table = wide(TIPS, "tips_received", rows="place", columns="period")
    assert table.loc["eastbank"].tolist() == [4, 6]
    assert table.loc["millrow"].isna().tolist() == [False, True]


def test_wide_refuses_to_hide_two_values_in_one_cell() -> None:
    two = rows({"unit": "r1"}, {"unit": "r2"})
    with pytest.raises(DataError, match="several values share one place and period"):
        wide(two, "tips_received", rows="place", columns="period")


def share(**changes: Any) -> Estimate:
    right: dict[str, Any] = {
        "term": "negative articles",
        "value": 0.3,
        "se": 0.05,
        "low": 0.2,
        "high": 0.4,
        "n": 80,
        "unit": "share",
        "method": "Wilson",
        "measure": "tone_negative",
        "place": "agency",
        "period": "2025-01",
    }
    return Estimate(**{**right, **changes})


def test_an_estimate_that_is_a_measure_becomes_a_row_with_its_standard_error() -> None:
    table = from_estimates([share(), share(period="2025-02", value=0.25)])
    assert table["stream"].tolist() == ["media", "media"]
    assert table["se"].tolist() == [0.05, 0.05]
    assert table["value"].tolist() == [0.3, 0.25]


def test_an_estimate_of_no_registered_measure_is_refused() -> None:
    with pytest.raises(DataError, match="no measure is called ''"):
        from_estimates([share(measure="")])


def test_no_estimates_give_an_empty_table() -> None:
    assert tuple(from_estimates([]).columns) == COLUMNS
