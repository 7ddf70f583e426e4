"""The median and other quantiles of a population, from a sample as it was drawn."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.sampling_stages import Floats
from outcomes.stats.survey_design import SurveyDesign
from outcomes.stats.survey_mean import mean_statistic
from outcomes.stats.survey_statistic import answered, as_design


def survey_quantile(
    values: ArrayLike,
    share: float,
    *,
    design: ArrayLike | SurveyDesign | None = None,
    term: str,
    unit: str,
    domain: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate the value that a given share of the population does not exceed.

    Args:
        values: One value a sampled person, shape (n,); NaN where missing.
        share: 0.5 for the median; strictly between 0 and 1.
        design: As in ``survey_mean``.
        term: What is being estimated, in words.
        unit: Of a value.
        domain: As in ``survey_mean``.
        level: Confidence level.

    Returns:
        The smallest value at which the weighted share is reached, with Woodruff's interval: the
        values at the limits of the share's own interval. ``se`` is that interval's width by
        twice the t quantile.

    Raises:
        DataError: As ``survey_mean``, the share is not between 0 and 1, or there are too few
            answers beyond the quantile to give it an interval.

    Source:
        Woodruff (1952), JASA 47: 635-646. Agrees with ``svyquantile(interval.type = "mean",
        qrule = "math")`` of R's survey.
    """
    if not 0 < share < 1:
        raise DataError(f"{term}: a quantile's share must lie between 0 and 1, got {share}")
    y = np.asarray(values, dtype=float).ravel()
    sample = as_design(design, size=y.size, term=term)
    answers = answered(y, sample, term=term, domain=domain)
    used = answers.members(y.size).astype(bool)
    order = np.argsort(y[used], kind="stable")
    ordered, reached = y[used][order], np.cumsum(sample.weights[used][order])
    reached = reached / reached[-1]
    value = _at(ordered, reached, share)
    below = np.where(np.isnan(y), np.nan, (y <= value).astype(float))
    found = mean_statistic(below, sample, term=term, domain=domain)
    critical = float(stats.t.ppf((1 + level) / 2, found.df))
    low, high = found.value - critical * found.se, found.value + critical * found.se
    if low < 0 or high > 1 or found.se == 0:
        raise DataError(f"{term}: too few answers beyond the quantile to give it an interval")
    lower, upper = (_at(ordered, reached, each) for each in (low, high))
    return Estimate(
        term=term,
        value=value,
        se=(upper - lower) / (2 * critical),
        low=min(lower, value),
        high=max(upper, value),
        level=level,
        n=found.n,
        dropped=found.dropped,
        unit=unit,
        method=f"{found.kind()}quantile at {share:g}, Woodruff's interval, {found.how()}",
        assumptions=found.assumptions(),
        warnings=found.warnings(term, fewest=found.n, what="answers"),
    )


def _at(ordered: Floats, reached: Floats, share: float) -> float:
    """Give the smallest value at which the share is reached; rounding must not pass one by."""
    at = int(np.searchsorted(reached, share - 1e-12))
    return float(ordered[min(at, ordered.size - 1)])
