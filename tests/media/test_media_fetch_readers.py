"""A feed that exhausts its reader costs that reader, and nothing else."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from outcomes.errors import DataError
from outcomes.media.feed_worker import FeedReaders, ReadingLimits, first_entries

LIMITS = ReadingLimits(entries=300)


def entry(number: int) -> str:
    return f"<item><title>Story {number}</title><link>https://x.example/{number}</link></item>"


def rss(inside: str, before: str = "") -> bytes:
    head = '<?xml version="1.0"?>'
    return f"{head}{before}<rss version='2.0'><channel>{inside}</channel></rss>".encode()


GOOD = rss(entry(1) + entry(2))
FLOOD = rss("<item " + " ".join(f'a{n}="1"' for n in range(40_000)) + "/>" + entry(1))


@pytest.fixture(scope="module")
def readers() -> Iterator[FeedReaders]:
    with FeedReaders(processes=2, limits=LIMITS) as found:
        yield found


def test_a_feed_is_read(readers: FeedReaders):
    found = readers.read(GOOD)
    assert [entry.title for entry in found.entries] == ["Story 1", "Story 2"]
    assert (found.reason, found.left_out, found.sentence) == ("", 0, "")


def test_a_feed_that_exhausts_its_reader_is_cut_and_others_are_read_meanwhile():
    found = []
    with FeedReaders(processes=1, limits=ReadingLimits(seconds=4, quick_seconds=0.3)) as readers:
        hostile = threading.Thread(target=lambda: found.append(readers.read(FLOOD)))
        hostile.start()
        assert all(len(readers.read(GOOD).entries) == 2 for _ in range(20))
        assert not found
        hostile.join()
        assert len(readers.read(GOOD).entries) == 2
    assert [feed.reason for feed in found] == ["deadline"]
    assert "more than 4 seconds" in found[0].sentence


def test_a_feed_that_takes_long_is_read_all_the_same():
    content = rss("".join(map(entry, range(600))))
    with FeedReaders(processes=1, limits=ReadingLimits(quick_seconds=0.001)) as readers:
        assert len(readers.read(content).entries) == 600


BOMB = "".join(
    f'<!ENTITY b{n} "{f"&b{n - 1};" * 10 if n else "ha"}">' for n in range(9)
)  # a thousand million times


@pytest.mark.parametrize(
    ("content", "entries", "left_out", "reason"),
    [
        pytest.param(
            rss("".join(map(entry, range(50_000)))), 300, 49_700, "", id="50,000 entries"
        ),
        pytest.param(rss("<b>" * 5_000 + entry(1)), 1, 0, "", id="tags in one another"),
        pytest.param(rss(entry(1), f"<!DOCTYPE r [{BOMB}]>"), 1, 0, "", id="entities"),
        pytest.param(
            rss(entry(1), '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            1, 0, "", id="a file of this machine",
        ),
        pytest.param(b"<html>Just a moment</html>", 0, 0, "not-a-feed", id="a page"),
        pytest.param(b"", 0, 0, "not-a-feed", id="nothing"),
        pytest.param(bytes(11_000_000), 0, 0, "not-a-feed", id="too large"),
        pytest.param(
            b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 100_000,
            0, 0, "unreadable", id="lists in one another",
        ),
        pytest.param(
            b'{"version":"https://jsonfeed.org/version/1","items":7}', 0, 0, "", id="no list"
        ),
        pytest.param(
            rss(entry(1).replace("</title>", "</title><pubDate>0000-00-00</pubDate>")),
            1, 0, "", id="a date that is none",
        ),
    ],
)  # fmt: skip
def test_a_hostile_feed_is_read_as_far_as_it_can_be(
    readers: FeedReaders, content: bytes, entries: int, left_out: int, reason: str
):
    found = readers.read(content)
    assert (len(found.entries), found.left_out, found.reason) == (entries, left_out, reason)
    assert bool(found.sentence) is bool(reason)


def test_a_feed_that_takes_too_much_memory_is_cut():
    content = b'{"version":"https://jsonfeed.org/version/1","items":[' + b"{}," * 700_000 + b"{}]}"
    with FeedReaders(processes=1, limits=ReadingLimits(megabytes=60)) as small:
        assert small.read(content).reason in {"memory", "died"}
        assert len(small.read(GOOD).entries) == 2


def test_a_reader_that_is_killed_is_replaced():
    with FeedReaders(processes=1, limits=LIMITS) as one:
        one.read(GOOD)
        worker = one._quick._idle.get()
        assert worker is not None
        os.kill(worker.process.pid or 0, signal.SIGKILL)
        worker.process.join()
        one._quick._idle.put(worker)
        assert len(one.read(GOOD).entries) == 2


def test_the_server_says_where_links_lead_and_in_which_letters_the_feed_is(readers: FeedReaders):
    cyrillic = rss(entry(1).replace("Story", "\u043d\u0435\u0431\u043e")).decode().encode("koi8-r")
    relative = cyrillic.replace(b"https://x.example", b"")
    found = readers.read(
        relative, content_type="text/xml; charset=koi8-r", url="https://y.example/feed"
    )
    assert found.entries[0].title == "\u043d\u0435\u0431\u043e 1"
    assert found.entries[0].url == "https://y.example/1"


def test_a_wrong_charset_does_not_spoil_a_feed_that_is_utf_8(readers: FeedReaders):
    content = rss(entry(1).replace("Story", "Caf\u00e9"))
    found = readers.read(content, content_type="text/xml; charset=iso-8859-1")
    assert found.entries[0].title == "Caf\u00e9 1"


def test_cutting_keeps_the_first_entries_and_the_end():
    feed = rss("".join(map(entry, range(5))))
    assert first_entries(feed, most=2) == (rss(entry(0) + entry(1)), 3)
    assert first_entries(feed, most=5) == (feed, 0)
    atom = b"<feed><entry>1</entry ><a:entry>2</a:entry><ENTRY>3</ENTRY></feed>"
    assert first_entries(atom, most=1) == (b"<feed><entry>1</entry ></feed>", 2)


def test_at_least_one_process_reads():
    with pytest.raises(DataError, match="at least one"):
        FeedReaders(processes=0)
