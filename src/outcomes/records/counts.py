"""Counts that records hold by place and month: tips, complaints by type, partnerships, crime."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outcomes.errors import DataError, FileError, one_of
from outcomes.measures import COLUMNS, MEASURES, check, find
from outcomes.settings import AGENCY
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet

RECORDED = tuple(
    measure.code
    for measure in MEASURES.values()
    if measure.stream == "records" and measure.role in {"outcome", "context"}
)
_DAILY = "Write one row for the day, with the sum"
_MONTHLY = "Remove the row; if rows are dated counts that add up, call the column date, not month"


def read_counts(
    path: Path,
    places: Sequence[str],
    *,
    months: Sequence[str] = (),
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read dated counts: long (place, month, measure, value) or wide (a column a measure).

    Args:
        path: CSV or Excel. Long: ``place``, ``month`` or ``date``, ``measure``, ``value``. Wide:
            ``place``, ``month`` or ``date``, and a column for each measure, named by its code.
        places: Codes that may stand in ``place``, beside ``agency`` for the whole agency.
        months: The months of the study; a row outside them is refused. None given takes all.
        reading: How the file is to be read. Refused rows cannot be left out of dated ones: a
            month would be counted from only a part of its rows.

    Returns:
        Columns row, place, month, measure, value; one row a place, month and measure. Dated rows
        are added up into their month. An empty cell of a wide table, and a month without a row,
        is **missing and never zero**: a month in which nothing happened is written as 0.

    Raises:
        FileError: The file cannot be read, lacks a column, or has a column for what is no record.
        RowsRefused: Some rows break a rule and may not be left out.

    Source:
        Requirements B7, B8, B11-B13, B16-B18, D10, D12, D13, E5-E8.
    """
    # Read once for the names of the columns, which say whether the table is long or wide.
    header = read_sheet(path, (), reading=reading).not_read
    dated = "date" in header and "month" not in header
    wide = () if "measure" in header else _wide_measures(path, header)
    time = Column(name="date", kind="date") if dated else Column(name="month", kind="month")
    values = [Column(name=code, kind="integer", low=0, blank=True) for code in wide] or [
        Column(name="measure"),
        Column(name="value", kind="integer", low=0),
    ]
    where = Column(name="place", allowed=(*places, AGENCY))
    sheet = read_sheet(path, [where, time, *values], reading=reading)
    _check_measures(sheet, wide=wide)
    if dated:
        month = sheet.table["date"].dt.strftime("%Y-%m").astype(object)
        sheet.table = sheet.table.assign(month=month)
    if months:
        cell = "{:%Y-%m-%d}" if dated else "{}"
        sheet.refuse(
            ~sheet.table["month"].isin(months),
            column=time.name,
            problem=f"{cell} is outside the study ({months[0]} to {months[-1]})",
            mend="Drop the row, or change first and last in study.toml",
        )
    _check_once(sheet, key=["place", time.name] if wide else ["place", time.name, "measure"])
    if dated and sheet.refusals and reading.leave_out_refused:
        first = sheet.refusals[0]
        raise FileError(
            path,
            f"row {first.row}, column {first.column}",
            f"{first.problem}, and a month cannot be counted from only some of its dated rows",
            f"{first.mend}; --leave-out-refused works with counts by month only",
        )
    sheet.or_refuse(leave_out=reading.leave_out_refused)
    sheet.table = _long(sheet.table, wide=wide)
    return sheet


def _wide_measures(path: Path, header: Sequence[str]) -> tuple[str, ...]:
    """List the columns that are measures; refuse one that is a measure of something else."""
    for name in header:
        if name in MEASURES and name not in RECORDED:
            raise FileError(path, f"row 1, column {name}", _why_not(name), one_of(name, RECORDED))
    found = tuple(name for name in header if name in RECORDED)
    if not found:
        raise FileError(
            path,
            "row 1",
            "there is neither a column 'measure' nor a column named after a measure; "
            f"the file has {', '.join(header)}",
            "Name the columns with --rename, as 'Tips=tips_received'; "
            "see the codes with: outcomes measures",
        )
    return found


def _why_not(code: str) -> str:
    try:
        measure = find(code)
    except DataError as error:
        return str(error).partition(". ")[0]
    if measure.role == "output":
        return (
            f"{code} is an output: it counts what the agency did, which is not evidence that "
            "anything changed. Outputs come from the engagement log"
        )
    return f"{code} belongs to the stream {measure.stream}, not to records"


def _check_measures(sheet: Sheet, *, wide: Sequence[str]) -> None:
    if wide:
        return
    words = sheet.table["measure"]
    for word in words[~words.isin(RECORDED)].unique():
        sheet.refuse(
            sheet.table["measure"] == word,
            column="measure",
            problem=_why_not(word).replace("{", "{{").replace("}", "}}"),
            mend=one_of(word, RECORDED),
        )


def _check_once(sheet: Sheet, *, key: list[str]) -> None:
    sheet.refuse(
        sheet.table.duplicated(key),
        column=key[-1],
        problem=f"the same {' and '.join(key)} stand in an earlier row",
        mend=_DAILY if "date" in key else _MONTHLY,
    )


def _long(table: pd.DataFrame, *, wide: Sequence[str]) -> pd.DataFrame:
    """Lay the counts out one a row, and add up those of one place, month and measure."""
    if wide:
        table = table.melt(
            id_vars=["row", "place", "month"],
            value_vars=list(wide),
            var_name="measure",
            value_name="value",
        ).dropna(subset=["value"])
    return (
        table.groupby(["place", "month", "measure"], as_index=False, sort=False)
        .agg(row=("row", "min"), value=("value", "sum"))
        .astype({"value": np.int64})[["row", "place", "month", "measure", "value"]]
    )


def count_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Write counts as rows of the store; place, month and measure make the key."""
    fields = table[["place", "month", "measure", "value"]].itertuples(index=False, name=None)
    return [
        {
            "key": f"{place}/{month}/{measure}",
            "place": place,
            "month": month,
            "measure": measure,
            "value": int(value),
        }
        for place, month, measure, value in fields
    ]


def missing_months(
    table: pd.DataFrame, places: Iterable[str], months: Iterable[str]
) -> pd.DataFrame:
    """List what is absent: each measure, place and month for which there is no count.

    Args:
        table: Columns place, month, measure.
        places: Where each measure should have been counted.
        months: When it should have been counted.

    Returns:
        Columns measure, place, month, in that order. A measure counted only for the agency as a
        whole is expected of the agency alone.
    """
    places, months = list(places), list(months)
    absent = []
    for measure, rows in table.groupby("measure", sort=False):
        there = set(zip(rows["place"], rows["month"], strict=True))
        expected = [AGENCY] if AGENCY in set(rows["place"]) else []
        expected += places if set(rows["place"]) & set(places) else []
        absent += [
            (measure, place, month)
            for place in expected
            for month in months
            if (place, month) not in there
        ]
    return pd.DataFrame(absent, columns=["measure", "place", "month"])


def measure_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Write counts as rows of the measures table: ``unit`` is the place, ``se`` is NaN."""
    if table.empty:
        return pd.DataFrame(columns=list(COLUMNS)).astype({"value": float, "se": float, "n": int})
    return check(
        table.rename(columns={"month": "period"}).assign(
            stream="records", unit=table["place"], se=np.nan, n=1
        )
    )
