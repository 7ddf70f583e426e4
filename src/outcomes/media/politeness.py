"""When a feed is asked again: never too often, never too long after, and never given up."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from outcomes.errors import DataError

HOST_GAP = 5.0  # seconds between two questions to one host
SHORTEST = timedelta(minutes=30)  # between two polls of one feed, unless the study says otherwise
LONGEST_BACKOFF = timedelta(days=30)  # feeds do answer 404 for weeks and come back
LONGEST_RETRY_AFTER = timedelta(hours=24)
LONGEST_CRAWL_DELAY = 60.0  # seconds; a longer wish would keep a whole round from ending
_JITTER = 0.1  # share of the wait by which polls are spread
_HARD, _SOFT = 1.0, 0.5  # what a failure adds to the doubling of the wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a feed stands between two polls."""

    due: datetime  # when it is to be asked again
    polled: datetime | None = None  # when it was asked last; None before the first time
    setbacks: float = 0.0  # doublings of the wait: 1 a hard failure in a row, 1/2 a soft one


def is_due(standing: Standing, *, now: datetime) -> bool:
    """Say whether a feed is to be asked now.

    A clock that was set back would silence a feed until it has caught up; so a last poll that
    lies in the future makes the feed due.
    """
    set_back = standing.polled is not None and now < standing.polled
    return set_back or now >= standing.due


def after_success(*, now: datetime, every: timedelta = SHORTEST, chance: float) -> Standing:
    """Say when to ask again after an answer that could be read, changed or not.

    Args:
        now: When it was asked, with its offset.
        every: How often the study asks this feed.
        chance: A number drawn from 0 to 1, which spreads the feeds over time.

    Raises:
        DataError: ``every`` is not longer than nothing.
    """
    _check(every)
    return Standing(due=now + every * (1 + _JITTER * chance), polled=now)


def after_failure(
    standing: Standing,
    *,
    now: datetime,
    every: timedelta = SHORTEST,
    soft: bool,
    wait: timedelta | None = None,
    chance: float,
) -> Standing:
    """Say when to ask again after a failure: later each time, at most 30 days later, never never.

    A soft failure lengthens the wait by the factor 1.4, a hard one by 2. So after an outage that
    was no fault of the feed's address, the feed is read again after less than half of the time
    that the outage lasted, and few entries have left it.

    Args:
        standing: Where the feed stood before.
        now: When it was asked, with its offset.
        every: How often the study asks this feed.
        soft: See ``is_soft``.
        wait: What the server asked for (Retry-After), at most 24 hours of it.
        chance: A number drawn from 0 to 1, which spreads the feeds over time.

    Raises:
        DataError: ``every`` is not longer than nothing.

    Source:
        That an address that is gone weighs more than a network that fails, and that no feed is
        given up, follows Media Cloud's rss-fetcher.
    """
    _check(every)
    setbacks = standing.setbacks + (_SOFT if soft else _HARD)
    doublings = min(setbacks, 40.0)  # more would overflow, and is far beyond 30 days
    longest = LONGEST_BACKOFF / every
    backoff = every * min(2.0**doublings, max(longest, 1.0))
    spread = backoff * (1 - _JITTER * chance)  # earlier, so that 30 days are the most
    asked = min(wait or timedelta(0), LONGEST_RETRY_AFTER)
    return Standing(due=now + max(spread, asked), polled=now, setbacks=setbacks)


def is_soft(*, status: int, reason: str) -> bool:
    """Say whether a failure is likely to pass by itself: a network, an overload, a cut answer.

    Args:
        status: Of the answer; 0 where there was none.
        reason: That of ``Fetched``.
    """
    if reason:
        return reason not in {"address", "private", "redirects", "too-large", "certificate"}
    return status in {408, 425, 429} or status >= 500


def retry_after(value: str, *, now: datetime) -> timedelta | None:
    """Read a Retry-After header, in seconds or as a date.

    Returns:
        How long to wait, from nothing to 24 hours; None where it says nothing that can be read.

    Source:
        RFC 9110, section 10.2.3.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_RETRY_AFTER)


def host_of(url: str) -> str:
    """Name the host whose turn it takes to ask an address; www. is the same host."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return host.removeprefix("www.")


class HostTurns:
    """Whose turn it is: one question to a host at a time, and seconds between two of them.

    It may be used from several threads at once.
    """

    def __init__(
        self, *, gap: float = HOST_GAP, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._gap, self._clock = gap, clock
        self._next: dict[str, float] = {}
        self._asked: set[str] = set()
        self._lock = threading.Lock()

    def wait(self, host: str) -> float | None:
        """Say in how many seconds the host may be asked; None while it is being asked."""
        with self._lock:
            if host in self._asked:
                return None
            return max(0.0, self._next.get(host, 0.0) - self._clock())

    def take(self, host: str) -> bool:
        """Take the host's turn, if it is free now; then it must be given back."""
        with self._lock:
            if host in self._asked or self._next.get(host, 0.0) > self._clock():
                return False
            self._asked.add(host)
            return True

    def give_back(self, host: str, *, delay: float = 0.0) -> None:
        """End the turn; the next one begins after the gap, or after what the host wished for.

        Args:
            host: Whose turn it was.
            delay: Seconds that its robots.txt wishes (at most a minute of them).
        """
        with self._lock:
            self._asked.discard(host)
            self._next[host] = self._clock() + max(self._gap, min(delay, LONGEST_CRAWL_DELAY))


def _check(every: timedelta) -> None:
    if every <= timedelta(0):
        raise DataError(
            "a feed cannot be asked every 0 minutes. Write the minutes between two polls"
        )
