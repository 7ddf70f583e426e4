"""Tables that people send (CSV, Excel): read as text, checked cell by cell, every refusal counted.

Nothing is guessed: not a date's order, not an encoding, not a missing column. A row that breaks a
rule is refused with its row number as a spreadsheet shows it (the header is row 1).
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from outcomes.errors import FileError, Refusal, RowsRefused, one_of

Kind = Literal["text", "integer", "number", "date", "moment", "month"]
DateOrder = Literal["YMD", "MDY", "DMY"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that an import reads, and the rule that its cells keep."""

    name: str
    kind: Kind = "text"
    needed: bool = True  # the column must be there
    blank: bool = False  # a cell may be empty
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()  # for text: the words that may stand here
    what: str = ""  # for a message: "place", "answer"


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What was read from one file: the rows kept, and what became of the others."""

    path: Path
    table: pd.DataFrame  # typed columns, and `row` as the spreadsheet numbers it
    read: int
    refusals: list[Refusal] = field(default_factory=list)
    not_read: tuple[str, ...] = ()  # columns of the file that no rule asks for: never stored

    def refuse(self, bad: pd.Series, *, column: str, problem: str, mend: str) -> None:
        """Refuse the rows where ``bad`` is true; ``{}`` in the problem becomes the cell."""
        cells = self.table.loc[bad, column] if column in self.table else None
        for index, row in self.table.loc[bad, "row"].items():
            cell = "" if cells is None else cells[index]
            self.refusals.append(
                Refusal(row=int(row), column=column, problem=problem.format(cell), mend=mend)
            )
        self.table = self.table[~bad]

    def or_refuse(self, *, leave_out: bool) -> "Sheet":
        """Return the sheet if every row was kept, or if refused rows may be left out."""
        self.refusals.sort(key=lambda refusal: refusal.row)
        if self.refusals and not leave_out:
            raise RowsRefused(self.path, self.refusals, read=self.read)
        return self


def read_sheet(
    path: Path,
    columns: Sequence[Column],
    *,
    rename: Mapping[str, str] | None = None,
    key: Sequence[str] = (),
    date_order: DateOrder = "YMD",
    encoding: str = "utf-8-sig",
) -> Sheet:
    """Read a CSV or Excel file into typed columns.

    Args:
        path: A .csv or .xlsx file; which of the two is told by its content.
        columns: The columns to read; others in the file are named in ``not_read``.
        rename: The file's own column names, each with the name used here.
        key: Columns that together may hold each combination once.
        date_order: How dates are written where they are not ISO (2026-03-31).
        encoding: Of a CSV file.

    Returns:
        The rows that keep every rule, and a refusal for each that does not.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.
    """
    raw = _raw(path, encoding=encoding)
    raw = raw.rename(columns=dict(rename or {}))
    _check_header(path, raw, columns, rename=rename or {})
    names = [column.name for column in columns]
    table = pd.DataFrame({"row": raw["row"]})
    for column in columns:
        table[column.name] = raw.get(column.name, "")
    sheet = Sheet(
        path=path,
        table=table,
        read=len(table),
        not_read=tuple(name for name in raw.columns if name not in names and name != "row"),
    )
    for column in columns:
        _check_column(sheet, column, date_order=date_order)
    if key:
        twice = sheet.table.duplicated(list(key))
        sheet.refuse(
            twice,
            column=key[-1],
            problem=f"the same {' and '.join(key)} stand in an earlier row",
            mend="Remove the row, or correct what makes it look the same",
        )
    return sheet


def _raw(path: Path, *, encoding: str) -> pd.DataFrame:
    """Read every cell as text, with the row number that a spreadsheet shows."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise FileError(path, "", "there is no such file", "Check the name") from None
    if content[:4] == b"PK\x03\x04":
        raw = _excel(path, content)
    elif content[:4] == b"\xd0\xcf\x11\xe0":
        raise FileError(path, "", "this is an old Excel file (.xls)", "Save it as .xlsx or CSV")
    elif content[:4] == b"PAR1":
        raw = pd.read_parquet(io.BytesIO(content)).map(_cell)
    else:
        raw = _csv(path, content, encoding=encoding)
    raw.columns = [str(name).strip() for name in raw.columns]
    twice = [name for name in raw.columns if list(raw.columns).count(name) > 1 and name]
    if twice:
        raise FileError(
            path, "row 1", f"the column {twice[0]!r} stands twice", "Rename one of the two"
        )
    raw["row"] = np.arange(2, len(raw) + 2)
    cells = raw.drop(columns="row")
    raw = raw[(cells != "").any(axis=1)]
    if raw.empty:
        raise FileError(path, "", "the file holds no rows", "Check that it is the right file")
    return raw.reset_index(drop=True)


