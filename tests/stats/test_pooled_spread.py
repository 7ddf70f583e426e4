from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.adoption_permutation import adoption_permutation
from outcomes.stats.cohort_panel import NEVER, cohort_covariances, cohort_panel
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.group_time_effects import aggregated, group_time_effects
from outcomes.stats.pooled_spread import cohort_spread, pooled_spread

STEADY = settings(deadline=None, derandomize=True, max_examples=30)
SIX_OF_EIGHT = np.array([3, 4, 5, 6, 7, 8, NEVER, NEVER])
ALL_SIX = np.array([3.0, 4, 5, 6, 7, 8])


def serial(rng: np.random.Generator, *, places: int, periods: int = 12) -> np.ndarray:
    """Places with AR(1) errors of rho 0.6 and shocks that all share."""
    errors = np.empty((places, periods))
    errors[:, 0] = rng.normal(0, 1, places)
    for t in range(1, periods):
        errors[:, t] = 0.6 * errors[:, t - 1] + rng.normal(0, 0.8, places)
    shocks: np.ndarray = rng.normal(0, 0.5, periods) + rng.normal(0, 1, (places, 1))
    return errors + shocks


@STEADY
@given(seed=st.integers(0, 9999), treated=st.integers(1, 6))
def test_with_one_common_start_it_is_the_t_test_of_each_change(seed: int, treated: int) -> None:
    grid = serial(np.random.default_rng(seed), places=8)
    start = np.where(np.arange(8) < treated, 5.0, NEVER)
    panel = cohort_panel(grid, start)
    effects = group_time_effects(panel)
    overall, _ = aggregated(panel, effects, together="simple")
    _, times = aggregated(panel, effects, together="dynamic")
    change = grid[:, 5:].mean(axis=1) - grid[:, 4]
    told = collapsed_change(change, start == 5, term="tips", unit="tips")
    found = pooled_spread(panel, overall, overall)
    assert overall.value[0] == pytest.approx(told.value)
    assert found.se[0] == pytest.approx(told.se)
    assert found.df[0] == pytest.approx(6)
    assert adoption_permutation(panel, overall.weights[0]) == pytest.approx(told.p)
    by_time = pooled_spread(panel, overall, times)
    for row, at in enumerate(times.at):
        change = grid[:, 5 + int(at)] - grid[:, 4]
        told = collapsed_change(change, start == 5, term="tips", unit="tips")
        assert by_time.se[row] == pytest.approx(told.se)
        assert by_time.df[row] == pytest.approx(6)


