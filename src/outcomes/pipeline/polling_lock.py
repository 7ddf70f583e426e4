"""One poll at a time: a second one is told since when the first is running."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from outcomes.errors import FileError, OutcomesError
from outcomes.study import Study

_LOCKED = 4096  # the byte that Windows locks; it lies behind the text, which stays readable


@contextmanager
def only_poll(study: Study, *, now: datetime, what: str = "poll") -> Iterator[None]:
    """Hold the lock of polls; the system lets go of it even where this process is killed.

    Args:
        study: The study.
        now: The present moment, which the next one is told.
        what: What is to run only once at a time; "poll" or "fetch".

    Raises:
        OutcomesError: Another poll of this study is running.
        FileError: The lock cannot be written.
    """
    path = study.root / "data" / f"{what}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii", errors="replace")
    except OSError as error:
        problem = f"it cannot be written ({error.strerror})"
        raise FileError(path, "", problem, "Make that folder writable for you") from None
    with file:
        if not _taken(file):
            file.seek(0)
            since = file.read(40).strip() or "a moment ago"
            raise OutcomesError(
                f"another {what} is running since {since}. Wait until it has ended, or stop that "
                "one"
            )
        file.truncate(0)
        file.write(f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _taken(file: TextIO) -> bool:
    """Whether the lock could be taken; it is held until the file is closed."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file.fileno(), _LOCKED, os.SEEK_SET)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
