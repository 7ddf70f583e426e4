"""Places that got more or less: does the outcome go with the dose, within places and periods?"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.analyses.dose_beside import before, by_counts, by_lag, by_lead, by_place
from outcomes.analyses.dose_grid import DoseGrid, dose_grid
from outcomes.analyses.dose_response import Asked, Response, response, slopes, widened, within
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate, without
from outcomes.stats.inference_choice import MANY, choose_inference
from outcomes.stats.path_permutation import path_permutation, path_test
from outcomes.stats.poisson_fixed_effects import poisson_fixed_effects

MOST_SWAPPED = 200  # places up to which whole paths of doses are swapped among them
PARALLEL = (
    "but for the dose, all places would have moved alike from one period to the next, and no place "
    "got its dose for what was to come anyway"
)
SAME = "a unit of dose goes with the same difference everywhere, however much there was already"
ASSOCIATION = (
    "this is an association: nobody assigned the dose, so that what moved the dose may have moved "
    "the outcome too"
)
NO_RAW = (
    "do not correlate raw places and periods instead: in simulations without any change that "
    "called 9 to 50 % of studies real"
)


def dose(
    panel: PanelTable,
    *,
    level: float = 0.95,
    lags: Sequence[int] = (0,),
    leads: Sequence[int] = (1,),
    step: tuple[float, str] = (1.0, "of the dose"),
    assigned: bool = False,
    verified: pd.DataFrame | None = None,
) -> list[Estimate]:
    """Compare a place's better dosed periods with its others, beyond what all places shared.

    Args:
        panel: The outcome and the dose by place and period. With ``exposure`` the outcome is taken
            for a count, and slopes are ratios. With ``se`` the outcome is taken for an estimate:
            values count by how well they were measured, and limits are no narrower than that.
        level: Confidence level.
        lags: Which periods' doses are added up: 0 the same period, 1 the one before.
        leads: For which later doses a check is made: the outcome cannot follow them.
        step: Of how much dose the slope is told, and what it is of: ``(100, "walk minutes")``.
        assigned: The dose was assigned by lot or rule, not chosen place by place.
        verified: A second record of the dose, in the layout of ``panel.dose``, such as walks that
            dispatch data confirm.

    Returns:
        The slope on the doses of all lags together, which leads: p (and limits, but for counts)
        from swapping whole paths of doses among places. Then the slope on the dose so far, on the
        verified dose, on each lag and lead, and the leading slope by other tests.

    Raises:
        DataError: There is no dose, or cannot tell: too few places, too few that differ, or
            nothing left within places and periods.
    """
    if panel.dose is None:
        raise DataError("there is no dose: say how much of the output each place got")
    grid = dose_grid(panel, panel.dose, lags=lags, leads=leads, step=step[0])
    asked = _asked(panel, grid, step=step, level=level)
    window = grid.window()
    path = grid.together(window=window)
    made = response(grid, path, window=window)
    too_few = _too_few(made, level=level)
    _moves(made, name=panel.name)
    leading = _leading(grid, made, window=window, asked=asked)
    leading, sofar = _where_told(leading, "the dose so far", lambda: _sofar(grid, asked))
    leading, lags_apart = _where_told(leading, "each lag by itself", lambda: by_lag(grid, asked))
    leading, ahead = _where_told(leading, "the check of later doses", lambda: by_lead(grid, asked))
    leading, clustered = _where_told(
        leading, "the slope by errors of places", lambda: _by_cluster(made, asked)
    )
    leading, own_slopes = _where_told(leading, "one slope a place", lambda: by_place(made, asked))
    found = [leading, *sofar, *_verified(panel, verified, grid=grid, step=step, level=level)]
    found += [*lags_apart, *ahead, *clustered, *own_slopes, *by_counts(made, asked)]
    warnings = (
        *(() if assigned else (ASSOCIATION,)),
        *_moves_ahead(ahead, level=level),
        *_disagree(leading, clustered, level=level),
        *_told(panel, grid, made, verified=verified),
        *leading.warnings,
        *too_few,
        NO_RAW,
    )
    found[0] = replace(leading, warnings=warnings)
    return [_named(one, panel, grid) for one in found]


def _asked(panel: PanelTable, grid: DoseGrid, *, step: tuple[float, str], level: float) -> Asked:
    more = f"{step[0]:g} {step[1]}"
    when = "" if grid.lags == (0,) else f" ({_lags(grid.lags)} added up)"
    unit = f"times as many {panel.unit}" if panel.exposure is not None else panel.unit
    return Asked(
        term=f"{panel.name}: difference that goes with {more} more{when}, within places and "
        "periods",
        unit=f"{unit}, per {more}",
        level=level,
    )


def _lags(lags: Sequence[int]) -> str:
    said = [before(lag) for lag in lags]
    return ", ".join(said[:-1]) + (" and " if len(said) > 1 else "") + said[-1]


def _moves(made: Response, *, name: str) -> None:
    """Refuse an outcome that never differs between places: a slope of 0 would look certain."""
    fitted = within(made)
    moved = fitted.residual + fitted.regressors @ fitted.slope
    if not np.abs(moved).max() > 1e-9 * np.nanmax(np.abs(made.values)):
        raise DataError(
            f"cannot tell: {name} moved alike in all places, so there is no spread to judge "
            "chance by; more places, or an outcome that varies, would be needed"
        )


def _too_few(made: Response, *, level: float) -> tuple[str, ...]:
    """Refuse where no test of whole paths could reach what is asked for."""
    paths = made.regressors[:, :, 0]
    if len(paths) >= MANY:
        return ()
    _, alike = np.unique(paths, axis=0, return_counts=True)
    dosed = int((paths > 0).any(axis=1).sum())
    return choose_inference(
        design="dose",
        treated=dosed,
        untreated=len(paths) - dosed,
        periods=paths.shape[1],
        alike=alike.tolist(),
        level=level,
    ).warnings


def _leading(grid: DoseGrid, made: Response, *, window: slice, asked: Asked) -> Estimate:
    path = made.regressors[:, :, 0]
    if made.fit is not None:
        return _leading_ratio(grid, made, window=window, asked=asked)
    if len(path) > MOST_SWAPPED:
        (found,) = slopes(made, asked, terms=[asked.term])
    else:
        found = path_permutation(
            made.values,
            path,
            term=asked.term,
            unit=asked.unit,
            weights=made.weights,
            level=asked.level,
        )
        found = widened(found, made)
    return replace(found, assumptions=(PARALLEL, SAME, *found.assumptions[:1]))


def _leading_ratio(grid: DoseGrid, made: Response, *, window: slice, asked: Asked) -> Estimate:
    """Give the ratio of a Poisson regression, limits by place, p from swapping paths."""
    (found,) = slopes(made, asked, terms=[asked.term])
    assumptions = (PARALLEL, SAME, "places are independent of each other")
    if len(made.values) > MOST_SWAPPED or grid.exposure is None:
        return replace(found, assumptions=assumptions)
    none = poisson_fixed_effects(
        grid.outcome[:, window], exposure=grid.exposure[:, window]
    )  # what is expected of each place and period if the dose says nothing
    beyond = (none.counts - none.expected) / none.expected
    swapped = path_test(beyond, made.regressors[:, :, 0], weights=none.expected, level=asked.level)
    ways = f"{'exact' if swapped.exact else 'drawn'} permutation p over paths of doses"
    return replace(found, p=swapped.p, method=f"{found.method}, {ways}", assumptions=assumptions)


def _where_told(
    leading: Estimate, what: str, check: Callable[[], list[Estimate]]
) -> tuple[Estimate, list[Estimate]]:
    """Make a check, or say with what leads why these data do not allow it."""
    try:
        return leading, check()
    except DataError as reason:
        return without(leading, what, reason), []


def _by_cluster(made: Response, asked: Asked) -> list[Estimate]:
    """Give the slope by clustered errors beside; nothing where they cannot hold, or lead."""
    if len(made.values) > MOST_SWAPPED:
        return []
    return slopes(made, asked, terms=[f"{asked.term} (by errors of places)"])


def _sofar(grid: DoseGrid, asked: Asked) -> list[Estimate]:
    """Ask the same of the dose of all periods so far, for what builds up and does not fade."""
    window = slice(0, grid.dose.shape[1])
    own = _of_kind(asked, "dose so far, added up since the first period")
    made = response(grid, grid.sofar(), window=window)
    return [_leading(grid, made, window=window, asked=own)]


def _verified(
    panel: PanelTable,
    verified: pd.DataFrame | None,
    *,
    grid: DoseGrid,
    step: tuple[float, str],
    level: float,
) -> list[Estimate]:
    """Ask the same of the verified dose."""
    if verified is None:
        return []
    other = dose_grid(panel, verified, lags=grid.lags, step=step[0])
    window = other.window()
    asked = _of_kind(_asked(panel, other, step=step, level=level), "verified dose")
    made = response(other, other.together(window=window), window=window)
    found = _leading(other, made, window=window, asked=asked)
    return [replace(found, warnings=other.warnings)]


def _of_kind(asked: Asked, kind: str) -> Asked:
    """Say of which dose a term is."""
    return replace(asked, term=f"{asked.term} ({kind})")


def _moves_ahead(ahead: Sequence[Estimate], *, level: float) -> tuple[str, ...]:
    clear = [one for one in ahead if one.p is not None and one.p <= 1 - level + 1e-9]
    if not clear:
        return ()
    p = min(one.p for one in clear if one.p is not None)
    return (
        f"the outcome moves before the dose does (p {p:.3f} of a later dose): the dose may follow "
        "the outcome, and then this number says little of what the dose does",
    )


def _disagree(leading: Estimate, beside: Sequence[Estimate], *, level: float) -> tuple[str, ...]:
    if not beside or leading.p is None or beside[0].p is None:
        return ()
    if (leading.p <= 1 - level + 1e-9) == (beside[0].p <= 1 - level + 1e-9):
        return ()
    return (
        f"two tests that hold disagree (p {leading.p:.3f} by swapping paths, {beside[0].p:.3f} by "
        "errors of places): take it for unclear",
    )


def _told(
    panel: PanelTable, grid: DoseGrid, made: Response, *, verified: pd.DataFrame | None
) -> tuple[str, ...]:
    """Say what was left out, and what the numbers rest on."""
    told = list(grid.warnings)
    if made.fit is not None and (nothing := int((~made.fit.places).sum())):
        told.append(
            f"{nothing} places in which nothing was ever counted are left out: no ratio can be "
            "told of them"
        )
    if made.errors is not None:
        told.append(
            "the outcome is itself an estimate: its errors are taken as independent from one "
            "period to the next"
        )
    if verified is not None and panel.dose is not None:
        both = panel.dose.notna() & verified.reindex_like(panel.dose).notna()
        reported = float(panel.dose.where(both).to_numpy(dtype=float)[both.to_numpy()].sum())
        held = float(verified.reindex_like(panel.dose).to_numpy(dtype=float)[both.to_numpy()].sum())
        if reported > 0:
            told.append(f"{held / reported:.0%} of the reported dose is verified")
    return tuple(told)


def _named(estimate: Estimate, panel: PanelTable, grid: DoseGrid) -> Estimate:
    return replace(
        estimate,
        analysis="dose",
        measure=panel.measure,
        dropped=grid.dropped,
        period=f"{grid.labels[0]} to {grid.labels[-1]}",
    )
