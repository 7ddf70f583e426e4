"""A walk log checked from file to file, without a study: nothing of the store is loaded."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from outcomes.engagement.compliance import compliance
from outcomes.engagement.incidents import read_incidents
from outcomes.engagement.local_time import clock_times
from outcomes.engagement.log import read_walks
from outcomes.engagement.periods import Coverage
from outcomes.engagement.uncounted import walk_reasons
from outcomes.engagement.walk_rules import WalkRules, read_walk_rules
from outcomes.errors import DataError
from outcomes.sheets import AS_IT_IS, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Where and when a log without a study is checked; what is left open, the log itself says."""

    first: date | None = None
    last: date | None = None
    places: tuple[str, ...] = ()
    time_zone: str = ""

    def over(self, walks: pd.DataFrame) -> Coverage:
        """Take from the log what was left open.

        Raises:
            DataError: No walk is left in the log to take a day from.
        """
        if walks.empty and not (self.first and self.last):
            raise DataError(
                "no walk of the log is left, so it cannot say which days it covers. "
                "Correct the rows that were refused, or say --first and --last"
            )
        starts_at = clock_times(walks["start"])  # numbers, which are compared sooner than text
        first = self.first or starts_at.min().date()
        last = self.last or starts_at.max().date()
        places = self.places or sorted(walks["place"].unique())
        starts = dict.fromkeys(places, first)
        return Coverage(first=first, last=last, starts=starts, time_zone=self.time_zone)

    def is_whole(self) -> bool:
        """Say whether nothing was left open."""
        return bool(self.first and self.last and self.places)


def compliance_file(
    log: Path,
    rules_path: Path,
    *,
    incidents: Path | None = None,
    extent: Extent,
    reading: Reading = AS_IT_IS,
) -> tuple[pd.DataFrame, list[str]]:
    """Check a file of walks by walk rules, without a study.

    Args:
        log: As for ``log.read_walks``.
        rules_path: The walk rules.
        incidents: As for ``incidents.read_incidents``; its columns are not renamed.
        extent: Where and when.
        reading: How the log is read, and the incidents but for the names of their columns.

    Returns:
        The table of ``compliance``; and the account in sentences.

    Raises:
        FileError: A file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
        DataError: An incident lacks the time that the rules count from, or no walk is left to
            take the days from.
    """
    rules = read_walk_rules(rules_path)
    read = _read_files(log, rules, incidents=incidents, extent=extent, reading=reading)
    walks, happened, coverage, account = read
    if rules.strategies:
        account.append(
            "The strategies of the rules are not in this table: they count a study's records. "
            "Say outcomes engagement check in the study's folder."
        )
    return compliance(walks, rules, coverage=coverage, incidents=happened), account


def uncounted_in_file(
    log: Path,
    rules_path: Path,
    *,
    incidents: Path | None = None,
    extent: Extent,
    reading: Reading = AS_IT_IS,
    every: bool = False,
) -> tuple[pd.DataFrame, list[str]]:
    """List the walks of a file that did not count, or every one; arguments as above."""
    rules = read_walk_rules(rules_path)
    read = _read_files(log, rules, incidents=incidents, extent=extent, reading=reading)
    walks, happened, coverage, account = read
    table = walk_reasons(walks, rules, coverage=coverage, incidents=happened, every=every)
    return table, account


def _read_files(
    log: Path,
    rules: WalkRules,
    *,
    incidents: Path | None,
    extent: Extent,
    reading: Reading,
) -> tuple[pd.DataFrame, pd.DataFrame | None, Coverage, list[str]]:
    """Read a log and its incidents; and say what was left out, and what they cover."""
    how = {"time_zone": extent.time_zone}
    sheets = [read_walks(log, rules, places=extent.places, reading=reading, **how)]
    if incidents is not None:
        sheets.append(read_incidents(incidents, reading=replace(reading, rename={}), **how))
    account = [
        f"Left out of {sheet.path.name}: {refusal}"
        for sheet in sheets
        for refusal in sheet.or_refuse(leave_out=reading.leave_out_refused).refusals
    ]
    walks, happened = sheets[0].table, sheets[1].table if incidents is not None else None
    coverage = extent.over(walks)
    source = "as given" if extent.is_whole() else "taken from the log where not given"
    account.append(
        f"{len(coverage.starts)} places, {coverage.first} to {coverage.last} ({source})."
    )
    if happened is not None:
        account += _elsewhere(happened, coverage)
    return walks, happened, coverage, account


def _elsewhere(incidents: pd.DataFrame, coverage: Coverage) -> list[str]:
    elsewhere = int((~incidents["place"].isin(list(coverage.starts))).sum())
    if not elsewhere:
        return []
    return [
        f"{elsewhere} incidents in other places were left out. Name a place without walks with "
        "--place CODE."
    ]
