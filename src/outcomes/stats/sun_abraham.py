"""Interaction-weighted event study: each cohort by itself, against the one that starts last."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import Floats, cohort_panel
from outcomes.stats.group_time_effects import Together, aggregated, group_time_effects


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionWeighted:
    """Estimates with errors clustered by place, each shape (a,)."""

    at: Floats  # event time, or NaN for the average of all periods after the start
    value: Floats
    se: Floats


def sun_abraham(
    outcome: ArrayLike,
    start: ArrayLike,
    *,
    times: ArrayLike | None = None,
    covariates: ArrayLike | None = None,
) -> InteractionWeighted:
    """Fit effects of places, periods and each cohort's event times, and average by cohort size.

    Args:
        outcome: One row a place, one column a period, shape (n, periods), no NaN.
        start: The time of each place's start, shape (n,); infinite for never.
        times: When the periods are; 0, 1, 2, ... where not given.
        covariates: Columns that vary over time, shape (q, n, periods).

    Returns:
        First the average of all periods after the start, then each event time; counted from the
        last period before the start.

    Raises:
        DataError: A covariate does not fit the grid, or does not vary within places and periods.

    Source:
        Sun & Abraham (2021), J. Econometrics 225: 175-199. Agrees with ``feols(y ~ x +
        sunab(start, time) | unit + time)`` of R's fixest, errors clustered by unit.
    """
    panel = cohort_panel(outcome, start, times=times)
    extra = np.empty((0, *panel.outcome.shape))
    if covariates is not None:
        extra = np.asarray(covariates, dtype=float)
    if extra.shape[1:] != panel.outcome.shape or not np.isfinite(extra).all():
        raise DataError("each covariate needs a number for every place and period")
    effects = group_time_effects(panel, comparison="last to start")
    means = np.stack([extra[:, panel.member == k].mean(axis=1) for k in range(len(panel.starts))])
    inner = (extra - means[panel.member].transpose(1, 0, 2)).transpose(1, 2, 0)
    inner = inner - inner.mean(axis=1, keepdims=True)  # (n, periods, q)
    left = panel.outcome - panel.means[panel.member]
    left = left - left.mean(axis=1, keepdims=True)
    bread = np.einsum("itq,itr->qr", inner, inner)
    if len(extra) and np.linalg.matrix_rank(bread) < len(extra):
        raise DataError("a covariate does not vary within places and periods")
    slopes = np.linalg.solve(bread, np.einsum("itq,it->q", inner, left))
    left = left - inner @ slopes
    through = np.einsum("itq,it->iq", inner, left) @ np.linalg.inv(bread)
    count = len(effects.value) + len(extra) + len(panel.times)  # effects of places are nested
    cells = panel.outcome.size
    correction = panel.n / (panel.n - 1) * (cells - 1) / (cells - count)
    found = []
    kinds: tuple[Together, ...] = ("simple", "dynamic")
    for kind in kinds:
        part = aggregated(panel, effects, together=kind)[1]
        of_covariates = np.einsum("akt,kqt->aq", part.weights, means)
        own = part.weights[:, panel.member] / panel.sizes[panel.member][:, None]
        scores = np.einsum("ait,it->ai", own, left) - of_covariates @ through.T
        se = np.sqrt(correction * (scores**2).sum(axis=1))
        at = part.at if kind == "dynamic" else np.array([np.nan])
        found.append((at, part.value - of_covariates @ slopes, se))
    at, value, se = (np.concatenate(column) for column in zip(*found, strict=True))
    return InteractionWeighted(at=at, value=value, se=se)
