"""What speaks against the comparison of places, and the comparison in every defensible way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from outcomes.analyses.panel import split_months
from outcomes.analyses.panel_table import PanelTable, panel_of_measures
from outcomes.analyses.specification_curve import CURVE, specification_curve
from outcomes.analyses.threats import Surroundings, guarded
from outcomes.errors import DataError
from outcomes.estimate import Estimate, tidy, untidy
from outcomes.measures import wide
from outcomes.settings import Plan
from outcomes.study import Study

TABLE = "specifications"
_ROUND = str.maketrans("[]", "()")
PEOPLE = "population"  # the registered measure of how many live in a place


def guard_places(
    study: Study, measures: pd.DataFrame, estimates: Sequence[Estimate], *, plan: Plan
) -> list[Estimate]:
    """Add what the guards say to each comparison of places, and write each in every way.

    Args:
        study: The study.
        measures: The measures of all streams.
        estimates: All estimates; those of the analysis "panel" are guarded.
        plan: Which output is the dose.

    Returns:
        The estimates, in the same order; ``results/specifications.csv`` is written anew.
    """
    around = _around(study, estimates)
    found: list[Estimate] = []
    curves: list[Estimate] = []
    for each in estimates:
        if each.analysis != "panel":
            found.append(each)
            continue
        panel = _whole_months(study, measures, each.measure, output=plan.output)
        found.append(guarded(each, panel, around=around))
        try:
            curves += specification_curve(
                _panel(study, measures, each.measure), names=around.names, level=each.level
            )
        except DataError:  # the comparison itself stands, and no other way of it can be made
            continue
    study.write_table(TABLE, tidy(curves))
    return found


def read_curves(study: Study) -> dict[str, list[Estimate]]:
    """Read what was written: by measure the summary and its ways; none where no command wrote."""
    found: dict[str, list[Estimate]] = {}
    if not (study.results / f"{TABLE}.csv").exists():
        return found
    for each in untidy(study.read_table(TABLE)):
        if each.analysis == CURVE:
            found[each.measure] = []
        found[each.measure].append(each)
    return found


def _around(study: Study, estimates: Sequence[Estimate]) -> Surroundings:
    """Gather what is known of the places beside the panel."""
    focus = {place.code for place in study.places("focus")}
    return Surroundings(  # square brackets hold what the public must not see: no name may end one
        names={place.code: place.name.translate(_ROUND) for place in study.settings.places},
        next_to={place.code: place.next_to for place in study.settings.places if place.next_to},
        delivered={
            each.place: each.value
            for each in estimates
            if each.analysis == "compliance"
            and each.measure == "walks_counted"
            and each.place in focus
        },
    )


def _starts(study: Study) -> dict[str, date]:
    return {place.code: place.start for place in study.places("focus") if place.start}


def _panel(
    study: Study, measures: pd.DataFrame, outcome: str, *, output: str | None = None
) -> PanelTable:
    """Lay an outcome out by place and month, with its dose; a place starts in the month it does."""
    starts = _starts(study)
    return panel_of_measures(
        measures,
        outcome,
        places=[*starts, *(place.code for place in study.places("comparison"))],
        periods=study.months(),
        start={place: f"{start:%Y-%m}" for place, start in starts.items()},
        output=output,
    )


def _whole_months(study: Study, measures: pd.DataFrame, outcome: str, *, output: str) -> PanelTable:
    """Lay out the months that ``compare_places`` compares: none that the start cuts in two."""
    starts = _starts(study)
    before, after, _ = split_months(starts, months=study.months())
    known = set(measures["measure"])
    panel = _panel(study, measures, outcome, output=output if output in known else None)
    months = [*before, *after]
    people = None
    if PEOPLE in known:
        people = wide(measures, PEOPLE, rows="place", columns="period")
        people = people.reindex(index=panel.places, columns=months).astype(float)
    return replace(
        panel,
        outcome=panel.outcome[months],
        dose=None if panel.dose is None else panel.dose[months],
        se=None if panel.se is None else panel.se[months],
        exposure=people,
        start=dict.fromkeys(starts, after[0]),
    )
