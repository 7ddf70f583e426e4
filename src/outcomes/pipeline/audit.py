"""The audit log: who did what at the desk, in rows that nobody can change unseen."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, select

from outcomes.errors import DataError
from outcomes.store.desk_tables import AUDIT
from outcomes.store.engine import reading

LONGEST_DETAIL = 2000  # characters
_COLUMNS = (AUDIT.c.id, AUDIT.c.at, AUDIT.c.user, AUDIT.c.action, AUDIT.c.about, AUDIT.c.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One thing that somebody did."""

    id: int
    at: str  # UTC, to the second
    user: str
    action: str  # "exported answers"
    about: str  # a wave, a user, a file name
    detail: str
    chain: str  # SHA-256 of the chain before it and of this row


def record(engine: Engine, *, user: str, action: str, about: str, detail: str = "") -> None:
    """Write down what somebody did: of staff only, never of a respondent.

    Args:
        engine: The store.
        user: The name of who did it; "" where nobody was signed in.
        action: What was done, in a few words: ``"exported answers"``.
        about: What it was done to: a wave, a user, a file name.
        detail: More of it, such as how many rows; no answer and no code.

    Raises:
        DataError: The action or the user is longer than their column.
    """
    with engine.begin() as connection:
        record_with(connection, user=user, action=action, about=about, detail=detail)


def record_with(
    connection: Connection, *, user: str, action: str, about: str, detail: str = ""
) -> None:
    """Write it down in the transaction of what was done: both are stored, or neither."""
    if len(action) > 40 or len(user) > 60:
        raise DataError(
            f"{action!r} by {user!r} does not fit into the audit log. "
            "Say the action in 40 characters and the name in 60"
        )
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.exec_driver_sql("LOCK TABLE audit IN EXCLUSIVE MODE")
    last = connection.execute(
        select(AUDIT.c.id, AUDIT.c.chain).order_by(AUDIT.c.id.desc()).limit(1)
    ).one_or_none()
    row = {
        "id": last.id + 1 if last else 1,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "user": user,
        "action": action,
        "about": about,
        "detail": detail[:LONGEST_DETAIL],
    }
    chain = _chained(last.chain if last else "", row)
    connection.execute(insert(AUDIT).values(**row, chain=chain))


def read_audit(engine: Engine) -> list[AuditRow]:
    """Read the whole log, oldest first."""
    with reading(engine) as connection:
        query = select(*_COLUMNS, AUDIT.c.chain).order_by(AUDIT.c.id)
        return [AuditRow(**row) for row in connection.execute(query).mappings()]


def break_in(rows: Sequence[AuditRow]) -> int | None:
    """Find the first row of a log that was changed, added or follows one that was taken out.

    Each row holds a hash of itself and of the chain before it. Rows cut off at the end cannot be
    found this way: for that, note the newest chain value elsewhere from time to time.

    Returns:
        The number of that row; None where the log is unbroken.
    """
    chain = ""
    for number, row in enumerate(rows, start=1):
        content = asdict(row)
        chain = _chained(chain, {name: content[name] for name in content if name != "chain"})
        if row.id != number or row.chain != chain:
            return row.id
    return None


def _chained(before: str, row: dict[str, object]) -> str:
    text = json.dumps(row, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()
