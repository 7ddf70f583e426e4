"""A site's robots.txt is read once, whoever asks; a person's decision is about one site."""

import threading
import time
from datetime import UTC, date, datetime, timedelta

from outcomes.media.fetch import Fetched
from outcomes.media.poll_robots import RobotsBook
from outcomes.media.robots import override

NOW = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)
BY = override(who="A. Analyst", day=date(2026, 8, 1), why="the outlet links it")


def forbids(url: str) -> Fetched:
    return Fetched(
        status=200,
        headers={},
        body=b"User-agent: *\nDisallow: /feed",
        url=url,
        hops=(),
        seconds=0.1,
        reason="",
    )


def test_many_feeds_of_a_site_wait_for_one_answer():
    asked: list[str] = []

    def read(url: str) -> Fetched:
        asked.append(url)
        time.sleep(0.05)
        return forbids(url)

    book = RobotsBook({}, read=read, clock=lambda: NOW)
    threads = [
        threading.Thread(target=book.decision, args=(f"https://x.example/feed/{n}",))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked == ["https://x.example/robots.txt"]
    assert list(book.fresh()) == asked
    assert book.fresh() == {}
    assert book.until("https://x.example/other") == NOW + timedelta(hours=24)


def test_what_is_known_is_not_asked_again_until_it_is_a_day_old():
    first = RobotsBook({}, read=forbids, clock=lambda: NOW)
    first.decision("https://x.example/feed")
    known = first.fresh()
    for hours, times in ((23, 0), (25, 1)):
        book = RobotsBook(known, read=forbids, clock=lambda h=hours: NOW + timedelta(hours=h))
        assert not book.decision("https://x.example/feed").allowed
        assert len(book.fresh()) == times


def test_a_decision_of_a_person_does_not_reach_other_sites():
    book = RobotsBook({}, read=forbids, clock=lambda: NOW)
    site = "https://x.example/feed"
    assert book.decision(site, by=BY).allowed
    assert book.decision("https://www.x.example/feed/2", by=BY, site=site).allowed
    assert not book.decision("https://y.example/feed", by=BY, site=site).allowed
