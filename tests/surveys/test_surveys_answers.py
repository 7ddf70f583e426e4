from pathlib import Path

import pandas as pd
import pytest

from outcomes.errors import FileError, RowsRefused
from outcomes.sheets import Reading
from outcomes.surveys.answers import answer_rows, check_flow, read_answers
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.instrument_file import read_instrument

TEXT = """\
id: short
version: 1
title::en: A short survey
languages: [en]
population: residents
source: {construct: trust, items: own items}
licence: MIT
notice::en: Taking part is your choice.
choices:
  agree:
    - {name: 1, label::en: Disagree}
    - {name: 2, label::en: Agree}
missing: [-9]
items:
  - {name: trust_1, type: select_one agree, label::en: They are fair}
  - {name: age, type: integer, label::en: Your age}
  - {name: moved, type: date, label::en: When did you move here}
  - {name: remark, type: text, label::en: Anything else, privacy: free text}
  - {name: seen, type: select_multiple agree, label::en: Which of these}
scales:
  trust: {label: Trust, measure: trust, items: [trust_1]}
"""
PLACES = ("eastbank", "northgate")


@pytest.fixture
def instrument(tmp_path: Path) -> Instrument:
    path = tmp_path / "short.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return read_instrument(path)


def test_several_choices_may_stand_in_one_cell(tmp_path, instrument) -> None:
    path = write(tmp_path, "respondent,trust_1,seen\na,1,1 2\nb,1,1 3\n")
    sheet = read_answers(path, instrument)
    assert sheet.table["seen"].tolist() == ["1 2"]
    assert "1 3 is not an answer of this item" in str(sheet.refusals[0])


@pytest.mark.parametrize("name", ["Ann Lee", "ann@town.example"])
def test_a_name_or_address_in_place_of_a_code_is_refused(tmp_path, instrument, name) -> None:
    sheet = read_answers(write(tmp_path, f"respondent,trust_1\n{name},1\n"), instrument)
    assert "names of respondents are never stored" in str(sheet.refusals[0])


LOGIC = """\
items:
  - {name: victim, type: select_one agree, label::en: Were you a victim}
  - name: times
    type: integer
    label::en: How often
    relevant: "${victim} = '2'"
    constraint: ". >= 1 and . <= 50"
    constraint_message::en: Write a number from 1 to 50
  - {name: class, type: select_one agree, label::en: The class was good, waves: [post]}
"""


@pytest.fixture
def with_logic(tmp_path: Path) -> Instrument:
    path = tmp_path / "logic.yaml"
    path.write_text(TEXT[: TEXT.index("items:\n")] + LOGIC, encoding="utf-8")
    return read_instrument(path)


def test_answers_to_questions_that_were_not_asked_are_left_out_and_counted(tmp_path, with_logic):
    path = write(tmp_path, "respondent,victim,times,class\na,1,3,2\nb,2,4,2\n")
    sheet = read_answers(path, with_logic)
    notes = check_flow(sheet, with_logic, occasion="pre")
    assert sheet.table[["times", "class"]].to_numpy().tolist() == [["", ""], ["4", ""]]
    assert notes == (
        "Answers to times: 1 left out, for it was not asked of those respondents.",
        "Answers to class: 2 left out, for it was not asked of those respondents.",
    )


def test_an_answer_that_the_form_forbids_refuses_its_row(tmp_path, with_logic):
    path = write(tmp_path, "respondent,victim,times\na,2,99\nb,2,4\n")
    sheet = read_answers(path, with_logic)
    check_flow(sheet, with_logic)
    assert sheet.table["respondent"].tolist() == ["b"]
    assert str(sheet.refusals[0]) == (
        "row 2, column times: '99' cannot stand in this form. Write a number from 1 to 50"
    )


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_answers_are_read_as_text_with_their_place_and_weight(tmp_path, instrument) -> None:
    path = write(
        tmp_path,
        "respondent,place,weight,trust_1,age,remark,email\n"
        "a,eastbank,1.5,2.0,44,fine,x@y\nb,,0.5,-9,,,\n",
    )
    sheet = read_answers(path, instrument, places=PLACES)
    assert not sheet.refusals
    assert sheet.table["place"].tolist() == ["eastbank", "agency"]
    assert sheet.table["trust_1"].tolist() == ["2", "-9"]
    assert sheet.not_read == ("email",)
    assert answer_rows(sheet.table, instrument, wave="pre")[0] == {
        "key": "pre/a",
        "wave": "pre",
        "instrument": "short",
        "instrument_version": "1",
        "instrument_hash": content_hash(instrument),
        "respondent": "a",
        "place": "eastbank",
        "weight": 1.5,
        "answers": {"trust_1": "2", "age": "44", "moved": "", "remark": "fine", "seen": ""},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("respondent,trust_1\na,9\n", r"column trust_1: 9 is not an answer of this item"),
        ("respondent,trust_1,age\na,1,old\n", r"column age: old is not a whole number"),
        ("respondent,trust_1,moved\na,1,03/31/2026\n", r"column moved: 03/31/2026 is not a date"),
        ("respondent,trust_1,weight\na,1,0\n", r"column weight: 0 is not above 0"),
        ("respondent,trust_1,weight\na,1,1\nb,1,\n", r"row 3, column weight: the cell is empty"),
        ("respondent,trust_1,place\na,1,westbank\n", r"'westbank' is not a known place\."),
        ("respondent,trust_1\na,1\na,2\n", r"row 3, column respondent: the same respondent"),
        ("respondent,trust_1\n,1\n", r"column respondent: the cell is empty"),
        (f"respondent,trust_1\n{'x' * 81},1\n", r"longer than 80 characters"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(tmp_path, instrument, text, said) -> None:
    sheet = read_answers(write(tmp_path, text), instrument, places=PLACES)
    with pytest.raises(RowsRefused, match=said):
        sheet.or_refuse(leave_out=False)


def test_an_item_of_a_scale_must_be_there_but_others_may_be_absent(tmp_path, instrument) -> None:
    with pytest.raises(FileError, match=r"there is no column 'trust_1'"):
        read_answers(write(tmp_path, "respondent,age\na,44\n"), instrument)
    sheet = read_answers(write(tmp_path, "respondent,trust_1\na,1\n"), instrument)
    assert sheet.table["age"].tolist() == [""]


def test_dates_are_kept_in_iso_form_whatever_their_order(tmp_path, instrument) -> None:
    path = write(tmp_path, "respondent,trust_1,moved\na,1,03/31/2026\nb,1,-9\n")
    sheet = read_answers(path, instrument, reading=Reading(date_order="MDY"))
    assert sheet.table["moved"].tolist() == ["2026-03-31", "-9"]


def test_excel_reads_as_csv_does(tmp_path, instrument) -> None:
    table = pd.DataFrame({"respondent": ["a", "b"], "trust_1": [2, None], "age": [44, 51]})
    table.to_excel(tmp_path / "answers.xlsx", index=False)
    table.to_csv(tmp_path / "answers.csv", index=False)
    found = [
        read_answers(tmp_path / name, instrument).table for name in ("answers.xlsx", "answers.csv")
    ]
    pd.testing.assert_frame_equal(*found)
