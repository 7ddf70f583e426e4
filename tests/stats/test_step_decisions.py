"""Many series judged at once for a step, each as by itself."""

import numpy as np

from outcomes.stats.step_change import step_change
from outcomes.stats.step_decisions import found_by_step


def drifting(studies, periods, *, at, seed=1):
    rng = np.random.default_rng(seed)
    found = rng.standard_normal((studies, periods))
    for period in range(1, periods):
        found[:, period] = at * found[:, period - 1] + np.sqrt(1 - at**2) * found[:, period]
    return found


def alone(row, *, before):
    times = np.arange(1.0, len(row) + 1)
    found = step_change(row, times=times, start=before + 1)
    return found.p <= 0.05 and found.without is None


def test_verdicts_are_those_of_each_series_by_itself():
    """But for a phi between two steps of 0.02, at the very edge."""
    series = drifting(60, 24, at=0.5)
    series[::2, 14:] += 1.8
    together = found_by_step(series, before=14)
    single = np.array([alone(row, before=14) for row in series])
    assert 0.2 < single.mean() < 0.8
    assert (together == single).mean() >= 0.97


def test_counting_error_that_hides_a_drift_asks_for_larger_steps():
    hidden = drifting(400, 20, at=0.9) + np.random.default_rng(2).normal(0, 1, (400, 20))
    plain, known = (found_by_step(hidden, before=12, noise=noise) for noise in (0.0, 1.0))
    assert known.sum() < 0.9 * plain.sum()


def test_scale_sign_and_level_of_a_series_do_not_matter():
    series = drifting(60, 20, at=0.3, seed=3)
    series[::2, 12:] += 1.5
    found = found_by_step(series, before=12)
    assert (found_by_step(40 - 7 * series, before=12) == found).all()
    assert found_by_step(series, before=12, level=0.99).sum() < found.sum()


def test_a_step_that_is_refused_alone_is_not_found():
    """The share of counting error is the usual one of all here: some verdicts differ."""
    noise = 0.3
    series = drifting(60, 24, at=0.97, seed=9)
    series += np.random.default_rng(1).normal(0, noise**0.5, series.shape)
    series[:, 12:] += 1.0
    times = np.arange(1.0, 25)
    single = [step_change(row, times=times, start=13, noise=noise) for row in series]
    refused = np.array([each.p <= 0.05 and each.without is not None for each in single])
    found = found_by_step(series, before=12, noise=noise)
    assert refused.sum() >= 10
    assert found[refused].mean() <= 0.2
    assert found.sum() >= 10
