"""A table as the text of a CSV file: byte for byte what pandas writes, big ones in less time."""

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

WORTH_IT = 20_000  # rows; pandas is fast enough for fewer
_AT_ONCE = 100_000  # rows
_MARKS = (",", '"', "\n")  # a cell that holds one is quoted


def csv_text(table: pd.DataFrame) -> bytes:
    """Write a table as CSV: UTF-8, commas, a header, quotes where a cell needs them.

    Args:
        table: Any columns; the index is left out, and missing cells are empty.
    """
    if len(table) >= WORTH_IT and len(table.columns) > 1:  # a lone empty cell would need quotes
        columns = [_cells(table.iloc[:, at]) for at in range(len(table.columns))]
        known = [column for column in columns if column is not None]
        if len(known) == len(columns):
            rows = range(0, len(table), _AT_ONCE)
            return b"".join([_written(table.iloc[:0]), *(_lines(known, start=at) for at in rows)])
    return _written(table)


def _written(table: pd.DataFrame) -> bytes:
    text: str = table.to_csv(index=False, lineterminator="\n")
    return text.encode()


def _cells(column: pd.Series) -> "pa.ChunkedArray | None":
    """Write out the cells of a column; None where they are not text or numbers, or hold a CR."""
    import pyarrow as pa  # slow to import, and small tables do without

    if isinstance(column.dtype, pd.CategoricalDtype):
        words = pd.Series(column.cat.categories)
        known = _cells(words) if words.dtype == "str" else None
        which = column.cat.codes.to_numpy()
        return None if known is None else known.take(pa.array(which, mask=which < 0))
    if column.dtype == "str":
        return _quoted(pa.chunked_array(column).cast(pa.large_string()))
    if column.dtype == np.int64:
        return pa.chunked_array([pa.array(column)]).cast(pa.large_string())
    if column.dtype == np.float64:  # each different number is written once; 0.0 and -0.0 differ
        which, numbers = pd.factorize(column.to_numpy().view(np.int64))
        told = ["" if np.isnan(n) else repr(n) for n in numbers.view(np.float64).tolist()]
        return pa.chunked_array([pa.array(told, pa.large_string()).take(pa.array(which))])
    return None


def _quoted(cells: "pa.ChunkedArray") -> "pa.ChunkedArray | None":
    import pyarrow as pa
    import pyarrow.compute as pc

    if _holds(cells, "\r"):  # versions of Python do not agree on whether it asks for quotes
        return None
    there = [mark for mark in _MARKS if _holds(cells, mark)]
    if not there:
        return cells
    some = cells.slice(0, _AT_ONCE)
    if 2 * pc.count_distinct(some).as_py() > len(some):
        return _between_quotes(cells, there)
    coded = cells.dictionary_encode().combine_chunks()  # each different text is looked at once
    return pa.chunked_array([_between_quotes(coded.dictionary, there).take(coded.indices)])


def _between_quotes(cells: Any, there: list[str]) -> Any:
    """Put quotes around the cells that hold one of the marks that are there."""
    import pyarrow.compute as pc

    asks = reduce(pc.or_, [pc.match_substring(cells, mark) for mark in there])
    doubled = pc.replace_substring(cells, '"', '""') if '"' in there else cells
    around = _text('"')
    return pc.if_else(asks, pc.binary_join_element_wise(around, doubled, around, _text("")), cells)


def _holds(cells: "pa.ChunkedArray", mark: str) -> bool:
    """Say whether a mark stands anywhere in the memory of some cells."""
    memory = [chunk.buffers()[2] for chunk in cells.chunks]
    return any(
        bool((np.frombuffer(some, dtype=np.uint8) == ord(mark)).any()) for some in memory if some
    )


def _lines(columns: list["pa.ChunkedArray"], *, start: int) -> bytes:
    """Write some rows: the cells of each with commas between, and the end of the line."""
    import pyarrow.compute as pc

    rows = pc.binary_join_element_wise(
        *(column.slice(start, _AT_ONCE).combine_chunks() for column in columns),
        _text(","),
        null_handling="replace",
    )
    lines = pc.binary_join_element_wise(rows, _text(""), _text("\n"))
    ends = np.frombuffer(lines.buffers()[1], dtype=np.int64)
    first, last = ends[lines.offset], ends[lines.offset + len(lines)]
    return bytes(memoryview(lines.buffers()[2])[first:last])


def _text(text: str) -> Any:
    import pyarrow as pa

    return pa.scalar(text, pa.large_string())
