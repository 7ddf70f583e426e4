"""Walks of one week: required, done and counted, who took part by rank, and the weeks before."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from outcomes.engagement.compliance import compliance
from outcomes.engagement.judging import judge_walks
from outcomes.engagement.log import walk_table
from outcomes.engagement.periods import Coverage, period_of
from outcomes.engagement.walk_rules import REACHED, ROLES, WalkRules, WalkType
from outcomes.pipeline.week_span import Span, week_of
from outcomes.pipeline.weekly_incidents import incident_rows
from outcomes.report.weekly_facts import (
    PARTNERS,
    PlaceSums,
    PlaceWeeks,
    RankRow,
    TypeRow,
    WeekBar,
)
from outcomes.report.words import month_name
from outcomes.settings import Place
from outcomes.stats.root_difference import root_difference
from outcomes.store import read_facts
from outcomes.study import Study

_WEEKLY = ("work week", "workday")
_POLICE = [role for role in ROLES if role != "partners"]
_ASKED = {"workday": "a workday", "work week": "a week"}
_RANKS = {"officer": "an officer", "unit": "the unit", "other": "", "any": ""}
_GROUPS = {role: several for role, (_, several) in ROLES.items()} | {
    "unit_members": "community policing unit",
    "partners": PARTNERS,
}
_NO_INCIDENT = "followed no incident of the list"


def week_walks(
    study: Study, span: Span, *, rules: WalkRules, places: Sequence[Place]
) -> dict[str, Any]:
    """Find what the log says of a week in some focus places.

    Returns:
        Fields of ``Week``: rows, incidents, incidents_known, walks_known, ranks, absent, sums and
        weeks.
    """
    coverage = _coverage(study, span, places=places)
    facts = read_facts(study.store, "walks")
    known = not facts.empty
    walks = _near(facts, "start", coverage)
    incidents = read_facts(study.store, "incidents")
    listed = None if incidents.empty else _near(incidents, "at", coverage)
    table, judged = _judged(walk_table(walks), rules, span, coverage=coverage, incidents=listed)
    names = {place.code: place.name for place in places}
    mine = judged[judged["day"].between(pd.Timestamp(span.first), pd.Timestamp(span.last))]
    return {
        "rows": _type_rows(table, mine, rules, span, names=names),
        "incidents": incident_rows(table, rules, span, names=names),
        "incidents_known": listed is not None,
        "walks_known": known,
        **_took_part(mine),
        "sums": tuple(_sums(mine[mine["place"] == code], name) for code, name in names.items()),
        "weeks": tuple(
            _beside(name, _weeks(table, judged, rules, span, place=code), span)
            for code, name in names.items()
        ),
    }


def _coverage(study: Study, span: Span, *, places: Sequence[Place]) -> Coverage:
    """Look at whole weeks and months around the week only, so that a long log costs little."""
    about = study.settings.study
    first = min(span.first.replace(day=1), span.earlier()[0][0]) - timedelta(days=7)
    last = (span.last.replace(day=1) + timedelta(days=40)).replace(day=1) + timedelta(days=7)
    first, last = max(first, about.first), min(last, about.last)
    starts = {place.code: place.start for place in places if place.start}
    return Coverage(first=first, last=last, starts=starts, time_zone=about.time_zone)


def _near(facts: pd.DataFrame, column: str, coverage: Coverage) -> pd.DataFrame:
    """Keep facts of these places and days; clock times are ISO text, so days sort as text."""
    days = facts[column].astype(str).str[:10]
    near = days.between(coverage.first.isoformat(), coverage.last.isoformat())
    here = facts["place"].isin(list(coverage.starts))
    return facts[near & here].reset_index(drop=True)


def _judged(
    walks: pd.DataFrame,
    rules: WalkRules,
    span: Span,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Check the walks; of those after the week only such count as answer an incident in it."""
    after = [kind.code for kind in rules.types if kind.per == "incident"]
    days = walks["start"].astype(str).str[:10]
    walks = walks[(days <= span.last.isoformat()) | walks["type"].isin(after)]
    walks = walks[walks["start"].astype(str).str[:10] <= span.now.date().isoformat()]
    walks = walks.reset_index(drop=True)
    table = compliance(walks, rules, coverage=coverage, incidents=incidents)
    judged = judge_walks(walks, rules, coverage=coverage, incidents=incidents)
    return _over_teams(table), judged[judged["logged"].astype(bool)]


def _over_teams(table: pd.DataFrame) -> pd.DataFrame:
    """Add up teams that owe walks each: the sheet sets no squad beside another.

    What one team did beyond its own number does not stand for another's.
    """
    if "team" not in table:
        return table
    counted = table[["required", "counted"]].min(axis=1)
    summed = table.assign(counted=counted).groupby(["place", "type", "period"], sort=False)
    return summed.agg(
        required=("required", "sum"),
        done=("done", "sum"),
        counted=("counted", "sum"),
        reasons=("reasons", lambda texts: "; ".join(dict.fromkeys(text for text in texts if text))),
    ).reset_index()


def _type_rows(
    table: pd.DataFrame,
    mine: pd.DataFrame,
    rules: WalkRules,
    span: Span,
    *,
    names: dict[str, str],
) -> tuple[TypeRow, ...]:
    rows = []
    for code, name in names.items():
        there, seen = table[table["place"] == code], mine[mine["place"] == code]
        for kind in rules.types:
            part = there[there["type"] == kind.code]
            walks = seen[seen["type"] == kind.code]
            for row in _rows_of(kind, part, walks, rules, span):
                if row["required"] or row["done"]:
                    rows.append(TypeRow(place=name, code=kind.code, **(_said(kind) | row)))
    return tuple(rows)


