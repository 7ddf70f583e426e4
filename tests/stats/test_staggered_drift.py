"""Bounds of a change after staggered starts, if places went on drifting."""

from functools import partial

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import cohort_covariances, cohort_panel
from outcomes.stats.drift_bounds import MOST, collapsed_bounds, largest_drift
from outcomes.stats.group_time_effects import aggregated, group_time_effects
from outcomes.stats.pooled_spread import cohort_spread, pooled_spread
from outcomes.stats.staggered_drift import StaggeredDrift, staggered_drift

NEVER = np.inf
STAGGERED = np.array([6.0, 6, 9, 9, 12, 12, NEVER, NEVER, NEVER, NEVER])


def drift_of(grid: np.ndarray, start: np.ndarray, *, times=None) -> StaggeredDrift:
    panel = cohort_panel(grid, start, times=times)
    effects = group_time_effects(panel)
    overall, _ = aggregated(panel, effects, together="simple")
    found = staggered_drift(panel, effects, spread=partial(pooled_spread, panel, overall))
    assert found is not None
    return found


def grid_of(rng, start, *, change=0.0, slope=0.0, periods=18) -> np.ndarray:
    """Places move around a common course; those that ever start drift away from the others."""
    times = np.arange(periods)
    on = times >= start[:, None]
    grid = rng.normal(size=(start.size, periods)) + rng.normal(0, 3, (start.size, 1))
    return (
        grid + rng.normal(size=periods) + change * on + slope * np.isfinite(start)[:, None] * times
    )


@pytest.mark.parametrize("most", [0.0, 0.7, 2.0])
@pytest.mark.parametrize("periods_before", [6, 7])
def test_where_all_start_together_it_is_the_bound_of_the_collapsed_change(most, periods_before):
    start = np.where(np.arange(9) < 4, float(periods_before), NEVER)
    grid = grid_of(np.random.default_rng(1), start, change=3, slope=0.1)
    before, after = grid[:, :periods_before], grid[:, periods_before:]
    change = after.mean(axis=1) - before[:, -1]
    half = periods_before // 2
    apart = (periods_before - half) / 2 + half / 2
    reach = after.shape[1] / 2 + 0.5  # from the last period before to the middle of those after
    moved = (before[:, half:].mean(axis=1) - before[:, :half].mean(axis=1)) / apart * reach
    found = drift_of(grid, start)
    treated = np.isfinite(start)
    assert found.bounds(most=most) == pytest.approx(
        collapsed_bounds(change, moved, treated, most=most), rel=1e-9
    )
    assert found.largest() == pytest.approx(largest_drift(change, moved, treated), abs=0.02)


def test_the_pace_is_that_of_a_planted_drift_and_taken_as_far_as_the_change_reaches() -> None:
    slope = 0.25 * np.isfinite(STAGGERED)[:, None] * np.arange(18)
    noise = 1e-6 * np.random.default_rng(2).normal(size=slope.shape)
    alone = drift_of((slope + noise)[np.isin(STAGGERED, [6, NEVER])], STAGGERED[[0, 1, 6, 7, 8, 9]])
    reach = np.mean(np.arange(6, 18) - 5)
    assert alone.moved == pytest.approx(0.25 * reach, abs=1e-4)
    assert alone.change.value[0] == pytest.approx(0.25 * reach, abs=1e-4)  # nothing but the drift
    low, high = alone.bounds(most=1)
    assert low == pytest.approx(0, abs=1e-4)
    assert high == pytest.approx(0.5 * reach, abs=1e-4)


def test_each_cohort_drifting_on_at_its_own_pace_is_all_of_the_change() -> None:
    """Also against places that start later, which drift too and drop out of the comparison."""
    slope = np.repeat([0.3, -0.2, 0.5, 0.0], [2, 2, 2, 4])[:, None] * np.arange(18)
    noise = 1e-6 * np.random.default_rng(2).normal(size=slope.shape)
    found = drift_of(slope + noise, STAGGERED)
    assert found.moved == pytest.approx(found.change.value[0], abs=1e-4)
    assert abs(found.moved) > 0.5


