"""Which rows are new, which are known word for word, and which amend what is stored?"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, exists, select

from outcomes.errors import DataError
from outcomes.store.schema import BLOCKS, IN_BLOCKS, LATER

ERASED = "erased"  # stands for the content of a fact that was erased: it is never read nor renewed
_AT_ONCE = 500  # keys in one question to the store
Newest = dict[str, tuple[int, str]]  # key: version, content


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is to become of some rows."""

    fresh: Mapping[int, int]  # position of a row that is to be stored: its version
    known: int = 0
    erased: int = 0


def judged(
    keys: Sequence[str], contents: Sequence[str], *, newest: Newest, source: str, amend: bool
) -> Judged:
    """Say which rows are new, which are known, and which were erased and stay so.

    Args:
        keys: What makes a row the same fact.
        contents: The digest of each row.
        newest: The newest versions that are stored; brought up to date with these rows.
        source: What to call the rows in a message.
        amend: Whether a known key with other content is stored as a newer version.

    Raises:
        DataError: A key is known with other content and ``amend`` is false.
    """
    fresh: dict[int, int] = {}
    known, erased = 0, 0
    for at, (key, content) in enumerate(zip(keys, contents, strict=True)):
        version, stored = newest.get(key, (0, ""))
        if stored == content:
            known += 1
            continue
        if stored == ERASED:
            erased += 1
            continue
        if version and not amend:
            raise DataError(
                f"{source}: {key!r} is stored already with other content. "
                "Say --amend to store this as its correction (the first version is kept)"
            )
        newest[key] = (version + 1, content)
        fresh[at] = version + 1
    return Judged(fresh=fresh, known=known, erased=erased)


def batched(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list of keys into pieces that one question to the store can hold."""
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def newest_versions(connection: Connection, facts: Table, *, keys: Sequence[str]) -> Newest:
    """Find the newest version of each of these keys that is stored."""
    columns = select(facts.c.key, facts.c.version, facts.c.content).order_by(facts.c.version)
    found: Newest = {}
    for some in batched(keys):
        for key, version, content in connection.execute(columns.where(facts.c.key.in_(some))):
            found[key] = (version, content)
    lacking = [key for key in keys if key not in found]  # in blocks are only older versions
    for row in _in_blocks(connection, facts, keys=lacking):
        if row["key"] not in found:  # the newest comes first
            found[row["key"]] = (row["version"], content_hash(_said(row), facts))
    return found


def every_version(connection: Connection, facts: Table, *, key: str) -> list[dict[str, Any]]:
    """Read all that is stored of one fact, the oldest version first.

    Returns:
        Its columns, ``version``, ``content`` and ``import_id``; the content is that of the row or,
        in a block, what it would be.
    """
    query = select(facts).where(facts.c.key == key)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    rows += [
        row | {"content": content_hash(_said(row), facts)}
        for row in _in_blocks(connection, facts, keys=[key])
    ]
    names = [column.name for column in facts.c if column.name != "id"]
    told = [{name: row[name] for name in names} for row in rows]
    return sorted(told, key=lambda row: int(row["version"]))


def has_blocks(connection: Connection, facts: Table) -> bool:
    """Say whether facts of this table stand in blocks too."""
    if facts.name not in IN_BLOCKS:
        return False
    return bool(connection.execute(select(exists().where(BLOCKS.c.facts == facts.name))).scalar())


def _in_blocks(
    connection: Connection, facts: Table, *, keys: Sequence[str]
) -> Iterator[dict[str, Any]]:
    if keys and has_blocks(connection, facts):
        from outcomes.store.blocks import find_in_blocks  # polls do without tables

        yield from find_in_blocks(connection, facts, keys=keys)


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Pick what a row of a block says, without what stands beside every fact."""
    return {name: row[name] for name in row if name not in {"version", "import_id"}}


def content_hash(row: Mapping[str, Any], facts: Table) -> str:
    """Hash what a row says, to know it again."""
    empty = {name for name, cell in row.items() if cell is None and facts.c[name].info == LATER}
    told = {name: cell for name, cell in row.items() if name not in empty} if empty else row
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def hold_blocks(connection: Connection, facts: Table) -> None:
    """Let no other writer store such facts until the transaction ends.

    No index would tell that a key stands in a block already. SQLite has one writer at a time.
    """
    if connection.dialect.name == "postgresql" and facts.name in IN_BLOCKS:
        connection.exec_driver_sql(f"LOCK TABLE {BLOCKS.name} IN EXCLUSIVE MODE")
