"""The mean of a population, from a sample as it was drawn."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.design_effect import summed_product
from outcomes.stats.survey_design import SurveyDesign
from outcomes.stats.survey_statistic import (
    NO_SPREAD,
    SurveyStatistic,
    answered,
    as_design,
    survey_statistic,
)


def survey_mean(
    values: ArrayLike,
    design: ArrayLike | SurveyDesign | None = None,
    *,
    term: str,
    unit: str,
    domain: ArrayLike | None = None,
    population: int | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the mean in the population that a sample stands for.

    Args:
        values: One value a sampled person, shape (n,); NaN where missing.
        design: How the sample was drawn, as ``survey_design`` says it; or only how many people
            each stands for, shape (n,), 0 or more. None weighs all alike.
        term: What is being estimated, in words.
        unit: Of a value.
        domain: Which persons belong to the group asked about, shape (n,); None takes all. The
            whole sample must be passed, for it enters the standard error of a group.
        population: People in the population, for a simple random sample that is a large part of
            it; None where the sample is small beside it.
        level: Confidence level.

    Returns:
        The weighted mean with its Taylor-linearized (or replicate) standard error and a t
        interval; degrees of freedom are clusters less strata, n - 1 without either. Missing
        values are left out and counted in ``dropped``.

    Raises:
        DataError: Shapes differ, a weight is missing or negative, fewer than two values remain,
            or all are equal, which leaves no spread to judge chance by.

    Source:
        Lumley (2010), Complex Surveys, Wiley, ch. 2. Agrees with ``svymean`` of R's survey, on a
        subset too; the design effect named in the method is Kish's (1965).
    """
    size = np.asarray(values).size
    sample = as_design(design, size=size, term=term, population=population)
    found = mean_statistic(values, sample, term=term, domain=domain)
    if found.se == 0:
        raise DataError(f"{term}: all values are equal, which leaves no spread to judge chance by")
    return found.estimate("mean", term=term, unit=unit, level=level)


def mean_statistic(
    values: ArrayLike, design: SurveyDesign, *, term: str, domain: ArrayLike | None = None
) -> SurveyStatistic:
    """Find a mean and its standard error, which is 0 where no stratum shows any spread."""
    y = np.asarray(values, dtype=float).ravel()
    answers = answered(y, design, term=term, domain=domain)
    inside = answers.only(y)
    weights = answers.only(design.weights)
    people = float(weights.sum())
    shown = y if answers.used is None else y[answers.used]
    lowest, highest = float(shown.min()), float(shown.max())
    equal = lowest == highest
    value = lowest if equal else summed_product(weights, inside) / people
    influence = answers.only(y - value)
    influence /= people
    found = survey_statistic(
        design,
        answers,
        value=value,
        influence=influence,
        columns=lambda: [inside, answers.members(y.size)],
        of_totals=lambda totals: totals[:, 0] / totals[:, 1],
    )
    size = max(abs(lowest), abs(highest))
    return found.without_spread() if equal or found.se <= NO_SPREAD * size else found
