"""Rows into the store one by one, each judged by what is stored of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert

from outcomes.store.versions import content_hash, judged, newest_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Into:
    """Where facts go that one import brings, in the transaction of the caller."""

    connection: Connection  # in a transaction
    facts: Table
    import_id: Any  # the entry of the log
    source: str  # what to call the facts in a message
    amend: bool  # whether a known key with other content is stored as a newer version


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What became of the rows offered to the store."""

    new: int  # stored now, for the first time or as an amendment
    known: int  # stored already with the same content: nothing was done
    erased: int = 0  # erased before, at somebody's wish: they stay erased

    def __add__(self, other: "Appended") -> "Appended":
        """Say what became of both together."""
        return Appended(
            new=self.new + other.new,
            known=self.known + other.known,
            erased=self.erased + other.erased,
        )


def append_rows(rows: Sequence[Mapping[str, Any]], into: Into) -> Appended:
    """Store rows of one table.

    Args:
        rows: The columns of the table, ``key`` among them.
        into: Where they go.

    Raises:
        DataError: A key is known with other content, and ``into`` does not amend.
    """
    keys, contents = [row["key"] for row in rows], [content_hash(row, into.facts) for row in rows]
    newest = newest_versions(into.connection, into.facts, keys=keys)
    found = judged(keys, contents, newest=newest, source=into.source, amend=into.amend)
    fresh = [
        {**rows[at], "version": version, "content": contents[at], "import_id": into.import_id}
        for at, version in found.fresh.items()
    ]
    if fresh:
        into.connection.execute(insert(into.facts), fresh)
    return Appended(new=len(fresh), known=found.known, erased=found.erased)
