"""Shares of classes from counted labels, corrected for how a classifier confuses the classes."""

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_REPETITIONS = 1000  # of the bootstrap
_MOST_CLASSES = 8  # every subset of them is tried


def adjusted_count(
    labels: ArrayLike,
    *,
    coded_labels: ArrayLike,
    codes: ArrayLike,
    weight: ArrayLike | None = None,
    classes: int,
    seed: int,
    level: float = 0.95,
) -> tuple[Estimate, ...]:
    """Estimate the share of each class in a period from a classifier's labels of its items.

    How often the classifier calls an item of one class another is learned from items that people
    coded, of any period. This is right where items of a class look the same in all periods,
    whatever their number (prior shift), and wrong where they do not.

    Args:
        labels: The classifier's label of each item of the period, from 0, shape (N,).
        coded_labels: Its label of each item that people coded, shape (n,).
        codes: The class that people gave, from 0, shape (n,).
        weight: How many items each coded one stands for, shape (n,); needed where the
            chance to be coded depended on the label. Equal if omitted.
        classes: How many classes there are, K.
        seed: Of the bootstrap, which draws items and codes anew.
        level: Confidence level.

    Returns:
        For each class the share whose labels would be closest to those counted, all shares being
        0 or more and 1 in sum, with a percentile interval.

    Raises:
        DataError: Shapes differ, a class is unknown, or nobody coded an item of some class, of
            which then nothing is known.

    Source:
        Forman (2008), Data Mining and Knowledge Discovery 17: 164-206 (two classes); Hopkins &
        King (2010), American Journal of Political Science 54: 229-247 (more). Agrees with ``ACC``
        of QuaPy 0.2.3.
    """
    counted = _labels(labels, classes, "labels")
    given, told = _labels(codes, classes, "codes"), _labels(coded_labels, classes, "coded labels")
    weights = np.ones(len(given)) if weight is None else np.asarray(weight, dtype=float).ravel()
    if not len(given) == len(told) == len(weights) or not (weights > 0).all():
        raise DataError("codes, their labels and positive weights must be equally long")
    counts = np.bincount(counted, minlength=classes)
    cells = given * classes + told
    whole = _confusion(cells[None], weights[None], classes=classes)
    missing = np.flatnonzero(whole[0].sum(axis=1) == 0)
    if missing.size:
        raise DataError(
            f"nobody coded an item of class {missing[0]}, so that its share cannot be corrected"
        )
    rng = np.random.default_rng(seed)
    picks = rng.integers(len(cells), size=(_REPETITIONS, len(cells)))
    drawn = _confusion(cells[picks], weights[picks], classes=classes)
    # a class of which a draw holds nothing keeps what is known of it
    drawn = np.where(drawn.sum(axis=2, keepdims=True) > 0, drawn, whole)
    shares = rng.multinomial(len(counted), counts / len(counted), size=_REPETITIONS) / len(counted)
    value = _closest(whole, (counts / len(counted))[None])[0]
    replicates = _closest(drawn, shares)
    tails = ((1 - level) / 2, (1 + level) / 2)
    low, high = np.quantile(replicates, tails, axis=0)
    return tuple(
        Estimate(
            term=f"share of class {number}, adjusted count",
            value=float(value[number]),
            se=float(replicates[:, number].std(ddof=1)),
            low=float(min(low[number], value[number])),
            high=float(max(high[number], value[number])),
            level=level,
            n=len(given),
            unit="share of items",
            method=f"adjusted count (ACC), percentile bootstrap of {_REPETITIONS}",
            assumptions=("items of a class are labelled alike in all periods",),
        )
        for number in range(classes)
    )


