"""Many interrupted series, judged at once as one of them is judged by itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.stats.ar1_reml import Floats, ar1_reml_many
from outcomes.stats.restricted_critical_values import restricted_critical_many
from outcomes.stats.segmented_series import SegmentedSeries, segmented_series
from outcomes.stats.simulated_critical_values import simulated_critical_values

Verdicts = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTests:
    """What decides of each series whether its level changed."""

    series: Floats  # (periods, series)
    before: int
    level: float
    ratio: Floats  # the change of level by its standard error, (series,)
    per_unit: Floats  # what a change of one more would add to that, (series,)
    critical: Floats  # how large it gets by chance, (series,)

    def verdicts(self, size: float) -> tuple[Verdicts, Verdicts]:
        """Say which series show a change once so much is added from the start on, and which not.

        Returns:
            Those in which it is found, and those that are refused, because a drift makes as much.
        """
        ratio = np.abs(self.ratio + size * self.per_unit)
        clear = ratio > self.critical
        refused = np.zeros(clear.shape, dtype=bool)
        if clear.any():
            refused[clear] = ratio[clear] <= self._restricted(size, clear)
        return clear & ~refused, refused

    def found(self, size: float) -> Verdicts:
        """Say which series show a change; one that is refused does not."""
        return self.verdicts(size)[0]

    def _restricted(self, size: float, chosen: Verdicts) -> Floats:
        times, parts, jump = _laid_out(len(self.series), before=self.before)
        return restricted_critical_many(
            self.series[:, chosen] + size * jump,
            parts.design,
            times=times,
            contrasts=parts.contrasts,
            which=SegmentedSeries.LEVEL,
            noise=np.zeros(int(chosen.sum())),
            level=self.level,
        )


def level_tests(series: Floats, *, before: int, level: float = 0.95) -> LevelTests:
    """Fit many series and find the critical value of each.

    A change of level is a column of the design: it moves the estimate and neither phi, nor the
    standard error, nor the critical value. So one fit tells of changes of every size; only the fit
    without the change, which decides what is refused, is made for each size.

    Args:
        series: One a column, shape (periods, series).
        before: Periods before the start.
        level: Confidence level.

    Raises:
        DataError: As ``segmented_series``.

    Source:
        As ``ar1_reml_many``, ``simulated_critical_values`` and ``restricted_critical_values``: the
        level of ``analyses.interrupted`` without season, phi to the nearest 0.02.
    """
    times, parts, jump = _laid_out(len(series), before=before)
    wanted = parts.contrasts[[SegmentedSeries.LEVEL]]
    fits = ar1_reml_many(series, parts.design, times=times, contrasts=wanted)
    moved = ar1_reml_many(series + jump, parts.design, times=times, contrasts=wanted)
    critical = np.empty(series.shape[1])
    for phi in np.unique(fits.phi):
        chance = simulated_critical_values(
            float(phi), parts.design, times=times, contrasts=parts.contrasts
        )
        critical[fits.phi == phi] = chance.critical(SegmentedSeries.LEVEL, level=level)
    ratio = fits.ratios[0]
    return LevelTests(
        series=series,
        before=before,
        level=level,
        ratio=ratio,
        per_unit=moved.ratios[0] - ratio,
        critical=critical,
    )


def _laid_out(periods: int, *, before: int) -> tuple[Floats, SegmentedSeries, Floats]:
    """Give the times, the columns, and a change of level of one as a column, shape (n, 1)."""
    times = np.arange(1.0, periods + 1)
    parts = segmented_series(times, start=before + 1.0)
    return times, parts, parts.design[:, [2]]
