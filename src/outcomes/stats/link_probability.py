"""How likely is each pair the same person, given that nobody has two partners?"""

import numpy as np

STEPS = 300
REFRESHED = 6  # times the faint pairs are weighed anew
PRECISION = 1e-5  # of a message
FAINT = 0.01  # odds below which a pair is too weak to depend on its own message


def link_probability(
    odds: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    *,
    sizes: tuple[int, int],
    start: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Weigh every pair against all others that its two records could form, and against none.

    All ways to pair people one to one are weighed by the product of their odds; the answer is the
    share of the weight that holds the pair. It is found by passing messages along the pairs, which
    is exact where the pairs form no rings and close to it elsewhere. The many faint pairs of a
    large block enter as a sum for each record.

    Args:
        odds: Of each pair to be the same person, if both records were free, shape (pairs,).
        pairs: Rows before and rows after, shapes (pairs,).
        sizes: How many records there are before and after.
        start: How free the records after are for each pair, from an earlier call with like odds.

    Returns:
        The probabilities, shape (pairs,), and what another call may start from.

    Source:
        Bayati, Gamarnik, Katz, Nair & Tetali (2007), Simple deterministic approximation algorithms
        for counting matchings, STOC: belief propagation for monomer-dimer systems.
    """
    before, after = pairs
    strong = np.flatnonzero(odds >= FAINT)
    faint = np.flatnonzero(odds < FAINT)
    free_after = np.ones_like(odds) if start is None else start.copy()
    free_before = np.ones_like(odds)
    for _ in range(REFRESHED if faint.size else 1):
        earlier = free_after[faint]
        beside = _sums(odds[faint] * earlier, before[faint], size=sizes[0])
        offers = _sums(odds[faint] * free_before[faint], after[faint], size=sizes[1])
        free_before[strong], free_after[strong] = _settled(
            odds[strong], (before[strong], after[strong]), beside=(beside, offers),
            start=free_after[strong],
        )  # fmt: skip
        together = odds[strong] * free_after[strong]
        whole = 1 / (1 + beside + _sums(together, before[strong], size=sizes[0]))
        free_before[faint] = whole[before[faint]]
        together = odds[strong] * free_before[strong]
        whole = 1 / (1 + offers + _sums(together, after[strong], size=sizes[1]))
        free_after[faint] = whole[after[faint]]
        if float(np.abs(free_after[faint] - earlier).max(initial=0.0)) < 100 * PRECISION:
            break
    both = odds * free_before * free_after
    return both / (1 + both), free_after


def _settled(
    odds: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    *,
    beside: tuple[np.ndarray, np.ndarray],
    start: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Pass messages along the strong pairs until they settle."""
    before, after = pairs
    free_after = start
    for _ in range(STEPS):
        free_before = _free(odds * free_after, before, beside=beside[0])
        again = _free(odds * free_before, after, beside=beside[1])
        moved = float(np.abs(again - free_after).max(initial=0.0))
        free_after = again
        if moved < PRECISION:
            break
    return free_before, free_after


def _free(offers: np.ndarray, rows: np.ndarray, *, beside: np.ndarray) -> np.ndarray:
    """Say how free a record is for each of its pairs, given the offers of all others."""
    total = _sums(offers, rows, size=beside.size)
    result: np.ndarray = 1 / (1 + beside[rows] + np.maximum(total[rows] - offers, 0.0))
    return result


def _sums(offers: np.ndarray, rows: np.ndarray, *, size: int) -> np.ndarray:
    total: np.ndarray = np.bincount(rows, offers, minlength=size)
    return total
