"""The plan of walks: written at the desk or from a table, and given as a calendar (C9, D26)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from outcomes.engagement.icalendar import CalendarEvent, calendar_file
from outcomes.engagement.planned_walks import (
    KIND,
    PlannedWalk,
    Standing,
    plans_of,
    read_plan,
    standings,
    stored_plan,
)
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError
from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.pipeline.importing import Imported, store_sheet
from outcomes.pipeline.refusing import left_out_note, refuse_forbidden
from outcomes.pipeline.walk_reading import stored_walks
from outcomes.store import Source
from outcomes.store.engine import reading
from outcomes.store.facts import ERASED
from outcomes.store.schema import RECORDS
from outcomes.study import Study

if TYPE_CHECKING:
    from outcomes.sheets import Reading

STEP = "desk: plan of walks"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """One planned walk of the store."""

    id: str  # stands in addresses
    plan: PlannedWalk
    version: int
    by: str
    standing: Standing


def plan_walk(study: Study, plan: PlannedWalk, *, by: str) -> bool:
    """Put a walk on the plan; one that was cancelled comes back.

    Returns:
        Whether anything was stored: the same form sent twice is one plan.

    Raises:
        DataError: It is planned already with other minutes, rank or briefing.
    """
    known = {found.plan.key: found for found in _stored(study)}.get(plan.key)
    if known is not None and not known.plan.cancelled:
        if known.plan == plan:
            return False
        raise DataError(
            "A walk of this type is planned here at this time already, with other minutes, rank "
            "or briefing. Cancel that one first, or choose another time"
        )
    source = Source(step=STEP, read=1)
    return store_records(study, [_row(plan, by=by)], source=source, amend=True).new > 0


def cancel_plan(study: Study, plan: str, *, by: str) -> PlannedWalk:
    """Cancel a planned walk: it stays in the history, and calendars are told.

    Raises:
        DataError: There is no such plan.
    """
    for found in _stored(study):
        if found.id == plan:
            cancelled = replace(found.plan, cancelled=True)
            source = Source(step=f"{STEP}, cancelled", read=1)
            store_records(study, [_row(cancelled, by=by)], source=source, amend=True)
            return cancelled
    raise DataError("there is no such planned walk. Look at the plan again")


def import_plan(study: Study, path: Path, *, reading: "Reading", amend: bool = False) -> Imported:
    """Store a table of planned walks, all of its rows or none; see ``planned_walks.read_plan``."""
    rules = read_walk_rules(study.rules_path)
    sheet = read_plan(path, rules, places=study.place_codes(), reading=reading)
    refuse_forbidden(sheet, reading=reading)
    sheet = sheet.or_refuse(leave_out=reading.leave_out_refused)
    # a plan that the desk wrote, word for word, is known, whoever wrote it
    known = {found.plan.key: found for found in _stored(study)}
    rows = []
    for plan in plans_of(sheet):
        same = known.get(plan.key)
        rows.append(_row(plan, by=same.by if same is not None and same.plan == plan else ""))
    step, notes = "engagement plan-walks", left_out_note(reading)
    return store_sheet(
        study, sheet, rows, table="engagement_records", step=step, amend=amend, notes=notes
    )


def planned_walks(study: Study, *, now: datetime, since: str = "") -> list[StoredPlan]:
    """List the planned walks by their start, and say which were done.

    Args:
        study: The study.
        now: Local clock time, without a zone.
        since: Only those of this day (ISO) or later; empty: all.
    """
    import pandas as pd

    found = [one for one in _stored(study) if one.plan.key[2] >= since]
    walks = [
        {"place": walk.place, "type": walk.type, "start": walk.start}
        for walk in stored_walks(study, since=since)
    ]
    table = pd.DataFrame(walks, columns=["place", "type", "start"])
    stand = standings([one.plan for one in found], table, now=now)
    return [replace(one, standing=how) for one, how in zip(found, stand, strict=True)]


def walk_calendar(study: Study, *, now: datetime) -> bytes:
    """Give the plan as an iCalendar file: type, place and rank of each walk, and no name.

    Args:
        study: The study.
        now: With a time zone.

    Raises:
        DataError: No walk is planned.
        FileError: The walk rules are missing or break a rule.
    """
    stored = _stored(study)
    if not stored:
        raise DataError(
            "No walk is planned, so there is no calendar yet. Plan walks at the desk, or with: "
            "outcomes engagement plan-walks FILE"
        )
    rules = read_walk_rules(study.rules_path)
    names = {kind.code: kind.name for kind in rules.types}
    places = {place.code: place.name for place in study.settings.places}
    zone = ZoneInfo(study.settings.study.time_zone)
    events = [_event(one, names=names, places=places, zone=zone) for one in stored]
    return calendar_file(events, name="Planned walks", stamp=now)


def _event(
    one: StoredPlan, *, names: dict[str, str], places: dict[str, str], zone: ZoneInfo
) -> CalendarEvent:
    plan = one.plan
    place = places.get(plan.place, plan.place)
    rank = "the unit" if plan.coordinator == "unit" else f"rank: {plan.coordinator}"
    briefing = " The coordinator comes to the daily briefing." if plan.briefing == "yes" else ""
    return CalendarEvent(
        uid=f"{one.id}@walks.outcomes",
        sequence=one.version - 1,
        start=plan.start.replace(tzinfo=zone),
        minutes=plan.minutes,
        summary=f"{names.get(plan.type, plan.type)}, {place}",
        location=place,
        description=f"{plan.minutes} minutes. Coordinated by {rank}.{briefing}",
        cancelled=plan.cancelled,
    )


def _row(plan: PlannedWalk, *, by: str) -> dict[str, Any]:
    return record_row(
        KIND, key=plan.key, day=plan.key[2], place=plan.place, body=plan.body(), by=by
    )


def _stored(study: Study) -> Sequence[StoredPlan]:
    """Read the newest version of every planned walk, by their start."""
    columns = RECORDS.c
    query = select(RECORDS).where(columns.kind == KIND).order_by(columns.version)
    with reading(study.store) as connection:
        newest = {row.key: row for row in connection.execute(query)}
    found = [
        StoredPlan(
            id=hashlib.sha256(row.key.encode()).hexdigest()[:16],
            plan=stored_plan(row.day, row.place, row.body),
            version=row.version,
            by=row.by,
            standing="to come",
        )
        for row in newest.values()
        if row.content != ERASED
    ]
    return sorted(found, key=lambda one: (one.plan.start, one.plan.place))


def since_weeks(now: datetime, *, weeks: int) -> str:
    """Name the day so many weeks ago, for lists that go no further back."""
    return (now - timedelta(weeks=weeks)).date().isoformat()
