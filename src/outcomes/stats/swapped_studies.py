"""Paths swapped among places in many simulated studies at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.stats.path_arrangements import TIE, Floats, path_arrangements
from outcomes.stats.permutation import SEED

DRAWS = 999  # arrangements tried in every study where there are more
AT_ONCE = 128  # studies whose arrangements are held at once


def swaps(member: ArrayLike, *, draws: int = DRAWS) -> Floats:
    """Lay out which path each place gets in each arrangement, the true one among them.

    Args:
        member: Which path each place has, numbered from 0, shape (g,).
        draws: How many arrangements are drawn where there are more.

    Returns:
        Ones and zeros, shape (g x paths, arrangements): the product with what each place would
        add on each path, shape (studies, g x paths), is the statistic of every arrangement.
    """
    kind = np.asarray(member, dtype=np.int64)
    order = path_arrangements(kind.astype(float), draws=draws).order
    if len(order) > draws + 1:
        rows = np.random.default_rng(SEED).integers(len(order), size=draws)
        order = np.vstack([np.arange(kind.size), order[rows]])
    paths = int(kind.max()) + 1
    found = np.zeros((kind.size, paths, len(order)))
    np.put_along_axis(found, kind[order].T[:, None, :], 1.0, axis=1)
    return found.reshape(kind.size * paths, len(order))


def swapped_p(observed: Floats, as_if: Floats, *, arrangements: Floats) -> NDArray[np.float64]:
    """Give the two-sided p of each study by swapping paths, as ``arrangement_p`` gives one.

    Args:
        observed: The statistic of each study as its places were, shape (studies,).
        as_if: What each place would add to it on each path, shape (studies, g x paths).
        arrangements: As ``swaps`` lays them out.
    """
    p = np.empty(len(observed))
    for first in range(0, len(observed), AT_ONCE):
        rows = slice(first, first + AT_ONCE)
        sizes = np.abs(as_if[rows] @ arrangements)
        seen = np.abs(observed[rows])
        tie = TIE * np.maximum(seen, sizes.max(axis=1))
        p[rows] = (sizes >= (seen - tie)[:, None]).mean(axis=1)
    return p
