"""The names of articles in the store: looked up, added, and derived where there are none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from outcomes.media.identity import Kind, Known, Name, Names, page_name, title_name
from outcomes.store import articles as store

if TYPE_CHECKING:
    from sqlalchemy import Connection


def known_names(connection: "Connection", document: Iterable[Names]) -> Known:
    """Look up the names of a document, and more of the articles that its guids name."""
    articles = _articles_of(connection, {name for names in document for name in names.every()})
    of_guids = sorted(
        {key for name, keys in articles.items() if name.kind == "guid" for key in keys}
    )
    pages: dict[str, set[str]] = defaultdict(set)
    for row in store.names_of_articles(connection, of_guids):
        if row.kind == "page":
            pages[row.article].add(row.name)
    return Known(articles=articles, pages=pages, titles=store.titles_of(connection, of_guids))


def _articles_of(connection: "Connection", names: Iterable[Name]) -> dict[Name, tuple[str, ...]]:
    groups: dict[tuple[Kind, str], set[str]] = defaultdict(set)
    for name in names:
        groups[name.kind, name.outlet].add(name.digest)
    found = {}
    for (kind, outlet), digests in groups.items():
        articles = store.find_articles(connection, kind=kind, outlet=outlet, names=sorted(digests))
        found.update({Name(kind, outlet, digest): keys for digest, keys in articles.items()})
    return found


def add_names(
    connection: "Connection",
    named: Iterable[tuple[Iterable[Name], str]],
    *,
    known: Mapping[Name, tuple[str, ...]],
    now: datetime,
) -> None:
    """Store those names of articles that are not stored yet.

    Args:
        connection: In a transaction.
        named: Names, and the key of the article that has them; in the order of the document.
        known: What is stored of these names: the keys of the articles of each.
        now: The moment at which they were met.
    """
    rows = [
        _row(name, key) for names, key in named for name in names if key not in known.get(name, ())
    ]
    store.add_names(connection, rows, now=now)


def _row(name: Name, article: str) -> store.NameRow:
    return store.NameRow(kind=name.kind, outlet=name.outlet, name=name.digest, article=article)


def name_old_articles(connection: "Connection", *, now: datetime) -> None:
    """Derive the names of articles that were stored without, once: by an older version, or so."""
    for articles in store.unnamed_articles(connection):
        known = store.names_of_articles(connection, [article["key"] for article in articles])
        named = [
            _row(name, article["key"])
            for article in articles
            for name in (
                page_name(article["url"]),
                title_name(
                    outlet=article["outlet"],
                    title=article["title"],
                    published=article["published"],
                ),
            )
            if name is not None
        ]
        store.add_names(connection, [row for row in named if row not in known], now=now)
