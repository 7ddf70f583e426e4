"""Intervals of any figure over rows that belong together: whole groups are drawn again."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.class_calibration import Floats
from outcomes.stats.resampled_units import Interval, Resampling
from outcomes.stats.wilson import wilson_interval

Figure = Callable[[Floats], Floats]  # how often each row counts, (draws, n) -> (draws,)
_AT_ONCE = 4_000_000  # numbers
_TOO_FEW = "fewer than 10 groups: the interval is too narrow more often than it says"


def group_bootstrap(
    figure: Figure,
    groups: ArrayLike,
    *,
    term: str,
    unit: str,
    share: bool = True,
    biased: bool = False,
    how: Resampling | None = None,
) -> Estimate:
    """Say how far a figure would move had other groups been drawn.

    Rows of one article or one event are alike, so a bootstrap of rows would promise too much.

    Args:
        figure: Gives the figure from how often each row counts: (draws, n) -> (draws,); NaN where
            a draw leaves nothing to count.
        groups: The group of each row, shape (n,).
        term: What is being estimated, in words.
        unit: Of the figure.
        share: Whether it is a share, or a score from 0 to 1 that is reached row by row.
        biased: Whether drawing rows twice pushes the figure up by itself, as it does an error of
            calibration; the percentiles are then moved back by the mean push.
        how: Draws, seed and confidence.

    Returns:
        The figure with percentiles over the draws, widened to hold the figure. Where every draw
        gives the same share (nothing went wrong, or everything), the interval is Wilson's for as
        many independent trials as there are groups. ``n`` counts rows.

    Raises:
        DataError: There is no row, or the figure does not exist.

    Source:
        Davison & Hinkley (1997), Bootstrap Methods and their Application, 3.8; Wilson (1927), JASA
        22: 209-212. Equals ``scipy.stats.bootstrap`` where every group is one row (tests).
    """
    place = np.unique(np.asarray(groups), return_inverse=True)[1]
    if not place.size:
        raise DataError(f"{term}: there is no row to judge")
    many = int(place.max()) + 1
    plan = how or Resampling()
    value = float(figure(np.ones((1, place.size)))[0])
    if not np.isfinite(value):
        raise DataError(f"{term}: the rows leave nothing to count")
    found = _drawn(figure, place, how=plan)
    limits = _limits(found, value=value, biased=biased, how=plan)
    if share and limits.low == limits.high:
        low, high = wilson_interval(value, n=many, confidence=plan.confidence)
        limits = Interval(low=low, high=high, se=limits.se)
    return Estimate(
        term=term,
        value=value,
        se=limits.se,
        low=limits.low,
        high=limits.high,
        level=plan.confidence,
        n=int(place.size),
        unit=unit,
        method=f"bootstrap of {many} groups",
        assumptions=("groups are independent of each other",),
        warnings=(_TOO_FEW,) if many < 10 else (),
    )


def _limits(found: Floats, *, value: float, biased: bool, how: Resampling) -> Interval:
    if not found.size or np.ptp(found) < 1e-12:
        return Interval(low=value, high=value, se=0.0)
    tail = (1 - how.confidence) / 2
    push = float(found.mean()) - value if biased else 0.0
    low, high = (float(each) for each in np.quantile(found - push, [tail, 1 - tail]))
    low = max(low, 0.0) if biased else low
    return Interval(low=min(low, value), high=max(high, value), se=float(found.std(ddof=1)))


def _drawn(figure: Figure, place: NDArray[np.int_], *, how: Resampling) -> Floats:
    """Draw the groups again and again; give the figures that exist."""
    many = int(place.max()) + 1
    rng = np.random.default_rng(how.seed)
    step = max(1, _AT_ONCE // place.size)
    found = []
    for start in range(0, how.draws, step):
        size = min(step, how.draws - start)
        often = rng.multinomial(many, np.full(many, 1 / many), size=size).astype(float)
        found.append(figure(often[:, place]))
    every = np.concatenate(found)
    return np.asarray(every[np.isfinite(every)], dtype=np.float64)
