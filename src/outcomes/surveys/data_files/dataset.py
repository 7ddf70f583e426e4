"""A dataset to give to another program: a table of answers, and what every column of it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Privacy, Texts

Kind = Literal["code", "mark", "number", "date", "text"]
Role = Literal["link", "wave", "version", "place", "day", "weight", "item", "score"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLabel:
    """One code of a column, and what it means."""

    code: str  # as it stands in the table and in a CSV
    number: int  # that stands for it in SPSS and Stata, which label numbers only
    label: Texts  # language -> text
    missing: bool  # whether it means no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSet:
    """Codes and labels that several columns share, as the items of one grid do."""

    name: str
    codes: tuple[CodeLabel, ...]

    def missing_codes(self) -> tuple[CodeLabel, ...]:
        """List the codes that mean no answer."""
        return tuple(each for each in self.codes if each.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One column."""

    name: str
    kind: Kind  # mark: 1 where one of several choices was taken, 0 where it was not
    role: Role
    label: Texts  # language -> the question, or what the column holds
    label_set: str = ""  # name of its label set; "" where it has no codes
    decimals: int = 0  # of a number, for show
    ordered: bool = False  # whether its codes have an order, as those of scored items do
    item: str = ""  # of the instrument; "" for what was not asked
    privacy: Privacy = "answer"
    scales: tuple[str, ...] = ()  # that it counts toward
    reversed_in: tuple[str, ...] = ()  # scales in which agreeing means less; never turned here
    versions: tuple[str, ...] = ()  # of the instrument in which it was asked, "academy 1"
    how: str = ""  # how it came about, where it was worked out


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutData:
    """Whose data they are, for catalogues."""

    title: Texts
    agency: str = ""  # "" without a study
    study: str = ""
    generated: str = ""  # says so, when a simulator made the data
    first: str = ""  # day on which the first wave opened, and the last one closed; ISO
    last: str = ""
    places: tuple[str, ...] = ()  # names


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What every writer of a file format starts from."""

    name: str  # of its files
    about: AboutData
    languages: tuple[str, ...]  # in which labels are given; the first is the default
    instruments: tuple[Instrument, ...]
    table: pd.DataFrame  # one row a respondent and wave; columns as in variables, all text
    variables: tuple[Variable, ...]
    label_sets: Mapping[str, LabelSet]
    notes: tuple[str, ...] = ()  # what the reader of the file must know, in sentences

    def codes_of(self, variable: Variable) -> tuple[CodeLabel, ...]:
        """List the codes of a column; none where it has no label set."""
        return self.label_sets[variable.label_set].codes if variable.label_set else ()

    def names(self) -> list[str]:
        """List the names of the columns."""
        return [variable.name for variable in self.variables]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Files ready to be put on a disk, and what their format could not hold."""

    files: Mapping[str, bytes]  # name -> content
    notes: tuple[str, ...] = ()


def numbers_in(dataset: Dataset, variable: Variable) -> tuple[list[float | None], int]:
    """Give a column as the numbers that stand for its cells.

    Returns:
        One number a row, None where the cell is empty; and how many cells hold no number.
    """
    known = {each.code: float(each.number) for each in dataset.codes_of(variable)}
    found: list[float | None] = []
    lost = 0
    for cell in dataset.table[variable.name]:
        number = known.get(cell)
        if number is None and cell != "" and variable.kind != "code":
            number = _number(cell)
        lost += number is None and cell != ""
        found.append(number)
    return found, lost


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def lost_cells(lost: Mapping[str, int], *, program: str) -> tuple[str, ...]:
    """Say how many cells a format could not hold, one sentence a column."""
    return tuple(
        f"{name}: {times} cell{'' if times == 1 else 's'} could not be written for {program} as "
        "answered, and stand empty or cut there; the CSV has what was answered."
        for name, times in lost.items()
        if times
    )


def versions_of(instruments: Sequence[Instrument]) -> tuple[str, ...]:
    """Name versions of instruments, as ``academy 1``."""
    return tuple(f"{each.id} {each.version}" for each in instruments)
