"""The feeds that a list gives for an outlet: completed, folded, and freed of what is no news."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from outcomes.errors import DataError
from outcomes.media.addresses import web_address
from outcomes.media.page_key import page_key

# Why an address was left out: one word, and what it means.
REASONS: Mapping[str, str] = {
    "comments": "carry readers' comments, not articles",
    "repeated": "are the same feed again",
    "no-address": "are not those of a feed (mail, front pages, pictures, empty)",
    "no-articles": "carry sound, maps or advertisements",
}
BLOX_NOTE = "often forbidden by robots.txt: read it and decide"
UNLIKELY_NOTE = "does not look like a feed: try it"

_SAFE = "%/:=&?~#+!$,;'@()*[]"
_COMMENTS = re.compile(
    r"/comments/(feed|default)(/|$)|[?&]feed=comments-|[?&]id=comments(&|$)|/comments\.(rss|xml)",
    re.IGNORECASE,
)
_PAGE_COMMENTS = re.compile(  # WordPress: the comments below a front page of that name
    r"^(.*)/(sample-|new-)?(home-?page|home|home-section|front-?page|page|welcome)(-[\w-]+)?/feed$",
    re.IGNORECASE,
)
_NO_ARTICLES = re.compile(
    r"/feed/podcast(/|$)|[?&](feed=)?podcast(&|$)|leaflet-georss|/ads_rss", re.IGNORECASE
)
_NO_FEED = re.compile(r"\.(png|jpe?g|gif|svg|ico|mp3|m3u8?|pls|css|js|pdf)(\?|$)", re.IGNORECASE)
_LOOKS_LIKE_ONE = re.compile(r"rss|feed|xml|atom|rdf|json|syndicat", re.IGNORECASE)
_BLOX = re.compile(r"/search/?\?(.*&)?f=(rss|atom)(&|$)", re.IGNORECASE)
_FORMS = (  # one feed that is offered in several forms
    (re.compile(r"/feed/(atom|rdf|rss2?|feed)(?=$|\?)"), "/feed"),
    (re.compile(r"/?(index\.php)?\?feed=(rss2?|atom|rdf)$"), "/feed"),
    (re.compile(r"(format=feed&type=)(rss|atom)"), r"\1rss"),
    (re.compile(r"(/search\?(?:.*&)?f=)(rss|atom)"), r"\1rss"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed as a list offers it."""

    url: str
    note: str = ""  # what to look at before it is polled


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyFeeds:
    """The feeds of one outlet, and how many addresses were left out, by reason."""

    feeds: tuple[ListedFeed, ...]
    left_out: Mapping[str, int]


def feed_key(url: str) -> str:
    """Give the key of a feed: addresses that lead to the same entries have the same.

    Beyond what ``page_key`` folds (scheme, www., trackers), RSS and Atom forms of one feed count
    as one.
    """
    key = page_key(url)
    for form, ours in _FORMS:
        key = form.sub(ours, key)
    return key or url.strip().casefold().rstrip("/")


def site_of(url: str) -> str:
    """Give the host of an address without www., by which sites are compared; empty if none."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^(www\d?|m)\.", "", host)


def complete_address(url: str, *, site: str = "") -> str:
    """Complete an address as lists write them: without scheme, relative to its site, with blanks.

    Args:
        url: As the list has it: ``/news.xml``, ``//paper.example/feed``, ``feed://…``.
        site: The outlet's web site, to which a relative address belongs.

    Returns:
        A web address; empty where none can be made of it.
    """
    found = re.sub(r"^feed:(//)?(?=https?:)", "", url.strip(), flags=re.IGNORECASE)
    found = re.sub(r"^feed://", "http://", found, flags=re.IGNORECASE)
    try:
        if found and site:
            found = urljoin(site, found)
        address = quote(found, safe=_SAFE)
        parts = urlsplit(address)
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
            return ""
        web_address(address)
    except (DataError, ValueError):
        return ""
    return address


def complete_site(site: str) -> str:
    """Complete the address of a web site, which lists often write without its scheme."""
    found = site.strip()
    if found and "://" not in found:
        found = f"http://{found.lstrip('/')}"
    return complete_address(found)


def tidy_feeds(listed: Iterable[object], *, site: str, known: Iterable[str] = ()) -> TidyFeeds:
    """Say which feeds of a list are worth polling.

    Args:
        listed: The addresses, as the list has them.
        site: The outlet's web site, completed; may be empty.
        known: Keys (``feed_key``) of feeds that other outlets have.

    Returns:
        The feeds, once each and in the list's order; https before http where both are listed.
    """
    left_out: Counter[str] = Counter()
    found: dict[str, ListedFeed] = {}
    addresses = [complete_address(url, site=site) for url in listed if isinstance(url, str)]
    bases = {feed_key(url) for url in addresses if url}
    others = set(known)
    for url in addresses:
        key = feed_key(url) if url else ""
        reason = _reason(url, key=key, bases=bases)
        if not reason and key in others:
            reason = "repeated"
        if not reason and key in found:
            reason = "repeated"
            if url.startswith("https:") and found[key].url.startswith("http:"):
                found[key] = ListedFeed(url=url, note=found[key].note)
        if reason:
            left_out[reason] += 1
        else:
            found[key] = ListedFeed(url=url, note=caution(url))
    return TidyFeeds(feeds=tuple(found.values()), left_out=dict(left_out))


def _reason(url: str, *, key: str, bases: set[str]) -> str:
    """Say why an address is left out; empty where it is not."""
    if not url or not page_key(url) or _NO_FEED.search(url):
        return "no-address"
    if _COMMENTS.search(url):
        return "comments"
    if _NO_ARTICLES.search(url):
        return "no-articles"
    page = _PAGE_COMMENTS.match(key)
    if page and {f"{page[1]}/feed", f"{page[1]}/comments/feed"} & bases:
        return "comments"
    return ""


def caution(url: str) -> str:
    """Say what to look at before a feed is polled; empty where nothing strikes."""
    if _COMMENTS.search(url):
        return "carries readers' comments, not articles, by its address: look at it"
    if _BLOX.search(url):
        return BLOX_NOTE
    return "" if _LOOKS_LIKE_ONE.search(url) else UNLIKELY_NOTE
