"""Files of archives: told by what is in them, read within bounds, refused in one sentence."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from time import process_time

import docx
import pandas as pd
import pytest
from archive_samples import DOCX_PARAGRAPHS, GKG, NEWSBANK_SHORT, as_rtf

from outcomes.errors import FileError
from outcomes.media.archives import Asked, open_archive, read_news_archive
from outcomes.media.archives.documents import LARGEST, document_lines, read_bytes
from outcomes.media.archives.gdelt import SEEN

MEDIA_CLOUD = """\
id,indexed_date,language,media_name,media_url,publish_date,title,url
a1,2026-01-09 10:00:00,en,courier.example,courier.example,2026-01-05,Officers walk,https://courier.example/1
a2,2026-01-09 10:00:00,en,daily.example,daily.example,,Council hears,https://daily.example/2
"""
GDELT_CSV = (
    "\ufeffURL,MobileURL,Date,Title\nhttps://www.courier.example/1,,2026-01-05 10:15:00,Walk\n"
)
GDELT_JSON = {
    "articles": [
        {
            "url": "https://courier.example/1",
            "url_mobile": "",
            "title": "Officers walk",
            "seendate": "20260105T101500Z",
            "domain": "courier.example",
            "language": "English",
        }
    ]
}


def read(path: Path, asked: Asked | None = None):
    return read_news_archive(
        path,
        asked or Asked(),
        reading_of=lambda url, seen: None,
        journal=path.parent / "journal.jsonl",
    )


def word_file(path: Path, paragraphs: list[str]) -> Path:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "in a", "table"
    document.add_paragraph("Load-Date: January 6, 2026")
    document.add_paragraph("End of Document")
    document.save(str(path))
    return path


def test_a_word_export_is_read_with_its_tables_whatever_its_name(tmp_path: Path):
    path = word_file(tmp_path / "export.txt", DOCX_PARAGRAPHS)
    archive = read(path)
    (record,) = archive.records
    assert archive.kind == "nexis"
    assert (record.title, record.outlet) == ("Officers walk in Eastbank", "Marlow Falls Courier")
    assert record.text == "Two officers walked \u2013 and talked.\nin a table"


def test_an_rtf_export_is_read_with_its_links_and_accents(tmp_path: Path):
    path = tmp_path / "export.rtf"
    path.write_text(as_rtf([*DOCX_PARAGRAPHS, "End of Document"]), encoding="ascii")
    (record,) = read(path).records
    assert record.title == "Officers walk in Eastbank"
    assert "\u2013 and talked" in record.text


def test_links_of_an_rtf_file_do_not_cost_time_that_grows_with_their_square(tmp_path: Path):
    link = r'{\field{\*\fldinst{HYPERLINK "http://x.example" }}{\fldrslt{word}}}'
    rtf = r"{\rtf1\ansi " + link * 500 + "}"
    began = process_time()
    lines = document_lines(tmp_path / "a.rtf", rtf.encode())
    assert process_time() - began < 2  # the library alone: 6 s, and 267 s for 2,000 links
    assert "word" in "".join(lines)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_export_is_read_in_the_encodings_that_services_write(tmp_path: Path, encoding: str):
    path = tmp_path / "export.txt"
    path.write_bytes(NEWSBANK_SHORT.replace("\n", "\r\n").encode(encoding))
    archive = read(path)
    assert archive.kind == "newsbank"
    assert bool(archive.notes) == (encoding == "cp1252")  # what was not said is told
    assert archive.records[0].text == "Two officers walked \u2013 and talked, \u201cslowly\u201d."


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole(tmp_path: Path):
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(FileError, match="larger than 60 MB"):
        read_bytes(path)


def test_a_word_file_that_would_burst_is_refused(tmp_path: Path):
    path = tmp_path / "bomb.docx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("word/document.xml", "w", force_zip64=True) as inner,
    ):
        for _ in range(70):
            inner.write(b" " * 1_000_000)
    with pytest.raises(FileError, match="unpacked it is larger than 60 MB"):
        read(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Dear editor,\nthis is a letter.\n", "neither a table of articles nor an export"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no text"),
        (b"PK\x03\x04broken", "packed folder"),
        (gzip.compress(b"hello", mtime=0), "neither web pages"),
        (b"{\\rtf1 nothing}", "neither a table"),
        (b"", "neither a table"),
    ],
)
def test_a_file_that_is_no_archive_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, said: str
):
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    with pytest.raises(FileError, match=said):
        read(path)


@pytest.mark.parametrize("name", ["nothing.csv", ""])
def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path, name: str):
    with pytest.raises(FileError, match=r"no such file|this is a folder"):
        read(tmp_path / name)


def test_a_kind_that_was_said_is_taken_and_an_empty_result_is_an_error(tmp_path: Path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear editor,\nthis is a letter.\n", encoding="utf-8")
    with pytest.raises(FileError, match="no article is found"):
        read(path, Asked(kind="newsbank"))


@pytest.mark.parametrize("service", ["newsbank", "nexis"])
def test_an_article_whose_head_is_not_whole_is_refused_not_glued_to_the_one_before(
    tmp_path: Path, service: str
):
    path = tmp_path / "export.txt"
    newsbank = NEWSBANK_SHORT + NEWSBANK_SHORT.replace("January 5, 2026 |", "Spring 2026 |")
    nexis = "".join(
        f"      {at} of 2 DOCUMENTS\n\n    The Daily\n\n    {day}\n\nOfficers walk\n\n"
        f"LENGTH: 5 words\n\nStory {at}.\n\nLOAD-DATE: x\n\n"
        for at, day in ((1, "January 5, 2026"), (2, "Spring 2026"))
    )
    path.write_text(newsbank if service == "newsbank" else nexis, encoding="utf-8")
    archive = read(path)
    assert archive.kind == service
    assert len(archive.records) == len(archive.refusals) == 1
    assert "no head with outlet and day is found" in str(archive.refusals[0])
    assert "Spring" not in archive.records[0].text


def test_an_article_at_the_beginning_whose_head_is_not_whole_is_refused_too(tmp_path: Path):
    path = tmp_path / "export.txt"
    bad = NEWSBANK_SHORT.replace("January 5, 2026 |", "Spring 2026 |")
    path.write_text(bad + NEWSBANK_SHORT, encoding="utf-8")
    archive = read(path)
    assert len(archive.records) == len(archive.refusals) == 1


def test_a_list_of_media_cloud_has_days_and_no_texts(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text(MEDIA_CLOUD, encoding="utf-8")
    archive = read(path)
    one, two = archive.records
    assert archive.kind == "media-cloud"
    assert (one.outlet, one.published_raw, one.guid, one.text) == (
        "courier.example",
        "2026-01-05",
        "mediacloud:a1",
        "",
    )
    assert two.published_raw == ""


@pytest.mark.parametrize("form", ["csv", "json", "json lines"])
def test_a_list_of_gdelt_never_dates_an_article_by_when_it_was_met(tmp_path: Path, form: str):
    path = tmp_path / "list.txt"
    lines = json.dumps(GDELT_JSON["articles"][0])
    content = {"csv": GDELT_CSV, "json": json.dumps(GDELT_JSON, indent=1), "json lines": lines}
    path.write_text(content[form], encoding="utf-8")
    archive = read(path)
    (record,) = archive.records
    assert archive.kind == "gdelt"
    assert (record.outlet, record.published, record.published_note) == ("courier.example", "", SEEN)
    assert record.published_raw


@pytest.mark.parametrize("packed", ["plain", "gz", "zip"])
def test_the_graph_of_gdelt_is_read_packed_or_not(tmp_path: Path, packed: str):
    path = tmp_path / "graph.csv"
    content = GKG.encode()
    if packed == "gz":
        content = gzip.compress(content)
    if packed == "zip":
        box = io.BytesIO()
        with zipfile.ZipFile(box, "w") as inner:
            inner.writestr("20260105101500.gkg.csv", content)
        content = box.getvalue()
    path.write_bytes(content)
    one, two = read(path).records
    assert (one.url, one.title, one.published, one.published_raw) == (
        "https://courier.example/1",
        "Officers & neighbors walk",
        None,
        "20260105081500",
    )
    assert (two.outlet, two.published, two.published_note) == ("daily.example", "", SEEN)


def test_a_graph_that_is_cut_short_is_refused(tmp_path: Path):
    path = tmp_path / "graph.csv"
    path.write_text(GKG + "20260105101500-9\t2026", encoding="utf-8")
    with pytest.raises(FileError, match="line 4: it has 2 columns"):
        read(path)
    path.write_bytes(gzip.compress((GKG * 50).encode())[:-30])
    with pytest.raises(FileError, match="damaged"):
        read(path)


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "xlsx", "parquet"])
def test_a_table_is_read_in_every_form(tmp_path: Path, form: str):
    table = pd.DataFrame(
        [{"Link": "https://x.example/1", "Headline": "Walk", "Source": "Courier", "Body": "Words."}]
    )
    path = tmp_path / "table.dat"
    if form == "xlsx":
        table.to_excel(tmp_path / "t.xlsx", index=False)
        (tmp_path / "t.xlsx").rename(path)
    elif form == "parquet":
        table.to_parquet(path)
    elif form == "csv":
        table.to_csv(path, index=False, sep=";")
    else:
        table.to_json(path, orient="records", lines=form == "jsonl")
    archive = read(path)
    assert archive.kind == "table"
    assert archive.columns == {
        "url": "Link",
        "outlet": "Source",
        "title": "Headline",
        "text": "Body",
    }
    assert archive.records[0].text == "Words."


def test_a_table_of_quoted_stories_is_no_export_of_a_service(tmp_path: Path):
    path = tmp_path / "table.csv"
    pd.DataFrame([{"url": "u", "title": "t", "text": NEWSBANK_SHORT}]).to_csv(path, index=False)
    assert open_archive(path).kind == "table"
