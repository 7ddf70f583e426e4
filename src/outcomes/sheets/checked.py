"""Which rows of a table that people send keep every rule, and why were the others refused?

Nothing is guessed: not a date's order, not an encoding, not a missing column. A row that breaks a
rule is refused with its row number as a spreadsheet shows it (the header is row 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import FileError, Refusal, RowsRefused, one_of
from outcomes.sheets.cells import DateOrder, Kind, parse
from outcomes.sheets.distinct import repeated_rows
from outcomes.sheets.files import read_cells
from outcomes.sheets.reading import AS_IT_IS, Reading, date_hint

GENERATED = "generated"  # the column by which a generated table says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that an import reads, and the rule that its cells keep."""

    name: str
    kind: Kind = "text"
    needed: bool = True  # the column must be there
    blank: bool = False  # a cell may be empty
    empty: int | None = None  # for whole numbers: what an empty cell stands for
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
        if not bad.any():
            return
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
    key: Sequence[str] = (),
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read a CSV or Excel file into typed columns.

    Args:
        path: A .csv or .xlsx file; which of the two is told by its content.
        columns: The columns to read; others in the file are named in ``not_read``.
        key: Columns that together may hold each combination once.
        reading: How the file is to be read.

    Returns:
        The rows that keep every rule, and a refusal for each that does not.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.
    """
    cells = read_cells(path, encoding=reading.encoding, few=True)
    return check_cells(path, cells, columns, key=key, reading=reading)


def check_cells(
    path: Path,
    cells: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: Sequence[str] = (),
    reading: Reading = AS_IT_IS,
    header: str = "row 1",
) -> Sheet:
    """Turn a table of text into typed columns, as ``read_sheet`` does.

    Args:
        path: Where it was read.
        cells: Text, empty where a cell is, or categories of such; the index is the number of the
            row in the file.
        columns: As for ``read_sheet``.
        key: As for ``read_sheet``.
        reading: As for ``read_sheet``; the encoding is of no use here.
        header: Where the names of the columns stand, for a message.

    Raises:
        FileError: A column is missing, or a renaming does not fit the columns.
    """
    kept = _left_out(path, cells, without=reading.without, header=header)
    raw = _renamed(path, kept, rename=reading.rename, header=header)
    _check_header(path, raw, columns, header=header)
    names = [column.name for column in columns]
    rows = pd.Series(raw.index)
    absent = pd.Series(pd.Categorical.from_codes(np.zeros(len(rows), np.int8), categories=[""]))
    found = {
        name: _as_text(raw[name].reset_index(drop=True)) if name in raw else absent
        for name in names
    }
    sheet = Sheet(
        path=path,
        table=pd.DataFrame({"row": rows, **found}, copy=False),
        read=len(rows),
        not_read=tuple(name for name in raw.columns if name not in names),
    )
    for column in columns:
        _check_column(sheet, column, date_order=reading.date_order)
    if key:
        twice = repeated_rows(sheet.table[list(key)])
        sheet.refuse(
            pd.Series(twice, index=sheet.table.index),
            column=key[-1],
            problem=f"the same {' and '.join(key)} stand{'s' * (len(key) == 1)} in an earlier row",
            mend="Remove the row, or correct what makes it look the same",
        )
    coded = sheet.table.select_dtypes("category")
    sheet.table = sheet.table.assign(**{str(name): _spelled(coded[name]) for name in coded})
    return sheet


def _spelled(cells: pd.Series) -> pd.Series:
    """Write categories out as text; none is missing."""
    words = cells.cat.categories.astype("str").array.take(cells.cat.codes.to_numpy())
    return pd.Series(words, index=cells.index)


def _as_text(cells: pd.Series) -> pd.Series:
    """Make sure that cells are text; few different ones stay categories until all is checked."""
    return cells if isinstance(cells.dtype, pd.CategoricalDtype) else cells.astype("str")


def _left_out(
    path: Path, raw: pd.DataFrame, *, without: Sequence[str], header: str
) -> pd.DataFrame:
    there = list(raw.columns)
    for name in without:
        if name not in there:
            raise FileError(
                path,
                header,
                f"--without speaks of a column {name!r} that is not there",
                one_of(name, there),
            )
    return raw.drop(columns=list(without))


def _renamed(
    path: Path, raw: pd.DataFrame, *, rename: Mapping[str, str], header: str
) -> pd.DataFrame:
    there = list(raw.columns)
    for theirs in rename:
        if theirs not in there:
            raise FileError(
                path,
                header,
                f"--rename speaks of a column {theirs!r} that is not there",
                one_of(theirs, there),
            )
    raw = raw.rename(columns=dict(rename))
    twice = raw.columns[raw.columns.duplicated()]
    if len(twice):
        raise FileError(
            path,
            header,
            f"--rename gives two columns the name {twice[0]!r}",
            "Rename only one of them, or the other one to something else",
        )
    return raw


def _check_header(path: Path, raw: pd.DataFrame, columns: Sequence[Column], *, header: str) -> None:
    there = ", ".join(raw.columns) or "none"
    for column in columns:
        if column.needed and column.name not in raw:
            raise FileError(
                path,
                header,
                f"there is no column {column.name!r}; the file has {there}",
                f"Add it, or say which column it is: --rename 'THEIR NAME={column.name}'",
            )


def _check_column(sheet: Sheet, column: Column, *, date_order: DateOrder) -> None:
    """Check each different cell once; only where one is refused, every row is looked at."""
    if column.kind == "moment":  # most differ, and are parsed in two parts of which few do
        _check_every(sheet, column, date_order=date_order)
        return
    which, words = _coded(sheet.table[column.name])
    few = Sheet(
        path=sheet.path,
        table=pd.DataFrame({"row": range(len(words)), column.name: words.astype("str")}),
        read=len(words),
    )
    _check_every(few, column, date_order=date_order)
    if few.refusals:
        _check_every(sheet, column, date_order=date_order)
    elif column.kind != "text":
        cells = few.table[column.name].array.take(which)
        typed = pd.Series(cells, index=sheet.table.index)
        sheet.table = sheet.table.assign(**{column.name: typed})


def _coded(cells: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Number different cells; of categories the numbers are known, even of cells refused before."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.cat.codes.to_numpy(), cells.cat.categories
    which, words = pd.factorize(cells)
    return which, words


def _check_every(sheet: Sheet, column: Column, *, date_order: DateOrder) -> None:
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
    parsed = parse(
        cells.where(~blank) if blank.any() else cells, kind=column.kind, date_order=date_order
    )
    rule = {
        "number": "Write a number",
        "integer": "Write a whole number",
        "date": f"Write it as 2026-03-31{date_hint(date_order)}",
        "moment": f"Write it as 2026-03-31 14:05{date_hint(date_order)}",
        "month": f"Write it as 2026-03{date_hint(date_order)}",
    }[column.kind]
    what = "a whole number" if column.kind == "integer" else f"a {column.kind}"
    bad = parsed.isna() & ~blank
    sheet.refuse(bad, column=column.name, problem=f"{{!r}} is not {what}", mend=rule)
    parsed = parsed[~bad]
    _check_range(sheet, column, parsed)
    if column.empty is not None:
        parsed = parsed.fillna(column.empty).astype(np.int64)
    sheet.table = sheet.table.assign(**{column.name: parsed[sheet.table.index]})


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
    bounds = f"{low:.12g} to {high:.12g}" if low is not None and high is not None else ""
    bounds = bounds or (f"{low:.12g} or more" if low is not None else f"{high:.12g} or less")
    sheet.refuse(
        outside & parsed.notna(),
        column=column.name,
        problem=f"{{}} is outside {bounds}",
        mend=f"Correct it; the rule is {bounds}",
    )
