"""Small areas: what does the sample itself say of each, and is that enough to publish?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.survey_design import SurveyDesign
from outcomes.stats.survey_mean import mean_statistic
from outcomes.stats.survey_proportion import proportion_estimate, proportion_statistic
from outcomes.stats.survey_statistic import SurveyStatistic

Advice = Literal["publish", "publish with caution", "pool", "suppress"]
FEWEST = 10  # answers below which nothing is published (D31)
SURE, ROUGH = 0.165, 0.333  # coefficients of variation up to which a number stands, or may


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallArea:
    """What the sample says of one area, and what to do with it."""

    area: str
    n: int
    direct: SurveyStatistic | None  # None where it cannot be estimated
    interval: tuple[float, float]  # of the direct estimate, at 95 %; NaN where there is none
    variation: float  # standard error by value; by the rarer side for a share
    advice: Advice
    why: str


def small_areas(
    values: ArrayLike, areas: ArrayLike, *, design: SurveyDesign, share: bool = False
) -> list[SmallArea]:
    """Estimate the mean of each area from its own answers, and say what that is worth.

    Args:
        values: One value a sampled person, shape (n,); NaN where missing.
        areas: The area of each person, shape (n,).
        design: Of the whole sample.
        share: Whether the values are 0 and 1, so that the rarer side decides how rough it is.

    Returns:
        One entry an area, in the order of their names. ``suppress``: fewer than 10 answers.
        ``pool``: so rough that it should be joined with neighbors or other waves, or replaced by
        a model estimate that is called one.

    Raises:
        DataError: Shapes differ.

    Source:
        Limits of the coefficient of variation as Statistics Canada uses them for its household
        surveys: to 16.5 % without remark, to 33.3 % with caution.
    """
    y, place = np.asarray(values, dtype=float).ravel(), np.asarray(areas).ravel()
    if y.size != place.size:
        raise DataError(f"{y.size} values but {place.size} areas")
    return [_area(y, place == name, name=str(name), design=design, share=share)
            for name in np.unique(place)]  # fmt: skip


def _area(
    y: np.ndarray, inside: np.ndarray, *, name: str, design: SurveyDesign, share: bool
) -> SmallArea:
    n = int((inside & ~np.isnan(y) & (design.weights != 0)).sum())
    found, variation, interval = None, float("nan"), (float("nan"), float("nan"))
    try:
        if share:
            found, rarer = proportion_statistic(y, design, term=name, domain=inside)
            told = proportion_estimate(found, rarer, term=name, interval="logit", level=0.95)
            interval = (told.low, told.high)
        else:
            found = mean_statistic(y, design, term=name, domain=inside)
            interval = (found.value - found.reach(0.95), found.value + found.reach(0.95))
    except DataError as error:
        reason = str(error)
    else:
        size = min(found.value, 1 - found.value) if share else abs(found.value)
        variation = found.se / size if size > 0 else float("inf")
        reason = "all answers are alike" if found.se == 0 else ""
    advice, why = _advice(n, variation, reason=reason)
    return SmallArea(
        area=name,
        n=n,
        direct=found,
        interval=interval,
        variation=variation,
        advice=advice,
        why=why,
    )


def _advice(n: int, variation: float, *, reason: str) -> tuple[Advice, str]:
    if n < FEWEST:
        return "suppress", f"{n} answers, fewer than {FEWEST}"
    if reason:
        return "pool", reason
    said = f"the standard error is {100 * variation:.1f} % of the value"
    if variation > ROUGH:
        return "pool", f"{said}, more than {100 * ROUGH:.1f} %: join areas or waves"
    if variation > SURE:
        return "publish with caution", f"{said}, more than {100 * SURE:.1f} %"
    return "publish", said
