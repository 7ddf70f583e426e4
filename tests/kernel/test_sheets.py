from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from outcomes.errors import FileError, RowsRefused
from outcomes.sheets import Column, Reading, Sheet, parse, read_any, read_sheet

PLACE = Column(name="place", allowed=("eastbank", "millrow"))
COUNT = Column(name="count", kind="integer", low=0)
DAY = Column(name="day", kind="date")


def csv(tmp_path: Path, content: str | bytes, name: str = "tips.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def excel(tmp_path: Path, *rows: list[Any], name: str = "tips.xlsx") -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / name)
    return tmp_path / name


def said(sheet: Sheet) -> list[str]:
    return [str(refusal) for refusal in sheet.refusals]


def one(cell: str, **column: Any) -> Sheet:
    """Read one cell of one column, beside one that is never empty."""
    with TemporaryDirectory() as folder:
        quoted = cell.replace('"', '""')
        path = csv(Path(folder), f'x,y\n"{quoted}",1\n')
        return read_sheet(path, [Column(name="x", **column)])


# files


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_commas_semicolons_and_tabs_are_told_apart(tmp_path: Path, mark: str, end: str) -> None:
    lines = ["place,count", "eastbank,3", "millrow,4", ""]
    path = csv(tmp_path, end.join(lines).replace(",", mark))
    assert read_sheet(path, [PLACE, COUNT]).table["count"].tolist() == [3, 4]


def test_a_comma_inside_a_quoted_header_does_not_count(tmp_path: Path) -> None:
    path = csv(tmp_path, '"a, b, c";place\n1;eastbank\n')
    assert read_sheet(path, [PLACE]).not_read == ("a, b, c",)


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = csv(tmp_path, b"\xef\xbb\xbfplace\neastbank\n")
    assert len(read_sheet(path, [PLACE]).table) == 1
    assert len(read_sheet(path, [PLACE], reading=Reading(encoding="utf-8")).table) == 1


def test_quoted_cells_may_hold_commas_quotes_and_new_lines(tmp_path: Path) -> None:
    path = csv(tmp_path, 'place,note\neastbank,"a, ""b""\nc"\nmillrow,d\n')
    sheet = read_sheet(path, [PLACE, Column(name="note")])
    assert sheet.table["note"].tolist() == ['a, "b"\nc', "d"]
    assert sheet.table["row"].tolist() == [2, 3]


def test_a_very_long_cell_is_read_whole(tmp_path: Path) -> None:
    path = csv(tmp_path, "place,note\neastbank," + "x" * 200_000 + "\n")
    assert len(read_sheet(path, [Column(name="note")]).table.at[0, "note"]) == 200_000


def test_blank_rows_are_left_out_and_keep_their_numbers(tmp_path: Path) -> None:
    path = csv(tmp_path, "\nplace,count\neastbank,1\n\n,\nmillrow,many\n")
    sheet = read_sheet(path, [PLACE, COUNT])
    assert sheet.read == 2
    assert sheet.table["row"].tolist() == [3]
    assert said(sheet) == [
        "row 6, column count: 'many' is not a whole number. Write a whole number"
    ]


def test_empty_cells_after_the_last_column_are_no_cells(tmp_path: Path) -> None:
    sheet = read_sheet(csv(tmp_path, "place,count,\neastbank,1,\n"), [PLACE, COUNT])
    assert sheet.not_read == ()
    assert len(read_sheet(csv(tmp_path, "place,count\neastbank,1,,\n"), [PLACE]).table) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the file is empty"),
        ("  \n\n", "the file is empty"),
        ("place,count\n", "the file holds no rows"),
        ("place,count\n,\n\n", "the file holds no rows"),
        ("place,place\neastbank,millrow\n", "row 1: the column 'place' stands twice"),
        ("place,count\neastbank,1\neastbank,1,2\n", "row 3: the row has 3 cells, more than the 2"),
        ("place,count,x\neastbank,1\n", "row 2: the row has 2 cells, fewer than the 3"),
        ("place,count,x\neastbank\n", "row 2: the row has 1 cells, fewer than the 3"),
        ('place,count\neastbank,"1\nmillrow,2\n', "row 2: a quote is opened and never closed"),
        ('place,count\neastbank,1\n"mill"row,2\n', "row 3: a cell goes on after its closing quote"),
        ("place,count\nCaf\xe9,1\n".encode("cp1252"), r"row 2: this is not UTF-8 text.*cp1252"),
        ("place,count\neastbank,1\n".encode("utf-16"), "row 1: this is UTF-16.*--encoding utf-16"),
        ("place,count\neastbank,1\n".encode("utf-16-le"), "this is not a text table"),
        ("<html><table></table></html>", "this is not a text table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"an old Excel file \(.xls\)"),
        (b"PK\x03\x04 broken", "this is not an Excel file that can be read"),
        (b"PAR1 broken PAR1", "this Parquet file cannot be read"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, content: str | bytes, sentence: str
) -> None:
    with pytest.raises(FileError, match=sentence):
        read_sheet(csv(tmp_path, content), [PLACE])


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such file"):
        read_sheet(tmp_path / "none.csv", [PLACE])
    with pytest.raises(FileError, match=r"this is a folder\. Name a file in it"):
        read_sheet(tmp_path, [PLACE])


def test_an_encoding_that_is_named_is_used(tmp_path: Path) -> None:
    note = Column(name="note")
    older = csv(tmp_path, "note\nCaf\xe9\n".encode("cp1252"))
    assert read_sheet(older, [note], reading=Reading(encoding="cp1252")).table["note"].tolist() == [
        "Caf\xe9"
    ]
    wide = csv(tmp_path, "note\nCaf\xe9\n".encode("utf-16"))
    assert read_sheet(wide, [note], reading=Reading(encoding="utf-16")).table["note"].tolist() == [
        "Caf\xe9"
    ]


def test_an_encoding_that_is_wrong_or_unknown_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path, b"note\n\x81\n")
    with pytest.raises(
        FileError,
        match=r"row 2: this is not CP1252 text\. Save it as UTF-8 \('CSV UTF-8' in Excel\)$",
    ):
        read_sheet(path, [Column(name="note")], reading=Reading(encoding="cp1252"))
    with pytest.raises(FileError, match="no encoding of text is called 'ansi-x'"):
        read_sheet(path, [Column(name="note")], reading=Reading(encoding="ansi-x"))


# Excel and Parquet


def test_excel_is_read_as_csv_would_be_whatever_its_name(tmp_path: Path) -> None:
    path = excel(
        tmp_path,
        ["place", "count", "day", "clock", "share", "open", "note"],
        ["eastbank", 3.0, date(2026, 3, 31), datetime(2026, 3, 31, 14, 5, 30), 0.25, True, None],
        [],
        ["millrow", 4, datetime(2026, 4, 1), datetime(2026, 4, 1), 1, False, " x "],
        name="tips.csv",
    )
    sheet = read_sheet(
        path,
        [
            PLACE,
            COUNT,
            DAY,
            Column(name="clock", kind="moment"),
            Column(name="share", kind="number"),
            Column(name="open", allowed=("True", "False")),
            Column(name="note"),
        ],
    )
    assert said(sheet) == ["row 2, column note: the cell is empty. Fill it, or drop the row"]
    assert sheet.table["row"].tolist() == [4]
    kept = sheet.table.iloc[0]
    assert (kept["count"], kept["share"], kept["open"], kept["note"]) == (4, 1, "False", "x")
    assert kept["day"] == pd.Timestamp(2026, 4, 1)
    assert kept["clock"] == "2026-04-01T00:00:00"


def test_a_moment_of_excel_keeps_its_seconds_and_a_date_has_no_clock(tmp_path: Path) -> None:
    path = excel(tmp_path, ["a", "b"], [datetime(2026, 3, 31, 14, 5, 30), date(2026, 3, 31)])
    assert read_any(path).iloc[0].tolist() == ["2026-03-31 14:05:30", "2026-03-31"]


def test_a_clock_time_alone_is_no_moment(tmp_path: Path) -> None:
    sheet = read_sheet(excel(tmp_path, ["a"], [time(14, 5)]), [Column(name="a", kind="moment")])
    assert said(sheet)[0].startswith("row 2, column a: '14:05:00' is not a moment")


def test_rows_of_excel_may_end_early(tmp_path: Path) -> None:
    path = excel(tmp_path, ["place", "count", "note"], ["eastbank", 1], ["millrow", 2, "x"])
    assert read_any(path)["note"].tolist() == ["", "x"]


def test_an_empty_sheet_of_excel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="the file is empty"):
        read_any(excel(tmp_path))
    with pytest.raises(FileError, match="the file holds no rows"):
        read_any(excel(tmp_path, ["place"]))


