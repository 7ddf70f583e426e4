"""When a page was published: what it says about itself, in a fixed order of trust."""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from outcomes.media.date_gate import FIRST_DAY, Dated, Order, published_moment
from outcomes.media.page_markup import main_article

_METAS = (  # in the order of trust; of these names, several are one content system's own
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "article:published", "rnews:datepublished", "originalpublicationdate",
    "article_date_original", "publication_date", "published-date", "publish-date", "publishdate",
    "pubdate", "pub_date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "cxenseparse:recs:publishtime", "dc.date", "dcterms.date", "date",
)  # fmt: skip
_PUBLISHED = re.compile(
    r"publish|pubdate|posted|entry-date|post-date|article-date|date-?line", re.I
)
_BYLINE = re.compile(
    r"publish|pubdate|posted|byline|dateline|timestamp|\bdate\b|-date\b|date-", re.I
)
_CHANGED = re.compile(r"updat|modif|comment|related|sidebar|copyright|footer", re.I)
_URL_DAY = re.compile(
    r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2]|(?<=[/-])[1-9](?=[/-]))[/-]?(\d{1,2})(?=[/_.-]|$)"
)
_MONTHS = (
    "jan|ene", "feb", "mar", "apr|abr", "may", "jun", "jul", "aug|ago", "sep|set", "oct", "nov",
    "dec|dic",
)  # fmt: skip
_SHOWN = "byline"
_MARKED = "time marked as published"
_TELLS = re.compile(r"(?!copyright|©|(?:(?!publish|posted).)*updated).*(?:\d{4}|/\d\d\b)", re.I)
_SHORT = 120  # characters: a line that tells a date, not a paragraph in which one occurs


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One place where a page says when it was published."""

    source: str  # where it stands
    raw: str  # as it stands there
    dated: Dated


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDate:
    """When a page was published, where it says so, and whether it contradicts itself."""

    published: str  # a day or moment; empty where unknown
    raw: str
    source: str
    reason: str  # why it is unknown, or what was assumed
    disagreement: str  # a sentence where two places are more than three days apart; else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the dates of an outlet are read: see ``published_moment``."""

    seen: datetime
    zone: str = ""
    order: Order = ""
    first: date = FIRST_DAY

    def __post_init__(self) -> None:
        """Refuse what no date could be read with, before the first page is."""
        self.of("2000-01-01")

    def of(self, raw: object) -> Dated:
        """Read one date."""
        return published_moment(
            raw, seen=self.seen, zone=self.zone, order=self.order, first=self.first
        )


def page_date(tree: Any, things: list[dict[str, Any]], *, url: str, reading: Reading) -> PageDate:
    """Say when a page was published.

    Args:
        tree: The page, by ``page_tree``.
        things: Its JSON-LD, by ``linked_data``.
        url: The page's address; a day may stand in it.
        reading: How this outlet's dates are read.

    Returns:
        The first date that the gate lets through: JSON-LD, then metadata, a time marked as that
        of publication, the address, the byline, and last what htmldate finds in the text. Where
        the outlet's zone is not known and a moment is told in UTC only, the day is taken from
        where the page tells it in local time: in the evening, UTC is a day ahead of America.

    Source:
        Requirement B14; htmldate (Barbaresi 2020, Journal of Open Source Software 5(51): 2439).
    """
    stated = [
        Stated(source=source, raw=raw, dated=reading.of(raw))
        for source, raw in _statements(tree, things, url=url)
    ]
    good = [each for each in stated if each.dated.iso]
    if not good:
        good = _searched(tree, url=url, reading=reading)
    if not good:
        first = stated[0] if stated else None
        return PageDate(
            published="",
            raw=first.raw if first else "",
            source=first.source if first else "",
            reason=first.dated.reason if first else "the page tells no date of publication",
            disagreement="",
        )
    told = good[0]
    local = _local(told, good + _times(tree, reading=reading)) if not reading.zone else told.dated
    return PageDate(
        published=local.iso,
        raw=told.raw,
        source=told.source,
        reason=local.reason,
        disagreement=_disagreement(good),
    )


