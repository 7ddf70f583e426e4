"""Before a study of so few places that only the start can be moved: what would it find?"""

from collections.abc import Iterator
from math import floor

import numpy as np
from numpy.typing import NDArray

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power import Design
from outcomes.analyses.power_past import short_past, spread_of_past
from outcomes.analyses.power_told import Asked, Power, Told, power_told
from outcomes.errors import DataError
from outcomes.stats.minimum_detectable import Floats
from outcomes.stats.place_spread import simulated_panels, with_changes

TIE = 1e-9  # of the largest value: what differs by less is the same but for rounding


def power_few(past: PanelTable, design: Design, asked: Asked, *, counts: bool) -> Power:
    """Simulate fewer than five places, and test them as ``few_treated`` does: by moving the start.

    Args:
        past: The outcome before any start, of the same places or of others like them.
        design: The planned study, with fewer than five places.
        asked: What is asked.
        counts: Whether the outcome is a count.

    Raises:
        DataError: Cannot tell: the past or the planned study is too short.
    """
    periods = design.before + design.after
    _require_starts(design, when=past.when, level=asked.level)
    spread = spread_of_past(past, counts=counts)
    places = design.treated + design.untreated
    rng = np.random.default_rng(asked.seed)
    nothing = simulated_panels(spread, shape=(asked.runs, places, periods), rng=rng)
    chosen = np.arange(places) < design.treated
    where = np.outer(chosen, np.arange(periods) >= design.before).astype(float)

    def decide(sizes: Floats) -> Iterator[np.ndarray]:
        changed = with_changes(nothing, where, sizes=sizes, counts=counts, seed=asked.seed)
        for values in changed:
            yield found_by_moving(_apart(values, chosen), before=design.before, level=asked.level)

    told = Told(
        name=past.name,
        setting=f"{design.treated} treated and {design.untreated} other places, {design.before} "
        f"{past.when}s before and {design.after} after",
        who=f"{design.treated} places against {design.untreated}",
        unit=f"{past.unit} a {past.when} in each {past.whole}",
        test="moving the start through all periods, for places are too few to swap",
        n=places,
        level=asked.level,
        runs=asked.runs,
        measure=past.measure,
        warnings=short_past(spread),
    )
    series = _apart(nothing, chosen)
    means = series[:, design.before :].mean(axis=1) - series[:, : design.before].mean(axis=1)
    return power_told(decide, told, error=float(means.std()), effect=asked.effect)


def found_by_moving(series: Floats, *, before: int, level: float) -> NDArray[np.bool_]:
    """Say in which series no more than 1 - level of all starts part the means as far.

    Args:
        series: Treated less other places, shape (studies, periods).
        before: Periods before the true start.
        level: Confidence level.

    Returns:
        Shape (studies,); each as ``moving_block`` judges one series.
    """
    values = series - series.mean(axis=1, keepdims=True)
    periods = values.shape[1]
    moved = np.stack([np.roll(values, shift, axis=1) for shift in range(periods)])
    apart = np.abs(moved[:, :, before:].mean(axis=2) - moved[:, :, :before].mean(axis=2))
    tie = TIE * np.abs(values).max(axis=1)
    far = (apart >= apart[0] - tie).sum(axis=0)
    return np.asarray(far <= floor((1 - level) * periods + 1e-9), dtype=bool)


def _apart(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
    apart: Floats = values[:, chosen].mean(axis=1) - values[:, ~chosen].mean(axis=1)
    return apart


def _require_starts(design: Design, *, when: str, level: float) -> None:
    periods = design.before + design.after
    least = (2 if design.before == design.after else 1) / max(periods, 1)
    if min(design.before, design.after) >= 2 and least <= 1 - level + 1e-9:
        return
    raise DataError(
        f"cannot tell: {design.treated} against {design.untreated} places are too few to swap, and "
        f"{design.before} {when}s before the start and {design.after} after are too few to move it "
        f"through. Five places would be needed, or {int(np.ceil(1 / (1 - level) - 1e-9))} {when}s, "
        "two or more on each side of the start and fewer after it than before"
    )
