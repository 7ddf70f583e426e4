"""Archives of articles that people send: CSV, Excel, or one JSON object a line."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from outcomes.errors import FileError, one_of
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
    if _holds_json(path):
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


def _holds_json(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    except OSError:
        return False  # read_sheet says what is wrong


def _read_json_lines(path: Path, *, rename: Mapping[str, str], encoding: str) -> Sheet:
    rows = []
    for number, line in enumerate(_text(path, encoding=encoding).split("\n"), start=1):
        if not line.strip():
            continue
        found = _json_object(path, line, number=number)
        row = {rename.get(name, name): _as_text(value) for name, value in found.items()}
        rows.append({**row, "row": number})
    table = pd.DataFrame(rows).fillna("")
    there = [name for name in table.columns if name != "row"]
    for name in COLUMNS:
        if name not in there:
            raise FileError(
                path,
                "line 1",
                f"no line has the key {name!r}; the keys are {', '.join(there)}",
                f"Add it, or say which key it is: --rename 'THEIR NAME={name}'",
            )
    known = [name for name in COLUMNS + _OPTIONAL if name in there]
    kept = table[["row", *known]].assign(**dict.fromkeys(set(_OPTIONAL) - set(known), ""))
    not_read = tuple(name for name in there if name not in known)
    return Sheet(path=path, table=kept, read=len(kept), not_read=not_read)


def _text(path: Path, *, encoding: str) -> str:
    content = path.read_bytes()
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError(
            path,
            f"line {content[: error.start].count(bytes([10])) + 1}",
            f"this is not {encoding.removesuffix('-sig').upper()} text",
            "Save it as UTF-8, or say which encoding it has, such as --encoding cp1252",
        ) from None


def _json_object(path: Path, line: str, *, number: int) -> dict[str, object]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise FileError(
            path,
            f"line {number}",
            f"this is not JSON ({error.msg.lower()}, character {error.pos + 1})",
            "Write one complete object, {...}, on each line",
        ) from None
    if not isinstance(found, dict):
        raise FileError(
            path,
            f"line {number}",
            "this is JSON, but not an object with keys",
            "Write one object, {...}, on each line, without a list around them",
        )
    return found


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
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
