"""The headline of a page, without the name of its outlet."""

import re
from html import unescape
from typing import Any

from outcomes.media.page_markup import main_article

_CUT = re.compile(r"\s+[|\u2013\u2014•·»-]\s+|\s*\|\s*")
_LONGEST = 500


def page_title(tree: Any, things: list[dict[str, Any]], *, url: str) -> str:
    """Say what a page's headline is.

    Args:
        tree: The page, by ``page_tree``.
        things: Its JSON-LD, by ``linked_data``.
        url: The page's address.

    Returns:
        The headline that the page states for its article; else its title without the outlet's
        name, as its heading has it. Empty where there is none.
    """
    headline = main_article(things, url=url).get("headline")
    stated = _without_outlet(_clean(headline), tree, url=url) if isinstance(headline, str) else ""
    shared = _meta(tree, "og:title") or _meta(tree, "twitter:title")
    shared = shared or _clean(tree.findtext(".//title"))
    headings = [_clean(" ".join(each.itertext())) for each in tree.iter("h1")]
    headings = [each for each in headings if each]
    told = stated or _without_outlet(shared, tree, url=url)
    for heading in headings:  # a heading is whole where search engines are given a part
        if _agree(heading, stated or shared) and (not stated or _is_cut(stated)):
            return heading
    return told or "".join(headings[:1])


def _agree(heading: str, title: str) -> bool:
    return bool(title) and (
        heading.lower() in title.lower() or heading.startswith(title.rstrip("….")[:60])
    )


def _is_cut(title: str) -> bool:
    return title.endswith(("…", "...")) or len(title) >= 105  # what search engines take


def _meta(tree: Any, name: str) -> str:
    for meta in tree.iter("meta"):
        if name in (meta.get("property"), meta.get("name")):
            return _clean(meta.get("content"))
    return ""


def _without_outlet(title: str, tree: Any, *, url: str) -> str:
    parts = _CUT.split(title)
    last = _letters(parts[-1])
    site = _letters(_meta(tree, "og:site_name"))
    host = _letters(re.sub(r"^\w+://(?:www\.)?|/.*$", "", url))
    named = last and (last in host or last == site or (len(site) > 3 and last.startswith(site)))
    if len(parts) > 1 and (named or "|" in title[title.rindex(parts[-1]) - 3 :]):
        return title[: title.rindex(parts[-1])].rstrip(" |\u2013\u2014•·»-")
    return title


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def _clean(text: str | None) -> str:
    return " ".join(unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text or "")).split())[:_LONGEST]
