"""Look through the search index from the newest month back, until a time is over.

What FTS5 looks through in one go cannot be stopped, and the end of a range of numbers does not
stop it either while nothing matches. So it is asked for some months at a time, and for the mark
that stands before the first of them, which is a match at which it stops.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from outcomes.media.search_places import MONTH_BITS, fence, month_of_place

AT_ONCE = 20_000  # articles of a first look; so many are always looked through
MOST_GROWTH = 8  # times as many articles of the next look
_FETCHED = 50_000

Clock = Callable[[], float]
Month = tuple[int, int]  # its number, and how many articles it has


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found, and how far back."""

    docs: tuple[int, ...]  # the newest first, not more than were asked for
    months: tuple[tuple[str, int], ...]  # month and matches, oldest first; "" without a date
    counted: int
    complete: bool
    since: str  # the first month that was looked through, if not all were


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Some months that are looked through together."""

    low: int
    high: int
    docs: int
    fence: str  # the mark before them; empty where nothing older is in the index


def look_back(
    index: sqlite3.Connection,
    match: str,
    *,
    low: int,
    high: int,
    most: int,
    seconds: float | None,
    clock: Clock = time.thread_time,
) -> Looked:
    """Find the newest matches, and count them by month, as far back as there is time.

    Args:
        index: The index.
        match: As FTS5 reads it.
        low: The lowest number asked for: the first of a month, see ``search_places``.
        high: The highest: the last of a month.
        most: How many matches to list.
        seconds: For about how long to look; the newest 20,000 articles, or the newest month if it
            has more, are always looked through. None: until all are.
        clock: Of the seconds; by default those of this processor, so that what is found does not
            depend on what else the machine does.
    """
    whole = _months(index)
    left = [each for each in whole if low >> MONTH_BITS <= each[0] <= high >> MONTH_BITS]
    began, done, want = clock(), 0, AT_ONCE if seconds is not None else None
    found: list[int] = []
    counts: Counter[int] = Counter()
    since = 0
    while left and want != 0:
        look, left = _next_look(left, oldest=whole[-1][0], want=want)
        _look(index, match, look, into=found, counts=counts, most=most)
        since = look.low >> MONTH_BITS
        done += look.docs
        if seconds is not None and left:
            want = _may_look(clock() - began, seconds, done=done, next_month=left[0][1])
    months = tuple((month_of_place(month), counts[month]) for month in sorted(counts))
    return Looked(
        docs=tuple(found),
        months=months,
        counted=sum(counts.values()),
        complete=not left,
        since=month_of_place(since) if left else "",
    )


def list_all(index: sqlite3.Connection, *, low: int, high: int, most: int) -> Looked:
    """List the newest articles of some months, and count all, where no words are asked for.

    Args:
        index: The index.
        low: The lowest number asked for: the first of a month.
        high: The highest: the last of a month.
        most: How many to list.
    """
    first, last = low >> MONTH_BITS, high >> MONTH_BITS
    months = [(month, docs) for month, docs in _months(index) if first <= month <= last]
    rows = index.execute(
        "SELECT doc FROM docs WHERE doc BETWEEN ? AND ? ORDER BY doc DESC LIMIT ?",
        (low, high, most),
    )
    return Looked(
        docs=tuple(int(row[0]) for row in rows),
        months=tuple((month_of_place(month), docs) for month, docs in reversed(months)),
        counted=sum(docs for _, docs in months),
        complete=True,
        since="",
    )


def _months(index: sqlite3.Connection) -> list[Month]:
    rows = index.execute("SELECT month, docs FROM months WHERE docs > 0 ORDER BY month DESC")
    return [(int(month), int(docs)) for month, docs in rows]


def _may_look(took: float, seconds: float, *, done: int, next_month: int) -> int:
    """Say how many articles can be looked through in the time that is left; 0: none."""
    left = seconds - took
    can = int(left / max(took, 1e-6) * done)
    return 0 if can < next_month else min(can, MOST_GROWTH * done)


def _next_look(
    left: Sequence[Month], *, oldest: int, want: int | None
) -> tuple[_Look, list[Month]]:
    """Take the next months, at least one."""
    taken, docs = 0, 0
    for _, number in left:
        if taken and want is not None and docs + number > want:
            break
        taken, docs = taken + 1, docs + number
    last, first = left[0][0], left[taken - 1][0]
    look = _Look(
        low=first << MONTH_BITS,
        high=((last + 1) << MONTH_BITS) - 1,
        docs=docs,
        fence="" if first == oldest else fence(first)[1],
    )
    return look, list(left[taken:])


def _look(
    index: sqlite3.Connection,
    match: str,
    look: _Look,
    *,
    into: list[int],
    counts: Counter[int],
    most: int,
) -> None:
    if look.fence:
        match = f"({match}) OR (marks : {look.fence})"
    rows = index.execute(
        "SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC",
        (match, look.low, look.high),
    )
    while some := [int(row[0]) for row in islice(rows, _FETCHED)]:
        counts.update(doc >> MONTH_BITS for doc in some)
        into += some[: max(0, most - len(into))]
