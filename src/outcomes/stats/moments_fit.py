"""Fit a factor model to means and covariances by maximum likelihood, in one group or several."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from outcomes.stats.factor_model import FactorModel
from outcomes.stats.fisher_scoring import fisher_scoring
from outcomes.stats.group_moments import GroupMoments, refuse_heywood, saturated_misfit
from outcomes.stats.item_moments import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentsFit:
    """A fitted model."""

    theta: Floats  # the parameters, shape (q,)
    information: Floats  # expected information, shape (q, q)
    chi_square: float  # against the model that reproduces every mean and covariance
    models: tuple[FactorModel, ...]
    groups: tuple[GroupMoments, ...]


def fit_moments(
    models: Sequence[FactorModel], groups: Sequence[GroupMoments], *, start: Floats
) -> MomentsFit:
    """Find the parameters under which the answers are likeliest, by Fisher scoring.

    Args:
        models: One a group; parameters with the same number are the same in every group.
        groups: The moments of each group, in the same order.
        start: Where to begin, shape (q,).

    Raises:
        DataError: Items repeat each other exactly, the parameters cannot be told apart, no best
            fit was found, or a residual variance came out at or below 0 (a Heywood case).

    Source:
        Jöreskog (1971), Psychometrika 36: 409-426. Agrees with R's lavaan (``estimator = "ML"``,
        ``likelihood = "normal"``): chi-square, estimates and standard errors.
    """
    saturated = sum(saturated_misfit(group) for group in groups)
    theta, misfit, information = fisher_scoring(
        partial(_misfit, models, groups), partial(_slope, models, groups), start=start
    )
    _refuse_heywood(models, theta)
    return MomentsFit(
        theta=theta,
        information=information,
        chi_square=max(2 * (misfit - saturated), 0.0),
        models=tuple(models),
        groups=tuple(groups),
    )


def _misfit(models: Sequence[FactorModel], groups: Sequence[GroupMoments], theta: Floats) -> float:
    """Minus the log likelihood, without its constant; infinite where the model is impossible."""
    total = 0.0
    for model, group in zip(models, groups, strict=True):
        covariance, mean = model.implied(theta)
        try:
            root = np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            return float("inf")
        away = group.mean - mean
        seen = group.covariance + np.outer(away, away)
        inverse = np.linalg.inv(root)
        log = 2 * float(np.log(np.diag(root)).sum())
        total += group.n * (log + float(np.sum((inverse @ seen) * inverse))) / 2
    return total


def _slope(
    models: Sequence[FactorModel], groups: Sequence[GroupMoments], theta: Floats
) -> tuple[Floats, Floats]:
    """Give the gradient of the log likelihood (q,) and the expected information (q, q)."""
    q = len(theta)
    gradient, information = np.zeros(q), np.zeros((q, q))
    for model, group in zip(models, groups, strict=True):
        covariance, mean = model.implied(theta)
        of_covariance, of_mean = model.derivatives(theta)
        inverse = np.linalg.inv(covariance)
        away = group.mean - mean
        seen = group.covariance + np.outer(away, away)
        pull = inverse @ (seen - covariance) @ inverse
        flat = of_covariance.reshape(q, -1)
        gradient += group.n * (flat @ pull.ravel() / 2 + of_mean @ inverse @ away)
        left = inverse @ of_covariance
        turned = left.transpose(0, 2, 1).reshape(q, -1)
        information += group.n * (left.reshape(q, -1) @ turned.T / 2)
        information += group.n * (of_mean @ inverse @ of_mean.T)
    return gradient, information


def _refuse_heywood(models: Sequence[FactorModel], theta: Floats) -> None:
    for model in models:
        refuse_heywood(np.diag(model.residual_covariance.at(theta)))
