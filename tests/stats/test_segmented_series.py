import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.stats.segmented_series import SegmentedSeries, segmented_series

STEADY = settings(deadline=None, derandomize=True, max_examples=40)


def fitted(values: np.ndarray, parts: SegmentedSeries) -> np.ndarray:
    return parts.contrasts @ np.linalg.lstsq(parts.design, values, rcond=None)[0]


@STEADY
@given(
    by=st.integers(-3000, 3000),
    before=st.integers(3, 30),
    after=st.integers(3, 30),
    level=st.floats(-50, 50),
    slope=st.floats(-2, 2),
)
def test_the_level_change_is_the_jump_at_the_start_whatever_the_periods_are_called(
    by: int, before: int, after: int, level: float, slope: float
) -> None:
    """The published error was a jump at time zero, which changed with the name of the periods."""
    times = np.arange(before + after) + float(by)
    later = times >= by + before
    since = (times - by - before + 1) * later
    values = 3 + 0.1 * (times - by) + level * later + slope * since
    found = fitted(values, segmented_series(times, start=by + before))
    assert found[:2] == pytest.approx([level, slope], abs=1e-7)
    assert found[2] == pytest.approx(level + slope * after, abs=1e-6)
    assert found[3] == pytest.approx(3 + 0.1 * (before + after - 1), abs=1e-6)


def test_periods_that_are_missing_count_on() -> None:
    times = np.array([1, 2, 3, 5, 6, 9, 10, 12.0])
    parts = segmented_series(times, start=5)
    assert parts.design[:, 3].tolist() == [0, 0, 0, 1, 2, 5, 6, 8]
    assert parts.after == 8


@pytest.mark.parametrize(
    ("season", "length", "many"), [(12, 48, 4), (12, 72, 11), (4, 20, 3), (4, 30, 3), (2, 16, 1)]
)
def test_a_season_takes_as_many_columns_as_the_series_can_bear(
    season: int, length: int, many: int
) -> None:
    times = np.arange(1, length + 1.0)
    parts = segmented_series(times, start=length // 2 + 1, season=season)
    assert parts.design.shape == (length, 4 + many)
    assert np.linalg.matrix_rank(parts.design) == 4 + many
    assert "season" in parts.season
    wave = 5 * np.cos(2 * np.pi * times / season)
    shifted = 2 + wave + 7.0 * (times > length // 2)
    assert fitted(shifted, parts)[:2] == pytest.approx([7, 0], abs=1e-8)


@pytest.mark.parametrize(
    ("length", "start", "season", "sentence"),
    [
        (20, 19, None, "got 18 and 2"),
        (20, 3, None, "got 2 and 18"),
        (20, 99, None, "got 20 and 0"),
        (23, 12, 12, "2 full seasons of 12 periods are needed .* got 1"),
        (23, 12, 1, "a season has two periods or more"),
    ],
)
def test_series_that_are_too_short_are_refused_with_what_would_be_needed(
    length: int, start: int, season: int | None, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        segmented_series(np.arange(1, length + 1.0), start=start, season=season)
