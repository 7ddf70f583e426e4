"""Find articles in the search index: the best or the newest, counted by month, never too slowly.

A word of a million articles cannot be counted, nor its articles ranked, while somebody waits. So
work is bounded before it begins, by how frequent each word is among the newest articles: months
are counted from the newest back until the bound, and the best are put first only where few enough
articles match. What was not counted is said, and can be asked for.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from outcomes.media.search_index import how_many
from outcomes.media.search_places import MONTH_BITS, month_of_place
from outcomes.media.search_words import SearchWords, Term

MOST_RANKED = 5_000  # matches; more cannot be ranked in some hundredths of a second
MOST_POSTINGS = 250_000  # occurrences of the words asked for that ranking may have to look at
MOST_COUNTED = 40_000  # matches that are counted without being asked to
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
    count_all: bool = False  # count every month, however long it takes
    start: int = 0  # how many results to pass over
    most: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found."""

    docs: tuple[int, ...]  # of this page, in their order
    counted: int  # matches in the months that were counted
    complete: bool  # whether all months asked for were counted
    since: str  # else: the first month that was, as 2026-03
    months: tuple[tuple[str, int], ...]  # month and matches, oldest first; "" without a date
    ranked: bool  # the best first, else the newest
    more: bool  # whether there are results after this page


def find_docs(index: sqlite3.Connection, question: Question) -> Hits:
    """Answer a question within bounded work.

    Returns:
        The results of one page, and how many articles match by month. The best are first (bm25,
        where a word of the title counts eight times) if at most 5,000 match and their words are
        not too frequent; else, and where it is asked for, the newest.

    Source:
        Robertson and Zaragoza (2009), The probabilistic relevance framework: BM25 and beyond.
    """
    match = match_of(question)
    shares = _shares(index, question)
    floor = _floor(index, question, share=min(shares.groups, default=1.0))
    months = _months(index, match, low=floor, high=question.high)
    counted = sum(number for _, number in months)
    complete = floor <= question.low
    postings = shares.total * how_many(index)
    ranked = (
        bool(question.words.groups)
        and not question.newest
        and complete
        and counted <= MOST_RANKED
        and postings <= MOST_POSTINGS
    )
    docs = _docs(index, question, match, ranked=ranked)
    return Hits(
        docs=tuple(docs[: question.most]),
        counted=counted,
        complete=complete,
        since="" if complete else month_of_place(floor >> MONTH_BITS),
        months=tuple((month_of_place(month), number) for month, number in months),
        ranked=ranked,
        more=len(docs) > question.most,
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """How frequent the words of a question are among the newest articles."""

    groups: tuple[float, ...]  # of each group, the share of articles that have one of it
    total: float  # of all words together


def _shares(index: sqlite3.Connection, question: Question) -> _Shares:
    if how_many(index) <= PROBED:
        return _Shares(groups=(), total=0.0)
    row = index.execute(
        "SELECT doc FROM docs ORDER BY doc DESC LIMIT 1 OFFSET ?", (PROBED,)
    ).fetchone()
    since = int(row[0]) if row else 0

    def share(match: str) -> float:
        query = "SELECT count(*) FROM words WHERE words MATCH ? AND rowid > ?"
        return int(index.execute(query, (match, since)).fetchone()[0]) / PROBED

    groups, total = [], 0.0
    for group in question.words.groups:
        found = [_share_of(term, share) for term in group]
        groups.append(sum(found))
        total += sum(found)
    for marks in question.marks:
        groups.append(share(_marks(marks)))
        total += groups[-1]
    for term in question.words.without:
        total += _share_of(term, share)
    return _Shares(groups=tuple(groups or [1.0]), total=total)


def _share_of(term: Term, share: Callable[[str], float]) -> float:
    """Give the share of the articles that must be looked at to find a word or a phrase."""
    found = min(share(f"{_IN_TEXT} : ({word.question})") for word in term.words)
    return found * (DEAR if term.beginning or len(term.words) > 1 else 1)


def _floor(index: sqlite3.Connection, question: Question, *, share: float) -> int:
    """Say from which number on matches are counted: whole months, the newest first."""
    if question.count_all:
        return question.low
    looked_at = 0.0
    rows = index.execute(
        "SELECT month, docs FROM months WHERE month BETWEEN ? AND ? AND docs > 0 "
        "ORDER BY month DESC",
        (question.low >> MONTH_BITS, question.high >> MONTH_BITS),
    ).fetchall()
    floor = question.low
    for month, docs in rows:
        looked_at += docs * share
        if looked_at > MOST_COUNTED and floor != question.low:
            return floor
        floor = int(month) << MONTH_BITS
    return question.low


def _months(index: sqlite3.Connection, match: str, *, low: int, high: int) -> list[tuple[int, int]]:
    query = (
        f"SELECT rowid >> {MONTH_BITS} AS month, count(*) FROM words "
        "WHERE words MATCH ? AND rowid BETWEEN ? AND ? GROUP BY month ORDER BY month"
    )
    return [(int(month), int(n)) for month, n in index.execute(query, (match, low, high))]


def _docs(index: sqlite3.Connection, question: Question, match: str, *, ranked: bool) -> list[int]:
    start = max(0, min(question.start, DEEPEST))
    order = f"{_RANK}, rowid DESC" if ranked else "rowid DESC"
    query = (
        "SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? "
        f"ORDER BY {order} LIMIT ? OFFSET ?"
    )
    values = (match, question.low, question.high, question.most + 1, start)
    return [int(row[0]) for row in index.execute(query, values)]
