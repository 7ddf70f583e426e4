"""How do two groups of one sample differ, on average?"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.sampling_stages import Floats
from outcomes.stats.survey_design import SurveyDesign
from outcomes.stats.survey_statistic import (
    SurveyStatistic,
    answered,
    as_design,
    survey_statistic,
)
from outcomes.stats.t_limits import t_p


def survey_difference(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    design: ArrayLike | SurveyDesign | None = None,
    term: str,
    unit: str,
    domain: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the mean of one group less that of the rest, in the population.

    The two means share clusters, so their difference has its own standard error; it cannot be
    had from the two intervals.

    Args:
        values: One value a sampled person, shape (n,); NaN where missing.
        groups: Whether a person is in the group, shape (n,); the rest is compared with it.
        design: As in ``survey_mean``.
        term: What is being estimated, in words.
        unit: Of a value.
        domain: As in ``survey_mean``: who takes part in the comparison.
        level: Confidence level.

    Returns:
        The difference with its standard error, t interval and two-sided p; degrees of freedom
        are clusters less strata less 1.

    Raises:
        DataError: As ``survey_mean``, or one side has nobody.

    Source:
        Agrees with ``svyttest`` and ``svyglm`` of R's survey.
    """
    sample = as_design(design, size=np.asarray(values).size, term=term)
    found = difference_statistic(values, groups, design=sample, term=term, domain=domain)
    if found.se == 0:
        raise DataError(f"{term}: the values leave no spread to judge chance by")
    estimate = found.estimate("difference of means", term=term, unit=unit, level=level)
    return with_p(estimate, found)


def with_p(estimate: Estimate, found: SurveyStatistic) -> Estimate:
    """Add the two-sided p value of no difference."""
    return replace(estimate, p=t_p(found.value / found.se, df=found.df))


def difference_statistic(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    design: SurveyDesign,
    term: str,
    domain: ArrayLike | None = None,
) -> SurveyStatistic:
    """Find a difference of means and its standard error."""
    y = np.asarray(values, dtype=float).ravel()
    inside = np.asarray(groups, dtype=bool).ravel()
    answers = answered(y, design, term=term, domain=domain)
    if inside.size != y.size:
        raise DataError(f"{term}: {y.size} values but {inside.size} marks of the groups")
    enters = answers.members(y.size)
    shown = answers.only(y)
    sides = [enters * inside, enters * ~inside]
    if not all((design.weights @ side) > 0 for side in sides):
        raise DataError(f"{term}: one of the two groups has nobody with an answer")
    people = [float(design.weights @ side) for side in sides]
    means = [
        float(design.weights @ (shown * side)) / each
        for side, each in zip(sides, people, strict=True)
    ]
    influence = sum(
        sign * side * (shown - mean) / each
        for sign, side, mean, each in zip((1, -1), sides, means, people, strict=True)
    )

    def of_totals(totals: Floats) -> Floats:
        found: Floats = totals[:, 0] / totals[:, 1] - totals[:, 2] / totals[:, 3]
        return found

    return survey_statistic(
        design,
        answers,
        value=means[0] - means[1],
        influence=np.asarray(influence),
        columns=lambda: [shown * sides[0], sides[0], shown * sides[1], sides[1]],
        of_totals=of_totals,
        lost=1,
    )
