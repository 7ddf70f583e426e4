"""Articles in the store: their versions, and the names by which they were met."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, func, insert, select, update

from outcomes.store.facts import ERASED, Source, batched, sha256
from outcomes.store.news_tables import ARTICLE_NAMES, TEXT_ERASURES
from outcomes.store.schema import ARTICLES, IMPORTS, METADATA

# Up to which row of the articles names were derived: articles of an older version have none.
NAMED = Table(
    "articles_named",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("through", Integer, nullable=False),  # id of the last article that was looked at
)
_OWN = ("id", "version", "content", "import_id")
_FIELDS = tuple(column.name for column in ARTICLES.c if column.name not in _OWN)
_IN_BRIEF = ("key", "url", "outlet", "published", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRow:
    """A name, and the article that it is a name of."""

    kind: str  # guid, page, title
    outlet: str
    name: str  # SHA-256
    article: str  # key


def begin_import(connection: Connection, source: Source, *, now: datetime | None = None) -> int:
    """Open the log entry of an import, in the caller's transaction.

    Args:
        connection: In a transaction.
        source: The command, and the file it reads.
        now: The moment of the import; the present one if it is left out.

    Returns:
        The number of the import, to be given to what it stores.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    made = connection.execute(
        insert(IMPORTS).values(
            step=source.step,
            file=source.file.name if source.file else "",
            sha256=sha256(source.file) if source.file else "",
            at=moment.isoformat(timespec="seconds"),
            read=source.read,
            new=0,
            known=0,
            refused=source.refused,
        )
    )
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def end_import(connection: Connection, import_id: int, *, new: int, known: int) -> None:
    """Write into the log entry of an import what became of its rows."""
    of_import = IMPORTS.c.id == import_id
    connection.execute(update(IMPORTS).where(of_import).values(new=new, known=known))