def _said(kind: WalkType) -> dict[str, str]:
    asked = f"{kind.times} {_ASKED.get(kind.per or '', f'a {kind.per}')}" if kind.times else ""
    if kind.per == "incident":
        asked = f"within {kind.hours:g} hours"
    lead = _RANKS.get(kind.coordinator, f"a {kind.coordinator}")
    return {"name": kind.name, "asked": asked, "coordinator": lead}


def _rows_of(
    kind: WalkType, part: pd.DataFrame, walks: pd.DataFrame, rules: WalkRules, span: Span
) -> list[dict[str, Any]]:
    """Set what was required beside what was done: in the week, or in the month so far."""
    if kind.per in _WEEKLY:
        chosen = part[part["period"] == span.label]
        return [_row(each, span) for each in chosen.to_dict("records")]
    if kind.per == "incident":
        return [_incident_row(part, walks, span)]
    if kind.per is None:
        met = int(walks["met"].sum())
        return [{"required": 0, "done": len(walks), "counted": met}]
    days = pd.Series([pd.Timestamp(span.first), pd.Timestamp(span.last)])
    periods = list(dict.fromkeys(period_of(days, kind.per, rules.settings)))
    chosen = part[part["period"].isin(periods)].sort_values("period")
    return [_row(each, span) | _of_month(each, kind, span) for each in chosen.to_dict("records")]


def _row(row: dict[str, Any], span: Span) -> dict[str, Any]:
    found = {name: int(row[name]) for name in ("required", "done", "counted")}
    said = {"why": str(row["reasons"]), "open_still": not span.is_over}
    return found | said


def _of_month(row: dict[str, Any], kind: WalkType, span: Span) -> dict[str, Any]:
    """Say of which month a number is, and whether that month was over with the week."""
    period = str(row["period"])
    begun = period >= f"{span.last + timedelta(days=1):%Y-%m}"
    month = f"{month_name(period)}{' so far' if begun else ''}"
    asked = f"{_said(kind)['asked']}, {month}"
    return {"by_month": True, "asked": asked, "open_still": begun or not span.is_over}


def _incident_row(part: pd.DataFrame, walks: pd.DataFrame, span: Span) -> dict[str, Any]:
    """Count the incidents of the week that ask for a walk, and those answered in time."""
    days = part["period"].astype(str).str[:10]
    inside = days.between(span.first.isoformat(), span.last.isoformat())
    chosen = part[inside & (part["period"].astype(str).str.len() > 10)]
    met = int(chosen[["required", "counted"]].min(axis=1).sum())
    required = int(chosen["required"].sum())
    why = _NO_INCIDENT if len(walks) and not len(chosen) else ""
    return {
        "required": required,
        "done": max(len(walks), met),
        "counted": met,
        "after_incidents": True,
        "why": why or ("see below" if met < required else ""),
    }


def _took_part(mine: pd.DataFrame) -> dict[str, Any]:
    """Count by rank and group, over all places and squads together; no person is told apart."""
    rows = [
        RankRow(
            name=_capital(several), walks=int((mine[role] > 0).sum()), times=int(mine[role].sum())
        )
        for role, several in _GROUPS.items()
    ]
    expected = [role for role in _POLICE if not role.startswith("nonpatrol")]
    return {
        "ranks": tuple(row for row in rows if row.times),
        "absent": tuple(_GROUPS[role] for role in expected if not mine[role].sum()),
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sums(here: pd.DataFrame, name: str) -> PlaceSums:
    return PlaceSums(
        place=name,
        walks=len(here),
        minutes=round(float(here["minutes"].sum())),
        police=int(here[_POLICE].to_numpy().sum()),
        partners=int(here["partners"].sum()),
        reached=int(here[REACHED].sum()),
    )


def _weeks(
    table: pd.DataFrame, judged: pd.DataFrame, rules: WalkRules, span: Span, *, place: str
) -> tuple[WeekBar, ...]:
    weekly = [kind.code for kind in rules.types if kind.per in _WEEKLY]
    due = table[(table["place"] == place) & table["type"].isin(weekly)]
    here = judged[judged["place"] == place]
    bars = []
    for first, last in span.earlier():
        walks = here[here["day"].between(pd.Timestamp(first), pd.Timestamp(last))]
        label = week_of(first, rules.settings)
        rows = due[due["period"] == label]
        whole = len(weekly) > 0 and (rows["required"] > 0).sum() == len(weekly)
        bars.append(
            WeekBar(
                label=label.partition("-")[2],
                required=int(rows["required"].sum()),
                met=int(rows[["required", "counted"]].min(axis=1).sum()),
                walks=len(walks),
                reached=int(walks[REACHED].sum()),
                due=bool(whole),
            )
        )
    return tuple(bars)


def _beside(name: str, weeks: tuple[WeekBar, ...], span: Span) -> PlaceWeeks:
    """Compare the number of walks with the weeks before, where walks were due in all of them."""
    *before, now = weeks
    usual = sum(each.walks for each in before) / len(before)
    comparable = span.is_over and all(each.due for each in weeks)
    change = root_difference(now.walks, usual) if comparable else None
    return PlaceWeeks(place=name, weeks=weeks, usual=usual, change=change)
