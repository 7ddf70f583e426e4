"""Before a study with starts at different times: how large a change would it find?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power_past import short_past, spread_of_past
from outcomes.analyses.power_told import Asked, Power, Told, power_told
from outcomes.errors import DataError
from outcomes.stats.inference_choice import MANY, choose_inference
from outcomes.stats.minimum_detectable import Floats
from outcomes.stats.place_spread import simulated_panels, with_changes
from outcomes.stats.staggered_decisions import (
    StaggeredTest,
    found_by_staggered,
    staggered_test,
    staggered_values,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """The starts of a planned study."""

    first: tuple[int, ...]  # the position of each treated place's first period, counted from 0
    untreated: int  # places that never start
    periods: int

    @property
    def places(self) -> int:
        """How many places there are."""
        return len(self.first) + self.untreated


def power_staggered(past: PanelTable, planned: Starts, asked: Asked, *, counts: bool) -> Power:
    """Simulate the planned study with the spread of the past, and test it as ``staggered`` does.

    Args:
        past: The outcome before any start, of the same places or of others like them.
        planned: Who starts when.
        asked: What is asked.
        counts: Whether the outcome is a count.

    Raises:
        DataError: Cannot tell: the past is too short, a start lies outside the periods, nobody is
            left to compare with, or there are too few ways to swap dates; with what is needed.
    """
    test = _test(planned, level=asked.level)
    spread = spread_of_past(past, counts=counts)
    shape = (asked.runs, planned.places, planned.periods)
    nothing = simulated_panels(spread, shape=shape, rng=np.random.default_rng(asked.seed))

    def decide(sizes: Floats) -> Iterator[np.ndarray]:
        changed = with_changes(nothing, test.own, sizes=sizes, counts=counts, seed=asked.seed)
        return (found_by_staggered(values, test) for values in changed)

    told = Told(
        name=past.name,
        setting=f"{_who(planned)}, over {planned.periods} {past.when}s",
        who=_who(planned),
        unit=f"{past.unit} a {past.when} in each {past.whole}",
        test="t interval of group-time changes and permutation of the starting dates",
        n=planned.places,
        level=asked.level,
        runs=asked.runs,
        measure=past.measure,
        warnings=short_past(spread),
    )
    error = float(staggered_values(nothing, test)[0].std())
    return power_told(decide, told, error=error, effect=asked.effect)


def _who(planned: Starts) -> str:
    dates = len(set(planned.first))
    when = "one date" if dates == 1 else f"{dates} dates"
    never = f"{planned.untreated} that never do" if planned.untreated else "none that never do"
    return f"{len(planned.first)} places that start at {when} and {never}"


def _test(planned: Starts, *, level: float) -> StaggeredTest:
    if not planned.first or not all(0 < each < planned.periods for each in planned.first):
        raise DataError(
            "cannot tell: each start needs a period before it, and must lie within the "
            f"{planned.periods} periods of the study"
        )
    if planned.places >= MANY:
        raise DataError(
            f"cannot tell: staggered starts are simulated for fewer than {MANY} places, and there "
            f"are {planned.places}; with so many, ask for one common start for a first idea"
        )
    _, alike = np.unique(planned.first, return_counts=True)
    choice = choose_inference(
        design="staggered",
        treated=len(planned.first),
        untreated=planned.untreated,
        periods=planned.periods,
        alike=alike.tolist(),
        level=level,
    )
    if not choice.can_reach:
        raise DataError(f"cannot tell: {choice.warnings[-1]}")
    never = [-1] * planned.untreated
    return staggered_test([*planned.first, *never], periods=planned.periods, level=level)
