"""A form of another tool, told by its file and written as an instrument or not at all."""

import json
from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.pipeline.instrument_import import import_form, tool_of
from outcomes.surveys.instrument_file import read_instrument

SURVEYJS = {"pages": [{"elements": [{"type": "radiogroup", "name": "q", "choices": ["a", "b"]}]}]}
LOST = {"pages": [{"elements": [{"type": "text", "name": "q", "visibleIf": "{gone} = 1"}]}]}
XLSFORM = """\
| survey  |         |       |          |
|         | type    | name  | label    |
|         | integer | years | How long |
"""


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "content", "tool"),
    [
        ("a.json", SURVEYJS, "surveyjs"),
        ("a.json", {"SurveyEntry": {}, "SurveyElements": []}, "qualtrics"),
        ("a.qsf", "{}", "qualtrics"),
        ("a.txt", "  {}", "surveyjs"),
        ("a.lss", "", "limesurvey"),
        ("a.xml", "<?xml version='1.0'?><document><LimeSurveyDocType>Survey", "limesurvey"),
        ("a.md", XLSFORM, "xlsform"),
        ("a.XLSX", "", "xlsform"),
        ("a.csv", '"survey"\n,type,name', "xlsform"),
        ("a.csv", '"Variable / Field Name","Form Name"', "redcap"),
    ],
)
def test_the_tool_is_told_by_ending_and_content(
    name: str, content: object, tool: str, tmp_path: Path
) -> None:
    assert tool_of(write(tmp_path / name, content)) == tool


def test_a_sound_form_is_written_as_an_instrument(tmp_path: Path) -> None:
    path = write(tmp_path / "My Form.json", SURVEYJS)
    found, written = import_form(path, out=tmp_path)
    assert written == tmp_path / "my_form.yaml"
    assert read_instrument(written) == found.instrument
    found, written = import_form(write(tmp_path / "x.md", XLSFORM), out=tmp_path / "own.yaml")
    assert written == tmp_path / "own.yaml"
    assert read_instrument(written).items[0].name == "years"


def test_a_form_with_errors_is_not_written_unless_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "form.json", LOST)
    found, written = import_form(path, out=tmp_path / "form.yaml")
    assert (found.instrument, written) == (None, None)
    assert not (tmp_path / "form.yaml").exists()
    found, written = import_form(path, out=tmp_path / "form.yaml", keep_going=True)
    assert written is not None
    with pytest.raises(FileError, match="not-translated"):
        read_instrument(written)


def test_only_the_report_is_made_where_no_file_is_named(tmp_path: Path) -> None:
    found, written = import_form(write(tmp_path / "form.json", SURVEYJS))
    assert written is None
    assert found.sentences()[0].startswith("SurveyJS:")
    assert [path.name for path in tmp_path.iterdir()] == ["form.json"]


def test_an_instrument_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path, out = write(tmp_path / "form.json", SURVEYJS), write(tmp_path / "form.yaml", "mine")
    with pytest.raises(FileError, match="there is an instrument already"):
        import_form(path, out=out)
    assert out.read_text() == "mine"
    import_form(path, out=out, replace=True)
    assert read_instrument(out).id == "form"


@pytest.mark.parametrize(
    ("name", "problem"),
    [("a.pdf", "no form of a tool"), ("a.yaml", "YAML is what"), ("none.json", "no such file")],
)
def test_what_no_tool_makes_is_refused_in_one_sentence(
    name: str, problem: str, tmp_path: Path
) -> None:
    if not name.startswith("none"):
        write(tmp_path / name, "%PDF")
    with pytest.raises(FileError, match=problem):
        import_form(tmp_path / name)


def test_an_unknown_tool_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "form.json", SURVEYJS)
    with pytest.raises(FileError, match="surveyjs"):
        import_form(path, tool="surveyj")  # type: ignore[arg-type]
