"""Hostile servers: each is cut at its deadline, and none delays the others or fills the memory."""

import gzip
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outcomes.media.feed_worker import FeedReaders, ReadingLimits
from outcomes.pipeline.polling import poll
from outcomes.pipeline.polling_words import poll_log
from outcomes.store import read_facts
from polled_feeds import (
    NOW,
    Outlets,
    Serve,
    answer,
    drips,
    item,
    listed,
    means,
    outlets,
    rss,
)

PROCESS = Path(__file__).with_name("polling_process.py")
DEADLINE = 1.5  # seconds; the fetch of each feed
FEED = rss(*map(item, range(3)))
OPEN = b"HTTP/1.1 200 OK\r\n\r\n"
BOMB = gzip.compress(bytes(80_000_000), 9)
DEEP = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10 if n else "ha"}">' for n in range(9))


def silent(line: socket.socket, asked: str) -> None:
    time.sleep(DEADLINE + 0.5)


def reset(line: socket.socket, asked: str) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def endless(line: socket.socket, asked: str) -> None:
    line.sendall(OPEN)
    while True:
        line.sendall(b"<item>" * 10_000)


FAULTS: dict[str, tuple[Serve | bytes, str]] = {
    "slow-headers": (drips(answer(FEED)), "deadline"),
    "slow-body": (drips(OPEN + FEED), "deadline"),
    "silent": (silent, "deadline"),
    "endless": (endless, "too-large"),
    "gzip-bomb": (answer(BOMB, "Content-Encoding: gzip"), "too-large"),
    "two-bombs": (answer(gzip.compress(BOMB), "Content-Encoding: gzip, gzip"), "too-large"),
    "zip-file": (answer(b"PK\x03\x04" + bytes(50_000)), "not-a-feed"),
    "reset": (reset, "short"),
    "short": (answer(FEED, length=len(FEED) + 500), "short"),
    "no-http": (b"\x16\x03\x01 this is no HTTP\r\n\r\n", "broken"),
    "circle": (answer(b"", "Location: /feed", status="302 Found"), "redirects"),
    "gone": (answer(b"", status="410 Gone"), "status-410"),
    "challenge": (answer(b"<html>Just a moment</html>"), "not-a-feed"),
    "nothing": (answer(b""), "not-a-feed"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Outlets]:
    with outlets() as found:
        for name, (serve, _) in FAULTS.items():
            found.puts(name, to=serve)
        for name in ("first", "last"):
            found.puts(name, to=answer(FEED))
        yield found


@pytest.fixture(scope="module")
def readers() -> Iterator[FeedReaders]:
    with FeedReaders(processes=1, limits=ReadingLimits(seconds=1.5, quick_seconds=0.4)) as found:
        yield found


def test_every_fault_is_told_by_its_name_and_good_feeds_do_not_wait(study_folder, server, readers):
    names = ["first", *FAULTS, "last"]
    study = listed(study_folder, [server.url(name) for name in names])
    start, stored = time.monotonic(), {}

    def say(line: str) -> None:
        if "3 entries" in line:
            stored[line.split(",", maxsplit=1)[0]] = time.monotonic() - start

    done = poll(study, means=means(readers=readers, seconds=DEADLINE), say=say)
    found = {each.feed: each.reason for each in done.accounts}
    expected = {name: reason for name, (_, reason) in FAULTS.items()}
    assert found == {server.url(name): expected.get(name, "") for name in names}
    log = poll_log(study)
    assert log["seconds"].max() < DEADLINE + 1
    assert len(stored) == 2
    slowest = log.loc[log["reason"] == "deadline", "seconds"].min()
    assert slowest > DEADLINE - 0.1
    assert all(each.outcome == "failed" for each in done.accounts if each.reason)
    assert (log["status"] >= 0).all()


def test_a_feed_that_exhausts_its_reader_is_cut_and_the_next_is_read(study_folder, server, readers):
    flood = "<item " + " ".join(f'a{n}="1"' for n in range(40_000)) + "/>"
    some = "<item " + " ".join(f'a{n}="1"' for n in range(16_000)) + "/>"
    urls = [
        server.puts("flood", to=answer(rss(flood, item(1)))),
        server.puts("attributes", to=answer(rss(item(2), some, item(3)))),
        server.puts("good", to=answer(FEED)),
    ]
    study = listed(study_folder, urls)
    done = {each.feed: each for each in poll(study, means=means(readers=readers)).accounts}
    assert done[urls[0]].reason == "deadline"
    assert done[urls[1]].reason in {"", "deadline"}  # as fast as this machine is
    assert done[urls[2]].stored == 3


def test_entities_and_a_wrong_charset_cost_no_article(study_folder, server, readers):
    entities = rss(item(1), before=f"<!DOCTYPE r [{DEEP}]>")
    spanish = rss(item(2, title="La policía caminó por Peñasco otra vez"))
    urls = [
        server.puts("entities", to=answer(entities)),
        server.puts("charset", to=answer(spanish, "Content-Type: text/xml; charset=us-ascii")),
    ]
    study = listed(study_folder, urls)
    poll(study, means=means(readers=readers))
    titles = set(read_facts(study.store, "articles")["title"])
    assert titles == {"Story 1 of the walks in Eastbank", "La policía caminó por Peñasco otra vez"}


def test_a_feed_larger_than_usual_is_read_and_next_time_at_once(study_folder, server):
    padding = "<!-- " + "walks " * 250_000 + "-->"
    url = server.puts("large", to=answer(rss(item(1), padding)))
    study = listed(study_folder, [url])
    with FeedReaders(processes=1) as patient:
        assert poll(study, means=means(readers=patient)).accounts[0].stored == 1
        assert server.count("large") == 2
        server.puts("large", to=answer(rss(item(1), item(2), padding)))
        later = means(NOW + timedelta(hours=2), readers=patient)
        assert poll(study, means=later).accounts[0].stored == 1
    assert server.count("large") == 3


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is told in other ways")
def test_bombs_together_do_not_fill_the_memory(study_folder):
    large = rss(item(1), "<!-- " + "walks " * 1_600_000 + "-->")
    with outlets() as server:
        urls = [
            server.puts(f"bomb{n}", to=answer(BOMB, "Content-Encoding: gzip")) for n in range(8)
        ]
        urls += [server.puts(f"large{n}", to=answer(large)) for n in range(4)]
        urls += [server.puts(f"endless{n}", to=endless) for n in range(2)]
        listed(study_folder, urls)
        ended = subprocess.run(
            [sys.executable, str(PROCESS), str(study_folder), "none", "0"],
            capture_output=True, text=True, check=False, timeout=120,
            env=os.environ | {"PYTHONPATH": str(PROCESS.parents[1])},
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) < 300  # MB
