"""Recall: which share of what is there a search found, judged from samples of both its piles."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """How many of a pile there are, with limits."""

    value: float
    low: float
    high: float


def stratified_recall(
    is_there: ArrayLike,
    *,
    strata: ArrayLike,
    sizes: Mapping[str, int],
    found: frozenset[str],
    term: str,
    level: float = 0.95,
) -> Estimate:
    """Estimate which share of the units that have a property a search found.

    People read a sample of what the search found and a sample of what it passed over. What they
    come upon in the second stands for all that was missed, so a pile that is large and was read
    little leaves much room, even if nothing was missed in the sample.

    Args:
        is_there: 1 where a person says that the unit has the property, else 0; NaN where nobody
            said, shape (n,).
        strata: The stratum that each unit was drawn in, at random, shape (n,).
        sizes: How many units each stratum has.
        found: The strata that hold what the search found; the others hold what it passed over.
        term: What is being estimated, in words.
        level: Confidence level.

    Returns:
        The share, from 0 to 1. ``n`` counts the units that were judged, in all strata; those
        with a missing judgement are in ``dropped``. Its interval puts together Clopper-Pearson
        intervals of the strata, with the finite-population correction, by the recovery of
        variance estimates.

    Raises:
        DataError: A stratum of the population has no judged unit, or no unit has the property.

    Source:
        Clopper & Pearson (1934), Biometrika 26: 404-413 (``binom.test`` of R); Zou, Huang, Zhang
        (2009), Computational Statistics and Data Analysis 53: 1080-1085 (sums); Donner & Zou
        (2012), Statistical Methods in Medical Research 21: 347-359 (ratios).
    """
    there, stratum = np.asarray(is_there, dtype=float).ravel(), np.asarray(strata).ravel()
    if there.size != stratum.size:
        raise DataError(f"{term}: judgements and strata differ in length")
    judged = ~np.isnan(there)
    piles: dict[bool, list[_Count]] = {True: [], False: []}
    for name, size in sizes.items():
        seen = there[judged & (stratum == name)]
        if size and not len(seen):
            raise DataError(f"{term}: nobody judged one of the {size} units of a group. Draw anew")
        if size:
            piles[name in found].append(_count(int(seen.sum()), len(seen), size, level=level))
    hit, missed = _sum(piles[True]), _sum(piles[False])
    if hit.value + missed.value == 0:
        raise DataError(f"{term}: none was found in the sample, so recall cannot be told")
    low, high = _ratio_limits(missed, hit)
    value = hit.value / (hit.value + missed.value)
    return Estimate(
        term=term,
        value=value,
        low=min(1 / (1 + high), value),
        high=max(1 / (1 + low), value),
        level=level,
        n=int(judged.sum()),
        dropped=int((~judged).sum()),
        unit="share",
        method="recall from stratified samples, exact intervals put together (MOVER)",
        assumptions=("units were drawn at random within each group",),
    )


def _count(count: int, n: int, size: int, *, level: float) -> _Count:
    """Say how many of a stratum have the property."""
    share = count / n
    if n == size:
        return _Count(value=count, low=count, high=count)
    effective = n * (size - 1) / (size - n)  # a sample of most of a stratum tells more
    tail, x = (1 - level) / 2, effective * share
    lower = float(stats.beta.ppf(tail, x, effective - x + 1)) if count else 0.0
    upper = float(stats.beta.ppf(1 - tail, x + 1, effective - x)) if count < n else 1.0
    low = max(size * lower, count)
    high = min(size * upper, size - (n - count))
    value = size * share
    return _Count(value=value, low=min(low, value), high=max(high, value))


def _sum(parts: list[_Count]) -> _Count:
    value = sum(part.value for part in parts)
    return _Count(
        value=value,
        low=max(value - sqrt(sum((part.value - part.low) ** 2 for part in parts)), 0.0),
        high=value + sqrt(sum((part.high - part.value) ** 2 for part in parts)),
    )


def _ratio_limits(top: _Count, bottom: _Count) -> tuple[float, float]:
    """Give limits of one count over another that is independent of it."""
    product = top.value * bottom.value
    below = bottom.high * (2 * bottom.value - bottom.high)
    if below > 0:
        root = product**2 - top.low * (2 * top.value - top.low) * below
        low = (product - sqrt(max(root, 0.0))) / below
    else:  # so few were found that the formula has no answer: the widest one
        low = top.low / bottom.high if bottom.high else 0.0
    above = bottom.low * (2 * bottom.value - bottom.low)
    if above <= 0:
        return max(low, 0.0), inf
    root = product**2 - top.high * (2 * top.value - top.high) * above
    return max(low, 0.0), (product + sqrt(max(root, 0.0))) / above
