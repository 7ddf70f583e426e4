"""Taking a walk back that should not stand in the record: it counts no more, and stays readable."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert

from outcomes.store.schema import IMPORTS, RECORDS, WALKS
from outcomes.store.versions import ERASED, every_version, hold_blocks


def take_walk_back(engine: Engine, key: str, *, record: Mapping[str, Any], step: str) -> bool:
    """Store a newest version of a walk that no reader sees, with the record that says why.

    The versions before it stay as they were. A file that brings the same walk again does not
    bring it back.

    Args:
        engine: The store.
        key: Of the walk.
        record: A row of ``engagement_records``, with the reason.
        step: What is done, for the log of imports.

    Returns:
        False where there is no such walk, or it was taken back before; then nothing is stored.
    """
    with engine.begin() as connection:
        hold_blocks(connection, WALKS)
        walk = _newest(connection, WALKS, key)
        if walk is None or walk["content"] == ERASED:
            return False
        at = datetime.now(UTC).isoformat(timespec="seconds")
        logged = {"step": step, "file": "", "sha256": "", "at": at}
        made = connection.execute(
            insert(IMPORTS).values(**logged, read=1, new=2, known=0, refused=0)
        )
        (import_id,) = made.inserted_primary_key or (None,)
        changed = {"version": walk["version"] + 1, "content": ERASED, "import_id": import_id}
        connection.execute(insert(WALKS).values(**{**walk, **changed}))
        before = _newest(connection, RECORDS, record["key"])
        text = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)
        changed = {
            "version": before["version"] + 1 if before else 1,
            "content": hashlib.sha256(text.encode()).hexdigest(),
            "import_id": import_id,
        }
        connection.execute(insert(RECORDS).values(**record, **changed))
    return True


def _newest(connection: Connection, facts: Table, key: str) -> dict[str, Any] | None:
    versions = every_version(connection, facts, key=key)
    return versions[-1] if versions else None
