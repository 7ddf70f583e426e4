"""Archives of articles that people send: CSV, Excel, or one JSON object a line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from outcomes.media.json_lines import holds_json_lines, read_json_lines
from outcomes.media.sightings import Sighting, TextFrom
from outcomes.sheets import (
    AS_IT_IS,
    Column,
    DateOrder,
    Reading,
    Sheet,
    check_cells,
    date_hint,
    parse,
    read_sheet,
)

PLAIN = ("url", "outlet", "published", "title", "text")  # the columns that such a table must have


def read_archive(
    path: Path,
    *,
    outlets: Sequence[str] = (),
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read an archive of articles, and refuse what cannot be used.

    Args:
        path: CSV, .xlsx, or JSON lines (told by content), with the columns url, outlet,
            published, title, text and perhaps prompted (0 or 1).
        outlets: The names of the study's outlets; any outlet is taken if there are none.
        reading: How the file is to be read.

    Returns:
        The articles. ``published`` is an ISO date or moment, or empty where the file does not
        say: nothing is guessed. ``row`` is the line of a JSON lines file. ``prompted`` is 1, 0
        or missing.

    Raises:
        FileError: The file cannot be read, is empty, lacks a column, or a line is not JSON.

    Source:
        Requirements B14 and A8.
    """
    columns = [
        Column(name="url"),
        Column(name="outlet", allowed=tuple(outlets), what="outlet of study.toml"),
        Column(name="published", blank=True),
        Column(name="title", blank=True),
        Column(name="text"),
        Column(name="prompted", needed=False, blank=True),  # by the agency itself (A8)
    ]
    if holds_json_lines(path):
        lines = read_json_lines(path, encoding=reading.encoding).set_index("row").map(_as_text)
        sheet = check_cells(path, lines, columns, key=("url",), reading=reading, header="its keys")
    else:
        sheet = read_sheet(path, columns, key=("url",), reading=reading)
    _check_published(sheet, date_order=reading.date_order)
    _check_prompted(sheet)
    return sheet


def sightings_of_table(table: pd.DataFrame, *, text_from: TextFrom) -> Iterator[Sighting]:
    """Give the rows of an archive, or of a saved feed, as sightings, in their order."""
    for row in table.to_dict("records"):
        yield Sighting(
            outlet=str(row["outlet"]),
            url=str(row["url"]),
            guid=str(row.get("guid", "")),
            title=str(row["title"]),
            summary=str(row.get("summary", "")),
            text=str(row["text"]) if text_from != "feed" else "",
            text_from=text_from,
            published=str(row["published"]),
            published_raw=str(row.get("published_raw", "")),
            published_from=text_from if row["published"] else "",
            published_note=str(row.get("published_note", "")),
            prompted=None if pd.isna(row["prompted"]) else int(row["prompted"]),
        )


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


def _as_text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 (NaN: this line lacks the key)
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _check_published(sheet: Sheet, *, date_order: DateOrder) -> None:
    cells = sheet.table["published"]
    dates = parse(cells.where(cells != ""), kind="date", date_order=date_order)
    moments = parse(cells.where(cells != ""), kind="moment", date_order=date_order)
    iso = dates.dt.strftime("%Y-%m-%d").astype(object).fillna(moments)
    hint = date_hint(date_order)
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
