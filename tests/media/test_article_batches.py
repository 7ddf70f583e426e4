"""Files of articles are read a batch at a time: what is kept, what is refused, and why."""

import json
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

from outcomes.errors import FileError
from outcomes.media.article_batches import ARTICLES, TARGETS, read_batches

ROWS = [{"id": k, "title": f"T{k}", "text": f'A "long", text\nof {k}'} for k in range(7)]


def written(folder: Path, ending: str, rows: list[dict] = ROWS) -> Path:
    path = folder / f"in{ending}"
    table = pd.DataFrame(rows)
    if ending == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    elif ending == ".parquet":
        table.to_parquet(path, row_group_size=3)
    elif ending == ".xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    return path


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet", ".xlsx"])
@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_every_row_comes_once_and_in_order_whatever_the_batch(tmp_path, ending, size):
    batches = list(read_batches(written(tmp_path, ending), ARTICLES, size=size))
    assert [batch.number for batch in batches] == list(range(len(batches)))
    assert all(len(batch.rows) == size for batch in batches[:-1])
    rows = [row for batch in batches for row in batch.rows]
    assert [{**row, "id": int(row["id"])} for row in rows] == ROWS
    assert batches[-1].done == pytest.approx(1)


def test_an_address_stands_for_an_id_and_nothing_for_a_title(tmp_path):
    rows = [{"url": "https://x.example/1", "text": None}]
    (batch,) = read_batches(written(tmp_path, ".jsonl", rows), ARTICLES)
    assert batch.rows == ({"id": "https://x.example/1", "title": "", "text": ""},)
    assert not batch.refused


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": 2, "title": ', "row 2: it is not JSON, one object a line"),
        ("[1, 2]", "row 2: it is JSON, but no object with keys"),
        ('{"title": "a", "text": "b"}', "row 2: it has no id (or url)"),
        ('{"id": 2, "title": "a", "body": "b"}', "row 2: it has no text; it has id, title, body"),
        ('{"id": 2, "title": "a", "text": ["b"]}', "row 2: its text is no text"),
    ],
)
def test_a_bad_line_is_one_sentence_and_the_others_are_read(tmp_path, line, why):
    path = tmp_path / "in.jsonl"
    good = '{"id": 1, "title": "", "text": "b"}\n'
    path.write_text(f"{good}{line}\n{good}", encoding="utf-8")
    (batch,) = read_batches(path, ARTICLES)
    assert batch.refused == (why,)
    assert len(batch.rows) == 2


def test_a_line_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"id": 1, "text": "b"}\n{"id": 2, "text": "\xe9"}\n')
    (batch,) = read_batches(path, ARTICLES)
    assert batch.refused == ("row 2: it is not UTF-8 text",)


def test_a_row_of_a_csv_with_a_cell_too_many_is_named(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id,title,text\n1,a,b\n2,a,b,c\n\n3,a,b,,\n", encoding="utf-8")
    (batch,) = read_batches(path, ARTICLES)
    assert batch.refused == ("row 3: it has 4 cells, not the 3 of the header",)
    assert [row["id"] for row in batch.rows] == ["1", "3"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"id,title\n1,a\n", r"lacks the column\(s\) text\..* Its columns are id, title"),
        (b"name,title,text\n1,a,b\n", r"lacks the column\(s\) id \(or url\)"),
        (b"id,title,text\n", "the file holds no rows"),
        (b"", "the file holds no rows"),
        (b"id,title,text\n1,a,caf\xe9\n", "this is not UTF-8 text"),
        (b'id,title,text\n1,a,"b\n', "row 2: a quote is not closed"),
        (b"PAR1 is not all of it", "this Parquet file cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, content, why):
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match=why):
        list(read_batches(path, ARTICLES))


def test_a_target_outside_its_text_is_refused_with_its_row(tmp_path):
    rows = [
        {"id": 1, "text": "the police", "from": 4, "to": 10},
        {"id": 2, "text": "the police", "from": 4, "to": 11},
        {"id": 3, "text": "the police", "from": "x", "to": 11},
        {"id": 4, "text": "the police", "from": 4, "to": 4},
    ]
    (batch,) = read_batches(written(tmp_path, ".jsonl", rows), TARGETS)
    assert [row["id"] for row in batch.rows] == [1]
    assert batch.refused[0] == (
        "row 2: the target from 4 to 11 lies outside its text of 10 characters"
    )
    assert "from and to must be whole numbers" in batch.refused[1]


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_memory_holds_a_batch_and_not_the_file(tmp_path, ending):
    rows = [{"id": k, "title": "", "text": f"{k} " * 5000} for k in range(600)]  # about 14 MB
    path = written(tmp_path, ending, rows)
    tracemalloc.start()
    try:
        assert sum(len(batch.rows) for batch in read_batches(path, ARTICLES, size=20)) == 600
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 10_000_000
    assert peak < 4_000_000
