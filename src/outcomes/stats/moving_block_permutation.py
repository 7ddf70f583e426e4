"""How unusual is the time after the start among all stretches of the same series?"""

from dataclasses import dataclass
from math import floor, inf

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingBlock:
    """How far the means lie apart, and how often those of other stretches do."""

    value: float
    low: float
    high: float
    p: float
    smallest_p: float


def moving_block(series: ArrayLike, *, before: int, level: float = 0.95) -> MovingBlock:
    """Move the start through the whole series, and say how often the means lie as far apart.

    For one place and one to compare with, months are all there is. Blocks of months are moved as
    they are (the end joins the beginning), so that months which go together stay together.

    Args:
        series: One number a period, in order, such as one place less another, shape (n,).
        before: How many of them lie before the start.
        level: Confidence level.

    Returns:
        Mean after less mean before. ``p`` is the share of all n places of the block whose mean
        differs as much from that of the rest; the true one counts. The limits hold every change
        that, taken off again, would leave p above 1 - level; they are infinite where p cannot
        get there.

    Raises:
        DataError: Fewer than two periods on one side, or a value is not a number.

    Source:
        Chernozhukov, Wuthrich & Zhu (2021), J. Am. Stat. Assoc. 116: 1849-1864, with moving
        blocks and the difference of means.
    """
    values = np.asarray(series, dtype=float)
    after = values.size - before
    if values.ndim != 1 or before < 2 or after < 2:
        raise DataError(f"two periods on each side are needed, got {before} and {after}")
    if not np.isfinite(values).all():
        raise DataError("a value is not a number; leave that period out and say so")
    values = values - values.mean()
    apart, overlap = _moved(values, before), _moved(np.arange(values.size) >= before, before)
    value, tolerance = float(apart[0]), 1e-9 * float(np.abs(values).max())
    far = np.abs(apart) >= abs(value) - tolerance
    low, high = _limits(apart, overlap, needed=floor((1 - level) * values.size + 1e-9))
    return MovingBlock(
        value=value,
        low=low,
        high=high,
        p=float(far.mean()),
        smallest_p=(2 if before == after else 1) / values.size,
    )


def _moved(values: np.ndarray, before: int) -> np.ndarray:
    """Give the difference of means for every start; the first is the true one."""
    rolled = [np.roll(values, shift) for shift in range(values.size)]
    return np.array([one[before:].mean() - one[:before].mean() for one in rolled])


def _limits(apart: np.ndarray, overlap: np.ndarray, *, needed: int) -> tuple[float, float]:
    """Invert the test: a change is held while more than `needed` starts lie as far apart.

    Start s lies as far as the true one once a change d is taken off where
    |apart[s] - d overlap[s]| >= |apart[0] - d|: between two bounds, the true change within.
    """
    value, low, high = float(apart[0]), [-inf], [inf]
    for other, shared in zip(apart[1:], overlap[1:], strict=True):
        if shared <= -1 + 1e-12:  # the other half: as far whatever is taken off
            low.append(-inf)
            high.append(inf)
            continue
        ends = ((value - other) / (1 - shared), (value + other) / (1 + shared))
        low.append(min(ends))
        high.append(max(ends))
    return sorted(low)[needed], sorted(high)[-1 - needed]