def test_parquet_is_read_as_csv_would_be(tmp_path: Path) -> None:
    path = tmp_path / "tips.parquet"
    pd.DataFrame(
        {
            "place": ["eastbank", "millrow"],
            "count": pd.array([3, None], dtype="Int64"),
            "day": pd.to_datetime(["2026-03-31", "2026-04-01"]),
            "at": pd.to_datetime(["2026-03-31 00:00", "2026-04-01 14:05"]).tz_localize("UTC"),
            "share": [0.25, float("nan")],
        }
    ).to_parquet(path)
    columns = [PLACE, Column(name="count", kind="integer", blank=True), DAY]
    columns += [Column(name="at", kind="moment"), Column(name="share", kind="number", blank=True)]
    table = read_sheet(path, columns).table
    assert table["count"].isna().tolist() == [False, True]
    assert table["share"].isna().tolist() == [False, True]
    assert table["day"].dt.strftime("%d.%m.").tolist() == ["31.03.", "01.04."]
    assert table["at"].tolist() == ["2026-03-31T00:00:00+00:00", "2026-04-01T14:05:00+00:00"]


# columns


def test_a_missing_column_is_named_with_what_there_is_and_the_mend(tmp_path: Path) -> None:
    path = csv(tmp_path, "Place,count\neastbank,1\n")
    with pytest.raises(
        FileError, match=r"no column 'place'; the file has Place, count\. .*--rename"
    ):
        read_sheet(path, [PLACE])
    assert len(read_sheet(path, [PLACE], reading=Reading(rename={"Place": "place"})).table) == 1


