"""Rows into the store one by one, each judged by what is stored of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert

from outcomes.store.versions import content_hash, judged, newest_versions


def append_rows(
    connection: Connection,
    rows: Sequence[Mapping[str, Any]],
    *,
    facts: Table,
    import_id: int,
    source: str,
    amend: bool,
) -> tuple[int, int, int]:
    """Store rows of one table, in the caller's transaction.

    Args:
        connection: In a transaction.
        rows: The columns of the table, ``key`` among them.
        facts: The table of facts.
        import_id: The entry of the log.
        source: What to call the rows in a message.
        amend: Whether a known key with other content is stored as a newer version.

    Returns:
        How many were new, known and erased.

    Raises:
        DataError: A key is known with other content and ``amend`` is false.
    """
    keys, contents = [row["key"] for row in rows], [content_hash(row, facts) for row in rows]
    newest = newest_versions(connection, facts, keys=keys)
    found = judged(keys, contents, newest=newest, source=source, amend=amend)
    fresh = [
        {**rows[at], "version": version, "content": contents[at], "import_id": import_id}
        for at, version in found.fresh.items()
    ]
    if fresh:
        connection.execute(insert(facts), fresh)
    return len(fresh), found.known, found.erased
