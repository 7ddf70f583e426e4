"""The commands that poll feeds: what they print, how they end."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli

FEED = b"""<rss version='2.0'><channel><item><title>A walk in Eastbank</title>
<link>https://x.example/walk</link></item></channel></rss>"""


class Outlet(BaseHTTPRequestHandler):
    """Has one feed, and no robots.txt."""

    def do_GET(self) -> None:
        found = self.path == "/feed"
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(FEED if found else b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outlet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def polled(study_folder: Path, address: str):
    def put(path: str = "/feed") -> Path:
        text = (study_folder / "study.toml").read_text().split("[news]")[0]
        lines = [
            text,
            '[news]\ncontact = "desk@marlow.example"\nallow_private = true',
            f'[[outlets]]\nname = "The Voice"\nscope = "local"\n[[outlets.feeds]]\n'
            f'url = "{address}{path}"',
        ]
        (study_folder / "study.toml").write_text("\n".join(lines) + "\n")
        return study_folder

    return put


def media(*words: str, study: Path):
    return CliRunner().invoke(cli, ["media", *words, "--study", str(study)])


def test_a_poll_says_one_line_a_feed_and_a_summary(polled, tmp_path):
    study = polled()
    first = media("poll", "--dry-run", study=study)
    assert "would be asked now" in first.output
    result = media("poll", study=study)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("The Voice, http://127.0.0.1:")
    assert lines[0].endswith("1 entries: 1 new, 0 edited, 0 known before; 1 without a date.")
    assert lines[1].startswith("1 feeds asked: 1 changed, 0 unchanged, 0 failed, 0 not allowed")
    again = media("poll", "--once", study=study)
    assert (again.exit_code, again.output) == (0, "No feed is due (1 are due later).\n")
    log = media("polls", "--outlet", "The Voice", study=study)
    assert "1 entries: 1 new" in log.output
    media("polls", "--out", str(tmp_path / "polls.csv"), study=study)
    assert pd.read_csv(tmp_path / "polls.csv")["entries"].tolist() == [1]


def test_the_exit_code_is_1_where_no_feed_could_be_read(polled):
    result = media("poll", study=polled("/gone"))
    assert result.exit_code == 1
    assert "not read: the server answered 404." in result.output
    assert "Traceback" not in result.output


def test_the_log_of_no_polls_says_how_to_poll(study_folder):
    result = media("polls", study=study_folder)
    assert result.output == "No feed was polled yet. Poll with: outcomes media poll\n"


def test_going_on_and_once_exclude_one_another(polled):
    result = media("poll", "--every", "5", "--once", study=polled())
    assert result.exit_code == 1
    assert "leave out --once and --dry-run" in str(result.exception)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_a_poll_that_goes_on_ends_in_order_when_it_is_told_to(polled):
    study = polled()
    command = [
        sys.executable, "-u", "-c", "from outcomes.cli.main import main; main()",
        "media", "poll", "--every", "60", "--study", str(study),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as going:
        stdout, stderr = going.stdout, going.stderr
        if stdout is None or stderr is None:
            raise AssertionError
        assert "1 new" in stdout.readline()
        assert "feeds asked" in stdout.readline()
        stdout.readline()
        busy = media("poll", study=study)
        assert "another poll is running since" in str(busy.exception)
        going.send_signal(signal.SIGTERM)
        assert going.wait(60) == 0
        assert "Stopping" in stderr.read()
    assert media("poll", study=study).output == "No feed is due (1 are due later).\n"
