"""The total over a population, from a sample as it was drawn."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.survey_design import SurveyDesign
from outcomes.stats.survey_statistic import (
    NO_SPREAD,
    SurveyStatistic,
    answered,
    as_design,
    survey_statistic,
)


def survey_total(
    values: ArrayLike,
    design: ArrayLike | SurveyDesign,
    *,
    term: str,
    unit: str,
    domain: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the total of a value over all people in the population.

    Args:
        values: One value a sampled person, shape (n,); NaN where missing. A missing value adds
            nothing, so the total is too low by what these people have; they are counted.
        design: As in ``survey_mean``; the weights must add up to people, not to 1 or to n.
        term: What is being estimated, in words.
        unit: Of a value.
        domain: As in ``survey_mean``.
        level: Confidence level.

    Returns:
        The weighted sum with its standard error and a t interval.

    Raises:
        DataError: As ``survey_mean``, or nothing says how many people a row stands for.

    Source:
        Horvitz and Thompson (1952), JASA 47: 663-685. Agrees with ``svytotal`` of R's survey.
    """
    sample = as_design(design, size=np.asarray(values).size, term=term)
    found = total_statistic(values, sample, term=term, domain=domain)
    if found.se == 0:
        raise DataError(f"{term}: every cluster has the same total, which leaves no spread")
    return found.estimate("total", term=term, unit=unit, level=level)


def total_statistic(
    values: ArrayLike, design: SurveyDesign, *, term: str, domain: ArrayLike | None = None
) -> SurveyStatistic:
    """Find a total and its standard error."""
    if not design.weighted and design.calibration is None:
        raise DataError(
            f"{term}: a total needs to know how many people each row stands for. Give weights, "
            "populations (fpc) or known totals"
        )
    y = np.asarray(values, dtype=float).ravel()
    answers = answered(y, design, term=term, domain=domain)
    inside = answers.only(y)
    value = float(design.weights @ inside)
    found = survey_statistic(
        design,
        answers,
        value=value,
        influence=inside,
        columns=lambda: [inside],
        of_totals=lambda totals: totals[:, 0],
    )
    size = float(design.weights @ np.abs(inside))
    return found if found.se > NO_SPREAD * size else found.without_spread()
