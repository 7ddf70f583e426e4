"""Columns of many facts into the store: the same rows and digests as one by one, in less time."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, compress
from json.encoder import encode_basestring
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Dialect, Table, insert, inspect, literal_column, select

from outcomes.store.schema import LATER
from outcomes.store.versions import Judged, judged, newest_versions

_AT_ONCE = 20_000  # rows held as Python's values
_MANY = 50_000  # rows for which it is worth to prepare the store
_CELLS = 900  # in one statement: every SQLite takes 999
_CACHE = 256 * 1024  # kB, so that the index of millions of keys is not read again and again
Bind = Callable[[Any], Any] | None
Columns = dict[str, list[Any]]


def append_columns(
    connection: Connection,
    columns: pd.DataFrame,
    *,
    facts: Table,
    import_id: int,
    source: str,
    amend: bool,
) -> tuple[int, int, int]:
    """Store the rows of a table of columns, in the caller's transaction.

    Args:
        connection: In a transaction.
        columns: Those of the table of facts, ``key`` among them; a missing cell is None. Cells of
            a JSON column are objects, and rows that share one object have it laid out once.
        facts: The table of facts.
        import_id: The entry of the log.
        source: What to call the rows in a message.
        amend: Whether a known key with other content is stored as a newer version.

    Returns:
        How many were new, known and erased.

    Raises:
        DataError: A key is known with other content and ``amend`` is false.
    """
    names = sorted(columns.columns)
    cells = {name: _cells(columns[name], facts, dialect=connection.dialect) for name in names}
    empty = connection.execute(select(facts.c.id).limit(1)).first() is None
    all_new = empty and bool(columns["key"].is_unique)
    new, known, erased = 0, 0, 0
    with _made_for_many(connection, facts, rows=len(columns), all_new=all_new):
        for start in range(0, len(columns), _AT_ONCE):
            rows = slice(start, start + _AT_ONCE)
            laid_out = {name: column.of(rows) for name, column in cells.items()}
            values: Columns = {name: found for name, (_, found) in laid_out.items()}
            digests = _digests([texts for texts, _ in laid_out.values()])
            if all_new:
                found = Judged(fresh=dict.fromkeys(range(len(digests)), 1))
            else:
                stored = newest_versions(connection, facts, keys=values["key"])
                found = judged(values["key"], digests, newest=stored, source=source, amend=amend)
            values["content"] = digests
            _insert(connection, facts, cells=values, found=found, import_id=import_id)
            new, known, erased = new + len(found.fresh), known + found.known, erased + found.erased
    return new, known, erased


@contextmanager
def _made_for_many(
    connection: Connection, facts: Table, *, rows: int, all_new: bool
) -> Iterator[None]:
    """Prepare SQLite for very many rows: an index is made faster when they are all there.

    What is left off is made again in the same transaction: no other program ever misses it.
    """
    if connection.dialect.name != "sqlite" or rows < _MANY:
        yield
        return
    if not all_new:
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE}")  # of this connection only
    there = {index["name"] for index in inspect(connection).get_indexes(facts.name)}
    left_off = [index for index in facts.indexes if all_new and index.name in there]
    for index in left_off:
        index.drop(connection)
    yield
    for index in left_off:
        index.create(connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FewCells:
    """A column with few different values: each of them is laid out once."""

    which: np.ndarray  # of them stands in each row
    texts: pa.Array  # for the digest
    values: np.ndarray  # as the store's driver takes them

    def of(self, rows: slice) -> tuple[pa.Array, list[Any]]:
        some = self.which[rows]
        return self.texts.take(pa.array(some)), self.values[some].tolist()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ManyCells:
    """A column in which most values differ, such as the key."""

    cells: pd.Series
    lay_out: Callable[[list[Any]], tuple[pa.Array, list[Any]]]

    def of(self, rows: slice) -> tuple[pa.Array, list[Any]]:
        return self.lay_out(_values(self.cells.iloc[rows]))


def _cells(cells: pd.Series, facts: Table, *, dialect: Dialect) -> _FewCells | _ManyCells:
    name = str(cells.name)
    later = facts.c[name].info == LATER  # empty, it stands for a column that is not there
    bind = _binding(facts, name, dialect=dialect)
    label = f", {json.dumps(name)}: "

    def lay_out(values: list[Any]) -> tuple[pa.Array, list[Any]]:
        words = set(map(type, values)) <= {str}
        write = encode_basestring if words else _json  # what json.dumps does, after many questions
        texts = [label + write(value) for value in values]
        if later:
            texts = [
                text if value is not None else "" for text, value in zip(texts, values, strict=True)
            ]
        return pa.array(texts, pa.large_string()), [
            bind(value) for value in values
        ] if bind else values

    which = _numbered(cells)
    if which is None:
        return _ManyCells(cells=cells, lay_out=lay_out)
    _, first = np.unique(which, return_index=True)
    texts, values = lay_out(_values(cells.iloc[first]))
    return _FewCells(which=which, texts=texts, values=_objects(values))


def _numbered(cells: pd.Series) -> np.ndarray | None:
    """Number the different values of a column; None where most of the first cells differ."""
    if cells.dtype == object:  # lists and dicts cannot be compared fast: are they the same object?
        cells = pd.Series(np.fromiter(map(id, cells), dtype=np.int64, count=len(cells)))
    elif cells.dtype == np.float64:  # 0.0 and -0.0 are equal, and are not written the same
        cells = pd.Series(cells.to_numpy().view(np.int64))
    some = cells.iloc[:: len(cells) // _AT_ONCE + 1]  # a log that is sorted begins with few days
    if some.nunique(dropna=False) > len(some) // 2:
        return None
    which: np.ndarray = pd.factorize(cells, use_na_sentinel=False)[0]
    return which


def _values(cells: pd.Series) -> list[Any]:
    """List cells as Python's values, None where there is none."""
    gone = cells.isna().to_numpy(dtype=bool)
    values: list[Any] = cells.tolist()
    if not gone.any():
        return values
    return [None if lost else value for value, lost in zip(values, gone, strict=True)]


