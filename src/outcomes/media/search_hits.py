"""Find articles in the search index: the best or the newest, counted by month, never too slowly.

A word of a million articles cannot be counted, nor its articles ranked, while somebody waits. So
the newest are looked through first, and no longer than a time; and the best are put first only
where few enough match, and their words are not too frequent. What was not looked through is said,
and can be asked for.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from outcomes.media.search_beginnings import spell_out
from outcomes.media.search_index import how_many
from outcomes.media.search_months import Clock, Looked, list_all, look_back
from outcomes.media.search_words import SearchWords, Term

LOOK_SECONDS = 0.020  # of the processor, for looking through more than the newest 20,000
MOST_RANKED = 5_000  # matches; more cannot be ranked in some hundredths of a second
MOST_POSTINGS = 150_000  # occurrences of the words asked for that ranking may have to look at
SCORED = 6  # so much longer it takes to judge an article than to pass over it
DEAR = 4  # so much longer it takes to look for a phrase, or the beginning of a word
PROBED = 5_000  # newest articles, by which the frequency of a word is judged
DEEPEST = 10_000  # results that can be leafed through
EVERY = "a0"  # the mark that every article has
_IN_TEXT = "{title body}"
_RANK = "bm25(words, 8.0, 1.0, 0.0)"  # a word of the title counts eight times


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be found."""

    words: SearchWords
    marks: tuple[tuple[str, ...], ...] = ()  # of each group an article must have one
    low: int  # the numbers of the articles asked for, see search_places
    high: int
    newest: bool = False  # newest first, though the best could be first
    look_at_all: bool = False  # however long it takes
    start: int = 0  # how many results to pass over
    most: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found."""

    docs: tuple[int, ...]  # of this page, in their order
    counted: int  # matches in the months that were looked through
    complete: bool  # whether all articles asked for were looked through
    since: str  # else: from which month on, as 2026-03
    months: tuple[tuple[str, int], ...]  # month and matches, oldest first; "" without a date
    ranked: bool  # the best first, else the newest
    more: bool  # whether there are results after this page
    wide: tuple[str, ...] = ()  # beginnings of so many words that nothing was looked through


def find_docs(
    index: sqlite3.Connection, question: Question, *, clock: Clock = time.thread_time
) -> Hits:
    """Answer a question in about a given time, or, where it is asked for, whole.

    Args:
        index: The index.
        question: What is to be found.
        clock: Of the time for looking.

    Returns:
        The results of one page, and how many articles match by month. The best are first (bm25,
        where a word of the title counts eight times) if all could be looked through, at most 5,000
        match and their words are not too frequent; else, and where it is asked for, the newest.

    Source:
        Robertson and Zaragoza (2009), The probabilistic relevance framework: BM25 and beyond.
    """
    if not question.look_at_all:
        spelled = spell_out(index, question.words)
        if spelled.wide:
            return _nothing(tuple(f"{term.text}*" for term in spelled.wide))
        question = replace(question, words=spelled.words)
    looked = _look(index, question, clock=clock)
    asked = bool(question.words.groups) and not question.newest
    may = asked and looked.complete and looked.counted <= MOST_RANKED
    ranking = _ranking(index, question) if may else ""
    docs = looked.docs[_start(question) :]
    if ranking:
        docs = _best(index, question, ranking, among=frozenset(looked.docs))
    return Hits(
        docs=docs[: question.most],
        counted=looked.counted,
        complete=looked.complete,
        since=looked.since,
        months=looked.months,
        ranked=bool(ranking),
        more=len(docs) > question.most,
    )


def _start(question: Question) -> int:
    return max(0, min(question.start, DEEPEST))


def _look(index: sqlite3.Connection, question: Question, *, clock: Clock) -> Looked:
    low, high = question.low, question.high
    most = max(MOST_RANKED, _start(question) + question.most + 1)
    if not (question.words.groups or question.words.without or question.marks):
        return list_all(index, low=low, high=high, most=most)
    seconds = None if question.look_at_all else LOOK_SECONDS
    match = match_of(question)
    return look_back(
        index, match, low=low, high=high, most=most, seconds=seconds, clock=clock
    )  # fmt: skip


def _nothing(wide: tuple[str, ...]) -> Hits:
    return Hits(
        docs=(), counted=0, complete=False, since="", months=(), ranked=False, more=False, wide=wide
    )


def _ranking(index: sqlite3.Connection, question: Question) -> str:
    """Say by which match the best can be put first in a short time; empty where by none.

    Marks do not change how good an article is. Where they are frequent, it takes less time to judge
    all articles with the words than to count those with the marks.
    """
    terms = [term for group in (*question.words.groups, question.words.without) for term in group]
    share = _share_among_newest(index)
    words = sum(_share_of(term, share) for term in terms) * how_many(index)
    marks = sum(share(_marks(group)) for group in question.marks) * how_many(index)
    if min(words + marks, SCORED * words) > MOST_POSTINGS:
        return ""
    return match_of(question if words + marks <= SCORED * words else replace(question, marks=()))


def match_of(question: Question) -> str:
    """Write a question as FTS5 reads it."""
    parts = [f"{_IN_TEXT} : ({question.words.wanted})"] if question.words.groups else []
    parts += [_marks(group) for group in question.marks]
    match = " AND ".join(f"({part})" for part in parts or [_marks((EVERY,))])
    if question.words.without:
        match = f"({match}) NOT ({_IN_TEXT} : ({question.words.unwanted}))"
    return match


def _marks(group: Sequence[str]) -> str:
    return "marks : (" + " OR ".join(f'"{mark}"' for mark in group) + ")"


def _share_among_newest(index: sqlite3.Connection) -> Callable[[str], float]:
    """Give a way to say how frequent something is among the newest articles."""
    if how_many(index) <= PROBED:
        return lambda match: 0.0
    row = index.execute(
        "SELECT doc FROM docs ORDER BY doc DESC LIMIT 1 OFFSET ?", (PROBED,)
    ).fetchone()
    since = int(row[0]) if row else 0

    def share(match: str) -> float:
        query = "SELECT count(*) FROM words WHERE words MATCH ? AND rowid > ?"
        return int(index.execute(query, (match, since)).fetchone()[0]) / PROBED

    return share


def _share_of(term: Term, share: Callable[[str], float]) -> float:
    """Give the share of the articles that must be looked at to find a word or a phrase."""
    found = min(share(f"{_IN_TEXT} : ({word.question})") for word in term.words)
    return found * (DEAR if term.beginning or len(term.words) > 1 else 1)


def _best(
    index: sqlite3.Connection, question: Question, match: str, *, among: frozenset[int]
) -> tuple[int, ...]:
    """Put the best first; among the matches may be others, which are passed over."""
    rows = index.execute(
        "SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? "
        f"ORDER BY {_RANK}, rowid DESC",
        (match, question.low, question.high),
    )
    start = _start(question)
    docs = (int(row[0]) for row in rows)
    return tuple(islice((doc for doc in docs if doc in among), start, start + question.most + 1))
