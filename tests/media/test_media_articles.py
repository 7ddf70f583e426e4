"""Archives of articles, feeds and coding sheets: what is taken and what is refused."""

import json
from pathlib import Path

import pandas as pd
import pytest

from outcomes.errors import DataError, FileError, RowsRefused
from outcomes.media.articles import month_of, read_archive
from outcomes.media.codes import one_code_an_article, read_codes
from outcomes.media.feeds import parse_feed
from outcomes.sheets import Reading

HEADER = "url,outlet,published,title,text"
GOOD = "https://x.example/1,Courier,2026-03-31,Title,Police said so."


def archive(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "articles.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def json_lines(tmp_path: Path, *rows: dict[str, object]) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def article(**changed: object) -> dict[str, object]:
    return {
        "url": "https://x.example/1",
        "outlet": "Courier",
        "published": "2026-03-31T23:30:00-04:00",
        "title": "Title",
        "text": "Police said so.",
        **changed,
    }


def problem(path: Path, **how: object) -> str:
    with pytest.raises((FileError, RowsRefused)) as caught:
        read_archive(path, **how).or_refuse(leave_out=False)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_csv_and_a_json_archive_give_the_same_articles(tmp_path: Path):
    row = article(published="2026-03-31")
    one = read_archive(archive(tmp_path, GOOD)).table.drop(columns="row")
    two = read_archive(json_lines(tmp_path, row)).table.drop(columns="row")
    assert one.to_dict("records") == two.to_dict("records")


def test_an_excel_archive_is_read(tmp_path: Path):
    path = tmp_path / "articles.csv"  # told by its content, not by its name
    with pd.ExcelWriter(path.with_suffix(".xlsx")) as writer:
        pd.DataFrame([article(published="2026-03-31")]).to_excel(writer, index=False)
    path.with_suffix(".xlsx").rename(path)
    assert read_archive(path).table["published"].tolist() == ["2026-03-31"]


@pytest.mark.parametrize(
    ("published", "month"),
    [
        ("2026-04-01T02:00:00+00:00", "2026-03"),
        ("2026-04-01T02:00:00", "2026-04"),
        ("2026-04-01", "2026-04"),
        ("", ""),
    ],
)
def test_the_month_is_cut_in_the_time_zone_of_the_study(published: str, month: str):
    assert month_of(published, "America/New_York") == month


def test_a_moment_keeps_its_offset(tmp_path: Path):
    table = read_archive(json_lines(tmp_path, article(published="2026-04-01T02:00:00Z"))).table
    assert table["published"].tolist() == ["2026-04-01T02:00:00+00:00"]


def test_an_unknown_date_stays_unknown(tmp_path: Path):
    table = read_archive(json_lines(tmp_path, article(published=None))).table
    assert table["published"].tolist() == [""]


def test_a_wrong_date_is_refused_with_its_row(tmp_path: Path):
    said = problem(archive(tmp_path, GOOD.replace("2026-03-31", "3/31/2026")))
    assert "row 2, column published" in said
    assert "--date-order" in said


def test_another_date_order_must_be_said(tmp_path: Path):
    path = archive(tmp_path, GOOD.replace("2026-03-31", "3/31/2026"))
    assert read_archive(path, reading=Reading(date_order="MDY")).table["published"].tolist() == [
        "2026-03-31"
    ]


def test_an_unknown_outlet_is_refused_with_the_likeliest(tmp_path: Path):
    said = problem(archive(tmp_path, GOOD), outlets=("Marlow Falls Courier", "Couriers"))
    assert "Did you mean 'Couriers'" in said


def test_a_url_that_stands_twice_is_refused(tmp_path: Path):
    assert "row 3, column url" in problem(archive(tmp_path, GOOD, GOOD))


def test_an_article_without_text_is_refused(tmp_path: Path):
    said = problem(json_lines(tmp_path, article(), article(url="https://x.example/2", text=" ")))
    assert "row 2, column text: the cell is empty" in said


@pytest.mark.parametrize("name", ["url", "published", "text"])
def test_a_missing_column_is_named(tmp_path: Path, name: str):
    row = article()
    del row[name]
    assert repr(name) in problem(json_lines(tmp_path, row))
    assert repr(name) in problem(archive(tmp_path, GOOD, header=HEADER.replace(name, "other")))


def test_a_key_may_be_renamed(tmp_path: Path):
    row = article(body="Police said so.")
    del row["text"]
    rename = Reading(rename={"body": "text"})
    sheet = read_archive(json_lines(tmp_path, row), reading=rename)
    assert len(sheet.table) == 1
    assert "'body' that is not there" in problem(json_lines(tmp_path, article()), reading=rename)
    both = json_lines(tmp_path, article(body="Police said so."))
    assert "gives two columns the name 'text'" in problem(both, reading=rename)


def test_a_broken_line_of_json_is_named(tmp_path: Path):
    path = json_lines(tmp_path, article())
    path.write_text(path.read_text() + '{"url": "https://x.example/2", \n', encoding="utf-8")
    assert "line 2: this is not JSON" in problem(path)


def test_a_wrong_encoding_is_named(tmp_path: Path):
    path = tmp_path / "articles.jsonl"
    path.write_bytes(b'{"url": "caf\xe9"}\n')
    assert "line 1: this is not UTF-8 text" in problem(path)
    assert "no encoding of text is called 'utf-9'" in problem(
        path, reading=Reading(encoding="utf-9")
    )
    path = tmp_path / "articles.csv"
    path.write_bytes((HEADER + "\n" + GOOD).encode() + b" caf\xe9\n")
    assert "UTF-8" in problem(path)


def test_an_empty_file_is_refused(tmp_path: Path):
    path = tmp_path / "articles.csv"
    path.write_bytes(b"")
    assert "empty" in problem(path)


def test_prompted_is_0_or_1_or_unknown(tmp_path: Path):
    rows = [article(url=f"https://x.example/{k}", prompted=p) for k, p in enumerate([1, 0, None])]
    found = read_archive(json_lines(tmp_path, *rows)).table["prompted"]
    assert found.isna().tolist() == [False, False, True]
    assert found.tolist()[:2] == [1, 0]
    assert "is not 0 or 1" in problem(json_lines(tmp_path, article(prompted="yes")))


RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>
<item><guid>g1</guid><link>https://x.example/1</link><title>Police &amp; fire</title>
<pubDate>Wed, 01 Apr 2026 02:00:00 +0200</pubDate>
<description>&lt;p&gt;An officer said 5 &lt; 6.&lt;/p&gt;</description></item>
<item><link>https://x.example/2</link><title>Undated</title></item></channel></rss>"""


def test_a_feed_gives_its_entries_in_utc_and_without_markup():
    first, second = parse_feed(RSS)
    assert (first.id, first.url, first.title) == ("g1", "https://x.example/1", "Police & fire")
    assert first.published == "2026-04-01T00:00:00+00:00"
    assert first.summary == "An officer said 5 < 6."
    assert (second.id, second.published) == ("https://x.example/2", "")


def test_a_feed_that_breaks_off_is_read_as_far_as_it_goes():
    assert len(parse_feed(RSS[:-60])) == 2


def test_a_json_feed_is_read():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": 1, "url": "https://x.example/1", "date_published": "2026-04-01T02:00:00+02:00"}
        ],
    }
    (entry,) = parse_feed(json.dumps(feed).encode())
    assert (entry.id, entry.published) == ("1", "2026-04-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><body>Not found</body></html>", "not a feed"),
        (b'{"error": 404}', "not a JSON feed"),
        (b"  ", "empty"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss version="2.0"></rss>', "entities"),
        (b"<rss><item " + b'a="1" ' * 5000 + b"/></rss>", "attributes"),
        (b"<rss version='2.0'>" + b"<a>" * 2000, "tags in one another"),
    ],
)
def test_what_is_no_feed_is_refused(content: bytes, said: str):
    with pytest.raises(DataError, match=said):
        parse_feed(content)


