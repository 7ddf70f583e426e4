"""Permutation test over the assignments that could have been."""

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError

MOST = 200_000  # assignments up to which all are listed
DRAWS = 19_999  # assignments drawn at random where there are more
SEED = 1935  # the same data must give the same p


def permutation_p(change: ArrayLike, treated: ArrayLike) -> float:
    """Say how often chance alone would part the groups at least as far (two-sided).

    Every choice of equally many treated places is tried; the true one counts too, so the answer
    is never zero. Where there are more than ``MOST`` choices, ``DRAWS`` of them are drawn at
    random, always the same ones for the same numbers of places.

    Args:
        change: One change a place, shape (g,), no NaN.
        treated: Which places were treated, shape (g,), true or false.

    Returns:
        The p of the difference of mean changes; exact where all choices were tried.

    Raises:
        DataError: The shapes differ, a change is not a number, or no place, or every place, is
            treated.

    Source:
        Fisher (1935), The Design of Experiments. Agrees with ``coin::oneway_test(distribution =
        "exact")`` of R. Random draws: Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9: 39.
    """
    values, chosen = np.asarray(change, dtype=float), np.asarray(treated, dtype=bool)
    if values.ndim != 1 or values.shape != chosen.shape:
        raise DataError(f"one change a place is needed, got {values.shape} and {chosen.shape}")
    if not np.isfinite(values).all():
        raise DataError("a change is not a number; leave that place out and say so")
    g, k = values.size, int(chosen.sum())
    if not 0 < k < g:
        raise DataError(f"a comparison needs treated and untreated places, got {k} of {g} treated")
    rounding = 1e-12 * float(np.abs(values).max())  # of changes that are alike but for this
    values = values - values.mean()  # keeps digits where all places changed much alike
    exact = is_exact(treated=k, untreated=g - k)
    sums = values[listed_choices(g, k) if exact else _drawn(g, k)].sum(axis=1)
    differences = sums / k - (values.sum() - sums) / (g - k)
    observed = abs(values[chosen].mean() - values[~chosen].mean())
    tolerance = 1e-9 * float(np.abs(values).max()) + rounding
    as_far = np.abs(differences) >= observed - tolerance
    return float(as_far.mean() if exact else (1 + as_far.sum()) / (1 + DRAWS))


def smallest_p(*, treated: int, untreated: int) -> float:
    """Say the smallest p that the permutation test can reach with so many places."""
    ways = comb(treated + untreated, treated)
    least = (2 if treated == untreated else 1) / ways
    return least if is_exact(treated=treated, untreated=untreated) else max(least, 1 / (1 + DRAWS))


def is_exact(*, treated: int, untreated: int) -> bool:
    """Say whether all assignments of so many places are few enough to be listed."""
    return comb(treated + untreated, treated) <= MOST


def assignments(*, treated: int, untreated: int) -> np.ndarray:
    """List the assignments that the test compares with, shape (ways, treated); drawn if many."""
    g = treated + untreated
    listed = is_exact(treated=treated, untreated=untreated)
    return listed_choices(g, treated) if listed else _drawn(g, treated)


def listed_choices(g: int, k: int) -> np.ndarray:
    """List every choice of k out of g, shape (ways, k), from 0."""
    return np.array(list(combinations(range(g), k)))


def _drawn(g: int, k: int) -> np.ndarray:
    rng = np.random.default_rng(SEED)
    return np.array([rng.choice(g, k, replace=False, shuffle=False) for _ in range(DRAWS)])