def _statements(tree: Any, things: list[dict[str, Any]], *, url: str) -> Iterator[tuple[str, str]]:
    article = main_article(things, url=url)
    for key in ("datePublished", "dateCreated"):
        if isinstance(article.get(key), str | int) and article[key]:
            yield f"JSON-LD {key}", str(article[key])
    yield from _metas(tree)
    yield from _marked_times(tree)
    if day := _URL_DAY.search(url):
        yield "address", "-".join(day.groups())
    yield from _bylines(tree)


def _metas(tree: Any) -> Iterator[tuple[str, str]]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        for key in ("property", "name", "itemprop"):
            name = (meta.get(key) or "").lower()
            if name in _METAS and content:
                found.setdefault(name, content)
    for name in _METAS:
        if name in found:
            yield f"meta {name}", found[name]


def _marked_times(tree: Any) -> Iterator[tuple[str, str]]:
    for element in tree.iter("time", "span", "abbr", "div"):
        marks = " ".join((element.get("itemprop") or "", element.get("class") or ""))
        told = element.get("datetime") or (element.get("content") if "itemprop" in marks else "")
        if element.get("itemprop") == "datePublished":
            yield _MARKED, told or element.get("content") or _line(element)
        elif told and element.tag == "time" and _is_of_publication(marks):
            yield _MARKED, told


def _is_of_publication(marks: str) -> bool:
    alone = marks.replace("published updated", "published")  # a theme marks both with one time
    return bool(_PUBLISHED.search(marks)) and not _CHANGED.search(alone)


def _bylines(tree: Any) -> Iterator[tuple[str, str]]:
    """The first lines below the headline that tell a date; above it stands the day of today."""
    headline = next((each for each in tree.iter("h1") if len(_line(each).split()) > 3), None)
    below, seen = headline is None, 0
    for element in tree.iter("h1", "time", "span", "p", "div", "li", "small"):
        below = below or element is headline
        marks = " ".join((element.get("class") or "", element.get("id") or ""))
        if not below or not _BYLINE.search(marks) or _CHANGED.search(marks) or len(element) > 6:
            continue
        line = _line(element)
        if 6 <= len(line) <= _SHORT and _TELLS.match(line):
            yield _SHOWN, line
            seen += 1
        if seen == 3:
            return


def _line(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())[: _SHORT + 1]


def _searched(tree: Any, *, url: str, reading: Reading) -> list[Stated]:
    """What htmldate finds where the page does not say it in one of the usual places."""
    from htmldate import find_date

    tree = deepcopy(tree)
    for element in tree.xpath("//meta | //script[@type='application/ld+json']"):
        # read above already; what is left there is when the page was changed
        if element.tag == "script" or _CHANGED.search(" ".join(element.attrib.values())):
            element.drop_tree()
    latest = reading.seen + timedelta(hours=24)
    try:
        found = find_date(
            tree,
            url=url or None,
            extensive_search=True,
            original_date=True,
            min_date=reading.first.isoformat(),
            max_date=latest.date().isoformat(),
        )
    except Exception:  # whatever a page makes of it, its date stays unknown
        found = None
    dated = reading.of(found) if found else None
    if not dated or not dated.iso or not _is_told(tree, date.fromisoformat(dated.iso[:10])):
        return []
    return [Stated(source="page text (htmldate)", raw=str(found), dated=dated)]


