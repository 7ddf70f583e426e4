"""Interrupted series: did level or slope change at the start, beyond what chance makes?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from outcomes.analyses.interrupted_beside import beside
from outcomes.analyses.interrupted_warnings import (
    FEW,
    break_elsewhere,
    series_assumptions,
    series_warnings,
)
from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.treated_series import Floats, TreatedSeries, treated_series
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.ar1_reml import Ar1Regression, ar1_reml
from outcomes.stats.largest_break import EDGE, LargestBreak, largest_break
from outcomes.stats.restricted_critical_values import restricted_critical
from outcomes.stats.segmented_series import SegmentedSeries, segmented_series
from outcomes.stats.simulated_critical_values import (
    CriticalValues,
    simulated_critical_values,
)
from outcomes.stats.wording import drift_or_change, refused

FEWEST = 8  # periods in all, below which nothing can be said


def interrupted(
    panel: PanelTable,
    *,
    level: float = 0.95,
    season: int | None = None,
    control: bool = True,
    phase_in: int = 0,
    each: bool = False,
    counts: bool = False,
) -> list[Estimate]:
    """Ask whether the treated places' series changed its level or its slope at the start.

    Args:
        panel: The outcome by place and period. With ``exposure`` the outcome is taken for a count.
        level: Confidence level.
        season: How many periods make one season (12 for months), to be taken out; none if None.
        control: Take the mean of the untreated places off, where there are any, so that what
            happened everywhere is no change.
        phase_in: How many periods from the start on are left out, because the work was still
            getting under way.
        each: One series a treated place, instead of one of all together.
        counts: The outcome is a count: ratios are given, or differences where counts are small.

    Returns:
        For each series: the change of level at the start (it leads), the change of slope, the
        distance from the continued trend in the last period, where that trend would have led,
        and, labelled so, what customary methods say that raise more false alarms. A change that
        is clear only where errors hang together as they seem to beside it, and not as they would
        without it, is refused: it is told without limits and p, and says what is needed.

    Raises:
        DataError: No place is treated, starts differ, fewer than eight periods in all or three on
            either side, too few full seasons, or a series without any spread.
    """
    if not panel.treated:
        raise DataError(f"no {panel.whole} is treated, so no series has a start")
    groups = [[place] for place in panel.treated] if each else [panel.treated]
    counted = counts or panel.exposure is not None
    found = []
    for places in groups:
        series = treated_series(panel, places, control=control, phase_in=phase_in, counts=counted)
        found += _of_series(panel, series, level=level, season=season, phase_in=phase_in)
    return found


def _of_series(
    panel: PanelTable, series: TreatedSeries, *, level: float, season: int | None, phase_in: int
) -> list[Estimate]:
    _long_enough(series)
    parts = segmented_series(series.times, start=series.start, season=season)
    fit = ar1_reml(series.values, parts.design, times=series.times)
    chance = simulated_critical_values(
        fit.phi,
        parts.design,
        times=series.times,
        contrasts=parts.contrasts,
        noise=min(series.noise / fit.sd**2, 1.0),
    )
    broken = _broken(series, parts, chance)
    common = Estimate(
        term="series",
        value=0.0,
        low=0.0,
        high=0.0,
        level=level,
        n=len(series.places) + len(series.others),
        dropped=series.left_out,
        unit=panel.unit,
        method=_method(series, parts, fit, chance),
        assumptions=series_assumptions(series, parts, broken),
        warnings=series_warnings(series, parts, phi=chance.phi, season=season)
        + break_elsewhere(series, broken, level=level),
        analysis="interrupted",
        measure=panel.measure,
        place=series.places[0] if len(series.places) == 1 else "",
        period=f"{series.labels[0]} to {series.labels[-1]}",
    )
    leading = _leading(panel, series, parts, fit=fit, chance=chance, common=common)
    if phase_in:
        note = f"the first {phase_in} periods from the start on are left out (phase-in)"
        leading = [replace(one, warnings=(note, *one.warnings)) for one in leading]
    return [*_with_fading(leading, parts), *beside(series, parts, common=common)]


def _long_enough(series: TreatedSeries) -> None:
    if (n := len(series.values)) < FEWEST:
        raise DataError(
            f"cannot tell: a series of {n} periods is too short to tell a change from a "
            f"trend; {FEWEST} are the fewest, and {2 * FEW} would be needed to be sure of anything"
        )


def _leading(
    panel: PanelTable,
    series: TreatedSeries,
    parts: SegmentedSeries,
    *,
    fit: Ar1Regression,
    chance: CriticalValues,
    common: Estimate,
) -> list[Estimate]:
    """Level, slope, end, and where the trend alone would have led."""
    first = series.labels[int(np.flatnonzero(series.times >= series.start)[0])]
    beyond = "beyond the other places and the trend before" if series.others else "beyond the trend"
    unit, name, last = panel.unit, panel.name, series.labels[-1]
    times = f"times as many {unit}" if series.logs else unit
    told = [
        (f"{name}: change of level at the start ({first}), {beyond}", times),
        (f"{name}: change of slope from {first} on, {beyond}", f"{times}, each further period"),
        (f"{name}: distance from the continued trend in {last}", times),
        (f"{name}: where the trend before alone would have led in {last}", unit),
    ]
    found = []
    for which, (term, each) in enumerate(told[:3] if series.others else told):
        value, se, low, high = _limits(
            parts.contrasts[which], which, fit=fit, chance=chance, level=common.level
        )
        at_zero = which == SegmentedSeries.WITHOUT  # a test against zero asks nothing
        one = replace(
            _exponentials(common, value, low, high)
            if series.logs
            else replace(common, value=value, se=se, low=low, high=high),
            term=term,
            unit=each,
            p=None if at_zero else chance.p(which, value / se),
        )
        found.append(_unless_drift(one, series, parts, which=which, ratio=value / se, found=chance))
    return found


def _unless_drift(
    one: Estimate,
    series: TreatedSeries,
    parts: SegmentedSeries,
    *,
    which: int,
    ratio: float,
    found: CriticalValues,
) -> Estimate:
    """Refuse a change that is clear only by how errors hang together beside it."""
    if one.p is None or one.p > 1 - one.level + 1e-9:
        return one
    without = restricted_critical(
        series.values,
        parts.design,
        times=series.times,
        contrasts=parts.contrasts,
        which=which,
        noise=series.noise,
        level=one.level,
    )
    if abs(ratio) > without.critical:
        return one
    reason = drift_or_change(
        periods=len(series.values),
        when="period",
        beside=found.unbiased,
        without=without.phi,
        needed="more places to compare with" if series.others else "places to compare with",
    )
    return refused(one, reason)


def _limits(
    contrast: Floats, which: int, *, fit: Ar1Regression, chance: CriticalValues, level: float
) -> tuple[float, float, float, float]:
    value = float(contrast @ fit.coefficients)
    se = float(np.sqrt(contrast @ fit.covariance @ contrast))
    margin = chance.critical(which, level=level) * se
    return value, se, value - margin, value + margin


def _exponentials(common: Estimate, value: float, low: float, high: float) -> Estimate:
    with np.errstate(over="ignore"):
        value, low, high = (float(np.exp(part)) for part in (value, low, high))
    return replace(common, value=value, low=low, high=high)


def _broken(
    series: TreatedSeries, parts: SegmentedSeries, chance: CriticalValues
) -> LargestBreak | None:
    """Look for the largest break anywhere; None where the series is too short to look."""
    columns = np.delete(parts.design, (2, 3), axis=1)
    if len(series.values) < max(3 * EDGE, columns.shape[1] + 6):
        return None
    return largest_break(series.values, columns, times=series.times, phi=chance.phi)


def _method(
    series: TreatedSeries,
    parts: SegmentedSeries,
    fit: Ar1Regression,
    chance: CriticalValues,
) -> str:
    before = int((series.times < series.start).sum())
    scale = "logarithms of " if series.logs else ""
    less = f" less the mean of {len(series.others)} untreated" if series.others else ""
    season = f", {parts.season}" if parts.season else ""
    noise = " with counting or measurement error" if series.noise else ""
    return (
        f"segmented regression of {scale}one series{less}, {before} periods before and "
        f"{len(series.times) - before} after{season}; AR(1) errors by REML "
        f"(phi {fit.phi:.2f}, judged at {chance.phi:.2f}), simulated critical values{noise}"
    )


def _with_fading(leading: Sequence[Estimate], parts: SegmentedSeries) -> list[Estimate]:
    """Say that a change shrinks again, where both level and slope are told apart from none."""
    jump, slope = leading[0], leading[1]
    none = 1.0 if jump.unit.startswith("times as many") else 0.0
    sure = all(not one.low <= none <= one.high for one in (jump, slope))
    if not sure or (jump.value > none) == (slope.value > none):
        return list(leading)
    by = np.log if none else np.positive
    left = float(-by(jump.value) / by(slope.value))
    text = (
        f"the change of level fades: at its pace it would be gone {left:.0f} periods after the "
        f"start, of which {parts.after} were seen"
    )
    return [replace(jump, warnings=(*jump.warnings, text)), *leading[1:]]
