"""How large a change a study would find that is planned by hand, from a table of the past."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outcomes.analyses.panel_table import PanelTable, wide_table
from outcomes.analyses.power import Design, power
from outcomes.analyses.power_crossection import PlannedWaves, power_crossection
from outcomes.analyses.power_dose import power_dose
from outcomes.analyses.power_few import power_few
from outcomes.analyses.power_interrupted import PlannedSeries, power_interrupted
from outcomes.analyses.power_prepost import PlannedClass, power_prepost
from outcomes.analyses.power_staggered import Starts, power_staggered
from outcomes.analyses.power_told import Asked, Power
from outcomes.errors import DataError, one_of
from outcomes.pipeline.plan_power import are_counts
from outcomes.sheets import read_any
from outcomes.stats.inference_choice import FEWEST

TWO = 2  # occasions of a class
FEWEST_SAID = {"treated": 1, "untreated": 0, "before": 1, "after": 1, "people": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A study that is planned by hand: columns of the table, and numbers; None where not said."""

    outcome: str | None = None  # column
    unit: str | None = None  # column: the places, or the people of a class
    time: str | None = None  # column
    dose: str | None = None  # column: the dose that is planned for each place and period
    treated: int | None = None  # places
    untreated: int | None = None
    before: int | None = None  # periods before the start, or before the first one
    after: int | None = None  # periods from then on
    starts: tuple[int, ...] | None = None  # of each treated place: periods after the first start
    people: int | None = None  # of a class, or in each place and wave


def power_of_file(path: Path, planned: ByHand, *, design: str, asked: Asked) -> Power:
    """Simulate a planned study with the spread of a table of the past.

    Args:
        path: One row a place and time from before any start; for ``prepost`` one a person and
            occasion, two occasions; for ``crossection`` one an answer, ``unit`` the place.
        planned: The columns and the planned study.
        design: One of ``NEEDS``.
        asked: What is asked.

    Raises:
        FileError: The file cannot be read as a table.
        DataError: Something that the design needs is not said, or said and not needed; a column
            is missing or wrong, or the past is too short.
    """
    if design not in NEEDS:
        raise DataError(f"no design {design!r}. {one_of(design, list(NEEDS))}")
    _said(planned, design=design)
    return _SIMULATED[design](read_any(path), planned, asked)


def _said(planned: ByHand, *, design: str) -> None:
    for field in fields(planned):
        needed, said = field.name in NEEDS[design], getattr(planned, field.name) is not None
        if needed and not said:
            raise DataError(f"--panel needs --{field.name} too: say it, or leave --panel out")
        if said and not needed:
            raise DataError(
                f"--{field.name} says nothing of a study with --design {design}. Leave it out, or "
                "name the design that you mean"
            )
    for name, least in FEWEST_SAID.items():
        number = getattr(planned, name)
        if number is not None and number < least:
            raise DataError(f"--{name} {number}: it says how many, so write {least} or more")


def _past(table: pd.DataFrame, planned: ByHand) -> PanelTable:
    outcome, unit, time = _columns(planned)
    grid = wide_table(table, outcome, unit=unit, time=time)
    return PanelTable(outcome=grid, name=outcome, unit=outcome, start={}, whole=unit, when=time)


def _columns(planned: ByHand) -> tuple[str, str, str]:
    return str(planned.outcome), str(planned.unit), str(planned.time)


def _one_start(table: pd.DataFrame, planned: ByHand, asked: Asked) -> Power:
    return _common(table, planned, asked, swapping=True)


def _few(table: pd.DataFrame, planned: ByHand, asked: Asked) -> Power:
    return _common(table, planned, asked, swapping=False)


