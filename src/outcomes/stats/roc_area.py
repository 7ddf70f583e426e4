"""The area under the ROC curve: how well a score puts one class before the others."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats


def roc_area(score: ArrayLike, has: ArrayLike, *, weights: Floats | None = None) -> Floats:
    """Say how often a row of the class scores above a row that is not of it.

    Args:
        score: Shape (n,), higher where the class is likelier.
        has: Whether a row is of the class, shape (n,).
        weights: How often each row counts, shape (draws, n); once each if omitted.

    Returns:
        Shape (draws,): 0.5 by chance, 1 where every such row scores above every other; equal
        scores count half. NaN where one of the two sides is empty.

    Raises:
        DataError: The shapes differ, or a score is not a number.

    Source:
        Hanley & McNeil (1982), Radiology 143: 29-36. Agrees with ``sklearn``'s ``roc_auc_score``.
    """
    values, inside = np.asarray(score, dtype=float), np.asarray(has, dtype=bool)
    if values.ndim != 1 or values.shape != inside.shape:
        raise DataError(f"one score a row is needed, got {values.shape} and {inside.shape}")
    if not np.isfinite(values).all():
        raise DataError("a score is not a number")
    often = np.ones((1, values.size)) if weights is None else np.asarray(weights, dtype=float)
    order = np.argsort(values, kind="stable")
    if not order.size:
        return np.full(len(often), np.nan)
    first = np.flatnonzero(np.r_[True, np.diff(values[order]) > 0])  # of each run of equal scores
    sorted_often, mark = often[:, order], inside[order]
    of_class = np.add.reduceat(np.where(mark, sorted_often, 0.0), first, axis=1)
    others = np.add.reduceat(np.where(mark, 0.0, sorted_often), first, axis=1)
    below = np.cumsum(others, axis=1) - others / 2
    wins, pairs = (of_class * below).sum(axis=1), of_class.sum(axis=1) * others.sum(axis=1)
    found = np.full(len(often), np.nan)
    return np.asarray(np.divide(wins, pairs, out=found, where=pairs > 0), dtype=np.float64)
