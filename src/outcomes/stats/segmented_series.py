"""The columns of a segmented regression: trend, season, and level and slope from a start on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import Floats

HARMONICS = 2  # pairs of waves a season is made of
CYCLES = 2  # full seasons that are needed to tell one from a trend
CYCLES_OF_DUMMIES = 6  # full seasons from which every month can have its own level
FEWEST = 3  # periods on either side


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentedSeries:
    """A design, and what is read from its coefficients."""

    design: Floats  # (n, k): 1, trend, level change, slope change, season
    contrasts: Floats  # (4, k): level change, slope change, change at the end, end without change
    after: int  # periods counted from the start to the last one
    season: str  # what was taken out, in words; empty where nothing

    LEVEL, SLOPE, END, WITHOUT = range(4)


def segmented_series(
    times: ArrayLike, *, start: float, season: int | None = None
) -> SegmentedSeries:
    """Lay out the columns of a series that may change its level and its slope at a start.

    Periods from the start on are counted 1, 2, 3, ... in the slope change, and 0 before. So the
    level change is the jump at the start, whatever the periods are called. (With uncounted time in
    its place the same coefficient would be a jump at time zero, long before the series began: an
    error that was published and had to be corrected.)

    Args:
        times: Whole numbers that rise, shape (n,).
        start: The first time after the change.
        season: How many periods make one season, 12 for months; none where None.

    Returns:
        The design with its contrasts. A season is two pairs of waves, or one level a month where
        there are six full seasons or more.

    Raises:
        DataError: There are fewer than three periods before or after, or fewer than two full
            seasons.

    Source:
        Wagner et al. (2002), J. Clin. Pharm. Ther. 27: 299-309; Lopez Bernal, Cummins & Gasparrini
        (2017), Int. J. Epidemiol. 46: 348-355, as its authors corrected it later.
    """
    when = np.asarray(times, dtype=float)
    after = when >= start
    if min(int(after.sum()), int((~after).sum())) < FEWEST:
        raise DataError(
            f"cannot tell: a level and a trend need {FEWEST} periods before and after the start, "
            f"got {int((~after).sum())} and {int(after.sum())}; wait for more periods"
        )
    count = when - start + 1  # the first period after is 1
    waves, words = _season(when, season)
    design = np.column_stack([np.ones(when.size), count, after, count * after, *waves])
    contrasts = np.zeros((4, design.shape[1]))
    contrasts[SegmentedSeries.LEVEL, 2] = contrasts[SegmentedSeries.SLOPE, 3] = 1
    contrasts[SegmentedSeries.END, 2:4] = 1, count[-1]
    contrasts[SegmentedSeries.WITHOUT] = design[-1]
    contrasts[SegmentedSeries.WITHOUT, 2:4] = 0
    return SegmentedSeries(design=design, contrasts=contrasts, after=int(count[-1]), season=words)


def _season(when: Floats, season: int | None) -> tuple[list[Floats], str]:
    if season is None:
        return [], ""
    if season < 2:
        raise DataError(f"a season has two periods or more, got {season}; 12 for months")
    cycles = int((when[-1] - when[0] + 1) // season)
    if cycles < CYCLES:
        raise DataError(
            f"cannot tell: {CYCLES} full seasons of {season} periods are needed to tell a season "
            f"from a trend, got {cycles}; wait for more periods, or leave the season out"
        )
    if cycles >= CYCLES_OF_DUMMIES:
        place = np.mod(when, season)
        return [1.0 * (place == at) for at in range(1, season)], f"{season} levels of season"
    waves = []
    for pair in range(1, min(HARMONICS, season // 2) + 1):
        angle = 2 * np.pi * pair * when / season
        waves += [np.cos(angle)] if 2 * pair == season else [np.sin(angle), np.cos(angle)]
    return waves, f"{HARMONICS} pairs of waves of season"
