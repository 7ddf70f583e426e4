"""Many series, judged at once for a step at a start as one of them is judged by itself."""

import numpy as np
from numpy.typing import NDArray

from outcomes.stats.ar1_reml import Floats, ar1_reml_many
from outcomes.stats.restricted_critical_values import restricted_critical_many
from outcomes.stats.simulated_critical_values import simulated_critical_values


def found_by_step(
    series: Floats, *, before: int, noise: float = 0.0, level: float = 0.95
) -> NDArray[np.bool_]:
    """Say in which series the level after a start lies further from the one before than chance.

    Args:
        series: Shape (studies, periods).
        before: Periods before the start.
        noise: The variance of a value that is counting error, fresh in each period; 0 if none.
        level: Confidence level.

    Returns:
        Shape (studies,); each as ``step_change`` judges one series, but for phi, which is taken to
        the nearest 0.02, and for the share of counting error, which is the usual one of all. A
        step that is refused there, for a drift makes as much, is not found.
    """
    times = np.arange(1.0, series.shape[1] + 1)
    design = np.column_stack([np.ones(times.size), times > before])
    step = np.array([[0.0, 1.0]])
    fits = ar1_reml_many(series.T, design, times=times, contrasts=step)
    share = min(noise / max(float(np.median(fits.sd**2)), noise), 1.0) if noise else 0.0
    critical = np.empty(len(series))
    for phi in np.unique(fits.phi).tolist():
        chance = simulated_critical_values(phi, design, times=times, contrasts=step, noise=share)
        critical[fits.phi == phi] = chance.critical(0, level=level)
    ratio = np.abs(fits.ratios[0])
    found = np.asarray(ratio > critical, dtype=bool)
    if found.any():
        drift = restricted_critical_many(
            series.T[:, found],
            design,
            times=times,
            contrasts=step,
            which=0,
            noise=np.full(int(found.sum()), noise),
            level=level,
        )
        found[found] = ratio[found] > drift
    return found
