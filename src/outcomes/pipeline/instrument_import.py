"""Bring a form that was made in another tool into the study, as an instrument in plain text."""

import csv
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from outcomes.errors import FileError, one_of
from outcomes.study import write_whole
from outcomes.surveys.exchange.mapping import FormImport

Tool = Literal["xlsform", "surveyjs", "limesurvey", "qualtrics", "redcap"]
TOOLS: tuple[Tool, ...] = ("xlsform", "surveyjs", "limesurvey", "qualtrics", "redcap")
_READERS = {
    "xlsform": ("xlsform_in", "read_xlsform"),
    "surveyjs": ("surveyjs_in", "read_surveyjs"),
    "limesurvey": ("limesurvey_in", "read_limesurvey"),
    "qualtrics": ("qualtrics_in", "read_qualtrics"),
    "redcap": ("redcap_in", "read_redcap"),
}
_ENDINGS: dict[str, Tool] = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".md"), "xlsform"),
    ".lss": "limesurvey",
    ".qsf": "qualtrics",
}
_KNOWN = (
    "XLSForm (.xlsx, .xls, .md), SurveyJS (.json), LimeSurvey (.lss), Qualtrics (.qsf), "
    "REDCap dictionary (.csv)"
)
_SHEETS = frozenset(("survey", "choices", "settings"))


def import_form(
    path: Path,
    *,
    out: Path | None = None,
    tool: Tool | None = None,
    keep_going: bool = False,
    replace: bool = False,
) -> tuple[FormImport, Path | None]:
    """Read a form of another tool, and write it as an instrument where it is sound.

    Args:
        path: The form's file.
        out: The YAML file to write, or the folder for ``ID.yaml``; None writes nothing.
        tool: Which tool made it; None tells it by the file's ending and content.
        keep_going: Write an instrument with errors too, to be mended by hand;
            ``outcomes survey check`` refuses it until then.
        replace: Write over a file that is there already.

    Returns:
        The import with its report on every part, and the file that was written, if any.

    Raises:
        FileError: The file cannot be read, no tool here makes such files, or ``out`` is there.
    """
    made_by = tool or tool_of(path)
    if made_by not in _READERS:
        raise FileError(path, "", f"{made_by!r} is no tool that is known", one_of(made_by, TOOLS))
    module, name = _READERS[made_by]
    read: Callable[..., FormImport] = getattr(
        import_module(f"outcomes.surveys.exchange.{module}"), name
    )
    found = read(path, keep_going=keep_going)
    if out is None or found.instrument is None:
        return found, None
    from outcomes.surveys.exchange.yaml_text import to_yaml

    target = out / f"{found.instrument.id}.yaml" if out.is_dir() else out
    if target.exists() and not replace:
        raise FileError(
            target, "", "there is an instrument already", "Name another file, or say --replace"
        )
    write_whole(target, to_yaml(found.instrument))
    return found, target


def tool_of(path: Path) -> Tool:
    """Tell which tool made a form, by the file's ending and its content.

    Raises:
        FileError: No tool that is known makes such a file, or there is no file.
    """
    if not path.is_file():
        problem = "this is a folder" if path.is_dir() else "there is no such file"
        raise FileError(path, "", problem, "Check the name")
    ending = path.suffix.lower()
    if ending in {".yaml", ".yml"}:
        mend = f"Check it with: outcomes survey check {path.name}"
        raise FileError(path, "", "YAML is what instruments here are written in", mend)
    found = _ENDINGS.get(ending) or _by_content(path)
    if found is None:
        raise FileError(path, "", "this is no form of a tool that is known", f"Known are: {_KNOWN}")
    return found


def _by_content(path: Path) -> Tool | None:
    ending = path.suffix.lower()
    start = path.read_bytes()[:4096]
    if b"LimeSurveyDocType" in start:
        return "limesurvey"
    if ending == ".json" or start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "qualtrics" if _has_key(path, "SurveyEntry") else "surveyjs"
    if ending == ".csv":
        first = next(csv.reader([start.decode("utf-8-sig", "replace").partition("\n")[0]]), [""])
        word = first[0].strip().lower() if first else ""
        return "xlsform" if word in _SHEETS else "redcap"
    return None


def _has_key(path: Path, key: str) -> bool:
    try:
        record: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False  # the reader says what is wrong with it
    return isinstance(record, dict) and key in record