CODES = "url,coder,relevant,tone,probability"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("u1,ann,1,,0.5", "column tone: a relevant article needs a tone"),
        ("u1,ann,0,1,0.5", "column tone: an article that is not relevant has no tone"),
        ("u1,ann,1,2,0.5", "column tone: 2"),
        ("u1,ann,2,,0.5", "column relevant"),
        ("u1,ann,1,1,0", "column probability"),
        ("u1,ann,1,1,1.5", "column probability"),
        ("u9,ann,1,1,0.5", "column url: 'u9' is no article"),
        ("u1,,1,1,0.5", "column coder: the cell is empty"),
        ("u1,ann,,,0.5", "column relevant: the cell is empty"),
    ],
)
def test_a_code_that_breaks_a_rule_is_refused(tmp_path: Path, line: str, said: str):
    path = archive(tmp_path, "u2,ann,1,0,0.5", line, header=CODES)
    with pytest.raises(RowsRefused) as caught:
        read_codes(path, urls=("u1", "u2")).or_refuse(leave_out=False)
    assert "row 3" in str(caught.value)
    assert said in str(caught.value)


def test_the_majority_of_coders_settles_an_article():
    codes = pd.DataFrame(
        [
            ("u1", "ann", 1, -1.0, 0.5),
            ("u1", "bob", 1, 0.0, 0.5),
            ("u1", "cat", 1, 0.0, 0.5),
            ("u2", "ann", 0, float("nan"), 0.5),
            ("u2", "bob", 0, float("nan"), 0.5),
        ],
        columns=["url", "coder", "relevant", "tone", "probability"],
    )
    found = one_code_an_article(codes)
    assert found["human_tone"].fillna(9).tolist() == [0, 9]
    assert found["agreed"].tolist() == [False, True]
