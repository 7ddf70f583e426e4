"""Mean change where only some people's two scores could be linked: paired, unpaired, and both."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.paired import mean_change, rounding
from outcomes.stats.t_limits import t_limits

USUAL_CORRELATION = 0.5  # of a person's two scores, for the weights alone
USUAL_WEIGHT = 40.0  # people that it, and equal variances, count for beside the data
FEWEST_LINKED = 3  # fewer cannot tell how the two scores of a person hang together
MANY_UNLINKED = 0.2  # share of all people above which the result says so
LINKED_AT_RANDOM = (
    "whether somebody's two scores could be linked does not depend on their change, given the score"
)
ASSUMPTIONS = (
    "people are independent of one another",
    "scores are near normal, or there are 20 people or more",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores of those who are linked, and of those who are there on one occasion only."""

    linked: tuple[np.ndarray, np.ndarray]  # (pairs,) before and after
    first: np.ndarray  # only before
    second: np.ndarray  # only after


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeChanges:
    """The same question answered in three ways; which people enter differs."""

    paired: Estimate | None  # only those whose scores are linked; None where too few are
    unpaired: Estimate  # everybody, as if all were different people
    partially_matched: Estimate  # everybody, each for what they can tell


def three_changes(
    before: ArrayLike, after: ArrayLike, *, term: str, unit: str, level: float = 0.95
) -> ThreeChanges:
    """Estimate the mean change from linked and unlinked people, in three ways side by side.

    Args:
        before: Scores on the first occasion, shape (n,), NaN where there is none.
        after: Scores on the second, shape (n,): the same person's in the same place, or NaN where
            nobody could be linked. Somebody linked has both; somebody unlinked has one of the two.
        term: What is being estimated, in words.
        unit: What one unit of score is.
        level: Confidence level.

    Returns:
        The paired change of the linked, the unpaired change of all, and the partially matched one.

    Raises:
        DataError: As :func:`partially_matched_change`.
    """
    partially = partially_matched_change(before, after, term=term, unit=unit, level=level)
    scores = _scores(before, after)
    paired = None
    if scores.linked[0].size >= FEWEST_LINKED and _spread(scores.linked[1] - scores.linked[0]):
        paired = mean_change(before, after, term=f"{term} (paired)", unit=unit, level=level)
    unpaired = _welch(scores, term=f"{term} (unpaired)", unit=unit, level=level)
    return ThreeChanges(paired=paired, unpaired=unpaired, partially_matched=partially)


def partially_matched_change(
    before: ArrayLike, after: ArrayLike, *, term: str, unit: str, level: float = 0.95
) -> Estimate:
    """Estimate by how much scores changed, keeping those whose two scores could not be linked.

    The linked tell most, for their own spread drops out; the unlinked add what they can. How much
    each counts follows from the correlation and the variances (generalized least squares), which
    are drawn towards 0.5 and equal where few are linked: the weights then hardly depend on chance.
    The standard error is that of the weighted scores themselves, whatever the weights.

    Args:
        before: Scores on the first occasion, shape (n,), NaN where there is none.
        after: Scores on the second, shape (n,): the same person's in the same place, or NaN.
        term: What is being estimated, in words.
        unit: What one unit of score is.
        level: Confidence level.

    Returns:
        The mean after minus the mean before, in ``unit``. It is the paired t where everybody is
        linked and Welch's t where nobody is.

    Raises:
        DataError: Shapes differ, a score is infinite, one or two people are linked, an occasion
            has fewer than two scores where nobody is linked, or the scores leave no spread.

    Source:
        Weights: Aitken (1935), Proc. R. Soc. Edinb. 55: 42-48. Degrees of freedom: Satterthwaite
        (1946), Biometrics Bull. 2: 110-114, with the covariance of the parts. Pomponio, Fosdick,
        Wrobel & Peterson (2023), arXiv 2312.14689, ask the same by another estimator.
    """
    scores = _scores(before, after)
    pairs, single = scores.linked[0].size, scores.first.size + scores.second.size
    if not pairs:
        return _welch(scores, term=term, unit=unit, level=level)
    _require_enough(scores)
    change, se, df = _weighted(scores)
    return Estimate(
        term=term,
        **t_limits(change, se=se, df=df, level=level),
        n=pairs + single,
        dropped=_empty(before, after),
        unit=unit,
        method=_method(df, pairs=pairs, single=single),
        assumptions=(*ASSUMPTIONS, *((LINKED_AT_RANDOM,) if single else ())),
        warnings=_warnings(pairs, single),
    )


def _method(df: float, *, pairs: int, single: int) -> str:
    if not single:
        return "paired t"
    return (
        f"partially matched t ({pairs} linked, {single} not), weighted by generalized least "
        f"squares, Satterthwaite's {df:.1f} df"
    )


def _warnings(pairs: int, single: int) -> tuple[str, ...]:
    """Say so where many could not be linked; each of the unlinked may be one half of a person."""
    if single <= MANY_UNLINKED * (pairs + single):
        return ()
    return (
        f"{single} scores could not be linked to another beside {pairs} pairs, and people who "
        "cannot be linked often differ",
    )


