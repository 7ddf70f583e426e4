"""Change of the same respondents in standard deviations, with intervals that cover."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.paired import attrition_warning, complete_pairs, rounding

Kind = Literal["d_av", "d_z", "g_av"]
_METHOD: dict[Kind, str] = {
    "d_av": "d_av (mean change over the root mean square of the two SDs), Algina-Keselman interval",
    "d_z": "d_z (mean change over the SD of changes), noncentral t interval",
    "g_av": "g_av (d_av without its upward bias in small classes), Algina-Keselman interval",
}


def standardized_change(
    before: ArrayLike, after: ArrayLike, *, term: str, kind: Kind = "d_av", level: float = 0.95
) -> Estimate:
    """Estimate how large the mean change is beside the spread between people.

    "Paired Cohen's d" names several things, so the one that is meant must be named: ``d_av``
    divides by the spread between people and can be set beside effects of studies without pairs;
    ``d_z`` divides by the spread of the changes. ``g_av`` is d_av less what it is too far from
    zero on average: 3 % with 20 people whose scores correlate by .6. Its limits are those of
    d_av, for both stand for the same size in all people.

    Args:
        before: Scores on the first occasion, shape (n,); NaN where missing.
        after: Scores on the second occasion, shape (n,), same respondents in the same order.
        term: What is being estimated, in words; copied to the result.
        kind: Which of the two.
        level: Confidence level.

    Returns:
        The effect size in SD; positive where scores rose. Incomplete pairs are counted in
        ``dropped``.

    Raises:
        DataError: As ``mean_change``, and where all scores of both occasions are equal.

    Source:
        d_z: Cumming & Finch (2001), Educ. Psychol. Meas. 61: 532-574; agrees with
        ``effectsize::cohens_d(paired = TRUE)`` of R. d_av: Algina & Keselman (2003), Educ.
        Psychol. Meas. 63: 537-553, whose scaled noncentral t limits cover 95 % where other
        published intervals cover 91 to 99.8 %. g_av: Hedges (1981), J. Educ. Stat. 6: 107-128,
        with Satterthwaite's degrees of freedom of the mean of two variances that correlate.
    """
    first, second, dropped = complete_pairs(before, after)
    change = second - first
    n, spread = change.size, float(change.std(ddof=1))
    between = float(np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2))
    if min(spread, between) <= rounding(first, second):
        raise DataError(f"the {n} respondents leave no spread to measure the change against")
    t = float(change.mean()) / (spread / np.sqrt(n))
    low, high = noncentral_t_limits(t, df=n - 1, level=level)
    scale = 1 / np.sqrt(n) if kind == "d_z" else spread / (np.sqrt(n) * between)
    size = t * scale
    if kind == "g_av":
        size *= small_sample_factor(shared_df(first, second))
    return Estimate(
        term=term,
        value=size,
        low=low * scale,
        high=high * scale,
        level=level,
        n=n,
        dropped=dropped,
        unit="SD",
        method=_METHOD[kind],
        assumptions=(
            "respondents are independent of one another",
            "scores on both occasions are near normal",
        ),
        warnings=attrition_warning(dropped=dropped, total=n + dropped),
    )


def small_sample_factor(df: float) -> float:
    """Give Hedges' exact factor, by which a mean over an estimated SD is on average too large."""
    logs = special.gammaln(df / 2) - special.gammaln((df - 1) / 2)
    return float(np.exp(logs) / np.sqrt(df / 2))


def shared_df(first: np.ndarray, second: np.ndarray) -> float:
    """Say on how many degrees of freedom the mean of two correlated variances rests.

    Between n - 1, where the two scores are the same, and 2 (n - 1), where they do not correlate.
    """
    covariance = np.cov(first, second)
    return float((first.size - 1) * np.trace(covariance) ** 2 / (covariance**2).sum())


def noncentral_t_limits(t: float, *, df: int, level: float) -> tuple[float, float]:
    """Find the noncentrality parameters for which ``t`` is just at either end of its range."""
    tail = (1 - level) / 2
    if t < 0:  # the inversion is accurate for positive t
        low, high = noncentral_t_limits(-t, df=df, level=level)
        return -high, -low
    low = float(special.nctdtrinc(df, 1 - tail, t))
    high = float(special.nctdtrinc(df, tail, t))
    if not np.isfinite([low, high]).all():
        raise DataError(f"no noncentral t limits could be found for t = {t:g} on {df} df")
    return low, high
