"""What was found on the page of an article, into the store: one transaction an article."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, insert

from outcomes.media.extraction import Page
from outcomes.media.identity import page_name
from outcomes.pipeline.pages_due import is_page_due, newest_version, reads_of
from outcomes.store.articles import (
    NameRow,
    add_names,
    begin_import,
    end_import,
    erased_texts,
    find_articles,
    new_version,
)
from outcomes.store.facts import Source
from outcomes.store.news_tables import PAGE_READS

Outcome = Literal["read", "not-article", "failed", "not-allowed"]
STEP = "media fetch-texts"
KNOWN_PAGE = "known-page"
_FAR = 3  # days between what feed and page say
_SAYS = "the page says"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """One attempt to read the page of an article."""

    article: str  # its key in the store
    outcome: Outcome
    reason: str = ""  # one word
    status: int = 0  # of the answer; 0 where there was none
    page: Page | None = None  # what was found, where the page was read
    addresses: tuple[str, ...] = ()  # by which the page can be met: see ``page_addresses``
    dates_differ: bool = False  # feed and page are more than three days apart


def keep_read(engine: Engine, read: PageRead, *, now: datetime, zone: str) -> PageRead | None:
    """Store one attempt, and what it found as a new version of the article: both, or nothing.

    The page's text takes the place of the feed's summary, which stays beside it. What is no
    article (a paywall, a consent wall, an index) only leaves its flags. The feed's date stays
    where it gave one; where the page says another day, more than three away, a note says so.

    Args:
        engine: The store.
        read: The attempt.
        now: When it was made, with its offset.
        zone: The outlet's time zone, in which days are cut.

    Returns:
        The attempt as it was stored, its reason perhaps ``known-page``: its page is that of
        another article, too, and both stay. None where it is no longer wanted: another run was
        faster, or the article or its text was erased meanwhile.
    """
    with engine.begin() as connection:
        article = newest_version(connection, read.article)
        wanted = article is not None and is_page_due(
            article, reads_of(connection, read.article), now=now
        )
        if article is None or not wanted or erased_texts(connection, [read.article]):
            return None
        if read.page is not None:
            changes = _changes(article, read.page, zone=zone)
            _keep_changes(connection, read.article, changes, now=now)
            read = replace(read, dates_differ=_SAYS in changes.get("published_note", ""))
        if read.outcome == "read" and _add_pages(connection, read, now=now):
            read = replace(read, reason=KNOWN_PAGE)
        _log(connection, read, now=now)
    return read


def _keep_changes(
    connection: Connection, article: str, changes: dict[str, Any], *, now: datetime
) -> None:
    if not changes:
        return
    import_id = begin_import(connection, Source(step=STEP, read=1), now=now)
    new = new_version(connection, article, changes, import_id=import_id)
    end_import(connection, import_id, new=int(new), known=int(not new))


def _changes(article: Row[Any], page: Page, *, zone: str) -> dict[str, Any]:
    """The columns of an article that its page changes."""
    about = {"flags": list(page.flags), "article": int(page.article), "extractor": page.extractor}
    if not page.article:  # a page that was open before and is closed now takes nothing back
        return about if article.text_from == "feed" else {}
    text = {"text": page.text, "text_from": "page"}
    if not article.title:
        text["title"] = page.title
    if not article.summary and article.text_from == "feed" and article.text != article.title:
        text["summary"] = article.text
    return about | text | _dates(article, page, zone=zone)


def _dates(article: Row[Any], page: Page, *, zone: str) -> dict[str, Any]:
    if not page.published:
        return {}
    if not article.published:
        return {
            "published": page.published,
            "published_raw": page.published_raw,
            "published_from": "page",
            "published_note": page.published_note,
        }
    if article.published_from == "page":  # of an earlier reading of the same page
        return {}
    ours, theirs = _day(article.published, zone), _day(page.published, zone)
    if ours is None or theirs is None or abs((ours - theirs).days) <= _FAR:
        return {}
    before = (article.published_note or "").split(_SAYS)[0].removesuffix("; ")
    note = f"{_SAYS} {theirs}; the feed's {ours} stands"
    return {"published_note": f"{before}; {note}" if before else note}


def _day(published: str, zone: str) -> date | None:
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    return (moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment).date()


def _add_pages(connection: Connection, read: PageRead, *, now: datetime) -> bool:
    """Store the names of the page; say whether one of them is that of another article."""
    names = [page_name(url).digest for url in read.addresses]
    known = find_articles(connection, kind="page", outlet="", names=names)
    add_names(
        connection,
        [
            NameRow(kind="page", outlet="", name=name, article=read.article)
            for name in names
            if name not in known
        ],
        now=now,
    )
    return any(article != read.article for articles in known.values() for article in articles)


def _log(connection: Connection, read: PageRead, *, now: datetime) -> None:
    article = newest_version(connection, read.article)
    connection.execute(
        insert(PAGE_READS).values(
            article=read.article,
            at=now.astimezone(UTC).isoformat(timespec="seconds"),
            outcome=read.outcome,
            reason=read.reason[:40],
            status=read.status,
            flags=list(read.page.flags) if read.page else [],
            version=article.version if article else None,
        )
    )
