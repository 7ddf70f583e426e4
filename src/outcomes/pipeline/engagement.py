"""Engagement steps: store walks and incidents, check them by the rules, count them as measures."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from outcomes.engagement import outputs
from outcomes.engagement.compliance import COLUMNS, compliance, compliance_estimates
from outcomes.engagement.incidents import incident_rows, read_incidents
from outcomes.engagement.judging import judge_walks
from outcomes.engagement.log import read_walks, walk_rows, walk_table
from outcomes.engagement.periods import Coverage
from outcomes.engagement.walk_rules import WalkRules, read_walk_rules
from outcomes.errors import FileError
from outcomes.estimate import Estimate
from outcomes.measures import join
from outcomes.pipeline.importing import Imported, store_sheet
from outcomes.sheets import DateOrder
from outcomes.store import read_facts
from outcomes.study import Study


def import_walks(
    study: Study,
    path: Path,
    *,
    rename: Mapping[str, str] | None = None,
    date_order: DateOrder = "YMD",
    encoding: str = "utf-8-sig",
    leave_out_refused: bool = False,
    amend: bool = False,
) -> Imported:
    """Store a walk log, all of its rows or none; see ``log.read_walks`` for its columns."""
    rules = read_walk_rules(study.rules_path)
    sheet = read_walks(
        path,
        rules,
        places=study.place_codes(),
        rename=rename,
        date_order=date_order,
        encoding=encoding,
        time_zone=study.settings.study.time_zone,
    ).or_refuse(leave_out=leave_out_refused)
    rows = walk_rows(sheet.table)
    step = "engagement import-walks"
    return store_sheet(study, sheet, rows, table="walks", step=step, amend=amend)


def import_incidents(
    study: Study,
    path: Path,
    *,
    rename: Mapping[str, str] | None = None,
    date_order: DateOrder = "YMD",
    encoding: str = "utf-8-sig",
    leave_out_refused: bool = False,
    amend: bool = False,
) -> Imported:
    """Store a list of incidents, all of its rows or none; see ``incidents.read_incidents``."""
    rules = read_walk_rules(study.rules_path)
    sheet = read_incidents(
        path,
        places=study.place_codes(),
        rename=rename,
        date_order=date_order,
        encoding=encoding,
        time_zone=study.settings.study.time_zone,
    ).or_refuse(leave_out=leave_out_refused)
    rows = incident_rows(sheet.table)
    notes = _other_kinds(sheet.table, rules)
    step = "engagement import-incidents"
    return store_sheet(study, sheet, rows, table="incidents", step=step, amend=amend, notes=notes)


def check_walks(study: Study) -> list[Estimate]:
    """Check the stored walks by the walk rules, and write ``results/compliance.csv``.

    Returns:
        The shares of required walks that were done and counted; none where no walk was ever
        imported, because then there is no log to check.
    """
    walks, rules = _walks(study), read_walk_rules(study.rules_path)
    if walks.empty:
        study.write_table("compliance", pd.DataFrame(columns=list(COLUMNS)))
        return []
    table = compliance(walks, rules, coverage=_coverage(study), incidents=_incidents(study, rules))
    study.write_table("compliance", table)
    return compliance_estimates(table)


def walk_measures(study: Study) -> pd.DataFrame:
    """Count the stored walks by place and month; no rows where no walk was ever imported."""
    walks, rules = _walks(study), read_walk_rules(study.rules_path)
    if walks.empty:
        return join([])
    judged = judge_walks(
        walks, rules, coverage=_coverage(study), incidents=_incidents(study, rules)
    )
    return outputs.walk_measures(judged, months=study.months(), places=study.place_codes())


def _walks(study: Study) -> pd.DataFrame:
    return walk_table(read_facts(study.store, "walks"))


def _incidents(study: Study, rules: WalkRules) -> pd.DataFrame | None:
    """Read the stored incidents; None where none was ever imported."""
    incidents = read_facts(study.store, "incidents")
    if incidents.empty:
        return None
    if rules.settings.incident_clock == "report":
        raise FileError(
            study.rules_path,
            "incident_clock",
            "the store keeps when incidents happened, not when they were reported",
            'Write "incident", or check files: outcomes engagement compliance LOG --incidents FILE',
        )
    return incidents


def _coverage(study: Study) -> Coverage:
    about = study.settings.study
    starts = {place.code: place.start for place in study.places("focus") if place.start}
    return Coverage(first=about.first, last=about.last, starts=starts, time_zone=about.time_zone)


def _other_kinds(table: pd.DataFrame, rules: WalkRules) -> tuple[str, ...]:
    asking = {word.casefold() for kind in rules.types for word in kind.kinds}
    others = table.loc[~table["kind"].str.casefold().isin(asking), "kind"]
    if others.empty:
        return ()
    kinds = ", ".join(others.value_counts().index[:5])
    return (f"{len(others)} incidents are of kinds that ask for no walk: {kinds}.",)
