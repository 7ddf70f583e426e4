"""Do the codes behind a count change in the time compared? Said with every estimate of it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pandas as pd

from outcomes.analyses.threats_of_codes import other_codes
from outcomes.engagement.cad_matching import calls_by_code, covered_months
from outcomes.estimate import Estimate
from outcomes.measures import find, wide
from outcomes.pipeline.cad_dose import COMMUNITY_MEASURE, MEASURE
from outcomes.settings import Plan
from outcomes.store import read_facts
from outcomes.study import Study

IN_CAD = {MEASURE: False, COMMUNITY_MEASURE: True}  # whether other engagement than walks
PARTS = {  # counts that are the sum of others, each recorded under codes of its own
    "complaints": (
        *("complaints_courtesy", "complaints_force", "complaints_bias"),
        *("complaints_procedure", "complaints_service", "complaints_other"),
    ),
    "crime_reports": ("crime_reports_violent", "crime_reports_property"),
}
REST = "any other kind"
DESIGNS = ("panel", "staggered", "interrupted", "dose", "few treated")  # their first one is told


def guard_codes(
    study: Study, measures: pd.DataFrame, estimates: Sequence[Estimate], *, plan: Plan
) -> list[Estimate]:
    """Add a warning to each estimate of a count whose codes changed in the months of the study.

    Codes of CAD are those that a person confirmed, over all places, in months that extracts hold
    wholly everywhere. Kinds of recorded crime and complaints are looked at in comparison places
    alone: what the engagement moves elsewhere is no change of codes.

    Args:
        study: The study.
        measures: The measures of all streams.
        estimates: All estimates.
        plan: Which output is the dose: its codes speak against the dose's estimates too.
    """

    @cache
    def spoken(measure: str) -> tuple[str, ...]:
        if measure in IN_CAD:
            return _of_cad(study, measure)
        return _of_records(study, measures, measure)

    found: list[Estimate] = []
    told: set[tuple[str, str]] = set()
    for each in estimates:
        leads = each.analysis in DESIGNS and (each.analysis, each.measure) not in told
        said = spoken(each.measure) if leads or each.analysis == "delivered" else ()
        if leads and each.analysis == "dose":
            said += spoken(plan.output)
        told.add((each.analysis, each.measure))
        found.append(replace(each, warnings=tuple(dict.fromkeys((*each.warnings, *said)))))
    return found


def _of_cad(study: Study, measure: str) -> tuple[str, ...]:
    extracts = read_facts(study.store, "cad_extracts")
    if extracts.empty:
        return ()
    months = study.months()
    for place in study.place_codes():
        months = covered_months(extracts, place, months=months)
    visits, codes = (read_facts(study.store, name) for name in ("cad_visits", "cad_codes"))
    visits = visits[visits["place"].isin(study.place_codes())]
    counts = calls_by_code(visits, codes, community=IN_CAD[measure], months=months)
    return other_codes(counts, name=find(measure).name)


def _of_records(study: Study, measures: pd.DataFrame, measure: str) -> tuple[str, ...]:
    """Look at the kinds that a count, or the total that it is a part of, is made of."""
    whole = next((total for total, parts in PARTS.items() if measure in (total, *parts)), "")
    known = set(measures["measure"])
    parts = [part for part in PARTS.get(whole, ()) if part in known]
    places = [place.code for place in study.places("comparison")]
    if not parts or not places:
        return ()
    months = study.months()
    grids = {
        part: wide(measures, part, rows="place", columns="period").reindex(places, columns=months)
        for part in (*parts, *((whole,) if whole in known else ()))
    }
    sums = pd.DataFrame({find(part).name: grid.sum(skipna=False) for part, grid in grids.items()})
    counts = sums.dropna().T
    if whole in known:
        total = counts.loc[find(whole).name]
        counts = counts.drop(index=find(whole).name)
        counts.loc[REST] = (total - counts.sum()).clip(lower=0)
    return other_codes(counts, name=find(whole).name)
