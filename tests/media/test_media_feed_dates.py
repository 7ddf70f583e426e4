"""The dates of a feed's entries: read strictly from what the feed wrote, or left unknown."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.media import media
from outcomes.media.feed_worker import FeedReaders
from outcomes.media.feeds import Entry, parse_feed, read_feed

SEEN = datetime(2026, 7, 1, 12, tzinfo=UTC)
ITEM = "<item><title>A walk</title><link>https://x.example/1</link>{}</item>"


def rss(fields: str) -> bytes:
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    return f"<rss version='2.0' {spaces}><channel>{ITEM.format(fields)}</channel></rss>".encode()


def entry(fields: str, **how: str) -> Entry:
    (found,) = parse_feed(rss(fields), seen=SEEN, **how)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("raw", "published"),
    [
        ("Tue, 30 Jun 2026 15:07:41 GMT", "2026-06-30T15:07:41+00:00"),
        ("2026/6/29 15:07:41", "2026-06-29T15:07:41+00:00"),  # feedparser: 1 November
        ("1782832061", "2026-06-30T15:07:41+00:00"),
        ("Tue, 30 Jun 2026 07:07:41 AKDT", "2026-06-30T15:07:41+00:00"),  # feedparser: 07:07 UTC
        ("Tue,30 Jun 2026 4:35:5 GMT+9", "2026-06-29T19:35:05+00:00"),  # feedparser: unknown
        ("2026-06-30", "2026-06-30"),
    ],
)
def test_a_date_is_read_from_what_the_feed_wrote(raw: str, published: str):
    found = entry(f"<pubDate>{raw}</pubDate>")
    assert (found.published, found.published_raw) == (published, raw)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("0000-00-00 00:00:00", "no calendar has"),
        ("Tue, 03 Aug 2027 10:00:00 GMT", "lies ahead"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "before 1990"),
        ("3 hours ago", "depends on when it is read"),
        ("05/06/2026", "may be two days"),
        ("soon", "does not tell a day"),
    ],
)
def test_what_tells_no_day_is_left_unknown_with_the_reason(raw: str, why: str):
    found = entry(f"<pubDate>{raw}</pubDate>")
    assert (found.published, found.published_raw) == ("", raw)
    assert why in found.published_note


def test_an_entry_without_a_date_says_so():
    found = entry("")
    assert (found.published, found.published_raw) == ("", "")
    assert found.published_note == "no date is given"


def test_the_order_of_an_outlet_tells_which_number_is_the_month():
    raw = "<pubDate>05/06/2026</pubDate>"
    assert entry(raw, order="MDY").published == "2026-05-06"
    assert entry(raw, order="DMY").published == "2026-06-05"


def test_a_moment_is_given_in_the_zone_of_the_outlet_and_read_in_it_where_it_has_none():
    zone = "America/Chicago"
    stated = entry("<pubDate>Tue, 30 Jun 2026 02:00:00 GMT</pubDate>", zone=zone)
    assert stated.published == "2026-06-29T21:00:00-05:00"
    local = entry("<pubDate>2026-06-30 02:00</pubDate>", zone=zone)
    assert local.published == "2026-06-30T02:00:00-05:00"
    assert "no zone is given" in local.published_note


def test_an_entry_that_only_says_when_it_was_changed_is_dated_by_that_and_says_so():
    found = entry("<dc:date>2026-06-30T15:07:41Z</dc:date>")
    assert found.published == "2026-06-30T15:07:41+00:00"
    assert found.published_note == "the day of its last change"
    made = entry("<dcterms:created>2026-06-29T15:07:41Z</dcterms:created>")
    assert (made.published[:10], made.published_note) == ("2026-06-29", "")


def test_where_the_first_date_is_none_the_next_one_counts():
    found = entry("<pubDate>soon</pubDate><dc:date>2026-06-30</dc:date>")
    assert (found.published, found.published_raw) == ("2026-06-30", "2026-06-30")


def test_the_items_of_a_json_feed_are_dated_in_the_same_way():
    dates = [
        {"date_published": "2026-06-30T10:00:00-05:00"},
        {"date_published": 1782832061},
        {"date_modified": "2026-06-30"},
        {"date_published": "soon"},
        {"date_published": None},
    ]
    items = [{"id": n, "url": f"https://x.example/{n}", **date} for n, date in enumerate(dates)]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    assert [found.published for found in parse_feed(feed, seen=SEEN)] == [
        "2026-06-30T15:00:00+00:00", "2026-06-30T15:07:41+00:00", "2026-06-30", "", "",
    ]  # fmt: skip


def test_a_reader_in_a_process_of_its_own_is_told_the_same():
    feed = rss("<pubDate>05/06/2026 10:00</pubDate>")
    with FeedReaders(processes=1) as readers:
        found = readers.read(feed, seen=SEEN, order="DMY", zone="America/New_York")
        (early,) = readers.read(feed, seen=SEEN.replace(month=2), order="DMY").entries
    assert [each.published for each in found.entries] == ["2026-06-05T10:00:00-04:00"]
    assert (early.published, "lies ahead" in early.published_note) == ("", True)


def test_a_saved_feed_keeps_what_was_written_beside_what_was_read(tmp_path: Path):
    path = tmp_path / "feed.xml"
    path.write_bytes(rss("<guid>7</guid><pubDate>05/06/2026</pubDate>"))
    row = read_feed(path, outlet="Courier", seen=SEEN, order="DMY").table.iloc[0]
    assert (row["guid"], row["published"], row["published_raw"]) == (
        "7",
        "2026-06-05",
        "05/06/2026",
    )


def test_parse_feed_lists_dates_in_utc_and_keeps_its_columns(tmp_path: Path):
    feed, out = tmp_path / "feed.xml", tmp_path / "entries.csv"
    feed.write_bytes(rss("<pubDate>Tue, 30 Jun 2026 02:00:00 +0900</pubDate>"))
    said = CliRunner().invoke(media, ["parse-feed", str(feed), "--out", str(out)])
    assert said.exit_code == 0
    table = pd.read_csv(out)
    assert list(table.columns) == ["id", "url", "title", "published", "summary"]
    assert table["published"].tolist() == ["2026-06-29T17:00:00+00:00"]
