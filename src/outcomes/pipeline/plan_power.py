"""How large a change the planned study would find: from its plan and its past."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from outcomes.analyses.panel import split_months
from outcomes.analyses.panel_table import PanelTable, panel_of_measures
from outcomes.analyses.power import Design, power
from outcomes.analyses.power_dose import power_dose
from outcomes.analyses.power_few import power_few
from outcomes.analyses.power_interrupted import PlannedSeries, power_interrupted
from outcomes.analyses.power_staggered import Starts, power_staggered
from outcomes.analyses.power_told import RUNS, Asked, Power
from outcomes.errors import DataError
from outcomes.measures import find, join, wide
from outcomes.pipeline.engagement import walk_measures
from outcomes.pipeline.plan_power_people import power_of_class, power_of_residents
from outcomes.pipeline.planned_design import first_whole
from outcomes.pipeline.record_counting import engagement_record_measures
from outcomes.pipeline.records import count_measures
from outcomes.settings import Plan
from outcomes.stats.inference_choice import FEWEST
from outcomes.study import Study

OF_PEOPLE = {"prepost": power_of_class, "crossection": power_of_residents}


def power_of_plan(study: Study, *, runs: int = RUNS, people: int | None = None) -> Power:
    """Simulate the study of the plan with the spread of its own past, by the plan's own design.

    Args:
        study: The study, with counts from before the start, or answers of earlier waves, in its
            store.
        runs: How many studies are simulated.
        people: Who will answer in a class, or in each place and wave; as many as earlier if None.

    Raises:
        DataError: There is no plan, its design cannot answer for its primary outcome, or the past
            is too short; with what is needed.
    """
    plan = study.settings.plan
    if plan is None:
        raise DataError("study.toml holds no [plan], so there is no planned study to simulate")
    design = plan.design or "did"
    asked = Asked(effect=plan.smallest_effect, level=plan.level, runs=runs)
    _fits(plan, design=design)
    if design in OF_PEOPLE:
        return OF_PEOPLE[design](study, asked, people=people)
    if people is not None:
        raise DataError(f"people are asked for a class or residents, and the plan names {design}")
    starts = {place.code: place.start for place in study.places("focus") if place.start}
    if design == "dose":
        return _of_doses(study, plan, asked)
    if design == "staggered":
        return _of_starts(study, plan, asked, starts=starts)
    return _of_one_start(study, plan, asked, starts=starts)


def _fits(plan: Plan, *, design: str) -> None:
    """Refuse a design that cannot answer for the outcome."""
    outcome = find(plan.primary_outcome)
    if outcome.stream == "surveys" and design not in OF_PEOPLE:
        raise DataError(
            f"cannot tell: {outcome.name} is asked of people in waves, not counted by month. Write "
            'design = "prepost" (the same people of a class) or "crossection" (residents of '
            "places) under [plan]"
        )
    if outcome.stream != "surveys" and design in OF_PEOPLE:
        raise DataError(
            f"cannot tell: the plan names {design}, which asks people, and nobody is asked for "
            f"{outcome.name}. Name another design, or an outcome of a survey"
        )
    if outcome.stream not in {"records", "surveys"}:
        raise DataError(
            f"cannot tell: power is simulated from counts by month or from answers, and "
            f"{outcome.name} is neither"
        )


def _of_one_start(study: Study, plan: Plan, asked: Asked, *, starts: dict[str, date]) -> Power:
    before, after, _ = split_months(starts, months=study.months())
    comparison = [place.code for place in study.places("comparison")]
    past = _past(study, plan, first=min(starts.values()).isoformat())
    counts = are_counts(past.outcome)
    if plan.design == "interrupted":
        return power_interrupted(
            PlannedSeries(
                past=_series(past, focus=list(starts)),
                before=len(before),
                after=len(after),
                name=past.name,
                unit=past.unit,
                places=len(past.places),
                measure=past.measure,
            ),
            asked,
        )
    design = Design(
        treated=len(starts),
        untreated=len(comparison),
        before=len(before),
        after=len(after),
        swapping=plan.design != "few-treated",
    )
    if plan.design == "few-treated" and comparison and len(past.places) < FEWEST:
        return power_few(past, design, asked, counts=counts)
    return power(
        past, design, effect=asked.effect, counts=counts, level=asked.level, runs=asked.runs
    )


def _of_starts(study: Study, plan: Plan, asked: Asked, *, starts: dict[str, date]) -> Power:
    months = study.months()
    if not starts:
        raise DataError("no focus place has a start; give start = YYYY-MM-DD in study.toml")
    past = _past(study, plan, first=min(starts.values()).isoformat())
    planned = Starts(
        first=tuple(months.index(first_whole(day, months)) for day in starts.values()),
        untreated=len(study.places("comparison")),
        periods=len(months),
    )
    return power_staggered(past, planned, asked, counts=are_counts(past.outcome))


def _of_doses(study: Study, plan: Plan, asked: Asked) -> Power:
    """Take the doses that are on record; the past ends where the first place got any."""
    output, months = find(plan.output), study.months()
    counted = count_measures(study)
    done = join([walk_measures(study), engagement_record_measures(study, counted=counted)])
    places = [place.code for place in study.settings.places]
    given = done[(done["measure"] == output.code) & (done["value"] > 0)]
    if given.empty:
        raise DataError(
            f"cannot tell: no {output.name} is on record, so nothing shows how far doses of places "
            "will differ. Give a table of the past with the planned dose of each place and "
            "period: --panel FILE --design dose --dose COLUMN"
        )
    grid = wide(done, output.code, rows="place", columns="period")
    grid = grid.reindex(index=places, columns=months).dropna(axis=1)
    past = _past(study, plan, first=str(given["period"].min()))
    return power_dose(past, grid.to_numpy(dtype=float), asked, counts=are_counts(past.outcome))


def _past(study: Study, plan: Plan, *, first: str) -> PanelTable:
    """Take the months before the start, also those before the first day of the study."""
    outcome = find(plan.primary_outcome)
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
    places = _places(study, plan)
    past = panel_of_measures(measures, outcome.code, places=places, periods=months, start={})
    return replace(past, when="month")


def _places(study: Study, plan: Plan) -> list[str]:
    """Name the places whose past is looked at, those that are treated first."""
    if plan.design == "dose":
        return [place.code for place in study.settings.places]
    focus = [place.code for place in study.places("focus") if place.start]
    return [*focus, *(place.code for place in study.places("comparison"))]


def _series(past: PanelTable, *, focus: Sequence[str]) -> np.ndarray:
    """Give the focus places' mean less the others', for months that all of them reported."""
    grid = past.outcome.dropna(axis=1)
    others = [place for place in past.places if place not in focus]
    values = grid.loc[list(focus)].mean(axis=0)
    if others:
        values = values - grid.loc[others].mean(axis=0)
    series: np.ndarray = values.to_numpy(dtype=float)
    return series


def are_counts(grid: pd.DataFrame) -> bool:
    """Say whether all values are whole numbers of 0 or more."""
    values = grid.to_numpy(dtype=float)
    seen = values[np.isfinite(values)]
    return bool((seen >= 0).all() and (seen == np.round(seen)).all())
