"""Submissions: one part of one respondent's form as it was sent, and what is read back of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Engine, select

from outcomes.errors import OutcomesError
from outcomes.store.engine import reading
from outcomes.store.submission_tables import SUBMISSIONS

Verdict = Literal["new", "same", "different", "finished", "withdrawn"]
WITHDRAWN = "withdrawn"  # the part that ends an instance for good
REPLACED = "replaced"  # the part that says: another form stands in the place of this one
FINISHING = ("end", "form")  # the parts that finish one


class NotSaved(OutcomesError):  # noqa: N818 (reads as what happened)
    """A submission that the store could not keep: who sent it must keep it and send it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One part of one respondent's form, ready to be stored."""

    wave: str
    place: str  # a code of the study's places, or "agency"
    instance: str  # of one respondent's form in one wave
    part: str  # start, page/NAME, end, form, correction, withdrawn
    respondent: str  # keyed hash of the code
    body: str  # JSON
    digest: str  # keyed hash of what was sent: the same again gives the same digest
    way: str  # web, kiosk, tablet, paper
    language: str
    instrument: str
    instrument_version: str
    instrument_hash: str
    day: str  # 2026-03-02, in the study's time zone
    seconds: int | None = None  # spent on the part, to ten seconds
    editor: str = ""  # who keyed or corrected it; "" for respondents
    reason: str = ""  # of a correction


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Submission):
    """A submission as it stands in the store."""

    id: int  # counts up in the order of arrival
    version: int  # of the part, from 1


class Tally(NamedTuple):
    """What forms are counted by."""

    way: str
    place: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many forms of a wave there are; those taken back or replaced were never started."""

    started: int
    finished: int
    withdrawn: int
    started_by: Mapping[Tally, int]  # by how, where and on which day they were started
    finished_by: Mapping[Tally, int]  # by how, where and on which day they were finished


_LEFT_OUT = (WITHDRAWN, REPLACED)
_COLUMNS = tuple(SUBMISSIONS.c[field.name] for field in fields(Stored))


def read_submissions(engine: Engine, wave: str, *, instance: str = "") -> list[Stored]:
    """Read what was sent in a wave, in the order of arrival; erased parts are left out.

    Args:
        engine: The store.
        wave: The label of the wave.
        instance: Of one form only; "" for all of the wave.
    """
    of_one = [SUBMISSIONS.c.instance == instance] if instance else []
    return _read(engine, SUBMISSIONS.c.wave == wave, *of_one)


def parts_of(engine: Engine, instance: str) -> list[Stored]:
    """Read the parts of one form, in the order of arrival; erased parts are left out."""
    return _read(engine, SUBMISSIONS.c.instance == instance)


def _read(engine: Engine, *conditions: ColumnElement[bool]) -> list[Stored]:
    kept = SUBMISSIONS.c.body != ""
    query = select(*_COLUMNS).where(*conditions, kept).order_by(SUBMISSIONS.c.id)
    with reading(engine) as connection:
        return [Stored(**row) for row in connection.execute(query).mappings()]


def count_instances(engine: Engine, wave: str) -> Counts:
    """Count the forms of a wave without reading what they hold.

    A form is started on the day of its first part and finished on the day of its end; a whole
    form from a tablet or from paper is both at once.
    """
    columns = SUBMISSIONS.c
    query = (
        select(columns.instance, columns.part, columns.way, columns.place, columns.day)
        .where(columns.wave == wave, columns.part.in_(("start", *FINISHING, *_LEFT_OUT)))
        .order_by(columns.id)
    )
    started: dict[str, Tally] = {}
    finished: dict[str, Tally] = {}
    gone: dict[str, set[str]] = {part: set() for part in _LEFT_OUT}
    with reading(engine) as connection:
        for instance, part, way, place, day in connection.execute(query):
            if part in gone:
                gone[part].add(instance)
                continue
            started.setdefault(instance, Tally(way, place, day))
            if part in FINISHING:
                finished.setdefault(instance, Tally(way, place, day))
    left_out = set().union(*gone.values())
    return Counts(
        started=len(started.keys() - left_out),
        finished=len(finished.keys() - left_out),
        withdrawn=len(gone[WITHDRAWN]),
        started_by=_tallies(started, left_out),
        finished_by=_tallies(finished, left_out),
    )


def _tallies(found: Mapping[str, Tally], left_out: set[str]) -> Mapping[Tally, int]:
    return Counter(tally for instance, tally in found.items() if instance not in left_out)


def as_rows(submissions: Sequence[tuple[Submission, int]]) -> list[dict[str, object]]:
    """Write submissions and their versions as rows of the table."""
    return [
        {name: getattr(one, name) for name in _SENT} | {"version": version}
        for one, version in submissions
    ]


_SENT = tuple(field.name for field in fields(Submission))
