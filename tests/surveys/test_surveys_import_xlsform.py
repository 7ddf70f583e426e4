"""XLSForm workbooks as instruments, with a report on every row."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from outcomes.errors import FileError
from outcomes.surveys.exchange.mapping import FormImport
from outcomes.surveys.exchange.xlsform_file import SHEET, xlsform_workbook
from outcomes.surveys.exchange.xlsform_in import read_xlsform
from outcomes.surveys.exchange.xlsform_rows import column_of
from outcomes.surveys.exchange.xlsform_types import row_type
from outcomes.surveys.exchange.yaml_text import to_yaml
from outcomes.surveys.instrument import Instrument, content_hash, item_named
from outcomes.surveys.instrument_file import read_instrument

SHIPPED = sorted((Path(__file__).parents[2] / "surveys").glob("*.yaml"))
CHOICES = """
| choices | | | |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
"""


def read(
    folder: Path, survey: str, *, choices: str = CHOICES, keep_going: bool = False
) -> FormImport:
    path = folder / "form.md"
    path.write_text(survey.strip("\n") + "\n" + choices.strip("\n") + "\n", encoding="utf-8")
    return read_xlsform(path, keep_going=keep_going)


def whole(found: FormImport) -> Instrument:
    assert found.instrument is not None, found.sentences()
    return found.instrument


def said(found: FormImport, fate: str) -> dict[str, str]:
    return {each.part: each.why for each in found.mapping if each.fate == fate}


def test_a_plain_form_becomes_an_instrument_of_its_own_words(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        | survey | | | | | | |
        | | type | name | label::English (en) | label::Spanish (es) | relevant | required |
        | | begin group | about | About you | Sobre usted | | |
        | | select one from yn | here | Do you live here? | ¿Vive aquí? | | yes |
        | | integer | years | How long? | ¿Cuánto? | ${here} = 'yes' | |
        | | end group | | | | | |
        | | text | why | Why? | ¿Por qué? | | |
        """,
        choices="""
        | choices | | | | |
        | | list_name | name | label::English (en) | label::Spanish (es) |
        | | yn | yes | Yes | Sí |
        | | yn | no | No | No |
        """,
    )
    form = whole(found)
    assert form.languages == ("en", "es")
    assert [item.name for item in form.items] == ["here", "years", "why"]
    years = item_named(form, "years")
    assert (years.type, years.group, years.relevant) == ("integer", "about", "${here} = 'yes'")
    assert item_named(form, "here").required
    assert item_named(form, "why").privacy == "free text"
    assert form.population == "other"
    assert "form.md" in form.source.items
    assert form.licence == "not stated in the file"
    assert said(found, "dropped by rule").keys() == {"notice"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_our_own_workbook_brings_the_whole_instrument_back(path: Path, tmp_path: Path) -> None:
    instrument = read_instrument(path)
    (tmp_path / "form.xlsx").write_bytes(xlsform_workbook(instrument))
    back = whole(read_xlsform(tmp_path / "form.xlsx"))
    assert content_hash(back) == content_hash(instrument)


def test_names_that_are_not_allowed_are_changed_in_expressions_too(tmp_path: Path) -> None:
    form = whole(
        read(
            tmp_path,
            """
            | survey | | | | |
            | | type | name | label | relevant |
            | | select_one yn | weight | Heavy? | |
            | | note | year | Or ${weight} | ${weight} = 'yes' and selected(${weight}, 'yes') |
            """,
        )
    )
    assert form.items[0].name == "weight_answer"
    assert form.items[1].relevant == (
        "${weight_answer} = 'yes' and selected(${weight_answer}, 'yes')"
    )
    assert form.items[1].label["en"] == "Or ${weight_answer}"


def test_what_says_who_answered_is_dropped_and_the_report_says_so(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        | survey | | | |
        | | type | name | label |
        | | start | start | |
        | | deviceid | device | |
        | | geopoint | home | Where do you live? |
        | | image | face | Your face |
        | | select_one yn | q | Sure? |
        """,
    )
    dropped = said(found, "dropped by rule")
    assert "privacy" in dropped["row 2, start"]
    assert "privacy" in dropped["row 3, device"]
    assert "location" in dropped["row 4, home"]
    assert "row 5, face" in dropped
    assert [item.name for item in whole(found).items] == ["q"]


def test_a_question_about_a_dropped_one_is_an_error_and_never_shown_to_all(tmp_path: Path) -> None:
    survey = """
    | survey | | | | |
    | | type | name | label | relevant |
    | | geopoint | home | Where? | |
    | | select_one yn | q | Sure? | ${home} != '' |
    """
    found = read(tmp_path, survey)
    assert found.instrument is None
    assert "${home}, which is not here" in said(found, "error")["row 3, q, relevant"]
    kept = whole(read(tmp_path, survey, keep_going=True))
    assert kept.items[0].relevant.startswith("not-translated(")
    (tmp_path / "q.yaml").write_text(to_yaml(kept), encoding="utf-8")
    with pytest.raises(FileError, match="not-translated"):
        read_instrument(tmp_path / "q.yaml")


def test_repeats_are_dropped_with_all_that_stands_in_them(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        | survey | | | |
        | | type | name | label |
        | | begin repeat | person | Person |
        | | begin group | inner | Inner |
        | | text | name | Name |
        | | end group | | |
        | | end repeat | | |
        | | select_one yn | q | Sure? |
        """,
    )
    assert {f"row {row}" for row in range(2, 7)} <= {
        each.split(",")[0] for each in said(found, "dropped by rule")
    }
    assert whole(found).groups == {}


def test_or_other_becomes_a_choice_and_a_text(tmp_path: Path) -> None:
    form = whole(
        read(
            tmp_path,
            """
            | survey | | | |
            | | type | name | label |
            | | select_multiple yn or_other | q | Which? |
            """,
        )
    )
    assert [choice.name for choice in form.choices["yn"]] == ["yes", "no", "other"]
    assert form.items[1].relevant == "selected(${q}, 'other')"


def test_a_table_becomes_a_grid_and_an_acknowledgement_a_single_choice(tmp_path: Path) -> None:
    form = whole(
        read(
            tmp_path,
            """
            | survey | | | | |
            | | type | name | label | appearance |
            | | begin_group | grid | Rate | table-list |
            | | select_one yn | a | A | |
            | | select_one yn | b | B | |
            | | end_group | | | |
            | | acknowledge | ok | I have read this | |
            """,
        )
    )
    assert form.groups["grid"].appearance == "matrix"
    assert form.items[2].type == "select_one acknowledged"


def test_what_pyxform_refuses_is_an_error_with_its_reason(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        | survey | | | |
        | | type | name | label |
        | | select_one nolist | q | Which? |
        """,
    )
    assert found.instrument is None
    (reason,) = said(found, "error").values()
    assert reason.startswith("pyxform refuses it:")
    assert "nolist" in reason


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0", b"\x00" * 99]
)
@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".md"])
def test_a_damaged_file_is_an_error_and_no_crash(
    content: bytes, ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"form{ending}"
    path.write_bytes(content)
    found = read_xlsform(path)
    assert found.instrument is None
    assert found.count("error") == 1


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such file"):
        read_xlsform(tmp_path / "none.xlsx")


def test_a_damaged_sheet_of_ours_is_an_error(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    survey = workbook.create_sheet("survey")
    for row in (["type", "name", "label"], ["text", "q", "Q"]):
        survey.append(row)
    for row in (["key", "value"], ["missing", "[1"]):
        (workbook[SHEET] if SHEET in workbook.sheetnames else workbook.create_sheet(SHEET)).append(
            row
        )
    workbook.save(tmp_path / "form.xlsx")
    found = read_xlsform(tmp_path / "form.xlsx")
    assert "row 2" in said(found, "error")["the workbook"]


def test_a_language_with_few_texts_is_dropped_and_a_gap_is_said(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        | survey | | | | | |
        | | type | name | label::en | label::es | label::vi |
        | | select_one yn | a | A | A es | |
        | | text | b | B | | |
        | | text | c | C | C es | |
        | | text | d | D | D es | D vi |
        """,
        choices="""
        | choices | | | | |
        | | list_name | name | label::en | label::es |
        | | yn | yes | Yes | Sí |
        | | yn | no | No | No |
        """,
    )
    dropped = said(found, "dropped by rule")
    assert whole(found).languages == ("en", "es")
    assert "only 1 of 6 texts" in dropped["language vi"]
    assert "no text in es" in dropped["item b, label"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("label::English (en)", ("label", "English (en)")),
        ("caption:italian", ("label", "italian")),
        ("bind:jr:constraintMsg", ("constraint_message", "")),
        ("bind: relevant", ("relevant", "")),
        ("Relevance", ("relevant", "")),
        ("list name", ("list_name", "")),
        ("media::image::en", ("image", "en")),
        ("constraint message", ("constraint_message", "")),
        ("body::accuracyThreshold", ("accuracythreshold", "")),
    ],
)
def test_headers_are_known_in_all_their_spellings(header: str, expected: tuple[str, str]) -> None:
    assert column_of(header) == expected


@pytest.mark.parametrize(
    ("written", "what", "become"),
    [
        ("select one from yn", "item", "select_one"),
        ("select_multiple  yn", "item", "select_multiple"),
        ("select all that apply from yn or specify other", "item", "select_multiple"),
        ("select_one_from_file a.csv", "left out", "file_choices"),
        ("select_one_external x", "left out", "file_choices"),
        ("rank yn", "left out", "rank"),
        ("begin_group", "begin", "group"),
        ("begin loop over yn", "begin", "repeat"),
        ("End Group", "end", "group"),
        ("get start time", "left out", "private"),
        ("uri:deviceid", "left out", "private"),
        ("dateTime", "item", "text"),
        ("int", "item", "integer"),
        ("whatever", "left out", "unknown"),
        ("", "comment", ""),
    ],
)
def test_types_are_known_in_all_their_spellings(written: str, what: str, become: str) -> None:
    found = row_type(written)
    assert (found.what, found.become) == (what, become)