def rogan_gladen_share(
    labelled: tuple[int, int],
    *,
    sensitivity: tuple[int, int],
    specificity: tuple[int, int],
    level: float = 0.95,
) -> Estimate:
    """Estimate a true share from an apparent one and the known error rates of two classes.

    Args:
        labelled: How many items bear the label, and how many there are.
        sensitivity: Of the coded items that have the property: how many bear the label, and how
            many there are.
        specificity: Of those that do not: how many bear no label, and how many there are.
        level: Confidence level.

    Returns:
        The share, cut off at 0 and 1, with the normal interval of the original paper. Where there
        are few codes, ``adjusted_count`` has the better interval.

    Raises:
        DataError: A count is negative or above its total, or the label tells nothing (sensitivity
            and specificity add up to 1 or less).

    Source:
        Rogan & Gladen (1978), American Journal of Epidemiology 107: 71-76.
    """
    for part, whole in (labelled, sensitivity, specificity):
        if not 0 <= part <= whole or whole == 0:
            raise DataError(f"a count must lie between 0 and its total, got {part} of {whole}")
    apparent, right, rejected = (a / b for a, b in (labelled, sensitivity, specificity))
    gain = right + rejected - 1
    if gain <= 0:
        raise DataError(
            f"the label tells nothing: sensitivity {right:.2f} and specificity {rejected:.2f} "
            "must add up to more than 1"
        )
    value = float(np.clip((apparent + rejected - 1) / gain, 0.0, 1.0))
    variance = (
        apparent * (1 - apparent) / labelled[1]
        + value**2 * right * (1 - right) / sensitivity[1]
        + (1 - value) ** 2 * rejected * (1 - rejected) / specificity[1]
    ) / gain**2
    half = float(stats.norm.ppf((1 + level) / 2) * np.sqrt(variance))
    return Estimate(
        term="share by Rogan and Gladen",
        value=value,
        se=float(np.sqrt(variance)),
        low=max(value - half, 0.0),
        high=min(value + half, 1.0),
        level=level,
        n=sensitivity[1] + specificity[1],
        unit="share of items",
        method="Rogan-Gladen, normal interval",
        assumptions=("items of a class are labelled alike in all periods",),
    )


def _labels(values: ArrayLike, classes: int, name: str) -> Ints:
    found = np.asarray(values).ravel()
    if not 2 <= classes <= _MOST_CLASSES:
        raise DataError(f"adjusted counts take 2 to {_MOST_CLASSES} classes, got {classes}")
    if not len(found) or not np.isin(found, np.arange(classes)).all():
        raise DataError(f"{name} must be whole numbers from 0 to {classes - 1}, at least one")
    return found.astype(np.int64)


def _confusion(cells: Ints, weights: Floats, *, classes: int) -> Floats:
    """How often each class is labelled each, from rows of coded items: shape (rows, K, K)."""
    rows = np.arange(len(cells))[:, None] * classes**2
    size = len(cells) * classes**2
    table = np.bincount((rows + cells).ravel(), weights.ravel(), size)
    table = table.reshape(-1, classes, classes)
    total = table.sum(axis=2, keepdims=True)
    return np.asarray(np.divide(table, total, out=np.zeros_like(table), where=total > 0))


def _closest(confusion: Floats, labelled: Floats) -> Floats:
    """The shares, shape (rows, K), that come closest to what was labelled (least squares).

    Every set of classes that might be there is tried: the best one with no share below 0 is the
    exact answer, which no search can miss.
    """
    rows, kinds = labelled.shape
    best, found = np.full(rows, np.inf), np.zeros((rows, kinds))
    for size in range(1, kinds + 1):
        for chosen in combinations(range(kinds), size):
            shares = np.zeros((rows, kinds))
            shares[:, chosen] = _on_plane(confusion[:, chosen, :], labelled)
            miss = ((np.einsum("rk,rkj->rj", shares, confusion) - labelled) ** 2).sum(axis=1)
            better = (shares >= -1e-12).all(axis=1) & (miss < best - 1e-15)
            best = np.where(better, miss, best)
            found = np.where(better[:, None], shares, found)
    found = np.clip(found, 0.0, 1.0)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _on_plane(confusion: Floats, labelled: Floats) -> Floats:
    """Least squares for shares that add up to 1 but may be negative: shape (rows, chosen)."""
    first, rest = confusion[:, 0], confusion[:, 1:]
    slopes = np.linalg.pinv((rest - first[:, None]).transpose(0, 2, 1))
    others = np.einsum("rkj,rj->rk", slopes, labelled - first)
    return np.column_stack([1 - others.sum(axis=1), others])
