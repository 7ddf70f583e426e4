"""Places that start at different times: did each change beyond those that had not started yet?"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from scipy import stats

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.staggered_grid import Grid, staggered_grid
from outcomes.analyses.staggered_warnings import (
    FEW_IN_COHORT,
    NO_FORESIGHT,
    PARALLEL,
    design_warnings,
    moved_before,
    when_in_words,
    with_drift,
)
from outcomes.analyses.two_way import two_way_for_comparison
from outcomes.errors import DataError, one_of
from outcomes.estimate import Estimate
from outcomes.stats.adoption_permutation import adoption_permutation
from outcomes.stats.cohort_panel import NEVER, CohortPanel, cohort_covariances
from outcomes.stats.efficient_staggered import efficient_staggered
from outcomes.stats.group_time_effects import (
    Comparison,
    Contrasts,
    GroupTimes,
    aggregated,
    group_time_effects,
)
from outcomes.stats.inference_choice import MANY, choose_inference
from outcomes.stats.pooled_spread import Spread, cohort_spread, pooled_spread
from outcomes.stats.simultaneous_band import simultaneous_band
from outcomes.stats.staggered_drift import StaggeredDrift, staggered_drift

Estimator = Literal["group-time", "efficient", "two-way"]
ESTIMATORS = ("group-time", "efficient", "two-way")
COMPARISONS = ("not yet treated", "never treated")
MOST_SWAPPED = 200  # places up to which starting dates are swapped among them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """The overall change first, then by time since the start, and what chance would do."""

    contrasts: Contrasts
    spread: Spread
    p: float  # of the overall change
    method: str
    spread_words: str
    assumptions: tuple[str, ...]
    drift: StaggeredDrift | None = None  # None too where dates are taken to be drawn by lot


def staggered(
    panel: PanelTable,
    *,
    level: float = 0.95,
    estimator: Estimator = "group-time",
    comparison: Comparison = "not yet treated",
) -> list[Estimate]:
    """Compare each place's change after its start with places that had not started by then.

    Args:
        panel: One outcome of several places over time, with the start of each.
        level: Confidence level.
        estimator: ``group-time``: differences in differences by starting date, averaged.
            ``efficient``: more exact, but only where dates were as good as drawn by lot, in 40
            places or more. ``two-way``: two-way fixed effects, shown with their weights, for
            comparison with older studies only.
        comparison: With whom: places that have not started yet, or only those that never do.

    Returns:
        The overall change first, then the change by time since the start: those before the start
        are checks, and the limits of all of these hold together. ``dropped`` counts places.

    Raises:
        DataError: Cannot tell: no place without treatment is left, or there are too few places
            for any test; or a choice that is not known.
    """
    if estimator not in ESTIMATORS:
        raise DataError(f"no estimator {estimator!r}. {one_of(estimator, ESTIMATORS)}")
    if comparison not in COMPARISONS:
        raise DataError(f"no comparison {comparison!r}. {one_of(comparison, COMPARISONS)}")
    grid = staggered_grid(panel)
    if estimator == "two-way":
        return [two_way_for_comparison(panel, grid, level=level)]
    too_few = _too_few(grid.panel, level=level)
    effects = group_time_effects(grid.panel, comparison=comparison)
    judge = _efficient if estimator == "efficient" else _group_time
    judged = judge(grid.panel, effects)
    warnings = (
        *too_few,
        *grid.warnings,
        *design_warnings(grid, effects, comparison=comparison),
    )
    checks = _by_time(panel, grid, judged, level=level)
    moved = tuple(moved_before(checks, level=level))
    overall = _overall(panel, grid, judged, level=level)
    overall = replace(overall, warnings=(*moved, *warnings))
    return [with_drift(overall, judged.drift), *checks]


def _too_few(panel: CohortPanel, *, level: float) -> tuple[str, ...]:
    """Say what speaks against few places, or refuse where no test could judge them."""
    if panel.n >= MANY:
        return ()
    starting = panel.sizes[panel.starts < NEVER].astype(int)
    choice = choose_inference(
        design="staggered",
        treated=int(starting.sum()),
        untreated=panel.n - int(starting.sum()),
        periods=len(panel.times),
        alike=starting.tolist(),
        level=level,
    )
    return choice.warnings


def _group_time(panel: CohortPanel, effects: GroupTimes) -> _Judged:
    overall, _ = aggregated(panel, effects, together="simple")
    contrasts = _joined(overall, aggregated(panel, effects, together="dynamic")[1])
    few = panel.n < MANY or min(panel.sizes[-1], panel.n - panel.sizes[-1]) < FEW_IN_COHORT
    method = "group-time changes averaged by number of places"
    if not few:
        of_cohorts = partial(cohort_spread, panel, covariances=cohort_covariances(panel))
        spread = of_cohorts(contrasts)
        return _Judged(
            contrasts=contrasts,
            spread=spread,
            p=_t_p(contrasts.value[0], spread),
            method=f"{method}, t({spread.df[0]:.0f}) interval and p from the spread in each cohort",
            spread_words="from the spread in each cohort",
            assumptions=(PARALLEL, NO_FORESIGHT, "places are independent of each other"),
            drift=staggered_drift(panel, effects, spread=of_cohorts),
        )
    of_all = partial(pooled_spread, panel, overall)
    spread = of_all(contrasts)
    swapped = panel.n <= MOST_SWAPPED
    p = (
        adoption_permutation(panel, overall.weights[0])
        if swapped
        else _t_p(contrasts.value[0], spread)
    )
    return _Judged(
        contrasts=contrasts,
        spread=spread,
        p=p,
        method=f"{method}, t({spread.df[0]:.1f}) interval from the spread of all places"
        + (", permutation p over the starting dates" if swapped else " and p"),
        spread_words="from the spread of all places",
        assumptions=(
            PARALLEL,
            NO_FORESIGHT,
            "places are independent of each other and, but for their start, equally spread",
        ),
        drift=staggered_drift(panel, effects, spread=of_all),
    )


def _efficient(panel: CohortPanel, effects: GroupTimes) -> _Judged:
    if panel.n < MANY:
        raise DataError(
            f"cannot tell: the efficient estimator needs {MANY} places or more, got {panel.n}; "
            'with fewer its intervals are too narrow, so use the estimator "group-time"'
        )
    covariances = cohort_covariances(panel)
    overall, _ = aggregated(panel, effects, together="simple")
    contrasts = _joined(overall, aggregated(panel, effects, together="dynamic")[1])
    found = efficient_staggered(panel, contrasts, covariances=covariances)
    taken = replace(contrasts, value=found.value, base=contrasts.base * found.slope[:, None, None])
    spread = cohort_spread(panel, taken, covariances=covariances)
    spread = replace(spread, se=np.where(np.isnan(spread.se) | (found.se <= 0), np.nan, found.se))
    return _Judged(
        contrasts=taken,
        spread=spread,
        p=_t_p(found.value[0], spread),
        method="efficient estimator for starts drawn by lot, "
        f"{found.slope[0]:.2f} of the difference before the start taken off, "
        f"t({spread.df[0]:.0f}) interval and p",
        spread_words="from the spread in each cohort",
        assumptions=(
            "the dates of the starts were drawn by lot, or came about as if they had been",
            NO_FORESIGHT,
            "places are independent of each other",
        ),
    )


def _joined(first: Contrasts, rest: Contrasts) -> Contrasts:
    return Contrasts(
        at=np.concatenate([first.at, rest.at]),
        value=np.concatenate([first.value, rest.value]),
        then=np.concatenate([first.then, rest.then]),
        base=np.concatenate([first.base, rest.base]),
        by_share=np.concatenate([first.by_share, rest.by_share]),
    )


def _t_p(value: float, spread: Spread) -> float:
    p = float(2 * stats.t.sf(abs(value) / spread.se[0], spread.df[0]))
    return max(p, float(np.finfo(float).tiny))  # a p is never 0


def _overall(panel: PanelTable, grid: Grid, judged: _Judged, *, level: float) -> Estimate:
    value, se = float(judged.contrasts.value[0]), float(judged.spread.se[0])
    if np.isnan(se):
        raise DataError(
            f"cannot tell: {panel.name} moved alike in all places, so there is no spread to "
            "judge chance by; more places, or an outcome that varies, would be needed"
        )
    margin = float(stats.t.ppf((1 + level) / 2, judged.spread.df[0])) * se
    return Estimate(
        term=f"{panel.name}: change of places after their start, beyond places compared with",
        value=value,
        se=se,
        low=value - margin,
        high=value + margin,
        level=level,
        p=judged.p,
        n=grid.panel.n,
        dropped=grid.dropped,
        unit=panel.unit,
        method=judged.method,
        assumptions=judged.assumptions,
        analysis="staggered",
        measure=panel.measure,
        period=f"{grid.labels[0]} to {grid.labels[-1]}",
    )


def _by_time(panel: PanelTable, grid: Grid, judged: _Judged, *, level: float) -> list[Estimate]:
    """Give the change by time since the start, with limits that hold together."""
    seen = np.flatnonzero(~np.isnan(judged.spread.se))
    seen = seen[seen > 0]
    if not seen.size:
        return []
    at, value = judged.contrasts.at[seen], judged.contrasts.value[seen]
    se, df = judged.spread.se[seen], judged.spread.df[seen]
    band = simultaneous_band(
        value, se, correlation=judged.spread.correlation[np.ix_(seen, seen)], df=df, level=level
    )
    method = (
        f"group-time changes by {grid.word} since the start, {level:.0%} band over {len(seen)} "
        f"estimates {judged.spread_words}, p allowing for all"
    )
    lost = len(judged.spread.se) - 1 - len(seen)
    gone = (f"{lost} {grid.word}s in which nothing moved are not shown",) if lost else ()
    return [
        Estimate(
            term=f"{panel.name}: {_kind(at[i])}, beyond places compared with",
            value=float(value[i]),
            se=float(se[i]),
            low=float(band.low[i]),
            high=float(band.high[i]),
            level=level,
            p=float(band.p[i]),
            n=grid.panel.n,
            dropped=grid.dropped,
            unit=panel.unit,
            method=method,
            assumptions=judged.assumptions,
            warnings=gone,
            analysis="staggered",
            measure=panel.measure,
            period=when_in_words(at[i], word=grid.word),
        )
        for i in range(len(seen))
    ]


def _kind(at: float) -> str:
    return "change of places after their start" if at >= 0 else "check before the start"
