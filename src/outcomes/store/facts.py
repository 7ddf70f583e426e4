"""Facts in and out: appended in one transaction, read back as a table of the newest versions."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, Table, case, func, insert, select

from outcomes.errors import DataError
from outcomes.store.engine import reading
from outcomes.store.schema import FACTS, IMPORTS

if TYPE_CHECKING:
    import pandas as pd

ERASED = "erased"  # stands for the content of a fact that was erased: it is never read nor renewed
_AT_ONCE = 500  # keys in one question to the store
_OWN = {"id", "version", "content", "import_id"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What became of the rows offered to the store."""

    new: int  # stored now, for the first time or as an amendment
    known: int  # stored already with the same content: nothing was done
    erased: int = 0  # erased before, at somebody's wish: they stay erased


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
    return append_together(engine, {table: rows}, source=source, amend=amend)


def append_together(
    engine: Engine,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
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
        judged = {
            name: _judged(connection, FACTS[name], rows, source=source, amend=amend)
            for name, rows in tables.items()
        }
        new = sum(len(one.fresh) for one in judged.values())
        made = connection.execute(
            insert(IMPORTS).values(
                step=source.step,
                file=source.file.name if source.file else "",
                sha256=sha256(source.file) if source.file else "",
                at=datetime.now(UTC).isoformat(timespec="seconds"),
                read=source.read,
                new=new,
                known=sum(one.known for one in judged.values()),
                refused=source.refused,
            )
        )
        (import_id,) = made.inserted_primary_key or (None,)
        for name, one in judged.items():
            if one.fresh:
                rows = [{**row, "import_id": import_id} for row in one.fresh]
                connection.execute(insert(FACTS[name]), rows)
    return Appended(
        new=new,
        known=sum(one.known for one in judged.values()),
        erased=sum(one.erased for one in judged.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    fresh: list[dict[str, Any]]
    known: int
    erased: int


def _judged(
    connection: Any,
    facts: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    source: Source,
    amend: bool,
) -> _Judged:
    """Say which rows are new, which are known, and which were erased and stay so."""
    newest = _newest(connection, facts, keys=[row["key"] for row in rows])
    fresh: list[dict[str, Any]] = []
    known, erased = 0, 0
    for row in rows:
        content = _content(row)
        version, stored = newest.get(row["key"], (0, ""))
        if stored == content:
            known += 1
            continue
        if stored == ERASED:
            erased += 1
            continue
        if version and not amend:
            raise DataError(
                f"{source.name}: {row['key']!r} is stored already with other content. "
                "Say --amend to store this as its correction (the first version is kept)"
            )
        newest[row["key"]] = (version + 1, content)
        fresh.append({**row, "version": version + 1, "content": content})
    return _Judged(fresh=fresh, known=known, erased=erased)


def batched(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list of keys into pieces that one question to the store can hold."""
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def read_facts(engine: Engine, table: str) -> "pd.DataFrame":
    """Read the newest version of every fact, in the order in which they were first stored.

    What was erased is left out.
    """
    import pandas as pd

    facts = FACTS[table]
    newest = (
        select(facts.c.key, func.max(facts.c.version).label("version"))
        .group_by(facts.c.key)
        .subquery()
    )
    query = (
        select(*(column for column in facts.c if column.name not in _OWN))
        .join(newest, (facts.c.key == newest.c.key) & (facts.c.version == newest.c.version))
        .where(facts.c.content != ERASED)
        .order_by(facts.c.id)
    )
    with reading(engine) as connection:
        return pd.DataFrame(
            connection.execute(query).mappings().all(),
            columns=[column.name for column in facts.c if column.name not in _OWN],
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
        for name, facts in FACTS.items():
            gone = func.sum(case((facts.c.content == ERASED, 1), else_=0))
            last, rows, erased = connection.execute(
                select(func.max(facts.c.id), func.count(), gone).select_from(facts)
            ).one()
            found[name] = f"{rows}-{last or 0}" + (f"-{erased}" if erased else "")
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


def _newest(connection: Any, facts: Table, *, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Find the newest version of each of these keys that is stored."""
    columns = select(facts.c.key, facts.c.version, facts.c.content).order_by(facts.c.version)
    found: dict[str, tuple[int, str]] = {}
    for some in batched(keys):
        for key, version, content in connection.execute(columns.where(facts.c.key.in_(some))):
            found[key] = (version, content)
    return found


def _content(row: Mapping[str, Any]) -> str:
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
