"""A poll in a process of its own: one that kills itself, hard, or one that tells its memory.

Its arguments are the study folder, a moment of the store (or "none"), and at which feed that is.
"""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from outcomes.media.feed_worker import FeedReaders, ReadingLimits
from outcomes.pipeline.polling import poll
from outcomes.study import open_study
from polled_feeds import means


def main() -> None:
    folder, moment, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    left = [number]

    def at(what: str) -> None:
        if what == moment:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    limits = ReadingLimits(seconds=1, quick_seconds=0.5)
    with FeedReaders(processes=1, limits=limits) as readers:
        by = means(readers=readers, seconds=1.5)
        at_once = 48 if moment == "none" else 1
        poll(open_study(Path(folder)), means=replace(by, at=at, at_once=at_once))
    # not what getrusage tells: that counts the process that started this one, too
    status = Path("/proc/self/status").read_text(encoding="ascii")
    sys.stdout.write(str(int(status.partition("VmHWM:")[2].split()[0]) // 1024))


if __name__ == "__main__":
    main()
