"""One factor behind all items of a scale, by maximum likelihood."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.fisher_scoring import fisher_scoring
from outcomes.stats.group_moments import GroupMoments, refuse_heywood, saturated_misfit
from outcomes.stats.item_moments import Floats
from outcomes.stats.item_statistics import first_component


@dataclass(frozen=True, slots=True, kw_only=True)
class OneFactor:
    """One factor behind k items: loadings and error variances in units of the items."""

    loadings: Floats  # shape (k,); the factor has variance 1
    residuals: Floats  # error variances, shape (k,)
    errors: Floats  # covariance of the estimates, loadings first, shape (2k, 2k)
    chi_square: float
    df: int

    @property
    def omega(self) -> float:
        """Share of the variance of the sum that comes from the factor."""
        shared = self.loadings.sum() ** 2
        return float(shared / (shared + self.residuals.sum()))

    def standardized(self) -> "OneFactor":
        """Bring every item to the same spread, as if correlations had been fitted.

        The errors stay those of the items as they were: use them for nothing but the original.
        """
        sd = np.sqrt(self.loadings**2 + self.residuals)
        return OneFactor(
            loadings=self.loadings / sd,
            residuals=self.residuals / sd**2,
            errors=self.errors,
            chi_square=self.chi_square,
            df=self.df,
        )


def one_factor(covariance: Floats, *, n: int, start: Floats | None = None) -> OneFactor:
    """Fit one factor by maximum likelihood.

    Args:
        covariance: Of the items, with n below the line, shape (k, k).
        n: Respondents behind it.
        start: Loadings and error variances to begin from, shape (2k,).

    Raises:
        DataError: There are fewer than three items, an item can be told from the others, no best
            fit was found, or an error variance came out at or below 0 (a Heywood case).

    Source:
        Jöreskog (1967), Psychometrika 32: 443-482. Agrees with lavaan of R.
    """
    k = len(covariance)
    if k < 3:
        raise DataError(f"one factor needs three items or more to be told, got {k}")
    group = GroupMoments(n=n, mean=np.zeros(k), covariance=covariance)
    saturated = saturated_misfit(group)
    theta, misfit, information = fisher_scoring(
        partial(_misfit, covariance, n),
        partial(_slope, covariance, n),
        start=principal_start(covariance) if start is None else start,
    )
    refuse_heywood(theta[k:])
    errors = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return OneFactor(
        loadings=-theta[:k] if theta[:k].sum() < 0 else theta[:k],
        residuals=theta[k:],
        errors=errors,
        chi_square=max(2 * (misfit - saturated), 0.0),
        df=k * (k + 1) // 2 - 2 * k,
    )


def _misfit(covariance: Floats, n: int, theta: Floats) -> float:
    """Minus the log likelihood, without its constant; infinite where the model is impossible."""
    k = len(covariance)
    implied = np.outer(theta[:k], theta[:k])
    implied[np.diag_indices(k)] += theta[k:]
    try:
        root = np.linalg.cholesky(implied)
    except np.linalg.LinAlgError:
        return float("inf")
    inverse = np.linalg.inv(root)
    log = 2 * float(np.log(np.diag(root)).sum())
    return n * (log + float(np.sum((inverse @ covariance) * inverse))) / 2


def _slope(covariance: Floats, n: int, theta: Floats) -> tuple[Floats, Floats]:
    """Give the gradient (2k,) and the expected information (2k, 2k), worked out for one factor."""
    k = len(covariance)
    loadings = theta[:k]
    implied = np.outer(loadings, loadings)
    implied[np.diag_indices(k)] += theta[k:]
    inverse = np.linalg.inv(implied)
    pull = inverse @ (covariance - implied) @ inverse
    gradient = n * np.concatenate([pull @ loadings, np.diag(pull) / 2])
    line = inverse @ loadings
    information = np.empty((2 * k, 2 * k))
    information[:k, :k] = np.outer(line, line) + inverse * float(loadings @ line)
    information[:k, k:] = inverse * line
    information[k:, :k] = information[:k, k:].T
    information[k:, k:] = inverse**2 / 2
    return gradient, n * information


def principal_start(covariance: Floats) -> Floats:
    """Guess loadings and error variances from the first principal component, shape (2k,)."""
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    weights = first_component(correlation)
    largest = float(weights @ correlation @ weights)
    loadings = np.clip(weights * np.sqrt(max(largest - 0.5, 0.2)), -0.9, 0.9)
    return np.concatenate([loadings * sd, (1 - loadings**2) * sd**2])
