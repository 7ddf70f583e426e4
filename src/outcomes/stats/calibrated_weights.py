"""Weights nearest to equal ones under which many small places add up to given totals exactly."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_STEPS = 100  # Newton's method needs about ten
_CLOSE = 1e-9  # of a total, relative to the size of its column


def calibrated_weights(columns: ArrayLike, totals: ArrayLike) -> Floats:
    """Weigh units so that their totals match, with weights of 0 or more as equal as can be.

    The sum of squared distances from equal weights is made smallest subject to the totals. Its
    dual has one unknown a total: w = max(0, start + columns @ lambda), found by Newton's method
    with step halving, so that ten thousand units cost no more than a regression.

    Args:
        columns: What is matched, shape (units, k), no NaN: the column of ones is added.
        totals: What each column, and before them the weights themselves, add up to; shape (k + 1,).

    Returns:
        The weights, shape (units,).

    Raises:
        DataError: A value is no number, or no weights of 0 or more give these totals.

    Source:
        Robbins, Saunders & Kilmer (2017), JASA 112(517): 109-126; Robbins & Davenport (2021),
        Journal of Statistical Software 97(2). Deville & Sarndal (1992) for the calibration.
    """
    matched, wanted = np.asarray(columns, dtype=float), np.asarray(totals, dtype=float)
    if matched.ndim != 2 or wanted.shape != (matched.shape[1] + 1,) or not len(matched):
        raise DataError(f"a total for each column and one for all are needed: {matched.shape}")
    if not (np.isfinite(matched).all() and np.isfinite(wanted).all()):
        raise DataError("a value is not a number; leave that unit out and say so")
    rows = np.vstack([np.ones(len(matched)), matched.T])
    size = np.maximum(np.abs(rows).max(axis=1), np.abs(wanted) / len(matched))
    size[size == 0] = 1.0
    rows, wanted = rows / size[:, None], wanted / size
    start = np.full(rows.shape[1], wanted[0] / rows.shape[1])
    found = _dual(rows, wanted, start)
    weights: Floats = np.maximum(0.0, start + found @ rows)
    if not np.abs(wanted - rows @ weights).max() <= _CLOSE * max(1.0, float(wanted[0])):
        raise DataError("no weights of 0 or more give these totals")
    return weights


def _dual(rows: Floats, wanted: Floats, start: Floats) -> Floats:
    """Climb to where the weights give the totals; where none do, stop on the way."""
    found = np.zeros(len(wanted))
    weights = np.maximum(0.0, start)
    for _ in range(_STEPS):
        short = wanted - rows @ weights
        if np.abs(short).max() <= 1e-3 * _CLOSE * max(1.0, float(wanted[0])):
            break
        used = rows[:, weights > 0]
        bend = used @ used.T
        bend += 1e-12 * np.trace(bend) * np.eye(len(bend))  # a total may say nothing new
        step = np.linalg.lstsq(bend, short, rcond=None)[0]
        here, length = 0.5 * weights @ weights - wanted @ found, 1.0
        while length > 1e-10:
            moved = found + length * step
            weights = np.maximum(0.0, start + moved @ rows)
            if 0.5 * weights @ weights - wanted @ moved <= here - 1e-4 * length * (short @ step):
                break
            length /= 2
        else:
            break
        found = moved
    return np.asarray(found, dtype=float)
