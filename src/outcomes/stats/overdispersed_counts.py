"""Counts by place and period that jump more than independent events: the negative binomial."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.count_series import negative_binomial_series
from outcomes.stats.poisson_fixed_effects import poisson_fixed_effects

Floats = NDArray[np.float64]
MOST_COLUMNS = 400  # effects up to which each gets a column of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdispersedCounts:
    """A slope on the log scale, and how far counts jump."""

    slope: float
    model_se: float  # theta taken for known, periods for new evidence each
    theta: float  # the variance is mean + mean squared / theta
    theta_se: float


def negative_binomial_fixed_effects(
    counts: ArrayLike, regressor: ArrayLike, *, exposure: ArrayLike | None = None
) -> OverdispersedCounts:
    """Fit a negative binomial regression with an effect of each place and of each period.

    Args:
        counts: Whole numbers, shape (G, T): a row a place, a column a period; NaN where not
            observed.
        regressor: Shape (G, T), no NaN.
        exposure: People or days behind each count, shape (G, T), above 0; 1 where None.

    Returns:
        The fit by maximum likelihood, its spread found from the counts and never set to 1. Places
        and periods in which nothing was ever counted are left out. Its error takes each period
        for new evidence (false alarms in 19 % of studies where they go together).

    Raises:
        DataError: As for ``poisson_fixed_effects``; counts jump no more than independent events,
            so that there is no spread to find; or places and periods are too many.

    Source:
        Hilbe (2011), Negative Binomial Regression, 10.2; Allison & Waterman (2002), Sociol.
        Methodol. 32: 247-265 (dummies, not the conditional form, hold the effects). Agrees with
        ``glm.nb`` with dummies of R's MASS.
    """
    plain = poisson_fixed_effects(counts, regressor, exposure=exposure)
    kept = np.ix_(plain.places, plain.periods)
    seen = np.isfinite(plain.counts)
    where, when = np.nonzero(seen)
    if sum(plain.counts.shape) > MOST_COLUMNS:
        raise DataError(f"the negative binomial is fitted with at most {MOST_COLUMNS} effects")
    behind = None if exposure is None else np.asarray(exposure, dtype=float)[kept][seen]
    design = np.column_stack(
        [
            np.asarray(regressor, dtype=float)[kept][seen],
            where[:, None] == np.unique(where),
            when[:, None] == np.unique(when)[1:],
        ]
    ).astype(float)
    fit = negative_binomial_series(plain.counts[seen], design, exposure=behind)
    return OverdispersedCounts(
        slope=float(fit.coefficients[0]),
        model_se=float(np.sqrt(fit.covariance[0, 0])),
        theta=fit.theta,
        theta_se=fit.theta_se,
    )
