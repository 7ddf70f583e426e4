"""What the rule says of one walk, in words for whoever has just recorded it (C1-C7, D2)."""

from dataclasses import dataclass

import pandas as pd

from outcomes.engagement.compliance import compliance
from outcomes.engagement.judging import TOO_SHORT, judge_walks
from outcomes.engagement.log import KEY
from outcomes.engagement.periods import Coverage
from outcomes.engagement.teams import team_of
from outcomes.engagement.walk_rules import WalkRules, WalkType


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a walk counts, and how its week or month stands with it."""

    counts: bool
    words: str  # "It counts as a squad walk."
    progress: str  # "2 of 3 are done in this place in the week 2026-W14."; may be empty


def walk_verdict(
    walks: pd.DataFrame,
    walk: tuple[str, str, str, str],
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None,
) -> Verdict:
    """Say whether one walk counts by the rule of its type, and what its period still lacks.

    Args:
        walks: The columns of ``log.COLUMNS``, that walk among them.
        walk: place, type, start and coordinator, as the log has them.
        rules: The walk rules.
        coverage: Places where walks are planned, and the days covered.
        incidents: What ``read_incidents`` reads, or None where there is no such list.

    Raises:
        DataError: The rules do not know its type.
    """
    kind = rules.type(walk[1])
    here = walks[walks["place"] == walk[0]]
    starts = {place: day for place, day in coverage.starts.items() if place == walk[0]}
    only_here = Coverage(
        first=coverage.first, last=coverage.last, starts=starts, time_zone=coverage.time_zone
    )
    judged = judge_walks(here, rules, coverage=only_here, incidents=incidents)
    judged = judged.assign(team=team_of(judged))
    mine = _mine(judged, walk)
    words = _words(mine, kind, rules)
    if kind.per in {None, "incident"} or not starts:
        return Verdict(counts=bool(mine["met"]), words=words, progress="")
    table = compliance(here, rules, coverage=only_here, incidents=incidents)
    return Verdict(counts=bool(mine["met"]), words=words, progress=_progress(table, mine, kind))


def _mine(judged: pd.DataFrame, walk: tuple[str, str, str, str]) -> pd.Series:
    logged = judged[judged["logged"].astype(bool)]
    same = pd.Series(True, index=logged.index)
    for name, value in zip(KEY, walk, strict=True):
        same &= logged[name] == (pd.Timestamp(value) if name == "start" else value)
    return logged[same].iloc[0]


def _words(mine: pd.Series, kind: WalkType, rules: WalkRules) -> str:
    name = _article(kind.name[:1].lower() + kind.name[1:])
    note = f" It is noted: {mine['note']}." if mine["note"] else ""
    if not mine["met"]:
        length = f"{TOO_SHORT}, {mine['minutes']:g} of {rules.least_minutes(kind)} minutes,"
        fault = str(mine["fault"]).replace(TOO_SHORT, length).rstrip(",")
        return f"It does not count as {name}: {fault}."
    if kind.per is None:
        return f"It is recorded as {name}. No number of these is asked for.{note}"
    if mine["surplus"]:
        return f"It keeps the rule of {name}, but this workday had its walk already.{note}"
    return f"It counts as {name}.{note}"


def _progress(table: pd.DataFrame, mine: pd.Series, kind: WalkType) -> str:
    row = table[(table["type"] == kind.code) & (table["period"] == mine["period"])]
    whose = "here"
    if "team" in row and (row["team"] == mine["team"]).any() and mine["team"]:
        row, whose = row[row["team"] == mine["team"]], f"here for {mine['team']}"
    if row.empty:
        return ""
    required, counted = int(row["required"].sum()), int(row["counted"].sum())
    span = f"{kind.per if kind.per in {'month', 'quarter'} else 'week'} {mine['period']}"
    if not required:
        why = str(row["reasons"].iloc[0]).split("; ")[0]
        note = f": {why}" if why and not why[0].isdigit() else ""  # a digit counts other walks
        return f"In the {span} none is required {whose}{note}."
    if counted > required:
        return f"In the {span}, {required} are required {whose}, and {counted} are done."
    more = f"{required - counted} more to do" if counted < required else "that is all of them"
    return f"In the {span}, {counted} of {required} are done {whose}: {more}."


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"
