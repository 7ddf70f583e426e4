"""Erasing what is kept outside the submissions: imported answers, and keyed sheets of paper."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Engine, insert, update

from outcomes.store.desk_tables import ERASURES, PAPER_ENTRIES
from outcomes.store.engine import pragma
from outcomes.store.erasing import Mark, erase_texts
from outcomes.store.facts import ERASED
from outcomes.store.schema import ANSWERS

_AT_ONCE = 500  # rows in one statement


def erase_imported(engine: Engine, *, wave: str, respondent: str, mark: Mark) -> int:
    """Erase the imported answers of one respondent in one wave, with all their versions.

    The tombstone bears a number drawn by chance, for an import knows no form.

    Returns:
        How many versions were erased; 0 leaves no tombstone.
    """
    columns = ANSWERS.c
    with engine.connect() as connection:
        pragma(connection, "secure_delete=ON")  # overwrite what is let go, not only forget it
        with connection.begin():
            erased = connection.execute(
                update(ANSWERS)
                .where(columns.key == f"{wave}/{respondent}", columns.content != ERASED)
                .values(answers={}, weight=None, content=ERASED)
            ).rowcount
            if erased:
                erase_texts(connection, wave, [respondent])
                connection.execute(
                    insert(ERASURES).values(
                        wave=wave,
                        instance=str(uuid.uuid4()),
                        day=mark.day,
                        user=mark.user,
                        reason=mark.reason,
                    )
                )
        pragma(connection, "wal_checkpoint(TRUNCATE)")  # the log beside the store holds it too
    return erased


def erase_entries(engine: Engine, *, rows: Sequence[int]) -> None:
    """Empty what was keyed of sheets of paper; that they were keyed, by whom and when, stays."""
    with engine.connect() as connection:
        pragma(connection, "secure_delete=ON")
        with connection.begin():
            for first in range(0, len(rows), _AT_ONCE):
                some = PAPER_ENTRIES.c.id.in_(rows[first : first + _AT_ONCE])
                connection.execute(update(PAPER_ENTRIES).where(some).values(body={}))
        pragma(connection, "wal_checkpoint(TRUNCATE)")
