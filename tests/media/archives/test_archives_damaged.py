"""Files that are damaged or of another kind: what is wrong is said, and a break never hidden."""

from datetime import datetime
from pathlib import Path

import pytest
from archive_samples import CrawlFile, article_page

from outcomes.errors import FileError
from outcomes.media.archives import Asked, open_archive, read_news_archive
from outcomes.media.archives.warc import CUT
from outcomes.media.page_dates import Reading


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("report.docx", b"PK\x03\x04broken", "Word or Excel file is damaged. Export it anew"),
        ("table.xlsx", b"PK\x03\x04broken", "Word or Excel file is damaged. Export it anew"),
        ("paper.pdf", b"%PDF-1.7\n", "a PDF cannot be read. Export it as text, RTF or Word"),
    ],
)
def test_what_to_do_with_a_file_is_said(tmp_path: Path, name: str, content: bytes, said: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=said):
        open_archive(tmp_path / name)


@pytest.mark.parametrize("packed", [True, False])
def test_a_crawl_that_breaks_off_within_the_head_of_a_record_is_not_whole(
    tmp_path: Path, packed: bool
):
    def reading_of(url: str, seen: datetime) -> Reading:
        return Reading(seen=seen, zone="America/New_York")

    file = CrawlFile(tmp_path / "a.dat", packed=packed)
    file.add("https://courier.example/1", article_page("Officers walk"))
    whole = file.save().stat().st_size
    file.add("https://courier.example/2", article_page("Officers run"))
    path = file.save(cut=file.save().stat().st_size - whole - 30)
    journal = tmp_path / "notes" / "journal.jsonl"
    archive = read_news_archive(path, Asked(), reading_of=reading_of, journal=journal)
    assert [record.title for record in archive.records] == ["Officers walk"]
    assert archive.left_out[CUT] == 1
    assert "not whole" in archive.notes[0]