def test_a_rename_of_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path, "place,count\neastbank,1\n")
    with pytest.raises(
        FileError, match=r"a column 'plaec' that is not there\. Did you mean 'place'"
    ):
        read_sheet(path, [PLACE], reading=Reading(rename={"plaec": "place"}))


def test_a_rename_that_makes_two_columns_alike_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path, "place,beat\neastbank,1\n")
    with pytest.raises(FileError, match="--rename gives two columns the name 'place'"):
        read_sheet(path, [PLACE], reading=Reading(rename={"beat": "place"}))


def test_columns_that_no_rule_asks_for_are_named_and_not_kept(tmp_path: Path) -> None:
    sheet = read_sheet(csv(tmp_path, "name,place,row\nAnn,eastbank,9\n"), [PLACE])
    assert sheet.not_read == ("name", "row")
    assert list(sheet.table.columns) == ["row", "place"]
    assert sheet.table["row"].tolist() == [2]


def test_a_column_that_need_not_be_there_is_empty_if_it_is_not(tmp_path: Path) -> None:
    path = csv(tmp_path, "place\neastbank\n")
    kinds: list[Any] = ["text", "integer", "number", "date", "moment", "month"]
    columns = [Column(name=kind, kind=kind, needed=False) for kind in kinds]
    sheet = read_sheet(path, [PLACE, *columns])
    assert not sheet.refusals
    assert sheet.table["text"].tolist() == [""]
    assert sheet.table[kinds[1:]].isna().all(axis=None)


