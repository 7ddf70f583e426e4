"""The fast reader of big files sees what the careful one sees, or leaves the file to it."""

import csv as commas
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outcomes.errors import FileError
from outcomes.sheets import (
    Column,
    cells,
    check_cells,
    checked,
    distinct_rows,
    files,
    parse,
    read_sheet,
)
from outcomes.sheets.distinct import repeated_rows
from outcomes.sheets.plain_csv import plain_csv

CELL = st.text(alphabet='ab ,;\t"\n\r\x1c\x85é1T:-', max_size=4)
RAW = st.text(alphabet='ab,,\n\n" ;', max_size=40)


def carefully(content: bytes, *, encoding: str = "utf-8-sig") -> pd.DataFrame | None:
    """What the careful reader sees; None where it refuses the file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        try:
            return files.read_cells(path, encoding=encoding)  # too small for the fast one
        except FileError:
            return None


def same(content: bytes) -> bool:
    """Compare both; say whether the fast one read the file."""
    fast = plain_csv(content, encoding="utf-8-sig")
    if fast is not None:
        slow = carefully(content)
        assert slow is not None
        pd.testing.assert_frame_equal(fast, slow)
    return fast is not None


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5), st.booleans())
def test_written_tables_are_read_alike(rows: list[list[str]], every: bool) -> None:
    out = io.StringIO(newline="")
    writer = commas.writer(out, quoting=commas.QUOTE_ALL) if every else commas.writer(out)
    writer.writerows([["x", "y", "z"], *rows])
    same(out.getvalue().encode())


@settings(deadline=None, max_examples=100)
@given(RAW)
def test_whatever_stands_in_a_file_is_read_alike_or_left_to_the_careful_reader(text: str) -> None:
    same(b"x,y\n" + text.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"x,y\n1,2\n",
        b"\xef\xbb\xbfx;y\r\n1;2,5\r\n",
        b"x\ty\n1\t\n\t\n 3 \t4",
        b'x,y\n"a, b","say ""no"""\n"two\nlines",3\n',
        b"x,y\n1,2\n\n3,4\n",
        b"x,y\nNA,null\n007,1e5\n",
    ],
)
def test_plain_files_are_read_by_the_fast_reader(content: bytes) -> None:
    assert same(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x,y\n",
        b"\nx,y\n1,2\n",
        b"x,y\n1\n",
        b"x,y\n1,2,3\n",
        b"x,y\n1,2,\n",
        b"x,x\n1,2\n",
        b"x,\n1,2\n",
        b'x,y\n"a"b,2\n',
        b'x,y\na"b,2\n',
        b'x,y\n"a,2\n',
        b"x,y\r1,2\r",
        b"x,y\n1,2\r3,4\n",
        b"x,y",
        b"x,y\n1,\xff\n",
        b"x,y\n1,\x00\n",
        b"<p>,y\n1,2\n",
        b"x,y\n , \n",
    ],
)
def test_files_with_surprises_are_left_to_the_careful_reader(content: bytes) -> None:
    assert plain_csv(content, encoding="utf-8-sig") is None


def test_other_encodings_are_left_to_the_careful_reader() -> None:
    assert plain_csv("x,y\né,2\n".encode("cp1252"), encoding="cp1252") is None


def test_a_big_file_is_numbered_and_refused_as_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["place,count", *["east,1"] * 3, '"ea\nst",2', ",", "west,x", "west,4"]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    columns = [Column(name="place"), Column(name="count", kind="integer")]
    small = read_sheet(path, columns)
    monkeypatch.setattr(files, "WORTH_IT", 0)
    seen: list[pd.DataFrame | None] = []

    def watched(content: bytes, *, encoding: str, few: bool) -> pd.DataFrame | None:
        seen.append(plain_csv(content, encoding=encoding, few=few))
        return seen[-1]

    monkeypatch.setattr(files, "plain_csv", watched)
    big = read_sheet(path, columns)
    assert seen[0] is not None
    assert [str(each) for each in big.refusals] == [str(each) for each in small.refusals]
    assert [each.row for each in big.refusals] == [7]
    pd.testing.assert_frame_equal(big.table, small.table)


