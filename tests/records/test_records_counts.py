from pathlib import Path

import pandas as pd
import pytest

from outcomes.errors import FileError, RowsRefused
from outcomes.records.counts import RECORDED, count_rows, measure_rows, missing_months, read_counts
from outcomes.sheets import Reading

PLACES = ("eastbank", "northgate")
MONTHS = ("2025-01", "2025-02", "2025-03")
LEAVE_OUT = Reading(leave_out_refused=True)


def read(tmp_path: Path, text: str, **how):
    path = tmp_path / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return read_counts(path, PLACES, months=MONTHS, **how)


def cells(sheet) -> list[tuple]:
    return list(
        sheet.table[["place", "month", "measure", "value"]].itertuples(index=False, name=None)
    )


def test_long_counts_by_month_are_read(tmp_path) -> None:
    sheet = read(
        tmp_path,
        "place,month,measure,value,clerk\n"
        "eastbank,2025-01,tips_received,4,Ann\nagency,2025-01,complaints,0,Ann\n",
    )
    assert cells(sheet) == [
        ("eastbank", "2025-01", "tips_received", 4),
        ("agency", "2025-01", "complaints", 0),
    ]
    assert sheet.not_read == ("clerk",)
    assert count_rows(sheet.table)[0] == {
        "key": "eastbank/2025-01/tips_received",
        "place": "eastbank",
        "month": "2025-01",
        "measure": "tips_received",
        "value": 4,
    }


def test_dated_counts_add_up_into_their_month(tmp_path) -> None:
    sheet = read(
        tmp_path,
        "place,date,measure,value\neastbank,2025-01-03,tips_received,4\n"
        "eastbank,2025-01-20,tips_received,3\neastbank,2025-02-01,tips_received,1\n",
    )
    assert cells(sheet) == [
        ("eastbank", "2025-01", "tips_received", 7),
        ("eastbank", "2025-02", "tips_received", 1),
    ]


def test_a_wide_table_has_a_column_a_measure_and_an_empty_cell_is_missing(tmp_path) -> None:
    text = "place,month,tips_received,complaints\neastbank,2025-01,4,\nnorthgate,2025-01,0,2\n"
    assert sorted(cells(read(tmp_path, text))) == [
        ("eastbank", "2025-01", "tips_received", 4),
        ("northgate", "2025-01", "complaints", 2),
        ("northgate", "2025-01", "tips_received", 0),
    ]


LONG = "place,month,measure,value\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LONG + "eastbank,2025-01,tips_received,-1\n", r"-1 is outside 0 or more"),
        (LONG + "eastbank,2025-01,tips_received,1.5\n", r"'1\.5' is not a whole number"),
        (LONG + "eastbank,2025-01,tips_received,\n", r"column value: the cell is empty"),
        (LONG + "eastbank,Jan 2025,tips_received,1\n", r"'Jan 2025' is not a month"),
        (LONG + "eastbank,2024-12,tips_received,1\n", r"2024-12 is outside the study \(2025-01"),
        (LONG + "westbank,2025-01,tips_received,1\n", r"'westbank' is not a known place"),
        (LONG + "eastbank,2025-01,tips,1\n", r"no measure is called 'tips'"),
        (LONG + "eastbank,2025-01,walk_minutes,1\n", r"walk_minutes is an output: .*not evidence"),
        (LONG + "eastbank,2025-01,trust,1\n", r"trust belongs to the stream surveys"),
        (LONG + "eastbank,2025-01,complaints,1\n" * 2, r"row 3, column measure: .* earlier row"),
        (
            "place,date,measure,value\n" + "eastbank,2025-01-05,complaints,1\n" * 2,
            r"earlier row\. Write one row for the day",
        ),
        ("place,date,measure,value\neastbank,2024-01-05,complaints,1\n", r"2024-01-05 is outside"),
        ("place,month,complaints\n" + "eastbank,2025-01,1\n" * 2, r"the same place and month"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(tmp_path, text, said) -> None:
    with pytest.raises(RowsRefused, match=said):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("place,month,walk_minutes", r"column walk_minutes: walk_minutes is an output"),
        ("place,month,tips", r"neither a column 'measure' nor a column named after a measure"),
        ("place,month,measure", r"there is no column 'value'"),
        ("place,measure,value", r"there is no column 'month'"),
        ("month,measure,value", r"there is no column 'place'"),
    ],
)
def test_a_table_without_what_is_needed_is_refused(tmp_path, header, said) -> None:
    with pytest.raises(FileError, match=said):
        read(tmp_path, f"{header}\nx,2025-01,1\n")


def test_good_rows_by_month_may_stay_but_a_month_of_dates_needs_all_its_rows(tmp_path) -> None:
    rows = "eastbank,2025-01{},complaints,1\neastbank,2025-02{},complaints,x\n"
    sheet = read(tmp_path, LONG + rows.replace("{}", ""), reading=LEAVE_OUT)
    assert (len(sheet.table), len(sheet.refusals)) == (1, 1)
    dated = "place,date,measure,value\n" + rows.replace("{}", "-05")
    with pytest.raises(FileError, match="a month cannot be counted from only some of its dated"):
        read(tmp_path, dated, reading=LEAVE_OUT)


def test_a_month_without_a_row_is_missing_and_never_zero(tmp_path) -> None:
    sheet = read(
        tmp_path,
        LONG + "eastbank,2025-01,complaints,0\nnorthgate,2025-02,complaints,1\n"
        "agency,2025-01,tips_anonymous,2\n",
    )
    absent = missing_months(sheet.table, PLACES, MONTHS[:2])
    assert list(absent.itertuples(index=False, name=None)) == [
        ("complaints", "eastbank", "2025-02"),
        ("complaints", "northgate", "2025-01"),
        ("tips_anonymous", "agency", "2025-02"),
    ]


def test_counts_become_measures_of_their_place(tmp_path) -> None:
    rows = measure_rows(read(tmp_path, LONG + "eastbank,2025-01,complaints,3\n").table)
    row = rows.iloc[0]
    assert (row["stream"], row["unit"], row["place"], row["period"], row["value"], row["n"]) == (
        "records",
        "eastbank",
        "eastbank",
        "2025-01",
        3,
        1,
    )
    assert pd.isna(row["se"])
    assert measure_rows(rows.iloc[:0]).empty


def test_every_kind_of_tip_and_initiative_is_a_record_of_its_own() -> None:
    tips = {"tips_social_media", "tips_early_outreach", "tips_received", "tips_anonymous"}
    assert tips <= set(RECORDED)
    assert len([code for code in RECORDED if code.startswith("initiatives_")]) == 3
