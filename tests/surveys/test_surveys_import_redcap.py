import csv
import io

import pytest

from outcomes.errors import FileError
from outcomes.surveys.exchange.formulas import NotTranslatable
from outcomes.surveys.exchange.redcap_in import read_redcap
from outcomes.surveys.exchange.redcap_logic import Field, condition, value
from outcomes.surveys.exchange.xform import to_xform

HEADINGS = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
]
SHORT = ["name", "form", "section", "type", "label", "choices", "note", "validation", "min", "max"]
SHORT += ["identifier", "branching", "required", "alignment", "number", "matrix", "ranking", "tags"]


def row(name, type_="text", **cells):
    cells = {"name": name, "form": "visit", "type": type_, "label": f"About {name}"} | cells
    return [cells.get(key, "") for key in SHORT]


def dictionary(tmp_path, *rows):
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    path = tmp_path / "walk_survey.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def items(done):
    return {item.name: item for item in done.instrument.items}


WHOLE = (
    row("record_id"),
    row("age", validation="integer", min="18", max="99", required="y", section="About you"),
    row("full_name", identifier="y"),
    row("mail", validation="email"),
    row("seen", "yesno"),
    row(
        "topics",
        "checkbox",
        choices="1, Crime | 2, Traffic, parking | -9, None",
        branching="[age]>20",
    ),
    row("other_topic", branching="[topics(2)] = '1' and ([seen] = 1 or [age] <> '')"),
    row("fair", "radio", choices="1, No | 2, Yes", matrix="views", section="Your views"),
    row("polite", "radio", choices="1, No | 2, Yes", matrix="views"),
    row("warm", "slider", choices="Cold | | Warm", form="end"),
    row("total", "calc", choices="sum([fair], [polite]) / 2", form="end"),
    row("photo", "file", form="end"),
    row("bye", "descriptive", label="Thank you, [age]!<script>alert(1)</script>", form="end"),
    row("when", validation="date_ymd", min="2020-01-01", max="today", form="end"),
)


def test_a_dictionary_becomes_an_instrument_with_every_row_reported(tmp_path):
    done = read_redcap(dictionary(tmp_path, *WHOLE))
    assert done.count("error") == 0, done.sentences()
    found = items(done)
    assert list(found) == [
        *("age", "seen", "topics", "other_topic", "fair", "polite", "warm", "total", "bye", "when")
    ]
    assert found["age"].constraint == "(. >= 18) and (. <= 99)"
    assert found["age"].required
    assert found["topics"].many
    assert found["topics"].relevant == "${age} > 20"
    assert found["other_topic"].relevant == (
        "selected(${topics}, '2') and (${seen} = 1 or ${age} != '')"
    )
    assert found["total"].calculation.startswith("(if(string(${fair}) != '', ${fair}, 0)")
    assert found["bye"].label["en"] == "Thank you, […]!"
    assert found["when"].constraint == "(. >= date('2020-01-01')) and (. <= today())"
    assert done.instrument.groups["views"].appearance == "matrix"
    assert found["fair"].type == found["polite"].type == "select_one fair"
    assert "<h:title>" in to_xform(done.instrument)


def test_identifiers_are_dropped_for_privacy(tmp_path):
    done = read_redcap(dictionary(tmp_path, *WHOLE))
    lost = {each.part: each for each in done.mapping if each.fate == "dropped by rule"}
    assert "who answered is not collected" in lost["row 4, full_name"].why
    assert "email" in lost["row 5, mail"].why
    assert "numbers the records" in lost["row 2, record_id"].why


def test_a_malformed_choice_is_an_error_and_stops_the_import(tmp_path):
    path = dictionary(tmp_path, row("a", "radio", choices="1, Yes | No"), row("b"))
    done = read_redcap(path)
    assert done.instrument is None
    assert any("choice 'No'" in sentence for sentence in done.sentences())
    kept = read_redcap(path, keep_going=True)
    assert list(items(kept)) == ["a", "b"]


def test_what_lost_its_condition_is_shown_to_nobody(tmp_path):
    path = dictionary(tmp_path, row("a"), row("b", branching="[event_1_arm_1][a] = '1'"))
    assert read_redcap(path).instrument is None
    assert items(read_redcap(path, keep_going=True))["b"].relevant == "false()"


def test_a_condition_on_a_dropped_field_is_an_error(tmp_path):
    path = dictionary(tmp_path, row("a", identifier="y"), row("b", branching="[a] = '1'"))
    done = read_redcap(path)
    assert "marked as an identifier" in next(e.why for e in done.mapping if e.fate == "error")


def test_a_name_that_is_taken_here_is_renamed_in_expressions_too(tmp_path):
    path = dictionary(tmp_path, row("place", validation="integer"), row("b", branching="[place]=2"))
    done = read_redcap(path)
    assert items(done)["b"].relevant == "${place_2} = 2"
    assert any("place_2" in each.why for each in done.mapping)


FIELDS = {
    "a": Field(item="a"),
    "c": Field(item="c", boxes={"1": "1", "-9": "-9"}),
}


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("[a] > 18", "${a} > 18"),
        ("[c(1)] = '1'", "selected(${c}, '1')"),
        ("[c(-9)] = 0", "not(selected(${c}, '-9'))"),
        ('[c(1)] <> "1"', "not(selected(${c}, '1'))"),
        ("[a]='x' AND [a]<>'y' or [c(1)]", "(${a} = 'x' and ${a} != 'y') or selected(${c}, '1')"),
        ("not([a] = 1)", "not(${a} = 1)"),
        ("isblankormissingcode([a])", "${a} = ''"),
        ("if([a] = 1, 2, 3) > 2", "if(${a} = 1, 2, 3) > 2"),
        ("[a] = 'it is \"so\"'", "${a} = 'it is \"so\"'"),
    ],
)
def test_branching_logic_is_translated(logic, expected):
    assert condition(logic, FIELDS) == expected


def test_a_calculation_is_translated():
    expected = "round(((${a} + 2) * 3) div 4, 1)"
    assert value("round(([a] + 2) * 3 / 4, 1)", FIELDS) == expected


@pytest.mark.parametrize(
    ("logic", "words"),
    [
        ("[a] >", "stands where a value"),
        ("[b] = 1", "no variable called b"),
        ("[c] = 1", "must be named"),
        ("[c(7)] = 1", "names no choice"),
        ("datediff([a], 'today', 'y') > 3", "datediff"),
        ("[a] > 'm'", "order of letters"),
        ("(" * 500, "nested too deeply"),
        ("[a] ~ 3", "not understood"),
    ],
)
def test_logic_without_a_counterpart_is_refused(logic, words):
    with pytest.raises(NotTranslatable, match=words):
        condition(logic, FIELDS)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b'"open\n'])
def test_a_file_that_is_no_dictionary_gives_one_error(tmp_path, content):
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    done = read_redcap(path)
    assert done.instrument is None
    assert done.count("error") == 1


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_redcap(tmp_path / "none.csv")
