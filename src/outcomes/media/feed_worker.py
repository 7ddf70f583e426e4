"""Reading feeds in processes of their own, which are ended where a feed exhausts them."""

import multiprocessing
import os
import re
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from outcomes.errors import DataError, OutcomesError
from outcomes.media.date_gate import Order
from outcomes.media.feeds import Entry, parse_feed

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

_START_SECONDS = 60.0  # a crowded machine starts a process late; that is no fault of a feed
_MEGABYTE = 1024 * 1024
_LARGE = 2_000_000  # bytes; real feeds are smaller
_NICE = 5  # how far the process for such feeds steps back where the processor is wanted
_END = re.compile(rb"</(?:[a-zA-Z]{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)

Failure = Literal["", "not-a-feed", "deadline", "memory", "died", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """How much reading one feed may take."""

    seconds: float = 10.0
    quick_seconds: float = 1.0  # then it is left to a process for feeds that take long
    entries: int = 2000  # the first of a feed; the longest real ones have some hundreds
    megabytes: int = 250  # of a process's own data


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeed:
    """What came of reading a feed; ``reason`` is empty where it was read to its end."""

    entries: tuple[Entry, ...]
    left_out: int  # entries beyond the most that are read
    reason: Failure
    sentence: str  # what went wrong, in words; empty where nothing did


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    content: bytes
    entries: int  # the most that are read
    how: dict[str, Any]  # what else parse_feed is told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worker:
    """One process, and our end of the line to it."""

    process: "SpawnProcess"
    line: Connection

    def end(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class _Lane:
    """Some processes, and the seconds that a feed may take in one of them."""

    def __init__(self, *, processes: int, seconds: float, megabytes: int, nice: int) -> None:
        self._seconds, self._processes = seconds, processes
        self._start = partial(_started, megabytes=megabytes, nice=nice)
        self._idle: SimpleQueue[_Worker | None] = SimpleQueue()  # None: still to be started
        for _ in range(processes):
            self._idle.put(None)

    def read(self, task: _Task) -> ReadFeed:
        worker = self._worker()
        answer: ReadFeed | None = None
        try:
            answer = _ask(worker, task, seconds=self._seconds)
        finally:
            if answer is None or answer.reason in {"deadline", "memory", "died"}:
                worker.end()
                self._idle.put(None)
            else:
                self._idle.put(worker)
        return answer

    def end(self) -> None:
        for _ in range(self._processes):
            worker = self._idle.get()
            if worker is not None:
                worker.end()

    def _worker(self) -> _Worker:
        """The next process that is idle; a new one in the place of one that was ended."""
        idle = self._idle.get()
        if idle is not None and idle.process.is_alive():
            return idle
        if idle is not None:
            idle.end()
        try:
            return self._start()
        except BaseException:
            self._idle.put(None)  # others wait for this place
            raise


class FeedReaders:
    """Some processes that read feeds. A feed that exhausts one ends it, and only it.

    A feed that is very large or is not read within a second is left to a process that is kept
    for such feeds, so that they wait for one another and the others hardly wait for them. To be
    used in a ``with`` statement; may be asked from several threads at once.
    """

    def __init__(self, *, processes: int = 2, limits: ReadingLimits | None = None) -> None:
        if processes < 1:
            raise DataError("feeds are read by at least one process")
        self._limits = limits or ReadingLimits()
        lane = partial(_Lane, megabytes=self._limits.megabytes)
        quick = min(self._limits.quick_seconds, self._limits.seconds)
        self._quick = lane(processes=processes, seconds=quick, nice=0)
        self._patient = lane(processes=1, seconds=self._limits.seconds, nice=_NICE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._quick.end()
        self._patient.end()

    def read(
        self,
        content: bytes,
        *,
        content_type: str = "",
        url: str = "",
        seen: datetime | None = None,
        order: Order = "",
        zone: str = "",
    ) -> ReadFeed:
        """Read the entries of a feed that was fetched before.

        Args:
            content: The feed as it was received.
            content_type: The header of that name, which may tell the encoding.
            url: Where the feed came from, to complete links that are relative.
            seen: When it was fetched, as in ``parse_feed``.
            order: How the outlet writes dates, as in ``parse_feed``.
            zone: The outlet's time zone, as in ``parse_feed``.

        Returns:
            Always a ReadFeed, whatever the feed does to the process that reads it. Entries beyond
            the most that are read are counted in ``left_out``.

        Raises:
            OutcomesError: This machine starts no process, which is no fault of the feed.
        """
        how = {"content_type": content_type, "url": url, "seen": seen, "order": order, "zone": zone}
        task = _Task(content=content, entries=self._limits.entries, how=how)
        answer = None if len(content) > _LARGE else self._quick.read(task)
        if answer is None or answer.reason == "deadline":
            answer = self._patient.read(task)
        return answer


def _started(*, megabytes: int, nice: int) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=serve, args=(theirs, megabytes, nice), daemon=True, name="feed reader"
    )
    process.start()
    theirs.close()
    worker = _Worker(process=process, line=ours)
    try:
        if ours.poll(_START_SECONDS):
            ours.recv()
            return worker
    except (EOFError, OSError):
        pass  # it ended before it began
    worker.end()
    raise OutcomesError(
        "no process could be started to read feeds. Check that this machine has memory to spare"
    )


def _ask(worker: _Worker, task: _Task, *, seconds: float) -> ReadFeed:
    try:
        worker.line.send(task)
        if not worker.line.poll(seconds):
            return _failed("deadline", f"reading the feed took more than {seconds:g} seconds")
        answer = worker.line.recv()
    except (EOFError, OSError):
        return _failed("died", "reading the feed ended the process that read it")
    return answer if isinstance(answer, ReadFeed) else _failed("died", "the reader gave no answer")


def _failed(reason: Failure, sentence: str) -> ReadFeed:
    return ReadFeed(entries=(), left_out=0, reason=reason, sentence=sentence)


def serve(line: Connection, megabytes: int, nice: int) -> None:
    """Read feeds, one after the other, until the line is closed. Runs in a process of its own.

    Args:
        line: Where the feeds come from, and where the answers go.
        megabytes: How much data of its own this process may hold.
        nice: How far it steps back where others want the processor.
    """
    import feedparser  # noqa: F401 (now, not on the time of the first feed)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    _bound_memory(megabytes)
    with suppress(EOFError, ConnectionError):  # who asked has ended, perhaps killed
        line.send("ready")
        while True:
            line.send(_read(line.recv()))


def _bound_memory(megabytes: int) -> None:
    """Let the system refuse more data than that; Windows has no such bound."""
    try:
        import resource
    except ImportError:
        return
    _, hardest = resource.getrlimit(resource.RLIMIT_DATA)
    most = megabytes * _MEGABYTE
    if hardest != resource.RLIM_INFINITY:
        most = min(most, hardest)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hardest))


def _read(task: _Task) -> ReadFeed:
    try:
        content, left_out = first_entries(task.content, most=task.entries)
        found = parse_feed(content, contained=True, **task.how)
    except DataError as error:
        return _failed("not-a-feed", str(error))
    except MemoryError:
        return _failed("memory", "reading the feed took more memory than it may")
    except Exception as error:  # whatever a feed makes the parsers raise
        return _failed("unreadable", f"the feed cannot be read ({type(error).__name__})")
    return ReadFeed(
        entries=tuple(found[: task.entries]),
        left_out=left_out + max(0, len(found) - task.entries),
        reason="",
        sentence="",
    )


def first_entries(content: bytes, *, most: int) -> tuple[bytes, int]:
    """Cut a feed down to its first entries before it is read, and count the others.

    What stands behind the last entry is kept, so that a whole feed stays whole.

    Returns:
        The feed, and how many entries were cut. A feed whose encoding hides its tags is returned
        as it is.
    """
    ends: list[int] = [found.end() for found in _END.finditer(content)]
    if len(ends) <= most:
        return content, 0
    return content[: ends[most - 1]] + content[ends[-1] :], len(ends) - most
