"""Web pages as crawlers keep them (WARC, such as Common Crawl News), read one by one."""

import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import IO, Any

from outcomes.errors import FileError
from outcomes.media.archives.archive import Record
from outcomes.media.archives.outlet_names import bare_host
from outcomes.media.extraction import Page
from outcomes.media.page_dates import Reading
from outcomes.media.page_markup import LARGEST
from outcomes.media.page_worker import PageFile, PageWorker

LARGEST_RECORD = 200_000_000  # bytes; a page has at most a few million
CUT = "cut short: the file ends within it"
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A page as the crawler received it."""

    number: int  # which record of the file, from 1
    url: str
    content: bytes
    charset: str
    reading: Reading  # seen when the crawler was there


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A record that is no page of an outlet, and why."""

    number: int
    why: str


ReadingOf = Callable[[str, datetime], Reading | None]  # none: the address is of no outlet


def web_pages(path: Path, *, reading_of: ReadingOf) -> Iterator[WebPage | LeftOut]:
    """Read the records of a WARC file, packed or not, one at a time.

    Args:
        path: The file.
        reading_of: How the page of an address is to be read, which was fetched then; none where
            it is of no outlet that is wanted: such a page is not unpacked.

    Yields:
        Pages, and what is left out. A file that breaks off is read up to there.

    Raises:
        FileError: The file is no WARC, or holds a record that no crawler writes.
    """
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

    number = 0
    with path.open("rb") as file:
        try:
            records = ArchiveIterator(file)
            for number, record in enumerate(_quietly(records), start=1):
                _refuse_huge(path, record, number=number)
                found = _page(record, number=number, reading_of=reading_of)
                yield found
                if isinstance(found, LeftOut) and found.why == CUT:
                    return
            if records.offset < path.stat().st_size:  # it breaks off within the head of a record
                yield LeftOut(number=number + 1, why=CUT)
        except (ArchiveLoadFailed, ValueError, EOFError, OSError, AttributeError) as error:
            if number == 0:
                problem = f"this is no WARC file that can be read ({type(error).__name__})"
                raise FileError(path, "", problem, "Get it anew") from None
            yield LeftOut(number=number + 1, why=CUT)


def _quietly(records: Iterator[Any]) -> Iterator[Any]:
    """The same records, without what the library prints about damaged ones."""
    while True:
        with redirect_stderr(StringIO()):
            record = next(records, None)
        if record is None:
            return
        yield record


def _refuse_huge(path: Path, record: Any, *, number: int) -> None:
    if (record.length or 0) > LARGEST_RECORD:
        problem = f"it is said to have {record.length:,} bytes, as no page has"
        raise FileError(path, f"record {number}", problem, "Get the file anew")


def _page(record: Any, *, number: int, reading_of: ReadingOf) -> WebPage | LeftOut:
    kind = (record.http_headers.get_header("Content-Type") or "") if record.http_headers else ""
    if why := _no_page(record, kind=kind.lower()):
        return LeftOut(number=number, why=why)
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    seen = _moment(record.rec_headers.get_header("WARC-Date") or "")
    if seen is None:
        return LeftOut(number=number, why="it does not say when it was fetched")
    reading = reading_of(url, seen)
    content = _content(record) if reading is not None else None
    if reading is None or content is None:
        return LeftOut(number=number, why="of another site" if reading is None else CUT)
    charset = kind.lower().partition("charset=")[2].partition(";")[0].strip("\"' ")
    return WebPage(number=number, url=url, content=content, charset=charset, reading=reading)


def _no_page(record: Any, *, kind: str) -> str:
    """Why a record is no web page; empty where it is one."""
    if record.rec_type != "response" or record.http_headers is None:
        return "no web page but a note of the crawler"
    if record.http_headers.get_statuscode() != "200":
        return "an error message or a redirection"
    if kind and not kind.startswith(_HTML):
        return "a picture, a feed or another file that is no page"
    return ""


def _content(record: Any) -> bytes | None:
    """The page, up to one byte more than is read of any; none where the file ends within it."""
    stream = record.content_stream()
    found = bytearray()
    while len(found) <= LARGEST:
        part = stream.read(LARGEST + 1 - len(found))
        if not part:
            left = getattr(record.raw_stream, "limit", 0)
            return None if left and record.raw_stream.read(1) == b"" else bytes(found)
        found += part
    return bytes(found)


def _moment(stated: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def read_pages(
    pages: Iterator[WebPage | LeftOut], *, journal: Path
) -> Iterator[tuple[WebPage, Page] | LeftOut]:
    """Find the articles in pages, in a process that is stopped when one takes too long.

    Args:
        pages: Of one file.
        journal: A file in which every page that was read is noted at once: when the reading is
            stopped and begun again, it goes on where it was.

    Yields:
        Each page with what was found on it, and what is left out.
    """
    known = _known_pages(journal)
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as notes, PageWorker() as worker:
        for each in pages:
            if isinstance(each, LeftOut):
                yield each
                continue
            how = _how(each)
            page = known.get(how) or _note(notes, how, _read(worker, each))
            yield each, page


def page_record(web: WebPage, page: Page) -> Record | LeftOut:
    """Give a page as a record; one that is no article is left out, and its flags say why."""
    if not page.article or not page.text:
        why = f"no article ({', '.join(page.flags) or 'no text'})"
        return LeftOut(number=web.number, why=why)
    return Record(
        row=web.number,
        outlet=bare_host(web.url),
        url=web.url,
        title=page.title,
        text=page.text,
        published_raw=page.published_raw,
        published=page.published,
        published_note=page.published_note,
    )


def _read(worker: PageWorker, web: WebPage) -> Page:
    return worker.read(
        PageFile(content=web.content, url=web.url, charset=web.charset, reading=web.reading)
    )


def _how(web: WebPage) -> str:
    """What makes two readings of a page the same."""
    reading = web.reading
    return f"{web.number} {web.url} {reading.seen.isoformat()} {reading.zone} {reading.order}"


def _note(notes: IO[str], how: str, page: Page) -> Page:
    notes.write(json.dumps({"how": how, "page": asdict(page)}) + "\n")
    notes.flush()
    return page


def _known_pages(journal: Path) -> dict[str, Page]:
    """What an earlier reading noted, up to a line that broke off or is damaged."""
    if not journal.exists():
        return {}
    found: dict[str, Page] = {}
    whole = 0
    for line in journal.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            said = json.loads(line)
            page = Page(**{name: _listed(value) for name, value in said["page"].items()})
        except (ValueError, TypeError, KeyError):
            break
        whole += len(line)
        found[said["how"]] = page
    with journal.open("r+b") as file:
        file.truncate(whole)
    return found


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
