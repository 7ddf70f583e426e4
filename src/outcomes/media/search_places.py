"""Where an article stands in the search index: a number in the order of time, and its marks."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from outcomes.errors import DataError

MONTH_BITS, MINUTE_BITS = 34, 18  # below the month: the minute; below the minute: who came first
MINUTE = 1 << MINUTE_BITS
UNDATED = 1 << MONTH_BITS  # numbers below it are of articles without a date
HIGHEST = (1 << 62) - 1


def first_place(published: str, time_zone: str) -> int:
    """Give the first number of the minute in which an article was published.

    Numbers grow with time as clocks at the outlet show it, so that a month is a range of numbers,
    and the newest articles have the highest.

    Args:
        published: ISO date or moment, as stored; a moment without offset is local time.
        time_zone: The outlet's.

    Returns:
        The number; 0 where the date is unknown or cannot be read.
    """
    try:
        moment = datetime.fromisoformat(published)
        if moment.tzinfo is not None:
            moment = moment.astimezone(ZoneInfo(time_zone))
    except (ValueError, OverflowError):
        return 0
    minute = ((moment.day - 1) * 24 + moment.hour) * 60 + moment.minute
    return (_month_number(moment.year, moment.month) << MONTH_BITS) + (minute << MINUTE_BITS)


def month_of_place(month: int) -> str:
    """Write the month of a number (shifted by ``MONTH_BITS``) as 2026-03; empty for no date."""
    return f"{(month - 1) // 12:04d}-{(month - 1) % 12 + 1:02d}" if month else ""


def fence(month: int) -> tuple[tuple[int, int], str]:
    """Give the last two numbers before a month, which no article has, and the mark of both.

    Two, because FTS5 minds the end of a range of numbers only from its second match on.
    """
    before = month << MONTH_BITS
    return (before - 1, before - 2), f"z{month}"


def places_between(first: str, last: str) -> tuple[int, int]:
    """Give the lowest and highest number of the months from ``first`` to ``last``.

    Args:
        first: As 2026-03; empty: from the beginning, and without any date if ``last`` is empty.
        last: As 2026-03; empty: to the end.

    Raises:
        DataError: One is no month, or they are the wrong way round.
    """
    low = month_number(first) << MONTH_BITS if first else 0
    high = ((month_number(last) + 1) << MONTH_BITS) - 1 if last else HIGHEST
    if last and not first:
        low = UNDATED
    if high < low:
        raise DataError(f"{first} comes after {last}. Write the earlier month first")
    return low, high


def month_number(month: str) -> int:
    """Count a month, written as 2026-03.

    Raises:
        DataError: It is no month.
    """
    year, dash, number = month.partition("-")
    digits = (year + number).isascii() and (year + number).isdigit()
    if not (dash and digits and len(year) == 4 and len(number) == 2 and 1 <= int(number) <= 12):
        raise DataError(f"{month!r} is not a month. Write it as 2026-03")
    return _month_number(int(year), int(number))


def _month_number(year: int, month: int) -> int:
    return year * 12 + month  # January of the year 0 is 1, so that 0 is no month


def short_hash(text: str) -> int:
    """Give a number by which a text is looked up; whoever finds one compares the text itself."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def marks(found: Iterable[str]) -> str:
    """Join marks, words of letter and number such as ``o12``, always in the same order."""
    return " ".join(sorted(set(found)))
