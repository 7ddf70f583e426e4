"""Bounds of a change from a few places that may have gone on drifting."""

from math import nan

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.drift_bounds import MOST, collapsed_bounds, largest_drift

CHANGE = np.array([5.0, 6, 4, 7, 1, 0, 2, 1])
EARLIER = np.array([1.0, 0, 1, 0, 0, 0.5, 0, -0.5])
TREATED = np.array([True] * 4 + [False] * 4)


def test_without_any_drift_it_is_the_interval_of_the_collapsed_change() -> None:
    whole = collapsed_change(CHANGE, TREATED, term="x", unit="tips")
    assert collapsed_bounds(CHANGE, EARLIER, TREATED, most=0) == pytest.approx(
        (whole.low, whole.high)
    )


def test_each_limit_is_that_of_a_t_test_on_what_is_left_of_each_place() -> None:
    limits = [
        collapsed_change(CHANGE - way * EARLIER, TREATED, term="x", unit="tips") for way in (2, -2)
    ]
    assert collapsed_bounds(CHANGE, EARLIER, TREATED, most=2) == pytest.approx(
        (min(one.low for one in limits), max(one.high for one in limits))
    )


def test_more_drift_lets_more_in_and_the_largest_drift_is_where_zero_comes_in() -> None:
    widths = [
        np.ptp(collapsed_bounds(CHANGE, EARLIER, TREATED, most=most)) for most in (0, 0.5, 1, 2, 4)
    ]
    assert (np.diff(widths) > 0).all()
    largest = largest_drift(CHANGE, EARLIER, TREATED)
    assert collapsed_bounds(CHANGE, EARLIER, TREATED, most=largest)[0] > 0
    assert collapsed_bounds(CHANGE, EARLIER, TREATED, most=largest + 0.02)[0] < 0
    assert largest_drift(-CHANGE, EARLIER, TREATED) == pytest.approx(largest)
    assert largest_drift(1000 * CHANGE, 1000 * EARLIER, TREATED) == pytest.approx(largest)


def test_a_change_that_is_none_bears_no_drift_and_one_without_drift_bears_all() -> None:
    assert largest_drift(EARLIER, EARLIER, TREATED) == 0
    assert largest_drift(CHANGE, 0 * EARLIER, TREATED) == MOST


def test_it_covers_a_change_that_drifts_on_at_the_same_pace_where_the_plain_interval_does_not():
    rng = np.random.default_rng(1)
    held = {0: 0, 1: 0}
    for _ in range(400):
        earlier = rng.normal(size=8) + 3 * TREATED
        change = rng.normal(size=8) + 3 * TREATED  # the drift went on, and nothing else happened
        for most in held:
            low, high = collapsed_bounds(change, earlier, TREATED, most=most)
            held[most] += low <= 0 <= high
    assert held[0] < 200
    assert held[1] >= 380 - 14  # 95 % of 400, less three standard errors


def test_what_cannot_be_bounded_is_refused() -> None:
    with pytest.raises(DataError, match="0 or more"):
        collapsed_bounds(CHANGE, EARLIER, TREATED, most=-1)
    with pytest.raises(DataError, match="three places"):
        collapsed_bounds(CHANGE[:2], EARLIER[:2], TREATED[3:5], most=1)
    with pytest.raises(DataError, match="not a number"):
        collapsed_bounds(np.where(CHANGE == 7, nan, CHANGE), EARLIER, TREATED, most=1)