def _csv(path: Path, content: bytes, *, encoding: str) -> pd.DataFrame:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        at = content[: error.start].count(b"\n") + 1
        raise FileError(
            path,
            f"row {at}",
            f"this is not {encoding.removesuffix('-sig').upper()} text",
            "Save it as 'CSV UTF-8', or say --encoding cp1252 if it comes from an older Excel",
        ) from None
    if not text.strip() or "\x00" in text[:4096]:
        problem = "the file is empty" if not text.strip() else "this is not a text table"
        raise FileError(path, "", problem, "Check that it is the right file")
    header = text.lstrip().splitlines()[0]
    separator = max(",;\t", key=header.count)
    try:
        raw = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            index_col=False,
        )
    except pd.errors.ParserError as error:
        row = "".join(c for c in str(error).partition("line ")[2].partition(",")[0] if c.isdigit())
        raise FileError(
            path,
            f"row {row}" if row else "",
            "the row has more cells than the header",
            f"Put quotes around cells that hold {separator!r}",
        ) from None
    short = raw.isna().any(axis=1) & ~raw.isna().iloc[:, 1:].all(axis=1)
    if short.any():
        raise FileError(
            path,
            f"row {int(np.flatnonzero(short)[0]) + 2}",
            "the row has fewer cells than the header",
            "Fill the row up, with empty cells where nothing was recorded",
        )
    return raw.fillna("").apply(lambda cells: cells.str.strip())


def _excel(path: Path, content: bytes) -> pd.DataFrame:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    except (InvalidFileException, KeyError, ValueError, OSError) as error:
        raise FileError(
            path, "", f"Excel could not be read ({error})", "Save it anew as .xlsx or CSV"
        ) from None
    if not rows:
        raise FileError(path, "", "the first sheet is empty", "Move the table to the first sheet")
    header = [_cell(name) for name in rows[0]]
    return pd.DataFrame([[_cell(cell) for cell in row] for row in rows[1:]], columns=header)


