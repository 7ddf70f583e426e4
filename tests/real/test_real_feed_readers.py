"""The feeds that feedparser is tested with, and the faults of this project, read in a process."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from outcomes.media.feed_worker import FeedReaders, ReadingLimits

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FEEDS.exists(), reason="the folder of reference data is absent"),
]
RECOVERABLE = {
    "bare_amp": 10, "billion_laughs": 11, "cdata_nested": 10, "cp1252_as_latin1": 10,
    "ctrl_char": 10, "html_tail_after": 10, "latin1_decl_utf8": 10, "leading_comment": 10,
    "leading_ws_bom": 10, "nul_byte": 10, "one_bad_utf8_byte": 10, "php_warning_before": 10,
    "quadratic_blowup": 11, "truncated_mid": 7, "unclosed_item": 10, "undefined_entity": 10,
    "utf16": 10, "xxe_file": 11, "xxe_http": 11,
}  # fmt: skip
OTHERS = {
    "date_future_2digit": 1, "deep_html_in_cdata": 11, "deep_nest_100k": 11, "dup_guid": 10,
    "mojibake_joke": 1, "no_guid_no_link": 10, "ok10": 10, "redos_doctype": 10, "redos_lt": 11,
}  # fmt: skip
NO_FEEDS = {"empty", "gzip_body_raw", "html_200", "json_error"}
MACHINE_NAME = Path("/etc/hostname")


@pytest.fixture(scope="module")
def readers() -> Iterator[FeedReaders]:
    with FeedReaders(processes=1) as found:
        yield found


def fault(name: str) -> bytes:
    return (FEEDS / "faults" / name).read_bytes()


def test_the_faults_are_the_ones_that_are_told_of_here():
    found = {path.name for path in (FEEDS / "faults").iterdir() if path.suffix != ".txt"}
    assert found == {*RECOVERABLE, *OTHERS, *NO_FEEDS, "attr_flood"}
    assert len(found) == 33


@pytest.mark.parametrize(("name", "entries"), [*RECOVERABLE.items(), *OTHERS.items()])
def test_no_entry_of_a_broken_feed_is_lost(readers: FeedReaders, name: str, entries: int):
    found = readers.read(fault(name))
    assert (len(found.entries), found.reason) == (entries, "")


@pytest.mark.parametrize("name", sorted(NO_FEEDS))
def test_what_is_no_feed_is_said_to_be_none(readers: FeedReaders, name: str):
    found = readers.read(fault(name))
    assert (found.entries, found.reason) == ((), "not-a-feed")


def test_a_tag_with_a_hundred_thousand_attributes_is_cut():
    with FeedReaders(processes=1, limits=ReadingLimits(seconds=1)) as quick:
        assert quick.read(fault("attr_flood")).reason == "deadline"
        assert len(quick.read(fault("ok10")).entries) == 10


def test_no_file_of_this_machine_is_read(readers: FeedReaders):
    text = " ".join(entry.title for entry in readers.read(fault("xxe_file")).entries)
    assert "Story 9" in text
    if MACHINE_NAME.exists() and (name := MACHINE_NAME.read_text("utf-8").strip()):
        assert name not in text


def test_none_of_two_thousand_strange_feeds_ends_its_reader(readers: FeedReaders):
    read, reasons = 0, set()
    with tarfile.open(FEEDS / "feedparser" / "feedparser_tests.tar.gz") as archive:
        for member in archive:
            if member.name.endswith(".xml") and (file := archive.extractfile(member)):
                reasons.add(readers.read(file.read()).reason)
                read += 1
    assert read > 2000
    assert reasons == {"", "not-a-feed"}
