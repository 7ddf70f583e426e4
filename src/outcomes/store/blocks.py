"""Blocks: many facts that one import brought, column by column in the bytes of a Parquet file.

A fact stands in its own table or in a block, whichever way it came: few at once are rows, very
many are blocks. A block is written once and never changed. What is said later of one of its facts
is a higher version, in a later block or in the table; once a key has a row in the table, all that
follows stands there too. So of a key that has rows, the newest version is a row, and of any other
the newest stands in the latest block that has it.
"""

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import JSON, Column, Connection, Float, Integer, Table, insert, select

from outcomes.errors import DataError, OutcomesError
from outcomes.store.schema import BLOCKS, facts_columns

AT_MOST = 100_000  # facts in a block
_TEXT = pa.large_string()
_WORDS = pa.dictionary(pa.int32(), _TEXT)  # few different ones: JSON


class Since(NamedTuple):
    """Only facts of which a column of text is not below a value, such as a day."""

    column: str
    value: str


class Block(NamedTuple):
    """One block of the store, with those columns that were asked for."""

    import_id: int
    version: int  # of each of its facts
    facts: pa.Table
    file: pq.ParquetFile  # all its columns, not read yet


def lay_out(columns: pd.DataFrame, facts: Table) -> pa.Table:
    """Lay columns of facts out as blocks hold them: text, numbers, and JSON as its text.

    Args:
        columns: Some of the table's, a missing cell is None or NaN. Cells of a JSON column are
            objects, and rows that share one object have it laid out once.
        facts: Their table.

    Raises:
        DataError: A cell is missing in a column that is always filled.
    """
    own = [column for column in facts_columns(facts) if column.name in columns]
    laid_out = pa.table({column.name: _laid_out(columns[column.name], column) for column in own})
    for column in facts_columns(facts):
        if column.nullable:
            continue
        if column.name not in columns or laid_out[column.name].null_count:  # no database sees to it
            raise DataError(f"a row for {facts.name} has nothing in the column {column.name}")
    return laid_out


def _laid_out(cells: pd.Series, column: Column[Any]) -> pa.Array:
    if isinstance(column.type, JSON):
        same = np.fromiter(map(id, cells), dtype=np.int64, count=len(cells))
        which, _ = pd.factorize(same)
        first = np.flatnonzero(~pd.Series(which).duplicated())
        texts = [json.dumps(said, sort_keys=True, ensure_ascii=False) for said in cells.iloc[first]]
        return pa.DictionaryArray.from_arrays(pa.array(which, pa.int32()), pa.array(texts, _TEXT))
    laid_out = pa.array(cells, _kind(column), from_pandas=True)
    return laid_out.combine_chunks() if isinstance(laid_out, pa.ChunkedArray) else laid_out


def _kind(column: Column[Any]) -> pa.DataType:
    if isinstance(column.type, JSON):
        return _WORDS
    if isinstance(column.type, Float):
        return pa.float64()
    return pa.int64() if isinstance(column.type, Integer) else _TEXT


def write_blocks(
    connection: Connection, laid_out: pa.Table, *, facts: Table, import_id: int, version: int
) -> None:
    """Store facts as blocks, in the caller's transaction.

    Args:
        connection: In a transaction that called ``hold_blocks``.
        laid_out: From ``lay_out``.
        facts: Their table.
        import_id: The entry of the log.
        version: Of each of these facts.
    """
    alike = [name for name in laid_out.column_names if name != "key"]
    for start in range(0, len(laid_out), AT_MOST):
        some, out = laid_out.slice(start, AT_MOST), io.BytesIO()
        pq.write_table(
            some.unify_dictionaries(),
            out,
            compression="zstd",
            use_dictionary=alike,
            write_statistics=alike,  # of keys nobody asks for the least and the most
            write_page_checksum=True,  # so that no flipped bit is read as another walk
        )
        block = {"import_id": import_id, "version": version, "held": len(some)}
        connection.execute(insert(BLOCKS).values(facts=facts.name, **block, parquet=out.getvalue()))


def read_blocks(
    connection: Connection, facts: Table, *, columns: Sequence[str], since: Since | None = None
) -> Iterator[Block]:
    """Read the blocks of a table, the latest first; columns that a block lacks are empty in it.

    Args:
        connection: To the store.
        facts: Their table.
        columns: Those that are needed.
        since: Blocks may be left out in which no fact is wanted.

    Raises:
        OutcomesError: A block is damaged.
    """
    each = BLOCKS.c
    numbers = connection.execute(
        select(each.id).where(each.facts == facts.name).order_by(each.id.desc())
    ).scalars()
    for number in numbers.all():
        query = select(each.import_id, each.version, each.parquet).where(each.id == number)
        import_id, version, parquet = connection.execute(query).one()
        with _undamaged(facts):
            file = pq.ParquetFile(pa.BufferReader(parquet), page_checksum_verification=True)
        if since is None or _latest(file, since.column) >= since.value:
            yield Block(import_id, version, _unpacked(file, facts, columns=columns), file)


@contextmanager
def _undamaged(facts: Table) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError):
        raise OutcomesError(
            f"the store holds a damaged block of {facts.name}, which cannot be read. "
            "Take the store from its last backup, and import again what came since"
        ) from None


def _latest(file: pq.ParquetFile, column: str) -> str:
    """Find the highest text of a column without reading it."""
    at = file.schema_arrow.names.index(column)
    groups = (file.metadata.row_group(group) for group in range(file.metadata.num_row_groups))
    return max(str(group.column(at).statistics.max) for group in groups)


def _unpacked(file: pq.ParquetFile, facts: Table, *, columns: Sequence[str]) -> pa.Table:
    there = [name for name in columns if name in file.schema_arrow.names]
    with _undamaged(facts):
        read = file.read(columns=there, use_threads=False).combine_chunks()
    kinds = {name: _kind(facts.c[name]) for name in columns}
    return pa.table(
        {
            name: read[name].cast(kind) if name in there else pa.nulls(read.num_rows, kind)
            for name, kind in kinds.items()
        }
    )


def find_in_blocks(
    connection: Connection, facts: Table, *, keys: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Find each version of these facts that stands in a block, as a row of the table, newest first.

    Such a row lacks the columns ``id`` and ``content``.
    """
    wanted = pa.array(keys, _TEXT)
    names = [column.name for column in facts_columns(facts)]
    for block in read_blocks(connection, facts, columns=["key"]):
        found = pc.is_in(block.facts["key"], value_set=wanted)
        if not pc.any(found).as_py():  # in most blocks
            continue
        same = {"import_id": block.import_id, "version": block.version}
        for row in _unpacked(block.file, facts, columns=names).filter(found).to_pylist():
            told = {
                name: json.loads(cell) if isinstance(facts.c[name].type, JSON) else cell
                for name, cell in row.items()
            }
            yield told | same
