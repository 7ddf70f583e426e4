"""Walks recorded at the desk: stored with their report, judged, found again and corrected."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from outcomes.engagement.walk_report import KIND, Asked, WalkReport
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import DataError
from outcomes.pipeline.engagement_records import WITHDRAWN, record_row
from outcomes.pipeline.record_importing import known_names
from outcomes.pipeline.walk_reading import StoredWalk, walk_id
from outcomes.store import Source, append_together
from outcomes.store.engine import reading
from outcomes.store.facts import ERASED
from outcomes.store.schema import WALKS
from outcomes.store.taking_back import take_walk_back
from outcomes.study import Study

STEP = "desk: a walk"
SHORTEST_REASON, LONGEST_REASON = 5, 300  # letters


def asked(study: Study, *, now: datetime) -> Asked:
    """Gather what answers about a walk are checked against.

    Args:
        study: The study.
        now: Local clock time, without a zone.

    Raises:
        FileError: The walk rules are missing or break a rule.
    """
    return Asked(
        rules=read_walk_rules(study.rules_path),
        places=study.place_codes(),
        topics=study.settings.engagement.topics,
        known=known_names(study),
        now=now,
    )


def take_back(study: Study, walk: StoredWalk, *, by: str, reason: str) -> None:
    """Take a walk back that was recorded as another than it was: it counts no more.

    Its versions stay in the store, with who took it back and why. The same place, type, start
    and coordinator cannot be recorded again.

    Raises:
        DataError: There is no reason, or it was taken back already.
    """
    reason = _reason(reason)
    record = record_row(
        KIND,
        key=[walk.key],
        day=walk.start[:10],
        place=walk.place,
        body={"type": walk.type, "start": walk.start, WITHDRAWN: reason},
        by=by,
    )
    if not take_walk_back(study.store, walk.key, record=record, step=f"{STEP} taken back"):
        raise DataError("This walk was taken back already")


def save_walk(study: Study, report: WalkReport, *, by: str) -> tuple[str, bool]:
    """Store a walk and its report in one transaction.

    Returns:
        The walk's id; and whether anything new was stored: the same form sent twice is one walk.

    Raises:
        DataError: A walk of this place, type, start and coordinator is stored with other numbers.
    """
    walk, record = _rows(report, by=by)
    if _was_taken_back(study, walk["key"]):
        raise DataError(
            "A walk of this place, type, start and rank was taken back. If it was done after all, "
            "record it with a start one minute later"
        )
    try:
        stored = append_together(
            study.store,
            {"walks": [walk], "engagement_records": [record]},
            source=Source(step=STEP, read=1),
        )
    except DataError:
        raise DataError(
            "A walk of this place, type, start and rank is stored already, with other numbers. "
            "Look for it among the walks of this week and correct it there, or check the start"
        ) from None
    return walk_id(walk["key"]), stored.new > 0


def correct_walk(
    study: Study, walk: StoredWalk, report: WalkReport, *, by: str, reason: str
) -> None:
    """Store a newer version of a walk and of its report; the older ones stay in its history.

    Args:
        study: The study.
        walk: What is corrected.
        report: The same place, type, start and coordinator with other content.
        by: Who corrects it.
        reason: Why, in a few words.

    Raises:
        DataError: There is no reason, it is another walk, or nothing was changed.
    """
    reason = _reason(reason)
    row, record = _rows(report, by=by, reason=reason)
    if row["key"] != walk.key:
        raise DataError("Place, type, start and rank say which walk it is, and stay as they are")
    if walk.inside_border == "yes" == report.inside_border:  # as a file told it
        row["inside_border"] = "yes"
    if row["minutes"] == round(walk.minutes):  # a file may say half minutes, the form does not
        row["minutes"] = walk.minutes
    old = {name: value for name, value in walk.body.items() if name != "reason"}
    new = {name: value for name, value in record["body"].items() if name != "reason"}
    beside = ("minutes", "people", "team", "inside_border")
    if all(row.get(name) == getattr(walk, name) for name in beside) and old == new:
        raise DataError("Nothing was changed")
    append_together(
        study.store,
        {"walks": [row], "engagement_records": [record]},
        source=Source(step=f"{STEP} corrected", read=1),
        amend=True,
    )


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise DataError(f"Say in a few words why, in {SHORTEST_REASON} to {LONGEST_REASON} letters")
    return reason


def _was_taken_back(study: Study, key: str) -> bool:
    query = select(WALKS.c.id).where(WALKS.c.key == key, WALKS.c.content == ERASED)
    with reading(study.store) as connection:
        return connection.execute(query).first() is not None


def _rows(
    report: WalkReport, *, by: str, reason: str = ""
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Lay a report out as rows of the store: the walk as a log has it, and the rest beside it."""
    import pandas as pd

    from outcomes.engagement.log import walk_rows

    table = pd.DataFrame([report.log_row()])
    (laid,) = walk_rows(table).to_dict("records")
    walk = {str(name): cell for name, cell in laid.items()}
    record = record_row(
        KIND,
        key=[walk["key"]],
        day=f"{report.start:%Y-%m-%d}",
        place=report.place,
        body={**report.body(), "reason": reason},
        by=by,
    )
    return walk, record
