"""The outcomes of the plan, tested together as it declares."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from outcomes.analyses.combination import combination
from outcomes.analyses.panel import split_months
from outcomes.analyses.panel_table import PanelTable, panel_of_measures
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import find
from outcomes.settings import Plan
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """How every outcome of the family is laid out."""

    places: list[str]
    periods: list[str]
    start: dict[str, str]


def plan_family(
    measures: pd.DataFrame, primary: str, *, study: Study, plan: Plan, told: Sequence[Estimate]
) -> list[Estimate]:
    """Test the family of the plan together, and say how far its outcomes agree.

    Args:
        measures: The measures table.
        primary: The primary outcome; the family is the plan's.
        study: The study.
        plan: Its plan.
        told: What was compared already: answers of residents enter with their p from there.

    Raises:
        DataError: Fewer than two outcomes of the family could be compared.
    """
    starts = {place.code: place.start for place in study.places("focus") if place.start}
    before, after, _ = split_months(starts, months=study.months())
    laid = _Laid(
        places=[*starts, *(place.code for place in study.places("comparison"))],
        periods=[*before, *after],
        start=dict.fromkeys(starts, after[0]),
    )
    panels: list[PanelTable] = []
    others: list[Estimate] = []
    for code in plan.together:
        if find(code).stream == "records":
            panels += _panel(measures, code, laid=laid)
        else:
            others += [each for each in told if _compares(each, code)][:1]
    if len(panels) + len(others) < 2:
        name = find(primary).name
        raise DataError(f"of the outcomes planned beside {name}, too few could be compared")
    return combination(panels, others=others, adjustment=plan.adjustment, level=plan.level)


def _compares(estimate: Estimate, code: str) -> bool:
    about = estimate.analysis == "crossection" and estimate.measure == code
    return about and estimate.p is not None


def _panel(measures: pd.DataFrame, code: str, *, laid: _Laid) -> list[PanelTable]:
    """Lay an outcome out; one that a place never recorded is told as open elsewhere."""
    try:
        panel = panel_of_measures(
            measures, code, places=laid.places, periods=laid.periods, start=laid.start
        )
    except DataError:
        return []
    return [replace(panel, when="month")]
