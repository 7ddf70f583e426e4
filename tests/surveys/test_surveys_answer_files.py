"""Which tool made a file, what its columns are, and what its cells say."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from outcomes.errors import FileError
from outcomes.surveys.answer_files import fold, fold_name, read_answer_file
from outcomes.surveys.answer_files.google_forms import seen_order
from outcomes.surveys.answer_files.personal import says_who
from outcomes.surveys.choice_words import known_words, taken_apart
from outcomes.surveys.column_matches import match_columns
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.mapped_answers import day_of

BLANK = pd.Series(["", ""])


def read(folder: Path, text: str, name: str = "export.csv", **options: object):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_answer_file(path, **options)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("google", "Timestamp,How safe?\n2/3/2025 18:05:11,Very\n"),
        ("google", "Marca temporal,¿Cómo?\n3/2/2025 18:05:11,Bien\n"),
        ("qualtrics", "StartDate,Progress,Finished,ResponseId,Q1\n2025-02-03,100,1,R_1,3\n"),
        (
            "qualtrics",
            "StartDate,Progress,Finished,ResponseId,Q1\nStart Date,Progress,Finished,Response ID,"
            "How safe?\n2025-02-03,100,1,R_1,3\n",
        ),
        (
            "limesurvey",
            "id,submitdate,lastpage,startlanguage,safe\n1,1980-01-01 00:00:00,2,en,A1\n",
        ),
        ("limesurvey", "Response ID,Date submitted,Last page,Start language,How?\n1,,1,en,Well\n"),
        ("limesurvey", "id. Response ID,submitdate. Date submitted,lastpage. Last page\n1,,1\n"),
        ("redcap", "record_id,safe,form_1_complete\n1,3,2\n"),
        ("redcap", "Record ID,Event Name,Survey Identifier,How?,Complete?\n1,Pre,,Well,Complete\n"),
        ("odk", "SubmissionDate,meta-instanceID,safe,KEY\n2018-01-01T00:00:00.000Z,one,3,one\n"),
        ("odk", "start;safe;_id;_uuid;_submission_time\n2025;3;1;fe83;2025-02-03T23:05:13\n"),
        ("odk", "safe,formhub/uuid,meta/instanceID\n3,9f,uuid:1\n"),
        ("table", "respondent,safe\nS-1,3\n"),
    ],
)
def test_the_tool_is_told_by_what_only_it_writes(tmp_path: Path, kind: str, text: str) -> None:
    file = read(tmp_path, text)
    assert file.kind == kind
    assert file.because
    assert len(file.cells) == 1


def test_the_kind_may_be_said_instead(tmp_path: Path) -> None:
    assert read(tmp_path, "respondent,safe\nS-1,3\n", kind="google").kind == "google"
    with pytest.raises(FileError, match="this is a table, not stata"):
        read(tmp_path, "respondent,safe\nS-1,3\n", kind="stata")


def test_header_rows_of_qualtrics_are_no_answers_and_rows_keep_their_numbers(
    tmp_path: Path,
) -> None:
    text = (
        'StartDate,ResponseId,Q1\nAnfangsdatum,Antwort-ID,"How safe?\nHere"\n'
        '"{""ImportId"":""startDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}"\n'
        "2025-02-03 18:00:09,R_2YPOQ602ER1jkf1,3\n"
    )
    file = read(tmp_path, text)
    assert list(file.cells.index) == [4]
    assert file.column("Q1").text == "How safe?\nHere"
    assert file.column("ResponseId").use == "response id"


def test_columns_of_the_tool_itself_are_not_taken_for_questions(tmp_path: Path) -> None:
    head = "start,end,deviceid,today,safe,__version__,_id,_uuid,_submitted_by,_home_latitude\n"
    file = read(tmp_path, head + "2025,2025,x,2025-02-03,3,v1,7,fe83,ann,47.1\n")
    assert [column.header for column in file.columns if column.use == ""] == ["safe"]
    assert [column.header for column in file.used_for("personal")] == [
        "deviceid",
        "_submitted_by",
        "_home_latitude",
    ]


@pytest.mark.parametrize(
    "header",
    [
        *("Name", "First name", "What is your name?", "Nombre completo", "E-mail Address"),
        *("Email", "RecipientEmail", "Phone number", "IPAddress", "ipaddr", "LocationLatitude"),
        *("Home address", "Date of birth", "User Agent", "deviceid", "Teléfono", "Apellidos"),
    ],
)
def test_a_header_that_says_who_answered_is_known(header: str) -> None:
    assert says_who((header,), BLANK)


@pytest.mark.parametrize(
    "header",
    [
        "Do you know the name of an officer who works here?",
        "I would give my name and address to the police.",
        "When I call, the police answer the phone.",
        "trust_1",
        "Place",
        "How safe are you at this address?",
        "years_here",
    ],
)
def test_a_question_about_names_is_not_taken_for_a_name(header: str) -> None:
    assert says_who((header,), BLANK) == ""


@pytest.mark.parametrize(
    ("cell", "who"),
    [
        ("ann@example.org", True),
        ("192.0.2.34", True),
        ("2001:db8::8a2e:370:7334", True),
        ("(555) 010-9999", True),
        ("2025-02-03 18:05:11", False),
        ("18:05:11", False),
        ("12", False),
        ("7KM2-9Q4", False),
        ("I wrote to them @ noon", False),
    ],
)
def test_cells_that_lead_to_a_person_are_known_under_any_header(cell: str, who: bool) -> None:
    assert bool(says_who(("Q7",), pd.Series([cell, cell, ""]))) is who


def test_days_are_read_in_the_order_that_the_file_shows() -> None:
    assert seen_order(pd.Series(["2/3/2025 18:05:11", "2/4/2025 9:30:02"])) == "MDY"
    assert seen_order(pd.Series(["14/2/2025 18:05:11", "2/4/2025 9:30:02"])) == "DMY"
    assert seen_order(pd.Series(["2025/02/03 6:05:11 PM EST"])) == "YMD"
    assert day_of("2/3/2025 18:05:11", order="MDY") == date(2025, 2, 3)
    assert day_of("2/3/2025 18:05:11", order="DMY") == date(2025, 3, 2)
    assert day_of("2025/02/03 6:05:11 PM EST", order="MDY") == date(2025, 2, 3)
    assert day_of("2025-02-03T23:05:13.000Z", order="MDY") == date(2025, 2, 3)
    assert day_of("3.2.25", order="DMY") == date(2025, 2, 3)
    assert day_of("2025-02-30", order="YMD") is None
    assert day_of("[not completed]", order="YMD") is None
    assert day_of("1980-01-01 00:00:00", order="YMD") is None  # LimeSurvey was told to forget it


def test_texts_are_compared_without_case_accents_and_signs_but_numbers_as_they_are() -> None:
    assert fold("  ¿Cómo  está? ") == fold("COMO ESTA")
    assert fold("<p>How <b>safe</b>?</p>") == "how safe"
    assert fold("-9") != fold("9")
    assert fold("👍") == "👍"
    assert fold_name("Q1[SQ001]") == fold_name("q1_sq001")


KNOWN = known_words(
    [("No time", "1"), ("No time, or no way", "2"), ("None", "0"), ("Twice", "3"), ("Twice", "4")]
)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("No time", ("1",)),
        ("No time, or no way", ("2",)),
        ("No time, or no way, No time", ("2", "1")),
        ("none,no TIME", ("0", "1")),
        ("None, None", ("0",)),
        ("None, ", ("0",)),
        ("None, of this", None),
        ("Twice", None),
        ("", ()),
    ],
)
def test_a_cell_with_several_answers_is_taken_apart_although_answers_hold_commas(
    cell: str, codes: tuple[str, ...] | None
) -> None:
    assert taken_apart(cell, KNOWN, separator=", ") == codes


def test_a_cell_of_very_many_parts_is_taken_apart_in_no_time() -> None:
    assert taken_apart("None," * 50_000, KNOWN, separator=",") == ("0",)


def test_spss_says_which_codes_are_no_answers_and_what_the_others_mean(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"q": [1.0, 98.0, 99.0, 7.0, None], "s": ["a", "NA", "", "b", "c"], "d": [2.5] * 5}
    )
    pyreadstat.write_sav(
        table,
        tmp_path / "a.sav",
        column_labels={"q": "How safe?"},
        variable_value_labels={"q": {1: "Very", 98: "Refused"}},
        missing_ranges={"q": [{"lo": 90, "hi": 99}, 7], "s": ["NA"]},
    )
    file = read_answer_file(tmp_path / "a.sav")
    column = file.column("q")
    assert column.text == "How safe?"
    assert column.labels == {"1": "Very", "98": "Refused"}
    assert set(column.empty) == {"98", "99", "7"}
    assert file.column("s").empty == ("NA",)
    assert list(file.cells["q"]) == ["1", "98", "99", "7", ""]
    assert set(file.cells["d"]) == {"2.5"}
    assert list(file.cells.index) == [1, 2, 3, 4, 5]


def test_codes_by_letter_of_stata_are_no_answers(tmp_path: Path) -> None:
    table = pd.DataFrame({"q": [1.0, "a", 2.0]})
    pyreadstat.write_dta(table, tmp_path / "a.dta", missing_user_values={"q": ["a"]})
    file = read_answer_file(tmp_path / "a.dta")
    assert file.kind == "stata"
    assert list(file.cells["q"]) == ["1", "a", "2"]
    assert file.column("q").empty == ("a",)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.sav", b"$FL2" + b"\0" * 40, "SPSS"),
        ("a.dta", b"<stata_dta><header>", "Stata"),
        ("a.csv", b"a,b\n1,2,3\n", "more than the 2 of the header"),
        ("a.csv", b"Timestamp,How?,How?\n1,2,3\n", "stands twice"),
        ("a.csv", b"StartDate,ResponseId,Progress,Finished\nStart,Response,P,F\n", "no answers"),
    ],
)
def test_a_broken_file_is_answered_with_a_sentence(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=said):
        read_answer_file(tmp_path / name)


def test_two_columns_that_want_one_item_are_left_to_a_person(tmp_path: Path) -> None:
    academy = read_instrument(Path(__file__).parents[2] / "surveys/academy.yaml")
    said = academy.items[0].label["en"]
    file = read(
        tmp_path, f"Timestamp,{said},One [{said}],Two [{said}]\n2/3/2025,Agree,Agree,Agree\n"
    )
    found = match_columns(file, academy)
    assert found.whole == {"trust_1": said}  # the question itself says more than a row of a grid
    file = read(tmp_path, f"Timestamp,One [{said}],Two [{said}]\n2/3/2025,Agree,Agree\n")
    found = match_columns(file, academy)
    assert found.whole == {}
    assert found.similar[f"One [{said}]"][0] == "trust_1"