@pytest.mark.parametrize("kind", ["text", "integer", "number", "date", "moment", "month"])
def test_an_empty_cell_is_refused_unless_it_may_be_blank(kind: Any) -> None:
    assert said(one("", kind=kind)) == [
        "row 2, column x: the cell is empty. Fill it, or drop the row"
    ]
    assert len(one(" ", kind=kind, blank=True).table) == 1


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ({"kind": "number"}, "many", "'many' is not a number. Write a number"),
        ({"kind": "number"}, "1,5", "'1,5' is not a number"),
        ({"kind": "number"}, "nan", "'nan' is not a number"),
        ({"kind": "number"}, "inf", "'inf' is not a number"),
        ({"kind": "number"}, "1e999", "'1e999' is not a number"),
        ({"kind": "number"}, "0x1F", "'0x1F' is not a number"),
        ({"kind": "number"}, "True", "'True' is not a number"),
        ({"kind": "number"}, "{0}", "'{0}' is not a number"),
        ({"kind": "integer"}, "1.5", "'1.5' is not a whole number. Write a whole number"),
        ({"kind": "integer", "low": 1, "high": 5}, "7", "7 is outside 1 to 5. Correct it"),
        ({"kind": "integer", "low": 0}, "-1", "-1 is outside 0 or more"),
        ({"kind": "number", "high": 1000000}, "2e6", "2e6 is outside 1000000 or less"),
        ({"allowed": ("eastbank",), "what": "place"}, "estbank", "is not a known place. Did you"),
        ({"allowed": ("a", "b")}, "z", "'z' is not a known x. Allowed: a, b"),
        ({"kind": "date"}, "03/31/2026", "Write it as 2026-03-31, or say --date-order MDY or DMY"),
        ({"kind": "date"}, "2026-02-29", "'2026-02-29' is not a date"),
        ({"kind": "date"}, "2026-03", "'2026-03' is not a date"),
        ({"kind": "date"}, "20260331", "'20260331' is not a date"),
        ({"kind": "date"}, "2026-03-31 14:05", "is not a date"),
        ({"kind": "date"}, "46112", "'46112' is not a date"),
        ({"kind": "moment"}, "2026-03-31", "is not a moment. Write it as 2026-03-31 14:05"),
        ({"kind": "moment"}, "2026-03-31 25:00", "is not a moment"),
        ({"kind": "moment"}, "2026-03-31 13:05 PM", "is not a moment"),
        ({"kind": "month"}, "2026-13", "'2026-13' is not a month. Write it as 2026-03"),
        ({"kind": "month"}, "March 2026", "is not a month"),
    ],
)
def test_a_cell_that_breaks_its_rule_is_refused(
    column: dict[str, Any], cell: str, sentence: str
) -> None:
    sheet = one(cell, **column)
    assert sheet.table.empty
    assert sentence in said(sheet)[0]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("number", "-.5", -0.5),
        ("number", "1e3", 1000.0),
        ("integer", "4.0", 4.0),
        ("integer", "+4", 4.0),
        ("date", "2024-02-29", pd.Timestamp(2024, 2, 29)),
        ("date", "2026-03-31 00:00:00", pd.Timestamp(2026, 3, 31)),
        ("moment", "2026-03-31 14:05", "2026-03-31T14:05:00"),
        ("moment", "2026-03-31T14:05:09.25Z", "2026-03-31T14:05:09+00:00"),
        ("moment", "2026-03-31 2:05 pm", "2026-03-31T14:05:00"),
        ("moment", "2026-03-31 12:05 AM", "2026-03-31T00:05:00"),
        ("moment", "2026-03-31 14:05 -05:00", "2026-03-31T14:05:00-05:00"),
        ("month", "2026-03", "2026-03"),
        ("month", "2026-03-15", "2026-03"),
    ],
)
def test_a_right_cell_is_read(kind: Any, cell: str, value: object) -> None:
    assert one(cell, kind=kind).table["x"].tolist() == [value]


