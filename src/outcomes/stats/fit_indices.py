"""How well a factor model fits: chi-square, CFI, RMSEA, SRMR."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from outcomes.stats.factor_model import FactorModel
from outcomes.stats.group_moments import GroupMoments, saturated_misfit
from outcomes.stats.item_moments import Floats
from outcomes.stats.moments_fit import MomentsFit


@dataclass(frozen=True, slots=True, kw_only=True)
class FitIndices:
    """The usual measures of fit of one model."""

    chi_square: float
    df: int
    p: float  # NaN with no degree of freedom
    cfi: float  # 1 is a perfect fit, 0 that of unrelated items
    rmsea: float  # misfit for each degree of freedom, 0 is perfect
    srmr: float  # mean misfit of correlations and standardized means, 0 is perfect
    n: int


def fit_indices(fit: MomentsFit) -> FitIndices:
    """Work out the measures of fit.

    Source:
        Bentler (1990), Psychological Bulletin 107: 238-246 (CFI); Steiger (1998), Structural
        Equation Modeling 5: 411-419 (RMSEA of several groups). Agrees with ``fitMeasures`` of
        R's lavaan 0.6, whose baseline model has free means and variances.
    """
    n = sum(group.n for group in fit.groups)
    p = len(fit.groups[0].mean)
    df = len(fit.groups) * p * (p + 3) // 2 - len(fit.theta)
    baseline = sum(_baseline(group) for group in fit.groups)
    baseline_df = len(fit.groups) * p * (p - 1) // 2
    beyond = max(fit.chi_square - df, 0.0)
    worst = max(beyond, baseline - baseline_df, 0.0)
    per_df = beyond / (df * n) if df else 0.0
    return FitIndices(
        chi_square=fit.chi_square,
        df=df,
        p=float(stats.chi2.sf(fit.chi_square, df)) if df else float("nan"),
        cfi=1 - beyond / worst if worst else 1.0,
        rmsea=float(np.sqrt(per_df * len(fit.groups))),
        srmr=_srmr(fit.models, fit.groups, theta=fit.theta),
        n=n,
    )


def _baseline(group: GroupMoments) -> float:
    """Give the chi-square of the model in which no two items have anything in common."""
    p = len(group.mean)
    apart = group.n * (float(np.log(np.diag(group.covariance)).sum()) + p) / 2
    return 2 * (apart - saturated_misfit(group))


def _srmr(models: Sequence[FactorModel], groups: Sequence[GroupMoments], *, theta: Floats) -> float:
    found, total = 0.0, sum(group.n for group in groups)
    for model, group in zip(models, groups, strict=True):
        covariance, mean = model.implied(theta)
        sd = np.sqrt(np.diag(group.covariance))
        lower = np.tril_indices(len(sd))
        away = ((group.covariance - covariance) / np.outer(sd, sd))[lower]
        of_means = (group.mean - mean) / sd
        squares = np.concatenate([away, of_means]) ** 2
        found += group.n / total * float(np.sqrt(squares.mean()))
    return found
