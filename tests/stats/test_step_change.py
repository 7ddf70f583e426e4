"""A step in one series: the t test where nothing hangs together, its size, and what is refused."""

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import ar1_errors
from outcomes.stats.step_change import StepChange, step_change

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
TIMES = np.arange(1, 37.0)


def of(series: Floats, **how: float) -> StepChange:
    return step_change(series, times=TIMES, start=25, **how)


def drifting(phi: float, *, many: int, seed: int = 1) -> Floats:
    return ar1_errors(TIMES, phi=phi, many=many, rng=np.random.default_rng(seed)).T


def test_where_months_do_not_hang_together_it_is_near_the_two_sample_t_test() -> None:
    times = np.arange(1, 241.0)
    series = np.random.default_rng(4).normal(size=240)
    series[120:] += 0.3
    found = step_change(series, times=times, start=121)
    theirs = stats.ttest_ind(series[120:], series[:120])
    assert found.value == pytest.approx(series[120:].mean() - series[:120].mean(), abs=0.02)
    assert found.p == pytest.approx(theirs.pvalue, abs=0.03)


def test_series_that_drift_for_long_raise_no_more_false_alarms() -> None:
    """At 0.9, 200 series: the error of a rate is 1.7 %; the fit's own t test gives about 20 %."""
    found = [of(series) for series in drifting(0.9, many=200, seed=5)]
    assert 0.01 <= np.mean([one.p <= 0.05 for one in found]) <= 0.1
    assert np.mean([abs(one.value / one.se) > 2.03 for one in found]) > 0.1


def test_the_limits_hold_a_planted_step_whatever_its_scale_and_level() -> None:
    held = []
    for series in drifting(0.5, many=60, seed=2):
        series[24:] += 3
        found = of(series)
        held.append(found.low <= 3 <= found.high)
        other = of(60 * series - 1000)
        assert (other.low, other.high) == pytest.approx((60 * found.low, 60 * found.high), rel=1e-4)
        assert (found.p <= 0.05) == (not found.low <= 0 <= found.high)
    assert np.mean(held) >= 0.88


def test_a_gap_keeps_its_length_and_counting_error_widens_the_limits() -> None:
    (series,) = drifting(0.6, many=1, seed=3)
    kept = np.r_[:10, 16:36]
    gapped = step_change(series[kept], times=TIMES[kept], start=25)
    closed = step_change(series[kept], times=np.arange(1, 31.0), start=19)
    assert gapped.phi != closed.phi
    plain, noisy = of(series), of(series, noise=0.4)
    assert plain.value == noisy.value
    assert noisy.judged_at > plain.judged_at
    assert noisy.high - noisy.low > plain.high - plain.low


def test_a_step_that_a_drift_beneath_counts_makes_too_says_so() -> None:
    """Two places, 24 months, counts of 20 over drifts of 0.9; nothing changed."""
    times = np.arange(1, 25.0)
    rng = np.random.default_rng(12)
    drift = ar1_errors(times, phi=0.9, many=2, rng=rng)
    counts = rng.poisson(20 * np.exp(0.25 * drift)).astype(float)
    series, noise = counts[:, 0] - counts[:, 1], float(counts.mean(axis=0).sum())
    found = step_change(series, times=times, start=15, noise=noise)
    assert found.p <= 0.05
    assert found.without is not None
    assert found.without > found.phi
    turned = step_change(-30 * series, times=times, start=15, noise=900 * noise)
    assert turned.without == pytest.approx(found.without, abs=1e-4)
    clear = step_change(series + 60 * (times >= 15), times=times, start=15, noise=noise)
    assert clear.without is None


@pytest.mark.parametrize(("months", "start"), [(15, 8), (20, 19), (20, 3)])
def test_too_few_periods_or_too_few_on_one_side_are_refused(months: int, start: int) -> None:
    series = np.random.default_rng(0).normal(size=months)
    with pytest.raises(DataError, match=r"cannot tell: 16 periods would be needed .* got "):
        step_change(series, times=np.arange(1, months + 1.0), start=start)


def test_a_series_without_spread_or_with_a_missing_value_is_refused() -> None:
    with pytest.raises(DataError, match="no spread to judge chance by"):
        of(np.ones(36))
    with pytest.raises(DataError, match="a number is missing"):
        of(np.r_[np.nan, np.ones(35)])
