from pathlib import Path

import pandas as pd
import pytest

from outcomes.engagement.log import COLUMNS, read_walks, walk_rows, walk_table
from outcomes.engagement.walk_rules import read_walk_rules
from outcomes.errors import FileError

RULES = read_walk_rules(Path(__file__).resolve().parents[2] / "walk_rules.toml")
GOOD = (
    "place,type,start,minutes,coordinator,officers,reached,officer_name\n"
    "east,officer,2026-01-05 10:00,20,officer,2,7,Smith\n"
    "east,ad_hoc,2026-01-06 23:50,12.5,other,,,Jones\n"
)


def read(tmp_path, text, **options):
    path = tmp_path / "walks.csv"
    path.write_text(text, encoding="utf-8")
    return read_walks(path, RULES, places=("east",), **options).or_refuse(leave_out=False)


def test_a_log_is_read_with_every_role_as_a_number(tmp_path):
    sheet = read(tmp_path, GOOD)
    assert list(sheet.table.columns) == ["row", *COLUMNS]
    assert sheet.table[["officers", "reached", "sergeants"]].to_numpy().tolist() == [
        [2, 7, 0],
        [0, 0, 0],
    ]
    assert sheet.table["minutes"].tolist() == [20.0, 12.5]


def test_names_are_never_read_nor_stored(tmp_path):
    sheet = read(tmp_path, GOOD)
    assert sheet.not_read == ("officer_name",)
    assert "Smith" not in walk_rows(sheet.table).to_csv()


def test_rows_of_the_store_read_back_as_the_same_table(tmp_path):
    table = read(tmp_path, GOOD).table
    rows = walk_rows(table).to_dict("records")
    assert rows[0]["people"] == {"officers": 2, "reached": 7}
    assert rows[0]["key"] == "east|officer|2026-01-05T10:00:00|officer"
    facts = pd.DataFrame(rows).drop(columns="key")
    again = walk_table(facts)
    assert again.to_dict("records") == table[list(COLUMNS)].to_dict("records")


def test_an_empty_store_reads_back_as_an_empty_table():
    facts = pd.DataFrame(columns=["place", "type", "start", "minutes", "coordinator", "people"])
    assert walk_table(facts).empty


def test_two_coordinators_may_walk_at_the_same_time_and_one_may_not_twice(tmp_path):
    line = "east,officer,2026-01-05 10:00,20,{},2,7,x\n"
    read(tmp_path, GOOD.partition("\n")[0] + "\n" + line.format("officer") + line.format("other"))
    with pytest.raises(FileError, match="row 4, column coordinator: the same place and type"):
        read(tmp_path, GOOD + line.format("officer"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("minutes,", "length,", r"row 1: there is no column 'minutes'.*--rename"),
        ("2026-01-05 10:00", "2026-13-05 10:00", r"row 2, column start: '2026-13-05 10:00' is not"),
        ("2026-01-05 10:00", "2026-01-05", "row 2, column start"),
        ("east,ad_hoc", "west,ad_hoc", r"row 3, column place: 'west' is not a known place"),
        ("ad_hoc", "adhoc", r"row 3, column type: 'adhoc' is not a known.*Did you mean 'ad_hoc'"),
        (",20,", ",-20,", r"row 2, column minutes: -20.* is outside 0 to 600"),
        (",20,", ",601,", r"row 2, column minutes: 601.* is outside 0 to 600"),
        (",20,", ",,", "row 2, column minutes: the cell is empty"),
        ("other", "Sgt Smith", r"row 3, column coordinator: 'Sgt Smith' is not a known rank"),
        ("officer,2,7", "officer,-2,7", r"row 2, column officers: -2.* is outside 0"),
        ("officer,2,7", "officer,2.5,7", r"row 2, column officers: '2.5' is not a whole number"),
        ("officer,2,7", "officer,two,7", r"row 2, column officers: 'two' is not a whole number"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_with_its_place_and_mend(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(FileError, match=message):
        read(tmp_path, GOOD.replace(old, new, 1))
