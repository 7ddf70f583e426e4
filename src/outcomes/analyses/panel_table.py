"""Places by period as grids: the one form in which every design of issue 10 takes its data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.measures import find, require_outcome, wide

LARGEST = 1e60  # of a value, and one over it of the smallest: products of four must be numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelTable:
    """One outcome of several places over time, and when or how much each was treated.

    All grids have one row a place and one column a period, in the same order; periods are sorted.
    A value that was not observed is NaN, never zero.
    """

    outcome: pd.DataFrame  # numbers
    name: str  # of the outcome, in words
    unit: str  # what one of it is
    start: Mapping[str, Any]  # place: its first treated period; a place without one is untreated
    dose: pd.DataFrame | None = None  # how much of the output each place got
    exposure: pd.DataFrame | None = None  # people or households behind a count
    se: pd.DataFrame | None = None  # where the outcome is itself an estimate
    measure: str = ""  # the registered code, where there is one
    whole: str = "unit"  # what a row is called: "place", or the column of a table of one's own
    when: str = "period"  # what a column is called

    @property
    def places(self) -> list[str]:
        """The places, in order."""
        return [str(place) for place in self.outcome.index]

    @property
    def periods(self) -> list[Any]:
        """The periods, in order."""
        return list(self.outcome.columns)

    @property
    def treated(self) -> list[str]:
        """The places that are treated at some time."""
        return [place for place in self.places if place in self.start]

    @property
    def untreated(self) -> list[str]:
        """The places that never are."""
        return [place for place in self.places if place not in self.start]

    def first_treated(self) -> np.ndarray:
        """Give the position of each place's first treated period, shape (places,); -1 for never."""
        at = {period: number for number, period in enumerate(self.periods)}
        return np.array([at[self.start[one]] if one in self.start else -1 for one in self.places])


def panel_of_table(
    table: pd.DataFrame,
    outcome: str,
    *,
    unit: str,
    time: str,
    treated: str | None = None,
    start: str | None = None,
    dose: str | None = None,
) -> PanelTable:
    """Lay a long table of one's own out as a panel.

    Args:
        table: One row a unit and time.
        outcome: The numeric column that is compared.
        unit: The column that names who or where.
        time: The column of times; they are put in order.
        treated: A column of 0 and 1: 1 from the time of the start on, and never 0 again.
        start: A column with the time at which the unit starts, the same in all its rows; blank or
            0 where it never does. Instead of ``treated``.
        dose: A numeric column: how much of the output the unit got.

    Raises:
        DataError: A column is missing or blank, a number is none, a unit stands twice at one
            time, ``treated`` is not 0 or 1 or ends again, or a start changes within a unit or is
            no time of the table.
    """
    if treated is not None and start is not None:
        raise DataError("give --treated or --start, not both: each says when a unit starts")
    grid = wide_table(table, outcome, unit=unit, time=time)
    starts: Mapping[str, Any] = {}
    if treated is not None:
        starts = _starts_of_treated(table, treated, unit=unit, time=time)
    elif start is not None:
        starts = _starts_of_column(table, start, unit=unit, periods=list(grid.columns), time=time)
    return PanelTable(
        outcome=grid,
        name=outcome,
        unit=outcome,
        start=starts,
        dose=None if dose is None else wide_table(table, dose, unit=unit, time=time),
        whole=unit,
        when=time,
    )


def panel_of_measures(
    measures: pd.DataFrame,
    outcome: str,
    *,
    places: Sequence[str],
    periods: Sequence[str],
    start: Mapping[str, str],
    output: str | None = None,
) -> PanelTable:
    """Lay a registered outcome out as a panel, with the dose of an output where one is asked for.

    Args:
        measures: The measures table.
        outcome: A registered outcome; an output is refused (D14).
        places: Which places, in order.
        periods: Which periods, in order.
        start: place: its first treated period, for the treated ones.
        output: A registered output: how much of it each place got. A period without a record of
            it is NaN here.

    Raises:
        DataError: The measure is no outcome, or a place has none of it.
    """
    registered = require_outcome(outcome)
    grid = wide(measures, outcome, rows="place", columns="period")
    if absent := [place for place in places if place not in grid.index]:
        raise DataError(f"{outcome} was not recorded in {', '.join(absent)}")
    rows, columns = list(places), list(periods)
    dose = None
    if output is not None:
        dose = wide(measures, find(output).code, rows="place", columns="period")
        dose = dose.reindex(index=rows, columns=columns).astype(float)
    kept = measures[(measures["measure"] == outcome) & measures["place"].isin(rows)]
    errors = kept.pivot_table(index="place", columns="period", values="se", aggfunc="first")
    return PanelTable(
        outcome=grid.reindex(index=rows, columns=columns).astype(float),
        name=registered.name,
        unit=registered.unit,
        start=dict(start),
        dose=dose,
        se=errors.reindex(index=rows, columns=columns) if errors.notna().to_numpy().any() else None,
        measure=outcome,
        whole="place",
        when="period",
    )


