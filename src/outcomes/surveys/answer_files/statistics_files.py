"""SPSS .sav and Stata .dta: variables with labels, value labels and codes that mean no answer."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from outcomes.errors import FileError
from outcomes.sheets.files import cell_text
from outcomes.surveys.answer_files.answer_file import AnswerColumn, Parsed, split_each_way

_Program = Literal["spss", "stata"]


def read_statistics_file(path: Path, program: _Program) -> Parsed:
    """Read a file of SPSS or Stata as text, with what it says about its codes.

    Rows are numbered as these programs number cases, from 1.

    Raises:
        FileError: It cannot be read as such a file, or holds no case.
    """
    table, about = _load(path, program)
    if table.empty:
        raise FileError(path, "", "the file holds no case", "Check that it is the right file")
    cells = pd.DataFrame(
        {name: [_text(value) for value in table[name]] for name in table.columns},
        index=pd.RangeIndex(1, len(table) + 1),
        dtype="str",
    )
    columns = tuple(_column(name, about=about, cells=cells[name]) for name in cells.columns)
    return Parsed(columns=columns, cells=cells, separator=",")


def _load(path: Path, program: _Program) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    if not path.is_file():
        problem = "this is a folder" if path.is_dir() else "there is no such file"
        raise FileError(path, "", problem, "Check the name")
    read = pyreadstat.read_sav if program == "spss" else pyreadstat.read_dta
    try:
        found = read(str(path), user_missing=True)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError) as error:
        name = "SPSS (.sav)" if program == "spss" else "Stata (.dta)"
        raise FileError(
            path, "", f"this {name} file cannot be read ({error})", "Save it anew, or as CSV"
        ) from None
    return found[0], found[1]


def _text(value: Any) -> str:
    if isinstance(value, float) and math.isnan(value):
        return ""
    return cell_text(value)


def _column(name: str, *, about: Any, cells: pd.Series) -> AnswerColumn:
    label = about.column_names_to_labels.get(name) or ""
    names = [(name, "")]
    if found := re.fullmatch(r"(.+?)_+(-?\w+)", name):
        names.append((found[1], found[2]))
    said = (about.variable_value_labels or {}).get(name, {})
    return AnswerColumn(
        header=name,
        text=label,
        names=tuple(names),
        texts=((label, ""), *split_each_way(label, " - ")) if label else (),
        labels={_text(code): str(words).strip() for code, words in said.items()},
        empty=_no_answers(name, about=about, seen=sorted(set(cells), key=str)),
    )


def _no_answers(name: str, *, about: Any, seen: Sequence[str]) -> tuple[str, ...]:
    """List the codes that the file declares to be no answer: single ones, and ranges as seen."""
    codes: dict[str, None] = {}
    for span in (about.missing_ranges or {}).get(name, []):
        low, high = _ends(span)
        if isinstance(low, str):
            codes[low.strip()] = None
            continue
        codes |= {text: None for text in seen if _lies_in(text, low=low, high=high)}
        if low == high:
            codes[_text(float(low))] = None
    for letter in (about.missing_user_values or {}).get(name, []):
        codes[str(letter)] = None
    return tuple(codes)


def _ends(span: Any) -> tuple[Any, Any]:
    if isinstance(span, Mapping):
        return span["lo"], span["hi"]
    return getattr(span, "lo", span), getattr(span, "hi", span)


def _lies_in(text: str, *, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False
