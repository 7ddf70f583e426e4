"""The search index: a file of its own beside the store, which holds no text and may be deleted.

It holds for each word in which articles it stands (SQLite's FTS5, contentless), and for each
article where its text lies in the store.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from outcomes.errors import FileError
from outcomes.media.search_places import MINUTE, MONTH_BITS, UNDATED, fence

SCHEMA = "2"  # another one: the index is made anew
TOKENIZER = "porter unicode61 remove_diacritics 2"
_SETTINGS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "secure_delete=OFF",  # what is erased is let go at once, see let_go
    "cache_size=-65536",
    "mmap_size=2147483648",
)
_JOINED_AT_ONCE = 10_000  # pages of 4 KB
_TABLES = ("words", "docs", "months", "names", "state")
_DDL = (
    "CREATE VIRTUAL TABLE words USING fts5(title, body, marks, content='', "
    f"tokenize='{TOKENIZER}')",
    # article: its row in the store; key, url, story: short hashes of texts that the store holds
    "CREATE TABLE docs(doc INTEGER PRIMARY KEY, article INTEGER NOT NULL, key INTEGER NOT NULL, "
    "url INTEGER NOT NULL, story INTEGER NOT NULL, base TEXT NOT NULL, labels TEXT NOT NULL)",
    "CREATE INDEX docs_by_key ON docs(key)",
    "CREATE INDEX docs_by_url ON docs(url)",
    "CREATE INDEX docs_by_story ON docs(story) WHERE story <> 0",
    "CREATE TABLE months(month INTEGER PRIMARY KEY, docs INTEGER NOT NULL)",
    "CREATE TABLE names(kind TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, "
    "PRIMARY KEY (kind, name))",
    "CREATE TABLE state(name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # a batch is written at once (32 MB), and pieces are joined less often: made in less time
    "INSERT INTO words(words, rank) VALUES ('hashsize', 33554432)",
    "INSERT INTO words(words, rank) VALUES ('automerge', 8)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is looked through of one article."""

    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doc:
    """One article in the index."""

    doc: int  # its number, which grows with time, see search_places
    article: int  # its row in the store
    key: int
    url: int
    story: int  # 0: no copies are known
    base: str  # marks that stay while the version does: outlet, whose text
    labels: str  # marks that change: codes, relevance, scope


def open_index(path: Path) -> sqlite3.Connection:
    """Open the index, and make it where there is none; one that is broken makes room.

    Raises:
        FileError: It cannot be made there, or this Python has no full-text search.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(path)
    except sqlite3.OperationalError as error:
        raise not_made(path, error) from None
    except sqlite3.DatabaseError:  # no index, or half of one: what it held lies in the store
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    try:
        return _opened(path)
    except sqlite3.DatabaseError as error:
        raise not_made(path, error) from None


def not_made(path: Path, error: sqlite3.Error) -> FileError:
    """Say that the index cannot be read or written."""
    mend = "Check that you may write there, and that SQLite has FTS5, or delete the file"
    return FileError(path, "", f"the search index cannot be opened ({error})", mend)


def _opened(path: Path) -> sqlite3.Connection:
    index = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        for setting in _SETTINGS:
            index.execute(f"PRAGMA {setting}")
        if _schema(index) != SCHEMA:
            with writing(index):
                if _schema(index) != SCHEMA:
                    clear(index)
    except BaseException:
        index.close()
        raise
    return index


def _schema(index: sqlite3.Connection) -> str:
    there = index.execute("SELECT count(*) FROM sqlite_master WHERE name = 'state'").fetchone()[0]
    return get_state(index, "schema") if there else ""


@contextmanager
def writing(index: sqlite3.Connection) -> Iterator[None]:
    """Write all of it or nothing; others wait."""
    index.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            index.execute("ROLLBACK")
        raise
    index.execute("COMMIT")


def clear(index: sqlite3.Connection, *, keep_names: bool = False) -> None:
    """Empty the index, within a transaction of the caller; names may keep their numbers."""
    names = index.execute("SELECT kind, name, number FROM names").fetchall() if keep_names else []
    for table in _TABLES:
        index.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _DDL:
        index.execute(statement)
    index.executemany("INSERT INTO names VALUES (?, ?, ?)", names)
    set_state(index, {"schema": SCHEMA, "emptied": "yes"})


def let_go(index: sqlite3.Connection) -> None:
    """Give back the space of an index that was emptied, so that no word of it lies in the file.

    While somebody else reads the index, this waits for the next time.
    """
    if not get_state(index, "emptied"):
        return
    with suppress(sqlite3.OperationalError):
        index.execute("VACUUM")
        (busy, *_) = index.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            set_state(index, {"emptied": ""})


def join_pieces(index: sqlite3.Connection) -> None:
    """Join the pieces that a great change has left, so that words are found in fewer places.

    It is done some megabytes at a time: whoever stops it has an index that is as right as before.
    """
    before = -2
    while index.total_changes - before >= 2:  # as FTS5 says that there was something to join
        before = index.total_changes
        index.execute(f"INSERT INTO words(words, rank) VALUES ('merge', -{_JOINED_AT_ONCE})")


def get_state(index: sqlite3.Connection, name: str) -> str:
    """Read what the index knows of itself; empty where it was never said."""
    row = index.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""


def set_state(index: sqlite3.Connection, values: Mapping[str, object]) -> None:
    """Note what the index knows of itself."""
    index.executemany(
        "INSERT OR REPLACE INTO state VALUES (?, ?)",
        [(name, str(value)) for name, value in values.items()],
    )


def number_of(index: sqlite3.Connection, kind: str, name: str, *, make: bool = False) -> int:
    """Give the number of a name, such as an outlet's; 0 where it has none."""
    row = index.execute(
        "SELECT number FROM names WHERE kind = ? AND name = ?", (kind, name)
    ).fetchone()
    if row or not make:
        return int(row[0]) if row else 0
    (last,) = index.execute("SELECT max(number) FROM names WHERE kind = ?", (kind,)).fetchone()
    index.execute("INSERT INTO names VALUES (?, ?, ?)", (kind, name, (last or 0) + 1))
    return int((last or 0) + 1)


