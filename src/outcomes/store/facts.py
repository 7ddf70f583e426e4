"""Facts in and out: appended in one transaction, read back as a table of the newest versions."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    Table,
    case,
    func,
    insert,
    select,
    update,
)

from outcomes.errors import DataError
from outcomes.store.engine import reading
from outcomes.store.row_append import Appended, Into, append_rows
from outcomes.store.schema import BLOCKS, FACTS, IMPORTS, IN_BLOCKS, facts_columns
from outcomes.store.versions import ERASED, batched, content_hash, hold_blocks

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ERASED",
    "Appended",
    "Rows",
    "Source",
    "append",
    "append_together",
    "batched",
    "content_hash",
    "facts_columns",
    "fingerprint",
    "newest_facts",
    "read_facts",
    "read_imports",
    "sha256",
]

Rows: TypeAlias = "Sequence[Mapping[str, Any]] | pd.DataFrame"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the rows of one import come from."""

    step: str  # the command, such as "engagement import-walks"
    file: Path | None = None  # only its name and SHA-256 are kept; None: it came from the desk
    read: int  # rows the file held
    refused: int = 0  # rows left out

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return self.file.name if self.file else self.step


def append(
    engine: Engine,
    table: str,
    rows: Rows,
    *,
    source: Source,
    amend: bool = False,
) -> Appended:
    """Store rows with their import log, in one transaction: all of them, or none.

    Args:
        engine: The store.
        table: A name in ``FACTS``.
        rows: The columns of that table, and ``key``, what makes a row the same fact; one by one,
            or as one table of them, which is the way for millions.
        source: Where they come from, for the log.
        amend: Whether a known key with other content is stored as a newer version.

    Raises:
        DataError: A key is known with other content and ``amend`` is false, or the rows do not
            hold the same columns of that table.
    """
    return append_together(engine, {table: rows}, source=source, amend=amend)


def append_together(
    engine: Engine,
    tables: Mapping[str, Rows],
    *,
    source: Source,
    amend: bool = False,
) -> Appended:
    """Store rows of several tables in one transaction: a walk and the report of it, say.

    Args:
        engine: The store.
        tables: Rows by the name of their table in ``FACTS``, as for ``append``.
        source: Where they come from, for the log.
        amend: As for ``append``.

    Raises:
        DataError: As for ``append``; nothing of any table is stored then.
    """
    for name, rows in tables.items():
        _check_columns(FACTS[name], rows)
    with engine.begin() as connection:
        made = connection.execute(
            insert(IMPORTS).values(
                step=source.step,
                file=source.file.name if source.file else "",
                sha256=sha256(source.file) if source.file else "",
                at=datetime.now(UTC).isoformat(timespec="seconds"),
                read=source.read,
                new=0,
                known=0,
                refused=source.refused,
            )
        )
        (import_id,) = made.inserted_primary_key or (None,)
        done = Appended(new=0, known=0)
        for name, rows in tables.items():
            done += _store(
                rows,
                Into(
                    connection=connection,
                    facts=FACTS[name],
                    import_id=import_id,
                    source=source.name,
                    amend=amend,
                ),
            )
        logged = update(IMPORTS).where(IMPORTS.c.id == import_id)
        connection.execute(logged.values(new=done.new, known=done.known))
    return done


def _store(rows: Rows, into: Into) -> Appended:
    """Store the rows of one table."""
    hold_blocks(into.connection, into.facts)
    if isinstance(rows, Sequence):
        return append_rows(rows, into)
    from outcomes.store.bulk_append import append_columns  # polls do without tables

    return append_columns(rows, into)


def read_facts(engine: Engine, table: str) -> "pd.DataFrame":
    """Read the newest version of every fact, in the order in which they were first stored.

    What was erased is left out. Rows of a table that may have blocks share what their JSON says,
    which nobody may change.
    """
    if table in IN_BLOCKS:
        from outcomes.store.bulk_read import read_columns

        return read_columns(engine, table)
    import pandas as pd

    columns = facts_columns(FACTS[table])
    with reading(engine) as connection:
        rows = connection.execute(newest_facts(FACTS[table], *columns)).mappings().all()
    return pd.DataFrame(rows, columns=[column.name for column in columns])


def newest_facts(facts: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """Ask for the newest version of every fact that was not erased."""
    amended = (  # few, if any: the others need not be looked up
        select(facts.c.key, func.max(facts.c.version).label("version"))
        .where(facts.c.version > 1)
        .group_by(facts.c.key)
        .subquery()
    )
    older = (
        select(facts.c.id)
        .join(amended, facts.c.key == amended.c.key)
        .where(facts.c.version < amended.c.version)
    )
    return (
        select(*columns)
        .where(facts.c.content != ERASED, facts.c.id.not_in(older))
        .order_by(facts.c.id)
    )


def read_imports(engine: Engine) -> "pd.DataFrame":
    """Read the log of imports, oldest first."""
    import pandas as pd

    with reading(engine) as connection:
        rows = connection.execute(select(IMPORTS).order_by(IMPORTS.c.id)).mappings().all()
    return pd.DataFrame(rows, columns=[column.name for column in IMPORTS.c])


def fingerprint(engine: Engine) -> dict[str, str]:
    """Summarize each table of facts in a few characters that change with every fact."""
    found = {}
    with reading(engine) as connection:
        blocks = select(BLOCKS.c.facts, func.sum(BLOCKS.c.held), func.max(BLOCKS.c.id))
        held = {
            name: f"+{facts}-{last}"
            for name, facts, last in connection.execute(blocks.group_by(BLOCKS.c.facts))
        }
        for name, facts in FACTS.items():
            gone = func.sum(case((facts.c.content == ERASED, 1), else_=0))
            last, rows, erased = connection.execute(
                select(func.max(facts.c.id), func.count(), gone).select_from(facts)
            ).one()
            found[name] = f"{rows}-{last or 0}" + (f"-{erased}" if erased else "")
            found[name] += held.get(name, "")
    return found


def sha256(path: Path) -> str:
    """Hash a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_columns(facts: Table, rows: Rows) -> None:
    known = {column.name for column in facts_columns(facts)}
    different = rows if isinstance(rows, Sequence) else [dict.fromkeys(rows.columns)]
    for row in different:
        if row.keys() != different[0].keys() or not row.keys() <= known or "key" not in row:
            raise DataError(
                f"a row for {facts.name} has the columns {', '.join(row)}; each row must have the "
                f"same ones, `key` among them, out of {', '.join(sorted(known))}"
            )