def test_a_cohort_with_too_little_before_is_given_the_pace_of_the_others() -> None:
    start = np.array([2.0, 2, 9, 9, NEVER, NEVER, NEVER, NEVER])
    apart = np.where(start == 9, 1.0, 0.0)[:, None] * np.arange(18)
    noise = 1e-6 * np.random.default_rng(3).normal(size=apart.shape)
    panel = cohort_panel(apart + noise, start)
    effects = group_time_effects(panel)
    overall, _ = aggregated(panel, effects, together="simple")
    found = staggered_drift(panel, effects, spread=partial(pooled_spread, panel, overall))
    reach = (np.sum(np.arange(2, 18) - 1) + np.sum(np.arange(9, 18) - 8)) / (16 + 9)
    assert found.moved == pytest.approx(reach, abs=1e-4)
    early = cohort_panel(apart + noise, np.where(start == 9, 3.0, start))
    both = group_time_effects(early)
    assert staggered_drift(early, both, spread=found.spread) is None


def test_more_drift_lets_more_in_and_the_largest_is_where_zero_comes_in() -> None:
    found = drift_of(grid_of(np.random.default_rng(4), STAGGERED, change=5), STAGGERED)
    widths = [np.ptp(found.bounds(most=most)) for most in (0, 0.5, 1, 2, 4)]
    assert (np.diff(widths) > 0).all()
    largest = found.largest()
    assert 0 < largest <= MOST
    assert found.bounds(most=largest - 0.02)[0] > 0
    assert largest == MOST or found.bounds(most=largest + 0.02)[0] < 0


def test_without_drift_it_is_the_interval_of_the_change_with_one_spread_or_one_a_cohort() -> None:
    grid = grid_of(np.random.default_rng(5), STAGGERED, change=1)
    panel = cohort_panel(grid, STAGGERED)
    effects = group_time_effects(panel)
    overall, _ = aggregated(panel, effects, together="simple")
    by_cohort = partial(cohort_spread, panel, covariances=cohort_covariances(panel))
    for spread in (partial(pooled_spread, panel, overall), by_cohort):
        found = staggered_drift(panel, effects, spread=spread)
        one = spread(overall)
        margin = stats.t.ppf(0.975, one.df[0]) * one.se[0]
        limits = (overall.value[0] - margin, overall.value[0] + margin)
        assert found.bounds(most=0) == pytest.approx(limits)


def test_scaling_turning_and_stretching_time_do_what_they_should() -> None:
    grid = grid_of(np.random.default_rng(6), STAGGERED, change=2, slope=0.1)
    low, high = drift_of(grid, STAGGERED).bounds(most=1)
    assert drift_of(-10 * grid, STAGGERED).bounds(most=1) == pytest.approx((-10 * high, -10 * low))
    longer = drift_of(grid, 3 * STAGGERED, times=3.0 * np.arange(18))
    assert longer.bounds(most=1) == pytest.approx((low, high))


def test_it_covers_where_the_drift_went_on_and_the_plain_interval_does_not() -> None:
    """600 studies: 97.5 % with a drift as before allowed for, 4 % without."""
    held = {0: 0, 1: 0}
    for seed in range(150):
        grid = grid_of(np.random.default_rng(seed), STAGGERED, slope=0.5)
        found = drift_of(grid, STAGGERED)
        for most in held:
            low, high = found.bounds(most=most)
            held[most] += low <= 0 <= high
    assert held[0] < 30
    assert held[1] >= 140  # 97.5 % of 150, less three standard errors


def test_less_than_no_drift_is_refused() -> None:
    found = drift_of(grid_of(np.random.default_rng(7), STAGGERED), STAGGERED)
    with pytest.raises(DataError, match="0 or more"):
        found.bounds(most=-1)
