"""How large a change the planned study would find: from its plan and its past, or from a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isinf
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.analyses.panel import split_months
from outcomes.analyses.panel_table import PanelTable, panel_of_measures, wide_table
from outcomes.analyses.power import Design, power
from outcomes.analyses.power_told import RUNS, Power
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import find
from outcomes.pipeline.records import count_measures
from outcomes.report.power_plot import draw_power
from outcomes.report.words import number, plain_unit, sentence_case
from outcomes.settings import Plan
from outcomes.sheets import read_any
from outcomes.study import Study, write_whole

_SIMULATED = {"did": True, "few-treated": False}  # design: whether swapping places must agree


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelColumns:
    """Which columns of a file hold what."""

    outcome: str
    unit: str
    time: str


def power_of_plan(study: Study, *, runs: int = RUNS) -> Power:
    """Simulate the study of the plan with the spread of its own past.

    Args:
        study: The study, with counts from before the start in its store.
        runs: How many studies are simulated.

    Raises:
        DataError: There is no plan, its design or primary outcome cannot be simulated, or the
            past is too short.
    """
    plan = study.settings.plan
    if plan is None:
        raise DataError("study.toml holds no [plan], so there is no planned study to simulate")
    swapping = _swapping(plan)
    starts = {place.code: place.start for place in study.places("focus") if place.start}
    comparison = [place.code for place in study.places("comparison")]
    before, after, _ = split_months(starts, months=study.months())
    past = _past(study, plan, places=[*starts, *comparison], first=min(starts.values()).isoformat())
    return power(
        past,
        Design(
            treated=len(starts),
            untreated=len(comparison),
            before=len(before),
            after=len(after),
            swapping=swapping,
        ),
        effect=plan.smallest_effect,
        counts=_are_counts(past.outcome),
        level=plan.level,
        runs=runs,
    )


def power_of_file(
    path: Path,
    columns: PanelColumns,
    *,
    design: Design,
    effect: float | None = None,
    level: float = 0.95,
    runs: int = RUNS,
) -> Power:
    """Simulate a planned study with the spread of a table of the past.

    Args:
        path: One row a place and time, all from before any start.
        columns: Which columns hold what.
        design: The planned study.
        effect: The smallest change worth having.
        level: Confidence level.
        runs: How many studies are simulated.

    Raises:
        FileError: The file cannot be read as a table.
        DataError: A column is missing or wrong, or the past is too short.
    """
    grid = wide_table(read_any(path), columns.outcome, unit=columns.unit, time=columns.time)
    past = PanelTable(
        outcome=grid,
        name=columns.outcome,
        unit=columns.outcome,
        start={},
        whole=columns.unit,
        when=columns.time,
    )
    counts = _are_counts(grid)
    return power(past, design, effect=effect, counts=counts, level=level, runs=runs)


def draw(found: Power, *, picture: Path) -> None:
    """Draw how often changes of each size would be found: .svg, and .png beside it."""
    svg, png = draw_power(
        found.curve,
        title=found.title,
        unit=found.detectable.unit,
        detectable=found.detectable.value,
        effect=found.effect,
    )
    write_whole(picture.with_suffix(".svg"), svg)
    write_whole(picture.with_suffix(".png"), png)


def power_sentences(found: Power) -> list[str]:
    """Say in plain words what the study can find."""
    return [*_each_once(found.estimates), *_cautions(found.estimates)]


def _each_once(estimates: Sequence[Estimate]) -> list[str]:
    told = []
    for each in estimates:
        if isinf(each.value):
            told.append(f"{each.term}: none that was tried.")
            continue
        shown = [number(value, each.unit) for value in (each.value, each.low, each.high)]
        unit = "" if each.unit.startswith("share") else f" {plain_unit(each)}"
        chance = "" if each.low == each.high else f" (for chance {shown[1]} to {shown[2]})"
        told.append(f"{each.term}: {shown[0]}{unit}{chance}.")
    return told


def _cautions(estimates: Sequence[Estimate]) -> list[str]:
    texts = dict.fromkeys(text for each in estimates for text in each.warnings)
    return [f"{sentence_case(text)}." for text in texts]


def _swapping(plan: Plan) -> bool:
    design = plan.design or "did"
    if design not in _SIMULATED:
        raise DataError(
            f"cannot tell: power is simulated for the designs {' and '.join(_SIMULATED)}, and the "
            f"plan names {design}. For a first idea, give a past table with --panel and the "
            "numbers of places and months"
        )
    return _SIMULATED[design]


def _past(study: Study, plan: Plan, *, places: Sequence[str], first: str) -> PanelTable:
    """Take the months before the start, also those before the first day of the study."""
    outcome = find(plan.primary_outcome)
    if outcome.stream != "records":
        raise DataError(
            f"cannot tell: power is simulated from counts by month, and {outcome.name} is asked of "
            "people in waves. How many answers are needed is another question"
        )
    measures = count_measures(study)
    months = sorted(
        period
        for period in measures.loc[measures["measure"] == outcome.code, "period"].unique()
        if period < first[:7]
    )
    if not months:
        raise DataError(
            f"cannot tell: there are no months of {outcome.name} before the start ({first}). "
            "Set first in study.toml to an earlier day, and import the counts from then on"
        )
    past = panel_of_measures(measures, outcome.code, places=places, periods=months, start={})
    return replace(past, when="month")


def _are_counts(grid: pd.DataFrame) -> bool:
    values = grid.to_numpy(dtype=float)
    seen = values[np.isfinite(values)]
    return bool((seen >= 0).all() and (seen == np.round(seen)).all())
