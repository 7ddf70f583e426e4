"""Which mix of others comes nearest to one: weights of 0 or more that sum to 1, found exactly."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from outcomes.errors import DataError

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def simplex_weights(target: ArrayLike, others: ArrayLike) -> Floats:
    """Find the mix of others that comes nearest to a target, in the sum of squares.

    The quadratic program is solved exactly, by an active set: with A the others less the target,
    the nearest point of their hull to the origin follows from one problem with weights of 0 or
    more, min ||A u||^2 + (sum(u) - 1)^2, because the size of the best u hangs on ||A w|| alone
    and its direction does not: w = u / sum(u).

    Args:
        target: What is to be matched, shape (rows,).
        others: What it is matched with, shape (rows, others), no NaN.

    Returns:
        The weights, shape (others,), many of them exactly 0. Where several mixes match equally
        well (possible with more others than rows), one of them.

    Raises:
        DataError: The shapes differ, nothing is there to mix, or a value is no number.

    Source:
        Lawson & Hanson (1974), Solving Least Squares Problems, chapter 23.
    """
    wanted, mixed = np.asarray(target, dtype=float), np.asarray(others, dtype=float)
    if mixed.ndim != 2 or wanted.shape != mixed.shape[:1] or not mixed.size:
        raise DataError(f"a row of others for each target is needed, got {mixed.shape}")
    if not (np.isfinite(mixed).all() and np.isfinite(wanted).all()):
        raise DataError("a value is not a number; leave that row out and say so")
    apart = mixed - wanted[:, None]
    nearest = np.sqrt((apart**2).sum(axis=0).min())  # of any single one: sets the scale
    if nearest == 0:
        return np.asarray((apart == 0).all(axis=0) / (apart == 0).all(axis=0).sum(), dtype=float)
    rows = np.vstack([apart / nearest, np.ones(mixed.shape[1])])
    found, _ = nnls(rows, _last(len(rows)), maxiter=100 * mixed.shape[1])
    weights: Floats = found / found.sum()
    return weights


def _last(length: int) -> Floats:
    unit = np.zeros(length)
    unit[-1] = 1.0
    return unit