@STEADY
@given(seed=st.integers(0, 9999))
def test_with_one_common_start_the_spread_by_cohort_is_that_of_welch(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid, start = serial(rng, places=15), np.repeat([5.0, NEVER], [6, 9])
    panel = cohort_panel(grid, start)
    overall, _ = aggregated(panel, group_time_effects(panel), together="simple")
    found = cohort_spread(panel, overall, covariances=cohort_covariances(panel))
    change = grid[:, 5:].mean(axis=1) - grid[:, 4]
    told = stats.ttest_ind(change[:6], change[6:], equal_var=False)
    assert overall.value[0] / found.se[0] == pytest.approx(told.statistic)
    assert found.df[0] == pytest.approx(told.df)


def false_alarms(start: np.ndarray, *, studies: int, seed: int) -> tuple[float, float]:
    """Shares of studies without any change in which t, and swapping dates, see one."""
    rng = np.random.default_rng(seed)
    by_t, by_dates = [], []
    for _ in range(studies):
        panel = cohort_panel(serial(rng, places=len(start)), start)
        overall, _ = aggregated(panel, group_time_effects(panel), together="simple")
        found = pooled_spread(panel, overall, overall)
        by_t.append(abs(overall.value[0]) > stats.t.ppf(0.975, found.df[0]) * found.se[0])
        if len(start) < 8:  # 720 ways are listed fast
            by_dates.append(adoption_permutation(panel, overall.weights[0]) <= 0.05)
    return float(np.mean(by_t)), float(np.mean(by_dates)) if by_dates else 0.0


@pytest.mark.parametrize("start", [SIX_OF_EIGHT, ALL_SIX])
def test_staggered_starts_in_few_places_raise_no_false_alarms(start: np.ndarray) -> None:
    """500 studies: 99.9 % of binomial counts around 5 % lie from 2.0 to 8.6 %."""
    by_t, by_dates = false_alarms(start, studies=500, seed=2)
    assert 0.02 <= by_t <= 0.086
    assert by_dates <= 0.086


def test_changes_that_differ_between_places_widen_the_interval_and_do_not_bias_it() -> None:
    rng = np.random.default_rng(9)
    times = np.arange(12)
    effect = np.where(times >= SIX_OF_EIGHT[:, None], 0.2 * (times - 2), 0.0)
    values, covered = [], []
    for _ in range(250):
        panel = cohort_panel(serial(rng, places=8) + effect, SIX_OF_EIGHT)
        overall, _ = aggregated(panel, group_time_effects(panel), together="simple")
        truth = (overall.weights[0] * cohort_panel(effect, SIX_OF_EIGHT).means).sum()
        found = pooled_spread(panel, overall, overall)
        values.append(overall.value[0] - truth)
        covered.append(abs(values[-1]) <= stats.t.ppf(0.975, found.df[0]) * found.se[0])
    assert abs(np.mean(values)) < 3.5 * np.std(values) / np.sqrt(250)
    assert np.mean(covered) >= 0.92


def test_swapping_dates_of_four_places_is_what_a_list_by_hand_gives() -> None:
    grid = np.array([[0, 9.0, 9], [0, 0, 5], [0, 1, 2], [0, 2, 1]])
    start = np.array([1, 2, NEVER, NEVER])

    def change(order: list[int]) -> float:
        panel = cohort_panel(grid, start[order])
        overall, _ = aggregated(panel, group_time_effects(panel), together="simple")
        return float(overall.value[0])

    orders = [[a, b, *(c for c in range(4) if c not in {a, b})]
              for a in range(4) for b in range(4) if a != b]  # fmt: skip
    changes = np.abs([change(list(np.argsort(order))) for order in orders])
    panel = cohort_panel(grid, start)
    overall, _ = aggregated(panel, group_time_effects(panel), together="simple")
    p = adoption_permutation(panel, overall.weights[0])
    assert p == pytest.approx((changes >= abs(overall.value[0]) - 1e-9).mean())
    assert p == pytest.approx(1 / 12)


def test_weights_of_another_panel_are_refused() -> None:
    panel = cohort_panel(np.random.default_rng(0).normal(size=(6, 5)), [2, 2, 3, 3, NEVER, NEVER])
    with pytest.raises(DataError, match=r"the weights are \(2, 5\)"):
        adoption_permutation(panel, np.zeros((2, 5)))


def test_three_places_are_refused_and_places_that_move_alike_are_not_judged() -> None:
    panel = cohort_panel(np.eye(3), [1, 2, NEVER])
    overall, _ = aggregated(panel, group_time_effects(panel), together="simple")
    with pytest.raises(DataError, match="cannot tell: 3 places are too few"):
        pooled_spread(panel, overall, overall)
    alike = cohort_panel(np.tile([1.0, 5, 3, 4], (6, 1)), [1, 1, 2, 2, NEVER, NEVER])
    overall, _ = aggregated(alike, group_time_effects(alike), together="simple")
    spreads: tuple[Callable[[], float], ...] = (
        lambda: float(pooled_spread(alike, overall, overall).se[0]),
        lambda: float(cohort_spread(alike, overall, covariances=cohort_covariances(alike)).se[0]),
    )
    for spread in spreads:
        assert np.isnan(spread())
