"""What customary methods say of an interrupted series, each with its false-alarm rate beside it."""

from dataclasses import replace

import numpy as np
from scipy import stats

from outcomes.analyses.treated_series import Floats, TreatedSeries
from outcomes.errors import DataError
from outcomes.estimate import Estimate, without
from outcomes.stats.count_series import count_series, negative_binomial_series
from outcomes.stats.newey_west import false_alarms, newey_west
from outcomes.stats.segmented_series import SegmentedSeries

SMALLEST = float(np.finfo(float).tiny)  # a p is never zero
# how often count models called a level change real at 5 % where there was none, 24 to 60 periods
# of about 20, logarithms with phi 0.3 to 0.6 (benchmarks/interrupted_series.py)
QUASI_ALARMS, BINOMIAL_ALARMS = "8 to 22 %", "10 to 25 %"
CAUTION = (
    "for comparison with other reports: this method takes every period for new evidence, and "
    "called {} of series of correlated counts without any change changed in simulations"
)


def beside(series: TreatedSeries, parts: SegmentedSeries, *, common: Estimate) -> list[Estimate]:
    """Give the change of level by methods that raise more false alarms, for comparison only."""
    plain = _newey_west(series, parts, common=common)
    if series.counts is None:
        return [plain]
    try:
        return [plain, *_count_models(series, parts, counts=series.counts, common=common)]
    except DataError as reason:  # nothing counted on one side: only differences can be told
        return [without(plain, "count models", reason)]


def _newey_west(series: TreatedSeries, parts: SegmentedSeries, *, common: Estimate) -> Estimate:
    columns = parts.design
    inverse = np.linalg.inv(columns.T @ columns)
    beta = inverse @ columns.T @ series.values
    scores = columns * (series.values - columns @ beta)[:, None]
    low, high = false_alarms(len(series.values))
    return _labelled(
        common,
        beta[2],
        error=float(np.sqrt(newey_west(scores, inverse)[2, 2])),
        df=len(series.values) - columns.shape[1],
        ratio=series.logs,
        words=("Newey-West", f"least squares, Newey-West errors, t({len(scores) - len(beta)})"),
        caution=f"for comparison with older reports only: of series as long as this without any "
        f"change, this method called {low} to {high} % changed in simulations",
    )


def _count_models(
    series: TreatedSeries, parts: SegmentedSeries, *, counts: Floats, common: Estimate
) -> list[Estimate]:
    """Quasi-Poisson and, where it can be fitted, negative binomial, of the treated places alone."""
    plain = count_series(counts, parts.design, exposure=series.exposure)

    def told(value: float, variance: float, *, name: str, alarms: str) -> Estimate:
        return _labelled(
            replace(common, n=len(series.places)),
            float(value),
            error=float(np.sqrt(variance)),
            df=plain.df,
            ratio=True,
            words=(
                f"{name.split(' (', maxsplit=1)[0]}, treated places alone",
                f"{name}, t({plain.df})",
            ),
            caution=CAUTION.format(alarms),
        )

    quasi = told(
        plain.coefficients[2],
        plain.covariance[2, 2] * max(plain.dispersion, 1.0),
        name=f"quasi-Poisson (dispersion {plain.dispersion:.2f})",
        alarms=QUASI_ALARMS,
    )
    try:
        spread = negative_binomial_series(counts, parts.design, exposure=series.exposure)
    except DataError as reason:  # counts jump no more than chance: quasi-Poisson says all
        return [without(quasi, "a negative binomial", reason)]
    name = f"negative binomial (theta {spread.theta:.1f})"
    value, variance = spread.coefficients[2], spread.covariance[2, 2]
    return [quasi, told(value, variance, name=name, alarms=BINOMIAL_ALARMS)]


def _labelled(
    common: Estimate,
    value: float,
    *,
    error: float,
    df: int,
    ratio: bool,
    words: tuple[str, str],
    caution: str,
) -> Estimate:
    margin = float(stats.t.ppf((1 + common.level) / 2, df)) * error
    limits: Floats = np.array([value, value - margin, value + margin])
    if ratio:
        with np.errstate(over="ignore"):
            limits = np.exp(limits)
    middle, low, high = (float(limit) for limit in limits)
    p = 2 * float(stats.t.sf(abs(value) / error, df)) if error > 0 else SMALLEST
    return replace(
        common,
        term=f"change of level at the start, by another method ({words[0]})",
        value=middle,
        se=float("nan") if ratio else error,
        low=low,
        high=high,
        p=max(p, SMALLEST),
        unit=f"times as many {common.unit}" if ratio else common.unit,
        method=words[1],
        warnings=(caution, *common.warnings),
    )
