"""Real pages of local news about the police, packed as a crawler packs them."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

from outcomes.media.archives import Asked, read_news_archive
from outcomes.media.page_dates import Reading

LOCAL = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "feeds" / "police_local_html"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not LOCAL.exists(), reason="the folder of reference data is absent"),
]


def record(url: str, page: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2026-11-21T00:00:00Z\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


def reading_of(url: str, seen: datetime) -> Reading:
    return Reading(seen=seen, order="MDY")


def test_local_police_pages_of_a_crawl_are_articles_with_their_days(tmp_path: Path):
    pages = json.loads((LOCAL / "manifest.json").read_text("utf-8"))["pages"]
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(
        b"".join(
            record(page["url"], gzip.decompress((LOCAL / page["file"]).read_bytes()))
            for page in pages
        )
    )
    archive = read_news_archive(
        path, Asked(), reading_of=reading_of, journal=tmp_path / "journal.jsonl"
    )
    assert len(archive.records) + sum(archive.left_out.values()) == len(pages)
    assert len(archive.records) >= len(pages) - 1
    found = {found.url: (found.published or "")[:10] for found in archive.records}
    gold = {page["url"]: page["date_gold"] for page in pages if page["date_gold"]}
    assert sum(found.get(url) == day for url, day in gold.items()) >= 21
    assert all(found.title and len(found.text) > 200 for found in archive.records)
