"""Which cells of a table add up to which: margins of crossed tables, hierarchies, known totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from outcomes.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Cells that add up to a total: a row of the table, or a number known from elsewhere."""

    parts: tuple[int, ...]  # positions of rows
    total: int | None = None  # the row that holds their sum; None: it is known from elsewhere


def known_totals(table: pd.DataFrame, columns: Sequence[str]) -> tuple[Total, ...]:
    """Say that each combination of some columns has a total that is known from elsewhere.

    Args:
        table: One cell a row.
        columns: Columns whose combinations have a known total, such as place and measure.

    Raises:
        DataError: A column is missing.
    """
    _require(table, columns)
    by = table.reset_index(drop=True).groupby(list(columns), dropna=False, sort=False)
    return tuple(Total(parts=tuple(rows.tolist())) for rows in by.indices.values())


def crossed_totals(
    table: pd.DataFrame, columns: Sequence[str], *, total: str = "total"
) -> tuple[Total, ...]:
    """Find what adds up to what in a crossed table that holds its margins as rows.

    Args:
        table: One cell a row; a row is a margin over each column in which it says ``total``.
        columns: The columns that are crossed.
        total: The word that marks a margin.

    Returns:
        One total for each margin and each column it sums over. Rows that the table lacks hold
        nobody.

    Raises:
        DataError: A column is missing, no row is a margin, or a combination stands twice.
    """
    _require(table, columns)
    labels = table[list(columns)].astype(str).reset_index(drop=True)
    twice = labels.duplicated()
    if twice.any():
        row = ", ".join(labels[twice].iloc[0])
        raise DataError(f"the cell {row} stands twice; crossed cells must differ in {columns}")
    found = []
    for name in columns:
        others = [other for other in columns if other != name]
        groups = labels.groupby(others, sort=False).indices.values() if others else [labels.index]
        is_margin = labels[name].eq(total).to_numpy()
        for rows in (np.asarray(group) for group in groups):
            margins, parts = rows[is_margin[rows]], rows[~is_margin[rows]]
            if margins.size and parts.size:
                found.append(Total(parts=tuple(parts.tolist()), total=int(margins[0])))
    if not found:
        raise DataError(f"no row says {total!r} in {', '.join(columns)}, so none is a margin")
    return tuple(found)


def nested_totals(
    table: pd.DataFrame, column: str, *, parents: Mapping[str, str], within: Sequence[str] = ()
) -> tuple[Total, ...]:
    """Find what adds up to what in a hierarchy, such as beats in districts in the city.

    Args:
        table: One cell a row; larger units have rows too.
        column: The column that names the unit.
        parents: For each unit, the larger one that it is a part of.
        within: Columns that are crossed with it: units add up for each of their combinations.

    Raises:
        DataError: A column is missing, or a unit is its own ancestor.
    """
    _require(table, [column, *within])
    for unit in parents:
        _refuse_circle(unit, parents)
    labels = table.reset_index(drop=True)
    groups = (
        labels.groupby(list(within), dropna=False, sort=False).indices.values()
        if within
        else [np.arange(len(labels))]
    )
    names = labels[column].astype(str).to_numpy()
    above = np.array([parents.get(name, "") for name in names], dtype=object)
    found = []
    for rows in (np.asarray(group) for group in groups):
        for row in rows:
            parts = rows[above[rows] == names[row]]
            if parts.size:
                found.append(Total(parts=tuple(parts.tolist()), total=int(row)))
    return tuple(found)


def totals_matrix(totals: Sequence[Total], *, cells: int) -> sparse.csc_matrix:
    """Write totals as a matrix: one row a total, 1 for its parts and -1 for its own cell."""
    rows, columns, signs = [], [], []
    for number, each in enumerate(totals):
        ends = () if each.total is None else (each.total,)
        rows += [number] * (len(each.parts) + len(ends))
        columns += [*each.parts, *ends]
        signs += [1.0] * len(each.parts) + [-1.0] * len(ends)
    return sparse.csc_matrix((signs, (rows, columns)), shape=(len(totals), cells))


def require_rows(totals: Sequence[Total], *, cells: int) -> None:
    """Refuse totals that name rows which are not there, or themselves.

    Raises:
        DataError: Says which.
    """
    for each in totals:
        ends = () if each.total is None else (each.total,)
        if any(not 0 <= row < cells for row in (*each.parts, *ends)) or set(ends) & {*each.parts}:
            raise DataError(f"a total of rows {each.parts} does not fit a table of {cells} cells")


def require_sums(values: np.ndarray, totals: Sequence[Total]) -> None:
    """Refuse totals that are not the sum of their parts; NaN, from an earlier check, is skipped.

    Raises:
        DataError: A total differs from its sum, so that cells are missing or wrong.
    """
    for each in totals:
        if each.total is None:
            continue
        told, added = values[each.total], values[list(each.parts)].sum()
        if np.isfinite(told) and np.isfinite(added) and abs(told - added) > 1e-6 * max(1, added):
            raise DataError(
                f"row {each.total + 1} is the total of {len(each.parts)} rows and says {told:g}, "
                f"but they add up to {added:g}. Add the missing rows or correct the total"
            )


def _refuse_circle(unit: str, parents: Mapping[str, str]) -> None:
    seen = {unit}
    while unit in parents:
        unit = parents[unit]
        if unit in seen:
            raise DataError(f"{unit!r} is a part of itself; correct the hierarchy")
        seen.add(unit)


def _require(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise DataError(f"the table lacks the column(s) {', '.join(missing)}")
