"""Macro-F1, F1, precision, recall and accuracy of a model that calls classes."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats


def confusion_counts(true: ArrayLike, called: ArrayLike, *, classes: int) -> Floats:
    """Lay out what each row adds to the table of true and called classes.

    Args:
        true: Shape (n,), 0 to classes - 1.
        called: Shape (n,), 0 to classes; ``classes`` means that none was called, which is wrong.
        classes: How many there are.

    Returns:
        Shape (n, classes * (classes + 1)). ``weights @ this`` are the counts that the other
        functions of this module take, whatever the weights.

    Raises:
        DataError: The shapes differ, or a class is not among those.
    """
    here, there = np.asarray(true, dtype=int), np.asarray(called, dtype=int)
    if here.ndim != 1 or here.shape != there.shape:
        raise DataError(f"one called class a row is needed, got {here.shape} and {there.shape}")
    known = (here >= 0) & (here < classes) & (there >= 0) & (there <= classes)
    if not known.all():
        raise DataError(f"classes must lie between 0 and {classes - 1}")
    cells = np.zeros((here.size, classes * (classes + 1)))
    cells[np.arange(here.size), here * (classes + 1) + there] = 1.0
    return cells


def accuracy(counts: Floats) -> Floats:
    """Give the share that is called rightly.

    Args:
        counts: Of ``confusion_counts``, summed: shape (..., classes * (classes + 1)).

    Returns:
        Shape (...); NaN where there is no row.
    """
    hits, true, _ = _margins(counts)
    return _ratio(hits.sum(axis=-1), true.sum(axis=-1))


def recall(counts: Floats) -> Floats:
    """Give the share of each class that is found; shape (..., classes), NaN where it is empty."""
    hits, true, _ = _margins(counts)
    return _ratio(hits, true)


def precision(counts: Floats) -> Floats:
    """Give the share of what is called each class that is of it; NaN where nothing is called so."""
    hits, _, called = _margins(counts)
    return _ratio(hits, called)


def f1(counts: Floats) -> Floats:
    """Give the harmonic mean of precision and recall of each class, shape (..., classes).

    NaN where a class neither is there nor was called; 0 where it is missed wholly.
    """
    hits, true, called = _margins(counts)
    return _ratio(2 * hits, true + called)


def macro_f1(counts: Floats) -> Floats:
    """Average the F1 of the classes, the rare ones counting as much as the frequent one.

    Args:
        counts: Of ``confusion_counts``, summed: shape (..., classes * (classes + 1)).

    Returns:
        Shape (...), 0 to 1; over the classes that are there or were called.

    Source:
        Opitz & Burst (2019), arXiv 1911.03347, the mean of F1 (not the F1 of means). Agrees with
        ``sklearn.metrics.f1_score(average="macro")``.
    """
    each = f1(counts)
    there = np.isfinite(each)
    return _ratio(np.where(there, each, 0.0).sum(axis=-1), there.sum(axis=-1).astype(float))


def _margins(counts: Floats) -> tuple[Floats, Floats, Floats]:
    """Give hits, true and called of each class, shape (..., classes) each."""
    table = np.asarray(counts, dtype=float)
    classes = int((np.sqrt(1 + 4 * table.shape[-1]) - 1) / 2)
    table = table.reshape(*table.shape[:-1], classes, classes + 1)
    hits = np.diagonal(table, axis1=-2, axis2=-1)
    return hits, table.sum(axis=-1), table.sum(axis=-2)[..., :classes]


def _ratio(above: Floats, below: Floats) -> Floats:
    found = np.full(np.shape(below), np.nan)
    return np.asarray(np.divide(above, below, out=found, where=below > 0), dtype=np.float64)
