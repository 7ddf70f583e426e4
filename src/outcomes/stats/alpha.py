"""Cronbach's alpha: how well do the items of a scale hang together, and how sure is that?"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.item_moments import Floats, ItemMoments, Missing, item_moments

_ASSUMPTIONS = (
    "every item measures the same thing equally well: where it does not, alpha is too low",
    "the errors of two items have nothing in common",
    "respondents answered independently of each other",
)
_FEW = 30  # respondents below which the interval rests on the normal shape of the answers


def cronbach_alpha(
    values: ArrayLike,
    *,
    term: str,
    missing: Missing = "pairwise",
    standardized: bool = False,
    level: float = 0.95,
) -> Estimate:
    """Estimate how far the score of a scale would come out the same with other such items.

    Args:
        values: Answers with reversed items already turned, shape (respondents, items); NaN where
            an item was not answered.
        term: What is being estimated, in words.
        missing: Which respondents enter a covariance: ``pairwise`` or ``listwise``.
        standardized: Whether every item is brought to the same spread first.
        level: Confidence level.

    Returns:
        Alpha with Feldt's interval, an exact one where answers are normal. Negative where items
        point against each other. ``n`` counts who entered; the others are in ``dropped``.

    Raises:
        DataError: As ``item_moments``, or the items cancel each other out.

    Source:
        Cronbach (1951), Psychometrika 16: 297-334; Feldt, Woodruff & Salih (1987), Applied
        Psychological Measurement 11: 93-103. Agrees with ``psych::alpha`` of R, interval
        included. Issue 5, scoring.
    """
    return alpha_of_moments(
        item_moments(values, missing=missing),
        term=term,
        dropped_from=len(np.asarray(values)),
        missing=missing,
        standardized=standardized,
        level=level,
    )


def alpha_of_moments(
    moments: ItemMoments,
    *,
    term: str,
    dropped_from: int,
    missing: Missing = "pairwise",
    standardized: bool = False,
    level: float = 0.95,
) -> Estimate:
    """Estimate alpha as ``cronbach_alpha`` does, from moments that are known already.

    Args:
        moments: Of the items, reversed ones turned.
        term: What is being estimated, in words.
        dropped_from: All respondents, those without an answer among them.
        missing: How ``moments`` treated missing answers.
        standardized: Whether every item is brought to the same spread first.
        level: Confidence level.

    Raises:
        DataError: The items cancel each other out.
    """
    matrix = moments.correlation if standardized else moments.covariance
    value = alpha_of(matrix)
    low, high = feldt_interval(value, n=moments.n, items=len(matrix), level=level)
    kind = "standardized alpha" if standardized else "Cronbach's alpha"
    return Estimate(
        term=term,
        value=value,
        low=low,
        high=high,
        level=level,
        n=moments.n,
        dropped=dropped_from - moments.n,
        unit="reliability (0-1)",
        method=f"{kind}, {missing} covariances, Feldt interval",
        assumptions=_ASSUMPTIONS,
        warnings=alpha_warnings(value, n=moments.n),
    )


def alpha_of(covariance: Floats) -> float:
    """Compute alpha from the covariances (or correlations) of the items, shape (k, k)."""
    k, total = len(covariance), float(covariance.sum())
    if total <= 1e-12 * float(np.trace(covariance)):
        raise DataError(
            "the items cancel each other out, so their sum has no spread and alpha does not "
            "exist. Check which items are reversed"
        )
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))


def feldt_interval(alpha: float, *, n: int, items: int, level: float = 0.95) -> tuple[float, float]:
    """Give the limits between which alpha lies in the population.

    Args:
        alpha: Estimated from ``n`` respondents and ``items`` items.
        n: Respondents, two or more.
        items: Items, two or more.
        level: Confidence level.
    """
    tail, df = (1 - level) / 2, (n - 1, (n - 1) * (items - 1))
    low = 1 - (1 - alpha) * float(stats.f.ppf(1 - tail, *df))
    high = 1 - (1 - alpha) * float(stats.f.ppf(tail, *df))
    return low, high


def alpha_warnings(alpha: float, *, n: int) -> tuple[str, ...]:
    """Say what speaks against reading alpha as it stands."""
    found = []
    if alpha < 0:
        found.append("alpha is negative: items point against each other, so check the reversed")
    if n < _FEW:
        found.append(f"only {n} respondents: the interval holds for answers of normal shape")
    return tuple(found)
