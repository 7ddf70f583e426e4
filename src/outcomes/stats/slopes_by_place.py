"""One slope for each place, and whether they lie on one side of zero (Ibragimov and Mueller)."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.t_limits import t_limits

FEWEST = 3
FLAT = 1e-9  # of the regressor's spread: what is left of it is rounding
ROUNDING = 1e-12  # of the largest outcome: a smaller error comes from binary fractions alone


def slopes_by_place(
    y: ArrayLike, x: ArrayLike, *, term: str, unit: str, level: float = 0.95
) -> Estimate:
    """Estimate a slope in each place by itself, and test their mean by a t of as many numbers.

    What all places share in a period is taken off first. It is a check: it leans on no assumption
    about how months of a place go together, but gives each place's slope the same weight.

    Args:
        y: The outcome, shape (G, T): a row a place, a column a period; NaN where not observed.
        x: The regressor, shape (G, T), no NaN.
        term: What is being estimated, in words.
        unit: Of the slope.
        level: Confidence level.

    Returns:
        The mean of the places' slopes with t(places - 1). Places in which the regressor never
        changes have no slope and are counted in ``dropped``.

    Raises:
        DataError: The shapes differ, an outcome is infinite, fewer than three places have a slope
            of their own, or all have the same.

    Source:
        Ibragimov & Mueller (2010), J. Bus. Econ. Stat. 28: 453-468.
    """
    outcome, given = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    if outcome.ndim != 2 or outcome.shape != given.shape or not np.isfinite(given).all():
        raise DataError("outcome and regressor need a row a place and a column a period, all alike")
    if np.isinf(outcome).any():
        raise DataError("an outcome is infinite; NaN stands for what was not observed")
    seen = np.isfinite(outcome)
    largest = float(np.nanmax(np.abs(outcome))) if seen.any() else 0.0
    own = np.where(seen, given, np.nan)
    told = np.ptp(np.where(seen, given, given.mean()), axis=1) > FLAT * np.ptp(given)
    told &= seen.sum(axis=1) > 1
    shared = seen[told].any(axis=0)
    if told.sum() < FEWEST:
        raise DataError(
            f"cannot tell: the regressor changes within {int(told.sum())} places, and {FEWEST} "
            "are needed for slopes of their own"
        )
    outcome, own = outcome[told][:, shared], own[told][:, shared]
    outcome, own = (each - np.nanmean(each, axis=0) for each in (outcome, own))
    own = own - np.nanmean(own, axis=1, keepdims=True)
    lengths = np.nansum(own**2, axis=1)
    if (lengths <= (FLAT * np.ptp(given)) ** 2).any():
        raise DataError("cannot tell: the regressor is the same in all places in each period")
    slopes = np.nansum(own * outcome, axis=1) / lengths
    g, value = slopes.size, float(slopes.mean())
    se = float(slopes.std(ddof=1) / np.sqrt(g))
    if se <= ROUNDING * largest / float(np.sqrt(lengths.min())):
        raise DataError("all places have the same slope: no spread to judge chance by")
    return Estimate(
        term=term,
        **t_limits(value, se=se, df=g - 1.0, level=level),
        n=g,
        dropped=int((~told).sum()),
        unit=unit,
        method=f"mean of one slope a place, t({g - 1})",
        assumptions=("slopes of places are independent of each other and near normal",),
    )
