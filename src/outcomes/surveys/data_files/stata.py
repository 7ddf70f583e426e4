"""The dataset as a Stata file (.dta): labels, and codes that mean no answer as .a, .b and so on."""

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from string import ascii_lowercase
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from outcomes.errors import DataError
from outcomes.surveys.data_files.dataset import (
    CodeLabel,
    Dataset,
    Variable,
    Written,
    lost_cells,
    numbers_in,
)
from outcomes.surveys.data_files.label_text import one_line, plain_cell, within_bytes
from outcomes.surveys.data_files.label_text import within_characters as _within
from outcomes.surveys.data_files.legal_names import legal_names
from outcomes.surveys.data_files.stata_label_sets import share_label_sets
from outcomes.surveys.wording import in_language

LONGEST_LABEL, LONGEST_VALUE_LABEL = 80, 32000  # characters, bytes
_DAY_ONE = date(1960, 1, 1).toordinal()  # Stata counts days from here
_FORMAT = 14  # Stata 14 and later; older ones cannot hold accents


def stata_file(dataset: Dataset, *, language: str, stem: str, end: str = "") -> Written:
    """Write the dataset as Stata 14 and later read it, with the labels in one language.

    Args:
        dataset: What to write.
        language: Of the labels; one of its own.
        stem: The file is called this, then ``end``, then .dta.
        end: Keeps the files of several languages apart.

    Raises:
        DataError: More than 26 codes mean no answer.

    Source:
        Limits: Stata help limits (80 characters a label, 32,000 a value label) and help missing.
    """
    import pyreadstat

    names = legal_names(dataset.names(), "stata")
    letters = stata_letters(dataset)
    if len(letters) < len(_no_answers(dataset)):
        raise DataError(
            f"{len(_no_answers(dataset))} codes mean no answer, and Stata has 26 values for that. "
            "Leave out a wave, or write an SPSS file"
        )
    lost: dict[str, int] = {}
    columns: dict[str, Any] = {}
    for variable in dataset.variables:
        column, lost[variable.name] = _column(dataset, variable, letters=letters)
        columns[names[variable.name]] = column
    coded = [each for each in dataset.variables if _is_labelled(each)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.dta"
        pyreadstat.write_dta(
            pd.DataFrame(columns),
            str(path),
            version=_FORMAT,
            file_label=_within(one_line(in_language(dataset.about.title, language)), 80),
            column_labels={
                names[each.name]: variable_label(each, language=language) or None
                for each in dataset.variables
            },
            variable_value_labels={
                names[each.name]: _value_labels(
                    dataset.codes_of(each), language=language, letters=letters
                )
                for each in coded
            },
            missing_user_values={
                names[each.name]: found
                for each in coded
                if (found := [letters[one.code] for one in dataset.codes_of(each) if one.missing])
            },
            variable_format={
                names[each.name]: form for each in dataset.variables if (form := _format(each))
            },
        )
        content = path.read_bytes()
    sets = legal_names(sorted(dataset.label_sets), "stata")
    content = share_label_sets(content, {names[each.name]: sets[each.label_set] for each in coded})
    return Written(files={f"{stem}{end}.dta": content}, notes=lost_cells(lost, program="Stata"))


def stata_letters(dataset: Dataset) -> dict[str, str]:
    """Say which of Stata's missing values stands for each code that means no answer.

    Returns:
        Code to letter, such as ``-9`` to ``a``, which Stata writes ``.a``; of the first 26 codes,
        for there are no more letters.
    """
    return dict(zip(_no_answers(dataset), ascii_lowercase, strict=False))


def _no_answers(dataset: Dataset) -> list[str]:
    sets = dataset.label_sets.values()
    return list(dict.fromkeys(each.code for one in sets for each in one.missing_codes()))


def variable_label(variable: Variable, *, language: str) -> str:
    """Give the label of a column as Stata takes it."""
    return _within(one_line(in_language(variable.label, language)), LONGEST_LABEL)


def _is_labelled(variable: Variable) -> bool:
    return bool(variable.label_set) and variable.kind not in {"text", "date"}


def _column(
    dataset: Dataset, variable: Variable, *, letters: Mapping[str, str]
) -> tuple[pd.Series, int]:
    cells = dataset.table[variable.name]
    if variable.kind == "text":
        return pd.Series([plain_cell(cell) for cell in cells], dtype=object), 0
    if variable.kind == "date":
        days = [_day(cell) for cell in cells]
        lost = sum(day is None and cell != "" for day, cell in zip(days, cells, strict=True))
        return _series(days), lost
    numbers, lost = numbers_in(dataset, variable)
    none = {each.code for each in dataset.codes_of(variable) if each.missing}
    found = _series(numbers)
    if not any(cell in none for cell in cells):
        return found, lost
    mixed = [
        letters[cell] if cell in none else number for cell, number in zip(cells, found, strict=True)
    ]
    return pd.Series(mixed, dtype=object), lost


def _series(numbers: list[float | None]) -> pd.Series:
    return pd.Series([math.nan if each is None else each for each in numbers], dtype=float)


def _day(cell: str) -> float | None:
    try:
        return float(date.fromisoformat(cell).toordinal() - _DAY_ONE)
    except ValueError:
        return None


def _value_labels(
    codes: tuple[CodeLabel, ...], *, language: str, letters: Mapping[str, str]
) -> dict[Any, str]:
    return {
        letters[each.code] if each.missing else each.number: within_bytes(
            one_line(in_language(each.label, language)) or each.code, LONGEST_VALUE_LABEL
        )
        for each in codes
    }


def _format(variable: Variable) -> str:
    if variable.kind == "text":
        return ""
    if variable.kind == "date":
        return "%tdCCYY-NN-DD"
    return f"%{9 + variable.decimals}.{variable.decimals}f"
