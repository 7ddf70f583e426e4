"""A poll that is killed, at whatever moment, loses nothing and stores nothing twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from outcomes.media.feed_worker import FeedReaders
from outcomes.pipeline.polling import poll
from outcomes.store.engine import reading
from outcomes.store.news_tables import ARTICLE_NAMES, FEEDS, POLLS, ROBOTS
from outcomes.store.schema import ARTICLES, IMPORTS
from outcomes.study import Study
from polled_feeds import Outlets, answer, item, listed, means, outlets, rss

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
PROCESS = Path(__file__).with_name("polling_process.py")
BY_CHANCE = {"id", "import_id", "seconds"}  # which of them came first, and how fast
STORED = (ARTICLES, ARTICLE_NAMES, POLLS, FEEDS, ROBOTS, IMPORTS)


@pytest.fixture(scope="module")
def readers() -> Iterator[FeedReaders]:
    with FeedReaders(processes=1) as found:
        yield found


@pytest.fixture(scope="module")
def server() -> Iterator[Outlets]:
    with outlets() as found:
        found.puts("one", to=answer(rss(*map(item, range(3)))))
        found.puts("two", to=answer(rss(*map(item, range(2, 6)))))
        found.puts("three", to=answer(b"<html>Just a moment</html>"))
        yield found


def content(study: Study) -> list[set[str]]:
    with reading(study.store) as connection:
        return [
            {
                str({name: cell for name, cell in row.items() if name not in BY_CHANCE})
                for row in connection.execute(select(table)).mappings()
            }
            for table in STORED
        ]


def copy(folder: Path, server: Outlets) -> Study:
    folder.mkdir()
    text = (folder.parent / "study" / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return listed(folder, [server.url(name) for name in ("one", "two", "three")])


def run(study: Study, moment: str, number: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(PROCESS), str(study.root), moment, str(number)],
        capture_output=True, text=True, check=False, timeout=120,
        env=os.environ | {"PYTHONPATH": str(PROCESS.parents[1])},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("before articles", 1),
        ("after articles", 2),
        ("before commit", 2),
        ("after commit", 2),
        ("before commit", 3),
    ],
)
def test_the_next_poll_makes_the_store_what_it_would_have_been(
    study_folder, tmp_path, server, readers, moment, number
):
    killed, undisturbed = copy(tmp_path / "killed", server), copy(tmp_path / "whole", server)
    ended = run(killed, moment, number)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    already: list[Any] = list(content(killed)[STORED.index(POLLS)])
    assert len(already) == (number if moment == "after commit" else number - 1)
    one_by_one = replace(means(readers=readers), at_once=1)  # so that the order is the same
    done = poll(killed, means=one_by_one)
    assert len(done.accounts) == 3 - len(already)
    poll(undisturbed, means=one_by_one)
    assert content(killed) == content(undisturbed)
    assert len(content(killed)[0]) == 6
