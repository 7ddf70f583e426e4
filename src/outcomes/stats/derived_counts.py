"""Counts of few people that other published numbers would give away."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError


def share_tells_few(shares: ArrayLike, bases: ArrayLike, *, smallest: int) -> np.ndarray:
    """Say where a share and its base give away a count of few people, or of few others.

    7% of 57 people are 4 people; 95% of 57 leave 3.

    Args:
        shares: Between 0 and 1; NaN where there is none, shape (cells,).
        bases: How many people each share is of, shape (cells,).
        smallest: The floor.

    Returns:
        Whether either count is between 1 and the floor, shape (cells,).

    Raises:
        DataError: A share lies outside 0 to 1.
    """
    parts, wholes = np.asarray(shares, dtype=float), np.asarray(bases, dtype=float)
    if ((parts < 0) | (parts > 1)).any():
        raise DataError("a share must lie between 0 and 1; divide percentages by 100")
    return part_tells_few(np.rint(parts * wholes), wholes, smallest=smallest)


def part_tells_few(parts: ArrayLike, wholes: ArrayLike, *, smallest: int) -> np.ndarray:
    """Say where a part, or what is left of its whole, is a count of few people.

    Args:
        parts: People in a cell; NaN where unknown, shape (cells,).
        wholes: People of whom they are a part; NaN where unknown, shape (cells,).
        smallest: The floor.

    Raises:
        DataError: A part is larger than its whole.
    """
    inside, all_ = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    left = all_ - inside
    if (left < 0).any():
        raise DataError("a part is larger than the whole that it is said to be a part of")
    few: np.ndarray = ((inside > 0) & (inside < smallest)) | ((left > 0) & (left < smallest))
    return few


def shown_counts(counts: ArrayLike, *, smallest: int) -> np.ndarray:
    """Lower counts of nested groups of people so that no two tell of fewer than the floor.

    If 21 people answered one question and 20 of them another, both are shown as 20: the
    difference would tell that one person left the other question out.

    Args:
        counts: Of groups of which one may lie in another, shape (groups,).
        smallest: The floor.

    Returns:
        The counts to show ("at least so many"), shape (groups,). Any two are the same or differ
        by the floor or more.
    """
    found = np.asarray(counts, dtype=float).copy()
    shown = np.inf
    for place in np.argsort(found, kind="stable"):
        if np.isinf(shown) or found[place] - shown >= smallest:
            shown = found[place]
        found[place] = shown
    return found


def changed_by_few(now: ArrayLike, then: ArrayLike, *, smallest: int) -> np.ndarray:
    """Say where a count differs from an earlier one by some people, but fewer than the floor.

    Args:
        now: Counts of today, shape (cells,).
        then: What was published of the same people before; NaN where nothing was.
        smallest: The floor.
    """
    apart = np.abs(np.asarray(now, dtype=float) - np.asarray(then, dtype=float))
    few: np.ndarray = (apart > 0) & (apart < smallest)
    return few
