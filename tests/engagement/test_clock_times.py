"""Clock times are read alike, however they are kept."""

import pandas as pd
import pytest

from outcomes.engagement.local_time import clock_times

TEXTS = ["2026-03-31T14:05:00", None, "2024-02-29T23:59:59", "1969-12-31", "2026-03-31T14:05"]


def test_text_is_read_as_pandas_reads_it_one_by_one():
    texts = pd.Series(TEXTS, index=[9, 8, 7, 6, 5], name="start", dtype="str")
    expected = pd.Series(
        [pd.Timestamp(text) for text in TEXTS], index=texts.index, name="start", dtype="M8[us]"
    )
    for kept in (texts, texts.astype(object)[[9, 7]], expected):
        pd.testing.assert_series_equal(clock_times(kept), expected[kept.index])


def test_times_can_be_changed_afterwards():
    times = clock_times(pd.Series(["2026-03-31T14:05:00"], dtype="str"))
    times.iloc[0] = pd.Timestamp("2026-01-01")
    assert times.tolist() == [pd.Timestamp("2026-01-01")]


def test_what_is_no_time_is_refused():
    with pytest.raises(ValueError, match="noon"):
        clock_times(pd.Series(["2026-03-31T14:05:00", "noon"], dtype="str"))
