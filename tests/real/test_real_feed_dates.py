"""Entries and dates of real feeds: as many as feedparser finds, and every difference explained."""

import io
import tarfile
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from outcomes.errors import DataError
from outcomes.media.feeds import Entry, parse_feed
from outcomes.media.sightings import feed_sighting
from outcomes.pipeline.article_keeping import keep_sightings
from outcomes.store import Source, begin_import, open_store

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FEEDS.exists(), reason="the folder of reference data is absent"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # feedparser's own
]
SEEN = datetime(2026, 11, 22, tzinfo=UTC)
SLOW = {"attr_flood", "deep_nest_100k"}  # built to exhaust a reader: see test_real_feed_readers

# Where our date is not feedparser's: what the feed wrote, and our answer. In each case feedparser
# gives none: it does not look at the day on which an entry was made, nor read GMT+9.
EXPLAINED = {
    ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21+00:00"),
    ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55+00:00"),
    ("Thu,28 Jul 2022 4:35:5 GMT+9", "2022-07-27T19:35:05+00:00"),
}


def packed(name: str) -> Iterator[bytes]:
    with tarfile.open(FEEDS / name) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name.endswith(".xml") else None
            if content is not None:
                yield content.read()


def corpus(name: str) -> Iterator[bytes]:
    if name.endswith(".tar.gz"):
        yield from packed(name)
        return
    for path in sorted((FEEDS / name).rglob("*")):
        if path.is_file() and path.name not in SLOW and path.suffix != ".txt":
            yield path.read_bytes()


def theirs(found: Any) -> str:
    """The date that feedparser gives, in our way of writing."""
    moment = dict.get(found, "published_parsed") or dict.get(found, "updated_parsed")
    return datetime.fromtimestamp(timegm(moment), UTC).isoformat() if moment else ""


def as_moment(entry: Entry) -> str:
    day_only = len(entry.published) == 10  # feedparser makes it midnight
    return entry.published + "T00:00:00+00:00" if day_only else entry.published


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("feedparser/feedparser_tests.tar.gz", 1200),
        ("fastfeedparser/tests.tar.gz", 150),
        ("rss_fetcher", 200),
        ("miniflux", 100),
        ("reader", 5),
        ("faults", 150),
    ],
)
def test_entries_are_those_of_feedparser_and_every_other_date_is_explained(name: str, least: int):
    compared = 0
    for content in corpus(name):
        try:
            ours = parse_feed(content, contained=True, seen=SEEN)
        except DataError:
            ours = []
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            continue  # feedparser 6 reads no JSON
        stream = io.BytesIO(content)
        entries = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False).entries
        assert len(ours) == len(entries)
        for entry, found in zip(ours, entries, strict=True):
            compared += 1
            if as_moment(entry) != theirs(found):
                assert (entry.published_raw, entry.published) in EXPLAINED
                assert theirs(found) == ""
    assert compared >= least


@pytest.mark.parametrize(
    ("path", "articles"),
    [("faults/dup_guid", 10), ("faults/no_guid_no_link", 10), ("faults/ok10", 10)],
)
def test_no_article_of_a_faulty_feed_is_lost_and_none_comes_twice(
    path: str, articles: int, tmp_path: Path
):
    engine = open_store(f"sqlite:///{tmp_path / 'study.db'}")
    entries = parse_feed((FEEDS / path).read_bytes(), seen=SEEN)
    document = [feed_sighting(entry, outlet="Courier") for entry in entries]
    fates = []
    for _ in range(2):
        with engine.begin() as connection:
            number = begin_import(connection, Source(step="poll", read=len(document)), now=SEEN)
            kept = keep_sightings(
                connection, document, now=SEEN, import_id=number, on_change="version"
            )
        fates.append([each.fate for each in kept])
    engine.dispose()
    assert fates == [["stored"] * articles, ["duplicate"] * articles]
