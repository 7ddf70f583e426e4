"""RSS, Atom and JSON feeds as bytes: broken ones are read as far as they can be."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from outcomes.errors import DataError, FileError
from outcomes.media.date_gate import Dated, Order, published_moment

if TYPE_CHECKING:  # the workers that read feeds are small because they do without tables
    from outcomes.sheets import Sheet

LARGEST = 10_000_000  # bytes; the largest real feeds are under 2 MB
_OF_CHANGES = {"updated", "date_modified"}  # what says when an entry was last changed
_ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)
_FLOOD = re.compile(  # thousands of attributes or of nested tags, on which parsers lose hours
    rb"<[^<>]{20000}|(?:<[a-zA-Z][^<>/]{0,200}>\s*){500}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed; a text is empty where the feed does not give it."""

    id: str  # as the feed names it, or its url
    url: str
    title: str
    published: str  # ISO, such as 2026-03-31T14:05:00+00:00, or a day; empty where unknown
    summary: str  # without markup
    published_raw: str = ""  # as the feed wrote it
    published_note: str = ""  # why it is unknown, or what was assumed; empty where nothing was


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """How an outlet's dates are to be read."""

    seen: datetime
    order: Order
    zone: str

    def dated(self, fields: Mapping[str, Any], names: Sequence[str]) -> tuple[Dated, str]:
        """The first field that tells a day, and what it says; else why the first one does not."""
        first: tuple[Dated, str] | None = None
        for name in names:
            raw = fields.get(name)
            if raw is None or raw == "":
                continue
            found = published_moment(raw, seen=self.seen, zone=self.zone, order=self.order)
            if found.iso:
                return (_changed(found) if name in _OF_CHANGES else found), str(raw)
            first = first or (found, str(raw))
        return first or (Dated(iso="", reason="no date is given"), "")


def _changed(found: Dated) -> Dated:
    reason = "the day of its last change" + (f"; {found.reason}" if found.reason else "")
    return Dated(iso=found.iso, reason=reason)


def parse_feed(
    content: bytes,
    *,
    content_type: str = "",
    url: str = "",
    contained: bool = False,
    seen: datetime | None = None,
    order: Order = "",
    zone: str = "",
) -> list[Entry]:
    """Read the entries of a feed that was fetched before; nothing is fetched here.

    Args:
        content: The feed as it was received: RSS, Atom, RDF or JSON Feed, in any encoding.
        content_type: The header of that name, which may tell the encoding.
        url: Where the feed came from, to complete links that are relative.
        contained: Whether this runs where it can be stopped (see feed_worker): then a feed that
            looks built to exhaust its reader is tried all the same.
        seen: When it was fetched, with its offset; the present moment if it is left out. What is
            dated more than 24 hours later is not believed.
        order: How the outlet writes ``03/04/2026``: MDY is March 4. Empty: not known.
        zone: The outlet's time zone, such as ``America/Chicago``, in which moments are given, and
            in which those without a zone are read. Empty: UTC.

    Returns:
        The entries in the feed's order, dated by what the feed wrote (see ``published_moment``).
        An entry that only says when it was updated is dated by that; one that says neither is not
        dated.

    Raises:
        DataError: This is empty or no feed (a web page, an error message), declares entities of
            its own, is larger than 10 MB, or is built to exhaust its reader.

    Source:
        Reading is feedparser's. Requirement B14.
    """
    if len(content) > LARGEST:
        raise DataError(f"the feed has {len(content):,} bytes; feeds up to {LARGEST:,} are read")
    if not content.strip():
        raise DataError("the file is empty")
    if not contained:
        _refuse_hostile(content)
    clock = _Clock(seen=seen or datetime.now(UTC), order=order, zone=zone or "UTC")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(content, clock, url=url)
    headers = _headers(content, content_type=content_type, url=url)
    return _xml_feed(content, clock, headers=headers)


def read_feed(
    path: Path,
    *,
    outlet: str,
    seen: datetime | None = None,
    order: Order = "",
    zone: str = "",
) -> "Sheet":
    """Read a saved feed as articles of one outlet, whose text is the feed's summary.

    Args:
        path: The feed as it was received.
        outlet: Whose feed it is.
        seen: When it was fetched, as in ``parse_feed``.
        order: How the outlet writes dates, as in ``parse_feed``.
        zone: The outlet's time zone, as in ``parse_feed``.

    Returns:
        The columns of ``read_archive``, and guid, summary, published_raw and published_note;
        ``row`` numbers the entries from 1. Refused are entries
        without a web address, without title and summary, or with an address that came before.

    Raises:
        FileError: There is no such file, it is no feed, or the feed is empty.
    """
    import pandas as pd

    from outcomes.sheets import Sheet

    try:
        entries = parse_feed(path.read_bytes(), seen=seen, order=order, zone=zone)
    except (FileNotFoundError, IsADirectoryError):
        raise FileError(path, "", "there is no such file", "Check the name") from None
    except DataError as error:
        problem, _, mend = str(error).partition(". ")
        raise FileError(path, "", problem, mend or "Check that it is the right file") from None
    if not entries:
        raise FileError(path, "", "the feed holds no entries", "Check that it is the right file")
    rows = [
        {
            "row": number,
            "url": entry.url,
            "outlet": outlet,
            "published": entry.published,
            "title": entry.title,
            "text": entry.summary or entry.title,
            "prompted": pd.NA,
            "guid": entry.id,
            "summary": entry.summary,
            "published_raw": entry.published_raw,
            "published_note": entry.published_note,
        }
        for number, entry in enumerate(entries, start=1)
    ]
    sheet = Sheet(path=path, table=pd.DataFrame(rows), read=len(rows))
    _refuse_unusable(sheet)
    return sheet


