"""Before a study of so few places that only periods can tell: what would it find?"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power import Design
from outcomes.analyses.power_past import short_past, spread_of_past
from outcomes.analyses.power_told import Asked, Power, Told, power_told
from outcomes.errors import DataError
from outcomes.stats.inference_choice import FEWEST as FEWEST_PLACES
from outcomes.stats.minimum_detectable import Floats
from outcomes.stats.place_spread import simulated_panels, with_changes
from outcomes.stats.step_change import FEWEST, FEWEST_A_SIDE
from outcomes.stats.step_decisions import found_by_step


def power_few(past: PanelTable, design: Design, asked: Asked, *, counts: bool) -> Power:
    """Simulate fewer than five places, and test them as ``few_treated`` does: a step in one series.

    Args:
        past: The outcome before any start, of the same places or of others like them.
        design: The planned study, with fewer than five places.
        asked: What is asked.
        counts: Whether the outcome is a count.

    Raises:
        DataError: Cannot tell: the past or the planned study is too short.
    """
    periods = design.before + design.after
    _require_periods(design, when=past.when)
    spread = spread_of_past(past, counts=counts)
    places = design.treated + design.untreated
    rng = np.random.default_rng(asked.seed)
    nothing = simulated_panels(spread, shape=(asked.runs, places, periods), rng=rng)
    chosen = np.arange(places) < design.treated
    where = np.outer(chosen, np.arange(periods) >= design.before).astype(float)
    usual = float(spread.means.mean()) if counts else 0.0
    noise = usual * (1 / design.treated + 1 / design.untreated)

    def decide(sizes: Floats) -> Iterator[np.ndarray]:
        changed = with_changes(nothing, where, sizes=sizes, counts=counts, seed=asked.seed)
        for values in changed:
            series = _apart(values, chosen)
            yield found_by_step(series, before=design.before, noise=noise, level=asked.level)

    told = Told(
        name=past.name,
        setting=f"{design.treated} treated and {design.untreated} other places, {design.before} "
        f"{past.when}s before and {design.after} after",
        who=f"{design.treated} places against {design.untreated}",
        unit=f"{past.unit} a {past.when} in each {past.whole}",
        test="a step in one series with AR(1) errors, simulated critical values, for places are "
        "too few to swap; one that a drift makes as much is refused, and counts as not found",
        n=places,
        level=asked.level,
        runs=asked.runs,
        measure=past.measure,
        warnings=short_past(spread),
    )
    series = _apart(nothing, chosen)
    means = series[:, design.before :].mean(axis=1) - series[:, : design.before].mean(axis=1)
    return power_told(decide, told, error=float(means.std()), effect=asked.effect)


def _apart(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
    apart: Floats = values[:, chosen].mean(axis=1) - values[:, ~chosen].mean(axis=1)
    return apart


def _require_periods(design: Design, *, when: str) -> None:
    sides = design.before, design.after
    if min(sides) >= FEWEST_A_SIDE and sum(sides) >= FEWEST:
        return
    raise DataError(
        f"cannot tell: {design.treated} against {design.untreated} places are too few to swap, and "
        f"{design.before} {when}s before the start and {design.after} after are too few to see how "
        f"long one series drifts. {FEWEST_PLACES} places would be needed, or {FEWEST} {when}s, "
        f"{FEWEST_A_SIDE} or more on each side of the start"
    )
