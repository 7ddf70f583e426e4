"""A reader whose poll was killed ends without a word: cron would send it by mail."""

import subprocess
import sys

PROGRAM = """
from multiprocessing import Pipe
from outcomes.media.feed_worker import serve
ours, theirs = Pipe()
ours.close()
serve(theirs, 500, 0)
"""


def test_a_reader_that_nobody_waits_for_ends_without_a_word():
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
