"""The store: facts collected one by one, append-only, through transactions that survive kill -9.

Every table of facts carries a natural ``key`` and a ``version``: an amended fact is a new row with
a higher version, and readers see the newest. Nothing is updated in place, nothing is deleted.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import (
    JSON,
    URL,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    func,
    insert,
    make_url,
    select,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from outcomes.errors import DataError, OutcomesError

METADATA = MetaData()

IMPORTS = Table(
    "imports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("step", String(40), nullable=False),  # "survey import academy-pre"
    Column("file", Text, nullable=False),  # name only, never a path
    Column("sha256", String(64), nullable=False),
    Column("at", String(32), nullable=False),  # UTC
    Column("read", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
)


def _facts(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        METADATA,
        Column("id", Integer, primary_key=True),
        Column("key", String(200), nullable=False, index=True),
        Column("version", Integer, nullable=False),
        Column("content", String(64), nullable=False),  # SHA-256 of the columns below
        Column("import_id", ForeignKey("imports.id"), nullable=False),
        *columns,
        UniqueConstraint("key", "version"),
    )


ANSWERS = _facts(
    "answers",
    Column("wave", String(40), nullable=False),
    Column("instrument", String(40), nullable=False),
    Column("instrument_version", String(20), nullable=False),
    Column("instrument_hash", String(64), nullable=False),
    Column("respondent", String(80), nullable=False),
    Column("place", String(40), nullable=False),
    Column("weight", Float, nullable=True),
    Column("answers", JSON, nullable=False),  # item name -> answer as text
)
ARTICLES = _facts(
    "articles",
    Column("url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("published", String(32), nullable=False),  # ISO; empty where unknown
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("prompted", Integer, nullable=True),  # 1 where the agency prompted it (A8)
)
CODES = _facts(
    "codes",
    Column("url", Text, nullable=False),
    Column("coder", String(40), nullable=False),
    Column("relevant", Integer, nullable=False),
    Column("tone", Integer, nullable=True),
    Column("probability", Float, nullable=False),  # with which the article was drawn
)
WALKS = _facts(
    "walks",
    Column("place", String(40), nullable=False),
    Column("type", String(40), nullable=False),
    Column("start", String(32), nullable=False),  # local clock time, ISO
    Column("minutes", Float, nullable=False),
    Column("coordinator", String(40), nullable=False),
    Column("people", JSON, nullable=False),  # role -> how many
)
INCIDENTS = _facts(
    "incidents",
    Column("place", String(40), nullable=False),
    Column("at", String(32), nullable=False),
    Column("kind", String(40), nullable=False),
)
COUNTS = _facts(
    "counts",
    Column("place", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("measure", String(60), nullable=False),
    Column("value", Integer, nullable=False),
)
FACTS = {table.name: table for table in (ANSWERS, ARTICLES, CODES, WALKS, INCIDENTS, COUNTS)}
_OWN = {"id", "version", "content", "import_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the rows of one import come from."""

    step: str  # the command, such as "engagement import-walks"
    file: Path  # only its name and SHA-256 are kept
    read: int  # rows the file held
    refused: int = 0  # rows left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What became of the rows offered to the store."""

    new: int  # stored now, for the first time or as an amendment
    known: int  # stored already with the same content: nothing was done


def open_store(url: str | URL) -> Engine:
    """Open the store and make the tables it lacks.

    SQLite runs with a write-ahead log and a full sync at each commit, so that what was
    acknowledged survives a crash; writers take their lock at the start of a transaction.

    Raises:
        OutcomesError: The file is no store, or cannot be written.
    """
    url = make_url(url)
    in_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    # a file that no command uses just now is held by none, so that it can be moved or removed
    engine = create_engine(url, poolclass=NullPool) if in_file else create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        METADATA.create_all(engine)
    except DatabaseError as error:
        raise OutcomesError(
            f"{engine.url.database or url}: the store cannot be opened ({error.orig}). "
            "Check that the file is a store of outcomes, that you may write there, and that no "
            "other program holds it"
        ) from None
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see open_store
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads")  # readers need not wait for a writer
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _reading(engine: Engine) -> Connection:
    return engine.connect().execution_options(reads=True)


