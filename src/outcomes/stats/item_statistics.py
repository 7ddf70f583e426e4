"""What does each item of a scale add, and does one of them point against the others?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.stats.alpha import alpha_of
from outcomes.stats.item_moments import Floats, ItemMoments


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStatistics:
    """One number for each of k items; all arrays have shape (k,)."""

    item_total: Floats  # correlation with the scale, the item itself included
    item_rest: Floats  # correlation with the sum of the other items
    alpha_if_dropped: Floats  # NaN where only one item would be left
    weight: Floats  # in the first principal component, whose sum is positive
    against: NDArray[np.bool_]  # points against the others
    perhaps_chance: NDArray[np.bool_]  # against, but no clearer than chance may bring


def item_statistics(moments: ItemMoments) -> ItemStatistics:
    """Say for each item how it goes with the others, with a check of its sign.

    An item that should have been reversed lowers alpha only a little in a long scale, so alpha
    hides it. It shows in its sign: a negative correlation with the rest, or a weight in the first
    principal component against that of most items.

    Args:
        moments: Of the items, reversed ones already turned.

    Returns:
        ``against`` marks the items to be checked; with ``perhaps_chance`` where the correlation
        with the rest is no further from 0 than sampling alone may bring it.

    Source:
        Agrees with ``psych::alpha`` of R (raw.r, r.drop, alpha.drop). Issue 5, sign check.
    """
    covariance = moments.covariance
    k, rows = len(covariance), covariance.sum(axis=1)
    variances = np.diag(covariance)
    rest = covariance.sum() - 2 * rows + variances
    with np.errstate(divide="ignore", invalid="ignore"):  # a rest that cancels out: NaN
        item_rest = (rows - variances) / np.sqrt(variances * np.maximum(rest, 0))
    weight = first_component(moments.correlation)
    against = (item_rest < 0) | (weight < 0)
    return ItemStatistics(
        item_total=moments.item_total,
        item_rest=item_rest,
        alpha_if_dropped=np.array([_without(covariance, at) for at in range(k)]),
        weight=weight,
        against=against,
        perhaps_chance=against & (np.abs(item_rest) < 2 / np.sqrt(moments.answered)),
    )


def first_component(correlation: Floats) -> Floats:
    """Give the weights of the first principal component, turned so that most are positive."""
    weights: Floats = np.linalg.eigh(correlation)[1][:, -1]
    positive = np.count_nonzero(weights > 0)
    turn = positive * 2 < len(weights) or (positive * 2 == len(weights) and weights.sum() < 0)
    return -weights if turn else weights


def end_shares(values: ArrayLike, *, low: float, high: float) -> tuple[Floats, Floats]:
    """Say which share of the answers stands at the lowest and at the highest possible value.

    Args:
        values: Answers or scores, shape (respondents, columns); NaN where missing.
        low: Lowest possible value.
        high: Highest possible value.

    Returns:
        Floor and ceiling share of each column, shape (columns,); NaN without any answer.
    """
    table = np.asarray(values, dtype=np.float64)
    there = np.count_nonzero(~np.isnan(table), axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        floor = np.count_nonzero(table <= low, axis=0) / there
        ceiling = np.count_nonzero(table >= high, axis=0) / there
    return floor, ceiling


def _without(covariance: Floats, at: int) -> float:
    """Compute alpha of the other items; NaN where it does not exist."""
    kept = np.delete(np.delete(covariance, at, axis=0), at, axis=1)
    if len(kept) < 2 or kept.sum() <= 1e-12 * np.trace(kept):
        return float("nan")
    return alpha_of(kept)