def newest_articles(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read the newest version of these articles, those that are stored.

    Returns:
        Key -> all columns of the table of articles.
    """
    found = {}
    for some in batched(keys):
        query = select(ARTICLES).where(ARTICLES.c.key.in_(some)).order_by(ARTICLES.c.version)
        for row in connection.execute(query).mappings():
            found[row["key"]] = dict(row)
    return found


def article_versions(connection: Connection, keys: Sequence[str]) -> dict[str, list[Any]]:
    """Read all versions of these articles, oldest first, with the import of each."""
    found: dict[str, list[Any]] = {}
    for some in batched(keys):
        query = (
            select(ARTICLES, IMPORTS.c.step, IMPORTS.c.at)
            .join(IMPORTS, IMPORTS.c.id == ARTICLES.c.import_id)
            .where(ARTICLES.c.key.in_(some))
            .order_by(ARTICLES.c.version)
        )
        for row in connection.execute(query).mappings():
            found.setdefault(row["key"], []).append(dict(row))
    return found


def titles_of(connection: Connection, keys: Sequence[str]) -> dict[str, set[str]]:
    """Read the titles that these articles have, or had in an earlier version."""
    found: dict[str, set[str]] = {}
    columns = select(ARTICLES.c.key, ARTICLES.c.title)
    for some in batched(keys):
        for key, title in connection.execute(columns.where(ARTICLES.c.key.in_(some))):
            found.setdefault(key, set()).add(title)
    return found


def erased_texts(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Say which of these articles had their text erased: it must not come back."""
    column = TEXT_ERASURES.c.article
    return {
        key
        for some in batched(keys)
        for key in connection.execute(select(column).where(column.in_(some))).scalars()
    }


def add_articles(
    connection: Connection, rows: Sequence[Mapping[str, Any]], *, import_id: int
) -> None:
    """Store new articles: each row has a key that is not stored yet, and other columns."""
    _insert(
        connection,
        [dict.fromkeys(_FIELDS) | dict(row) | {"version": 1} for row in rows],
        import_id=import_id,
    )


def add_versions(
    connection: Connection,
    changes: Mapping[str, Mapping[str, Any]],
    *,
    import_id: int,
    newest: Mapping[str, Mapping[str, Any]] | None = None,
) -> set[str]:
    """Store new versions of known articles.

    Args:
        connection: In a transaction.
        changes: Key -> the columns that change.
        import_id: From ``begin_import``.
        newest: The articles as they are stored, where the caller has them at hand.

    Returns:
        The keys of which there is a new version now. No new version is made where nothing
        changes, of an article that is not stored, or of one that was erased.
    """
    stored = newest_articles(connection, list(changes)) if newest is None else newest
    rows = []
    for key, changed in changes.items():
        row = stored.get(key)
        if row is None or row["content"] == ERASED:
            continue
        if any(row[name] != value for name, value in changed.items()):
            fields = {name: row[name] for name in _FIELDS} | dict(changed)
            rows.append(fields | {"version": row["version"] + 1})
    _insert(connection, rows, import_id=import_id)
    return {row["key"] for row in rows}


def new_version(
    connection: Connection, article_key: str, changes: Mapping[str, Any], *, import_id: int
) -> bool:
    """Store a new version of an article; the versions before it stay.

    Args:
        connection: In a transaction.
        article_key: The article.
        changes: The columns that change; never ``key`` and ``url``, by which codes and results
            name the article.
        import_id: From ``begin_import``.

    Returns:
        Whether anything changed: otherwise nothing is stored.
    """
    return bool(add_versions(connection, {article_key: changes}, import_id=import_id))


def find_articles(
    connection: Connection, *, kind: str, outlet: str, names: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Find the articles that have these names, each name's in the order in which it met them.

    Returns:
        Name -> keys of articles; names that nobody has are left out.
    """
    columns = ARTICLE_NAMES.c
    query = select(columns.name, columns.article).order_by(columns.id)
    found: dict[str, tuple[str, ...]] = {}
    for some in batched(names):
        of_these = (columns.kind == kind, columns.outlet == outlet, columns.name.in_(some))
        for name, article in connection.execute(query.where(*of_these)):
            found[name] = (*found.get(name, ()), article)
    return found


def names_of_articles(connection: Connection, keys: Sequence[str]) -> set[NameRow]:
    """Find all names of these articles."""
    columns = ARTICLE_NAMES.c
    query = select(columns.kind, columns.outlet, columns.name, columns.article)
    # asked for the kind as well, SQLite would go through all pages instead of these articles
    return {
        NameRow(kind=kind, outlet=outlet, name=name, article=article)
        for some in batched(keys)
        for kind, outlet, name, article in connection.execute(
            query.where(columns.article.in_(some))
        )
    }


def add_names(connection: Connection, names: Iterable[NameRow], *, now: datetime) -> None:
    """Store names that are not stored yet; one that is given twice is stored once."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    rows = [
        {
            "kind": row.kind,
            "outlet": row.outlet,
            "name": row.name,
            "article": row.article,
            "first_seen": at,
        }
        for row in dict.fromkeys(names)
    ]
    if rows:
        connection.execute(insert(ARTICLE_NAMES), rows)


def unnamed_articles(connection: Connection) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Give the articles that were stored without names, in pieces, and remember that it did.

    Such are the rows of plain tables and of older versions of this program; they have no
    ``first_seen``. A row is looked at once and never again.
    """
    through = connection.execute(select(func.max(NAMED.c.through))).scalar() or 0
    columns = [ARTICLES.c.id, *(ARTICLES.c[name] for name in _IN_BRIEF)]
    while True:
        query = (
            select(*columns)
            .where(ARTICLES.c.id > through, ARTICLES.c.first_seen.is_(None))
            .order_by(ARTICLES.c.id)
            .limit(5000)
        )
        rows = [dict(row) for row in connection.execute(query).mappings()]
        if not rows:
            return
        through = rows[-1]["id"]
        yield rows


def all_named(connection: Connection) -> None:
    """Remember that every article of now has its names."""
    last = connection.execute(select(func.max(ARTICLES.c.id))).scalar() or 0
    if not connection.execute(update(NAMED).values(through=last)).rowcount:
        connection.execute(insert(NAMED).values(through=last))


def _insert(connection: Connection, rows: Sequence[dict[str, Any]], *, import_id: int) -> None:
    """Store rows in their order; where there are no flags the cell stays empty."""
    for row in rows:
        row["content"] = _content(row)
        row["import_id"] = import_id
    plain = [
        {name: cell for name, cell in row.items() if name != "flags"}
        for row in rows
        if row["flags"] is None
    ]
    flagged = [row for row in rows if row["flags"] is not None]
    for some in (plain, flagged):
        if some:
            connection.execute(insert(ARTICLES), some)


def _content(row: Mapping[str, Any]) -> str:
    fields = {name: row[name] for name in _FIELDS}
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
