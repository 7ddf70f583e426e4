"""Articles of the store as the search index takes them: the words, and where each one stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from outcomes.media.search_index import Words
from outcomes.media.search_places import MINUTE, UNDATED, first_place, marks
from outcomes.store.engine import reading
from outcomes.store.news_tables import TEXT_ERASURES
from outcomes.store.schema import ARTICLES, CODES
from outcomes.study import Study

TEXT_FROM = {"feed": "f1", "page": "f2", "archive": "f3"}
NO_ARTICLE = "x1"  # its page is none: a paywall, a page that asks for consent, a list
READ = tuple(
    ARTICLES.c[name]
    for name in ("id", "key", "content", "url", "outlet", "published", "title", "text", "summary",
                 "text_from", "article", "prompted", "flags")
)  # fmt: skip
Article = Row[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreNow:
    """How far the store is, told by numbers that are read at once."""

    newest: int  # the last row of the articles
    erased: tuple[int, int]  # the last erasure of a text, and how many there were
    codes: tuple[int, int]  # the last code that people gave, and how many there are


def store_now(study: Study) -> StoreNow:
    """Look how far the store is."""
    counted = [
        select(what).scalar_subquery()
        for what in (
            func.max(ARTICLES.c.id), func.max(TEXT_ERASURES.c.id), func.count(TEXT_ERASURES.c.id),
            func.max(CODES.c.id), func.count(CODES.c.id),
        )
    ]  # fmt: skip
    with reading(study.store) as connection:
        newest, erasure, erasures, code, codes = connection.execute(select(*counted)).one()
    return StoreNow(newest=newest or 0, erased=(erasure or 0, erasures), codes=(code or 0, codes))


def versions_upto(study: Study, last: int) -> int:
    """Count the versions up to a row of the articles."""
    after = select(func.count()).where(ARTICLES.c.id > last)
    with reading(study.store) as connection:  # all of them are counted without reading them
        every = connection.execute(select(func.count()).select_from(ARTICLES)).scalar_one()
        return int(every - connection.execute(after).scalar_one())


def stored_rows(study: Study, ids: Sequence[int]) -> dict[int, Article]:
    """Read articles of the store by the numbers of their rows."""
    found: dict[int, Article] = {}
    with reading(study.store) as connection:
        for start in range(0, len(ids), 500):
            query = select(*READ).where(ARTICLES.c.id.in_(ids[start : start + 500]))
            found |= {row.id: row for row in connection.execute(query)}
    return found


def rows_after(study: Study, last: int, *, most: int) -> Sequence[Article]:
    """Read the next versions that were stored after a row."""
    query = select(*READ).where(ARTICLES.c.id > last).order_by(ARTICLES.c.id).limit(most)
    with reading(study.store) as connection:
        return connection.execute(query).all()


def words_of(row: Article) -> Words:
    """Say what is looked through of an article: title, text, and what the feed said besides."""
    summary = row.summary or ""
    body = row.text if summary in row.text else f"{row.text}\n{summary}"
    return Words(title=row.title, body=body)


def base_of(row: Article, *, outlet: int) -> str:
    """Give the marks that stay while the version does."""
    found = [f"o{outlet}", TEXT_FROM.get(row.text_from or "archive", "f3")]
    if row.article == 0:
        found.append(NO_ARTICLE)
    if row.prompted == 1:
        found.append("p1")
    return marks(found)


def zone_of(study: Study) -> Mapping[str, str]:
    """Give the time zone of each outlet that has one of its own."""
    return {outlet.name: outlet.time_zone for outlet in study.settings.outlets if outlet.time_zone}


class Places:
    """Gives each article of a batch a number of its own.

    Args:
        next_free: Says which number is the next free one in the index from a minute on.
    """

    def __init__(self, next_free: Callable[[int], int]) -> None:
        self._next_free = next_free
        self._next: dict[int, int] = {}
        self._taken: set[int] = set()

    def place(self, published: str, time_zone: str) -> int:
        """Give the number of an article."""
        first = first_place(published, time_zone)
        end = first + MINUTE if first else UNDATED
        place = self._next.get(first, end)
        if place >= end:
            place = self._next_free(first if first not in self._next else end)
        while place in self._taken:  # by one of the minute before, which was full
            place += 1
        self._taken.add(place)
        self._next[first] = place + 1
        return place
