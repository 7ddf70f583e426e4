"""What is left of a change in a few places if they went on moving as they did before the start."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

from outcomes.errors import DataError

MOST = 10.0  # times the earlier movement, beyond which nobody would doubt


def collapsed_bounds(
    change: ArrayLike,
    earlier: ArrayLike,
    treated: ArrayLike,
    *,
    most: float,
    level: float = 0.95,
) -> tuple[float, float]:
    """Bound a change from a few places, each collapsed to its change and its earlier movement.

    Whichever way treated places had moved against the others before the start, they may have
    gone on moving, either way, ``most`` times as far. Each limit is that of a t-test on the
    places' own numbers, so that what was seen before counts with its own error.

    Args:
        change: After minus before, one a place, shape (g,).
        earlier: How far each place moved before the start, over as long a time, shape (g,).
        treated: Which places were treated, shape (g,).
        most: How many times as far; 0 gives the interval of ``collapsed_change``.
        level: Confidence level: it holds whenever the movement stays within ``most`` times.

    Raises:
        DataError: Shapes differ, a number is missing, or too few places.

    Source:
        The set of relative magnitudes of Rambachan & Roth (2023), Rev. Econ. Stud. 90: 2555-2591,
        with one step before the start and one after it; each of its two limits is tested at half
        the level by t(g-2), so that the union over both signs covers.
    """
    if not most >= 0:
        raise DataError(f"how many times must be 0 or more, got {most}")
    moved = np.stack([np.asarray(change, dtype=float), np.asarray(earlier, dtype=float)])
    chosen = np.asarray(treated, dtype=bool)
    k, rest = int(chosen.sum()), int((~chosen).sum())
    if moved.shape[1:] != chosen.shape or min(k, rest) < 1 or k + rest < 3:
        raise DataError(f"three places of both kinds are needed, got {k} and {rest}")
    if not np.isfinite(moved).all():
        raise DataError("a change is not a number; leave that place out and say so")
    limits = []
    for times in (most, -most):
        numbers = moved[0] - times * moved[1]
        inside = np.where(chosen, numbers - numbers[chosen].mean(), 0.0)
        inside += np.where(chosen, 0.0, numbers - numbers[~chosen].mean())
        se = sqrt((inside**2).sum() / (k + rest - 2) * (1 / k + 1 / rest))
        value = numbers[chosen].mean() - numbers[~chosen].mean()
        margin = float(t.ppf((1 + level) / 2, k + rest - 2)) * se
        limits.append((value - margin, value + margin))
    return float(min(low for low, _ in limits)), float(max(high for _, high in limits))


def largest_drift(
    change: ArrayLike, earlier: ArrayLike, treated: ArrayLike, *, level: float = 0.95
) -> float:
    """Say up to how many times the earlier movement the interval still leaves out zero.

    Args:
        change: As for ``collapsed_bounds``.
        earlier: As for ``collapsed_bounds``.
        treated: As for ``collapsed_bounds``.
        level: Confidence level.

    Returns:
        The largest such number, to about 0.01: 0 where the interval holds zero at once, ``MOST``
        where it never does.
    """

    def leaves_out(most: float) -> bool:
        low, high = collapsed_bounds(change, earlier, treated, most=most, level=level)
        return low > 0 or high < 0

    return largest_multiple(leaves_out) if leaves_out(0.0) else 0.0


def largest_multiple(leaves_out: Callable[[float], bool]) -> float:
    """Find, to about 0.01 and up to ``MOST``, the largest multiple that still leaves zero out.

    Args:
        leaves_out: Whether a multiple does; what a smaller one lets in, a larger one lets in too.
    """
    low, high = 0.0, MOST
    if leaves_out(high):
        return MOST
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if leaves_out(middle) else (low, middle)
    return low
