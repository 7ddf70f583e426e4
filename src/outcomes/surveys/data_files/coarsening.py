"""Make a dataset say less: leave columns out, or show a number as the band that it lies in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.surveys.data_files.dataset import Dataset, Variable
from outcomes.surveys.wording import language_tag

YEAR = "year"
_BAND = {
    "en": "{label} (lowest of a band of {width})",
    "es": "{label} (el menor de un grupo de {width})",
}
_YEAR = {"en": "{label} (year)", "es": "{label} (año)"}


def without(dataset: Dataset, names: Sequence[str]) -> Dataset:
    """Leave columns out; the name of an item leaves out all that was made of it.

    Raises:
        DataError: There is no such column or item, or none would be left.
    """
    for name in names:
        _require(dataset, name)
    kept = tuple(
        each for each in dataset.variables if each.name not in names and each.item not in names
    )
    if not kept:
        raise DataError("every column is left out. Keep at least one")
    return replace(dataset, variables=kept, table=dataset.table[[each.name for each in kept]])


def coarsened(dataset: Dataset, steps: Mapping[str, str]) -> Dataset:
    """Show numbers as the lowest of the band that they lie in, and dates as their year.

    Args:
        dataset: What to change a copy of.
        steps: Column to the width of its bands, such as ``10``, or ``year`` for a date.

    Raises:
        DataError: There is no such column, or it holds no number or date.
    """
    for name, step in steps.items():
        _require(dataset, name)
        found = [each for each in dataset.variables if name in {each.name, each.item}]
        for variable in found:
            dataset = _coarser(dataset, variable, step)
    return dataset


def _require(dataset: Dataset, name: str) -> None:
    known = [each.name for each in dataset.variables]
    if name not in known and name not in {each.item for each in dataset.variables}:
        raise DataError(f"the data have no column {name!r}. {one_of(name, known)}")


def _coarser(dataset: Dataset, variable: Variable, step: str) -> Dataset:
    cells = dataset.table[variable.name]
    if variable.kind == "date" and step == YEAR:
        new, words, decimals = [_year(cell) for cell in cells], _YEAR, 0
    elif variable.kind == "number":
        width = _width(variable, step)
        none = {each.code for each in dataset.codes_of(variable)}
        new = [cell if cell in none else _band(cell, width) for cell in cells]
        words, decimals = _BAND, 0 if width.is_integer() else variable.decimals
    else:
        raise DataError(
            f"{variable.name}={step}: only numbers are put into bands (say how wide, such as "
            f"{variable.name}=10), and dates into years ({variable.name}=year). Leave it out "
            "instead"
        )
    label = {
        each: words.get(language_tag(each), words["en"]).format(label=text, width=step)
        for each, text in variable.label.items()
    }
    changed = replace(variable, kind="number", label=label, decimals=decimals)
    return replace(
        dataset,
        table=dataset.table.assign(**{variable.name: pd.Series(new, index=cells.index)}),
        variables=tuple(
            changed if each.name == variable.name else each for each in dataset.variables
        ),
    )


def _width(variable: Variable, step: str) -> float:
    try:
        width = float(step)
    except ValueError:
        width = math.nan
    if not 0 < width < math.inf:
        raise DataError(f"{variable.name}={step}: say the width of a band as a number above 0")
    return width


def _band(cell: str, width: float) -> str:
    try:
        lowest = math.floor(float(cell) / width + 1e-9) * width
    except (ValueError, OverflowError):
        return ""
    return str(int(lowest)) if lowest.is_integer() else f"{lowest:.6f}".rstrip("0")


def _year(cell: str) -> str:
    return cell[:4] if cell[:4].isdigit() else ""
