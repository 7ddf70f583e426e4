"""What a group of respondents answered, as far as a factor model sees it."""

from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.item_moments import Floats

_REPEATED = 1e-13  # share of an item's variance that the others leave open: below, it is rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMoments:
    """Means and covariances of p items in one group."""

    n: int
    mean: Floats  # shape (p,)
    covariance: Floats  # with n below the line, as maximum likelihood has it, shape (p, p)

    @classmethod
    def of(cls, values: Floats) -> "GroupMoments":
        """Take the moments of complete answers, shape (n, p)."""
        mean = values.mean(axis=0)
        away = values - mean
        return cls(n=len(values), mean=mean, covariance=away.T @ away / len(values))


def saturated_misfit(group: GroupMoments) -> float:
    """Give minus the log likelihood of a model that reproduces every moment, without constant.

    Raises:
        DataError: An item was answered alike by everybody, or can be told from the others.
    """
    variances = np.diag(group.covariance)
    if (variances <= 0).any():
        raise DataError(
            f"everybody answered item {int(np.argmin(variances)) + 1} alike, so it tells nobody "
            "apart and no factor can be found behind it"
        )
    sd = np.sqrt(variances)
    roots = np.linalg.eigvalsh(group.covariance / np.outer(sd, sd))
    if roots[0] < _REPEATED * len(roots):
        raise DataError(
            "an item can be told exactly from the others, so one of them adds nothing. Two columns "
            "may hold the same answers, or too few respondents answered all items"
        )
    log = float(np.log(roots).sum() + 2 * np.log(sd).sum())
    return group.n * (log + len(roots)) / 2


def refuse_heywood(residuals: Floats) -> None:
    """Refuse a fit whose error variances, shape (p,), cannot be.

    Raises:
        DataError: One is at or below 0.
    """
    if (residuals <= 0).any():
        raise DataError(
            f"the best fit gives item {int(np.argmin(residuals)) + 1} an error variance of "
            f"{residuals.min():.3g}, which cannot be (a Heywood case): too few respondents or "
            "items, or items that do not measure one thing"
        )
