"""Archives of articles that people send: CSV, Excel, or one JSON object a line."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from outcomes.errors import FileError, one_of
from outcomes.media.json_lines import holds_json_lines, read_json_lines
from outcomes.sheets import Column, DateOrder, Sheet, parse, read_sheet

COLUMNS = ("url", "outlet", "published", "title", "text")
_OPTIONAL = ("prompted",)  # 1 where the agency itself prompted the article (A8)
_MAY_BE_BLANK = ("published", "title", "prompted")


def read_archive(
    path: Path,
    *,
    outlets: Sequence[str] = (),
    rename: Mapping[str, str] | None = None,
    date_order: DateOrder = "YMD",
    encoding: str = "utf-8-sig",
) -> Sheet:
    """Read an archive of articles, and refuse what cannot be used.

    Args:
        path: CSV, .xlsx, or JSON lines (told by content), with the columns url, outlet,
            published, title, text and perhaps prompted (0 or 1).
        outlets: The names of the study's outlets; any outlet is taken if there are none.
        rename: The file's own column names, each with the name used here.
        date_order: How dates are written where they are not ISO.
        encoding: Of a CSV or JSON lines file.

    Returns:
        The articles. ``published`` is an ISO date or moment, or empty where the file does not
        say: nothing is guessed. ``row`` is the line of a JSON lines file. ``prompted`` is 1, 0
        or missing.

    Raises:
        FileError: The file cannot be read, is empty, lacks a column, or a line is not JSON.

    Source:
        Requirements B14 and A8.
    """
    if holds_json_lines(path):
        sheet = _read_json_lines(path, rename=rename or {}, encoding=encoding)
    else:
        columns = [
            Column(name=name, needed=name in COLUMNS, blank=True) for name in COLUMNS + _OPTIONAL
        ]
        sheet = read_sheet(path, columns, rename=rename, encoding=encoding)
    for name in COLUMNS:
        if name not in _MAY_BE_BLANK:
            sheet.refuse(
                sheet.table[name] == "",
                column=name,
                problem="the cell is empty",
                mend="Fill it, or drop the row",
            )
    _check_outlets(sheet, outlets)
    _check_published(sheet, date_order=date_order)
    _check_prompted(sheet)
    sheet.refuse(
        sheet.table["url"].duplicated(),
        column="url",
        problem="the url {!r} stands in an earlier row",
        mend="Keep one row for each article",
    )
    return sheet


def month_of(published: str, time_zone: str) -> str:
    """Say in which month of the study an article was published, such as ``2026-03``.

    Args:
        published: ISO date or moment; a moment without offset is local time; empty if unknown.
        time_zone: Of the study, such as ``America/Chicago``: an article of 1 April, 02:00 UTC
            belongs to March there.

    Returns:
        The month, or empty where ``published`` is.
    """
    if "T" not in published:
        return published[:7]
    moment = datetime.fromisoformat(published)
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(time_zone))
    return f"{moment:%Y-%m}"


def _read_json_lines(path: Path, *, rename: Mapping[str, str], encoding: str) -> Sheet:
    raw = read_json_lines(path, encoding=encoding)
    keys = [str(name) for name in raw.columns if name != "row"]
    for theirs in rename:
        if theirs not in keys:
            raise FileError(
                path,
                "",
                f"--rename speaks of a key {theirs!r} that no line has",
                one_of(theirs, keys),
            )
    raw = raw.rename(columns=dict(rename))
    for name in COLUMNS:
        if name not in raw.columns:
            raise FileError(
                path,
                "",
                f"no line has the key {name!r}; the keys are {', '.join(keys)}",
                f"Add it, or say which key it is: --rename 'THEIR NAME={name}'",
            )
    names = COLUMNS + _OPTIONAL
    table = pd.DataFrame({"row": raw["row"]})
    for name in names:
        table[name] = raw[name].map(_as_text) if name in raw.columns else ""
    not_read = tuple(str(name) for name in raw.columns if name not in (*names, "row"))
    return Sheet(path=path, table=table, read=len(table), not_read=not_read)


def _as_text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 (NaN: this line lacks the key)
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _check_outlets(sheet: Sheet, outlets: Sequence[str]) -> None:
    if not outlets:
        return
    for name in sheet.table["outlet"].unique():
        if name not in outlets:
            sheet.refuse(
                sheet.table["outlet"] == name,
                column="outlet",
                problem="{!r} is not an outlet of study.toml",
                mend=one_of(name, outlets),
            )


def _check_published(sheet: Sheet, *, date_order: DateOrder) -> None:
    cells = sheet.table["published"]
    dates = parse(cells.where(cells != ""), kind="date", date_order=date_order)
    moments = parse(cells.where(cells != ""), kind="moment", date_order=date_order)
    iso = dates.dt.strftime("%Y-%m-%d").astype(object).fillna(moments)
    hint = ", or say --date-order MDY or DMY" if date_order == "YMD" else f" or in {date_order}"
    sheet.refuse(
        iso.isna() & (cells != ""),
        column="published",
        problem="{!r} is not a date",
        mend=f"Write it as 2026-03-31 or 2026-03-31T14:05{hint}; leave it empty if unknown",
    )
    sheet.table = sheet.table.assign(published=iso.fillna("")[sheet.table.index])


def _check_prompted(sheet: Sheet) -> None:
    words = sheet.table["prompted"]
    sheet.refuse(
        ~words.isin(["", "0", "1"]),
        column="prompted",
        problem="{!r} is not 0 or 1",
        mend="Write 1 where the agency prompted the article, 0 where not, or leave it empty",
    )
    numbers = pd.to_numeric(sheet.table["prompted"].replace("", None)).astype("Int64")
    sheet.table = sheet.table.assign(prompted=numbers)
