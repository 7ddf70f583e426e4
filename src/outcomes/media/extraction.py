"""The article of a saved web page: title, date of publication, text, and what to beware of."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib.metadata import version
from typing import Any

from outcomes.media.page_dates import PageDate, Reading, page_date
from outcomes.media.page_flags import NO_ARTICLE, Flag, page_flags, signs_of
from outcomes.media.page_language import page_language
from outcomes.media.page_markup import (
    LARGEST,
    decode_page,
    linked_data,
    main_article,
    no_page,
    page_tree,
    tamed,
    unpack,
)
from outcomes.media.page_titles import page_title

_LONGER = 1.3  # times: from there on, the text in JSON-LD is taken for the fuller one
_SHARED = 0.6  # of the extracted runs of words must stand in it: the same article


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was found on one page; a text is empty where the page does not give it."""

    url: str
    title: str
    published: str  # a day, or a moment with its offset; empty where unknown
    published_raw: str  # as the page states it
    published_from: str  # where it states it
    published_note: str  # why it is unknown, or what was assumed
    text: str  # paragraphs, one a line
    words: int
    language: str
    flags: tuple[str, ...]
    reasons: tuple[str, ...]  # of the flags, in their order
    article: bool  # whether the text may be classified as an article
    extractor: str  # which program and version


def extract_page(content: bytes, *, reading: Reading, url: str = "", charset: str = "") -> Page:
    """Find the article in a page that was fetched before; nothing is fetched here.

    Hostile pages can take minutes and much memory: give those of strangers to
    ``outcomes.media.page_worker``, which can be stopped.

    Args:
        content: The page as it was received, perhaps packed by gzip.
        reading: When it was fetched, and how the outlet writes dates.
        url: Its address; where empty, the one that the page calls its own.
        charset: What the server said, if it is known.

    Returns:
        What was found. Paywall stubs, consent and robot checks, indexes and the like are
        flagged, and ``article`` is then false. Nothing is left out silently: what was cut, and
        a page that cannot be read, are flags too.

    Source:
        trafilatura (Barbaresi 2021, ACL demo track: 122-131), in its precise mode. Requirement
        B14.
    """
    unpacked = unpack(content)
    markup = decode_page(unpacked[:LARGEST], charset=charset)
    tree = None if (other := no_page(markup)) else page_tree(tamed(markup))
    if tree is None:
        return unread_page(url, reason=other or "there is no element in its markup")
    things = linked_data(tree)
    url = url or _own_address(tree)
    title = page_title(tree, things, url=url)
    dated = page_date(tree, things, url=url, reading=reading)
    text = _text(tree, things, url=url)
    language = page_language(text, tree)
    signs = signs_of(tree, things, url=url, title=title, text=text, language=language)
    flags = list(page_flags(signs))
    if len(unpacked) > LARGEST:
        flags.append(Flag(name="cut", reason=f"only the first {LARGEST:,} bytes were read"))
    return _page(url, title=title, dated=dated, text=text, language=language, flags=flags)


def unread_page(url: str, *, reason: str) -> Page:
    """The result of a page that could not be read."""
    dated = PageDate(published="", raw="", source="", reason=reason, disagreement="")
    flags = [Flag(name="unreadable", reason=reason)]
    return _page(url, title="", dated=dated, text="", language="und", flags=flags)


def _page(
    url: str, *, title: str, dated: PageDate, text: str, language: str, flags: list[Flag]
) -> Page:
    if dated.disagreement:
        flags = [*flags, Flag(name="dates_disagree", reason=dated.disagreement)]
    return Page(
        url=_sound(url),
        title=_sound(title),
        published=dated.published,
        published_raw=_sound(dated.raw),
        published_from=dated.source,
        published_note=_sound(dated.reason),
        text=_sound(text),
        words=len(text.split()),
        language=language,
        flags=tuple(flag.name for flag in flags),
        reasons=tuple(_sound(flag.reason) for flag in flags),
        article=not any(flag.name in NO_ARTICLE for flag in flags),
        extractor=_extractor(),
    )


def _sound(text: str) -> str:
    """The text without half signs, which a page can state in JSON and no file can hold."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


@cache
def _extractor() -> str:
    return f"trafilatura {version('trafilatura')}"


def _own_address(tree: Any) -> str:
    for path, name in (
        (".//link[@rel='canonical']", "href"),
        (".//meta[@property='og:url']", "content"),
    ):
        found = tree.find(path)
        address = (found.get(name) or "").strip() if found is not None else ""
        if re.match(r"https?://\S+$", address):
            return str(address)
    return ""


def _text(tree: Any, things: list[dict[str, Any]], *, url: str) -> str:
    import trafilatura

    try:
        found = trafilatura.extract(
            tree,
            favor_precision=True,
            include_comments=False,
            include_tables=True,
            deduplicate=False,  # its memory of earlier pages makes results depend on their order
        )
    except Exception:  # its faults are many; the page is then flagged as unreadable
        found = None
    return _fuller(found or "", main_article(things, url=url))


def _fuller(text: str, article: dict[str, Any]) -> str:
    """The text that the page states for machines, where the extracted one is only a part of it.

    What the page declares closed to readers is not taken from there.
    """
    body = article.get("articleBody")
    closed = str(article.get("isAccessibleForFree")).lower() == "false"
    if not isinstance(body, str) or (closed and len(text.split()) < 200):
        return text
    stated = _paragraphs(body)
    if len(stated) < max(_LONGER * len(text), 400):
        return text
    runs, known = _runs(text), _runs(stated)
    same = sum((runs & known).values()) >= _SHARED * sum(runs.values())
    return stated if same or len(text.split()) < 20 else text


def _paragraphs(body: str) -> str:
    broken = re.sub(r"<(?:br|/?p|/?div|/?li)\b[^<>]{0,500}>", "\n", unescape(body), flags=re.I)
    plain = unescape(re.sub(r"</?[a-zA-Z][^<>]{0,2000}>", "", broken))
    return "\n".join(line for each in plain.split("\n") if (line := " ".join(each.split())))


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[at : at + 4]) for at in range(len(words) - 3))
