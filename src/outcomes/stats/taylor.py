"""The variance of an estimate from a complex sample, by Taylor linearization."""

from collections.abc import Sequence

import numpy as np

from outcomes.stats.sampling_stages import Floats, Stage
from outcomes.stats.survey_design import SurveyDesign


def linearized_covariance(design: SurveyDesign, influences: Sequence[Floats]) -> Floats:
    """Estimate the sampling covariance of estimates from their influences.

    Args:
        design: How the sample was drawn.
        influences: For each estimate, what one more person like this row would change, shape
            (rows,) each; 0 for rows outside the group asked about. The whole sample must be
            there, for the size of a group is a matter of chance.

    Returns:
        Covariance matrix, shape (estimates, estimates).

    Source:
        Binder (1983), International Statistical Review 51: 279-292; for calibrated weights
        Deville and Sarndal (1992), JASA 87: 376-382. Agrees with ``svyrecvar`` of R's survey.
    """
    if design.calibration is not None:
        influences = [design.calibration.residual(each, design.base) for each in influences]
    return scored_covariance(design, [each * design.weights for each in influences])


def scored_covariance(design: SurveyDesign, scores: Sequence[Floats]) -> Floats:
    """Estimate the covariance from influences by weights, where no totals are known."""
    covariance = np.zeros((len(scores), len(scores)))
    for stage in design.stages:
        covariance += _of_stage(stage, scores, rule=design.lonely)
    return covariance


def unit_totals(stage: Stage, scores: Sequence[Floats]) -> Floats:
    """Add up scores within each unit of a stage: shape (units, scores)."""
    if stage.unit is None:
        return np.column_stack(scores)
    units = stage.stratum.size
    return np.column_stack([np.bincount(stage.unit, each, units) for each in scores])


def _of_stage(stage: Stage, scores: Sequence[Floats], *, rule: str) -> Floats:
    totals = unit_totals(stage, scores)
    sizes, stratum = stage.sizes, stage.stratum
    many = sizes > 1
    factor = np.zeros(sizes.size)
    factor[many] = sizes[many] / (sizes[many] - 1)
    factor *= stage.share * (1 - stage.fractions)
    if sizes.size == 1:
        around = totals - totals.mean(axis=0)
        found: Floats = around.T @ around * factor[0]
        return found
    sums = [np.bincount(stratum, each, sizes.size) for each in totals.T]
    means: Floats = np.column_stack(sums) / np.maximum(sizes, 1)[:, None]
    if rule == "adjust" and stage.lonely.any():
        means[stage.lonely] = totals.mean(axis=0)
        factor[stage.lonely] = (stage.share * (1 - stage.fractions))[stage.lonely]
    around = totals - means[stratum]
    around *= np.sqrt(factor)[stratum][:, None]
    covariance: Floats = around.T @ around
    if rule == "average" and stage.lonely.any():
        covariance = covariance * sizes.size / (sizes.size - stage.lonely.sum())
    return covariance