def _cell(value: object) -> str:
    """Write an Excel cell as the text that a CSV file would hold."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124
        return ""
    if isinstance(value, datetime):
        clock = value.time().isoformat(timespec="minutes")
        return value.date().isoformat() + ("" if clock == "00:00" else f" {clock}")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _check_header(
    path: Path, raw: pd.DataFrame, columns: Sequence[Column], *, rename: Mapping[str, str]
) -> None:
    there = [name for name in raw.columns if name != "row"]
    for column in columns:
        if column.needed and column.name not in there:
            raise FileError(
                path,
                "row 1",
                f"there is no column {column.name!r}; the file has {', '.join(there) or 'none'}",
                f"Add it, or say which column it is: --rename 'THEIR NAME={column.name}'",
            )
    for theirs, ours in rename.items():
        if ours not in there:
            raise FileError(
                path,
                "row 1",
                f"--rename speaks of a column {theirs!r} that is not there",
                one_of(theirs, there),
            )


def _check_column(sheet: Sheet, column: Column, *, date_order: DateOrder) -> None:
    cells = sheet.table[column.name]
    blank = cells == ""
    if not column.blank and column.needed:
        sheet.refuse(
            blank, column=column.name, problem="the cell is empty", mend="Fill it, or drop the row"
        )
        cells, blank = sheet.table[column.name], sheet.table[column.name] == ""
    if column.kind == "text":
        _check_words(sheet, column)
        return
    parsed = parse(cells.where(~blank), kind=column.kind, date_order=date_order)
    rule = {
        "number": "Write a number",
        "integer": "Write a whole number",
        "date": f"Write it as 2026-03-31{_order_hint(date_order)}",
        "moment": f"Write it as 2026-03-31 14:05{_order_hint(date_order)}",
        "month": f"Write it as 2026-03{_order_hint(date_order)}",
    }[column.kind]
    what = "a whole number" if column.kind == "integer" else f"a {column.kind}"
    bad = parsed.isna() & ~blank
    sheet.refuse(bad, column=column.name, problem=f"{{!r}} is not {what}", mend=rule)
    parsed = parsed[~bad]
    _check_range(sheet, column, parsed)
    sheet.table = sheet.table.assign(**{column.name: parsed[sheet.table.index]})


def _order_hint(date_order: DateOrder) -> str:
    return ", or say --date-order MDY or DMY" if date_order == "YMD" else f" or in {date_order}"


def _check_words(sheet: Sheet, column: Column) -> None:
    if not column.allowed:
        return
    cells = sheet.table[column.name]
    wrong = ~cells.isin(column.allowed) & (cells != "")
    for word in cells[wrong].unique():
        sheet.refuse(
            sheet.table[column.name] == word,
            column=column.name,
            problem=f"{{!r}} is not a known {column.what or column.name}",
            mend=one_of(word, column.allowed),
        )


def _check_range(sheet: Sheet, column: Column, parsed: pd.Series) -> None:
    low, high = column.low, column.high
    if low is None and high is None:
        return
    outside = ~parsed.between(-np.inf if low is None else low, np.inf if high is None else high)
    bounds = f"{low:g} to {high:g}" if low is not None and high is not None else ""
    bounds = bounds or (f"{low:g} or more" if low is not None else f"{high:g} or less")
    sheet.refuse(
        outside & parsed.notna(),
        column=column.name,
        problem=f"{{}} is outside {bounds}",
        mend=f"Correct it; the rule is {bounds}",
    )


def parse(cells: pd.Series, *, kind: Kind, date_order: DateOrder = "YMD") -> pd.Series:
    """Parse text cells; NaN (NaT) where a cell is missing or breaks the form.

    ``date`` gives midnight, ``moment`` a date with a clock time and perhaps an offset as text in
    ISO form, ``month`` the text ``2026-03``.
    """
    if kind in {"number", "integer"}:
        numbers = pd.to_numeric(cells, errors="coerce").replace([np.inf, -np.inf], np.nan)
        return numbers.where(numbers == numbers.round()) if kind == "integer" else numbers
    text = cells.astype("string")
    if kind == "month":
        months = text.where(text.str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])"))
        dates = _dates(text.where(months.isna()), date_order=date_order)
        return months.fillna(dates.dt.strftime("%Y-%m")).astype(object)
    if kind == "date":
        return _dates(text, date_order=date_order)
    return _moments(text, date_order=date_order)


_FORMS: dict[DateOrder, tuple[str, ...]] = {
    "YMD": ("%Y-%m-%d",),
    "MDY": ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"),
    "DMY": ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d/%m/%y"),
}


def _dates(text: pd.Series, *, date_order: DateOrder) -> pd.Series:
    found = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    for form in _FORMS[date_order]:
        found = found.fillna(pd.to_datetime(text, format=form, errors="coerce"))
    return found


def _moments(text: pd.Series, *, date_order: DateOrder) -> pd.Series:
    """Keep date, clock time and offset as ISO text: the reader decides the zone of bare times."""
    parts = text.str.extract(
        r"^(?P<date>\S+?)[T ](?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*"
        r"(?P<half>[AaPp][Mm])?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?$"
    )
    dates = _dates(parts["date"], date_order=date_order)
    clock = parts["clock"].str.replace(r"\.\d+$", "", regex=True)
    clock = clock.where(clock.str.count(":") == 2, clock + ":00")
    times = pd.to_datetime(clock.where(parts["half"].isna()), format="%H:%M:%S", errors="coerce")
    halves = pd.to_datetime(
        (clock + parts["half"].str.upper()), format="%I:%M:%S%p", errors="coerce"
    )
    times = times.fillna(halves)
    iso = dates.dt.strftime("%Y-%m-%d") + "T" + times.dt.strftime("%H:%M:%S")
    zone = parts["zone"].str.replace("Z", "+00:00").fillna("")
    return (iso + zone).astype(object)
