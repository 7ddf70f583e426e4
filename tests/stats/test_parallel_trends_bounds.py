"""Bounds by relative magnitude; the numbers of HonestDiD stand in tests/real."""

import numpy as np
import pytest
from scipy.stats import norm

from outcomes.errors import DataError
from outcomes.stats.drift_bounds import MOST
from outcomes.stats.parallel_trends_bounds import (
    event_times,
    largest_relative_magnitude,
    relative_magnitude_bounds,
)

VALUES = np.array([0.1, -0.1, 2.0, 2.2])
SPREAD = 0.01 * (np.eye(4) + 0.5)


def test_with_no_step_allowed_it_is_the_normal_interval_of_the_average() -> None:
    times = event_times(VALUES, SPREAD, before=2, weights=[0.5, 0.5])
    weights = np.array([0, 0, 0.5, 0.5])
    margin = norm.ppf(0.975) * np.sqrt(weights @ SPREAD @ weights)
    assert relative_magnitude_bounds(times, most=0) == pytest.approx((2.1 - margin, 2.1 + margin))


def test_almost_without_error_the_bounds_are_the_steps_themselves() -> None:
    """The largest step before is 0.2; the first change may then be 0.2 x most off."""
    times = event_times(VALUES, 1e-8 * np.eye(4), before=2)
    low, high = relative_magnitude_bounds(times, most=1.5)
    assert (low, high) == pytest.approx((2.0 - 0.3, 2.0 + 0.3), abs=1e-3)
    later = event_times(VALUES, 1e-8 * np.eye(4), before=2, weights=[0, 1])
    low, high = relative_magnitude_bounds(later, most=1.5)
    assert (low, high) == pytest.approx((2.2 - 0.6, 2.2 + 0.6), abs=1e-3)  # two steps of 0.3


def test_more_allowed_means_wider_and_the_largest_is_where_zero_comes_in() -> None:
    times = event_times([0.3, -0.2, 0.9], 0.02 * np.eye(3), before=2)
    widths = [np.ptp(relative_magnitude_bounds(times, most=most)) for most in (0, 0.5, 1, 2)]
    assert (np.diff(widths) > 0).all()
    largest = largest_relative_magnitude(times)
    assert 0 < largest < MOST
    assert relative_magnitude_bounds(times, most=largest - 0.02)[0] > 0
    assert relative_magnitude_bounds(times, most=largest + 0.05)[0] < 0


def test_turning_signs_and_scaling_turn_and_scale_the_bounds() -> None:
    low, high = relative_magnitude_bounds(event_times(VALUES, SPREAD, before=2), most=1)
    turned = event_times(-10 * VALUES, 100 * SPREAD, before=2)
    assert relative_magnitude_bounds(turned, most=1) == pytest.approx(
        (-10 * high, -10 * low), abs=0.05
    )


def test_a_change_that_holds_zero_at_once_bears_nothing() -> None:
    assert largest_relative_magnitude(event_times([0.1, 0.01], np.eye(2), before=1)) == 0


def test_what_is_no_event_study_is_refused() -> None:
    with pytest.raises(DataError, match="before and after"):
        event_times(VALUES, SPREAD, before=4)
    with pytest.raises(DataError, match="symmetric"):
        event_times(VALUES, np.zeros((4, 4)), before=2)
    with pytest.raises(DataError, match="weights"):
        event_times(VALUES, SPREAD, before=2, weights=[1])
    with pytest.raises(DataError, match="not a number"):
        event_times([np.nan, 1], np.eye(2), before=1)
    many = event_times(np.ones(30), np.eye(30), before=10)
    with pytest.raises(DataError, match="join them into blocks"):
        relative_magnitude_bounds(many, most=1)
    with pytest.raises(DataError, match="0 or more"):
        relative_magnitude_bounds(event_times(VALUES, SPREAD, before=2), most=-1)
