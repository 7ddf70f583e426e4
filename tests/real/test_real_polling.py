"""Real and broken feeds, polled from a server: every entry is accounted for, none comes twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outcomes.media.feed_worker import FeedReaders, ReadingLimits
from outcomes.pipeline.polling import poll
from outcomes.pipeline.polling_words import poll_log
from outcomes.store import read_facts
from polled_feeds import NOW, Outlets, answer, listed, means, outlets

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FEEDS.exists(), reason="the folder of reference data is absent"),
]


def files() -> list[Path]:
    found = [
        path
        for name in ("faults", "miniflux", "reader", "rss_fetcher")
        for path in sorted((FEEDS / name).rglob("*"))
    ]
    return [
        path for path in found if path.is_file() and path.suffix not in {".txt", ".html", ".md"}
    ]


@pytest.fixture(scope="module")
def readers() -> Iterator[FeedReaders]:
    with FeedReaders(processes=2, limits=ReadingLimits(seconds=2, quick_seconds=1)) as found:
        yield found


@pytest.fixture
def server() -> Iterator[Outlets]:
    with outlets() as found:
        yield found


def test_real_feeds_are_accounted_for_to_the_last_entry_and_stored_once(
    study_folder, server, readers
):
    contents = {f"f{n}": path.read_bytes() for n, path in enumerate(files())}
    urls = [server.puts(name, to=answer(content)) for name, content in contents.items()]
    study = listed(study_folder, urls)
    first = poll(study, means=means(readers=readers))
    good = {each.feed for each in first.accounts if each.outcome == "new"}
    assert len(first.accounts) == len(urls) > 60
    assert len(good) > 40
    stored = read_facts(study.store, "articles")
    assert len(stored) == sum(each.stored for each in first.accounts) > 500
    assert stored["url"].is_unique
    for name, content in contents.items():
        server.puts(name, to=answer(content + b"\n"))  # changed, but with nothing new in it
    second = poll(study, means=means(NOW + timedelta(hours=2), readers=readers))
    again = {each.feed: each for each in second.accounts if each.outcome == "new"}
    assert len(again.keys() & good) > 40
    assert {url: (each.stored, each.edited) for url, each in again.items() if url in good} == {
        url: (0, 0) for url in again if url in good
    }
    log = poll_log(study, last=1000)
    skipped = log["skipped"].map(lambda found: sum(found.values()))
    assert (log["entries"] == log["stored"] + log["duplicate"] + skipped).all()
