"""Which tool made a file of answers? Told by its content, or said by whoever brings it."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from outcomes.errors import FileError, one_of
from outcomes.sheets.files import read_cells
from outcomes.surveys.answer_files import (
    google_forms,
    limesurvey,
    odk_exports,
    plain_table,
    qualtrics,
    redcap,
)
from outcomes.surveys.answer_files.answer_file import AnswerColumn, AnswerFile, Kind, Parsed
from outcomes.surveys.answer_files.personal import says_who
from outcomes.surveys.answer_files.statistics_files import read_statistics_file

_TOOLS = (  # the surest marks first; a plain table is what is left
    qualtrics.TOOL,
    limesurvey.TOOL,
    odk_exports.TOOL,
    google_forms.TOOL,
    redcap.TOOL,
    plain_table.TOOL,
)
TITLES: dict[Kind, str] = {
    **{tool.kind: tool.title for tool in _TOOLS},
    "spss": "SPSS",
    "stata": "Stata",
}
KINDS: tuple[Kind, ...] = tuple(TITLES)
_SPSS = (b"$FL2", b"$FL3")
_STATA = b"<stata_dta>"


def read_answer_file(
    path: Path, *, kind: Kind | None = None, encoding: str = "utf-8-sig"
) -> AnswerFile:
    """Read a file of answers, whichever tool exported it.

    Args:
        path: CSV, Excel, SPSS or Stata file, told by its content.
        kind: The tool, where it should not be told by the content.
        encoding: Of a file of text.

    Returns:
        All cells as text; columns that the tool adds by itself and columns that say who answered
        are marked as such.

    Raises:
        FileError: The file cannot be read, or is not of the kind that was said.
    """
    program = _program(path)
    if program:
        if kind not in {None, program}:
            _other_kind(path, kind=kind, is_a=TITLES[program])
        parsed = read_statistics_file(path, "spss" if program == "spss" else "stata")
        return _told(path, program, because="its content begins as such files do", parsed=parsed)
    if kind in {"spss", "stata"}:
        _other_kind(path, kind=kind, is_a="a table")
    cells = read_cells(path, encoding=encoding)
    headers = list(cells.columns)
    for tool in _TOOLS:
        because = tool.recognise(headers, cells)
        if kind is None and because:
            return _told(path, tool.kind, because=because, parsed=tool.read(cells))
        if kind == tool.kind:
            return _told(path, kind, because=because or "so it was said", parsed=tool.read(cells))
    raise FileError(path, "", f"{kind!r} is no kind of file that is known", one_of(kind, KINDS))


def _program(path: Path) -> Kind | None:
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError:
        return None  # the reader of tables says what is wrong
    if start.startswith(_SPSS):
        return "spss"
    old = path.suffix.lower() == ".dta" and start[:1] in {b"\x71", b"\x72", b"\x73"}
    return "stata" if start.startswith(_STATA) or old else None


def _other_kind(path: Path, *, kind: Kind | None, is_a: str) -> None:
    raise FileError(
        path, "", f"this is {is_a}, not {kind}", "Say another --kind, or leave --kind out"
    )


def _told(path: Path, kind: Kind, *, because: str, parsed: Parsed) -> AnswerFile:
    if parsed.cells.empty:
        raise FileError(path, "", "the file holds no answers", "Check that it is the right file")
    columns = tuple(_personal(column, parsed.cells) for column in parsed.columns)
    return AnswerFile(
        path=path, kind=kind, because=because, parsed=replace(parsed, columns=columns)
    )


def _personal(column: AnswerColumn, cells: pd.DataFrame) -> AnswerColumn:
    if column.use == "personal":
        return column
    parts = [part for _, part in column.texts if part]
    who = says_who((column.header, column.text, *parts), cells[column.header])
    return replace(column, use="personal", why=who) if who else column
