"""The store's engine: opened in this one place, so that what was acknowledged survives kill -9."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from outcomes.errors import OutcomesError
from outcomes.store import desk_tables, submission_tables  # their tables join METADATA
from outcomes.store.schema import METADATA

__all__ = ["desk_tables", "open_store", "reading", "submission_tables"]


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


def reading(engine: Engine) -> Connection:
    """Open a connection that only reads; it need not wait for a writer."""
    return engine.connect().execution_options(reads=True)
