"""McDonald's omega: the reliability of a scale whose items measure one thing unequally well."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.group_moments import GroupMoments
from outcomes.stats.item_moments import Floats, answer_table, item_moments
from outcomes.stats.one_factor import OneFactor, one_factor

Interval = Literal["delta", "bootstrap"]
MOST_RESAMPLED = 20_000  # respondents: above, the two intervals agree and resampling takes hours
_FAILED = 0.05  # share of resamples without a fit above which their limits mean nothing
_ASSUMPTIONS = (
    "the items measure one thing and no more",
    "the errors of two items have nothing in common",
    "respondents answered independently of each other",
)


def mcdonald_omega(
    values: ArrayLike,
    *,
    term: str,
    interval: Interval = "delta",
    draws: int = 1000,
    seed: int = 1,
    level: float = 0.95,
) -> Estimate:
    """Estimate which share of the spread of the scale score comes from what the items share.

    Args:
        values: Answers with reversed items already turned, shape (respondents, items); rows with
            a NaN are left out.
        term: What is being estimated, in words.
        interval: ``delta`` from the standard errors of the fit; ``bootstrap`` from the middle
            of resampled values, which suits small and skewed samples better.
        draws: How often to resample.
        seed: Of the resampling; the same seed gives the same interval.
        level: Confidence level.

    Returns:
        Omega of the sum (or mean) of the items, from one factor by maximum likelihood.

    Raises:
        DataError: Fewer than three items, too few complete rows, a fit that does not exist or
            makes no sense (Heywood case), or too many rows to resample.

    Source:
        McDonald (1999), Test Theory, ch. 6; Raykov (2002), Multivariate Behavioral Research 37:
        89-103 (delta method); Kelley & Pornprasertmanit (2016), Psychological Methods 21: 69-92
        (bootstrap). Agrees with ``semTools::reliability`` and lavaan of R. Issue 5, scoring.
    """
    table = answer_table(values)
    complete = table[~np.isnan(table).any(axis=1)]
    n, k = complete.shape
    if n <= k:
        raise DataError(
            f"{n} respondents answered all {k} items, and one factor needs more rows than items"
        )
    fit = one_factor(item_moments(complete).covariance * (n - 1) / n, n=n)
    plain = omega_of_fit(fit, n=n, dropped=len(table) - n, term=term, level=level)
    if interval == "delta":
        return plain
    low, high, se = _resampled(complete, fit, draws=draws, seed=seed, level=level)
    method = f"omega, one factor by ML, percentile bootstrap ({draws} draws, seed {seed})"
    return replace(plain, low=low, high=high, se=se, method=method)


def omega_of_fit(
    fit: OneFactor, *, n: int, dropped: int, term: str, level: float = 0.95
) -> Estimate:
    """Give omega of a factor that was fitted already, with its delta interval.

    Args:
        fit: One factor behind the items.
        n: Respondents behind the fit.
        dropped: Respondents left out, for they did not answer every item.
        term: What is being estimated, in words.
        level: Confidence level.
    """
    se = delta_error(fit)
    away = float(stats.norm.ppf((1 + level) / 2)) * se
    return Estimate(
        term=term,
        value=fit.omega,
        se=se,
        low=fit.omega - away,
        high=fit.omega + away,
        level=level,
        n=n,
        dropped=dropped,
        unit="reliability (0-1)",
        method="omega, one factor by ML, delta interval",
        assumptions=_ASSUMPTIONS,
        warnings=_warnings(fit),
    )


def delta_error(fit: OneFactor) -> float:
    """Give the standard error of omega that follows from those of loadings and variances."""
    shared, apart = float(fit.loadings.sum()), float(fit.residuals.sum())
    whole = (shared**2 + apart) ** 2
    k = len(fit.loadings)
    slope = np.concatenate([np.full(k, 2 * shared * apart), np.full(k, -(shared**2))]) / whole
    return float(np.sqrt(slope @ fit.errors @ slope))


def _resampled(
    complete: Floats, fit: OneFactor, *, draws: int, seed: int, level: float
) -> tuple[float, float, float]:
    """Give limits and standard error of omega over samples drawn from the respondents."""
    n = len(complete)
    if n > MOST_RESAMPLED:
        raise DataError(
            f"{n} respondents are too many to resample (at most {MOST_RESAMPLED}), and the delta "
            "interval says the same for so many. Use it"
        )
    if draws < 100:
        raise DataError(f"an interval from resampling needs 100 draws or more, got {draws}")
    rng = np.random.default_rng(seed)
    start, found = np.concatenate([fit.loadings, fit.residuals]), []
    for _ in range(draws):
        again = GroupMoments.of(complete[rng.integers(0, n, n)])
        try:
            found.append(one_factor(again.covariance, n=n, start=start).omega)
        except DataError:  # a resample without a fit: counted below
            continue
    if len(found) < (1 - _FAILED) * draws:
        raise DataError(
            f"{draws - len(found)} of {draws} resamples have no fit of one factor, so they give "
            "no interval: too few respondents, or items that do not measure one thing"
        )
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return min(float(low), fit.omega), max(float(high), fit.omega), float(np.std(found, ddof=1))


def _warnings(fit: OneFactor) -> tuple[str, ...]:
    if (fit.loadings < 0).any():
        return ("an item loads against the others, so omega is too low: check the reversed items",)
    return ()
