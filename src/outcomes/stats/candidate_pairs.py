"""Which pairs of records share enough elements to be the same person? Found by sorted keys."""

from collections.abc import Iterator
from itertools import combinations
from math import comb

import numpy as np

from outcomes.errors import DataError

MOST_KEYS = 500  # sets of elements by which records are sorted
MOST_DIFFERENCES = 4  # a person who slips more often is not found by the code
MOST_PAIRS = 20_000_000  # a code for which more pairs come into question tells nobody apart


def least_shared(elements: int) -> int:
    """Say how many elements of a code two records must share to come into question."""
    differ = min(MOST_DIFFERENCES, elements // 2)
    while differ and comb(elements, differ) > MOST_KEYS:
        differ -= 1
    return elements - differ


def candidate_pairs(
    before: np.ndarray, after: np.ndarray, *, least: int, block: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Find all pairs within a block that agree on ``least`` elements or more.

    The records are sorted by each set of ``least`` elements in turn, so that only pairs that share
    such a set are ever looked at: no table of all pairs is made.

    Args:
        before: Codes on the first occasion, whole numbers, shape (n, k); -1 where missing.
        after: Codes on the second, shape (m, k).
        least: How many elements must be given in both and agree.
        block: The block of each record before and after, shapes (n,) and (m,), whole numbers.

    Returns:
        Rows of ``before`` and rows of ``after`` of each pair, in order, each pair once.

    Raises:
        DataError: So many pairs come into question that the code tells nobody apart.
    """
    found = np.empty(0, dtype=np.int64)
    waiting: list[np.ndarray] = []
    total = 0
    for columns in combinations(range(before.shape[1]), least):
        keys = _keys(before[:, columns], after[:, columns], block=block)
        for pairs in _joined(*keys, width=len(after)):
            waiting.append(pairs)
            total += pairs.size
        if total > MOST_PAIRS // 4:  # each pair is found by several keys: keep it once
            found, waiting, total = _once([found, *waiting]), [], 0
        if found.size > MOST_PAIRS:
            raise _too_weak(found.size)
    found = _once([found, *waiting])
    return found // max(len(after), 1), found % max(len(after), 1)


def _keys(
    before: np.ndarray, after: np.ndarray, *, block: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Write block and elements as one number; -1 where an element is missing."""
    size = len(before)
    both = np.vstack([before, after]).astype(np.int64)
    key = np.concatenate(block).astype(np.int64)
    key -= key.min(initial=0)
    for column in both.T:
        radix = int(column.max(initial=0)) + 1
        if key.max(initial=0) > 2**62 // radix:
            key = np.unique(key, return_inverse=True)[1]
        key = key * radix + np.maximum(column, 0)
    key[(both < 0).any(axis=1)] = -1
    return key[:size], key[size:]


def _joined(left: np.ndarray, right: np.ndarray, *, width: int) -> Iterator[np.ndarray]:
    """Pair equal keys, a part at a time where there are many; a pair is one number."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    first = np.searchsorted(ordered, left, side="left")
    times = np.where(left < 0, 0, np.searchsorted(ordered, left, side="right") - first)
    if times.sum() > MOST_PAIRS:
        raise _too_weak(int(times.sum()))
    rows = np.repeat(np.arange(left.size), times)
    within = np.arange(rows.size) - np.repeat(np.cumsum(times) - times, times)
    yield rows * width + order[first[rows] + within]


def _once(parts: list[np.ndarray]) -> np.ndarray:
    """Keep each pair once, in order."""
    pairs = np.sort(np.concatenate(parts))
    kept: np.ndarray = pairs[np.append(True, pairs[1:] != pairs[:-1])[: pairs.size]]
    return kept


def _too_weak(pairs: int) -> DataError:
    return DataError(
        f"{pairs:,} pairs of people have codes that could be the same person's, so the code "
        "tells nobody apart. Part the records into blocks (--block), such as class or site, or "
        "use more elements"
    )
