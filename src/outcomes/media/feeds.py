"""RSS, Atom and JSON feeds as bytes: broken ones are read as far as they can be."""

import io
import json
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

from outcomes.errors import DataError

LARGEST = 10_000_000  # bytes; the largest real feeds are under 2 MB
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
    published: str  # ISO, UTC, such as 2026-03-31T14:05:00+00:00; empty where unknown
    summary: str  # without markup


def parse_feed(content: bytes) -> list[Entry]:
    """Read the entries of a feed that was fetched before; nothing is fetched here.

    Args:
        content: The feed as it was received: RSS, Atom, RDF or JSON Feed, in any encoding.

    Returns:
        The entries in the feed's order. An entry that only says when it was updated is dated by
        that; one that says neither is not dated.

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
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(content)
    return _xml_feed(content)


def _is_flood(content: bytes) -> bool:
    return any(
        found[0].count(b"=") > 500 or found[0].count(b"<") >= 500
        for found in _FLOOD.finditer(content)
    )


def _xml_feed(content: bytes) -> list[Entry]:
    import feedparser

    parsed = feedparser.parse(io.BytesIO(content))  # a stream: bytes alone could be taken as a name
    if not parsed.version and not parsed.entries:
        raise DataError(
            "this is not a feed (RSS, Atom or JSON Feed). Perhaps it is the web page that leads "
            "to it, or an error message"
        )
    return [_entry(found) for found in parsed.entries]


def _entry(found: Any) -> Entry:
    moment = found.get("published_parsed") or found.get("updated_parsed")
    url = found.get("link", "").strip()
    return Entry(
        id=found.get("id", "").strip() or url,
        url=url,
        title=_plain(found.get("title", "")),
        published=_iso(timegm(moment)) if moment else "",
        summary=_plain(found.get("summary", "")),
    )


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _json_feed(content: bytes) -> list[Entry]:
    try:
        feed = json.loads(content.decode("utf-8-sig"))
    except ValueError:
        raise DataError("this begins like a JSON feed, but is not JSON") from None
    if not str(feed.get("version", "")).startswith("https://jsonfeed.org/version/"):
        raise DataError("this is JSON, but not a JSON feed: its version is not jsonfeed.org's")
    items = feed.get("items")
    return [_item(item) for item in items or [] if isinstance(item, dict)]


def _item(item: dict[str, Any]) -> Entry:
    url = str(item.get("url") or item.get("external_url") or "")
    published = ""
    for name in ("date_published", "date_modified"):
        try:
            moment = datetime.fromisoformat(str(item.get(name) or ""))
        except ValueError:
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        published = moment.astimezone(UTC).isoformat(timespec="seconds")
        break
    body = item.get("summary") or item.get("content_text") or item.get("content_html") or ""
    return Entry(
        id=str(item.get("id") or url),
        url=url,
        title=_plain(str(item.get("title") or "")),
        published=published,
        summary=_plain(str(body)),
    )


def _plain(markup: str) -> str:
    """Drop tags and write entities out; a sign such as < in '5 < 6' is no tag."""
    text = re.sub(r"<(?:script|style)\b.{0,100000}?</(?:script|style)>", " ", markup, flags=re.S)
    text = re.sub(r"</?[a-zA-Z][^<>]{0,2000}>|<!--.{0,2000}?-->", " ", text, flags=re.S)
    return " ".join(unescape(text).split())
