"""Columns of many facts into the store: what is plain goes into blocks, the rest is judged singly.

Plain is a fact of which the store has nothing, and one that says word for word what a block says.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Table, select

from outcomes.store.blocks import lay_out, read_blocks, write_blocks
from outcomes.store.row_append import Appended, Into, append_rows
from outcomes.store.schema import IN_BLOCKS, facts_columns

_MANY = 10_000  # facts that are worth a block
_AT_ONCE = 20_000  # rows held as Python's values


def append_columns(columns: pd.DataFrame, into: Into) -> Appended:
    """Store the rows of a table of columns.

    Args:
        columns: Those of the table of facts, ``key`` among them; a missing cell is None or NaN.
            Cells of a JSON column are objects, and rows that share one object have it laid out
            once.
        into: Where they go; its transaction called ``hold_blocks``.

    Raises:
        DataError: A key is known with other content, and ``into`` does not amend.
    """
    done = Appended(new=0, known=0)
    left = np.arange(len(columns))
    if len(columns) >= _MANY and into.facts.name in IN_BLOCKS:
        done, left = _in_blocks(columns, into)
    for start in range(0, len(left), _AT_ONCE):
        done += append_rows(_rows(columns.iloc[left[start : start + _AT_ONCE]]), into)
    return done


def _in_blocks(columns: pd.DataFrame, into: Into) -> tuple[Appended, np.ndarray]:
    """Store what is plain as blocks; say what became of it, and which places are left."""
    offered = lay_out(columns, into.facts)
    stored = _compared(into.connection, offered, facts=into.facts)
    done, new = stored.same.copy(), 0
    for version, places in _worth_a_block(stored, amend=into.amend):
        part = offered if len(places) == len(offered) else offered.take(places)
        write_blocks(
            into.connection, part, facts=into.facts, import_id=into.import_id, version=version
        )
        new += len(places)
        done[places] = True
    return Appended(new=new, known=int(stored.same.sum())), np.flatnonzero(~done)


class _Stored(NamedTuple):
    """What the store has of each fact that is offered, arrays of shape (facts,)."""

    version: np.ndarray  # the newest one in a block; 0: there is none
    same: np.ndarray  # that one is the newest of all, and says the same word for word
    singly: np.ndarray  # the table has rows of it, or it was offered before


def _compared(connection: Connection, offered: pa.Table, *, facts: Table) -> _Stored:
    keys = offered["key"].combine_chunks()
    singly = _again(keys) | _among_rows(connection, keys, facts=facts)
    version, same = np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=bool)
    latest_first = [block.facts["key"] for block in read_blocks(connection, facts, columns=["key"])]
    where = _places(keys, latest_first)
    said = [column.name for column in facts_columns(facts)]
    begin = 0
    for block in read_blocks(connection, facts, columns=said):
        rows = np.flatnonzero((where >= begin) & (where < begin + len(block.facts)))
        version[rows] = block.version
        same[rows] = _alike(block.facts.take(where[rows] - begin), offered.take(rows))
        begin += len(block.facts)
    return _Stored(version=version, same=same & ~singly, singly=singly)


def _again(keys: pa.Array) -> np.ndarray:
    """Say of each key whether it stood before."""
    if len(pc.unique(keys)) == len(keys):  # in half the time
        return np.zeros(len(keys), dtype=bool)
    return np.asarray(pd.Series(keys.to_pandas()).duplicated())


def _among_rows(connection: Connection, keys: pa.Array, *, facts: Table) -> np.ndarray:
    """Say of each key whether the table has a row of it."""
    there = connection.execute(select(facts.c.key).distinct()).scalars().all()
    found = pc.is_in(keys, value_set=pa.array(there, keys.type))
    return np.asarray(found)


def _places(keys: pa.Array, among: list[pa.ChunkedArray]) -> np.ndarray:
    """Find the first place of each key in a row of tables; -1 where it has none."""
    chunks = [chunk for each in among for chunk in each.chunks]
    if not chunks:
        return np.full(len(keys), -1)
    found = pc.index_in(keys, value_set=pa.chunked_array(chunks).combine_chunks())
    return np.asarray(pc.fill_null(found, -1))


def _alike(stored: pa.Table, offered: pa.Table) -> np.ndarray:
    """Say which rows are the same; a column that is not offered is empty."""
    same = np.ones(len(stored), dtype=bool)
    for name in stored.column_names:
        kind = stored[name].type
        there = offered[name] if name in offered.column_names else pa.nulls(len(offered), kind)
        same &= _equal(*(_plain(column) for column in (stored[name], there)))
    return same


def _plain(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    kind = column.type
    return column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column


def _equal(one: pa.ChunkedArray, other: pa.ChunkedArray | pa.Array) -> np.ndarray:
    if pa.types.is_floating(one.type):  # 0.0 and -0.0 are equal, and are not written the same
        one, other = (pa.array(each.to_numpy().view(np.int64)) for each in (one, other))
    same = pc.fill_null(pc.equal(one, other), False)
    neither = pc.and_(pc.is_null(one), pc.is_null(other))
    return np.asarray(pc.or_(same, neither))


def _worth_a_block(stored: _Stored, *, amend: bool) -> Iterator[tuple[int, np.ndarray]]:
    """Pick the facts that become blocks: the version that they are, and their places."""
    open_ = ~(stored.same | stored.singly)
    for version in np.unique(stored.version[open_]):
        places = np.flatnonzero(open_ & (stored.version == version))
        if len(places) >= _MANY and (amend or version == 0):
            yield int(version) + 1, places


def _rows(columns: pd.DataFrame) -> list[dict[str, Any]]:
    """Lay facts out as rows, None where a cell is missing."""
    names = [str(name) for name in columns.columns]
    cells = []
    for name in names:
        gone = columns[name].isna().to_numpy(dtype=bool)
        values = columns[name].tolist()
        cells.append([None if lost else value for value, lost in zip(values, gone, strict=True)])
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
