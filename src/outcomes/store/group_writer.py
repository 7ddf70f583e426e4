"""The one writer of submissions: what waits is committed at once, and only then acknowledged."""

import asyncio
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import OperationalError

from outcomes.store.engine import pragma
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.store.submissions import (
    FINISHING,
    WITHDRAWN,
    NotSaved,
    Submission,
    Verdict,
    as_rows,
)

MOST = 256  # submissions in one transaction
LINGER = 0.03  # seconds in which more may join, while submissions come one upon the other
LINGER_EACH = 0.002  # of it, for each one of the transaction before: who sends alone is not held up
PATIENCE = 3000  # milliseconds to wait for another program that holds the store
ONCE = ("start", *FINISHING)

_REASONS = {
    "SQLITE_FULL": ("the disk is full", "Make room on it"),
    "SQLITE_READONLY": ("the store may not be written to", "Make data/study.db writable"),
    "SQLITE_BUSY": ("another program holds the store", "Close it, or wait a minute"),
    "SQLITE_LOCKED": ("another program holds the store", "Close it, or wait a minute"),
    "SQLITE_CANTOPEN": ("the store cannot be opened", "Check that data/study.db is there"),
    "SQLITE_IOERR": ("the disk cannot be written", "Check the disk"),
}


Outcome = Verdict | NotSaved


class _Waiting(NamedTuple):
    submission: Submission
    reply: "Future[Verdict] | asyncio.Future[Verdict]"
    loop: asyncio.AbstractEventLoop | None = None  # in which the reply is awaited


def nothing(_moment: str) -> None:
    """Do nothing at a moment at which a test may break something."""


