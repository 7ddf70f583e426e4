"""Limits and p of a value whose error is read with the t distribution."""

from typing import TypedDict

from scipy import stats

SMALLEST = 2.0**-1022  # of a p, which is never 0, however far out


class TLimits(TypedDict):
    """The fields of an ``Estimate`` that follow from a value and its error."""

    value: float
    se: float
    low: float
    high: float
    level: float
    p: float


def t_limits(value: float, *, se: float, df: float, level: float) -> TLimits:
    """Give the interval around a value, and the two-sided p of 0.

    Args:
        value: The estimate.
        se: Its standard error, above 0.
        df: Degrees of freedom; infinite for the normal distribution.
        level: Confidence level.

    Source:
        Student (1908), Biometrika 6(1): 1-25.
    """
    margin = float(stats.t.ppf((1 + level) / 2, df)) * se
    return TLimits(
        value=value,
        se=se,
        low=value - margin,
        high=value + margin,
        level=level,
        p=t_p(value / se, df=df),
    )


def t_p(t: float, *, df: float) -> float:
    """Give the two-sided p of a value over its error; never 0."""
    return max(2 * float(stats.t.sf(abs(t), df)), SMALLEST)
