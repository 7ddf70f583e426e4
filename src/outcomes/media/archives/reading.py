"""An archive of news as records, whichever service made it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from outcomes.errors import FileError, Refusal
from outcomes.media.archives.archive import Archive, Kind, Record
from outcomes.media.archives.detect import LISTS, TEXTS, Opened, open_archive
from outcomes.media.archives.gdelt import gdelt_records, gkg_records
from outcomes.media.archives.lists import columns_of
from outcomes.media.archives.media_cloud import media_cloud_records
from outcomes.media.archives.newsbank import newsbank_records
from outcomes.media.archives.nexis import nexis_records
from outcomes.media.archives.proquest import proquest_records
from outcomes.media.archives.tables import (
    likely_columns,
    table_records,
    understood_columns,
    what_is_missing,
)
from outcomes.media.archives.warc import (
    CUT,
    LeftOut,
    ReadingOf,
    page_record,
    read_pages,
    web_pages,
)

_PARSERS: Mapping[Kind, Callable[..., Iterable[Record]]] = {
    "newsbank": newsbank_records,
    "nexis": nexis_records,
    "proquest": proquest_records,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody said about an archive, so that nothing in it must be guessed."""

    kind: Kind | None = None
    encoding: str = "utf-8-sig"
    columns: Mapping[str, str] = field(default_factory=dict)  # ours -> the column of the file
    one_outlet: str = ""  # all articles are of this outlet
    prompted: int | None = None  # the same for all
    undecided: bool = False  # of columns that are not understood a mapping is to be made


def read_news_archive(
    path: Path, asked: Asked, *, reading_of: ReadingOf, journal: Path, opened: Opened | None = None
) -> Archive:
    """Read an archive of news.

    Args:
        path: The file.
        asked: What was said about it.
        reading_of: For web pages: how those of an address are read.
        journal: For web pages: where each that was read is noted at once.
        opened: The file, where it was opened before.

    Returns:
        Its articles in their order; those that cannot be used, with the reason; what else stands
        in it, counted by reason.

    Raises:
        FileError: The file cannot be read, or is nothing that is known, or holds no article.
    """
    opened = opened or open_archive(path, kind=asked.kind, encoding=asked.encoding)
    if opened.kind == "warc":
        return _web(path, reading_of=reading_of, journal=journal)
    if opened.kind in TEXTS:
        return _texts(path, opened)
    if opened.graph:
        return _whole(path, "gdelt", tuple(gkg_records(path)))
    if opened.kind in LISTS and (opened.kind == "table" or asked.columns):
        return _table(path, opened, asked)
    parser = media_cloud_records if opened.kind == "media-cloud" else gdelt_records
    return _whole(path, opened.kind, tuple(parser(opened.rows)))


def _texts(path: Path, opened: Opened) -> Archive:
    found = tuple(_PARSERS[opened.kind](opened.lines))
    whole = tuple(record for record in found if record.outlet or record.published_raw)
    refusals = tuple(
        Refusal(
            row=record.row,
            column="text",
            problem=f"no head with outlet and day is found ({_begin(record)!r})",
            mend="Export the article anew, or enter it by hand in a table",
        )
        for record in found
        if record not in whole
    )
    archive = _whole(path, opened.kind, whole, refusals=refusals)
    return replace(archive, notes=(opened.note,)) if opened.note else archive


def _begin(record: Record) -> str:
    words = " ".join(f"{record.title} {record.text}".split())
    return words if len(words) <= 60 else f"{words[:60]}…"


def _table(path: Path, opened: Opened, asked: Asked) -> Archive:
    columns = columns_of(opened.rows)
    one_outlet = bool(asked.one_outlet)
    if asked.undecided:
        found = likely_columns(columns, said=asked.columns)
        if problem := what_is_missing(found, one_outlet=one_outlet):
            return _undecided(columns, found, problem)
    found = understood_columns(path, columns, said=asked.columns, one_outlet=one_outlet)
    read = list(table_records(opened.rows, columns=found, prompted=asked.prompted))
    return Archive(
        kind=opened.kind,
        records=tuple(each for each in read if isinstance(each, Record)),
        refusals=tuple(each for each in read if isinstance(each, Refusal)),
        columns=found,
        not_read=tuple(name for name in columns if name not in found.values()),
    )


def _undecided(columns: Sequence[str], found: Mapping[str, str], problem: str) -> Archive:
    """A table of which a person must say what its columns hold before any article is read."""
    rest = tuple(name for name in columns if name not in found.values())
    note = f"{problem[0].upper()}{problem[1:]}: say so in the mapping, below [columns]."
    return Archive(kind="table", records=(), columns=found, not_read=rest, notes=(note,))


def _whole(
    path: Path, kind: Kind, records: tuple[Record, ...], *, refusals: tuple[Refusal, ...] = ()
) -> Archive:
    if not records and not refusals:
        raise FileError(
            path, "", "no article is found in it", "Check that it is the right file, and --kind"
        )
    return Archive(kind=kind, records=records, refusals=refusals)


def _web(path: Path, *, reading_of: ReadingOf, journal: Path) -> Archive:
    records: list[Record] = []
    left_out: Counter[str] = Counter()
    for each in read_pages(web_pages(path, reading_of=reading_of), journal=journal):
        found = each if isinstance(each, LeftOut) else page_record(*each)
        if isinstance(found, LeftOut):
            left_out[found.why] += 1
        else:
            records.append(found)
    notes: tuple[str, ...] = ()
    if left_out[CUT]:
        notes = ("The file is not whole: what came before the break is read. Get it anew.",)
    return Archive(kind="warc", records=tuple(records), left_out=dict(+left_out), notes=notes)
