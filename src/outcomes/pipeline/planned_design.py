"""Run the design that the plan names, where it is another than the comparison at one start."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from outcomes.analyses.dose import dose
from outcomes.analyses.few_treated import few_treated
from outcomes.analyses.interrupted import interrupted
from outcomes.analyses.panel_table import PanelTable, panel_of_measures
from outcomes.analyses.staggered import staggered
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.settings import Plan
from outcomes.study import Study

DESIGNS: dict[str, Callable[..., list[Estimate]]] = {
    "staggered": staggered,
    "interrupted": interrupted,
    "dose": dose,
    "few-treated": few_treated,
}


def planned_design(
    measures: pd.DataFrame, outcome: str, *, study: Study, plan: Plan
) -> list[Estimate]:
    """Answer for one outcome by the design of the plan.

    Args:
        measures: The measures table.
        outcome: A registered outcome by place and month.
        study: The study; a month that a start cuts in two is left out in that place.
        plan: Its plan, with one of ``DESIGNS``; for dose, its output is the dose.

    Raises:
        DataError: The design cannot answer from these data, or a start lies after them.
    """
    months = study.months()
    starts = {place.code: place.start for place in study.places("focus") if place.start}
    places = [*starts, *(place.code for place in study.places("comparison"))]
    panel = panel_of_measures(
        measures,
        outcome,
        places=places,
        periods=months,
        start={code: first_whole(day, months) for code, day in starts.items()},
        output=plan.output if plan.design == "dose" else None,
    )
    panel = replace(_without_cut_months(panel, starts), when="month")
    return DESIGNS[str(plan.design)](panel, level=plan.level)


def first_whole(day: date, months: list[str]) -> str:
    """Find the first month that lies wholly after a start."""
    month = f"{day:%Y-%m}"
    later = [each for each in months if each > month or (each == month and day.day == 1)]
    if not later:
        raise DataError(f"the study has no whole month after the start on {day}")
    return later[0]


def _without_cut_months(panel: PanelTable, starts: dict[str, date]) -> PanelTable:
    outcome = panel.outcome.copy()
    for place, day in starts.items():
        month = f"{day:%Y-%m}"
        if day.day != 1 and month in outcome.columns:
            outcome.loc[place, month] = np.nan
    return replace(panel, outcome=outcome)
