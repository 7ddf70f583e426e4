"""Erasing: what a respondent takes back, or what may be kept no longer, leaves only a mark."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from outcomes.store.desk_tables import ERASURES, TEXT_CODES, TEXT_REVIEWS
from outcomes.store.engine import pragma
from outcomes.store.facts import ERASED
from outcomes.store.schema import ANSWERS
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.store.submissions import WITHDRAWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased of one form."""

    parts: int  # submissions, with all their versions; 0: there is no such form, or it was erased
    answers: int  # collected answers, with all their versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a tombstone says."""

    day: str
    user: str
    reason: str


def erase(engine: Engine, *, wave: str, instance: str, user: str, reason: str, day: str) -> Erased:
    """Erase a form: its bodies, their digests, and the answers that were collected from it.

    What stays is that there was a form, and that it was erased, when, by whom and why. Whatever
    is sent to it later is refused as withdrawn. All of it happens, or nothing.

    Args:
        engine: The store.
        wave: The label of its wave.
        instance: The form.
        user: Who erases it; "" where the respondent took it back.
        reason: Why, for the record; never what the form said.
        day: As 2026-03-02.

    Source:
        Issue 4, 7: deletion leaves a tombstone.
    """
    with engine.connect() as connection:
        pragma(connection, "secure_delete=ON")  # overwrite what is let go, not only forget it
        mark = Mark(day=day, user=user, reason=reason)
        with connection.begin():
            erased = _erase(connection, wave, instance, mark=mark)
        pragma(connection, "wal_checkpoint(TRUNCATE)")  # the log beside the store holds it too
    return erased


def _erase(connection: Connection, wave: str, instance: str, *, mark: Mark) -> Erased:
    columns = SUBMISSIONS.c
    of_form = (columns.wave == wave) & (columns.instance == instance)
    newest = select(SUBMISSIONS).where(of_form, columns.body != "").order_by(columns.id.desc())
    row = connection.execute(newest.limit(1)).mappings().one_or_none()
    if row is None or _is_marked(connection, wave, instance):
        return Erased(parts=0, answers=0)
    parts = connection.execute(
        update(SUBMISSIONS)
        .where(of_form, columns.body != "", columns.part != WITHDRAWN)
        .values(body="", digest="", reason="", seconds=None)
    ).rowcount
    connection.execute(
        insert(ERASURES).values(wave=wave, instance=instance, **dataclasses.asdict(mark))
    )
    _close(connection, row, mark=mark)
    known = select(columns.respondent).where(of_form, columns.respondent != "").distinct()
    people = list(connection.execute(known).scalars())
    keys = [f"{wave}/{respondent}" for respondent in people]
    answers = connection.execute(
        update(ANSWERS)
        .where(ANSWERS.c.key.in_(keys))
        .values(answers={}, weight=None, content=ERASED)
    ).rowcount
    erase_texts(connection, wave, people)
    return Erased(parts=parts, answers=answers)


def erase_texts(connection: Connection, wave: str, respondents: Sequence[str]) -> None:
    """Empty what was reviewed and coded of people's texts in a wave, with all versions."""
    reviews, codes = TEXT_REVIEWS.c, TEXT_CODES.c
    connection.execute(
        update(TEXT_REVIEWS)
        .where(reviews.wave == wave, reviews.respondent.in_(respondents))
        .values(text="", digest="")
    )
    connection.execute(
        update(TEXT_CODES)
        .where(codes.wave == wave, codes.respondent.in_(respondents))
        .values(themes=[], digest="")
    )


def _is_marked(connection: Connection, wave: str, instance: str) -> bool:
    query = select(ERASURES.c.id).where(ERASURES.c.wave == wave, ERASURES.c.instance == instance)
    return connection.execute(query).first() is not None


def _close(connection: Connection, row: RowMapping, *, mark: Mark) -> None:
    """Leave a part "withdrawn", at which the writer refuses what a tablet may send later."""
    columns = SUBMISSIONS.c
    query = select(columns.id).where(columns.instance == row["instance"], columns.part == WITHDRAWN)
    if connection.execute(query).first() is not None:
        return
    part = {name: cell for name, cell in row.items() if name != "id"}
    part |= {"part": WITHDRAWN, "version": 1, "body": "{}", "digest": "", "seconds": None}
    part |= {"day": mark.day, "editor": mark.user, "reason": mark.reason}
    connection.execute(insert(SUBMISSIONS).values(part))
