"""Test of many means at once: which differ most between two groups, and is that chance?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats
from outcomes.stats.energy_distance import shares

DRAWS = 1_999
_ENOUGH = 20  # draws with as large a difference, after which no more are needed: p is large
_AT_ONCE = 200  # draws


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestMeanShift:
    """Differences of means, and how often chance alone would make one as large as the largest."""

    shifts: Floats  # (d,): second less first, in standard deviations of all points
    p: float  # of the largest, allowing for their number

    @property
    def largest(self) -> int:
        """Which column differs most."""
        return int(np.abs(self.shifts).argmax())


def largest_mean_shift(
    table: ArrayLike,
    second: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> LargestMeanShift:
    """Test by permutation whether any of several means differs between two groups.

    Where one or two columns of many differ, this finds it sooner than a distance over all columns.

    Args:
        table: One point a row, shape (n, d); no NaN. A column that never differs counts as 0.
        second: Which points are of the second group, shape (n,), true or false.
        weights: How much each counts within its group, shape (n,); equally where None.
        draws: How often points are dealt out at most.
        seed: Of the dealing; the same seed gives the same p.

    Returns:
        The differences, and the p of the largest among them, which allows for their number.

    Raises:
        DataError: The shapes differ, a number is missing, a group has fewer than two points, or
            fewer than 99 draws.

    Source:
        The step for the largest of Westfall & Young (1993), Resampling-Based Multiple Testing,
        chapter 2. Early end: Besag & Clifford (1991), Biometrika 78: 301-304.
    """
    points, chosen = np.asarray(table, dtype=np.float64), np.asarray(second, dtype=bool)
    weight = np.ones(chosen.size) if weights is None else np.asarray(weights, dtype=np.float64)
    if points.ndim != 2 or chosen.shape != (len(points),) or weight.shape != chosen.shape:
        raise DataError(
            f"one row and one weight a point are needed, got {points.shape}, {chosen.shape} and "
            f"{weight.shape}"
        )
    if not np.isfinite(points).all() or not (np.isfinite(weight) & (weight > 0)).all():
        raise DataError("the table must hold numbers without gaps, and weights must be above 0")
    if min(int(chosen.sum()), int((~chosen).sum())) < 2 or draws < 99:
        raise DataError("each group needs two points or more, and the test 99 draws or more")
    spread = points.std(axis=0)
    still = spread <= 1e-12 * np.maximum(np.abs(points).max(axis=0), 1.0)
    scaled = np.where(still, 0.0, points - points.mean(axis=0)) / np.where(still, 1.0, spread)
    first, other = shares(chosen, weight)
    contrast = other - first
    return LargestMeanShift(
        shifts=np.asarray(contrast @ scaled),
        p=_p(scaled, contrast, draws=draws, rng=np.random.default_rng(seed)),
    )


def _p(scaled: Floats, contrast: Floats, *, draws: int, rng: np.random.Generator) -> float:
    least = float(np.abs(contrast @ scaled).max(initial=0.0)) - 1e-9
    as_large, made = 0, 0
    while made < draws and as_large < _ENOUGH:
        some = min(_AT_ONCE, draws - made)
        dealt = rng.permuted(np.tile(contrast, (some, 1)), axis=1)
        found = np.abs(dealt @ scaled).max(axis=1, initial=0.0)
        as_large, made = as_large + int((found >= least).sum()), made + some
    return (1 + as_large) / (1 + made)
