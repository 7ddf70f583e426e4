"""Change of the same respondents between two occasions."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.t_limits import t_limits

ASSUMPTIONS = (
    "respondents are independent of one another",
    "the mean change is near normal, which 20 or more respondents usually ensure",
)
ROUNDING = 1e-12  # of the largest score: differences below it come from binary fractions alone
MANY_LOST = 0.2  # share without both scores above which the result says so


def mean_change(
    before: ArrayLike, after: ArrayLike, *, term: str, unit: str, level: float = 0.95
) -> Estimate:
    """Estimate by how much the same respondents changed, on average.

    Args:
        before: Scores on the first occasion, shape (n,); NaN where missing.
        after: Scores on the second occasion, shape (n,), same respondents in the same order.
        term: What is being estimated, in words; copied to the result.
        unit: What one unit of score is, e.g. ``"points (1-5)"``; copied to the result.
        level: Confidence level, strictly between 0 and 1.

    Returns:
        The mean of ``after - before``, in ``unit``: positive where scores rose. Respondents
        with either score missing are left out, and counted in ``dropped``.

    Raises:
        DataError: The two shapes differ, fewer than two respondents have both scores, or all
            changed by exactly the same amount, which leaves no spread to judge chance by.

    Source:
        Student (1908), Biometrika 6(1): 1-25. Agrees with ``t.test(paired = TRUE)`` of R.
    """
    first, second, dropped = complete_pairs(before, after)
    change = second - first
    if np.ptp(change) <= rounding(first, second):
        raise DataError(
            f"all {change.size} respondents changed by exactly {change[0]:g}, "
            "which leaves no spread to judge chance by"
        )
    se = float(change.std(ddof=1) / np.sqrt(change.size))
    return Estimate(
        term=term,
        **t_limits(float(change.mean()), se=se, df=change.size - 1, level=level),
        n=change.size,
        dropped=dropped,
        unit=unit,
        method="paired t",
        assumptions=ASSUMPTIONS,
        warnings=attrition_warning(dropped=dropped, total=change.size + dropped),
    )


def complete_pairs(before: ArrayLike, after: ArrayLike) -> tuple[np.ndarray, np.ndarray, int]:
    """Take the respondents who have both scores, and count the others.

    Raises:
        DataError: The shapes differ, a score is infinite, or fewer than two respondents have both
            scores.
    """
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.ndim != 1 or first.shape != second.shape:
        raise DataError(
            "before and after must be one score per respondent, in the same order; "
            f"got shapes {first.shape} and {second.shape}"
        )
    both = ~np.isnan(first) & ~np.isnan(second)
    if np.isinf(first).any() or np.isinf(second).any():
        raise DataError("a score is infinite; scores must be numbers, or NaN where missing")
    if both.sum() < 2:
        raise DataError(f"need two respondents or more with both scores, got {both.sum()}")
    return first[both], second[both], int((~both).sum())


def rounding(first: np.ndarray, second: np.ndarray) -> float:
    """Say below which size a difference of such scores is no difference: 3.6 - 3.2 is not 0.4."""
    return ROUNDING * float(max(np.abs(first).max(), np.abs(second).max()))


def attrition_warning(*, dropped: int, total: int) -> tuple[str, ...]:
    """Say so where many respondents lack one of the two scores."""
    if dropped <= MANY_LOST * total:
        return ()
    return (
        f"{dropped} of {total} respondents ({dropped / total:.0%}) lack a score on one occasion, "
        "and those who stayed may differ from those who left",
    )
