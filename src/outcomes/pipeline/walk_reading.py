"""Walks of the store with what their coordinators told of them, and the history of each."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from outcomes.engagement.log import BESIDE
from outcomes.engagement.walk_report import KIND, WalkReport, people_in_words
from outcomes.engagement.walk_rules import REACHED
from outcomes.errors import DataError
from outcomes.pipeline.importing import store_key
from outcomes.store.blocks import Since
from outcomes.store.bulk_read import read_columns
from outcomes.store.engine import reading
from outcomes.store.schema import IMPORTS, RECORDS, WALKS, facts_columns
from outcomes.store.versions import every_version
from outcomes.study import Study

_ALL_BUT_KEY = [column.name for column in facts_columns(WALKS) if column.name != "key"]


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
    keys = read_columns(study.store, "walks", without=_ALL_BUT_KEY)["key"].tolist()
    # the latest first: it is those that people look at
    key = next((each for each in reversed(keys) if walk_id(each) == walk), None)
    if key is None:
        raise DataError("there is no such walk. Look for it among the walks of its week")
    with reading(study.store) as connection:
        newest = every_version(connection, WALKS, key=key)[-1]
    (found,) = _with_reports(study, [newest], RECORDS.c.key == store_key(KIND, key))
    return found


def stored_walks(study: Study, *, since: str = "") -> list[StoredWalk]:
    """List the walks of the store by their start, newest first.

    Args:
        study: The study.
        since: Only walks that start on this day (ISO) or later; empty: all.
    """
    walks = read_columns(study.store, "walks", since=Since("start", since))
    untold = {name: walks[name].astype(object).where(walks[name].notna(), None) for name in BESIDE}
    rows = walks.assign(**untold).to_dict("records")
    found = _with_reports(study, rows, RECORDS.c.day >= since)
    return sorted(found, key=lambda walk: walk.start, reverse=True)


def _with_reports(
    study: Study, walks: Sequence[Mapping[str, Any]], reported: ColumnElement[bool]
) -> list[StoredWalk]:
    """Lay walks of the store out with the newest version of their reports."""
    records = RECORDS.c
    told = select(records.key, records.body, records.by)
    told = told.where(records.kind == KIND, reported).order_by(records.version)
    with reading(study.store) as connection:
        reports = {row.key: row for row in connection.execute(told)}
    found = []
    for walk in walks:
        report = reports.get(store_key(KIND, walk["key"]))
        found.append(
            StoredWalk(
                id=walk_id(walk["key"]),
                **{column.name: walk[column.name] for column in facts_columns(WALKS)},
                body=report.body if report else {},
                by=report.by if report else "",
            )
        )
    return found


def walk_history(study: Study, walk: StoredWalk) -> list[WalkVersion]:
    """List the versions of a walk and of its report, oldest first."""
    with reading(study.store) as connection:
        walks = every_version(connection, WALKS, key=walk.key)
        numbers = [row["import_id"] for row in walks]
        log = select(IMPORTS.c.id, IMPORTS.c.at, IMPORTS.c.file).where(IMPORTS.c.id.in_(numbers))
        imports = {row.id: row for row in connection.execute(log)}
        reports = connection.execute(
            select(RECORDS.c.body, RECORDS.c.by, IMPORTS.c.at, IMPORTS.c.id)
            .join(IMPORTS, RECORDS.c.import_id == IMPORTS.c.id)
            .where(RECORDS.c.key == store_key(KIND, walk.key))
        ).all()
    written = {row.id: row for row in reports}
    found = []
    for row in walks:
        logged, with_it = imports[row["import_id"]], written.get(row["import_id"])
        by = with_it.by if with_it else logged.file
        reason = str(with_it.body.get("reason", "")) if with_it else ""
        people = row["people"]
        reached = people.get(REACHED, 0)
        told = f"{row['minutes']:g} minutes; {people_in_words(people)}; {reached} reached"
        version = WalkVersion(day=logged.at[:10], what="the walk", by=by, reason=reason, told=told)
        found.append((row["import_id"], version))
    of_walks = set(imports)
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
