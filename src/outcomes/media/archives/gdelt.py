"""Lists of articles from GDELT: of its search (DOC), and the knowledge graph (GKG) by day."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

from outcomes.errors import FileError
from outcomes.media.archives.archive import Record
from outcomes.media.archives.documents import read_bytes
from outcomes.media.archives.lists import Row
from outcomes.media.archives.outlet_names import bare_host

LARGEST = 500_000_000  # bytes, unpacked; a quarter of an hour of the knowledge graph has 10 million
_DOC = ({"url", "title", "seendate"}, {"url", "mobileurl", "date", "title"})
_GKG_ID = re.compile(rb"\d{14}-T?\d+\t\d{14}\t\d\t")
_TITLE = re.compile(r"<PAGE_TITLE>(.*?)</PAGE_TITLE>")
_PUBLISHED = re.compile(r"<PAGE_PRECISEPUBTIMESTAMP>(\d{14})</PAGE_PRECISEPUBTIMESTAMP>")
_FEWEST = 16  # columns of a line of the graph; version 2.1 has 27
SEEN = "GDELT says when it met the article, not when that was published"


def looks_like_gdelt(columns: Sequence[str]) -> bool:
    """Say whether a table's columns are those of GDELT's search."""
    names = {name.lower() for name in columns}
    return any(form <= names for form in _DOC) and "text" not in names and "outlet" not in names


def gdelt_records(rows: Sequence[Row]) -> Iterator[Record]:
    """Read a list of GDELT's search (mode ArtList, as CSV or JSON).

    Yields:
        One record a row, without a date: what GDELT gives is when it met the article. That is
        kept as it stands, and a mapping may say that it is to be taken.
    """
    for row in rows:
        cells = {name.lower(): value for name, value in row.cells.items()}
        url = cells.get("url", "")
        yield Record(
            row=row.number,
            outlet=cells.get("domain") or bare_host(url),
            url=url,
            title=" ".join(cells.get("title", "").split()),
            published_raw=cells.get("seendate") or cells.get("date") or "",
            published="",
            published_note=SEEN,
        )


def looks_like_gkg(begin: bytes) -> bool:
    """Say whether an unpacked file begins as the knowledge graph does."""
    return _GKG_ID.match(begin) is not None


def unpacked_begin(content: bytes) -> bytes:
    """Give the first bytes of a file, unpacked if it is a .gz or a .zip of one file."""
    try:
        if content.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(wbits=31).decompress(content, 4096)
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                names = packed.namelist()
                if len(names) != 1:
                    return b""
                with packed.open(names[0]) as inner:
                    return inner.read(4096)
    except (zlib.error, zipfile.BadZipFile, RuntimeError, EOFError):
        return b""
    return content[:4096]


def gkg_records(path: Path) -> Iterator[Record]:
    """Read a file of the knowledge graph, version 2, packed or not.

    Yields:
        One record a web page. Its date is the one that the page itself stated to GDELT, where it
        did; else it is unknown. Tone, themes and names are not read: they rest on GDELT's own
        dictionaries.

    Raises:
        FileError: The file is damaged, or too large once unpacked.
    """
    for number, line in enumerate(_lines(path), start=1):
        cells = line.decode("utf-8", errors="replace").rstrip("\n").split("\t")
        if len(cells) < _FEWEST:
            problem = f"it has {len(cells)} columns, fewer than the graph of GDELT"
            raise FileError(path, f"line {number}", problem, "Get the file anew: it is cut short")
        if cells[2] != "1":  # other collections have no web address
            continue
        stated, title = _PUBLISHED.search(line_end := cells[-1]), _TITLE.search(line_end)
        yield Record(
            row=number,
            outlet=cells[3] or bare_host(cells[4]),
            url=cells[4],
            guid=f"gdelt:{cells[0]}",
            title=" ".join(unescape(title[1]).split()) if title else "",
            published_raw=stated[1] if stated else cells[1],
            published=None if stated else "",
            published_note="" if stated else SEEN,
        )


def _lines(path: Path) -> Iterator[bytes]:
    content = read_bytes(path, most=LARGEST)
    try:
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                (only,) = packed.infolist()
                with packed.open(only) as inner:
                    yield from _bounded(path, inner.readline)
        elif content.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as inner_gz:
                yield from _bounded(path, inner_gz.readline)
        else:
            yield from _bounded(path, io.BytesIO(content).readline)
    except (zlib.error, zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError) as error:
        raise FileError(
            path, "", f"this packed file is damaged ({type(error).__name__})", "Get it anew"
        ) from None


def _bounded(path: Path, readline: object) -> Iterator[bytes]:
    size = 0
    while line := readline(5_000_000):  # type: ignore[operator]
        size += len(line)
        if size > LARGEST:
            problem = f"unpacked it is larger than {LARGEST // 1_000_000} MB"
            raise FileError(path, "", problem, "Take shorter spans of time")
        if line.strip():
            yield line