def _refuse_unusable(sheet: "Sheet") -> None:
    mend = "The entry is left out"
    no_address = ~sheet.table["url"].str.match(r"https?://")
    sheet.refuse(no_address, column="url", problem="{!r} is no web address", mend=mend)
    nothing = sheet.table["text"] == ""
    sheet.refuse(nothing, column="title", problem="there is no title and no summary", mend=mend)
    twice = sheet.table["url"].duplicated()
    sheet.refuse(twice, column="url", problem="{!r} stands in an earlier entry", mend=mend)


def _refuse_hostile(content: bytes) -> None:
    if _ENTITY.search(content) or _ENTITY.search(content.replace(b"\x00", b"")):
        raise DataError(
            "the feed declares entities of its own, which can be used to attack its reader. "
            "Ask the outlet for a feed without <!ENTITY"
        )
    if _is_flood(content):
        raise DataError(
            "the feed holds one tag with thousands of attributes, or hundreds of tags in one "
            "another, as no news feed does. Check that it is the right file"
        )


def _headers(content: bytes, *, content_type: str, url: str) -> dict[str, str]:
    """What the server said that helps to read; a charset is not believed against valid UTF-8."""
    headers = {"content-location": url} if url else {}
    if "charset" in content_type.lower():
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            headers["content-type"] = content_type
    return headers


def _is_flood(content: bytes) -> bool:
    return any(
        found[0].count(b"=") > 500 or found[0].count(b"<") >= 500
        for found in _FLOOD.finditer(content)
    )


def _xml_feed(content: bytes, clock: _Clock, *, headers: dict[str, str]) -> list[Entry]:
    import feedparser

    parsed = feedparser.parse(
        io.BytesIO(content),  # a stream: bytes alone could be taken as a name
        response_headers=headers,
        sanitize_html=False,  # markup is dropped anyway; both are three quarters of the time
        resolve_relative_uris=False,
    )
    if not parsed.version and not parsed.entries:
        raise DataError(
            "this is not a feed (RSS, Atom or JSON Feed). Perhaps it is the web page that leads "
            "to it, or an error message"
        )
    return [_entry(found, clock) for found in parsed.entries]


def _entry(found: Any, clock: _Clock) -> Entry:
    # what feedparser itself makes of a date is not asked for: it reads 0000-00-00 as 1999-11-30
    fields = dict(found)  # else a name that is missing would be another one's
    dated, raw = clock.dated(fields, ("published", "created", "updated"))
    url = found.get("link", "").strip()
    return Entry(
        id=found.get("id", "").strip() or url,
        url=url,
        title=_plain(found.get("title", "")),
        published=dated.iso,
        summary=_plain(found.get("summary", "")),
        published_raw=raw,
        published_note=dated.reason,
    )


def _json_feed(content: bytes, clock: _Clock, *, url: str) -> list[Entry]:
    try:
        feed = json.loads(content.decode("utf-8-sig"))
    except ValueError:
        raise DataError("this begins like a JSON feed, but is not JSON") from None
    if not str(feed.get("version", "")).startswith("https://jsonfeed.org/version/"):
        raise DataError("this is JSON, but not a JSON feed: its version is not jsonfeed.org's")
    items = feed.get("items")
    if not isinstance(items, list):
        return []
    return [_item(item, clock, base=url) for item in items if isinstance(item, dict)]


def _item(item: dict[str, Any], clock: _Clock, *, base: str) -> Entry:
    url = _complete(str(item.get("url") or item.get("external_url") or "").strip(), base)
    dated, raw = clock.dated(item, ("date_published", "date_modified"))
    body = item.get("summary") or item.get("content_text") or item.get("content_html") or ""
    return Entry(
        id=str(item.get("id") or url),
        url=url,
        title=_plain(str(item.get("title") or "")),
        published=dated.iso,
        summary=_plain(str(body)),
        published_raw=raw,
        published_note=dated.reason,
    )


def _complete(link: str, base: str) -> str:
    """Complete a link that is relative, as feedparser does for RSS and Atom."""
    try:
        return urljoin(base, link) if link else ""
    except ValueError:  # it is no address at all, and is judged later
        return link


def _plain(markup: str) -> str:
    """Drop tags and write entities out; a sign such as < in '5 < 6' is no tag."""
    text = re.sub(r"<(?:script|style)\b.{0,100000}?</(?:script|style)>", " ", markup, flags=re.S)
    text = re.sub(r"</?[a-zA-Z][^<>]{0,2000}>|<!--.{0,2000}?-->", " ", text, flags=re.S)
    return " ".join(unescape(text).split())