MOMENT = st.from_regex(
    r"(\d{4}-[01]\d-[0-3]\d|[01]\d/[0-3]\d/\d{4}|\d/\d/\d\d)[T ]{1,2}\d{1,2}:[0-5]\d(:\d\d)?"
    r"( ?[AaPp][Mm])?(Z|[+-]0\d:?00)?x?",
    fullmatch=True,
)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(MOMENT, st.none(), st.text(alphabet="T :2-", max_size=14)), max_size=6))
def test_moments_are_the_same_whether_parsed_whole_or_in_two_parts(texts: list[str | None]) -> None:
    given_cells = pd.Series(texts, dtype="str", index=range(5, 5 + len(texts)))
    found = parse(given_cells, kind="moment", date_order="MDY")
    whole = cells._moments(given_cells.astype("string"), date_order="MDY")
    assert found.index.equals(given_cells.index)
    assert found.astype(object).where(found.notna(), None).tolist() == (
        whole.where(whole.notna(), None).tolist()
    )


PLAIN = st.from_regex(
    r"\d{4}-[01]\d-[0-3]\d[T ][0-2]\d:[0-6]\d(:[0-6]\d)?|\d{4}-01-01[T ]\d{4}([.Z+]\d{0,3})?",
    fullmatch=True,
)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(PLAIN, st.none()), max_size=3))
def test_moments_in_plain_forms_are_parsed_as_those_in_any_form(texts: list[str | None]) -> None:
    given_cells = pd.Series(texts, dtype="str", index=range(5, 5 + len(texts)), name="at")
    fast = cells._plain_moments(given_cells)
    if fast is not None:
        whole = cells._moments(given_cells.astype("string"), date_order="YMD").astype("str")
        pd.testing.assert_series_equal(fast, whole, check_names=False)
        assert fast.name == "at"


def test_only_real_moments_in_plain_forms_are_read_at_once() -> None:
    plain = ["2026-03-31 14:05", None, "2024-02-29T23:59:59", "0001-01-01 00:00"]
    read = cells._plain_moments(pd.Series(plain, dtype="str"))
    assert read is not None
    assert read.fillna("").tolist() == [
        "2026-03-31T14:05:00",
        "",
        "2024-02-29T23:59:59",
        "0001-01-01T00:00:00",
    ]
    others = [
        "2026-03-31",
        "2026-03-31 14",
        "2026-03-31 14:05Z",
        "2026-02-29 14:05",
        "31/03/2026 14:05",
    ]
    for other in others:
        assert cells._plain_moments(pd.Series([*plain, other], dtype="str")) is None


def test_a_column_of_equal_cells_is_parsed_as_each_of_them_would_be() -> None:
    texts = pd.Series(["3", None, "x", "3", "4.5", "-0"], index=[9, 8, 7, 6, 5, 4], dtype="str")
    found = parse(texts, kind="number")
    assert found.fillna(99).tolist() == [3, 99, 99, 3, 4.5, 0]
    assert found.index.tolist() == [9, 8, 7, 6, 5, 4]
    assert parse(texts[texts == "none"], kind="date").empty


def test_equal_rows_have_one_number_in_the_order_in_which_they_appear() -> None:
    table = pd.DataFrame({"a": [2, 1, 2, 1], "b": ["x", "y", "x", None]})
    which, first = distinct_rows(table)
    assert which.tolist() == [0, 1, 0, 2]
    assert first.tolist() == [0, 1, 3]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([1.5, None]), st.integers(0, 2))),
    st.integers(1, 9),
)
def test_repeated_rows_are_those_that_pandas_finds(rows: list[Any], times: int) -> None:
    table = pd.DataFrame(rows, columns=["a", "b", "c"])
    for named in (table, table.astype({"a": "category"}), table.drop_duplicates()):
        assert repeated_rows(named).tolist() == named.duplicated().tolist()
        wide = pd.concat([named] * times, axis=1).set_axis(range(3 * times), axis=1)
        assert repeated_rows(wide).tolist() == named.duplicated().tolist()


