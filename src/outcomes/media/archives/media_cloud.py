"""Lists of articles that Media Cloud's search tool gives: addresses and titles, no texts."""

from collections.abc import Iterator, Sequence

from outcomes.media.archives.archive import Record
from outcomes.media.archives.lists import Row

_COLUMNS = frozenset({"media_name", "publish_date", "title", "url"})


def looks_like_media_cloud(columns: Sequence[str]) -> bool:
    """Say whether a table's columns are those of Media Cloud."""
    return {name.lower() for name in columns} >= _COLUMNS


def media_cloud_records(rows: Sequence[Row]) -> Iterator[Record]:
    """Read the rows of a list.

    Yields:
        One record a row. ``publish_date`` is the day of publication; ``indexed_date``, when Media
        Cloud met the article, is not read.
    """
    for row in rows:
        cells = {name.lower(): value for name, value in row.cells.items()}
        number = cells.get("id") or cells.get("stories_id") or ""
        yield Record(
            row=row.number,
            outlet=cells.get("media_name") or cells.get("media_url") or "",
            url=cells.get("url", ""),
            guid=f"mediacloud:{number}" if number else "",
            title=cells.get("title", ""),
            published_raw=cells.get("publish_date", ""),
        )
