"""Asking one feed: robots.txt first, only for what changed, and read in a process apart."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

from outcomes.errors import DataError, OutcomesError
from outcomes.media.conditional import (
    LastReading,
    Reading,
    Validators,
    settle,
    validators_to_send,
)
from outcomes.media.date_gate import Order
from outcomes.media.feed_worker import FeedReaders
from outcomes.media.feeds import Entry
from outcomes.media.fetch import Fetched, Limits
from outcomes.media.politeness import Standing, host_of, is_soft, retry_after
from outcomes.media.poll_clock import Clocks, clock_off, difference, is_wrong
from outcomes.media.poll_robots import RobotsBook
from outcomes.media.robots import Decision, Override

USUAL = 1_000_000  # bytes; nearly all feeds are smaller
_LARGE_AT_ONCE = 3  # larger answers in the memory at a time, so that bombs do not fill it together

Came = TypeVar("Came")
Outcome = Literal["new", "unchanged", "failed", "not-allowed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTask:
    """A feed that is to be asked, and what is known of it."""

    url: str
    outlet: str
    every: timedelta
    zone: str
    order: Order = ""
    override: Override | None = None
    kept: LastReading | None = None  # what the last reading left; None before the first
    standing: Standing
    large: bool = False  # the last answer was larger than is usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking a feed."""

    task: FeedTask
    at: datetime
    outcome: Outcome
    reason: str = ""  # of a failure, one word
    sentence: str = ""  # the same in words
    soft: bool = True  # whether the failure is likely to pass by itself
    wait: timedelta | None = None  # what the server asked for
    status: int = 0
    seconds: float = 0.0
    size: int = 0  # bytes of the body
    entries: tuple[Entry, ...] = ()
    left_out: int = 0
    kept: LastReading | None = None  # for the next poll
    clock_off: float | None = None
    delay: float = 0.0  # seconds that robots.txt wishes between two questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A new feed from a server with another time: it is read once the others told theirs."""

    task: FeedTask
    fetched: Fetched
    kept: LastReading
    so_far: Answer

    @property
    def delay(self) -> float:
        """Seconds that robots.txt wishes between two questions."""
        return self.so_far.delay


class Get(Protocol):
    """Fetches an address; see ``media.fetch``."""

    def __call__(
        self,
        url: str,
        *,
        limits: Limits,
        validators: Validators | None,
        may_follow: Callable[[str], bool],
    ) -> Fetched:
        """Fetch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is needed to ask feeds; shared by all that are asked in one round."""

    get: Get
    limits: Limits
    readers: FeedReaders
    book: RobotsBook
    clocks: Clocks
    clock: Callable[[], datetime]
    keep_body: Callable[[str, bytes], None]  # an answer that is no feed, for people to look at


