"""The share of a population for which something is true, from a sample as it was drawn."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.survey_design import SurveyDesign
from outcomes.stats.survey_mean import mean_statistic
from outcomes.stats.survey_statistic import SurveyStatistic, as_design

Interval = Literal["logit", "beta"]
_ALIKE = "everyone answered alike, so the interval rests on the number of answers alone"
_FIXED = (
    "within every stratum all answered alike, so the strata fix this share and the interval has "
    "no width"
)


def survey_proportion(
    values: ArrayLike,
    design: ArrayLike | SurveyDesign | None = None,
    *,
    term: str,
    domain: ArrayLike | None = None,
    population: int | None = None,
    interval: Interval = "logit",
    level: float = 0.95,
) -> Estimate:
    """Estimate the share of the population for which something is true.

    Args:
        values: 1 where it is true, 0 where not, NaN where missing, shape (n,).
        design: As in ``survey_mean``.
        term: What is being estimated, in words.
        domain: As in ``survey_mean``.
        population: As in ``survey_mean``.
        interval: ``logit``, or ``beta``: the exact binomial one for the effective number of
            answers, wider for rare things.
        level: Confidence level.

    Returns:
        The weighted share, with an interval that stays between 0 and 1. Where the share is 0 or
        1 the interval is the exact binomial one for the effective number of answers, and a
        warning says so.

    Raises:
        DataError: As ``survey_mean``, or a value is neither 0 nor 1.

    Source:
        Korn and Graubard (1998), Survey Methodology 24: 193-201. Agrees with
        ``svyciprop(method = "logit")`` and ``"beta"`` of R's survey.
    """
    size = np.asarray(values).size
    sample = as_design(design, size=size, term=term, population=population)
    found, sides = proportion_statistic(values, sample, term=term, domain=domain)
    return proportion_estimate(found, sides, term=term, interval=interval, level=level)


def proportion_statistic(
    values: ArrayLike, design: SurveyDesign, *, term: str, domain: ArrayLike | None = None
) -> tuple[SurveyStatistic, int]:
    """Find a share and its standard error, and how many answered the rarer way."""
    shares = np.asarray(values, dtype=float).ravel()
    if not np.isin(shares[~np.isnan(shares)], (0, 1)).all():
        raise DataError(f"{term}: a proportion needs values that are 0 or 1")
    found = mean_statistic(shares, design, term=term, domain=domain)
    inside = np.ones(shares.size, dtype=bool) if design.sampled is None else design.sampled
    if domain is not None:
        inside = inside & np.asarray(domain, dtype=bool).ravel()
    true = int((shares[inside] == 1).sum())
    return found, min(true, found.n - true)


def proportion_estimate(
    found: SurveyStatistic, sides: int, *, term: str, interval: Interval, level: float
) -> Estimate:
    """Put a share into words, with an interval that stays between 0 and 1."""
    few = found.warnings(term, fewest=sides, what="answers on one side")
    how = found.how().replace(", t(", f", {interval} t(")
    if found.value in (0, 1):
        edge = float(stats.beta.ppf((1 + level) / 2, 1, found.n / found.kish))
        low, high = (0.0, edge) if found.value == 0 else (1 - edge, 1.0)
        how, few = "exact binomial for the effective n", (_ALIKE,)
        how += f", Kish design effect {found.kish:.2f}" if found.design.weighted else ""
    elif found.se == 0:
        low = high = found.value
        few = (_FIXED,)
    elif interval == "beta":
        low, high = _beta(found, level=level)
    else:
        low, high = _logit(found, level=level)
    return Estimate(
        term=term,
        value=found.value,
        se=found.se,
        low=low,
        high=high,
        level=level,
        n=found.n,
        dropped=found.dropped,
        unit="share",
        method=f"{found.kind()}share, {how}",
        assumptions=found.assumptions(),
        warnings=few,
    )


def _logit(found: SurveyStatistic, *, level: float) -> tuple[float, float]:
    logit = np.log(found.value / (1 - found.value))
    reach = found.reach(level) / (found.value * (1 - found.value))
    low, high = (float(1 / (1 + np.exp(-x))) for x in (logit - reach, logit + reach))
    return low, high


def _beta(found: SurveyStatistic, *, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    shorter = stats.t.ppf(tail, found.n - 1) / stats.t.ppf(tail, found.df)
    effective = found.value * (1 - found.value) / found.se**2 * shorter**2
    true = effective * found.value
    low = stats.beta.ppf(tail, true, effective - true + 1)
    high = stats.beta.ppf(1 - tail, true + 1, effective - true)
    return float(low), float(high)
