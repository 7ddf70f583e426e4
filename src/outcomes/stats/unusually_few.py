"""Counts that are far below what is usual for them, such as an outlet's articles in a month."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError

FEWEST_OTHERS = 3  # periods to learn from: fewer do not tell what is usual
_LEAST_SPREAD = 0.2  # counts of news vary by a fifth from month to month where nothing is wrong
_TO_SD = 1.4826  # a median distance to the median, as the standard deviation of a normal spread


def unusually_few(counts: ArrayLike, exposure: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Say how likely so low a count would be, had the period been as the others were.

    What is usual is learned from the other periods alone, by medians, so that neither the period
    in question nor one odd period among the others hides it.

    Args:
        counts: What was counted in each period, shape (periods,).
        exposure: How long each period was looked at, such as its days, shape (periods,); a period
            with 0 is neither judged nor learned from.

    Returns:
        The probability of a count as low or lower, and the usual count of that period; shape
        (periods,) each. Both are NaN where fewer than three other periods can be learned from.
        Counts are taken for negative binomial. Their spread is that of the others around their
        median (the median distance), at least a fifth of the usual count, and larger where few
        periods are known.

    Raises:
        DataError: Shapes differ, or a count or an exposure is negative or not a number.

    Source:
        Hilbe (2011), Negative Binomial Regression, 8.2 (its second form); Rousseeuw & Croux
        (1993), JASA 88: 1273-1283, for the median distance. Tails as ``pnbinom`` of R.
    """
    found, seen = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    if found.shape != seen.shape or found.ndim != 1:
        raise DataError(f"counts and exposure must have one shape, got {found.shape}, {seen.shape}")
    if not (np.isfinite(found) & np.isfinite(seen) & (found >= 0) & (seen >= 0)).all():
        raise DataError("counts and exposure must be numbers of 0 or more")
    chance, usual = np.full(len(found), np.nan), np.full(len(found), np.nan)
    for place in np.flatnonzero(seen > 0):
        others = (seen > 0) & (np.arange(len(seen)) != place)
        if int(others.sum()) < FEWEST_OTHERS:
            continue
        rates = found[others] / seen[others]
        rate = float(np.median(rates))
        usual[place] = rate * seen[place]
        spread = _spread(rates, rate=rate, exposure=float(np.median(seen[others])))
        chance[place] = _tail(found[place], usual[place], spread=spread)
    return chance, usual


def _spread(rates: np.ndarray, *, rate: float, exposure: float) -> float:
    """Estimate the variance of the rate beside chance, as a share of the squared rate."""
    if rate == 0:
        return _LEAST_SPREAD**2
    distance = _TO_SD * float(np.median(np.abs(rates - rate)))
    beside_chance = (distance**2 - rate / exposure) / rate**2
    own = max(beside_chance, _LEAST_SPREAD**2)
    return own + (own + 1 / (rate * exposure)) * (np.pi / 2) / len(rates)  # of the median itself


def _tail(count: float, usual: float, *, spread: float) -> float:
    if usual == 0:
        return 1.0
    size = 1 / spread
    return float(stats.nbinom.cdf(count, size, size / (size + usual)))
