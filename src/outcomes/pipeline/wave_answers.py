"""The stored answers of one wave, without reading those of all others."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from outcomes.errors import DataError
from outcomes.store.engine import reading
from outcomes.store.facts import ERASED
from outcomes.store.schema import ANSWERS
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswers:
    """What one respondent answered in one wave, in its newest version."""

    respondent: str
    place: str
    weight: float | None
    answers: dict[str, str]


def answers_of_wave(study: Study, wave: str) -> list[StoredAnswers]:
    """Read the answers of a wave in the order of the respondents' hashes; erased ones are out."""
    columns = ANSWERS.c
    newest = (
        select(columns.key, func.max(columns.version).label("version"))
        .where(columns.wave == wave)
        .group_by(columns.key)
        .subquery()
    )
    query = (
        select(columns.respondent, columns.place, columns.weight, columns.answers)
        .join(newest, (columns.key == newest.c.key) & (columns.version == newest.c.version))
        .where(columns.content != ERASED)
        .order_by(columns.respondent)
    )
    with reading(study.store) as connection:
        rows: list[Any] = [dict(row) for row in connection.execute(query).mappings()]
    return [StoredAnswers(**row) for row in rows]


def imported_respondents(study: Study, wave: str) -> set[str]:
    """Find whose answers came by an import, and not through a form of the desk."""
    query = select(SUBMISSIONS.c.respondent).where(SUBMISSIONS.c.wave == wave).distinct()
    with reading(study.store) as connection:
        sent = set(connection.execute(query).scalars())
    return {row.respondent for row in answers_of_wave(study, wave)} - sent


def require_answers(connection: Connection, wave: str, respondent: str) -> None:
    """See, in the transaction that adds to them, that somebody's answers are still stored.

    Raises:
        DataError: They were taken back or erased, so that nothing of them may be kept.
    """
    columns = ANSWERS.c
    query = select(columns.id).where(
        columns.wave == wave, columns.respondent == respondent, columns.content != ERASED
    )
    if connection.execute(query).first() is None:
        raise DataError("this text is not there any more: its writer may have taken it back")
