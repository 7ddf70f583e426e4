"""Step: read one article with its versions, what changed between them, and the story's copies."""

import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from outcomes.errors import DataError
from outcomes.media import search_index as index_file
from outcomes.media.identity import page_name
from outcomes.media.search_places import short_hash
from outcomes.pipeline.finding import local_day
from outcomes.pipeline.importing import store_key
from outcomes.pipeline.outlet_zones import zone_of_outlet
from outcomes.pipeline.search_index import index_path
from outcomes.pipeline.search_rows import stored_rows
from outcomes.store import articles as store
from outcomes.store.engine import reading
from outcomes.store.facts import ERASED
from outcomes.store.news_tables import TEXT_ERASURES
from outcomes.study import Study

MOST_COPIES = 100
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an article, and what it changed of the one before."""

    number: int
    stored: str  # the day, UTC
    step: str  # the command that brought it
    title: str
    published: str
    text_from: str  # feed, page, archive
    words: int
    changed: tuple[str, ...]  # in words: "the title", "the date"
    added: tuple[str, ...]  # sentences
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another article of the same story."""

    key: str
    outlet: str
    day: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRead:
    """An article as the store holds it now."""

    key: str
    url: str
    outlet: str
    published: str
    published_note: str
    day: str  # on the outlet's calendar
    title: str
    summary: str  # where it is not part of the text
    text: str
    text_from: str
    prompted: bool
    flags: tuple[str, ...]  # of its page: paywall, consent …
    is_article: bool
    erased: str  # the day on which the text was erased, else empty
    versions: tuple[Version, ...]  # the newest first
    copies: tuple[Copy, ...]  # of results/stories.csv

    @property
    def link(self) -> str:
        """Its address, where it leads to a page."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


def read_article(study: Study, *, key: str = "", url: str = "") -> ArticleRead:
    """Read an article by its key in the store, or by any address that leads to its page.

    Raises:
        DataError: No such article is stored.
    """
    with reading(study.store) as connection:
        keys = [key] if key else _keys(connection, url.strip())
        versions = store.article_versions(connection, keys)
        rows = next((versions[each] for each in keys if each in versions), [])
        if not rows or rows[-1]["content"] == ERASED:
            raise DataError(
                f"no article {key or url!r} is stored. Find its address with: outcomes media find"
            )
        query = select(TEXT_ERASURES.c.day).where(TEXT_ERASURES.c.article == rows[-1]["key"])
        erased = connection.execute(query).scalar() or ""
    return _read(study, rows, erased=erased)


def _keys(connection: Connection, url: str) -> list[str]:
    """List the articles that an address may lead to; those of plain tables may have no names."""
    name = page_name(url)
    found = store.find_articles(connection, kind="page", outlet="", names=[name.digest])
    return [store_key(url), *found.get(name.digest, ())]


def _read(study: Study, rows: list[Any], *, erased: str) -> ArticleRead:
    row = rows[-1]
    zone = zone_of_outlet(study)(row["outlet"])
    summary = row["summary"] or ""
    return ArticleRead(
        key=row["key"],
        url=row["url"],
        outlet=row["outlet"],
        published=row["published"],
        published_note=row["published_note"] or "",
        day=local_day(row["published"], zone),
        title=row["title"],
        summary="" if summary in row["text"] else summary,
        text=row["text"],
        text_from=row["text_from"] or "archive",
        prompted=row["prompted"] == 1,
        flags=_flags(row["flags"]),
        is_article=row["article"] != 0,
        erased=erased,
        versions=_versions(rows),
        copies=_copies(study, row["key"]),
    )


def _flags(flags: Any) -> tuple[str, ...]:
    if isinstance(flags, dict):
        flags = [name for name, on in flags.items() if on]
    return tuple(str(flag) for flag in flags or ())


def _versions(rows: list[Any]) -> tuple[Version, ...]:
    found, before = [], None
    for row in rows:
        added, removed = _sentences(before, row)
        found.append(
            Version(
                number=row["version"],
                stored=str(row["at"])[:10],
                step=row["step"],
                title=row["title"],
                published=row["published"],
                text_from=row["text_from"] or "archive",
                words=len(row["text"].split()),
                changed=_changed(before, row),
                added=added,
                removed=removed,
            )
        )
        before = row
    return tuple(reversed(found))


_CALLED = {
    "title": "the title", "published": "the date", "text": "the text",
    "summary": "the summary in the feed", "text_from": "where the text is from",
    "outlet": "the outlet", "prompted": "whether the agency prompted it",
    "flags": "what its page is marked with",
}  # fmt: skip


def _changed(before: Any, row: Any) -> tuple[str, ...]:
    if before is None:
        return ()
    return tuple(
        words for name, words in _CALLED.items() if (before[name] or "") != (row[name] or "")
    )


def _sentences(before: Any, row: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say which sentences a version added to the text before it, and which it removed."""
    if before is None:
        return (), ()
    old, new = (Counter(_SENTENCE.split(each["text"].strip())) for each in (before, row))
    return (
        tuple(line for line in (new - old) if line),
        tuple(line for line in (old - new) if line),
    )


def _copies(study: Study, key: str) -> tuple[Copy, ...]:
    path = index_path(study)
    if not path.exists():
        return ()
    with closing(index_file.open_index(path)) as index:
        here = index_file.docs_with(index, "key", [short_hash(key)])
        stories = [doc.story for doc in here if doc.story]
        docs = index_file.docs_with(index, "story", stories)[: MOST_COPIES + 1]
    zone = zone_of_outlet(study)
    return tuple(
        Copy(
            key=row.key,
            outlet=row.outlet,
            day=local_day(row.published, zone(row.outlet)),
            title=row.title,
        )
        for row in stored_rows(study, [doc.article for doc in docs]).values()
        if row.key != key
    )
