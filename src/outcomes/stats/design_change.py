"""How did the mean change between two waves that share clusters or persons?"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.survey_design import SurveyDesign
from outcomes.stats.survey_difference import difference_statistic, with_p
from outcomes.stats.survey_mean import mean_statistic


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignChange:
    """A change between two waves, and what the overlap did to its standard error."""

    estimate: Estimate
    shared: int  # clusters (or persons) with answers in both waves
    clusters: int  # with an answer in either wave
    se_if_independent: float  # as if nobody and no cluster had been there twice


def design_change(
    values: ArrayLike,
    later: ArrayLike,
    *,
    design: SurveyDesign,
    term: str,
    unit: str,
    domain: ArrayLike | None = None,
    level: float = 0.95,
) -> DesignChange:
    """Estimate by how much the mean of the population changed between two waves.

    Clusters (or persons, where they can be linked) asked in both waves move together, so the
    change is known better than from two separate samples. Treated as independent, the same 200
    schools give a standard error nearly seven times too large.

    Args:
        values: Both waves under one another, one value a row, shape (n,); NaN where missing.
        later: Whether the row is of the later wave, shape (n,).
        design: Of both waves together: the clusters have the same name in both.
        term: What is being estimated, in words.
        unit: Of a value.
        domain: As in ``survey_mean``.
        level: Confidence level.

    Returns:
        The change, later less earlier, with the covariance through what the waves share.

    Raises:
        DataError: As ``survey_mean``; a wave has nobody; or rows were drawn one by one, so that
            nothing could be shared.

    Source:
        Kish (1965), Survey Sampling, 12.4. Agrees with ``svyglm(y ~ wave)`` of R's survey.
    """
    if not design.clustered:
        raise DataError(
            f"{term}: the design names no clusters, so what the waves share is not known. Name "
            "the clusters or persons, the same in both waves"
        )
    found = difference_statistic(values, later, design=design, term=term, domain=domain)
    if found.se == 0:
        raise DataError(f"{term}: every cluster changed alike, which leaves no spread")
    y, after = np.asarray(values, dtype=float).ravel(), np.asarray(later, dtype=bool).ravel()
    inside = np.ones(y.size, bool) if domain is None else np.asarray(domain, dtype=bool).ravel()
    parts = [
        mean_statistic(y, design, term=term, domain=inside & side).se for side in (after, ~after)
    ]
    counted = inside & ~np.isnan(y) & (design.weights > 0)
    unit_of = design.stages[0].unit
    codes = np.arange(y.size) if unit_of is None else unit_of
    waves = [np.unique(codes[counted & side]) for side in (after, ~after)]
    shared = int(np.intersect1d(waves[0], waves[1]).size)
    estimate = with_p(found.estimate("change of means", term=term, unit=unit, level=level), found)
    note = (
        f"{shared} clusters were asked in both waves, which the standard error takes into account"
    )
    if not shared:
        note = "no cluster was asked in both waves: the two samples count as independent"
    return DesignChange(
        estimate=replace(estimate, warnings=(*estimate.warnings, note)),
        shared=shared,
        clusters=int(np.union1d(waves[0], waves[1]).size),
        se_if_independent=float(np.hypot(parts[0], parts[1])),
    )
