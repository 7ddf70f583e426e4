"""Walks of the store with what their coordinators told of them, and the history of each."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from outcomes.engagement.walk_report import KIND, WalkReport, people_in_words
from outcomes.engagement.walk_rules import REACHED
from outcomes.errors import DataError
from outcomes.pipeline.importing import store_key
from outcomes.store.engine import reading
from outcomes.store.facts import ERASED
from outcomes.store.schema import IMPORTS, RECORDS, WALKS
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWalk:
    """One walk of the store with its newest report."""

    id: str  # stands in addresses
    key: str
    place: str
    type: str
    start: str  # local clock time, ISO
    minutes: float
    coordinator: str
    people: Mapping[str, int]
    team: str | None
    inside_border: str | None  # yes or no, as the rules see it; None where it is not told
    body: Mapping[str, Any]  # of its report; empty where the walk came from a file alone
    by: str  # who wrote the report; "" where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkVersion:
    """One version of a walk in its history."""

    day: str  # UTC, on which it was stored
    what: str  # "the walk", "its report"
    by: str
    reason: str
    told: str  # the numbers of it in words


def walk_id(key: str) -> str:
    """Make a short name for a walk that can stand in an address."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def find_walk(study: Study, walk: str) -> StoredWalk:
    """Find a walk by its id.

    Raises:
        DataError: There is none.
    """
    with reading(study.store) as connection:  # keys alone: a log of years holds many walks
        keys = connection.execute(select(WALKS.c.key).distinct()).scalars()
        key = next((each for each in keys if walk_id(each) == walk), "")
    told = RECORDS.c.key == store_key(KIND, key)
    for found in _stored(study, WALKS.c.key == key, told):
        return found
    raise DataError("there is no such walk. Look for it among the walks of its week")


def stored_walks(study: Study, *, since: str = "") -> list[StoredWalk]:
    """List the walks of the store by their start, newest first.

    Args:
        study: The study.
        since: Only walks that start on this day (ISO) or later; empty: all.
    """
    return _stored(study, WALKS.c.start >= since, RECORDS.c.day >= since)


def _stored(
    study: Study, which: ColumnElement[bool], reported: ColumnElement[bool]
) -> list[StoredWalk]:
    """Read the newest version of walks, and of their reports."""
    records = RECORDS.c
    wanted = select(WALKS).where(which).order_by(WALKS.c.version)
    told = select(records.key, records.body, records.by)
    told = told.where(records.kind == KIND, reported).order_by(records.version)
    with reading(study.store) as connection:
        newest = {row.key: row for row in connection.execute(wanted)}
        reports = {row.key: row for row in connection.execute(told)}
    found = []
    for key, row in newest.items():
        if row.content == ERASED:
            continue
        report = reports.get(store_key(KIND, key))
        found.append(
            StoredWalk(
                id=walk_id(key),
                key=key,
                place=row.place,
                type=row.type,
                start=row.start,
                minutes=row.minutes,
                coordinator=row.coordinator,
                people=row.people,
                team=row.team,
                inside_border=row.inside_border,
                body=report.body if report else {},
                by=report.by if report else "",
            )
        )
    return sorted(found, key=lambda walk: walk.start, reverse=True)


def walk_history(study: Study, walk: StoredWalk) -> list[WalkVersion]:
    """List the versions of a walk and of its report, oldest first."""
    with reading(study.store) as connection:
        walks = connection.execute(
            select(WALKS.c.minutes, WALKS.c.people, IMPORTS.c.at, IMPORTS.c.file, IMPORTS.c.id)
            .join(IMPORTS, WALKS.c.import_id == IMPORTS.c.id)
            .where(WALKS.c.key == walk.key)
        ).all()
        reports = connection.execute(
            select(RECORDS.c.body, RECORDS.c.by, IMPORTS.c.at, IMPORTS.c.id)
            .join(IMPORTS, RECORDS.c.import_id == IMPORTS.c.id)
            .where(RECORDS.c.key == store_key(KIND, walk.key))
        ).all()
    written = {row.id: row for row in reports}
    found = []
    for row in walks:
        with_it = written.get(row.id)
        by = with_it.by if with_it else row.file
        reason = str(with_it.body.get("reason", "")) if with_it else ""
        reached = row.people.get(REACHED, 0)
        told = f"{row.minutes:g} minutes; {people_in_words(row.people)}; {reached} reached"
        version = WalkVersion(day=row.at[:10], what="the walk", by=by, reason=reason, told=told)
        found.append((row.id, version))
    of_walks = {row.id for row in walks}
    for report in reports:
        if report.id not in of_walks:  # only the report was changed
            told, reason = "what was told beside the numbers", str(report.body.get("reason", ""))
            version = WalkVersion(
                day=report.at[:10], what="its report", by=report.by, reason=reason, told=told
            )
            found.append((report.id, version))
    return [version for _, version in sorted(found, key=lambda pair: pair[0])]


def near_walks(study: Study, report: WalkReport) -> list[StoredWalk]:
    """Find other walks of the same place and type that were under way at the same time.

    One of them may be the same walk with another start, which would then be counted twice.
    """
    ends = report.start + timedelta(minutes=report.minutes)
    key = _key(report)
    near = []
    since = (report.start - timedelta(days=1)).date().isoformat()
    for walk in stored_walks(study, since=since):
        if walk.key == key or (walk.place, walk.type) != (report.place, report.type):
            continue
        start = datetime.fromisoformat(walk.start)
        if start < ends and report.start < start + timedelta(minutes=walk.minutes):
            near.append(walk)
    return near


def typed_of(walk: StoredWalk) -> dict[str, list[str]]:
    """Fill the form of a walk in with what is stored of it, to be corrected."""
    numbers = {name: str(n) for name, n in walk.people.items()}
    single = {
        "place": walk.place,
        "type": walk.type,
        "day": walk.start[:10],
        "clock": walk.start[11:19],
        "minutes": f"{walk.minutes:.0f}",
        "coordinator": walk.coordinator,
        "team": walk.team or "",
        "inside_border": walk.inside_border or "",
        **numbers,
    }
    apart = {"topics", "organisations", "type", "start", "reason"}  # a reason is of one correction
    single |= {name: str(said) for name, said in walk.body.items() if name not in apart}
    typed = {name: [value] for name, value in single.items()}
    typed["topics"] = list(walk.body.get("topics", ()))
    typed["organisations"] = ["\n".join(walk.body.get("organisations", ()))]
    return typed


def _key(report: WalkReport) -> str:
    row = report.log_row()
    return "|".join(str(row[name]) for name in ("place", "type", "start", "coordinator"))
