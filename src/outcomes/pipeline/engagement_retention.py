"""Retention of engagement notes: which texts were kept as long as study.toml says, and go now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from outcomes.engagement.record_kinds import RecordKind, shipped_kinds
from outcomes.pipeline.audit import record_with
from outcomes.pipeline.engagement_records import WITHDRAWN
from outcomes.pipeline.retention import months_after
from outcomes.store.engagement_erasing import (
    HeldTexts,
    TextFields,
    erase_record_texts,
    held_texts,
    record_days,
)
from outcomes.store.engine import pragma, reading
from outcomes.study import Study

NOTES = ("note", "notes", "reason", WITHDRAWN)  # of any kind: what staff wrote in their own words
_JUDGEMENT = "level"  # its reason is what was judged, and stays as long as the judgement
_FREE = {"note", "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTexts:
    """The texts of one kind of record that may be kept no longer."""

    kind: str  # in words, many of them
    records: int
    texts: int  # of all versions
    oldest: str  # day
    newest: str

    def sentence(self) -> str:
        """Say it in words."""
        when = self.oldest if self.oldest == self.newest else f"{self.oldest} to {self.newest}"
        return f"{self.kind}: {self.texts} text(s) of {self.records} record(s), {when}."


def free_texts(kind: RecordKind) -> tuple[str, ...]:
    """List the fields of a kind that hold free text and are neither counted by nor its key.

    A text by which records are told apart or counted (what an event is called, a class) stays:
    without it the counts would change.
    """
    kept = {*kind.key, *_counted_by()}
    own = [field.name for field in kind.fields if field.kind in _FREE and field.name not in kept]
    return (*dict.fromkeys((*own, *NOTES)),)


@cache
def _counted_by() -> frozenset[str]:
    """List the fields by which records of any kind are counted, such as the class of an academy."""
    every = [one for kind in shipped_kinds().values() for one in kind.counted]
    return frozenset(name for one in every for name in (one.where, one.filled) if name)


def text_fields() -> TextFields:
    """Say for every kind of record which of its fields are free text."""
    kinds = {code: free_texts(kind) for code, kind in shipped_kinds().items()}
    return TextFields(
        by_kind=kinds | {_JUDGEMENT: ()}, others=NOTES, emptied={WITHDRAWN: "(erased)"}
    )


def first_day_kept(study: Study, *, today: date) -> date | None:
    """Say from which day on texts are kept; None where study.toml sets no end."""
    months = study.settings.engagement.retention_months
    if months is None:
        return None
    day = months_after(today, -months)
    # a month after 31 January is 28 February: move on to the first day that is not over
    while months_after(day, months) < today:
        day += timedelta(days=1)
    return day


def due_texts(study: Study, *, today: date) -> list[DueTexts]:
    """Say which texts would go, by kind of record; none where study.toml sets no end.

    Args:
        study: The study; ``retention_months`` under ``[engagement]`` counts from a record's day.
        today: In the study's time zone.
    """
    first = first_day_kept(study, today=today)
    if first is None:
        return []
    with reading(study.store) as connection:
        days = record_days(connection, before=first.isoformat())
        held = held_texts(connection, list(days), fields=text_fields())
    return _by_kind(held, days)


def erase_due_texts(study: Study, *, user: str, today: date) -> list[DueTexts]:
    """Erase them in all versions, with a row of the audit log: all of it, or nothing.

    The records stay with their counts, days, places and organisations, and bear the mark that
    their texts were erased. A file imported once more does not bring them back.

    Args:
        study: The study.
        user: Who does it.
        today: In the study's time zone.

    Returns:
        What was erased.

    Source:
        Issue 9, 6; requirement D29 (notes are read by everyone, and need not be kept for ever).
    """
    first = first_day_kept(study, today=today)
    if first is None:
        return []
    fields = text_fields()
    with study.store.connect() as connection:
        pragma(connection, "secure_delete=ON")  # overwrite what is let go, not only forget it
        with connection.begin():
            days = record_days(connection, before=first.isoformat())
            held = held_texts(connection, list(days), fields=fields)
            if held:
                texts = erase_record_texts(connection, held, fields=fields, day=today.isoformat())
                record_with(
                    connection,
                    user=user,
                    action="erased engagement notes",
                    about=f"before {first}",
                    detail=f"{texts} texts of {len({one.key for one in held})} records",
                )
        pragma(connection, "wal_checkpoint(TRUNCATE)")  # the log beside the store holds it too
    return _by_kind(held, days)


def rule_in_words(study: Study, *, today: date) -> str:
    """Say how long notes are kept here."""
    months = study.settings.engagement.retention_months
    first = first_day_kept(study, today=today)
    if months is None or first is None:
        return (
            "Notes are kept without end: study.toml sets none "
            "(retention_months under [engagement])."
        )
    return (
        f"Notes of engagement are kept {months} month{'' if months == 1 else 's'}: "
        f"those of records before {first} go, and their counts stay."
    )


def after_erasing_texts() -> list[str]:
    """Say where erased texts may still lie."""
    return [
        "Copies of data/study.db made before still hold them, and so do the files that they came "
        "from (data/raw) and earlier exports. Remove what you may not keep."
    ]


def _by_kind(held: Sequence[HeldTexts], days: dict[str, str]) -> list[DueTexts]:
    kinds: dict[str, list[HeldTexts]] = {}
    for one in held:
        kinds.setdefault(one.kind, []).append(one)
    return [
        DueTexts(
            kind=_in_words(kind),
            records=len({one.key for one in ones}),
            texts=sum(len(one.fields) for one in ones),
            oldest=min(days[one.key] for one in ones),
            newest=max(days[one.key] for one in ones),
        )
        for kind, ones in sorted(kinds.items())
    ]


def _in_words(kind: str) -> str:
    known = shipped_kinds()
    return known[kind].many if kind in known else kind.replace("_", " ") + "s"