def append(
    engine: Engine,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    source: Source,
    amend: bool = False,
) -> Appended:
    """Store rows with their import log, in one transaction: all of them, or none.

    Args:
        engine: The store.
        table: A name in ``FACTS``.
        rows: The columns of that table, and ``key``, what makes a row the same fact.
        source: Where they come from, for the log.
        amend: Whether a known key with other content is stored as a newer version.

    Raises:
        DataError: A key is known with other content and ``amend`` is false, or the rows do not
            hold the same columns of that table.
    """
    facts = FACTS[table]
    _check_columns(facts, rows)
    with engine.begin() as connection:
        newest = _newest(connection, facts)
        fresh, known = [], 0
        for row in rows:
            content = _content(row)
            version, stored = newest.get(row["key"], (0, ""))
            if stored == content:
                known += 1
                continue
            if version and not amend:
                raise DataError(
                    f"{source.file.name}: {row['key']!r} is stored already with other content. "
                    "Say --amend to store this as its correction (the first version is kept)"
                )
            newest[row["key"]] = (version + 1, content)
            fresh.append({**row, "version": version + 1, "content": content})
        made = connection.execute(
            insert(IMPORTS).values(
                step=source.step,
                file=source.file.name,
                sha256=sha256(source.file),
                at=datetime.now(UTC).isoformat(timespec="seconds"),
                read=source.read,
                new=len(fresh),
                known=known,
                refused=source.refused,
            )
        )
        (import_id,) = made.inserted_primary_key or (None,)
        if fresh:
            connection.execute(insert(facts), [{**row, "import_id": import_id} for row in fresh])
    return Appended(new=len(fresh), known=known)


def read_facts(engine: Engine, table: str) -> pd.DataFrame:
    """Read the newest version of every fact, in the order in which they were first stored."""
    facts = FACTS[table]
    newest = (
        select(facts.c.key, func.max(facts.c.version).label("version"))
        .group_by(facts.c.key)
        .subquery()
    )
    query = (
        select(*(column for column in facts.c if column.name not in _OWN))
        .join(newest, (facts.c.key == newest.c.key) & (facts.c.version == newest.c.version))
        .order_by(facts.c.id)
    )
    with _reading(engine) as connection:
        return pd.DataFrame(
            connection.execute(query).mappings().all(),
            columns=[column.name for column in facts.c if column.name not in _OWN],
        )


def read_imports(engine: Engine) -> pd.DataFrame:
    """Read the log of imports, oldest first."""
    with _reading(engine) as connection:
        rows = connection.execute(select(IMPORTS).order_by(IMPORTS.c.id)).mappings().all()
    return pd.DataFrame(rows, columns=[column.name for column in IMPORTS.c])


def fingerprint(engine: Engine) -> dict[str, str]:
    """Summarize each table of facts in a few characters that change when a fact is added."""
    found = {}
    with _reading(engine) as connection:
        for name, facts in FACTS.items():
            last, rows = connection.execute(
                select(func.max(facts.c.id), func.count()).select_from(facts)
            ).one()
            found[name] = f"{rows}-{last or 0}"
    return found


def sha256(path: Path) -> str:
    """Hash a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check_columns(facts: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    known = {column.name for column in facts.c} - _OWN
    for row in rows:
        if row.keys() != rows[0].keys() or not row.keys() <= known or "key" not in row:
            raise DataError(
                f"a row for {facts.name} has the columns {', '.join(row)}; each row must have the "
                f"same ones, `key` among them, out of {', '.join(sorted(known))}"
            )


def _newest(connection: Any, facts: Table) -> dict[str, tuple[int, str]]:
    rows = connection.execute(
        select(facts.c.key, facts.c.version, facts.c.content).order_by(facts.c.version)
    )
    return {key: (version, content) for key, version, content in rows}


def _content(row: Mapping[str, Any]) -> str:
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
