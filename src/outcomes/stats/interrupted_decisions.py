"""Many interrupted series, judged at once as one of them is judged by itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.stats.ar1_reml import Floats, ar1_reml_many
from outcomes.stats.segmented_series import SegmentedSeries, segmented_series
from outcomes.stats.simulated_critical_values import simulated_critical_values


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTests:
    """What decides of each series whether its level changed."""

    ratio: Floats  # the change of level by its standard error, (series,)
    per_unit: Floats  # what a change of one more would add to that, (series,)
    critical: Floats  # how large it gets by chance, (series,)

    def found(self, size: float) -> NDArray[np.bool_]:
        """Say which series show a change once so much is added from the start on."""
        return np.asarray(np.abs(self.ratio + size * self.per_unit) > self.critical, dtype=bool)


def level_tests(series: Floats, *, before: int, level: float = 0.95) -> LevelTests:
    """Fit many series and find the critical value of each.

    A change of level is a column of the design: it moves the estimate and neither phi, nor the
    standard error, nor the critical value. So one fit tells of changes of every size.

    Args:
        series: One a column, shape (periods, series).
        before: Periods before the start.
        level: Confidence level.

    Raises:
        DataError: As ``segmented_series``.

    Source:
        As ``ar1_reml_many`` and ``simulated_critical_values``: the level of
        ``analyses.interrupted`` without season, phi to the nearest 0.02.
    """
    times = np.arange(1.0, len(series) + 1)
    parts = segmented_series(times, start=before + 1.0)
    wanted = parts.contrasts[[SegmentedSeries.LEVEL]]
    jump = (times > before).astype(float)[:, None]
    fits = ar1_reml_many(series, parts.design, times=times, contrasts=wanted)
    moved = ar1_reml_many(series + jump, parts.design, times=times, contrasts=wanted)
    critical = np.empty(series.shape[1])
    for phi in np.unique(fits.phi):
        chance = simulated_critical_values(
            float(phi), parts.design, times=times, contrasts=parts.contrasts
        )
        critical[fits.phi == phi] = chance.critical(SegmentedSeries.LEVEL, level=level)
    ratio = fits.ratios[0]
    return LevelTests(ratio=ratio, per_unit=moved.ratios[0] - ratio, critical=critical)
