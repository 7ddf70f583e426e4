"""The ratio of two totals, from a sample as it was drawn."""

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


def survey_ratio(
    top: ArrayLike,
    bottom: ArrayLike,
    *,
    design: ArrayLike | SurveyDesign | None = None,
    term: str,
    unit: str,
    domain: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the ratio of two totals: contacts per resident, cleared per reported case.

    Args:
        top: The value above the line, shape (n,); NaN where missing.
        bottom: The value below the line, same persons; NaN where missing.
        design: As in ``survey_mean``.
        term: What is being estimated, in words.
        unit: Of the ratio.
        domain: As in ``survey_mean``.
        level: Confidence level.

    Returns:
        The ratio of the weighted sums over the people who have both values, with its standard
        error and a t interval.

    Raises:
        DataError: As ``survey_mean``, or the sum below the line is 0.

    Source:
        Lumley (2010), Complex Surveys, 2.4. Agrees with ``svyratio`` of R's survey.
    """
    sample = as_design(design, size=np.asarray(top).size, term=term)
    found = ratio_statistic(top, bottom, design=sample, term=term, domain=domain)
    if found.se == 0:
        raise DataError(f"{term}: the ratio is the same for all, which leaves no spread")
    return found.estimate("ratio", term=term, unit=unit, level=level)


def ratio_statistic(
    top: ArrayLike,
    bottom: ArrayLike,
    *,
    design: SurveyDesign,
    term: str,
    domain: ArrayLike | None = None,
) -> SurveyStatistic:
    """Find a ratio and its standard error."""
    y, x = np.asarray(top, dtype=float).ravel(), np.asarray(bottom, dtype=float).ravel()
    if y.size != x.size:
        raise DataError(f"{term}: {y.size} values above the line but {x.size} below it")
    answers = answered(y + x, design, term=term, domain=domain)
    above, below = answers.only(y), answers.only(x)
    under = float(design.weights @ below)
    if under == 0:
        raise DataError(f"{term}: the values below the line add up to 0, so there is no ratio")
    value = float(design.weights @ above) / under
    found = survey_statistic(
        design,
        answers,
        value=value,
        influence=(above - value * below) / under,
        columns=lambda: [above, below],
        of_totals=lambda totals: totals[:, 0] / totals[:, 1],
    )
    return found if found.se > NO_SPREAD * abs(value) else found.without_spread()
