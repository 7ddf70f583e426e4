"""Lists of feeds as readers exchange them (OPML): read into outlets, and written from them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from outcomes.errors import FileError
from outcomes.media.feed_lists import complete_address, complete_site, feed_key, site_of
from outcomes.media.opml_text import read_outlines
from outcomes.media.packed_files import read_packed

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST = 20_000_000  # bytes
MOST_FEEDS = 10_000
_OURS = "urn:outcomes:outlet"  # the namespace of what OPML has no words for
_SHARED = {"feedburner.com", "feeds.feedburner.com", "feeds.feedblitz.com", "news.google.com"}
_LONGEST_NAME = 200
_Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """A feed of a list."""

    url: str
    title: str
    more: _Words = field(default_factory=dict)  # as this program wrote it: first, last, …


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlOutlet:
    """An outlet of a list: a folder of feeds of one site, or a feed of its own."""

    name: str
    site: str
    feeds: tuple[OpmlFeed, ...]
    more: _Words = field(default_factory=dict)  # as this program wrote it: scope, panel, county, …


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlList:
    """What a list holds."""

    outlets: tuple[OpmlOutlet, ...]
    left_out: tuple[str, ...]  # sentences: what could not be taken, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outline:
    """An outline with a feed, and the folder in which it lies."""

    feed: OpmlFeed
    site: str
    folder: "_Element"


def read_opml(path: Path) -> OpmlList:
    """Read a list of feeds.

    Args:
        path: OPML, perhaps packed (.gz), in any encoding.

    Returns:
        Its outlets, in the list's order. Feeds of one folder and one site are one outlet: it is
        called after the folder where all feeds of the folder lie on one site and are several,
        else after its first feed. A feed without a title is called after its host.

    Raises:
        FileError: The file cannot be read, is no OPML, declares a document type, holds more than
            10,000 feeds, or none.

    Source:
        OPML 2.0 (Winer, 2007), section "Subscription lists".
    """
    root = read_outlines(path, read_packed(path, largest=LARGEST))
    said: list[str] = []
    folders: dict[_Element, list[_Outline]] = {}
    seen: set[str] = set()
    for count, outline in enumerate(_outlines(root, said), start=1):
        if count > MOST_FEEDS:
            raise FileError(
                path, "", f"it holds more than {MOST_FEEDS:,} feeds", "Split it into several files"
            )
        key = feed_key(outline.feed.url)
        if key in seen:
            said.append(f"{outline.feed.url} stands in the list twice and is taken once")
        else:
            seen.add(key)
            folders.setdefault(outline.folder, []).append(outline)
    outlets = [
        outlet for folder, inside in folders.items() for outlet in _folder_outlets(folder, inside)
    ]
    if not outlets:
        raise FileError(path, "", "it holds no feed", "Export the list of feeds from its reader")
    return OpmlList(outlets=tuple(outlets), left_out=tuple(said))


def write_opml(outlets: Sequence[OpmlOutlet], *, title: str) -> bytes:
    """Write outlets as a list that every feed reader takes: each outlet a folder of its feeds.

    ``read_opml`` gives back the same outlets; what OPML has no words for stands in attributes of
    a namespace of its own, which other programs pass over.
    """
    from lxml import etree

    root = etree.Element("opml", {"version": "2.0"}, nsmap={"outcomes": _OURS})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for outlet in outlets:
        folder = etree.SubElement(body, "outline", {"text": outlet.name, "title": outlet.name})
        _set(folder, {**outlet.more, "outlet": "1", "site": outlet.site})
        for feed in outlet.feeds:
            row = {"type": "rss", "text": feed.title, "title": feed.title, "xmlUrl": feed.url}
            row |= {"htmlUrl": outlet.site} if outlet.site else {}
            _set(etree.SubElement(folder, "outline", row), feed.more)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _set(outline: "_Element", words: _Words) -> None:
    for name, value in words.items():
        if value:
            outline.set(f"{{{_OURS}}}{name}", value)


def _outlines(root: "_Element", said: list[str]) -> Iterator[_Outline]:
    """Go through all outlines that are feeds, however deep; say which cannot be taken."""
    for element in root.iter("{*}outline", "{*}Outline", "{*}OUTLINE"):
        words = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        folder = element.getparent()
        if "xmlurl" not in words or folder is None:
            continue
        written, site = words["xmlurl"].strip(), complete_site(words.get("htmlurl", ""))
        ours = "outlet" in _ours(folder)
        url = written if ours else complete_address(written, site=site)
        if not url:
            said.append(f"{written[:100]!r} is no web address and is left out")
            continue
        title = (words.get("title", "") if ours else _name(words)) or site_of(url)
        feed = OpmlFeed(url=url, title=title, more=_ours(element))
        yield _Outline(feed=feed, site=site, folder=folder)


def _folder_outlets(folder: "_Element", inside: Sequence[_Outline]) -> list[OpmlOutlet]:
    """Make outlets of the feeds of one folder."""
    more = _ours(folder)
    if more.pop("outlet", ""):  # this program wrote it: nothing is to be guessed
        site = more.pop("site", "")
        feeds = tuple(each.feed for each in inside)
        name = str(folder.get("title", "")) or feeds[0].title
        return [OpmlOutlet(name=name, site=site, feeds=feeds, more=more)]
    sites: dict[str, list[_Outline]] = {}
    for number, each in enumerate(inside):
        host = site_of(each.site) or site_of(each.feed.url)
        sites.setdefault(f"{host} {number}" if host in _SHARED else host, []).append(each)
    named = _name(folder.attrib) if len(sites) == 1 and len(inside) > 1 else ""
    return [
        OpmlOutlet(
            name=named or group[0].feed.title,
            site=next((each.site for each in group if each.site), ""),
            feeds=tuple(each.feed for each in group),
        )
        for group in sites.values()
    ]


def _ours(element: "_Element") -> dict[str, str]:
    mark = f"{{{_OURS}}}"
    return {
        str(name).removeprefix(mark): str(value)
        for name, value in element.attrib.items()
        if str(name).startswith(mark)
    }


def _name(words: Mapping[str, str]) -> str:
    """The name of an outline, also where it was encoded for an address or twice for XML."""
    found = words.get("title") or words.get("text") or ""
    if re.search(r"%[0-9A-Fa-f]{2}", found) and " " not in found:
        try:
            found = unquote(found, errors="strict")
        except UnicodeDecodeError:
            found = words.get("text") or found
    return " ".join(unescape(found).split())[:_LONGEST_NAME]
