"""Which pages of articles are to be read now: those whose text is only a feed's summary."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from outcomes.errors import DataError, one_of
from outcomes.store.engine import reading
from outcomes.store.facts import ERASED, batched
from outcomes.store.news_tables import PAGE_READS, TEXT_ERASURES
from outcomes.store.schema import ARTICLES
from outcomes.study import Study

MOST_TRIES = 3  # of one version of an article
_WAITS = (timedelta(0), timedelta(hours=1), timedelta(hours=24))  # before each of them
_SETTLED = ("read", "not-article")
_ADDRESS = "http%"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDue:
    """A page that is to be read."""

    article: str  # its key in the store
    url: str
    outlet: str


def pages_due(study: Study, *, now: datetime, days: int = 14, outlet: str = "") -> list[PageDue]:
    """List the pages to be read, the oldest article first.

    An article is due whose text is the summary of a feed, whose outlet has ``full_text``, and
    that was published or first seen in the last days. A page that could not be read is tried
    three times: the second time an hour later, the third a day after that. An article that its
    feed changed after its page was read is due once more, an hour later at the soonest. An
    article whose text was erased is never due again.

    Args:
        study: The study.
        now: The present moment, with its offset.
        days: How old an article may be.
        outlet: Only of this one; empty for all.

    Raises:
        DataError: There is no such outlet, or it has no ``full_text``; or ``days`` is below 1.

    Source:
        Issue 6, 5. Requirement B14.
    """
    if days < 1:
        raise DataError(f"{days} days are no time in which news came. Write 1 or more")
    outlets = _outlets(study, outlet)
    since = now - timedelta(days=days)
    with reading(study.store) as connection:
        rows = [
            row for row in _candidates(connection, outlets, since=since) if _appeared(row) >= since
        ]
        reads = _reads(connection, [row.key for row in rows])
    due = [row for row in rows if is_page_due(row, reads[row.key], now=now)]
    due.sort(key=lambda row: (_appeared(row), row.key))
    return [PageDue(article=row.key, url=row.url, outlet=row.outlet) for row in due]


def is_page_due(article: Row[Any], reads: Sequence[Row[Any]], *, now: datetime) -> bool:
    """Say whether the page of an article is to be read now.

    Args:
        article: Its newest version.
        reads: The attempts so far, oldest first.
        now: The present moment.
    """
    if article.text_from != "feed" and not (article.text_from == "page" and reads):
        return False  # an archive's text, or a page that somebody saved
    tries = [each for each in reads if each.version in {None, article.version}]
    if len(tries) >= MOST_TRIES or any(each.outcome in _SETTLED for each in tries):
        return False
    if not reads:
        return True
    since = now - datetime.fromisoformat(reads[-1].at)
    return since < timedelta(0) or since >= max(_WAITS[len(tries)], _WAITS[1])


def newest_version(connection: Connection, article: str) -> Row[Any] | None:
    """Read the newest version of an article; None where there is none, or it was erased."""
    columns = ARTICLES.c
    query = select(ARTICLES).where(columns.key == article).order_by(columns.version.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None or row.content == ERASED else row


def reads_of(connection: Connection, article: str) -> list[Row[Any]]:
    """Read the attempts to read the page of an article, oldest first."""
    return _reads(connection, [article])[article]


def _outlets(study: Study, name: str) -> list[str]:
    with_texts = [each.name for each in study.settings.outlets if each.full_text]
    known = [each.name for each in study.settings.outlets]
    if name and name not in known:
        raise DataError(f"{name!r} is not an outlet of study.toml. {one_of(name, known)}")
    if name and name not in with_texts:
        raise DataError(
            f"study.toml says full_text = false for {name!r}, so its pages are not read. "
            "Remove that line to have them read"
        )
    return [name] if name else with_texts


def _candidates(
    connection: Connection, outlets: Sequence[str], *, since: datetime
) -> Sequence[Row[Any]]:
    """The newest versions of articles that may be due; days are compared, to be on the safe side.

    The texts themselves are not read.
    """
    newer, columns = ARTICLES.alias(), ARTICLES.c
    day = (since - timedelta(days=1)).date().isoformat()
    wanted = (
        "key", "version", "url", "outlet", "published", "first_seen", "text_from",
    )  # fmt: skip
    query = select(*(columns[name] for name in wanted)).where(
        columns.outlet.in_(outlets),
        columns.text_from.in_(("feed", "page")),
        columns.url.like(_ADDRESS),
        columns.content != ERASED,
        or_(columns.published >= day, columns.first_seen >= day),
        ~select(newer.c.id)
        .where(newer.c.key == columns.key, newer.c.version > columns.version)
        .exists(),
        ~select(TEXT_ERASURES.c.id).where(TEXT_ERASURES.c.article == columns.key).exists(),
    )
    return connection.execute(query).all()


def _reads(connection: Connection, keys: Sequence[str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for some in batched(keys):
        query = select(PAGE_READS).where(PAGE_READS.c.article.in_(some)).order_by(PAGE_READS.c.id)
        for row in connection.execute(query):
            found[row.article].append(row)
    return found


def _appeared(article: Row[Any]) -> datetime:
    """When it was published or first seen, whichever is later."""
    return max(_moment(article.published), _moment(article.first_seen))


def _moment(text: str | None) -> datetime:
    """A day or moment as one that can be compared; without an offset, as if it were UTC."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
