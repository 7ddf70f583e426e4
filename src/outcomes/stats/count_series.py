"""Regression of a series of counts: Poisson, quasi-Poisson and negative binomial."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import Floats

MOST_STEPS = 200  # of a fit; ten do unless counts are nearly all 0
NO_END = "the count model finds no end, as where nothing is counted for a stretch"
NOTHING = 1e-7  # of the mean count: an expected count below is on its way to 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRegression:
    """Coefficients on the log scale: a coefficient's exponential is a ratio of rates."""

    coefficients: Floats  # (k,)
    covariance: Floats  # (k, k); of independent counts, times `dispersion` where they jump more
    expected: Floats  # (n,)
    dispersion: float  # 1 where counts vary as independent events do (Pearson)
    deviance: float
    df: int
    scores: Floats  # (n, k); for newey_west, with `covariance` as its inverse


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeBinomialRegression:
    """Coefficients on the log scale, and how far counts jump."""

    coefficients: Floats  # (k,)
    covariance: Floats  # (k, k)
    theta: float  # the variance is mean + mean squared / theta
    theta_se: float


def count_series(
    counts: ArrayLike, design: ArrayLike, *, exposure: ArrayLike | None = None
) -> CountRegression:
    """Fit a Poisson regression with the spread that the counts show.

    Its tests take each period for new evidence. Counts of neighboring periods hang together, and
    then they call far too many changes real: show them beside ``ar1_reml`` of the logarithm.

    Args:
        counts: Whole numbers, one a period, shape (n,).
        design: One row a period, shape (n, k).
        exposure: People or days behind each count, above 0, shape (n,); 1 where None.

    Raises:
        DataError: Shapes differ, a count is no whole number of 0 or more, an exposure is not above
            0, nothing was counted, periods are too few, a column of the design is a sum of others,
            or the fit finds no end.

    Source:
        McCullagh & Nelder (1989), Generalized Linear Models, chapter 6. Agrees with ``glm(family =
        poisson)`` and ``quasipoisson`` of R.
    """
    import statsmodels.api as sm

    found, columns, logs = _checked(counts, design, exposure)
    with warnings.catch_warnings():  # counts that a level tells exactly are no fault here
        warnings.simplefilter("ignore")
        fit = sm.GLM(found, columns, family=sm.families.Poisson(), offset=logs).fit(tol=1e-12)
    mean = np.asarray(fit.mu)
    if not fit.converged or not mean.min() > NOTHING * found.mean():
        raise DataError(NO_END)
    return CountRegression(
        coefficients=np.asarray(fit.params),
        covariance=np.linalg.inv(columns.T @ (columns * mean[:, None])),
        expected=mean,
        dispersion=float(fit.pearson_chi2 / fit.df_resid),
        deviance=float(fit.deviance),
        df=int(fit.df_resid),
        scores=columns * (found - mean)[:, None],
    )


def negative_binomial_series(
    counts: ArrayLike, design: ArrayLike, *, exposure: ArrayLike | None = None
) -> NegativeBinomialRegression:
    """Fit a negative binomial regression whose spread is found from the counts, never set to 1.

    Args:
        counts: Whole numbers, one a period, shape (n,).
        design: One row a period, shape (n, k).
        exposure: People or days behind each count, above 0, shape (n,); 1 where None.

    Raises:
        DataError: As ``count_series``, or counts jump no more than independent events, so that
            there is no spread to find.

    Source:
        Hilbe (2011), Negative Binomial Regression, 8.2. Agrees with ``glm.nb`` of R's MASS, whose
        errors take theta for known.
    """
    from scipy import optimize, special

    plain = count_series(counts, design, exposure=exposure)
    if plain.dispersion <= 1:
        raise DataError("counts jump no more than independent events: use the Poisson model")
    found, columns, logs = _checked(counts, design, exposure)

    def pull(log: float) -> float:
        """How much more likely a larger theta is, with the mean fitted anew."""
        theta = float(np.exp(log))
        _, mean = _likeliest_mean(found, columns, logs, start=plain.coefficients, theta=theta)
        told = special.digamma(found + theta) - special.digamma(theta) + np.log(theta) + 1
        return float((told - np.log(mean + theta) - (found + theta) / (mean + theta)).sum())

    middle = np.log(max(float(plain.expected.mean()) / (plain.dispersion - 1), 1e-2))
    if pull(middle - 7) <= 0 or pull(middle + 7) >= 0:
        raise DataError("counts jump no more than independent events: use the Poisson model")
    theta = float(np.exp(optimize.brentq(pull, middle - 7, middle + 7, xtol=1e-12)))
    beta, mean = _likeliest_mean(found, columns, logs, start=plain.coefficients, theta=theta)
    told = special.polygamma(1, theta) - special.polygamma(1, found + theta) - 1 / theta
    told += 2 / (mean + theta) - (found + theta) / (mean + theta) ** 2
    weights = mean / (1 + mean / theta)
    square = columns.T @ (columns * weights[:, None])
    return NegativeBinomialRegression(
        coefficients=beta,
        covariance=np.asarray(np.linalg.inv(square), dtype=np.float64),
        theta=theta,
        theta_se=float(1 / np.sqrt(told.sum())),
    )


def _likeliest_mean(
    found: Floats, columns: Floats, logs: Floats, *, start: Floats, theta: float
) -> tuple[Floats, Floats]:
    """Fit the mean for a known theta, by Newton's steps, cut where they would make it less likely.

    For a known theta the logarithm of the likelihood bends down everywhere, so there is one best.
    """

    def likely(beta: Floats) -> float:
        height = columns @ beta + logs
        return float((found * height - (found + theta) * np.logaddexp(height, np.log(theta))).sum())

    beta, here = start, likely(start)
    for _ in range(MOST_STEPS):
        share = expit(columns @ beta + logs - np.log(theta))  # of the variance that is jumping
        bend = columns.T @ (columns * ((found + theta) * share * (1 - share))[:, None])
        slope = columns.T @ (found * (1 - share) - theta * share)
        step = np.linalg.lstsq(bend, slope, rcond=None)[0]
        while np.abs(step).max() > 1e-12 * (1 + np.abs(beta).max()):
            if (there := likely(beta + step)) >= here - 1e-14 * abs(here):
                break
            step = step / 2
        else:
            return beta, np.exp(columns @ beta + logs)
        beta, here = beta + step, there
    raise DataError(NO_END)


def _checked(
    counts: ArrayLike, design: ArrayLike, exposure: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    found, columns = np.asarray(counts, dtype=float), np.asarray(design, dtype=float)
    behind = np.ones(found.size) if exposure is None else np.asarray(exposure, dtype=float)
    if found.ndim != 1 or columns.ndim != 2 or not len(found) == len(columns) == len(behind):
        raise DataError(
            f"one row of the design and one exposure a count are needed, got {found.shape}, "
            f"{columns.shape} and {behind.shape}"
        )
    if not (np.isfinite(found) & (found >= 0) & (found == np.round(found))).all():
        raise DataError("counts must be whole numbers of 0 or more")
    if not (np.isfinite(behind) & (behind > 0)).all():
        raise DataError("the exposure of each count must be a number above 0")
    if found.sum() == 0:
        raise DataError("nothing was counted in any period, so nothing can change")
    if len(found) < columns.shape[1] + 2:
        raise DataError(
            f"{columns.shape[1]} coefficients need {columns.shape[1] + 2} periods or more, "
            f"got {len(found)}"
        )
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise DataError("a column of the design is a sum of the others; leave one out")
    return found, columns, np.log(behind)