class GroupWriter:
    """Stores submissions from any thread, many in one transaction, each acknowledged or refused.

    A submission is acknowledged when its transaction is committed and synced to the disk, never
    before. One that cannot be stored does not take others of its transaction down with it.

    Source:
        Issue 4, 6; OpenRosa (a server may say 201 only for what it keeps).
    """

    def __init__(self, engine: Engine, *, at: Callable[[str], None] = nothing) -> None:
        self._engine, self._at = engine, at
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._thread: threading.Thread | None = None
        self._door = threading.Lock()  # so that nothing enters behind the last of the queue

    def start(self) -> None:
        """Start the writer's thread, if it does not run."""
        with self._door:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="submissions", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Store what waits, then end the thread and let go of the store."""
        with self._door:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._waiting.put(None)
        if thread is not None:
            thread.join()

    def submit(self, submission: Submission) -> "Future[Verdict]":
        """Hand in a submission.

        Returns:
            What will hold, once it is on the disk: "new", it is stored now; "same", it was stored
            before; "different", other content stands under its name (it is not stored);
            "finished", a page of a form that was sent already (it is not stored); "withdrawn", the
            respondent took the form back (it is not stored). Or it will raise ``NotSaved``.
        """
        reply: Future[Verdict] = Future()
        self._take(_Waiting(submission, reply))
        return reply

    async def stored(self, submission: Submission) -> Verdict:
        """Hand in a submission and wait, in a coroutine, for what ``submit`` would tell.

        Raises:
            NotSaved: The store could not keep it.
        """
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Verdict] = loop.create_future()
        self._take(_Waiting(submission, reply, loop))
        return await reply

    def _take(self, one: _Waiting) -> None:
        with self._door:
            if self._thread is not None:
                self._waiting.put(one)
                return
        one.reply.set_exception(NotSaved(_sentence("the server is closing", "Start it again")))

    def _run(self) -> None:
        written, linger = 0.0, 0.0
        while (first := self._waiting.get()) is not None:
            if time.monotonic() < written + LINGER:  # a transaction each would take them all longer
                time.sleep(linger)
            batch, last = self._batch(first)
            self._write(batch)
            written, linger = time.monotonic(), min(LINGER, LINGER_EACH * len(batch))
            if last:
                break
        self._let_go()

    def _batch(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        batch = [first]
        with suppress(queue.Empty):
            while len(batch) < MOST:
                more = self._waiting.get_nowait()
                if more is None:
                    return batch, True
                batch.append(more)
        return batch, False

    def _write(self, batch: list[_Waiting]) -> None:
        # from here on nobody can cancel; what was cancelled is stored all the same, for it was sent
        for one in batch:
            if isinstance(one.reply, Future):
                one.reply.set_running_or_notify_cancel()
        outcomes = self._verdicts([one.submission for one in batch])
        awaited = defaultdict(list)
        for one, outcome in zip(batch, outcomes, strict=True):
            if one.loop is None:
                _tell([(one.reply, outcome)])
            else:
                awaited[one.loop].append((one.reply, outcome))
        for loop, replies in awaited.items():
            with suppress(RuntimeError):  # it was closed: nobody is left to be told
                loop.call_soon_threadsafe(_tell, replies)

    def _verdicts(self, submissions: list[Submission]) -> Sequence[Outcome]:
        try:
            return self._commit(submissions)
        except OperationalError as error:  # the store as a whole: no use in trying them singly
            if not _code(error).startswith("SQLITE_BUSY"):
                self._let_go()
            refusal = NotSaved(_told(error))
            return [refusal] * len(submissions)
        except Exception as error:  # one broken submission must not stop the writer
            self._let_go()
            if len(submissions) == 1:
                return [NotSaved(_told(error))]
            return [verdict for one in submissions for verdict in self._verdicts([one])]

    def _commit(self, submissions: list[Submission]) -> list[Verdict]:
        self._at("before begin")
        connection = self._connected()
        with connection.begin():
            verdicts, fresh = judge(_known(connection, submissions), submissions)
            if fresh:
                # with RETURNING, many rows travel in one statement: the sync, not the rows, is slow
                rows = as_rows(fresh)
                connection.execute(insert(SUBMISSIONS).returning(SUBMISSIONS.c.id), rows)
            self._at("after insert")
        self._at("after commit")
        return verdicts

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            pragma(self._connection, f"busy_timeout={PATIENCE}")
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it is broken already; the next one is opened anew
                connection.close()


def _tell(
    replies: "Sequence[tuple[Future[Verdict] | asyncio.Future[Verdict], Outcome]]",
) -> None:
    for reply, outcome in replies:
        if reply.cancelled():
            continue
        if isinstance(outcome, NotSaved):
            reply.set_exception(outcome)
        else:
            reply.set_result(outcome)


Known = dict[tuple[str, str], tuple[int, str]]


def _known(connection: Connection, submissions: Sequence[Submission]) -> Known:
    """Read, for the forms of a batch, the newest version of each part that matters to it."""
    columns = SUBMISSIONS.c
    query = (
        select(columns.instance, columns.part, columns.version, columns.digest)
        .where(
            columns.instance.in_({one.instance for one in submissions}),
            columns.part.in_({*(one.part for one in submissions), *FINISHING, WITHDRAWN}),
        )
        .order_by(columns.version)
    )
    return {
        (instance, part): (version, digest)
        for instance, part, version, digest in connection.execute(query)
    }


def judge(
    known: Known, submissions: Sequence[Submission]
) -> tuple[list[Verdict], list[tuple[Submission, int]]]:
    """Say what becomes of each submission, in turn, and which are to be stored, as which version.

    Args:
        known: Version and digest of the newest version by (instance, part); grows with each
            submission, so that the second of two in one batch is held against the first.
        submissions: In the order of arrival.
    """
    verdicts: list[Verdict] = []
    fresh = []
    for one in submissions:
        verdict = _verdict(known, one)
        if verdict == "new":
            version = known.get((one.instance, one.part), (0, ""))[0] + 1
            known[one.instance, one.part] = (version, one.digest)
            fresh.append((one, version))
        verdicts.append(verdict)
    return verdicts, fresh


def _verdict(known: Known, one: Submission) -> Verdict:
    if (one.instance, WITHDRAWN) in known:
        return "withdrawn"
    version, digest = known.get((one.instance, one.part), (0, ""))
    if version and digest == one.digest:
        return "same"
    if version and one.part in ONCE:
        return "different"
    if _comes_late(known, one):
        return "finished"
    return "new"


def _comes_late(known: Known, one: Submission) -> bool:
    """A page, or the end of pages, after the form was finished: it must not overwrite it."""
    finished = any((one.instance, part) in known for part in FINISHING)
    return finished and (one.part.startswith("page/") or one.part == "end")


def _code(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlite_errorname", ""))


def _told(error: Exception) -> str:
    for code, (problem, mend) in _REASONS.items():
        if _code(error).startswith(code):
            return _sentence(problem, mend)
    if isinstance(error, OperationalError):
        return _sentence("the database does not answer", "Check that it runs")
    return _sentence("they hold something that no store can keep", "Check what was typed")


def _sentence(problem: str, mend: str) -> str:
    return f"the answers were not saved: {problem}. {mend}, keep this page, and send it again"
