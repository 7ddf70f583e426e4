"""Engagement records as the desk writes them: a new one, a correction, a withdrawal."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from outcomes.engagement.record_kinds import BASE, RecordField, RecordKind
from outcomes.engagement.record_values import (
    Value,
    Wrong,
    day_fault,
    natural_key,
    read_value,
    read_values,
)
from outcomes.errors import DataError
from outcomes.pipeline.engagement_records import WITHDRAWN, Version, record_row, store_records
from outcomes.pipeline.record_importing import Stored, known_names, stored_of
from outcomes.settings import AGENCY
from outcomes.store import Source
from outcomes.study import Study

STEP = "desk records"
_DAY = RecordField(name="day", label="Which day?", kind="date", needed=True)
_REASON = RecordField(name="reason", label="Why?", kind="text", needed=True)


class RecordFaults(DataError):  # noqa: N818 (reads as what happened)
    """Some fields of a record hold what cannot be taken; nothing was stored."""

    def __init__(self, wrong: Mapping[str, Wrong]) -> None:
        self.wrong = dict(wrong)
        super().__init__(str(next(iter(self.wrong.values()))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    where: dict[str, str]  # day, place, community
    values: dict[str, Value]


def write_record(
    study: Study, kind: RecordKind, given: Mapping[str, str], *, by: str, today: date
) -> str:
    """Store a new record.

    Args:
        study: The study.
        kind: What kind it is of.
        given: What was written, by field: day, place, community, and the kind's own.
        by: Staff who wrote it.
        today: The day: no record lies after it.

    Returns:
        Its key in the store.

    Raises:
        RecordFaults: A field breaks a rule, or a text may say who somebody is.
        DataError: There is such a record already.
    """
    read = _read(study, kind, given, today=today)
    stored = stored_of(study, kind)
    natural = natural_key(kind, read.values, **read.where)
    _refuse_same(stored, natural, but="")
    row = record_row(kind.code, key=natural, body=read.values, by=by, **read.where)
    row["key"] = _free_key(row["key"], stored)
    _store(study, row)
    return str(row["key"])


def correct_record(
    study: Study,
    newest: Version,
    kind: RecordKind,
    given: Mapping[str, str],
    *,
    by: str,
    today: date,
) -> None:
    """Store a record as it should have been; a withdrawn one counts again.

    Args:
        study: The study.
        newest: The version that was looked at.
        kind: What kind it is of.
        given: As for ``write_record``.
        by: Staff who corrected it.
        today: As for ``write_record``.

    Raises:
        RecordFaults: As for ``write_record``.
        DataError: Somebody corrected it meanwhile, or it would be the same as another record.
    """
    read = _read(study, kind, given, today=today)
    stored = stored_of(study, kind)
    _refuse_old(stored, newest)
    natural = natural_key(kind, read.values, **read.where)
    _refuse_same(stored, natural, but=newest.key)
    row = record_row(kind.code, key=[], body=read.values, by=by, **read.where)
    _store(study, {**row, "key": newest.key}, before=newest)


def withdraw_record(study: Study, newest: Version, kind: RecordKind, *, why: str, by: str) -> None:
    """Let a record count no more; it stays in the history, with the reason.

    Raises:
        RecordFaults: There is no reason, or it may say who somebody is.
        DataError: Somebody corrected the record meanwhile, or it is withdrawn already.
    """
    reason = read_value(_REASON, why, known=known_names(study))
    if isinstance(reason, Wrong):
        raise RecordFaults({"reason": reason})
    _refuse_old(stored_of(study, kind), newest)
    if newest.withdrawn:
        raise DataError("this record is withdrawn already")
    body = newest.body | {WITHDRAWN: reason}
    where = {"day": newest.day, "place": newest.place, "community": newest.community}
    row = record_row(kind.code, key=[], body=body, by=by, **where)
    _store(study, {**row, "key": newest.key}, before=newest)


def short_of(key: str) -> str:
    """Give a key in the few letters by which an address names the record."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def find_record(study: Study, kind: RecordKind, short: str) -> list[Version]:
    """Find all versions of a record by the letters of its address; none where there is none."""
    versions = stored_of(study, kind).versions
    return next((each for key, each in versions.items() if short_of(key) == short), [])


def _read(study: Study, kind: RecordKind, given: Mapping[str, str], *, today: date) -> _Read:
    values, wrong = read_values(kind, given, known=known_names(study))
    where = {name: given.get(name, "").strip() for name in BASE}
    places = (*study.place_codes(), AGENCY)
    communities = [each.code for each in study.settings.communities]
    first: dict[str, Wrong | None] = {"day": _day(where["day"], today=today)}
    if where["place"] not in places:
        first["place"] = Wrong(problem="this is no place of the study", mend="Choose one")
    if where["community"] and where["community"] not in communities:
        first["community"] = Wrong(problem="this is no community of the study", mend="Choose one")
    faults = {name: fault for name, fault in first.items() if fault is not None} | wrong
    if faults:
        raise RecordFaults(faults)
    return _Read(where=where, values=values)


def _day(text: str, *, today: date) -> Wrong | None:
    day = read_value(_DAY, text)
    return day if isinstance(day, Wrong) else day_fault(date.fromisoformat(str(day)), today=today)


def _refuse_same(stored: Stored, natural: tuple[str, ...], *, but: str) -> None:
    """Refuse a record that could not be told from another one."""
    same = stored.current().get(natural)
    if same is not None and same.key != but:
        names = ", ".join(["day", "place", "community", *stored.kind.key])
        gone = " (it is withdrawn)" if same.withdrawn else ""
        raise DataError(
            f"there is such a record already, with the same {names}{gone}. Correct that one, or "
            "write what tells this one from it"
        )


def _refuse_old(stored: Stored, newest: Version) -> None:
    versions = stored.versions.get(newest.key, [])
    if not versions or versions[-1].number != newest.number:
        raise DataError(
            "somebody corrected this record meanwhile, and nothing of yours was saved. "
            "Look at it as it stands now"
        )


def _free_key(key: str, stored: Stored) -> str:
    """Find a key that no record has: one may be taken by what was renamed since."""
    number = 2
    free = key
    while free in stored.versions:
        free = f"{key[:190]} ({number})"
        number += 1
    return free


def _store(study: Study, row: Mapping[str, Any], *, before: Version | None = None) -> None:
    """Store one version; one that says what the version before it said is no correction."""
    if before is not None and all(row[name] == getattr(before, name) for name in (*BASE, "body")):
        raise DataError("nothing is changed, so nothing was stored")
    source = Source(step=STEP, read=1)
    store_records(study, [row], source=source, amend=before is not None)