def _objects(values: list[Any]) -> np.ndarray:
    return np.fromiter(values, dtype=object, count=len(values))  # lists stay lists


def _json(value: Any) -> str:
    """Write a value as it stands in the text of a row of which the digest is taken."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _digests(texts: Sequence[pa.Array]) -> list[str]:
    """Take the digest of each row: SHA-256 of its columns, in the order of their names, as JSON."""
    end, nothing = (pa.scalar(text, pa.large_string()) for text in ("}", ""))
    lines = pc.binary_join_element_wise(*texts, end, nothing).cast(pa.large_binary())
    rows = pc.binary_replace_slice(lines, start=0, stop=2, replacement="{")
    return [hashlib.sha256(row).hexdigest() for row in rows.to_numpy(zero_copy_only=False)]


def _binding(facts: Table, name: str, *, dialect: Dialect) -> Bind:
    """Say how a value is given to SQLite's driver; with other stores SQLAlchemy does it."""
    if dialect.name != "sqlite":
        return None
    return facts.c[name].type.dialect_impl(dialect).bind_processor(dialect)


def _insert(
    connection: Connection, facts: Table, *, cells: Columns, found: Judged, import_id: int
) -> None:
    if not found.fresh:
        return
    kept: dict[str, Sequence[Any]] = dict(cells)
    if len(found.fresh) < len(cells["key"]):
        chosen = [at in found.fresh for at in range(len(cells["key"]))]
        kept = {name: list(compress(values, chosen)) for name, values in cells.items()}
    versions = list(found.fresh.values())
    if connection.dialect.name != "sqlite":
        kept |= {"version": versions, "import_id": [import_id] * len(versions)}
        cut = zip(*kept.values(), strict=True)
        connection.execute(insert(facts), [dict(zip(kept, row, strict=True)) for row in cut])
        return
    # what is the same in every row is told once
    same: dict[str, Any] = {"import_id": literal_column(str(import_id))}
    if len(set(versions)) == 1:
        same["version"] = literal_column(str(versions[0]))
    else:
        kept["version"] = versions
    # past SQLAlchemy, which would ask of every cell again how it is to be given to the driver
    statement = insert(facts).values(same)
    told = statement.compile(dialect=connection.dialect, column_keys=list(kept))
    head, _, marks = str(told).partition(" VALUES ")
    ordered = list(zip(*(kept[name] for name in told.positiontup or ()), strict=True))
    many = _CELLS // len(kept)  # rows in one statement: a statement costs as much as some of them
    whole = len(ordered) // many * many
    for rows, size in ((ordered[:whole], many), (ordered[whole:], 1)):
        if rows:
            values = [
                tuple(chain.from_iterable(rows[at : at + size])) for at in range(0, len(rows), size)
            ]
            connection.exec_driver_sql(f"{head} VALUES {', '.join([marks] * size)}", values)
