"""Labels of units, periods and clusters as numbers without gaps."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError

Integers = NDArray[np.intp]


def numbered(labels: ArrayLike) -> tuple[Integers, int]:
    """Number labels from 0 without gaps.

    Args:
        labels: Shape (n,), of any kind that can be sorted.

    Returns:
        The numbers, shape (n,), and how many different ones there are.

    Raises:
        DataError: The labels are no list, or empty, or one is missing.
    """
    given = np.asarray(labels)
    if given.ndim != 1 or not given.size:
        raise DataError("a list of labels is needed, one a row, with at least one row")
    if given.dtype.kind in "iu" and given.min() >= 0 and given.max() < 4 * given.size + 16:
        there = np.bincount(given) > 0
        if there.all():
            return given.astype(np.intp, copy=False), there.size
        return (np.cumsum(there) - 1)[given].astype(np.intp), int(there.sum())
    if pd.isna(given).any():
        raise DataError("a unit, period or cluster has no label; leave that row out and say so")
    known, numbers = np.unique(given, return_inverse=True)
    return numbers.astype(np.intp, copy=False), known.size