@pytest.mark.parametrize(
    ("order", "cell", "day"),
    [
        ("MDY", "03/04/2026", date(2026, 3, 4)),
        ("MDY", "3/4/26", date(2026, 3, 4)),
        ("DMY", "03/04/2026", date(2026, 4, 3)),
        ("DMY", "3.4.2026", date(2026, 4, 3)),
        ("MDY", "2026-03-04", date(2026, 3, 4)),
        ("DMY", "2026-03-04", date(2026, 3, 4)),
        ("MDY", "31/03/2026", None),
        ("DMY", "03/31/2026", None),
        ("YMD", "03/04/2026", None),
    ],
)
def test_dates_are_read_in_the_order_that_was_said(order: Any, cell: str, day: date | None) -> None:
    found = parse(pd.Series([cell], dtype="str"), kind="date", date_order=order)[0]
    assert (None if found is pd.NaT else found.date()) == day


@given(st.lists(st.dates(date(1900, 1, 1), date(2200, 12, 31)), min_size=1, max_size=5))
def test_every_iso_date_is_read_as_itself(days: list[date]) -> None:
    cells = pd.Series([day.isoformat() for day in days], dtype="str")
    assert [found.date() for found in parse(cells, kind="date")] == days


# rows


def test_a_row_is_refused_once_and_the_others_are_kept(tmp_path: Path) -> None:
    path = csv(tmp_path, "place,count\nmilrow,many\neastbank,1\neastbank,-2\n,3\n")
    sheet = read_sheet(path, [PLACE, COUNT]).or_refuse(leave_out=True)
    assert [refusal.row for refusal in sheet.refusals] == [2, 4, 5]
    assert sheet.read == len(sheet.table) + len(sheet.refusals) == 4


def test_refused_rows_stop_an_import_unless_they_may_be_left_out(tmp_path: Path) -> None:
    sheet = read_sheet(csv(tmp_path, "place\neastbank\nx\ny\n"), [PLACE])
    with pytest.raises(RowsRefused, match="row 3, column place: 'x'") as caught:
        sheet.or_refuse(leave_out=False)
    assert (caught.value.read, len(caught.value.refusals)) == (3, 2)


def test_a_row_with_the_key_of_an_earlier_one_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path, "place,day\neastbank,2026-03-31\neastbank,3/31/2026\nmillrow,2026-03-31\n")
    sheet = read_sheet(path, [PLACE, DAY], key=("place", "day"), reading=Reading(date_order="MDY"))
    assert said(sheet) == [
        "row 3, column day: the same place and day stand in an earlier row. "
        "Remove the row, or correct what makes it look the same"
    ]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12).map(
    lambda text: text.strip()
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(cells, cells, st.integers(0, 9)), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_pandas_writes_is_read_back_the_same(
    tmp_path: Path, rows: list[tuple[str, str, int]], mark: str
) -> None:
    table = pd.DataFrame(rows, columns=["a", "b", "count"])
    path = tmp_path / "same.csv"
    table.to_csv(path, index=False, sep=mark)
    columns = [Column(name="a", blank=True), Column(name="b", blank=True), COUNT]
    sheet = read_sheet(path, columns)
    assert not sheet.refusals
    assert sheet.table[["a", "b", "count"]].to_numpy().tolist() == table.to_numpy().tolist()


# tables of one's own


def test_a_table_of_ones_own_has_numbers_where_all_cells_are_and_text_elsewhere(
    tmp_path: Path,
) -> None:
    path = csv(tmp_path, "score,age,code,mixed,beat\n1.5,NA,007,NA,\n,40,012,x,\n")
    table = read_any(path)
    assert table["score"].isna().tolist() == [False, True]
    assert table["age"].isna().tolist() == [True, False]
    assert table["code"].tolist() == ["007", "012"]
    assert table["mixed"].tolist() == ["NA", "x"]
    assert table["beat"].tolist() == ["", ""]
