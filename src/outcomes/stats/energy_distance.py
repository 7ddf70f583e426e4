"""Energy distance: how far two groups of points lie apart, in place and in spread."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats


def pairwise_distances(points: ArrayLike) -> Floats:
    """Measure how far each point lies from each other.

    Args:
        points: Shape (n, d); no NaN.

    Returns:
        Euclidean distances, shape (n, n), symmetric, 0 in the diagonal.

    Raises:
        DataError: A number is missing, or the points are no table.
    """
    table = np.asarray(points, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise DataError(f"points must be a table of numbers without gaps, got {table.shape}")
    square = np.einsum("ij,ij->i", table, table)
    apart = square[:, None] + square[None, :] - 2 * (table @ table.T)
    found = np.sqrt(np.clip(apart, 0.0, None))
    np.fill_diagonal(found, 0.0)
    return np.asarray((found + found.T) / 2)


def energy_distance(distances: ArrayLike, second: ArrayLike, *, weights: ArrayLike) -> float:
    """Say how far two groups lie apart, as a share of the distance between their points.

    0 where both groups are spread alike, 1 where each is a single place and the places differ. It
    is free of the bias of small groups, so by chance it may fall a little below 0.

    Args:
        distances: Between all points of both groups, shape (n, n).
        second: Which points are of the second group, shape (n,), true or false.
        weights: How much each point counts within its group, shape (n,), above 0.

    Returns:
        The energy distance divided by twice the mean distance between the groups.

    Raises:
        DataError: The shapes differ, a group has fewer than two points, or a weight is not above 0.

    Source:
        Szekely & Rizzo (2013), J. Stat. Plan. Inference 143: 1249-1272, with the unbiased means
        within groups. With the biased means, on one line, it would be the square of
        ``scipy.stats.energy_distance``, divided by twice the mean distance (tests).
    """
    apart, chosen, weight = checked(distances, second, weights)
    first, other = shares(chosen, weight)
    between = float(first @ apart @ other)
    if between <= 0:
        return 0.0
    within = sum(float(one @ apart @ one) / (1 - float(one @ one)) for one in (first, other))
    return (2 * between - within) / (2 * between)


def shares(second: np.ndarray, weights: Floats) -> tuple[Floats, Floats]:
    """Give each point's share in the first and in the second group; each adds up to 1."""
    first = np.where(second, 0.0, weights)
    other = np.where(second, weights, 0.0)
    return first / first.sum(), other / other.sum()


def checked(
    distances: ArrayLike, second: ArrayLike, weights: ArrayLike
) -> tuple[Floats, np.ndarray, Floats]:
    """Refuse what is no comparison of two groups.

    Raises:
        DataError: As ``energy_distance``.
    """
    apart = np.asarray(distances, dtype=np.float64)
    chosen, weight = np.asarray(second, dtype=bool), np.asarray(weights, dtype=np.float64)
    if apart.shape != (chosen.size, chosen.size) or weight.shape != (chosen.size,):
        raise DataError(
            f"one distance a pair and one weight a point are needed, got {apart.shape}, "
            f"{chosen.shape} and {weight.shape}"
        )
    if not np.isfinite(apart).all() or not (np.isfinite(weight) & (weight > 0)).all():
        raise DataError("distances must be numbers, and weights above 0")
    if min(int(chosen.sum()), int((~chosen).sum())) < 2:
        raise DataError(
            f"each group needs two points or more, got {int((~chosen).sum())} and "
            f"{int(chosen.sum())}"
        )
    return apart, chosen, weight