def wide_table(table: pd.DataFrame, value: str, *, unit: str, time: str) -> pd.DataFrame:
    """Lay one numeric column out: a row a unit, a column a time, in order; NaN where missing.

    Raises:
        DataError: A column is missing or blank, a unit stands twice at one time, or a value is no
            number, or one too large or too small to reckon with.
    """
    for name in (value, unit, time):
        if name not in table.columns:
            raise DataError(f"there is no column {name!r}. {one_of(name, list(table.columns))}")
    for name in (unit, time):
        if (table[name].isna() | (table[name].astype(str).str.strip() == "")).any():
            raise DataError(f"{name!r} is blank in a row; every row needs one")
    if table.duplicated([unit, time]).any():
        raise DataError(f"a {unit} stands twice at one {time}; each may stand once")
    numbers = table.assign(**{value: pd.to_numeric(table[value], errors="coerce")})
    blank = table[value].isna() | (table[value].astype(str).str.strip() == "")
    broken = ~np.isfinite(numbers[value].astype(float)) & ~blank
    if broken.any():
        found = str(table.loc[broken, value].iloc[0])
        raise DataError(f"{value!r} holds {found!r}, which is no number")
    size = numbers[value].astype(float).abs()
    endless = (size > LARGEST) | ((size > 0) & (size < 1 / LARGEST))
    if endless.any():
        found = str(table.loc[endless, value].iloc[0])
        raise DataError(
            f"{value!r} holds {found!r}, too far from 1 for its square to be a number; write "
            "the column in another unit"
        )
    wide = numbers.pivot(index=unit, columns=time, values=value)
    wide.index = wide.index.astype(str)
    return wide.sort_index(axis=1)


def _starts_of_treated(
    table: pd.DataFrame, treated: str, *, unit: str, time: str
) -> dict[str, Any]:
    """Find the first time at which each unit is treated, and see that it stays so."""
    grid = wide_table(table, treated, unit=unit, time=time)
    if not pd.to_numeric(table[treated], errors="coerce").isin([0, 1]).all():
        raise DataError(f"{treated!r} must be 0 or 1 in every row")
    starts = {}
    for name, row in grid.iterrows():
        known = row.dropna()
        on = known[known == 1]
        if on.empty:
            continue
        starts[str(name)] = on.index[0]
        if (known[known.index >= on.index[0]] == 0).any():
            raise DataError(f"{treated!r} returns to 0 in a treated unit; an end is another design")
    if not starts:
        raise DataError(f"{treated!r} is 1 nowhere, so no {unit} is treated")
    return starts


def _starts_of_column(
    table: pd.DataFrame, start: str, *, unit: str, periods: list[Any], time: str
) -> dict[str, Any]:
    """Read the time at which each unit starts; one after the last time is not treated yet."""
    if start not in table.columns:
        raise DataError(f"there is no column {start!r}. {one_of(start, list(table.columns))}")
    told = table[[unit, start]].copy()
    told[start] = told[start].where(~told[start].astype(str).str.strip().isin(["", "0", "0.0"]))
    if (told.groupby(unit)[start].nunique(dropna=False) > 1).any():
        raise DataError(f"{start!r} changes within a {unit}; it must be the same in all its rows")
    firsts = told.dropna().drop_duplicates(unit).set_index(unit)[start]
    if pd.api.types.is_number(periods[0]):
        firsts = pd.to_numeric(firsts, errors="coerce")
        if firsts.isna().any():
            raise DataError(f"{start!r} must hold times as {time!r} does, or nothing")
    starts = {}
    for name, first in firsts.items():
        later = [period for period in periods if period >= first]
        if later:
            starts[str(name)] = later[0]
    if not starts:
        raise DataError(f"no {unit} has a {start!r} within the times of the table")
    return starts
