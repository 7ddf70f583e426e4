"""The store's engine: opened in this one place, so that what was acknowledged survives kill -9."""

import sqlite3
import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from outcomes.errors import OutcomesError
from outcomes.store import (  # they join METADATA
    cad_tables,
    coding_tables,
    desk_tables,
    news_tables,
    submission_tables,
)
from outcomes.store.schema import METADATA

__all__ = [
    "cad_tables",
    "coding_tables",
    "desk_tables",
    "news_tables",
    "open_store",
    "pragma",
    "reading",
    "submission_tables",
]


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
    # answers must not stand in the text of an error, which may end in a log
    kept = {"poolclass": NullPool} if in_file else {}
    engine = create_engine(url, hide_parameters=True, **kept)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        METADATA.create_all(engine)
        _add_columns(engine)
    except DatabaseError as error:
        raise OutcomesError(
            f"{engine.url.database or url}: the store cannot be opened ({error.orig}). "
            "Check that the file is a store of outcomes, that you may write there, and that no "
            "other program holds it"
        ) from None
    return engine


def _add_columns(engine: Engine) -> None:
    """Add the columns that a store of an earlier version lacks; all of them may be empty."""
    with reading(engine) as connection:
        lacking = _lacking(connection)
    if not lacking:
        return
    with engine.begin() as connection:  # holds the write lock: nobody else adds them meanwhile
        for table, column, kind in _lacking(connection):
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {kind}')


def _lacking(connection: Connection) -> list[tuple[str, str, str]]:
    known = inspect(connection)
    there = {
        (table.name, column["name"])
        for table in METADATA.tables.values()
        for column in known.get_columns(table.name)
    }
    return [
        (table.name, column.name, column.type.compile(connection.dialect))
        for table in METADATA.tables.values()
        for column in table.columns
        if (table.name, column.name) not in there
    ]


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see open_store
    connection.execute("PRAGMA busy_timeout=10000")
    _keep_a_log(connection)
    for setting in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _keep_a_log(connection: Any) -> None:
    """Turn the write-ahead log on; where two make a store at once, one must try again."""
    until = time.monotonic() + 2
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads")  # readers need not wait for a writer
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def reading(engine: Engine) -> Connection:
    """Open a connection that only reads, all of one moment; it need not wait for a writer."""
    connection = engine.connect().execution_options(reads=True)
    if engine.dialect.name == "postgresql":  # with SQLite it is so anyway
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def pragma(connection: Connection, setting: str) -> None:
    """Set something of SQLite on a connection that is in no transaction; others have no such."""
    raw = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and raw is not None:
        raw.execute(f"PRAGMA {setting}").close()
