"""Exact permutation test over the assignments that could have been."""

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError

MOST = 200_000  # assignments that are enumerated


def permutation_p(change: ArrayLike, treated: ArrayLike) -> float:
    """Say how often chance alone would part the groups at least as far (two-sided).

    Every choice of equally many treated places is tried; the true one counts too, so the answer
    is never zero.

    Args:
        change: One change a place, shape (g,), no NaN.
        treated: Which places were treated, shape (g,), true or false.

    Returns:
        The exact p of the difference of mean changes.

    Raises:
        DataError: No place, or every place, is treated; or the assignments are too many to list.

    Source:
        Fisher (1935), The Design of Experiments. Agrees with ``coin::oneway_test(distribution =
        "exact")`` of R.
    """
    values, chosen = np.asarray(change, dtype=float), np.asarray(treated, dtype=bool)
    g, k = values.size, int(chosen.sum())
    if not 0 < k < g:
        raise DataError(f"a comparison needs treated and untreated places, got {k} of {g} treated")
    if comb(g, k) > MOST:
        raise DataError(f"{k} of {g} places can be chosen in more than {MOST} ways")
    picks = np.array(list(combinations(range(g), k)))
    sums = values[picks].sum(axis=1)
    differences = sums / k - (values.sum() - sums) / (g - k)
    observed = abs(values[chosen].mean() - values[~chosen].mean())
    tolerance = 1e-9 * max(1.0, float(np.abs(values).max()))
    return float((np.abs(differences) >= observed - tolerance).mean())


def smallest_p(*, treated: int, untreated: int) -> float:
    """Say the smallest p that the permutation test can reach with so many places."""
    ways = comb(treated + untreated, treated)
    return (2 if treated == untreated else 1) / ways
