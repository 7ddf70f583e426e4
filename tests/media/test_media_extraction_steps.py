"""Pages of strangers: read in a process that is stopped, and written file to file."""

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from time import monotonic

import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError
from outcomes.media.page_dates import Reading
from outcomes.media.page_worker import PageFile, PageWorker
from outcomes.pipeline.page_extraction import extract_pages, page_files

READING = Reading(seen=datetime(2026, 11, 21, tzinfo=UTC), order="MDY")
PAGE = b"""<html lang="en"><head><title>Officers walk Eastbank</title>
<meta property="article:published_time" content="2026-03-31T21:00:00-05:00"></head><body><article>
%s</article></body></html>""" % b"".join(
    b"<p>Officers walked %d blocks of Eastbank and spoke with the residents there.</p>" % n
    for n in range(20)
)
ASLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
# ends at its first page, as a process does that ran out of memory
DEAD = (sys.executable, "-c", "import sys; sys.stdin.buffer.read(4); sys.exit(3)")


@pytest.fixture(scope="module")
def worker():
    with PageWorker() as kept:
        yield kept


def test_one_process_reads_many_pages(worker):
    first = worker.read(PageFile(content=PAGE, reading=READING))
    process = worker._process
    again = worker.read(PageFile(content=PAGE, reading=READING))
    assert first == again
    assert first.published == "2026-03-31T21:00:00-05:00"
    assert worker._process is process


def test_a_page_that_takes_too_long_is_stopped_at_the_deadline():
    began = monotonic()
    with PageWorker(deadline=0.3, command=ASLEEP) as slow:
        found = slow.read(PageFile(content=PAGE * 500, url="https://n.example/a", reading=READING))
    assert monotonic() - began < 5
    assert found.flags == ("unreadable",)
    assert "longer than 0.3 seconds" in found.reasons[0]
    assert (found.url, found.article) == ("https://n.example/a", False)


def test_a_process_that_dies_costs_one_page_and_is_replaced():
    with PageWorker(command=DEAD) as mortal:
        for _ in range(2):
            found = mortal.read(PageFile(content=PAGE, reading=READING))
            assert "ended the reading program" in found.reasons[0]
            assert mortal._process is None


def test_hostile_pages_come_back_flagged_and_the_next_page_is_read(worker):
    hostile = [
        b"<html><body>" + b"<div>" * 100_000 + b"x",
        b'<html><script type="application/ld+json">' + b"[" * 100_000 + b"</script><p>a</p>",
        b"<!DOCTYPE html [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;'>]><p>&b;</p>",
        b"<" * 20_000,
        bytes(range(256)) * 200,
    ]
    for content in hostile:
        assert not worker.read(PageFile(content=content, reading=READING)).article
    assert worker.read(PageFile(content=PAGE, reading=READING)).article


def test_the_process_ends_with_the_one_that_asked():
    command = (sys.executable, "-P", "-m", "outcomes.media.page_worker")
    done = subprocess.run(command, input=b"", capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_page_is_written_as_one_object(tmp_path):
    (tmp_path / "page.html").write_bytes(PAGE)
    out = tmp_path / "page.json"
    line = ["media", "extract", str(tmp_path / "page.html"), "--url", "https://n.example/a"]
    result = CliRunner().invoke(cli, [*line, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "1 page read, 1 of them articles" in result.output
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["title"] == "Officers walk Eastbank"
    assert found["published"] == "2026-03-31T21:00:00-05:00"
    assert found["published_raw"] == "2026-03-31T21:00:00-05:00"
    assert "Officers walked 19 blocks" in found["text"]
    assert (found["flags"], found["id"]) == ([], "https://n.example/a")


def test_a_folder_is_written_one_object_a_line_and_no_page_is_left_out(tmp_path):
    folder = tmp_path / "pages" / "march"
    folder.mkdir(parents=True)
    (folder / "a.html").write_bytes(PAGE)
    (folder / "b.html.gz").write_bytes(gzip.compress(PAGE))
    (folder / "c.htm").write_bytes(b"")
    (folder / "notes.txt").write_text("no page")
    out = tmp_path / "pages.jsonl"
    files = page_files([tmp_path / "pages", folder / "a.html"])
    done = extract_pages(files, out=out, reading=READING)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["file"].rpartition("/")[2] for row in rows] == ["a.html", "b.html.gz", "c.htm"]
    assert (done.pages, done.articles, done.undated) == (3, 2, 1)
    assert rows[2]["flags"] == ["unreadable"]
    assert done.sentences() == [
        "3 pages read, 2 of them articles",
        "1 page without a date: it stays unknown",
        "Flags: unreadable 1",
    ]


@pytest.mark.parametrize(
    ("out", "url", "names", "why"),
    [
        ("out.csv", "", ["a.html"], "ending must be one of"),
        ("out.json", "", ["a.html", "b.html"], "need the ending .jsonl"),
        ("out.jsonl", "https://n.example/a", ["a.html", "b.html"], "--url names one page"),
        ("out.json", "n.example/a", ["a.html"], "is no web address"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_a_page_is_read(tmp_path, out, url, names, why):
    for name in names:
        (tmp_path / name).write_bytes(PAGE)
    files = [tmp_path / name for name in names]
    with pytest.raises(DataError, match=why):
        extract_pages(files, out=tmp_path / out, url=url, reading=READING)
    assert not (tmp_path / out).exists()


def test_a_page_is_never_overwritten_by_its_result(tmp_path):
    path = tmp_path / "page.json"
    path.write_bytes(PAGE)
    with pytest.raises(FileError, match="one of the pages"):
        extract_pages([path], out=path, reading=READING)
    assert path.read_bytes() == PAGE


def test_a_file_that_is_not_there_and_an_empty_folder_are_named(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        page_files([tmp_path / "no.html"])
    with pytest.raises(FileError, match="no page is in the folder"):
        page_files([tmp_path])


def test_a_zone_that_is_none_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "page.html").write_bytes(PAGE)
    line = ["media", "extract", str(tmp_path / "page.html"), "--time-zone", "Marlow"]
    result = CliRunner().invoke(cli, [*line, "--out", str(tmp_path / "page.json")])
    assert isinstance(result.exception, DataError)
    assert not (tmp_path / "page.json").exists()
