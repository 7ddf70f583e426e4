"""The dataset as an SPSS file (.sav): labels, labelled codes and codes that mean no answer."""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from outcomes.surveys.data_files.dataset import (
    Dataset,
    Variable,
    Written,
    lost_cells,
    numbers_in,
)
from outcomes.surveys.data_files.label_text import one_line, plain_cell, within_bytes
from outcomes.surveys.data_files.legal_names import legal_names
from outcomes.surveys.wording import in_language

LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_TEXT = 255, 120, 32767  # bytes
_DAY_ONE = date(1582, 10, 14).toordinal()  # SPSS counts seconds from here


def spss_file(dataset: Dataset, *, language: str, stem: str, end: str = "") -> Written:
    """Write the dataset as SPSS reads it, with the labels in one language.

    Codes that mean no answer become user-missing values. SPSS holds three of them, or a range and
    one; where there are more and no range has room, the first three are declared and it is said.

    Args:
        dataset: What to write.
        language: Of the labels; one of its own.
        stem: The file is called this, then ``end``, then .sav.
        end: Keeps the files of several languages apart.

    Source:
        Limits: IBM SPSS Statistics, system limits (labels 255 and 120 bytes).
    """
    import pyreadstat

    names = legal_names(dataset.names(), "spss")
    lost: dict[str, int] = {}
    columns: dict[str, Any] = {}
    missing: dict[str, list[Any]] = {}
    notes: list[str] = []
    for variable in dataset.variables:
        name = names[variable.name]
        columns[name], lost[variable.name] = _column(dataset, variable)
        if spans := _missing_spans(dataset, variable, columns[name]):
            missing[name] = spans[:3]
            if len(spans) > 3:
                notes.append(
                    f"{variable.name}: SPSS declares at most three codes as no answer; the others "
                    "are labelled only. Declare them by hand."
                )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.sav"
        pyreadstat.write_sav(
            pd.DataFrame(columns),
            str(path),
            file_label=within_bytes(one_line(in_language(dataset.about.title, language)), 64),
            column_labels={
                names[each.name]: variable_label(each, language=language) or None
                for each in dataset.variables
            },
            row_compress=True,
            variable_value_labels=_value_labels(dataset, names, language=language),
            missing_ranges=missing,
            variable_measure={names[each.name]: _measure(each) for each in dataset.variables},
            variable_format={
                names[each.name]: form for each in dataset.variables if (form := _format(each))
            },
        )
        content = path.read_bytes()
    notes += lost_cells(lost, program="SPSS")
    return Written(files={f"{stem}{end}.sav": content}, notes=tuple(notes))


def variable_label(variable: Variable, *, language: str) -> str:
    """Give the label of a column as SPSS takes it."""
    return within_bytes(one_line(in_language(variable.label, language)), LONGEST_LABEL)


def _column(dataset: Dataset, variable: Variable) -> tuple[Any, int]:
    cells = dataset.table[variable.name]
    if variable.kind == "text":
        texts = [plain_cell(cell) for cell in cells]
        cut = [text.encode()[:LONGEST_TEXT].decode(errors="ignore") for text in texts]
        return pd.Series(cut, dtype=object), sum(a != b for a, b in zip(texts, cut, strict=True))
    if variable.kind == "date":
        days = [_seconds(cell) for cell in cells]
        return _floats(days), sum(
            day is None and cell != "" for day, cell in zip(days, cells, strict=True)
        )
    numbers, lost = numbers_in(dataset, variable)
    return _floats(numbers), lost


def _floats(numbers: Iterable[float | None]) -> pd.Series:
    return pd.Series([math.nan if each is None else each for each in numbers], dtype=float)


def _seconds(cell: str) -> float | None:
    try:
        return float((date.fromisoformat(cell).toordinal() - _DAY_ONE) * 86400)
    except ValueError:
        return None


def _value_labels(
    dataset: Dataset, names: dict[str, str], *, language: str
) -> dict[str, dict[float, str]]:
    return {
        names[each.name]: {
            float(code.number): within_bytes(
                one_line(in_language(code.label, language)) or code.code, LONGEST_VALUE_LABEL
            )
            for code in dataset.codes_of(each)
        }
        for each in dataset.variables
        if each.label_set and each.kind not in {"text", "date"}
    }


def _missing_spans(dataset: Dataset, variable: Variable, column: Any) -> list[Any]:
    """Declare the codes that mean no answer: up to three, or a range that holds nothing else."""
    if variable.kind in {"text", "date"}:
        return []
    codes = dataset.codes_of(variable)
    none = sorted(float(each.number) for each in codes if each.missing)
    if len(none) <= 3:
        return list(none)
    others = {float(each.number) for each in codes if not each.missing}
    others |= set(column.dropna()) - set(none)
    for ranged, single in ((none, []), (none[:-1], none[-1:]), (none[1:], none[:1])):
        if _holds_only(ranged, others):
            return [{"lo": ranged[0], "hi": ranged[-1]}, *single]
    return list(none)


def _holds_only(ranged: Sequence[float], others: set[float]) -> bool:
    return not any(ranged[0] <= other <= ranged[-1] for other in others)


def _measure(variable: Variable) -> str:
    if variable.kind in {"number", "date"}:
        return "scale"
    return "ordinal" if variable.ordered else "nominal"


def _format(variable: Variable) -> str:
    if variable.kind == "text":
        return ""
    if variable.kind == "date":
        return "SDATE10"
    return f"F{8 + variable.decimals}.{variable.decimals}"
