"""Columns of many facts out of the store, in a fraction of the memory that rows take."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Float,
    Table,
    Text,
    exists,
    select,
    type_coerce,
)

from outcomes.store.blocks import Block, Since, read_blocks
from outcomes.store.engine import reading
from outcomes.store.facts import newest_facts
from outcomes.store.schema import BLOCKS, FACTS, facts_columns
from outcomes.store.versions import has_blocks

_AT_ONCE = 2_000  # rows held as Python's values: few, so that they stay near the processor
_Cells: TypeAlias = "dict[str, pa.ChunkedArray | np.ndarray]"  # text; numbers and objects
_Said: TypeAlias = dict[Any, Any]  # what each different text of JSON says


class _Part(NamedTuple):
    """Some facts in the order in which they came."""

    imports: np.ndarray  # by which import each came
    cells: _Cells


def read_columns(
    engine: Engine, table: str, *, without: Sequence[str] = (), since: Since | None = None
) -> pd.DataFrame:
    """Read the newest version of every fact that was not erased, where there may be millions.

    Args:
        engine: The store.
        table: A name in ``FACTS``.
        without: Columns that are not needed.
        since: Which facts; None: all.

    Returns:
        The columns of the table in the order in which they were first stored: text, NaN where
        there is none; numbers. Rows with the same JSON share one object, which nobody may change.
    """
    facts = FACTS[table]
    said: _Said = {}
    columns = [column for column in facts_columns(facts) if column.name not in without]
    with reading(engine) as connection:
        blocks = _newest_blocks(connection, facts, columns=columns, since=since)
        rows = _rows(connection, facts, columns=columns, since=since, said=said)
    parts = _in_order([_of_block(each, columns, said=said) for each in blocks], rows)
    return pd.DataFrame(
        {
            column.name: _whole(column, [part.cells[column.name] for part in parts])
            for column in columns
        }
    )


def _newest_blocks(
    connection: Connection, facts: Table, *, columns: Sequence[Column[Any]], since: Since | None
) -> list[Block]:
    """Read the blocks, the earliest first, without those facts that later versions stand for."""
    if not has_blocks(connection, facts):
        return []
    of_table = BLOCKS.c.facts == facts.name
    amended = select(facts.c.key).where(facts.c.version > 1).distinct()
    later = pa.array(connection.execute(amended).scalars().all(), pa.large_string())
    some_later = select(exists().where(of_table, BLOCKS.c.version > 1))
    all_count = not len(later) and not connection.execute(some_later).scalar()
    wanted = {column.name for column in columns}
    wanted |= {since.column} if since else set()
    wanted |= set() if all_count else {"key"}
    # what is amended may have been of another day before: then every block matters
    useful = since if all_count else None
    found = list(read_blocks(connection, facts, columns=sorted(wanted), since=useful))
    counts = np.ones(sum(len(block.facts) for block in found), dtype=bool)
    if not all_count:
        keys = pa.chunked_array([chunk for block in found for chunk in block.facts["key"].chunks])
        # the latest stand first: a key that stands again is of an earlier version
        counts &= ~np.asarray(pd.Series(keys, dtype="str").duplicated())
        counts &= ~np.asarray(pc.is_in(keys, value_set=later))
    parts, begin = [], 0
    for block in found:
        kept = pa.array(counts[begin : begin + len(block.facts)])
        begin += len(block.facts)
        if since:
            kept = pc.and_(kept, pc.greater_equal(block.facts[since.column], since.value))
        if pc.any(kept).as_py():
            whole = pc.all(kept).as_py()
            parts.append(block if whole else block._replace(facts=block.facts.filter(kept)))
    return parts[::-1]


def _of_block(block: Block, columns: Sequence[Column[Any]], *, said: _Said) -> _Part:
    cells: _Cells = {}
    for column in columns:
        found = block.facts[column.name]
        if _is_json(column):
            which = found.combine_chunks()
            objects = _objects(which.dictionary.to_pylist(), said)
            cells[column.name] = objects[which.indices.to_numpy()]
        else:
            cells[column.name] = found if _is_text(column) else found.to_numpy()
    return _Part(np.full(len(block.facts), block.import_id), cells)


def _rows(
    connection: Connection,
    facts: Table,
    *,
    columns: Sequence[Column[Any]],
    since: Since | None,
    said: _Said,
) -> _Part:
    """Read the facts that stand in the table itself."""
    told = connection.dialect.name == "sqlite"  # as text; other drivers give what it says
    asked = [
        type_coerce(column, Text).label(column.name) if told and _is_json(column) else column
        for column in columns
    ]
    query = newest_facts(facts, facts.c.import_id, *asked)
    if since:
        query = query.where(facts.c[since.column] >= since.value)
    parts: list[list[Any]] = [[] for _ in columns]
    imports = [np.zeros(0, dtype=np.int64)]
    found = connection.execute(query)
    # the driver's rows are SQLAlchemy's: nothing is left to turn into something else
    some = found.cursor.fetchmany if told else found.fetchmany
    while rows := some(_AT_ONCE):
        came, *cells = zip(*rows, strict=True)
        imports.append(np.array(came, dtype=np.int64))
        for at, (column, values) in enumerate(zip(columns, cells, strict=True)):
            parts[at].append(_packed(column, values, said=said if told else None))
    whole = {
        column.name: _joined(column, each) for column, each in zip(columns, parts, strict=True)
    }
    return _Part(np.concatenate(imports), whole)


def _packed(column: Column[Any], cells: Sequence[Any], *, said: _Said | None) -> Any:
    if _is_json(column):
        return _objects(cells, said)
    if isinstance(column.type, Float):
        return np.array(cells, dtype=float)  # None becomes NaN
    if _is_text(column):
        return pa.chunked_array([pa.array(cells, type=pa.large_string())])
    return np.array(cells, dtype=object)


def _objects(cells: Sequence[Any], said: _Said | None) -> np.ndarray:
    """Turn texts of JSON into what they say; cells are that already where ``said`` is None."""
    if said is not None:
        for cell in set(cells) - said.keys():
            said[cell] = None if cell is None else json.loads(cell)
        cells = [said[cell] for cell in cells]
    return np.fromiter(cells, dtype=object, count=len(cells))


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _is_text(column: Column[Any]) -> bool:
    return not _is_json(column) and column.type.python_type is str


def _in_order(blocks: Sequence[_Part], rows: _Part) -> list[_Part]:
    """Put each block before the rows of the same import and of later ones."""
    parts, begin = [], 0
    for block in blocks:
        # where imports wait for each other, the one that began first may be stored last
        end = max(begin, int(np.searchsorted(rows.imports, block.imports[0])))
        parts += [_cut(rows, begin, end), block]
        begin = end
    return [*parts, _cut(rows, begin, len(rows.imports))]


def _cut(part: _Part, begin: int, end: int) -> _Part:
    cells = {name: column[begin:end] for name, column in part.cells.items()}
    return _Part(part.imports[begin:end], cells)


def _joined(column: Column[Any], parts: Sequence[Any]) -> Any:
    if _is_text(column):
        chunks = [chunk for part in parts for chunk in part.chunks]
        return pa.chunked_array(chunks, type=pa.large_string())
    if not parts:
        return np.zeros(0, dtype=float if isinstance(column.type, Float) else object)
    return np.concatenate(parts)


def _whole(column: Column[Any], parts: Sequence[Any]) -> pd.Series:
    whole = _joined(column, parts)
    if _is_text(column):
        return pd.Series(whole, dtype="str")
    return pd.Series(whole) if _is_json(column) else pd.Series(whole).infer_objects()
