"""Web pages as crawlers keep them: articles are taken, the rest is counted, hostile ones too."""

import gzip
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from archive_samples import CrawlFile, article_page

from outcomes.errors import FileError
from outcomes.media.archives import Archive, Asked, read_news_archive, warc
from outcomes.media.archives.warc import CUT
from outcomes.media.page_dates import Reading
from outcomes.media.page_worker import PageWorker
from outcomes.pipeline.archive_reading import Choices, prepare_archive
from outcomes.pipeline.article_import import import_archive
from outcomes.store import read_facts
from outcomes.study import open_study


def reading_of(url: str, seen: datetime) -> Reading | None:
    return Reading(seen=seen, zone="America/New_York") if "courier.example" in url else None


def read(path: Path) -> Archive:
    return read_news_archive(
        path, Asked(), reading_of=reading_of, journal=path.parent / "notes" / "journal.jsonl"
    )


@pytest.mark.parametrize("packed", [True, False])
def test_articles_of_the_outlets_are_taken_and_all_else_is_counted(tmp_path: Path, packed: bool):
    file = CrawlFile(tmp_path / "a.dat", packed=packed)
    file.add("https://www.courier.example/2026/01/05/walk", article_page("Officers walk"))
    file.add("https://other.example/1", article_page("Of another site"))
    file.add("https://courier.example/gone", b"gone", status="404 Not Found")
    file.add("https://courier.example/a.jpg", b"\xff\xd8", kind="image/jpeg")
    file.add("https://courier.example/feed", b"<rss/>", kind="application/rss+xml")
    file.add("https://courier.example/empty", b"")
    archive = read(file.save())
    (record,) = archive.records
    assert archive.kind == "warc"
    assert record.title == "Officers walk"
    assert record.url == "https://www.courier.example/2026/01/05/walk"
    assert record.outlet == "courier.example"
    assert (record.published or "").startswith("2026-01-05")
    assert "walked along Weaver Street" in record.text
    assert archive.left_out["of another site"] == 1
    assert archive.left_out["an error message or a redirection"] == 1
    assert archive.left_out["a picture, a feed or another file that is no page"] == 2
    assert archive.left_out["no web page but a note of the crawler"] == 1
    assert sum(archive.left_out.values()) == 6
    assert archive.notes == ()


def test_the_day_of_the_crawl_is_never_the_day_of_publication(tmp_path: Path):
    page = article_page("Officers walk", day="")
    path = CrawlFile(tmp_path / "a.warc").add("https://courier.example/walk", page).save()
    (record,) = read(path).records
    assert record.published == ""


def test_a_page_dated_after_the_crawl_is_not_believed(tmp_path: Path):
    page = article_page("Officers walk", day="2026-02-05")
    path = CrawlFile(tmp_path / "a.warc").add("https://courier.example/walk", page).save()
    assert read(path).records[0].published == ""


STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-03-31

[[outlets]]
name = "Marlow Falls Courier"
scope = "local"
site = "https://courier.example"
"""


def test_pages_of_a_crawl_come_into_a_study_by_the_sites_of_its_outlets(tmp_path: Path):
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    study = open_study(tmp_path)
    file = CrawlFile(tmp_path / "crawl.warc.gz")
    file.add("https://www.courier.example/2026/01/05/walk", article_page("Officers walk today"))
    file.add("https://elsewhere.example/1", article_page("Something else"))
    path = file.save()
    notes = tmp_path / "data" / "derived" / "archives"
    assert len(prepare_archive(study, path, Choices()).sightings) == 1
    assert len(list(notes.iterdir())) == 1  # what was read is kept until it is stored
    done = import_archive(study, path)
    assert (done.read, done.new) == (1, 1)
    assert any("1 of another site" in note for note in done.notes)
    assert list(notes.iterdir()) == []
    assert import_archive(study, path).known == 1
    (row,) = read_facts(study.store, "articles").to_dict("records")
    assert (row["outlet"], row["text_from"]) == ("Marlow Falls Courier", "page")
    assert row["published"] == "2026-01-05T09:00:00-05:00"
    every = import_archive(study, path, choices=Choices(other_outlets=True))
    assert (every.new, every.known) == (1, 1)
    assert set(read_facts(study.store, "articles")["outlet"]) == {
        "Marlow Falls Courier",
        "elsewhere.example",
    }


def test_hostile_pages_end_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(warc, "PageWorker", partial(PageWorker, deadline=4))
    file = CrawlFile(tmp_path / "a.warc.gz")
    bomb = gzip.compress(b"<p>" + b"0" * 30_000_000)
    file.add("https://courier.example/bomb", bomb, headers=(("Content-Encoding", "gzip"),))
    file.add("https://courier.example/deep", b"<div>" * 100_000)
    file.add("https://courier.example/tag", b"<p " + b'a="1" ' * 16_000 + b">")
    file.add(
        "https://courier.example/broken", b"\x1f\x8bno", headers=(("Content-Encoding", "gzip"),)
    )
    file.add("https://courier.example/2026/01/05/walk", article_page("Officers walk"))
    archive = read(file.save())
    assert [record.title for record in archive.records] == ["Officers walk"]
    assert sum(archive.left_out.values()) == 5


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_breaks_off_is_read_to_there_and_says_so(tmp_path: Path, packed: bool):
    file = CrawlFile(tmp_path / "a.warc", packed=packed)
    file.add("https://courier.example/2026/01/05/one", article_page("Officers walk"))
    file.add("https://courier.example/2026/01/05/two", article_page("Officers talk") * 3)
    archive = read(file.save(cut=200))
    assert [record.title for record in archive.records] == ["Officers walk"]
    assert archive.left_out[CUT] == 1
    assert "Get it anew" in archive.notes[0]


def test_reading_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = CrawlFile(tmp_path / "a.warc.gz")
    for name in ("one", "two", "three"):
        file.add(f"https://courier.example/2026/01/05/{name}", article_page(f"Officers {name}"))
    path = file.save()
    whole = read(path)
    journal = tmp_path / "notes" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(lines[0] + lines[1] + lines[2][:40])  # killed while it wrote the third
    asked: list[str] = []
    ask = warc._read
    monkeypatch.setattr(
        warc, "_read", lambda worker, web: asked.append(web.url) or ask(worker, web)
    )
    assert read(path).records == whole.records
    assert asked == ["https://courier.example/2026/01/05/three"]
    assert journal.read_bytes() == b"".join(lines)
    journal.write_bytes(b'{"how": "x", "page": {"no": "page"}}\n' + lines[1])  # of another version
    assert read(path).records == whole.records


def test_what_is_no_warc_is_refused_although_somebody_says_so(tmp_path: Path):
    path = tmp_path / "a.warc"
    path.write_bytes(b"WARC/1.0\r\nnonsense")
    archive = read(path)
    assert (archive.records, sum(archive.left_out.values())) == ((), 1)
    path.write_bytes(b"hello")
    with pytest.raises(FileError, match="no WARC file"):
        read_news_archive(
            path, Asked(kind="warc"), reading_of=reading_of, journal=tmp_path / "j.jsonl"
        )


def test_a_record_that_claims_to_be_huge_is_refused(tmp_path: Path):
    path = tmp_path / "a.warc"
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://courier.example/1\r\n"
    head += "WARC-Date: 2026-01-06T12:00:00Z\r\nContent-Type: application/http\r\n"
    path.write_text(f"{head}Content-Length: 900000000\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx", "ascii")
    with pytest.raises(FileError, match="record 1: it is said to have 900,000,000 bytes"):
        read(path)
