"""Judged as if there were no change: t where nothing hangs together, its size, what it refuses."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats import restricted_critical_values
from outcomes.stats.ar1_reml import Floats, ar1_errors, ar1_reml_many
from outcomes.stats.restricted_critical_values import (
    RestrictedCritical,
    restricted_critical,
    restricted_critical_many,
    without_change,
)
from outcomes.stats.segmented_series import SegmentedSeries, segmented_series
from outcomes.stats.simulated_critical_values import simulated_critical_values

SLOPE = SegmentedSeries.SLOPE


def laid_out(length: int = 24) -> tuple[Floats, SegmentedSeries]:
    times = np.arange(1, length + 1.0)
    return times, segmented_series(times, start=length // 2 + 1)


def judged(
    series: Floats, *, which: int = SLOPE, noise: float = 0.0, level: float = 0.95
) -> RestrictedCritical:
    times, parts = laid_out(len(series))
    return restricted_critical(
        series,
        parts.design,
        times=times,
        contrasts=parts.contrasts,
        which=which,
        noise=noise,
        level=level,
    )


@cache
def alarms(phi: float, *, mean: float | None = None) -> tuple[float, float]:
    """Shares of 1,500 series of 24 periods without a change whose slope is called changed."""
    times, parts = laid_out()
    rng = np.random.default_rng((3, round(100 * phi)))
    series = ar1_errors(times, phi=phi, many=1500, rng=rng)
    noise = np.zeros(1500)
    if mean is not None:
        counts = np.maximum(rng.poisson(mean * np.exp(0.25 * series)), 1).astype(float)
        series, noise = np.log(counts), (1 / counts).mean(axis=0)
    fits = ar1_reml_many(series, parts.design, times=times, contrasts=parts.contrasts)
    shares = np.minimum(noise / fits.sd**2, 1.0).round(1)
    chance = {
        (phi, share): simulated_critical_values(
            phi, parts.design, times=times, contrasts=parts.contrasts, noise=share
        ).critical(SLOPE, level=0.95)
        for phi, share in set(zip(fits.phi.tolist(), shares.tolist(), strict=True))
    }
    edges = [chance[pair] for pair in zip(fits.phi.tolist(), shares.tolist(), strict=True)]
    ratio = np.abs(fits.ratios[SLOPE])
    clear = ratio > np.array(edges)
    critical = restricted_critical_many(
        series[:, clear],
        parts.design,
        times=times,
        contrasts=parts.contrasts,
        which=SLOPE,
        noise=noise[clear],
        level=0.95,
    )
    return float(clear.mean()), float((ratio[clear] > critical).sum() / 1500)


def test_where_nothing_hangs_together_it_is_the_t_test() -> None:
    """240 periods, where phi hardly matters; the simulation's own error is 0.03."""
    found = judged(np.random.default_rng(4).normal(size=240))
    assert found.phi < 0.1
    assert found.critical == pytest.approx(stats.t.ppf(0.975, 236), abs=0.15)


@pytest.mark.parametrize("which", range(3))
def test_a_fit_without_the_change_has_none(which: int) -> None:
    times, parts = laid_out(30)
    columns = without_change(parts.design, parts.contrasts[which])
    assert columns.shape == (30, 3)
    found = np.linalg.lstsq(parts.design, columns, rcond=None)[0]
    assert parts.design @ found == pytest.approx(columns)  # the same series, but for the change
    assert parts.contrasts[which] @ found == pytest.approx(np.zeros(3), abs=1e-9)
    assert times.size == 30


def test_series_that_drift_for_long_raise_no_more_false_alarms_once_some_are_refused() -> None:
    """1,500 series with phi 0.9: the error of a rate is 0.6 %."""
    before, after = alarms(0.9)
    assert before > 0.075
    assert after <= 0.06


def test_counts_over_a_long_drift_raise_no_more_false_alarms_once_some_are_refused() -> None:
    before, after = alarms(0.9, mean=20)
    assert before > 0.09
    assert after <= 0.055


def test_series_that_hang_together_little_are_hardly_ever_refused() -> None:
    before, after = alarms(0.3)
    assert before - after <= 0.02


def test_scale_sign_and_trend_of_the_series_change_nothing() -> None:
    times, _ = laid_out()
    rng = np.random.default_rng(8)
    series = ar1_errors(times, phi=0.6, many=1, rng=rng)[:, 0]
    for noise in (0.0, 0.3):
        here = judged(series, noise=noise)
        for scale in (-1.0, 25.0):
            there = judged(scale * series + 7 * times - 3, noise=scale**2 * noise)
            assert there.critical == pytest.approx(here.critical, rel=1e-5)
            assert there.phi == pytest.approx(here.phi, abs=1e-5)


def test_a_change_that_a_drift_would_make_asks_for_more_than_beside_it() -> None:
    """White noise about a broken trend: beside the break it hangs together not at all."""
    times, parts = laid_out()
    series = np.random.default_rng(2).normal(size=24) + 0.4 * parts.design[:, 3]
    beside = simulated_critical_values(0.0, parts.design, times=times, contrasts=parts.contrasts)
    found = judged(series)
    assert found.phi > 0.2
    assert found.critical > beside.critical(SLOPE, level=0.95)


def test_noise_hides_a_drift_so_that_more_is_asked_for() -> None:
    times, _ = laid_out(36)
    rng = np.random.default_rng(5)
    series = ar1_errors(times, phi=0.8, many=1, rng=rng)[:, 0] + 0.7 * rng.normal(size=36)
    pure, hidden = judged(series), judged(series, noise=0.49)
    assert hidden.phi > pure.phi
    assert hidden.critical > pure.critical


def test_many_series_are_judged_as_each_by_itself() -> None:
    """Phi is found to the nearest 0.02 where many are fitted."""
    times, parts = laid_out()
    series = ar1_errors(times, phi=0.5, many=12, rng=np.random.default_rng(6))
    for noise in (0.0, 0.3):
        together = restricted_critical_many(
            series,
            parts.design,
            times=times,
            contrasts=parts.contrasts,
            which=SLOPE,
            noise=np.full(12, noise),
            level=0.95,
        )
        alone = [judged(one, noise=noise).critical for one in series.T]
        assert together == pytest.approx(np.array(alone), rel=0.05)


def test_a_level_beyond_the_simulation_is_refused() -> None:
    with pytest.raises(DataError, match="rarer chances than 4999 simulated series"):
        judged(np.random.default_rng(0).normal(size=24), level=0.99999)


@pytest.mark.parametrize(("phi", "times_as_much"), [(0.97, 1.08), (0.0, 1.0)])
def test_where_noise_hides_whether_phi_lies_beyond_what_is_simulated_more_is_asked_for(
    phi: float, times_as_much: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 8,000 series of 48 counts of 20 it takes false alarms from 6.2 to 5.2 % (phi 0.9)."""
    times, _ = laid_out(60)
    rng = np.random.default_rng(3)
    series = ar1_errors(times, phi=phi, many=1, rng=rng)[:, 0] * (4 if phi else 1)
    found = judged(series, noise=0.02)
    monkeypatch.setattr(restricted_critical_values, "BEYOND", 1.0)
    assert found.critical == pytest.approx(times_as_much * judged(series, noise=0.02).critical)
