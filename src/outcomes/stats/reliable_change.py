"""Reliable change: how many people changed by more than the error of the scale may bring?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.item_moments import Floats
from outcomes.stats.paired import attrition_warning, complete_pairs

ErrorOf = Literal["jacobson-truax", "maassen"]
_NAMED: dict[ErrorOf, str] = {
    "jacobson-truax": "error of a difference from the spread before (Jacobson & Truax 1991)",
    "maassen": "error of a difference from the spread on both occasions (Maassen 2004)",
}
_ASSUMPTIONS = (
    "the reliability holds for these respondents on both occasions",
    "without any change, differences between the occasions come from error alone",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliableChange:
    """How a group of respondents divides; never who changed."""

    rose: Estimate  # share of respondents whose score rose reliably
    same: Estimate
    fell: Estimate
    counts: tuple[int, int, int]  # rose, same, fell
    error_of_difference: float  # in units of the score
    threshold: float  # a change of so much or more is reliable


def reliable_change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    reliability: float,
    term: str,
    error: ErrorOf = "jacobson-truax",
    level: float = 0.95,
) -> ReliableChange:
    """Count who changed by more than the error of measurement can explain.

    Args:
        before: Scores on the first occasion, shape (n,); NaN where missing.
        after: Scores on the second occasion, shape (n,), same respondents in the same order.
        reliability: Of the score on the first occasion, such as alpha or omega, in (0, 1).
        term: What was measured, in words.
        error: Which standard error of a difference divides the change.
        level: Of the judgement about one person, and of the intervals.

    Returns:
        Three shares with Wilson intervals. The index itself is not handed out, for it says of
        one person whether the class did anything for them.

    Raises:
        DataError: As ``complete_pairs``; the reliability is not between 0 and 1; or all scores
            are equal, so that no change could be judged.

    Source:
        Jacobson & Truax (1991), J. Consulting and Clinical Psychology 59: 12-19; Maassen (2004),
        J. International Neuropsychological Society 10: 888-893; Wilson (1927), JASA 22: 209-212.
    """
    first, second, dropped = complete_pairs(before, after)
    spread = error_of_difference(first, second, reliability=reliability, error=error)
    threshold = float(stats.norm.ppf((1 + level) / 2)) * spread
    change = second - first
    counted = (
        int(np.count_nonzero(change >= threshold)),
        int(np.count_nonzero(np.abs(change) < threshold)),
        int(np.count_nonzero(change <= -threshold)),
    )
    shares = [
        _share(
            count,
            n=len(change),
            term=f"{term}: {what}",
            method=f"reliable change index, {_NAMED[error]}, Wilson interval",
            level=level,
            dropped=dropped,
        )
        for count, what in zip(counted, ("rose", "no reliable change", "fell"), strict=True)
    ]
    return ReliableChange(
        rose=shares[0],
        same=shares[1],
        fell=shares[2],
        counts=counted,
        error_of_difference=spread,
        threshold=threshold,
    )


def error_of_difference(
    before: Floats, after: Floats, *, reliability: float, error: ErrorOf
) -> float:
    """Give the standard error of the difference of two scores of one person.

    Raises:
        DataError: The reliability is not between 0 and 1, or the scores have no spread.
    """
    if not 0 < reliability < 1:
        raise DataError(
            f"a reliability lies between 0 and 1, got {reliability:.3g}: no change can be judged"
        )
    variances = [float(before.var(ddof=1)), float(after.var(ddof=1))]
    of_both = 2 * variances[0] if error == "jacobson-truax" else sum(variances)
    if of_both <= 0:
        raise DataError("all scores are equal, so there is no spread to judge a change by")
    return float(np.sqrt(of_both * (1 - reliability)))


def _share(count: int, *, n: int, term: str, method: str, level: float, dropped: int) -> Estimate:
    limits = stats.binomtest(count, n).proportion_ci(level, method="wilson")
    share = count / n
    return Estimate(
        term=term,
        value=share,
        se=float(np.sqrt(share * (1 - share) / n)),
        low=float(min(limits.low, share)),
        high=float(max(limits.high, share)),
        level=level,
        n=n,
        dropped=dropped,
        unit="share of respondents",
        method=method,
        assumptions=_ASSUMPTIONS,
        warnings=attrition_warning(dropped=dropped, total=n + dropped),
    )
