"""A large extract read piece by piece: only the columns named, never the whole file at once."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from outcomes.errors import FileError, one_of
from outcomes.sheets.files import cell_text, read_cells

if TYPE_CHECKING:
    import pyarrow as pa

_AT_ONCE = 100_000  # rows
_SEPARATORS = ",;\t|"
_EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def column_names(path: Path, *, encoding: str) -> list[str]:
    """List the columns of an extract without reading the rest.

    Raises:
        FileError: The file is missing, empty, or no table.
    """
    start = _start(path)
    if start.startswith(_EXCEL):
        return list(read_cells(path, encoding=encoding).columns)
    if start.startswith(b"PAR1"):
        return [str(name) for name in _parquet(path).schema_arrow.names]
    return _header(path, encoding=encoding)[0]


def pieces(
    path: Path, names: Sequence[str], *, encoding: str = "utf-8-sig", at_once: int = _AT_ONCE
) -> Iterator[pd.DataFrame]:
    """Read some columns of a CSV, Excel or Parquet file piece by piece, every cell as text.

    Args:
        path: The file; its content tells what it is. A CSV or Parquet file may be of any size;
            an Excel file is small and read whole.
        names: The columns, as they stand in the file; no other is read.
        encoding: Of a CSV file.
        at_once: How many rows a piece has.

    Returns:
        Pieces in the order of the file; the index is the row number that a spreadsheet shows.

    Raises:
        FileError: The file is missing, empty or no table, or lacks a column.
    """
    there = column_names(path, encoding=encoding)
    for name in names:
        if there.count(name) != 1:
            many = "no column" if name not in there else "more than one column"
            raise FileError(path, "row 1", f"there is {many} {name!r}", one_of(name, there))
    start = _start(path)
    if start.startswith(_EXCEL):
        yield read_cells(path, encoding=encoding)[list(names)]
    elif start.startswith(b"PAR1"):
        yield from _parquet_pieces(path, names, at_once=at_once)
    else:
        yield from _csv_pieces(path, names, encoding=encoding, at_once=at_once)


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror})"
        raise FileError(path, "", problem, "Check its name and that you may read it") from None
    if not start:
        raise FileError(path, "", "the file is empty", "Export it again, with its header")
    return start


def _header(path: Path, *, encoding: str) -> tuple[list[str], str]:
    """Read the first row of a CSV, and the separator that it uses most."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            line = file.readline()
            separator = max(_SEPARATORS, key=line.count)
            file.seek(0)
            rows = list(islice(csv.reader(file, delimiter=separator), 1))
    except LookupError:
        known = "Say --encoding utf-8, cp1252 or utf-16"
        raise FileError(path, "", f"no encoding of text is called {encoding!r}", known) from None
    except (UnicodeError, csv.Error):
        raise _no_text(path, encoding=encoding) from None
    return [name.strip() for name in (rows[0] if rows else [])], separator


def _csv_pieces(
    path: Path, names: Sequence[str], *, encoding: str, at_once: int
) -> Iterator[pd.DataFrame]:
    """Read a CSV strictly: a row with more or fewer cells than the header stops the reading."""
    from pyarrow import ArrowInvalid
    from pyarrow import csv as arrow_csv

    there, separator = _header(path, encoding=encoding)
    if _has_no_rows(path, encoding=encoding):
        raise FileError(path, "", "the file has a header and no rows", "Export it again")
    uneven = _Uneven(path, separator=separator)
    how = _strict(there, names, separator=separator, encoding=encoding)
    how["read_options"].block_size = at_once * 100  # bytes
    how["parse_options"].invalid_row_handler = uneven
    row = 2
    try:
        with path.open("rb") as file, arrow_csv.open_csv(file, **how) as reader:
            for batch in reader:
                uneven.require_none()
                yield _stripped(batch.to_pandas().set_axis(list(names), axis=1), first=row)
                row += batch.num_rows
        uneven.require_none()
    except ArrowInvalid:
        uneven.require_none()
        raise _no_text(path, encoding=encoding) from None


def _strict(
    there: Sequence[str], names: Sequence[str], *, separator: str, encoding: str
) -> dict[str, Any]:
    """Say to pyarrow: these columns as text, rows in order, cells with line breaks in quotes."""
    from pyarrow import csv as arrow_csv
    from pyarrow import string

    return {
        "read_options": arrow_csv.ReadOptions(
            use_threads=False,
            encoding="utf8" if encoding.lower() in {"utf-8-sig", "utf-8", "utf8"} else encoding,
            skip_rows=1,
            column_names=[str(at) for at in range(len(there))],
        ),
        "parse_options": arrow_csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, ignore_empty_lines=False
        ),
        "convert_options": arrow_csv.ConvertOptions(
            include_columns=[str(there.index(name)) for name in names],
            column_types={str(at): string() for at in range(len(there))},
            strings_can_be_null=False,
        ),
    }


def _stripped(piece: pd.DataFrame, *, first: int) -> pd.DataFrame:
    """Number the rows, and leave out those that are blank."""
    text = piece.astype("str").set_index(pd.RangeIndex(first, first + len(piece)))
    text = text.apply(lambda cells: cells.str.strip())
    return text[(text != "").any(axis=1)]


def _has_no_rows(path: Path, *, encoding: str) -> bool:
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        next(csv.reader(file), None)
        return not file.readline().strip() and not file.read(1000).strip()


class _Uneven:
    """The first row that has not as many cells as the header; a blank one is no such row."""

    def __init__(self, path: Path, *, separator: str) -> None:
        self.path, self.separator = path, separator
        self.bad: tuple[int, int, int] | None = None

    def __call__(self, row: Any) -> str:
        """Take a row that pyarrow asks about; its text is never shown, for it may name people."""
        if self.bad is None:
            self.bad = (row.number, row.actual_columns, row.expected_columns)
        return "skip"

    def require_none(self) -> None:
        """Raise what was wrong with the first such row."""
        if self.bad is None:
            return
        number, there, wanted = self.bad
        raise FileError(
            self.path,
            f"row {number}",
            f"the row has {there} cells, and the header {wanted}",
            f"Put quotes around cells that hold {self.separator!r}, and close every quote",
        )


def _no_text(path: Path, *, encoding: str) -> FileError:
    return FileError(
        path,
        "",
        f"this is not {encoding.removesuffix('-sig').upper()} text in rows and columns",
        "Save it as CSV in UTF-8, or say --encoding cp1252 if it comes from an older program",
    )


def _parquet(path: Path) -> Any:
    from pyarrow import ArrowInvalid
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(path)
    except (ArrowInvalid, OSError) as error:
        problem = f"this Parquet file cannot be read ({error})"
        raise FileError(path, "", problem, "Write it anew") from None


def _parquet_pieces(path: Path, names: Sequence[str], *, at_once: int) -> Iterator[pd.DataFrame]:
    row = 2
    with _parquet(path) as file:
        batches: Iterator[pa.RecordBatch] = file.iter_batches(at_once, columns=list(names))
        for batch in batches:
            table = batch.to_pandas()[list(names)].astype(object)
            text = table.map(lambda cell: cell_text(cell, clock=True)).astype("str")
            text.index = pd.RangeIndex(row, row + len(text))
            row += len(text)
            yield text