def _is_told(tree: Any, day: date) -> bool:
    """Whether a page tells this day, and not only its month or year.

    Where it finds no more than "2019" or "2019/03", htmldate makes the first day of it.
    """
    from lxml.etree import tostring

    if day.day != 1:
        return True
    year, month = f"(?:{day.year}|{day:%y})", f"0?{day.month}"
    name = rf"\b(?:{_MONTHS[day.month - 1]})[a-z]*\.?"
    between = r"(?P<sep>[-/.\s]{0,2})"
    full = (
        rf"{day.year}{between}{month}(?P=sep)0?1(?!\d)",
        rf"(?<!\d){month}(?P<sep>[-/.])0?1(?P=sep){year}(?!\d)",
        rf"(?<!\d)0?1(?P<sep>[-/.]){month}(?P=sep){year}(?!\d)",
        rf"{name}\s{{0,3}}0?1(?:st)?\b",
        rf"(?<!\d)0?1(?:st)?[\s-]{{0,3}}(?:(?:de|of)\s)?{name}",
    )
    markup = str(tostring(tree, encoding="unicode"))
    return any(re.search(form, markup, re.IGNORECASE) for form in full)


def _times(tree: Any, *, reading: Reading) -> list[Stated]:
    """All machine-readable times: one of them may tell the same moment in local time."""
    raws = [element.get("datetime") for element in tree.iter("time") if element.get("datetime")]
    return [
        Stated(source="time", raw=raw, dated=reading.of(raw)) for raw in dict.fromkeys(raws[:200])
    ]


def _local(told: Stated, others: Sequence[Stated]) -> Dated:
    moment = _moment(told.dated.iso)
    if moment is None or moment.utcoffset() != timedelta(0):
        return told.dated
    for other in others:
        if same := _same_moment(moment, _moment(other.dated.iso)):
            return Dated(iso=same, reason=f"told in UTC; the local time is from: {other.source}")
    for other in others:
        if other.source in {"address", _SHOWN} and _neighbor(moment, other.dated.iso):
            reason = f"told in UTC; the local day is from: {other.source}"
            return Dated(iso=other.dated.iso, reason=reason)
    return Dated(iso=told.dated.iso, reason=told.dated.reason or "told in UTC; no zone is known")


def _moment(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if "T" in iso else None


def _same_moment(moment: datetime, other: datetime | None) -> str:
    """The other's local time where it is the same moment, told in another zone or in none."""
    if other is None:
        return ""
    if other.second == 0:  # told to the minute
        moment = moment.replace(second=0)
    if other.tzinfo is not None:
        same = other == moment and other.utcoffset() != timedelta(0)
        return other.isoformat(timespec="seconds") if same else ""
    ahead = other - moment.replace(tzinfo=None)
    whole = ahead.total_seconds() % 900 == 0 and (moment.minute, moment.second) != (0, 0)
    if not whole or not ahead or not timedelta(hours=-12) <= ahead <= timedelta(hours=14):
        return ""
    sign, ahead = ("-", -ahead) if ahead < timedelta(0) else ("+", ahead)
    hours, minutes = divmod(int(ahead.total_seconds()) // 60, 60)
    return f"{other.isoformat(timespec='seconds')}{sign}{hours:02}:{minutes:02}"


def _neighbor(moment: datetime, iso: str) -> bool:
    """Whether a place on Earth has this day at the moment, though UTC has another."""
    if "T" in iso:
        return False
    day = date.fromisoformat(iso)
    earliest, latest = moment - timedelta(hours=12), moment + timedelta(hours=14)
    return day != moment.date() and earliest.date() <= day <= latest.date()


def _disagreement(good: Sequence[Stated]) -> str:
    marked = {_day(each.dated.iso) for each in good if each.source == _MARKED}
    unsure = {_SHOWN, _MARKED} if len(marked) > 1 else {_SHOWN}  # times of a list of others
    days = [(_day(each.dated.iso), each) for each in good if each.source not in unsure]
    if len(days) < 2:
        return ""
    (low, early), (high, late) = min(days, key=lambda d: d[0]), max(days, key=lambda d: d[0])
    if high - low <= timedelta(days=3):
        return ""
    return f"{early.source} says {low}, {late.source} says {high}"


def _day(iso: str) -> date:
    moment = _moment(iso)
    if moment is None:
        return date.fromisoformat(iso)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
