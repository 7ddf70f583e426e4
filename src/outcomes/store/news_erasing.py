"""Erasing the texts of news that may be kept no longer: title, address, date and codes stay."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from outcomes.store.engine import pragma, reading
from outcomes.store.facts import ERASED, batched
from outcomes.store.news_tables import TEXT_ERASURES
from outcomes.store.schema import ARTICLES, IMPORTS

_AT_ONCE = 500  # articles in one transaction, so that others need not wait for long

Results = Mapping[str, Sequence[Mapping[str, Any]]]  # table of results -> its rows


def erase_article_texts(
    engine: Engine, articles: Mapping[str, Results], *, day: str, reason: str
) -> int:
    """Erase text and summary of articles, in all their versions, and overwrite them on the disk.

    What stays is that there was an article, its title, address and date, the codes that people
    gave it, and what the study's results said of it when its text was erased: they can never be
    computed again. A text that was erased never comes back with a later import.

    Args:
        engine: The store.
        articles: The key of each article -> its rows in the tables of results, to be kept.
        day: As 2026-03-02.
        reason: Why, for the record.

    Returns:
        How many articles were erased; those that were erased before do not count.

    Source:
        Issue 6, 11; the way of ``outcomes.store.erasing``.
    """
    keys, erased = list(articles), 0
    with engine.connect() as connection:
        pragma(connection, "secure_delete=ON")  # overwrite what is let go, not only forget it
        for start in range(0, len(keys), _AT_ONCE):
            some = {key: articles[key] for key in keys[start : start + _AT_ONCE]}
            with connection.begin():
                erased += _erase(connection, some, day=day, reason=reason)
        pragma(connection, "wal_checkpoint(TRUNCATE)")  # the log beside the store holds it too
    return erased


def article_ages(engine: Engine) -> list[Row[Any]]:
    """List the articles whose texts are kept: when each was published, seen, and stored.

    Returns:
        Rows with key, url, outlet, published, first_seen and article of the newest version, and
        ``stored``, the moment of the import that brought the oldest one.
    """
    columns, first = ARTICLES.c, ARTICLES.alias()
    newest = select(columns.key, func.max(columns.version).label("version")).group_by(columns.key)
    each = newest.subquery()
    wanted = ("key", "url", "outlet", "published", "first_seen", "article")
    query = (
        select(*(columns[name] for name in wanted), IMPORTS.c.at.label("stored"))
        .join(each, (columns.key == each.c.key) & (columns.version == each.c.version))
        .join(first, (first.c.key == columns.key) & (first.c.version == 1))
        .join(IMPORTS, IMPORTS.c.id == first.c.import_id)
        .where(columns.content != ERASED)
        .where(~select(TEXT_ERASURES.c.id).where(TEXT_ERASURES.c.article == columns.key).exists())
        .order_by(columns.id)
    )
    with reading(engine) as connection:
        return list(connection.execute(query))


def erased_urls(engine: Engine) -> set[str]:
    """List the addresses of the articles whose texts were erased: no model can judge them anew."""
    articles = select(ARTICLES.c.url).join(TEXT_ERASURES, TEXT_ERASURES.c.article == ARTICLES.c.key)
    with reading(engine) as connection:
        return set(connection.execute(articles).scalars())


def kept_results(engine: Engine, table: str) -> list[dict[str, Any]]:
    """Read what a table of results said of articles when their texts were erased.

    Args:
        engine: The store.
        table: Its name, such as "articles" for results/articles.csv.

    Returns:
        Its rows as they stood there, in the order of erasure.
    """
    query = select(TEXT_ERASURES.c.results).order_by(TEXT_ERASURES.c.id)
    with reading(engine) as connection:
        kept = connection.execute(query).scalars().all()
    return [row for results in kept for row in (results or {}).get(table, [])]


def import_files(engine: Engine, keys: Iterable[str]) -> list[str]:
    """Name the files from which these articles came, as they were called."""
    found: set[str] = set()
    with reading(engine) as connection:
        for some in batched(list(keys)):
            query = (
                select(IMPORTS.c.file)
                .join(ARTICLES, ARTICLES.c.import_id == IMPORTS.c.id)
                .where(ARTICLES.c.key.in_(some), IMPORTS.c.file != "")
                .distinct()
            )
            found.update(connection.execute(query).scalars())
    return sorted(found)


def _erase(
    connection: Connection, articles: Mapping[str, Results], *, day: str, reason: str
) -> int:
    column = TEXT_ERASURES.c.article
    before = set(connection.execute(select(column).where(column.in_(list(articles)))).scalars())
    keys = [key for key in articles if key not in before]
    if not keys:
        return 0
    of_these = ARTICLES.c.key.in_(keys)
    connection.execute(update(ARTICLES).where(of_these).values(text=""))
    connection.execute(
        update(ARTICLES).where(of_these, ARTICLES.c.summary.is_not(None)).values(summary="")
    )
    rows = [
        {
            "article": key,
            "day": day,
            "reason": reason,
            "results": {
                name: [dict(row) for row in found] for name, found in articles[key].items()
            },
        }
        for key in keys
    ]
    connection.execute(insert(TEXT_ERASURES), rows)
    return len(keys)