def test_rows_are_told_apart_where_their_numbers_are_too_large() -> None:
    n = 2**11
    table = pd.DataFrame({at: np.arange(n) for at in range(7)})  # 2**77 rows could differ
    table = pd.concat([table, table[:1]], ignore_index=True)
    table.loc[n, 0] = 1  # what tells the last row from the first is beyond 64 bits
    assert not repeated_rows(table).any()


COLUMNS = [
    Column(name="place", allowed=("a", "b"), what="place"),
    Column(name="count", kind="integer", blank=True, low=0, high=9),
    Column(name="day", kind="date"),
    Column(name="month", kind="month", blank=True, needed=False),
    Column(name="people", kind="integer", blank=True, empty=0, low=0, high=9),
    Column(name="absent", kind="integer", blank=True, empty=0, needed=False),
]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "b", "c", ""]),
        st.sampled_from(["1", "1.0", "9", "10", "x", ""]),
        st.sampled_from(["2026-01-02", "2026-1-2", "2026-13-01", ""]),
        st.sampled_from(["2026-03", "2026-03-04", "", "x"]),
        st.sampled_from(["1", "", "", "10"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_cells_that_are_checked_once_are_checked_as_every_row_would_be(
    rows: list[tuple[str, ...]],
) -> None:
    names = [column.name for column in COLUMNS[:-1]]
    raw = pd.DataFrame(rows, columns=names, dtype="str").rename(index=lambda at: at + 2)
    once = check_cells(Path("t.csv"), raw, COLUMNS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checked, "_check_column", checked._check_every)
        every = check_cells(Path("t.csv"), raw, COLUMNS)
    assert once.refusals == every.refusals
    pd.testing.assert_frame_equal(once.table, every.table)
    said = raw["people"].set_axis(raw.index - 2)
    expected = [int(said[at] or 0) for at in once.table.index]
    assert once.table["people"].tolist() == expected
    assert once.table["absent"].tolist() == [0] * len(once.table)
    assert set(once.table[["people", "absent"]].dtypes) == {np.dtype("int64")}


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(["a", " a", "a ", "é", "", " ", "1", "x y"]), min_size=1, max_size=5),
    st.sampled_from(",;\t"),
)
def test_few_different_cells_are_read_as_the_same_cells(words: list[str], mark: str) -> None:
    lines = [mark.join(["x", "y"]), *(mark.join([word, "z"]) for word in words * 8)]
    content = ("\n".join(lines) + "\n").encode()
    one = plain_csv(content, encoding="utf-8")
    few = plain_csv(content, encoding="utf-8", few=True)
    assert one is not None
    assert few is not None
    assert few["y"].dtype == "category"
    pd.testing.assert_frame_equal(few.astype("str"), one)


def test_a_big_sheet_of_few_words_is_checked_as_a_small_one_is(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "t.csv"
    rows = [
        f"{'east' if n % 7 else 'eats'},{n % 5},{n},{'' if n % 3 else 'yes'},{n // 9 or ''}"
        for n in range(90)
    ]
    path.write_text(
        "place,size,n,told,people\n" + "\n".join([*rows, rows[0]]) + "\n", encoding="utf-8"
    )
    columns = [
        Column(name="place", allowed=("east", "west")),
        Column(name="size", kind="integer", low=0, high=3),
        Column(name="n", kind="integer"),
        Column(name="told", blank=True),
        Column(name="people", kind="integer", blank=True, empty=0),
    ]
    sheets = []
    for worth in (1, 10**6):
        monkeypatch.setattr(files, "WORTH_IT", worth)
        sheets.append(read_sheet(path, columns, key=["place", "size", "n"]))
    fast, careful = sheets
    pd.testing.assert_frame_equal(fast.table, careful.table)
    assert fast.refusals == careful.refusals
    assert {refusal.column for refusal in fast.refusals} == {"place", "size"}
    assert fast.table["people"].tolist() == (fast.table["n"] // 9).tolist()
