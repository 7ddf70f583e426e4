"""Short passages of an article around the words that were looked for, never the whole text."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from outcomes.media.search_index import TOKENIZER, Words
from outcomes.media.search_words import SearchWords

MOST_WORDS = 25  # of a passage: a short quote, as reports may hold it
LONGEST_BODY = 200_000  # characters that are looked through for a passage
_OPEN, _CLOSE = "\ue000", "\ue001"  # signs of no language, which are taken out of texts before
_CLEAN = str.maketrans({_OPEN: " ", _CLOSE: " ", "\0": " "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a passage."""

    text: str
    found: bool  # whether it was looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Title and passage of one article, with what was looked for marked."""

    title: tuple[Piece, ...]
    text: tuple[Piece, ...]

    @property
    def plain(self) -> str:
        """The passage without marks."""
        return "".join(piece.text for piece in self.text)


def passages(found: Sequence[Words], words: SearchWords) -> list[Passage]:
    """Cut a passage of at most 25 words out of each text, around what was looked for.

    Args:
        found: Title and text of each article.
        words: What was looked for; where it stands in no text, the passage is its beginning.
    """
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(f"CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='{TOKENIZER}')")
        memory.executemany(
            "INSERT INTO t(rowid, title, body) VALUES (?, ?, ?)",
            [
                (place, each.title.translate(_CLEAN), each.body[:LONGEST_BODY].translate(_CLEAN))
                for place, each in enumerate(found)
            ],
        )
        marked: dict[int, tuple[str, str]] = {}
        if words.groups:
            any_of = " OR ".join(term.question for group in words.groups for term in group)
            rows = memory.execute(
                f"SELECT rowid, highlight(t, 0, '{_OPEN}', '{_CLOSE}'), "
                f"snippet(t, 1, '{_OPEN}', '{_CLOSE}', '', {MOST_WORDS}) FROM t WHERE t MATCH ?",
                (any_of,),
            )
            marked = {int(row[0]): (str(row[1]), str(row[2])) for row in rows}
    return [
        _passage(*marked.get(place, (each.title.translate(_CLEAN), each.body.translate(_CLEAN))))
        for place, each in enumerate(found)
    ]


def _passage(title: str, text: str) -> Passage:
    return Passage(title=_pieces(title), text=_pieces(_short(text)))


def _short(text: str) -> str:
    """Cut to so many words, and fold white space."""
    return " ".join(text.split(maxsplit=MOST_WORDS)[:MOST_WORDS])


def _pieces(text: str) -> tuple[Piece, ...]:
    pieces, found = [], False
    for part in text.replace(_OPEN, f"{_CLOSE}{_OPEN}").split(_CLOSE):
        found = part.startswith(_OPEN)
        if bare := part.removeprefix(_OPEN):
            pieces.append(Piece(text=bare, found=found))
    return tuple(pieces)
