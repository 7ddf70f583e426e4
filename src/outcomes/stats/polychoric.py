"""Polychoric correlation: how answers in steps would go together if the steps had no width."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from outcomes.errors import DataError
from outcomes.stats.item_moments import Floats, Missing, answer_table

MOST_ANSWERS = 20  # different answers to an item above which it is taken for a measurement
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)
_FURTHEST = 0.9999  # correlations beyond cannot be told from answers that always agree
_RAREST = 1e-12  # probability of two answers together below which differences are rounding
_PACK = 3  # items counted together, so that fewer passes over the respondents are needed
Tables = Iterator[tuple[int, int, Floats]]


def polychoric_correlations(values: ArrayLike, *, missing: Missing = "pairwise") -> Floats:
    """Find the correlation of what lies behind each pair of items answered in steps.

    Args:
        values: Answers, shape (respondents, items), few different ones to each item; NaN where
            an item was not answered.
        missing: As for ``item_moments``.

    Returns:
        Shape (items, items). Each is the likeliest correlation of two normal variables that are
        cut into the steps of the items, the cuts placed by the shares of the answers.

    Raises:
        DataError: An item has more than ``MOST_ANSWERS`` different answers or only one, or two
            items agree (or disagree) without exception.

    Source:
        Olsson (1979), Psychometrika 44: 443-460, two-step. Agrees with ``lavCor(ordered = )`` of
        R's lavaan, but adds nothing to empty cells of a table of two by two.
    """
    table = answer_table(values)
    if missing == "listwise":
        table = table[~np.isnan(table).any(axis=1)]
    codes, sizes = _codes(table)
    cuts = [_cuts(column, size) for column, size in zip(codes, sizes, strict=True)]
    found = np.eye(len(codes))
    for one, other, counts in _pair_tables(codes, sizes):
        correlation = _likeliest(counts, cuts[one], cuts[other])
        if abs(correlation) >= _FURTHEST:
            raise DataError(
                f"items {one + 1} and {other + 1} agree without exception, so their polychoric "
                "correlation does not exist"
            )
        found[one, other] = found[other, one] = correlation
    return found


def _codes(table: Floats) -> tuple[list[NDArray[np.intp]], list[int]]:
    """Number the answers to each item from 0; the last number stands for no answer."""
    codes, sizes = [], []
    for at, column in enumerate(table.T):
        numbers, size = _numbered(column)
        if not 2 <= size <= MOST_ANSWERS:
            raise DataError(
                f"item {at + 1} has {size} different answers, and a polychoric correlation "
                f"is for items with 2 to {MOST_ANSWERS} steps"
            )
        codes.append(numbers)
        sizes.append(size)
    return codes, sizes


def _numbered(column: Floats) -> tuple[NDArray[np.intp], int]:
    """Number the different answers to one item in order, and say how many there are."""
    low, high = np.nanmin(column, initial=np.inf), np.nanmax(column, initial=-np.inf)
    steps = column - low
    if 0 <= high - low <= MOST_ANSWERS and np.array_equal(steps, np.rint(steps), equal_nan=True):
        places = np.where(np.isnan(steps), MOST_ANSWERS + 1, steps).astype(np.intp)
        used = np.bincount(places, minlength=MOST_ANSWERS + 2)[:-1] > 0
        order = np.append(np.cumsum(used) - 1, used.sum())
        return order[places], int(used.sum())
    known = np.unique(column[~np.isnan(column)])
    return np.searchsorted(known, column), len(known)  # a NaN is placed behind all others


def _cuts(codes: NDArray[np.intp], size: int) -> Floats:
    """Place the cuts between the steps of an item, shape (size - 1,)."""
    counts = np.bincount(codes, minlength=size + 1)[:size]
    cuts: Floats = special.ndtri(np.cumsum(counts)[:-1] / counts.sum())
    return cuts


def _pair_tables(codes: list[NDArray[np.intp]], sizes: list[int]) -> Tables:
    """Count how often each two answers stand together, for every pair of items.

    Three items are counted as one of many steps, so that one pass serves nine pairs.
    """
    packs = [range(at, min(at + _PACK, len(codes))) for at in range(0, len(codes), _PACK)]
    shapes = [[sizes[item] + 1 for item in pack] for pack in packs]
    packed = [
        np.ravel_multi_index([codes[item] for item in pack], shape)
        for pack, shape in zip(packs, shapes, strict=True)
    ]
    for pack, shape, numbers in zip(packs, shapes, packed, strict=True):
        counts = np.bincount(numbers, minlength=int(np.prod(shape))).reshape(shape)
        for one, other in combinations(range(len(pack)), 2):
            yield pack[one], pack[other], _margin(counts, one, other)
    for one, other in combinations(range(len(packs)), 2):
        width = int(np.prod(shapes[other]))
        together = np.bincount(
            packed[one] * width + packed[other], minlength=int(np.prod(shapes[one])) * width
        ).reshape(shapes[one] + shapes[other])
        for i, first in enumerate(packs[one]):
            for j, second in enumerate(packs[other]):
                yield first, second, _margin(together, i, len(packs[one]) + j)


def _margin(counts: NDArray[np.intp], one: int, other: int) -> Floats:
    """Add up over all items but two, and leave out who did not answer both."""
    rest = tuple(axis for axis in range(counts.ndim) if axis not in {one, other})
    both: Floats = counts.sum(axis=rest)[:-1, :-1].astype(np.float64)
    return both


def _likeliest(counts: Floats, first: Floats, second: Floats) -> float:
    """Find the correlation under which a table of answers is likeliest, by Fisher scoring."""
    correlation, n = 0.0, counts.sum()
    if n < 2:
        raise DataError("two items have fewer than two respondents in common")
    for _ in range(200):
        share = np.maximum(_cells(_below(first, second, correlation)), _RAREST)
        slope = _cells(_inner(_density(first, second, correlation)))
        information = float(np.sum(slope**2 / share))
        step = float(np.sum(counts * slope / share)) / (n * information)
        nearer = float(np.clip(correlation + step, -_FURTHEST, _FURTHEST))
        if abs(nearer - correlation) > 0.5:  # too long a step from a poor start
            nearer = correlation + np.sign(step) * 0.5
        done = abs(nearer - correlation) < 1e-13
        correlation = nearer
        if done:
            return correlation
    raise DataError("no likeliest polychoric correlation was found for two of the items")


def _cells(below: Floats) -> Floats:
    """Turn what lies below two cuts into what lies between them."""
    return np.diff(np.diff(below, axis=0), axis=1)


def _inner(values: Floats) -> Floats:
    """Put a border of zeros around a table: nothing changes at cuts at infinity."""
    return np.pad(values, 1)


def _density(first: Floats, second: Floats, correlation: float) -> Floats:
    """Density of two correlated normal variables at every pair of cuts."""
    x, y = first[:, None], second[None, :]
    apart = 1 - correlation**2
    power = -(x * x + y * y - 2 * correlation * x * y) / (2 * apart)
    density: Floats = np.exp(power) / (2 * np.pi * np.sqrt(apart))
    return density


def _below(first: Floats, second: Floats, correlation: float) -> Floats:
    """Probability below every pair of cuts, the infinite ones included.

    Source:
        Plackett (1954), Biometrika 41: 351-360: an integral over the angle of the correlation.
    """
    x, y = first[:, None, None], second[None, :, None]
    half = np.arcsin(correlation) / 2
    sines = np.sin(half * (_NODES + 1))
    power = -(x * x + y * y - 2 * x * y * sines) / (2 * (1 - sines**2))
    inside = special.ndtr(x[..., 0]) * special.ndtr(y[..., 0])
    inside = inside + half * np.exp(power) @ _WEIGHTS / (2 * np.pi)
    found = np.zeros((len(first) + 2, len(second) + 2))
    found[1:-1, 1:-1] = inside
    found[1:-1, -1], found[-1, 1:-1] = special.ndtr(first), special.ndtr(second)
    found[-1, -1] = 1
    return found
