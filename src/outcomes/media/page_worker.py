"""A process of its own that reads pages of strangers, and is stopped when one takes too long."""

import faulthandler
import json
import os
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from threading import Timer
from time import monotonic
from types import TracebackType
from typing import IO, Any, Self

from outcomes.media.extraction import Page, extract_page, unread_page
from outcomes.media.page_dates import Reading
from outcomes.media.page_markup import LARGEST

DEADLINE = 10.0  # seconds a page; real ones take about a thirtieth of a second
MEMORY = 700_000_000  # bytes of address space, of which the largest pages take half
_LENGTH = struct.Struct("<I")
_COMMAND = (sys.executable, "-P", "-m", "outcomes.media.page_worker")  # -P: nothing from the folder


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """One page as it was received, and what is known of it beside its content."""

    content: bytes
    url: str = ""
    charset: str = ""
    reading: Reading


class PageWorker:
    """Reads one page after the other in a process that is kept, and replaced when it is lost.

    Use it in a ``with`` statement. Nothing that a page does ends it: a page that takes longer
    than the deadline, or more memory than is allowed, gives a result flagged as unreadable.
    """

    def __init__(self, *, deadline: float = DEADLINE, command: tuple[str, ...] = _COMMAND) -> None:
        self._deadline, self._command = deadline, command
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, file: PageFile) -> Page:
        """Find the article in a page: see ``extract_page``."""
        process, began = self._started(), monotonic()
        late = Timer(self._deadline, process.kill)
        late.start()
        try:
            answer = _ask(process, file, deadline=self._deadline)
        finally:
            late.cancel()
        if answer is not None:
            return _page_of(answer)
        self.close()
        reason = (
            f"reading it took longer than {self._deadline:g} seconds"
            if monotonic() - began >= self._deadline
            else "reading it took more memory than is allowed, or ended the reading program"
        )
        return unread_page(file.url, reason=reason)

    def close(self) -> None:
        """End the process, if it runs."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process


def _ask(
    process: subprocess.Popen[bytes], file: PageFile, *, deadline: float
) -> dict[str, Any] | None:
    """Send a page and wait for the answer; none where the process ended first."""
    reading = file.reading
    head = {
        "url": file.url,
        "charset": file.charset,
        "seen": reading.seen.isoformat(),
        "zone": reading.zone,
        "order": reading.order,
        "first": reading.first.isoformat(),
        "deadline": deadline,
    }
    if process.stdin is None or process.stdout is None:
        return None
    try:
        _write(process.stdin, json.dumps(head).encode())
        _write(process.stdin, file.content[: 2 * LARGEST])
        answer = _read(process.stdout)
    except OSError:
        return None
    return json.loads(answer) if answer is not None else None


def _page_of(answer: dict[str, Any]) -> Page:
    return Page(**{**answer, "flags": tuple(answer["flags"]), "reasons": tuple(answer["reasons"])})


def _write(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(_LENGTH.pack(len(content)) + content)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    content = pipe.read(length)
    return content if len(content) == length else None


def serve_pages() -> None:
    """Answer pages on standard input until it ends: what runs in the process."""
    _limit_memory()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between the answers
    while (head := _read(sys.stdin.buffer)) is not None:
        content = _read(sys.stdin.buffer)
        if content is None:
            return
        asked = json.loads(head)
        # a watchdog for when the process that asked was killed itself and can stop nothing more
        faulthandler.dump_traceback_later(2 * asked["deadline"] + 1, exit=True)
        answer = _answer(asked, content)
        faulthandler.cancel_dump_traceback_later()
        _write(answers, json.dumps(asdict(answer)).encode())


def _answer(head: dict[str, Any], content: bytes) -> Page:
    reading = Reading(
        seen=datetime.fromisoformat(head["seen"]),
        zone=head["zone"],
        order=head["order"],
        first=date.fromisoformat(head["first"]),
    )
    try:
        return extract_page(content, reading=reading, url=head["url"], charset=head["charset"])
    except MemoryError:
        return unread_page(head["url"], reason="reading it takes more memory than is allowed")
    except Exception as error:  # one page must not end the reading of the others
        return unread_page(
            head["url"], reason=f"the reading program fails on it ({type(error).__name__})"
        )


def _limit_memory() -> None:
    if sys.platform == "win32":
        return  # there is no such limit there; the deadline holds
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    allowed = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    with suppress(ValueError, OSError):  # macOS refuses this limit; the deadline holds
        resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


if __name__ == "__main__":
    serve_pages()
