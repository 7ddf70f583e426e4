"""Long files of articles, read a batch at a time: JSON lines, CSV, Parquet; Excel as a whole."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.errors import FileError
from outcomes.media.json_lines import holds_json_lines, read_table

BATCH = 2000  # articles, about 6 MB of text
_BUFFER = 2**20  # bytes; a row group is not held whole
_LONGEST_CELL = 2**31 - 1  # the csv module stops at 128 kB, less than some articles
_Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a file, with a problem instead of cells where it cannot be read."""

    number: int  # as a spreadsheet counts; of JSON lines, the line
    cells: _Cells
    problem: str = ""
    done: float = 0.0  # which share of the file is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows in a row of a file: the good ones, and what is wrong with the others."""

    number: int  # from 0
    rows: tuple[dict[str, Any], ...]
    refused: tuple[str, ...]  # a sentence for each bad row, with its number
    done: float  # which share of the file is read

    @property
    def table(self) -> pd.DataFrame:
        """The good rows."""
        return pd.DataFrame(list(self.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the rows of a file must hold."""

    columns: tuple[str, ...]  # beside id
    optional: tuple[str, ...]  # of these, what an object of JSON lines may leave out
    check: Callable[[dict[str, Any]], str]  # names what is wrong with a row; "" is nothing


def _nothing_wrong(_row: dict[str, Any]) -> str:
    return ""


def _span_problem(row: dict[str, Any]) -> str:
    """Say whether ``from`` and ``to`` are a span of the text, and make them numbers."""
    try:
        start, end = int(row["from"]), int(row["to"])
    except ValueError:
        return "from and to must be whole numbers"
    row.update({"from": start, "to": end})
    length = len(row["text"])
    if 0 <= start < end <= length:
        return ""
    return f"the target from {start} to {end} lies outside its text of {length} characters"


ARTICLES = Wanted(columns=("title", "text"), optional=("title",), check=_nothing_wrong)
TARGETS = Wanted(columns=("text", "from", "to"), optional=(), check=_span_problem)


def read_batches(path: Path, wanted: Wanted, *, size: int = BATCH) -> Iterator[Batch]:
    """Read a file of articles, or of sentences with targets, a batch at a time.

    Args:
        path: JSON lines, CSV (UTF-8), Parquet or Excel, told by its content.
        wanted: ``ARTICLES`` or ``TARGETS``; beside it, each row has an id (or url).
        size: Rows in a batch.

    Yields:
        Batches in the order of the file; memory holds one of them, not the file.

    Raises:
        FileError: The file cannot be read, lacks a column, or is empty.
    """
    found = (_checked(row, wanted) for row in _rows(path, wanted))
    number = 0
    while rows := list(islice(found, size)):
        yield Batch(
            number=number,
            rows=tuple(dict(row.cells) for row in rows if not row.problem),
            refused=tuple(f"row {row.number}: {row.problem}" for row in rows if row.problem),
            done=rows[-1].done,
        )
        number += 1
    if not number:
        raise FileError(path, "", "the file holds no rows", "Check that it is the right file")


def _rows(path: Path, wanted: Wanted) -> Iterator[Row]:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except FileNotFoundError:
        raise FileError(path, "", "there is no such file", "Check the name") from None
    except OSError as error:
        problem = f"it cannot be opened ({error.strerror})"
        raise FileError(path, "", problem, "Close it in other programs, then repeat") from None
    if holds_json_lines(path):
        return _json_rows(path)
    if start == b"PAR1":
        return _parquet_rows(path, wanted)
    if start[:2] == b"PK" or start == b"\xd0\xcf\x11\xe0":
        return _excel_rows(path, wanted)
    return _csv_rows(path, wanted)


def _checked(row: Row, wanted: Wanted) -> Row:
    """Take of a row what is wanted, as text, and say what is wrong with it."""
    if row.problem:
        return row
    name = row.cells.get("id", row.cells.get("url"))
    if _is_empty(name) or name == "":
        return Row(number=row.number, cells={}, problem="it has no id (or url)", done=row.done)
    cells: dict[str, Any] = {"id": name if isinstance(name, int) else str(name).strip()}
    for column in wanted.columns:
        if column not in row.cells and column not in wanted.optional:
            problem = f"it has no {column}; it has {', '.join(map(str, row.cells))}"
            return Row(number=row.number, cells={}, problem=problem, done=row.done)
        cell = row.cells.get(column)
        if isinstance(cell, (dict, list)):
            return Row(
                number=row.number, cells={}, problem=f"its {column} is no text", done=row.done
            )
        cells[column] = "" if _is_empty(cell) else _text(cell)
    return Row(number=row.number, cells=cells, problem=wanted.check(cells), done=row.done)


def _is_empty(cell: object) -> bool:
    return cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell))


def _text(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell)) if whole else str(cell)  # type: ignore[call-overload]


def _json_rows(path: Path) -> Iterator[Row]:
    size = path.stat().st_size
    read = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            read += len(line)
            if not line.strip():
                continue
            try:
                cells = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError:
                yield Row(number=number, cells={}, problem="it is not UTF-8 text")
            except ValueError:
                yield Row(number=number, cells={}, problem="it is not JSON, one object a line")
            else:
                problem = "" if isinstance(cells, dict) else "it is JSON, but no object with keys"
                yield Row(
                    number=number,
                    cells={} if problem else cells,
                    problem=problem,
                    done=read / size,
                )


def _parquet_rows(path: Path, wanted: Wanted) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER) as file:
            columns = _columns(path, file.schema_arrow.names, wanted)
            total, number = file.metadata.num_rows, 0
            for some in file.iter_batches(batch_size=BATCH, columns=columns):
                for cells in some.to_pylist():
                    number += 1
                    yield Row(number=number + 1, cells=cells, done=number / total)
    except (pa.ArrowException, OSError) as error:
        problem = f"this Parquet file cannot be read ({error})"
        raise FileError(path, "", problem, "Write it anew") from None


def _excel_rows(path: Path, wanted: Wanted) -> Iterator[Row]:
    table = read_table(path)
    columns = _columns(path, list(table.columns), wanted)
    for number, cells in enumerate(table[columns].to_dict("records"), start=1):
        yield Row(
            number=number + 1,
            cells={str(name): cell for name, cell in cells.items()},
            done=number / len(table),
        )


def _columns(path: Path, names: Sequence[str], wanted: Wanted) -> list[str]:
    """Name the columns to be read; refuse a table that lacks one."""
    name = next((each for each in ("id", "url") if each in names), None)
    missing = [each for each in wanted.columns if each not in names]
    if name is None:
        missing.insert(0, "id (or url)")
    if name is None or missing:
        raise FileError(
            path,
            "",
            f"it lacks the column(s) {', '.join(missing)}",
            f"Name them so in the file. Its columns are {', '.join(map(str, names))}",
        )
    return [name, *wanted.columns]


def _csv_rows(path: Path, wanted: Wanted) -> Iterator[Row]:
    before = csv.field_size_limit(_LONGEST_CELL)
    size = path.stat().st_size
    number = 0
    try:
        with path.open("rb") as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            lines = csv.reader(text, delimiter=_separator(path), strict=True)
            names: list[str] = []
            for number, cells in enumerate(lines, start=1):
                if not any(cell.strip() for cell in cells):
                    continue
                if not names:
                    names = [name.strip() for name in cells]
                    _columns(path, names, wanted)
                    continue
                yield _csv_row(number, cells, names, done=raw.tell() / size)
    except UnicodeDecodeError:
        raise FileError(
            path,
            f"behind row {number}",
            "this is not UTF-8 text",
            "Save it as UTF-8 ('CSV UTF-8' in Excel)",
        ) from None
    except csv.Error:
        raise FileError(
            path,
            f"row {number + 1}",
            "a quote is not closed, or a cell goes on after its closing quote",
            'Check the quotes: inside "a quoted cell" a quote is written twice, ""',
        ) from None
    finally:
        csv.field_size_limit(before)


def _csv_row(number: int, cells: list[str], names: list[str], *, done: float) -> Row:
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    if len(cells) == len(names):
        return Row(number=number, cells=dict(zip(names, cells, strict=True)), done=done)
    problem = f"it has {len(cells)} cells, not the {len(names)} of the header"
    return Row(number=number, cells={}, problem=problem, done=done)


def _separator(path: Path) -> str:
    """Take comma, semicolon or tab, whichever parts the header best."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = next((line for line in file if line.strip()), "")
    return max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
