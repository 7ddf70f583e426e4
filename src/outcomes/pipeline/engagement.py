"""Engagement steps: store walks and incidents, check them by the rules, count them as measures."""

from pathlib import Path

import pandas as pd

from outcomes.engagement import outputs
from outcomes.engagement.compliance import COLUMNS, compliance
from outcomes.engagement.compliance_shares import compliance_estimates
from outcomes.engagement.incidents import incident_rows, read_incidents
from outcomes.engagement.judging import judge_walks
from outcomes.engagement.log import read_walks, walk_rows, walk_table
from outcomes.engagement.periods import Coverage
from outcomes.engagement.uncounted import walk_reasons
from outcomes.engagement.walk_rules import WalkRules, read_walk_rules
from outcomes.estimate import Estimate
from outcomes.measures import join
from outcomes.pipeline.engagement_records import read_records
from outcomes.pipeline.importing import Imported, store_sheet
from outcomes.pipeline.refusing import left_out_note, refuse_forbidden
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.store import read_facts
from outcomes.store.bulk_read import read_columns
from outcomes.study import Study


def import_walks(
    study: Study, path: Path, *, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Store a walk log, all of its rows or none; see ``log.read_walks`` for its columns.

    Raises:
        FileError: A column looks like what engagement never keeps (A6, A11, D19), or the file
            breaks another rule.
    """
    rules = read_walk_rules(study.rules_path)
    sheet = read_walks(
        path,
        rules,
        places=study.place_codes(),
        time_zone=study.settings.study.time_zone,
        reading=reading,
    )
    refuse_forbidden(sheet, reading=reading)
    rows = walk_rows(sheet.or_refuse(leave_out=reading.leave_out_refused).table)
    step, notes = "engagement import-walks", left_out_note(reading)
    return store_sheet(study, sheet, rows, table="walks", step=step, amend=amend, notes=notes)


def import_incidents(
    study: Study, path: Path, *, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Store a list of incidents, all of its rows or none; see ``incidents.read_incidents``.

    Raises:
        FileError: As for ``import_walks``.
    """
    rules = read_walk_rules(study.rules_path)
    sheet = read_incidents(
        path,
        places=study.place_codes(),
        time_zone=study.settings.study.time_zone,
        reading=reading,
    )
    refuse_forbidden(sheet, reading=reading, texts=["kind"])
    rows = incident_rows(sheet.or_refuse(leave_out=reading.leave_out_refused).table)
    notes = (*left_out_note(reading), *_other_kinds(sheet.table, rules))
    step = "engagement import-incidents"
    return store_sheet(study, sheet, rows, table="incidents", step=step, amend=amend, notes=notes)


def check_walks(study: Study) -> list[Estimate]:
    """Check the stored walks and strategies by the rules, and write ``results/compliance.csv``.

    Returns:
        The shares of required walks that were done and counted; none where no walk was ever
        imported, because then there is no log to check. Strategies other than walks stand in the
        table alone.
    """
    walks, rules = _walks(study), read_walk_rules(study.rules_path)
    records = _records(study, rules)
    if walks.empty and records is None:
        study.write_table("compliance", pd.DataFrame(columns=list(COLUMNS)))
        return []
    table = compliance(
        walks, rules, coverage=study_coverage(study), incidents=_incidents(study), records=records
    )
    strategies = [strategy.code for strategy in rules.strategies]
    if walks.empty:  # no log to check: only the other strategies
        table = table[table["type"].isin(strategies)]
    study.write_table("compliance", table)
    return compliance_estimates(table, leave_out=strategies)


def uncounted_walks(study: Study, *, every: bool = False) -> pd.DataFrame:
    """List the stored walks that did not count, or every one; see ``uncounted.walk_reasons``."""
    rules, incidents = read_walk_rules(study.rules_path), _incidents(study)
    walks = _walks(study)
    return walk_reasons(
        walks, rules, coverage=study_coverage(study), incidents=incidents, every=every
    )


def walk_measures(study: Study) -> pd.DataFrame:
    """Count the stored walks by place and month; no rows where no walk was ever imported."""
    walks, rules = _walks(study), read_walk_rules(study.rules_path)
    if walks.empty:
        return join([])
    judged = judge_walks(walks, rules, coverage=study_coverage(study), incidents=_incidents(study))
    return outputs.walk_measures(judged, months=study.months(), places=study.place_codes())


def _records(study: Study, rules: WalkRules) -> pd.DataFrame | None:
    """Read the records that strategies count; None where the rules have no strategies."""
    if not rules.strategies:
        return None
    return read_records(study, *{strategy.kind for strategy in rules.strategies})


def _walks(study: Study) -> pd.DataFrame:
    return walk_table(read_columns(study.store, "walks", without=["key"]))


def _incidents(study: Study) -> pd.DataFrame | None:
    """Read the stored incidents; None where none was ever imported."""
    incidents = read_facts(study.store, "incidents")
    return None if incidents.empty else incidents


def study_coverage(study: Study) -> Coverage:
    """Say in which places of a study, and on which days, walks are due."""
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
