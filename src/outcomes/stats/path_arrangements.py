"""The ways in which whole paths (treatment, start or dose) could have fallen to places."""

from dataclasses import dataclass
from math import factorial, prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.permutation import DRAWS, MOST, SEED, listed_choices

Floats = NDArray[np.float64]
MOST_PLACES = 2_000
TIE = 1e-9  # what differs by less is the same but for rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangements:
    """The ways in which paths could have fallen to places; the true one is among them."""

    order: NDArray[np.intp]  # shape (B, G): which place's path each place gets
    exact: bool  # all of them, or as many as were drawn and the true one


def treatment_paths(first_treated: ArrayLike, *, periods: int) -> Floats:
    """Lay starts out as paths of 0 and 1, shape (G, periods).

    Args:
        first_treated: The position of each place's first treated period, from 0; -1 for never.
        periods: How many periods there are.

    Raises:
        DataError: A start lies outside the periods, or is no whole number.
    """
    first = np.asarray(first_treated)
    if first.ndim != 1 or not np.isin(first, np.arange(-1, periods)).all():
        raise DataError(f"each place needs one start from 0 to {periods - 1}, or -1 for never")
    return ((first[:, None] >= 0) & (np.arange(periods) >= first[:, None])).astype(float)


def path_arrangements(paths: ArrayLike, *, draws: int = DRAWS) -> Arrangements:
    """List every different way in which the paths could have fallen to the places, or draw some.

    Places with the same path are interchangeable, so that 4 treated of 8 give 70 ways, and 8
    different paths 40,320. A statistic of one's own can be computed for each: see
    ``arrangement_p``.

    Args:
        paths: One row a place: dose, treatment, or the date of a start, shape (G,) or (G, T).
        draws: How many are drawn where there are more than can be listed; always the same ones.

    Raises:
        DataError: Fewer than two places or too many, or a path with a missing value.
    """
    rows = np.asarray(paths, dtype=float)
    rows = rows[:, None] if rows.ndim == 1 else rows
    g = rows.shape[0]
    if not 2 <= g <= MOST_PLACES:
        raise DataError(f"paths are swapped among 2 to {MOST_PLACES:,} places, got {g}")
    if not np.isfinite(rows).all():
        raise DataError("a path has a missing value, and cannot be given to another place")
    _, kind = np.unique(rows, axis=0, return_inverse=True)
    members = [np.flatnonzero(kind.ravel() == number) for number in range(int(kind.max()) + 1)]
    if count_arrangements([each.size for each in members]) <= MOST:
        return Arrangements(order=_listed_orders(members, g), exact=True)
    rng = np.random.default_rng([SEED, g])
    drawn = rng.permuted(np.tile(np.arange(g), (draws, 1)), axis=1)
    return Arrangements(order=np.vstack([np.arange(g), drawn]), exact=False)


def count_arrangements(alike: list[int]) -> int:
    """Count the ways to hand out paths of which so many are alike: 4 and 4 give 70."""
    return factorial(sum(alike)) // prod(factorial(size) for size in alike)


def arrangement_p(observed: float, statistics: ArrayLike) -> float:
    """Say which share of the arrangements gives a statistic at least as large, signs left aside.

    Args:
        observed: The statistic as the places were.
        statistics: The statistic for each of ``Arrangements.order``, the true one among them.
    """
    sizes = np.abs(np.asarray(statistics, dtype=float))
    return float((sizes >= abs(observed) - TIE * max(abs(observed), float(sizes.max()))).mean())


def _listed_orders(members: list[NDArray[np.intp]], g: int) -> NDArray[np.intp]:
    order, free = np.zeros((1, g), dtype=np.intp), np.arange(g)[None, :]
    for alike in members:
        chosen = listed_choices(free.shape[1], alike.size)
        taken = np.zeros((len(chosen), free.shape[1]), dtype=bool)
        taken[np.arange(len(chosen))[:, None], chosen] = True
        others = np.nonzero(~taken)[1].reshape(len(chosen), -1)
        order = np.repeat(order, len(chosen), axis=0)
        order[np.arange(len(order))[:, None], free[:, chosen].reshape(len(order), -1)] = alike
        free = free[:, others].reshape(len(order), -1)
    return order
