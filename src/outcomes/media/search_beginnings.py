"""Which words of the index begin with the letters that were typed, looked up one after another.

FTS5 alone would join the lists of all these words over the whole index before the first result.
Named one by one they are found like other words: newest first, and no further than was asked for.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from outcomes.media.search_index import TOKENIZER, how_many
from outcomes.media.search_words import SearchWords, Term

SMALL = 50_000  # articles of an index in which FTS5 alone is fast enough
MOST_FORMS = 150  # words of one beginning that are looked for while somebody waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """Words to find, in which beginnings stand as the words that begin so."""

    words: SearchWords
    wide: tuple[Term, ...] = ()  # beginnings of more words than are looked for


def spell_out(index: sqlite3.Connection, words: SearchWords) -> Spelled:
    """Put for each beginning the words of the index that begin so.

    Args:
        index: The index; of a small one nothing need be spelled out.
        words: What was typed.

    Returns:
        The same words, each beginning of up to 150 words spelled out, and the beginnings of more.
    """
    asked = {term for group in (*words.groups, words.without) for term in group if term.beginning}
    if not asked or how_many(index) <= SMALL:
        return Spelled(words=words)
    with _vocabulary(index):
        spelled = {term: _forms(index, term) for term in sorted(asked, key=lambda each: each.text)}
    wide = tuple(term for term, forms in spelled.items() if len(forms) > MOST_FORMS)

    def all_of(group: Sequence[Term]) -> tuple[Term, ...]:
        found: list[Term] = []
        for term in group:
            found += [term] if term in wide else spelled.get(term, (term,)) or (term,)
        return tuple(found)

    fresh = SearchWords(groups=tuple(map(all_of, words.groups)), without=all_of(words.without))
    return Spelled(words=fresh, wide=wide)


@contextmanager
def _vocabulary(index: sqlite3.Connection) -> Iterator[None]:
    """Let the words of the index be read, and others be taken apart as the index does it."""
    names = ("forms", "taken_apart", "parts")
    index.execute("CREATE VIRTUAL TABLE temp.forms USING fts5vocab(main, words, instance)")
    index.execute(f"CREATE VIRTUAL TABLE temp.parts USING fts5(word, tokenize='{TOKENIZER}')")
    index.execute("CREATE VIRTUAL TABLE temp.taken_apart USING fts5vocab(temp, parts, instance)")
    try:
        yield
    finally:
        for name in names:
            index.execute(f"DROP TABLE temp.{name}")


def _forms(index: sqlite3.Connection, term: Term) -> tuple[Term, ...]:
    """List the words that begin so; one more than are looked for says that there are more."""
    (parts,) = _taken_apart(index, [term.text])
    if len(parts) != 1:  # such as O'Bri*: a phrase, whose last word is a beginning
        return (term,)
    stems: list[str] = []
    at = parts[0]
    while len(stems) <= MOST_FORMS:
        row = index.execute("SELECT term FROM temp.forms WHERE term >= ? LIMIT 1", (at,)).fetchone()
        if row is None or not row[0].startswith(parts[0]):
            break
        stems.append(str(row[0]))
        at = f"{row[0]}\0"
    return _written(index, stems) if len(stems) <= MOST_FORMS else (term,) * len(stems)


def _written(index: sqlite3.Connection, stems: Sequence[str]) -> tuple[Term, ...]:
    """Write stems so that the index, which cuts endings off what is asked, comes to them again.

    Nearly all stay as they are; of "univers" more would be cut off, of "universe" just the e.
    """
    found = []
    pairs = zip(
        stems,
        _taken_apart(index, stems),
        _taken_apart(index, [f"{stem}e" for stem in stems]),
        strict=True,
    )
    for stem, bare, longer in pairs:
        if bare == [stem]:
            found.append(Term(text=stem))
        elif longer == [stem]:
            found.append(Term(text=f"{stem}e"))
        else:  # as of no word of a language: whatever begins so
            found.append(Term(text=stem, beginning=True))
    return tuple(found)


def _taken_apart(index: sqlite3.Connection, texts: Sequence[str]) -> list[list[str]]:
    """Give the words of each text as they stand in the index."""
    index.execute("DELETE FROM temp.parts")
    index.executemany(
        "INSERT INTO temp.parts(rowid, word) VALUES (?, ?)", list(enumerate(texts, start=1))
    )
    found: list[list[str]] = [[] for _ in texts]
    for word, place in index.execute("SELECT term, doc FROM temp.taken_apart ORDER BY doc, offset"):
        found[place - 1].append(str(word))
    return found