def _common(table: pd.DataFrame, planned: ByHand, asked: Asked, *, swapping: bool) -> Power:
    past, design = _past(table, planned), Design(swapping=swapping, **_numbers(planned))
    counts = are_counts(past.outcome)
    few = design.treated + design.untreated < FEWEST and min(design.treated, design.untreated) > 0
    if few and not swapping:
        return power_few(past, design, asked, counts=counts)
    return power(
        past, design, effect=asked.effect, counts=counts, level=asked.level, runs=asked.runs
    )


def _numbers(planned: ByHand) -> dict[str, Any]:
    names = ("treated", "untreated", "before", "after")
    return {name: getattr(planned, name) for name in names}


def _staggered(table: pd.DataFrame, planned: ByHand, asked: Asked) -> Power:
    past, before = _past(table, planned), planned.before or 0
    starts = Starts(
        first=tuple(before + later for later in planned.starts or ()),
        untreated=planned.untreated or 0,
        periods=before + (planned.after or 0),
    )
    return power_staggered(past, starts, asked, counts=are_counts(past.outcome))


def _interrupted(table: pd.DataFrame, planned: ByHand, asked: Asked) -> Power:
    past = _past(table, planned)
    values = past.outcome.dropna(axis=1).mean(axis=0).to_numpy(dtype=float)
    series = PlannedSeries(
        past=values,
        before=planned.before or 0,
        after=planned.after or 0,
        name=past.name,
        unit=past.unit,
        places=len(past.places),
        when=past.when,
    )
    return power_interrupted(series, asked)


def _dose(table: pd.DataFrame, planned: ByHand, asked: Asked) -> Power:
    past = _past(table, planned)
    _, unit, time = _columns(planned)
    doses = wide_table(table, str(planned.dose), unit=unit, time=time)
    doses = doses.reindex_like(past.outcome).to_numpy(dtype=float)
    return power_dose(past, doses, asked, counts=are_counts(past.outcome))


def _class(table: pd.DataFrame, planned: ByHand, asked: Asked) -> Power:
    past = _past(table, planned)
    if len(past.periods) != TWO:
        raise DataError(
            f"a class answers on two occasions, before and after, and {planned.time!r} holds "
            f"{len(past.periods)}"
        )
    return power_prepost(
        PlannedClass(
            people=planned.people or 0,
            past=past.outcome.to_numpy(dtype=float),
            name=past.name,
            unit=past.name,
        ),
        asked,
    )


def _residents(table: pd.DataFrame, planned: ByHand, asked: Asked) -> Power:
    outcome, unit, time = _columns(planned)
    rows = table.assign(**{".row": np.arange(len(table))})
    wide_table(rows, outcome, unit=".row", time=time)  # refuses what is no number, and blanks
    wide_table(rows, outcome, unit=".row", time=unit)
    past = pd.DataFrame(
        {
            "place": table[unit].astype(str),
            "period": table[time],
            "value": pd.to_numeric(table[outcome], errors="coerce"),
        }
    ).dropna()
    return power_crossection(
        PlannedWaves(
            focus=planned.treated or 0,
            comparison=planned.untreated or 0,
            people=planned.people or 0,
            past=past,
            name=outcome,
            unit=outcome,
        ),
        asked,
    )


_PANEL = ("outcome", "unit", "time")
_PLACES = (*_PANEL, "treated", "untreated", "before", "after")
NEEDS: dict[str, tuple[str, ...]] = {  # design: what must be said of it
    "did": _PLACES,
    "few-treated": _PLACES,
    "staggered": (*_PANEL, "untreated", "before", "after", "starts"),
    "interrupted": (*_PANEL, "before", "after"),
    "dose": (*_PANEL, "dose"),
    "prepost": (*_PANEL, "people"),
    "crossection": (*_PANEL, "treated", "untreated", "people"),
}
_SIMULATED: dict[str, Callable[[pd.DataFrame, ByHand, Asked], Power]] = {
    "did": _one_start,
    "few-treated": _few,
    "staggered": _staggered,
    "interrupted": _interrupted,
    "dose": _dose,
    "prepost": _class,
    "crossection": _residents,
}
