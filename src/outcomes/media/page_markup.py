"""Web pages as bytes: decoded by the page's own charset, tamed, and read as a tree."""

import codecs
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

LARGEST = 4_000_000  # bytes; the largest news pages are near 2 MB, most of it program
_MOST_ATTRIBUTES = 500  # of one tag; parsers take time that grows with their square
_LONG_TAG = re.compile(r"<(/?[a-zA-Z][\w:-]{0,40})[\s/][^<>]{10000,}>")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SUPERSETS = {  # what browsers read where a page names the older, narrower set
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
_STRAY = {  # bytes of Windows in a text of UTF-8, as pasted quotation marks are
    0xDC00 + byte: bytes([byte]).decode("cp1252", errors="replace") for byte in range(0x80, 0x100)
}
_FEED = re.compile(
    r"\s*(?:<\?xml[^<>]*>\s*|<!--.{0,2000}?-->\s*)*<(?:rss|feed|rdf:rdf)\b", re.I | re.S
)
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def unpack(content: bytes) -> bytes:
    """Unpack gzip, if it is that, up to one byte more than ``LARGEST``.

    A packed file that is cut short or broken gives what came before the break.
    """
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacker = zlib.decompressobj(wbits=31)
    found = bytearray()
    try:
        for start in range(0, len(content), 65536):
            found += unpacker.decompress(content[start : start + 65536], LARGEST + 1 - len(found))
            while unpacker.unconsumed_tail and len(found) <= LARGEST:
                room = LARGEST + 1 - len(found)
                found += unpacker.decompress(unpacker.unconsumed_tail, room)
            if len(found) > LARGEST:
                break
    except zlib.error:
        pass
    return bytes(found)


def decode_page(content: bytes, *, charset: str = "") -> str:
    """Decode a page as browsers do, except that valid UTF-8 is believed before a label.

    Args:
        content: The page.
        charset: What the server said, if it is known.

    Returns:
        The text. Single bytes of Windows-1252 among UTF-8 are read as that; what cannot be read
        becomes the sign for it, never an error.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, errors="replace")
    if content[:200].count(b"\x00") > 60:
        wide = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
        return content.decode(wide, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _known(charset) or _declared(content)
    if declared in {"", "utf-8"}:
        return _mostly_utf8(content) or content.decode(_guessed(content), errors="replace")
    return content.decode(declared, errors="replace")


def _declared(content: bytes) -> str:
    for match in _CHARSET.finditer(content[:16384]):
        if name := _known(match[1].decode("ascii", errors="replace")):
            return "utf-8" if name.startswith("utf-16") else name  # it was read as bytes to here
    return ""


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return ""
    try:
        b"a".decode(name)  # not every codec of Python's makes text
    except (LookupError, UnicodeError):
        return ""
    return _SUPERSETS.get(name, name)


def _mostly_utf8(content: bytes) -> str:
    """The text where stray bytes are few beside real UTF-8; empty where it is something else."""
    text = content.decode("utf-8", errors="surrogateescape")
    stray = sum("\udc80" <= sign <= "\udcff" for sign in text)
    wide = sum(sign > "\x7f" for sign in text) - stray
    return text.translate(_STRAY) if stray <= max(wide, 3) else ""


def _guessed(content: bytes) -> str:
    from charset_normalizer import from_bytes

    shown = bytes(byte for byte in content[:2_000_000] if byte > 127)[:50]
    best = from_bytes(_around_foreign(content)).best() if shown else None
    name = _known(best.encoding) if best is not None else ""
    return name or "cp1252"


def _around_foreign(content: bytes) -> bytes:
    """A sample that holds what must be guessed: program and markup are plain ASCII everywhere."""
    parts = re.findall(rb"[^<>{}]{0,200}[\x80-\xff][^<>{}]{0,200}", content[:1_000_000])
    return b"\n".join(parts[:60])


def tamed(text: str) -> str:
    """Take out what stops parsers: control signs, and tags with thousands of attributes."""
    text = _CONTROL.sub("", text.replace("\x00", ""))
    return _LONG_TAG.sub(_bare_if_flooded, text)


def _bare_if_flooded(tag: re.Match[str]) -> str:
    return f"<{tag[1]}>" if tag[0].count("=") > _MOST_ATTRIBUTES else tag[0]


def no_page(text: str) -> str:
    """Say what a file is that is no web page; empty where it may be one."""
    start = text[:20000]
    if not start.strip():
        return "the file is empty"
    if len(_CONTROL.findall(start)) > 0.02 * len(start):
        return "the file is no web page, but a picture, a PDF or the like"
    if _FEED.match(start):
        return "the file is a feed, not a page; outcomes media parse-feed reads it"
    return "" if _TAG.search(text) else "there is no markup in the file"


def page_tree(text: str) -> Any | None:
    """Read markup as a tree; none where there is no element in it.

    Pages with more than 256 tags in one another, as unclosed tags make them, are read too: the
    parser's usual limit would leave their text out.
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(
        encoding="utf-8", huge_tree=True, collect_ids=False, remove_comments=True, remove_pis=True
    )
    if not text.strip():
        return None
    try:
        return document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def linked_data(tree: Any) -> list[dict[str, Any]]:
    """List the objects that a page says about itself in JSON-LD, those inside others too."""
    found: list[dict[str, Any]] = []
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->")
        text = text.removeprefix("//<![CDATA[").removesuffix("//]]>").strip().rstrip(";")
        try:
            found += _objects(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            found += _broken_object(text)
    return found


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 12:
        return
    if isinstance(value, list):
        for each in value[:500]:
            yield from _objects(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key, each in value.items():
            if key != "comment" and isinstance(each, dict | list):
                yield from _objects(each, depth + 1)


_PAIR = re.compile(
    r'"(@type|headline|datePublished|dateCreated|isAccessibleForFree)"\s*:\s*'
    r'(?:"((?:[^"\\]|\\.){0,400})"|(true|false))'
)


def _broken_object(text: str) -> list[dict[str, Any]]:
    """What can still be told from JSON that a stray comma or quotation mark broke."""
    pairs: dict[str, Any] = {}
    for match in _PAIR.finditer(text):
        pairs.setdefault(match[1], match[2] or match[3])
    return [pairs] if pairs else []


def types_of(thing: dict[str, Any]) -> set[str]:
    """The schema.org types of an object, such as ``NewsArticle``."""
    stated = thing.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return {str(name).rpartition("/")[2] for name in names if name}


def main_article(things: list[dict[str, Any]], *, url: str = "") -> dict[str, Any]:
    """The object that stands for the article of this page; empty where there is none."""
    articles = [
        thing
        for thing in things
        if any(name.endswith(("Article", "BlogPosting", "Report")) for name in types_of(thing))
    ]
    articles = [each for each in articles if each.get("headline") or each.get("datePublished")]
    here = _path(url)
    for each in articles:
        page = each.get("mainEntityOfPage")
        named = [
            each.get("url"),
            each.get("@id"),
            page.get("@id") if isinstance(page, dict) else page,
        ]
        if here and any(isinstance(name, str) and _path(name) == here for name in named):
            return each
    return articles[0] if articles else {}


def _path(url: str) -> str:
    return re.sub(r"^https?://[^/]*|[?#].*$", "", url).rstrip("/").lower()