class Asker:
    """Asks feeds, from several threads at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        few = min(USUAL, desk.limits.body_bytes)
        self._usual = replace(desk.limits, wire_bytes=few, body_bytes=few)
        self._large = threading.BoundedSemaphore(_LARGE_AT_ONCE)

    def ask(self, task: FeedTask) -> Answer | Aside:
        """Ask a feed and read what is new in it.

        Returns:
            Always an answer, whatever the server does; or what was fetched, where its clock and
            ours differ by more than a day, so that the dates in it cannot be judged yet.
        """
        so_far = Answer(task=task, at=self._desk.clock(), outcome="failed", kept=task.kept)
        return _contained(lambda: self._asked(so_far), so_far)

    def _asked(self, so_far: Answer) -> Answer | Aside:
        task = so_far.task
        try:
            decision = self._desk.book.decision(task.url, by=task.override)
        except DataError as error:  # an address with a password in it, or the like
            return replace(so_far, reason="address", sentence=str(error), soft=False)
        ground = decision.sentence if decision.ground == "overridden" else ""
        so_far = replace(so_far, delay=decision.delay, sentence=ground)
        if not decision.allowed:
            return self._refused(so_far, decision, url=task.url)
        spent = 0.0
        if not task.large and self._usual != self._desk.limits:
            fetched, refused = self._fetched(so_far, self._usual)
            if fetched.reason != "too-large":
                return self._judged(so_far, fetched, refused=refused)
            spent = fetched.seconds
        with self._large:
            limits = self._desk.limits
            left = replace(limits, seconds=max(limits.seconds - spent, 1.0))
            fetched, refused = self._fetched(so_far, left)
            return self._judged(so_far, fetched, refused=refused)

    def read(self, aside: Aside) -> Answer:
        """Read a feed that was put aside, its dates judged by the time that most hosts tell."""
        return _contained(lambda: self._read(aside), aside.so_far)

    def _read(self, aside: Aside) -> Answer:
        desk, task, fetched = self._desk, aside.task, aside.fetched
        found = desk.readers.read(
            fetched.body,
            content_type=fetched.headers.get("content-type", ""),
            url=fetched.url,
            seen=desk.clocks.seen(aside.so_far.at),
            order=task.order,
            zone=task.zone,
        )
        if found.reason:
            if fetched.body:
                desk.keep_body(task.url, fetched.body)
            return replace(aside.so_far, reason=found.reason, sentence=found.sentence)
        return replace(
            aside.so_far,
            outcome="new",
            entries=found.entries,
            left_out=found.left_out,
            kept=aside.kept,
        )

    def _fetched(self, so_far: Answer, limits: Limits) -> tuple[Fetched, Answer | None]:
        """What came, and the refusal of a site that it was led to, if that is why nothing came."""
        task, book = so_far.task, self._desk.book
        refused: list[Answer] = []

        def may_follow(url: str) -> bool:
            decision = book.decision(url, by=task.override, site=task.url)
            if not decision.allowed:
                refused.append(self._refused(so_far, decision, url=url))
            return decision.allowed

        validators = validators_to_send(task.kept, now=so_far.at)
        fetched = self._desk.get(
            task.url, limits=limits, validators=validators, may_follow=may_follow
        )
        return fetched, refused[-1] if refused else None

    def _judged(
        self, so_far: Answer, fetched: Fetched, *, refused: Answer | None
    ) -> Answer | Aside:
        desk, task = self._desk, so_far.task
        now = desk.clock()
        off = clock_off(fetched.headers, now=now)
        desk.clocks.note(host_of(task.url), off)
        so_far = replace(
            refused or so_far,
            status=fetched.status,
            seconds=fetched.seconds,
            size=len(fetched.body),
            clock_off=off,
        )
        if refused:
            return so_far
        reading = self._settled(so_far, fetched)
        if fetched.reason or reading.change == "failed":
            return replace(
                so_far,
                reason=fetched.reason or _status_word(fetched.status),
                sentence=fetched.sentence if fetched.reason else reading.reason,
                soft=is_soft(status=fetched.status, reason=fetched.reason),
                wait=retry_after(fetched.headers.get("retry-after", ""), now=now),
            )
        if reading.change == "unchanged":
            return replace(so_far, outcome="unchanged", kept=reading.kept)
        aside = Aside(task=task, fetched=fetched, kept=reading.kept, so_far=so_far)
        return aside if is_wrong(off) else self._read(aside)

    def _settled(self, so_far: Answer, fetched: Fetched) -> Reading:
        kept = so_far.task.kept
        return settle(
            kept,
            status=fetched.status,
            headers=fetched.headers,
            body=fetched.body,
            asked=validators_to_send(kept, now=so_far.at) is not None,
            now=so_far.at,
        )

    def _refused(self, so_far: Answer, decision: Decision, *, url: str) -> Answer:
        where = "" if url == so_far.task.url else f"it leads to {url[:200]}: "
        if decision.ground == "forbidden":
            return replace(
                so_far,
                outcome="not-allowed",
                reason="robots",
                sentence=where + decision.sentence,
            )
        wait = self._desk.book.until(url) - so_far.at
        return replace(
            so_far,
            reason=f"robots-{decision.ground}",
            sentence=where + decision.sentence,
            wait=max(wait, timedelta(0)),
        )


def told(answer: Answer) -> str:
    """Say in words what came of it, beside the entries: a failure, and a clock that is off."""
    parts = (answer.sentence, difference(answer.clock_off))
    return "; ".join(part for part in parts if part)


def _contained(step: Callable[[], Came], so_far: Answer) -> Came | Answer:
    """What a step comes to; whatever one site makes it raise stays the failure of that site."""
    try:
        return step()
    except OutcomesError:
        raise  # this machine starts no process, or its disk is full
    except Exception as error:
        sentence = f"asking it failed in a way that nobody foresaw ({type(error).__name__})"
        return replace(so_far, reason="unforeseen", sentence=sentence)


def _status_word(status: int) -> str:
    return "not-asked" if status == 304 else f"status-{status}"
