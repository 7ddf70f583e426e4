"""Which cells does a file hold? CSV, Excel and Parquet, every cell as text; nothing is guessed."""

import csv
import io
import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from math import isnan
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import pandas as pd

from outcomes.errors import FileError
from outcomes.sheets.plain_csv import WORTH_IT, plain_csv

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LONGEST_CELL = 2**31 - 1  # the csv module stops at 128 kB, less than some articles
_Rows = list[Sequence[str]]


def read_cells(path: Path, *, encoding: str, few: bool = False) -> pd.DataFrame:
    """Read every cell of a file as text.

    Args:
        path: A CSV (commas, semicolons or tabs), .xlsx or Parquet file, told by its content.
        encoding: Of a CSV file.
        few: Whether columns of a big file with few different cells may come as categories.

    Returns:
        One row for each that is not empty, one column for each that has a name or content. The
        index is the row number that a spreadsheet shows.

    Raises:
        FileError: The file is missing, not a table, empty, or not rectangular; a column is named
            twice.
    """
    content = _content(path)
    if content.startswith(b"PK\x03\x04"):
        rows = _excel(path, content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(
            path,
            "",
            "this is an old Excel file (.xls) or one locked with a password",
            "Save it as .xlsx or CSV, without a password",
        )
    elif content.startswith(b"PAR1"):
        rows = _parquet(path, content)
    else:
        plain = None
        if len(content) >= WORTH_IT:
            plain = plain_csv(content, encoding=encoding, few=few)
        if plain is not None:
            return plain
        rows = _csv(path, content, encoding=encoding)
    return _rectangle(path, rows)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileError(path, "", "there is no such file", "Check the name") from None
    except OSError as error:  # a folder, a file locked by another program, no right to read
        problem = "this is a folder" if path.is_dir() else f"it cannot be opened ({error.strerror})"
        mend = "Name a file in it" if path.is_dir() else "Close it in other programs, then repeat"
        raise FileError(path, "", problem, mend) from None


def _rectangle(path: Path, rows: _Rows) -> pd.DataFrame:
    """Put rows under their header; the first row that holds anything is the header."""
    head = next((at for at, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if head is None:
        raise FileError(path, "", "the file is empty", "Check that it is the right file")
    names = [name.strip().lstrip("\ufeff") for name in rows[head]]
    for name in names:
        if name and names.count(name) > 1:
            raise FileError(
                path,
                f"row {head + 1}",
                f"the column {name!r} stands twice",
                "Rename one of the two",
            )
    columns = list(zip(*rows[head + 1 :], strict=True)) or [()] * len(names)
    cells = pd.DataFrame(
        {at: [cell.strip() for cell in column] for at, column in enumerate(columns)},
        index=pd.RangeIndex(head + 2, len(rows) + 1),
        dtype="str",
    )
    cells = cells[(cells != "").any(axis=1)]
    if cells.empty:
        raise FileError(path, "", "the file holds no rows", "Check that it is the right file")
    nameless = [at for at, name in enumerate(names) if not name]
    cells = cells.drop(columns=[at for at in nameless if (cells[at] == "").all()])
    return cells.rename(columns={at: name or f"column {at + 1}" for at, name in enumerate(names)})


def _csv(path: Path, content: bytes, *, encoding: str) -> _Rows:
    text = decode_text(path, content, encoding=encoding)
    if "\x00" in text[:4096] or text.lstrip()[:1] == "<":
        raise FileError(
            path, "", "this is not a text table", "Export it as CSV, or save it as .xlsx"
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
    rows: _Rows = []
    with _long_cells():
        try:
            rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        except csv.Error as error:
            unclosed = "unexpected end of data" in str(error)
            raise FileError(
                path,
                f"row {len(rows) + 1}",
                "a quote is opened and never closed"
                if unclosed
                else "a cell goes on after its closing quote",
                'Check the quotes: inside "a quoted cell" a quote is written twice, ""',
            ) from None
    return _even(path, rows, separator=separator)


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _even(path: Path, rows: _Rows, *, separator: str) -> _Rows:
    """Refuse a row that has more or fewer cells than the header; a blank line is no row."""
    width = next((len(row) for row in rows if any(cell.strip() for cell in row)), 0)
    for at, row in enumerate(rows):
        if len(row) == width:
            continue
        if not any(cell.strip() for cell in row):
            rows[at] = [""] * width
        elif len(row) < width:
            raise FileError(
                path,
                f"row {at + 1}",
                f"the row has {len(row)} cells, fewer than the {width} of the header",
                "Fill the row up, with empty cells where nothing was recorded",
            )
        elif any(cell.strip() for cell in row[width:]):
            raise FileError(
                path,
                f"row {at + 1}",
                f"the row has {len(row)} cells, more than the {width} of the header",
                f"Put quotes around cells that hold {separator!r}",
            )
        else:
            rows[at] = row[:width]
    return rows


def decode_text(path: Path, content: bytes, *, encoding: str, numbered: str = "row") -> str:
    """Decode a file of text.

    Args:
        path: Where it was read.
        content: What was read.
        encoding: Which it should have.
        numbered: What a message calls its lines.

    Raises:
        FileError: It is not text in that encoding, or there is no such encoding.
    """
    sixteen = encoding.lower().replace("_", "-").startswith("utf-16")
    if content[:2] in _UTF_16 and not sixteen:
        raise FileError(
            path,
            f"{numbered} 1",
            "this is UTF-16 text",
            "Save it as UTF-8 ('CSV UTF-8' in Excel), or say --encoding utf-16",
        )
    try:
        return content.decode(encoding)
    except LookupError:
        raise FileError(
            path,
            "",
            f"no encoding of text is called {encoding!r}",
            "Say --encoding utf-8, cp1252 or utf-16",
        ) from None
    except UnicodeDecodeError as error:
        lines = content[: error.start].count(b"\n")
        utf8 = encoding.lower().startswith("utf")
        mend = ", or say --encoding cp1252 if it comes from an older Excel" if utf8 else ""
        raise FileError(
            path,
            f"{numbered} {lines + 1}",
            f"this is not {encoding.removesuffix('-sig').upper()} text",
            f"Save it as UTF-8 ('CSV UTF-8' in Excel){mend}",
        ) from None


def _excel(path: Path, content: bytes) -> _Rows:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    broken = (InvalidFileException, BadZipFile, ParseError, zlib.error, KeyError, ValueError)
    try:
        with warnings.catch_warnings():  # about styles and drop-down lists, which are not read
            warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            if not book.worksheets:
                return []
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write it wrong
            rows = [[_excel_cell(cell) for cell in row] for row in sheet.iter_rows()]
    except (*broken, OSError, EOFError, TypeError, AttributeError) as error:
        raise FileError(
            path,
            "",
            f"this is not an Excel file that can be read ({error})",
            "Save it anew as .xlsx or CSV",
        ) from None
    width = max((len(row) for row in rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _excel_cell(cell: Any) -> str:
    if not isinstance(cell.value, datetime):
        return cell_text(cell.value)
    shown = re.sub(r'\[[^]]*\]|"[^"]*"', "", cell.number_format).lower()
    return cell_text(cell.value, clock="h" in shown)


def _parquet(path: Path, content: bytes) -> _Rows:
    try:
        table = pd.read_parquet(io.BytesIO(content))
    except (ValueError, OSError) as error:
        raise FileError(
            path, "", f"this Parquet file cannot be read ({error})", "Write it anew"
        ) from None
    if not all(isinstance(level, str) for level in table.columns):
        raise FileError(path, "", "a column's name is not text", "Give every column a name")
    columns = []
    for name in table.columns:
        cells = list(table[name].astype(object))
        moments = [cell for cell in cells if isinstance(cell, datetime) and cell is not pd.NaT]
        clock = any(cell.time() != time() for cell in moments)
        columns.append([cell_text(cell, clock=clock) for cell in cells])
    return [list(table.columns), *zip(*columns, strict=True)]


def cell_text(value: object, *, clock: bool = False) -> str:
    """Write a cell of Excel or Parquet as the text that a CSV file would hold.

    Args:
        value: The cell; times keep whole seconds, and their offset if they have one.
        clock: Whether a date at midnight is meant as a moment, and so keeps its 00:00.
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, datetime):
        if value.microsecond >= 500_000:  # Excel keeps times as fractions of a day
            value += timedelta(seconds=1)
        value = value.replace(microsecond=0)
        if not (clock or value.hour or value.minute or value.second):
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")
    if isinstance(value, float):
        number = str(int(value)) if value.is_integer() else repr(float(value))
        return "" if isnan(value) else number
    return str(value).strip()
