"""From a model's probabilities to true ones: a multinomial logit fitted on items that people coded.

A model's own probabilities are too sure, and were learned elsewhere. What a study needs is how
likely each class is, given what the model said, among the items of this study.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SMALLEST = 1e-4  # a probability below it tells no more than it
_WIDEST = 6.0  # of a log-ratio
_SLOPES, _GROUPS = 1.0, 0.7  # ridge penalties: of a standardized slope, and of a group
_PSEUDO = 0.5  # codes of each class that are taken for granted, so that none is impossible
_STEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Items of some periods that a model classified, some of them coded by people.

    Class 0 is the reference; it should be the most frequent one.
    """

    scores: Floats  # (n, s): the model's probability of each of its own classes
    codes: Ints  # (n,): the class that people gave, from 0; -1 where none did
    classes: int  # how many classes people may give
    period: Ints  # (n,): from 0
    group: Ints  # (n,): from 0; such as the outlet, whose items the model may read in its own way
    probability: Floats  # (n,): with which a coded item was drawn; not read elsewhere

    @property
    def coded(self) -> NDArray[np.bool_]:
        """Which items people coded."""
        return self.codes >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A fitted multinomial logit."""

    weights: Floats  # (d, K-1)
    covariance: Floats  # ((K-1)d, (K-1)d), the classes' blocks one after the other


def predictors(items: Items) -> tuple[Floats, Floats]:
    """Lay out what the classes are predicted from, and how strongly each is held back.

    Returns:
        An array of shape (n, d): a constant, the centered log-probabilities, and, where there is
        more than one group, which group it is; and the ridge penalties, shape (d,).
    """
    logs = np.log(np.clip(items.scores, _SMALLEST, 1.0))
    ratios = np.clip(logs - logs.mean(axis=1, keepdims=True), -_WIDEST, _WIDEST)[:, :-1]
    table = np.column_stack([np.ones(len(ratios)), ratios])
    penalty = np.r_[1e-6, _SLOPES * ratios.var(axis=0) + 1e-6]
    groups = int(items.group.max()) + 1
    if groups > 1:
        table = np.column_stack([table, np.eye(groups)[items.group]])
        penalty = np.r_[penalty, np.full(groups, _GROUPS)]
    return table, penalty


def calibrate(
    table: Floats,
    codes: Ints,
    *,
    classes: int,
    weight: Floats,
    penalty: Floats,
    center: Floats,
    start: Floats | None = None,
) -> Calibration:
    """Fit how likely each class is, given the predictors.

    Args:
        table: Of the coded items, shape (n, d); see ``predictors``.
        codes: Their classes, shape (n,).
        classes: How many there are, K.
        weight: Of each coded item, shape (n,); 1 on average.
        penalty: Ridge penalties, shape (d,).
        center: Where half a code of each class is added, shape (d,), so that a class of which
            nothing was coded yet is rare rather than impossible.
        start: Weights to start from.

    Returns:
        The penalized maximum-likelihood fit, found by Newton's method, and the inverse of its
        information.

    Source:
        Agresti (2013), Categorical Data Analysis, 8.1. Agrees with ``sklearn``'s
        ``LogisticRegression`` where that penalizes the same (tests).
    """
    rows = np.vstack([table, np.tile(center, (classes, 1))])
    weights_of = np.r_[weight, np.full(classes, _PSEUDO)]
    given = np.vstack([np.eye(classes)[codes], np.eye(classes)])
    found = np.zeros((rows.shape[1], classes - 1)) if start is None else start.copy()
    for _ in range(_STEPS):
        chance = softmax(rows @ found)
        slope = rows.T @ ((given - chance)[:, 1:] * weights_of[:, None]) - penalty[:, None] * found
        information = _information(rows, chance, weights_of, penalty)
        step = np.linalg.solve(information, slope.T.ravel()).reshape(classes - 1, -1).T
        largest = float(np.abs(step).max())
        found += step * min(1.0, 3.0 / max(largest, 1e-12))
        if largest < 1e-7:
            break
    return Calibration(
        weights=found, covariance=np.asarray(np.linalg.inv(information), dtype=np.float64)
    )


def softmax(scores: Floats) -> Floats:
    """Turn scores of the classes after the reference, shape (n, K-1), into K probabilities."""
    full = np.column_stack([np.zeros(len(scores)), scores])
    raised = np.exp(full - full.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _information(rows: Floats, chance: Floats, weights_of: Floats, penalty: Floats) -> Floats:
    width, free = rows.shape[1], chance.shape[1] - 1
    found = np.zeros((free * width, free * width))
    for one in range(free):
        for other in range(one, free):
            spread = weights_of * chance[:, one + 1] * ((one == other) - chance[:, other + 1])
            block = (rows * spread[:, None]).T @ rows
            here, there = (
                slice(one * width, (one + 1) * width),
                slice(other * width, (other + 1) * width),
            )
            found[here, there] = block
            found[there, here] = block
    return found + np.diag(np.tile(penalty, free))