def _weighted(scores: Scores) -> tuple[float, float, float]:
    """Take the weighted change, its standard error and its degrees of freedom."""
    pairs = scores.linked[0].size
    covariance = np.cov(np.vstack(scores.linked))
    singles = (scores.first, scores.second)
    alone = np.array([each.size for each in singles], dtype=float)
    freedom = pairs - 1 + np.maximum(alone - 1, 0)
    squares = [((each - each.mean()) ** 2).sum() if each.size else 0.0 for each in singles]
    variances = ((pairs - 1) * np.diag(covariance) + squares) / freedom
    together, apart = _weights(covariance, variances, pairs=pairs, alone=alone)
    means = np.array([each.mean() if each.size else 0.0 for each in singles])
    change = together @ np.array([each.mean() for each in scores.linked]) + apart @ means
    own = float(together @ covariance @ together)
    by = np.divide(apart**2, alone, out=np.zeros(2), where=alone > 0)
    variance = own / pairs + float(by @ variances)
    # how much the estimated variance itself would vary; its parts share the linked people
    crossed = (covariance @ together) ** 2
    spread = 2 * own**2 / (pairs - 1) / pairs**2 + float((by**2 * 2 * variances**2 / freedom).sum())
    spread += float((4 * by / pairs * crossed / freedom).sum())
    spread += float(4 * by.prod() * covariance[0, 1] ** 2 * (pairs - 1) / freedom.prod())
    return float(change), float(np.sqrt(variance)), 2 * variance**2 / spread


def _weights(
    covariance: np.ndarray, variances: np.ndarray, *, pairs: int, alone: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weigh the means of the linked and of those alone: the best weights for a cautious guess."""
    seen = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    data = (pairs - 1) / (pairs - 1 + USUAL_WEIGHT)
    correlation = data * seen + (1 - data) * USUAL_CORRELATION
    fewer = pairs - 1 + max(float(alone.min()) - 1, 0.0)
    ratio = (variances[1] / variances[0]) ** (fewer / (fewer + USUAL_WEIGHT))
    shared = correlation * np.sqrt(ratio)
    inverse = np.linalg.inv(np.array([[1.0, shared], [shared, ratio]]))
    single = alone / np.array([1.0, ratio])
    slope = np.array([-1.0, 1.0]) @ np.linalg.inv(pairs * inverse + np.diag(single))
    return pairs * slope @ inverse, slope * single


def _scores(before: ArrayLike, after: ArrayLike) -> Scores:
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.ndim != 1 or first.shape != second.shape:
        raise DataError(
            "before and after must be one score per person, in the same order, NaN where there is "
            f"none; got shapes {first.shape} and {second.shape}"
        )
    if np.isinf(first).any() or np.isinf(second).any():
        raise DataError("a score is infinite; scores must be numbers, or NaN where missing")
    has_first, has_second = ~np.isnan(first), ~np.isnan(second)
    both = has_first & has_second
    return Scores(
        linked=(first[both], second[both]),
        first=first[has_first & ~both],
        second=second[has_second & ~both],
    )


def _empty(before: ArrayLike, after: ArrayLike) -> int:
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    return int((np.isnan(first) & np.isnan(second)).sum())


def _require_enough(scores: Scores) -> None:
    pairs = scores.linked[0].size
    if pairs < FEWEST_LINKED:
        raise DataError(
            f"only {pairs} people are linked; {FEWEST_LINKED} are needed to see how the two scores "
            "of a person hang together. Compare all people unpaired, and say so"
        )
    change = scores.linked[1] - scores.linked[0]
    if np.ptp(change) <= rounding(*scores.linked):
        raise DataError(
            f"all {pairs} linked people changed by exactly {change[0]:g}, which leaves no spread "
            "to judge chance by"
        )
    if not (_spread(scores.linked[0]) and _spread(scores.linked[1])):
        raise DataError("all linked people have the same score on one occasion: no spread")


def _spread(values: Sequence[float] | np.ndarray) -> bool:
    array = np.asarray(values, dtype=float)
    return array.size > 1 and bool(np.ptp(array) > 1e-12 * np.abs(array).max())


def _welch(scores: Scores, *, term: str, unit: str, level: float) -> Estimate:
    """Compare the two occasions as if nobody had answered on both."""
    first = np.concatenate([scores.linked[0], scores.first])
    second = np.concatenate([scores.linked[1], scores.second])
    if min(first.size, second.size) < 2:
        raise DataError(
            "need two scores or more on each occasion, "
            f"got {first.size} before and {second.size} after"
        )
    if not (_spread(first) or _spread(second)):
        raise DataError("all scores of each occasion are equal, which leaves no spread")
    value = float(second.mean() - first.mean())
    parts = np.array([each.var(ddof=1) / each.size for each in (first, second)])
    df = 1 / float(((parts / parts.sum()) ** 2 / [first.size - 1, second.size - 1]).sum())
    pairs = scores.linked[0].size
    return Estimate(
        term=term,
        **t_limits(value, se=float(np.sqrt(parts.sum())), df=df, level=level),
        n=first.size + second.size,
        unit=unit,
        method="Welch's t",
        assumptions=ASSUMPTIONS,
        warnings=(
            (f"{pairs} people answered twice and count as two, which widens the interval",)
            if pairs
            else ()
        ),
    )
