"""The rows of an XLSForm workbook, whichever of XLSForm's spellings its columns have."""

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import get_xlsform
from pyxform.xls2xform import convert

from outcomes.errors import DataError, FileError
from outcomes.surveys.exchange.language_names import language_code
from outcomes.surveys.exchange.xlsform_file import SHEET

_ALIASES = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "relevance": "relevant",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "read_only": "readonly",
    "jr:count": "repeat_count",
    "count": "repeat_count",
    "title": "form_title",
    "set_form_title": "form_title",
    "id_string": "form_id",
    "set_form_id": "form_id",
}
TEXTS = ("label", "hint", "constraint_message")
MEDIA = ("image", "audio", "video", "big-image")
_TRANSLATED = (*TEXTS, *MEDIA, "guidance_hint", "required_message", "media")
_EXPRESSIONS = ("relevant", "constraint", "calculation", "required")
_SMART = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'}  # quotes that word processors set
_LARGEST = 200_000_000  # bytes of an unpacked workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """One row of a sheet."""

    number: int  # as a spreadsheet counts
    cells: Mapping[str, str]  # column in XLSForm's usual word -> content
    texts: Mapping[str, dict[str, str]]  # label, hint, constraint_message -> language -> text


@dataclass(slots=True, kw_only=True)
class FormRows:
    """What a workbook holds."""

    survey: list[FormRow]
    choices: list[FormRow]
    settings: list[FormRow]
    language: str  # of texts that do not say theirs
    own: dict[str, Any] = field(default_factory=dict)  # our sheet ``outcomes``: key -> value
    other_sheets: dict[str, int] = field(default_factory=dict)  # sheets of XLSForm, not taken


def pyxform_refusal(path: Path) -> str:
    """Ask XLSForm's own compiler whether the workbook is a form; empty if it is.

    Returns:
        The reason in one sentence.
    """
    try:
        with warnings.catch_warnings():  # of openpyxl, about drop-downs and styles in the file
            warnings.simplefilter("ignore")
            convert(str(path), validate=False, warnings=[])
    except PyXFormError as error:
        return " ".join(str(error).split()).rstrip(".")
    except Exception as error:
        return f"the workbook is damaged ({type(error).__name__}: {' '.join(str(error).split())})"
    return ""


def check_size(path: Path) -> None:
    """Refuse a workbook that is no file, or unpacks to more than any form needs.

    Raises:
        FileError: There is no such file, or it is too large.
    """
    if not path.is_file():
        problem = "this is no file" if path.exists() else "there is no such file"
        raise FileError(path, "", problem, "Check the name")
    try:
        with ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except (BadZipFile, OSError):
        size = path.stat().st_size  # .xls and .md are not packed
    if size > _LARGEST:
        raise FileError(
            path,
            "",
            "the workbook is too large to be a form",
            "Remove what it holds besides the form",
        )


def read_rows(path: Path) -> FormRows:
    """Read the sheets of a workbook that pyxform takes for a form.

    Args:
        path: An .xlsx, .xlsm, .xls, .md or .csv file.

    Raises:
        DataError: The sheet ``outcomes`` is not as our export writes it.
    """
    with warnings.catch_warnings():  # as above
        warnings.simplefilter("ignore")
        found = get_xlsform(str(path))
        own = _own_sheet(path)
    settings = _rows(found.settings, language="en")
    language = next((row.cells.get("default_language", "") for row in settings), "")
    language = language_code(language) if language and language != "default" else "en"
    others = {
        name: len(rows)
        for name in ("external_choices", "entities", "osm")
        if (rows := getattr(found, name, None))
    }
    return FormRows(
        survey=_rows(found.survey, language=language),
        choices=_rows(found.choices, language=language),
        settings=settings,
        language=language,
        own=own,
        other_sheets=others,
    )


def _own_sheet(path: Path) -> dict[str, Any]:
    """Read the sheet ``outcomes``, where our export keeps what XLSForm has no column for."""
    if path.suffix.lower() not in {".xlsx", ".xlsm"}:
        return {}
    workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        if SHEET not in workbook.sheetnames:
            return {}
        cells = list(workbook[SHEET].iter_rows(values_only=True))
    finally:
        workbook.close()
    own: dict[str, Any] = {}
    for number, row in enumerate(cells[1:], start=2):
        if len(row) < 2 or row[0] is None:
            continue
        try:
            own[str(row[0])] = json.loads(str(row[1]))
        except ValueError:
            raise DataError(
                f"sheet {SHEET}, row {number}: the value of {row[0]} is not JSON. "
                "Export the instrument again, or remove the sheet"
            ) from None
    return own


def _rows(rows: Sequence[Mapping[str, Any]] | None, *, language: str) -> list[FormRow]:
    """Name the columns as XLSForm usually does; an empty row is left out."""
    headers: dict[str, tuple[str, str]] = {}
    found = []
    for number, row in enumerate(rows or (), start=2):
        cells: dict[str, str] = {}
        texts: dict[str, dict[str, str]] = {}
        for header, content in row.items():
            if content is None or not str(content).strip():
                continue
            column, of = headers.setdefault(str(header), column_of(str(header)))
            text = str(content).strip()
            if column in TEXTS:
                texts.setdefault(column, {})
                code = language_code(of) if of and of != "default" else language
                if of or code not in texts[column]:
                    texts[column][code] = text
            else:
                cells[column] = text.translate(_SMART) if column in _EXPRESSIONS else text
        if cells or texts:
            found.append(FormRow(number=number, cells=cells, texts=texts))
    return found


def column_of(header: str) -> tuple[str, str]:
    """Tell the column and the language of a header, such as ``bind:relevant`` or ``label::es``."""
    if "::" in header:
        parts = [part.strip() for part in header.split("::")]
    else:
        parts = [part.strip() for part in re.split(r"(?<!jr):", header)]
    first = "_".join(parts[0].split()).lower()
    if first in {"bind", "control", "body", "media"} and len(parts) > 1:
        parts = parts[1:]
        first = "_".join(parts[0].split()).lower()
    column = _ALIASES.get(first, first)
    if len(parts) > 1 and column not in _TRANSLATED:
        return header, ""
    return column, parts[-1] if len(parts) > 1 else ""
