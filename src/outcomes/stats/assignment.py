"""Which pairs to take so that nobody has two partners and most of them are right?"""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

UNLIKELY = 0.05  # pairs below it are never taken


def one_to_one(
    probability: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], *, sizes: tuple[int, int]
) -> np.ndarray:
    """Choose pairs, each record at most once, so that the most are expected to be right.

    Groups of records that hang together are solved one by one, so that thousands take no longer
    than many times a few.

    Args:
        probability: Of each pair, shape (pairs,).
        pairs: Rows before and rows after, shapes (pairs,).
        sizes: How many records there are before and after.

    Returns:
        The positions of the chosen pairs, in order.

    Source:
        Jaro (1989), J. Am. Stat. Assoc. 84: 414-420. Solved by ``scipy.optimize``.
    """
    likely = np.flatnonzero(probability >= UNLIKELY)
    before, after = pairs[0][likely], pairs[1][likely]
    nodes = sum(sizes)
    graph = coo_array((np.ones(likely.size), (before, after + sizes[0])), shape=(nodes, nodes))
    _, group = connected_components(graph, directed=False)
    group = group[before]
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if order.size else []
    taken = [part if part.size == 1 else _best(likely, part, probability, pairs) for part in parts]
    chosen: np.ndarray = np.sort(likely[np.concatenate(taken)]) if taken else likely
    return chosen


def _best(
    likely: np.ndarray,
    part: np.ndarray,
    probability: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Solve one group."""
    here = likely[part]
    left, row = np.unique(pairs[0][here], return_inverse=True)
    right, column = np.unique(pairs[1][here], return_inverse=True)
    worth = np.zeros((left.size, right.size))
    position = np.full(worth.shape, -1)
    worth[row, column] = probability[here]
    position[row, column] = part
    found = position[linear_sum_assignment(worth, maximize=True)]
    taken: np.ndarray = found[found >= 0]
    return taken
