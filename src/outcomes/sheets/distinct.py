"""Which rows of a table are the same? Work on the few different ones stands for all of them."""

import numpy as np
import pandas as pd


def distinct_rows(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Number the different rows of a table in the order in which they first appear.

    Args:
        table: Any columns; missing cells are the same as each other.

    Returns:
        For each row the number of what it holds, shape (rows,); and for each number the position
        of the first row that holds it, shape (different rows,).
    """
    codes = np.zeros(len(table), dtype=np.int64)
    for name in table.columns:
        column, values = pd.factorize(table[name], use_na_sentinel=False)
        # the numbers are made dense again after each column, so that the product cannot overflow
        codes, _ = pd.factorize(codes * max(1, len(values)) + column)
    first = np.flatnonzero(~pd.Series(codes).duplicated().to_numpy())
    return codes, first


def repeated_rows(table: pd.DataFrame) -> np.ndarray:
    """Mark each row that holds the same as an earlier one, shape (rows,).

    Most tables hold none, which sorted numbers show sooner than looking each row up does.
    """
    codes = np.zeros(len(table), dtype=np.int64)
    for name in table.columns:
        column, values = pd.factorize(table[name], use_na_sentinel=False)
        codes = codes * len(values) + column  # too many values: two rows may have one number
    codes.sort()
    if (codes[1:] != codes[:-1]).all():
        return np.zeros(len(table), dtype=bool)
    return np.asarray(table.duplicated())