def names_of(index: sqlite3.Connection, kind: str) -> dict[str, int]:
    """List the names of one kind with their numbers."""
    rows = index.execute("SELECT name, number FROM names WHERE kind = ?", (kind,))
    return {str(name): int(number) for name, number in rows}


def next_doc(index: sqlite3.Connection, first: int) -> int:
    """Find the next free number from ``first`` on, of that minute or, if it is full, later."""
    while True:
        end = first + MINUTE if first else UNDATED
        (last,) = index.execute(
            "SELECT max(doc) FROM docs WHERE doc >= ? AND doc < ?", (first, end)
        ).fetchone()
        if last is None:
            return max(first, 1)
        if last + 1 < end:
            return int(last) + 1
        first = end


def docs_with(index: sqlite3.Connection, column: str, values: Sequence[int]) -> list[Doc]:
    """Find the articles by key, url or story."""
    found: list[Doc] = []
    for start in range(0, len(values), 500):
        some = values[start : start + 500]
        rows = index.execute(
            f"SELECT doc, article, key, url, story, base, labels FROM docs WHERE {column} IN "
            f"({','.join('?' * len(some))}) ORDER BY doc",
            tuple(some),
        )
        found += [_doc(row) for row in rows]
    return found


def docs_from(index: sqlite3.Connection, after: int, *, most: int) -> list[Doc]:
    """List articles in the order of their numbers, those after one."""
    rows = index.execute(
        "SELECT doc, article, key, url, story, base, labels FROM docs WHERE doc > ? "
        "ORDER BY doc LIMIT ?",
        (after, most),
    )
    return [_doc(row) for row in rows]


def _doc(row: tuple[int, int, int, int, int, str, str]) -> Doc:
    doc, article, key, url, story, base, labels = row
    return Doc(
        doc=doc, article=article, key=key, url=url, story=story, base=base, labels=labels
    )  # fmt: skip


def add(index: sqlite3.Connection, found: Sequence[tuple[Doc, Words]]) -> None:
    """Put articles into the index; their numbers are free."""
    index.executemany(
        "INSERT INTO words(rowid, title, body, marks) VALUES (?, ?, ?, ?)",
        [(doc.doc, words.title, words.body, _marks(doc)) for doc, words in found],
    )
    index.executemany(
        "INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (doc.doc, doc.article, doc.key, doc.url, doc.story, doc.base, doc.labels)
            for doc, _ in found
        ],
    )
    _count(index, [doc for doc, _ in found], by=1)


def take_out(index: sqlite3.Connection, found: Sequence[tuple[Doc, Words]]) -> None:
    """Take articles out of the index; the words must be those that were put in."""
    index.executemany(
        "INSERT INTO words(words, rowid, title, body, marks) VALUES ('delete', ?, ?, ?, ?)",
        [(doc.doc, words.title, words.body, _marks(doc)) for doc, words in found],
    )
    index.executemany("DELETE FROM docs WHERE doc = ?", [(doc.doc,) for doc, _ in found])
    _count(index, [doc for doc, _ in found], by=-1)


def set_story(index: sqlite3.Connection, stories: Mapping[int, int]) -> None:
    """Note to which story articles belong, by their number."""
    index.executemany(
        "UPDATE docs SET story = ? WHERE doc = ?",
        [(story, doc) for doc, story in stories.items()],
    )


def how_many(index: sqlite3.Connection) -> int:
    """Count the articles in the index."""
    return int(index.execute("SELECT coalesce(sum(docs), 0) FROM months").fetchone()[0])


def _marks(doc: Doc) -> str:
    return f"a0 {doc.base} {doc.labels}"


def _count(index: sqlite3.Connection, docs: Sequence[Doc], *, by: int) -> None:
    for month, number in Counter(doc.doc >> MONTH_BITS for doc in docs).items():
        if not index.execute("SELECT 1 FROM months WHERE month = ?", (month,)).fetchone():
            _fence(index, month)
        index.execute(
            "INSERT INTO months VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET docs = docs + excluded.docs",
            (month, by * number),
        )


def _fence(index: sqlite3.Connection, month: int) -> None:
    """Put marks without articles before a month, where looking back can be stopped."""
    places, mark = fence(month)
    for place in places if month else ():
        index.execute("INSERT INTO words(rowid, marks) VALUES (?, ?)", (place, mark))
