"""What is known of the population: a file of margins, and where each respondent stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import DataError, FileError, one_of
from outcomes.sheets import Column, read_sheet
from outcomes.stats.raking import Margin

CROSS = ":"  # joins columns, and their values, that are known together: sex:age, F:18-24
ROUNDED = 0.005  # by how much shares may miss 1 because they were rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMargin:
    """The known size of each group of one column, or of several columns crossed."""

    columns: tuple[str, ...]
    sizes: dict[str, float]  # by value; values of crossed columns are joined by a colon
    shares: bool  # sizes are shares of the population, not people

    @property
    def name(self) -> str:
        """What the file calls it."""
        return CROSS.join(self.columns)


def plain_numbers(cells: pd.Series) -> pd.Series:
    """Write 4.0, which is how pandas writes 4 beside an empty cell, as 4."""
    return cells.astype(str).str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)


def read_margins(path: Path) -> tuple[KnownMargin, ...]:
    """Read what is known of the population.

    Args:
        path: CSV or Excel with the columns ``column``, ``value`` and ``total`` (people) or
            ``share`` (of the population, to 1 or to 100).

    Raises:
        FileError: The file cannot be read, has neither or both of total and share, or the shares
            of a column do not add up.
        RowsRefused: A number is missing or negative, or a value stands twice.
    """
    size = {name: Column(name=name, kind="number", low=0, needed=False, blank=True)
            for name in ("total", "share")}  # fmt: skip
    columns = [Column(name="column"), Column(name="value"), *size.values()]
    sheet = read_sheet(path, columns, key=("column", "value"))
    sheet.or_refuse(leave_out=False)
    table = sheet.table
    there = [name for name in size if table[name].notna().any()]
    if len(there) != 1:
        raise FileError(
            path,
            "row 1",
            f"it needs one of the columns total and share, and has {' and '.join(there) or 'none'}",
            "Give people in the column total, or shares of the population in the column share",
        )
    kind = there[0]
    sheet.refuse(
        table[kind].isna(),
        column=kind,
        problem="the cell is empty",
        mend="Fill it, or drop the row",
    )
    sheet.or_refuse(leave_out=False)
    found = []
    for name, rows in table.groupby("column", sort=False):
        sizes = dict(zip(plain_numbers(rows["value"]), rows[kind].astype(float), strict=True))
        if kind == "share":
            sizes = _shares(path, str(name), sizes)
        found.append(
            KnownMargin(columns=tuple(str(name).split(CROSS)), sizes=sizes, shares=kind == "share")
        )
    return tuple(found)


def placed(table: pd.DataFrame, known: Sequence[KnownMargin], *, people: float) -> list[Margin]:
    """Find where each respondent stands in the margins.

    Args:
        table: The columns that the margins name, as text.
        known: The margins.
        people: How many people the weights add up to, for margins given as shares.

    Raises:
        DataError: A respondent has a value (or none) that a margin does not know, or a margin
            knows a value that nobody has.
    """
    return [_placed(table, margin, people=people if margin.shares else 1.0) for margin in known]


def _placed(table: pd.DataFrame, known: KnownMargin, *, people: float) -> Margin:
    cells = plain_numbers(table[known.columns[0]])
    for column in known.columns[1:]:
        cells = cells + CROSS + plain_numbers(table[column])
    codes = pd.Index(list(known.sizes)).get_indexer(pd.Index(cells)).astype(np.intp)
    if (codes < 0).any():
        strange = cells[codes < 0]
        counted = int((strange == strange.iloc[0]).sum())
        word = strange.iloc[0]
        if not word:
            raise DataError(
                f"{counted} rows have no {known.name}, so they stand in no margin. Fill the cells, "
                "or leave the rows out"
            )
        raise DataError(
            f"{counted} rows have {known.name}={word}, for which the margins give no size. "
            f"{one_of(word, list(known.sizes))}"
        )
    sizes = np.array(list(known.sizes.values())) * people
    return Margin(name=known.name, codes=codes, labels=tuple(known.sizes), totals=sizes)


def _shares(path: Path, name: str, sizes: dict[str, float]) -> dict[str, float]:
    total = sum(sizes.values())
    whole = 100.0 if total > 50 else 1.0
    if abs(total / whole - 1) > ROUNDED:
        raise FileError(
            path,
            f"column {name}",
            f"the shares add up to {total:g}, not to 1 (or 100)",
            "Give every group its share",
        )
    return {value: size / total for value, size in sizes.items()}
