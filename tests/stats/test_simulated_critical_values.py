import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import ar1_errors, ar1_reml_many
from outcomes.stats.segmented_series import SegmentedSeries, segmented_series
from outcomes.stats.simulated_critical_values import (
    DRAWS,
    CriticalValues,
    simulated_critical_values,
)


def laid_out(length: int) -> tuple[np.ndarray, SegmentedSeries]:
    times = np.arange(1, length + 1.0)
    return times, segmented_series(times, start=length // 2 + 1)


def judged(phi: float, length: int = 24) -> CriticalValues:
    times, parts = laid_out(length)
    return simulated_critical_values(phi, parts.design, times=times, contrasts=parts.contrasts)


def test_without_correlation_and_many_periods_they_are_those_of_the_t_test() -> None:
    """240 periods, where phi hardly matters; the simulation's own error is 0.03."""
    times, parts = laid_out(240)
    found = simulated_critical_values(
        -0.1, parts.design, times=times, contrasts=parts.contrasts[:1]
    )
    assert found.unbiased == 0
    for level in (0.8, 0.95):
        theirs = stats.t.ppf((1 + level) / 2, 236)
        assert found.critical(0, level=level) == pytest.approx(theirs, abs=0.12)


def test_phi_is_corrected_upwards_and_taken_one_standard_error_higher() -> None:
    found = judged(0.4)
    assert found.unbiased > 0.42
    step = np.sqrt((1 - found.unbiased**2) / 20)
    assert found.phi == pytest.approx(found.unbiased + step)


def test_the_more_errors_hang_together_the_larger_a_ratio_must_be() -> None:
    slopes = [judged(phi).critical(1, level=0.95) for phi in (0.0, 0.3, 0.6, 0.9)]
    assert slopes == sorted(slopes)
    assert slopes[0] > stats.t.ppf(0.975, 20)


def test_interval_and_p_agree_and_p_is_never_zero() -> None:
    found = judged(0.3)
    edge = found.critical(0, level=0.95)
    assert found.p(0, edge) > 0.05
    assert found.p(0, edge * (1 + 1e-9)) <= 0.05
    assert found.p(0, -edge) == found.p(0, edge)
    assert found.p(0, 1e9) == 1 / (DRAWS + 1)
    assert found.p(0, 0.0) == 1


def test_the_same_series_give_the_same_values_whatever_the_periods_are_called() -> None:
    times, parts = laid_out(24)
    later = segmented_series(times + 700, start=713)
    here = judged(0.2)
    there = simulated_critical_values(
        0.2, later.design, times=times + 700, contrasts=later.contrasts
    )
    assert np.array_equal(here.ratios, there.ratios)
    assert parts.after == later.after == 12


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6])
def test_series_without_a_change_raise_false_alarms_as_often_as_promised(phi: float) -> None:
    """24 periods, 8,000 series: at most 6.5 %; the error of a rate is 0.25 %."""
    times, parts = laid_out(24)
    series = ar1_errors(times, phi=phi, many=8000, rng=np.random.default_rng(round(9 + 10 * phi)))
    fits = ar1_reml_many(series, parts.design, times=times, contrasts=parts.contrasts)
    edges = {
        value: [judged(float(value)).critical(which, level=0.95) for which in range(3)]
        for value in np.unique(fits.phi)
    }
    limits = np.array([edges[value] for value in fits.phi]).T
    rates = (np.abs(fits.ratios[:3]) > limits).mean(axis=1)
    assert (rates <= 0.065).all(), rates
    assert (rates >= 0.025).all(), rates
    by_t = 2 * stats.t.sf(np.abs(fits.ratios[:3]), 20) <= 0.05
    assert (by_t.mean(axis=1) > rates + 0.01).all()  # what the text-book test would have done


def test_noise_that_is_fresh_in_each_period_hides_phi_so_that_more_is_asked_for() -> None:
    """Logarithms of counts around 20 with phi 0.6: REML finds about 0.3, as without noise."""
    times, parts = laid_out(36)
    pure, hidden = (
        simulated_critical_values(
            0.3, parts.design, times=times, contrasts=parts.contrasts, noise=noise
        )
        for noise in (0.0, 0.4)
    )
    assert hidden.unbiased > pure.unbiased + 0.1
    assert hidden.critical(1, level=0.95) > pure.critical(1, level=0.95)


def test_series_next_to_a_random_walk_are_never_judged_more_mildly() -> None:
    """Near phi 0.98 ratios get smaller again, so a large phi is judged by the worst below it."""
    times, parts = laid_out(36)
    found = [
        simulated_critical_values(
            phi, parts.design, times=times, contrasts=parts.contrasts, noise=0.4
        )
        for phi in (0.2, 0.3, 0.45, 0.9)
    ]
    assert found[2].unbiased == found[3].unbiased < 0.98  # the smallest phi that is seen so large
    for which in range(3):
        edges = [one.critical(which, level=0.95) for one in found]
        assert edges == sorted(edges)


@pytest.mark.parametrize("noise", [-0.1, 1.1, float("nan")])
def test_a_share_of_noise_that_is_none_is_refused(noise: float) -> None:
    times, parts = laid_out(24)
    with pytest.raises(DataError, match="share of noise lies between 0 and 1"):
        simulated_critical_values(
            0.3, parts.design, times=times, contrasts=parts.contrasts, noise=noise
        )


def test_a_level_beyond_the_simulation_is_refused() -> None:
    with pytest.raises(DataError, match=r"rarer chances than 4999 simulated series .* 0\.9998"):
        judged(0.0).critical(0, level=0.99999)
