"""Before residents are asked again: how large a change beyond other places would be found?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outcomes.analyses.power_told import AS_BEFORE, Asked, Power, Told, power_told
from outcomes.errors import DataError
from outcomes.stats.inference_choice import choose_inference
from outcomes.stats.minimum_detectable import Floats, found_by_test

ALIKE = "the change is the same in all focus places, and answers spread as they did in the past"
STILL = (
    "residents were asked in one earlier wave only, so nothing shows how far places move by "
    "themselves from wave to wave: they are taken to stand still, and the true answer is larger"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWaves:
    """Two waves of residents' answers that are planned, and earlier ones."""

    focus: int
    comparison: int
    people: int  # answers in each place and wave
    past: pd.DataFrame  # ``place``, ``period`` and ``value``: one row an answer, of earlier waves
    name: str
    unit: str
    measure: str = ""


def power_crossection(planned: PlannedWaves, asked: Asked) -> Power:
    """Simulate two waves with the past's spread, and test them as ``compare_changes`` does.

    Args:
        planned: The waves.
        asked: What is asked.

    Raises:
        DataError: Cannot tell: too few places for a test, with how many would be needed; fewer
            than two answers a place, or answers that were all alike.
    """
    choose_inference(
        design="did", treated=planned.focus, untreated=planned.comparison, periods=2,
        level=asked.level,
    )  # fmt: skip
    within, own, warnings = _spread(planned)
    places = planned.focus + planned.comparison
    error = np.sqrt(2 * within / planned.people + own)
    rng = np.random.default_rng(asked.seed)
    nothing = error * rng.standard_normal((asked.runs, places))
    chosen = np.arange(places) < planned.focus

    def decide(sizes: Floats) -> Iterator[np.ndarray]:
        return (found_by_test(nothing + size * chosen, chosen, level=asked.level) for size in sizes)

    told = Told(
        name=planned.name,
        setting=f"{planned.focus} focus and {planned.comparison} comparison places, "
        f"{planned.people} answers in each place and wave",
        who=f"{planned.focus} places against {planned.comparison}",
        unit=planned.unit,
        test="t interval and permutation of places, one change a place",
        n=places,
        level=asked.level,
        runs=asked.runs,
        measure=planned.measure,
        assumptions=(AS_BEFORE, ALIKE),
        warnings=warnings,
    )
    by_chance = float(error * np.sqrt(1 / planned.focus + 1 / planned.comparison))
    return power_told(decide, told, error=by_chance, effect=asked.effect)


def _spread(planned: PlannedWaves) -> tuple[float, float, tuple[str, ...]]:
    """Give the variance of answers within a place, and of a place's own change between waves."""
    groups = planned.past.groupby(["place", "period"], observed=True)["value"]
    sizes, means, squares = groups.size(), groups.mean(), groups.var(ddof=1)
    free = (sizes - 1).clip(lower=0)
    if free.sum() < 2 or not (squares.fillna(0) * free).sum() > 0:
        raise DataError(
            f"cannot tell: nobody answered {planned.name} before the study, or all answered "
            "alike, so nothing shows how far answers of one place lie apart"
        )
    if planned.people < 2:
        raise DataError("cannot tell: two answers in each place and wave are needed at least")
    within = float((squares.fillna(0) * free).sum() / free.sum())
    table, counted = means.unstack("period"), sizes.unstack("period")
    if table.shape[1] < 2:
        return within, 0.0, (STILL,)
    first, last = table.columns[0], table.columns[-1]
    change = (table[last] - table[first]).dropna()
    chance = within * (1 / counted[first] + 1 / counted[last]).reindex(change.index).mean()
    own = float(change.var(ddof=1) - chance) if len(change) > 1 else 0.0
    return within, max(own, 0.0), () if len(change) > 1 else (STILL,)
