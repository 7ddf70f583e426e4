from math import isnan, nan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.estimate import FIELDS, Estimate, known_exactly, tidy, untidy, without
from outcomes.study import open_study


def make(**changes: Any) -> Estimate:
    right: dict[str, Any] = {
        "term": "trust, post - pre",
        "value": 0.4,
        "se": 0.1,
        "low": 0.2,
        "high": 0.6,
        "n": 40,
        "unit": "points (1-5)",
        "method": "paired t",
    }
    return Estimate(**{**right, **changes})


def plain(estimate: Estimate) -> dict[str, Any]:
    """The fields, with a missing standard error written so that two of them are equal."""
    found = {name: getattr(estimate, name) for name in FIELDS}
    return {**found, "se": None if isnan(found["se"]) else found["se"]}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"low": nan}, "needs an interval"),
        ({"high": nan}, "needs an interval"),
        ({"low": 0.7}, "low must not exceed high, got 0.7 > 0.6"),
        ({"level": 0.0}, "level must lie between 0 and 1, got 0.0"),
        ({"level": 1.0}, "level must lie between 0 and 1"),
        ({"level": 95}, "level must lie between 0 and 1, got 95"),
        ({"unit": ""}, "a term, a unit and a method"),
        ({"term": ""}, "a term, a unit and a method"),
        ({"method": ""}, "a term, a unit and a method"),
        ({"warnings": ("few; very few",)}, "separates warnings"),
        ({"assumptions": ("a; b",)}, "separates warnings"),
        ({"warnings": ("",)}, "is empty"),
    ],
)
def test_an_estimate_that_a_reader_could_not_judge_is_refused(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        make(**changes)


def test_the_interval_has_no_default() -> None:
    with pytest.raises(TypeError, match="low"):
        Estimate(term="t", value=1, n=3, unit="u", method="m")  # type: ignore[call-arg]


def test_a_count_known_exactly_has_an_interval_of_no_width() -> None:
    count = known_exactly(12, n=12, unit="walks")
    assert (count.low, count.value, count.high, count.se) == (12, 12, 12, 0)


def test_tidy_has_one_row_an_estimate_and_one_column_a_field() -> None:
    table = tidy([make(warnings=("few places", "one shock")), make(p=0.03)])
    assert list(table.columns) == list(FIELDS)
    assert table["warnings"].tolist() == ["few places; one shock", ""]


def test_no_estimates_make_an_empty_table_with_all_columns() -> None:
    table = tidy([])
    assert list(table.columns) == list(FIELDS)
    assert untidy(table) == []


def test_a_table_without_a_column_is_not_read_as_estimates() -> None:
    with pytest.raises(DataError, match="lacks the column\\(s\\) se, unit"):
        untidy(tidy([make()]).drop(columns=["se", "unit"]))


numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20
).filter(lambda text: "; " not in text and text.strip() == text)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return make(
        term=draw(words),
        unit=draw(words),
        method=draw(words),
        value=value,
        low=low,
        high=high,
        se=draw(st.just(nan) | st.floats(0, 1e9)),
        level=draw(st.sampled_from([0.8, 0.9, 0.95])),
        p=draw(st.none() | st.floats(0, 1)),
        n=draw(st.integers(0, 10**9)),
        dropped=draw(st.integers(0, 10**6)),
        assumptions=tuple(draw(st.lists(words, max_size=3))),
        warnings=tuple(draw(st.lists(words, max_size=3))),
        place=draw(st.just("") | words),
        period=draw(st.sampled_from(["", "2026-03", "2026", "spring-pre"])),
    )


@given(st.lists(estimates(), min_size=1, max_size=4))
def test_what_tidy_lays_out_untidy_reads_back(given_estimates: list[Estimate]) -> None:
    back = untidy(tidy(given_estimates))
    assert [plain(one) for one in back] == [plain(one) for one in given_estimates]


@pytest.mark.parametrize(
    "kept",
    [
        [make(se=nan, place="NA", period="2025")],
        [make(p=0.01, warnings=("5",)), make(value=0.1 + 0.2, se=nan, term="None")],
        [make(low=float("-inf"), high=float("inf"), unit="007", measure="tips_received")],
    ],
)
def test_estimates_come_back_from_the_file_of_results(
    study_folder: Path, kept: list[Estimate]
) -> None:
    study = open_study(study_folder)
    study.write_estimates(kept)
    assert [plain(one) for one in study.read_estimates()] == [plain(one) for one in kept]


def test_reading_back_needs_no_more_than_the_columns() -> None:
    table = pd.concat([tidy([make()]), pd.DataFrame({"note": ["mine"]})], axis=1)
    assert untidy(table) == [make()]


def test_a_reason_for_what_is_not_shown_survives_the_table() -> None:
    told = without(make(), "the check", DataError("cannot tell: all alike; leave one out."))
    assert told.warnings == ("the check cannot be shown: all alike, leave one out",)
    assert untidy(tidy([told]))[0].warnings == told.warnings
