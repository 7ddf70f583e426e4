"""Compare a table of one's own, without a study."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from outcomes.analyses.dose import dose
from outcomes.analyses.few_treated import few_treated
from outcomes.analyses.interrupted import interrupted
from outcomes.analyses.own_table import compare_counts, compare_table, prepost_table
from outcomes.analyses.panel_table import PanelTable, panel_of_table, wide_table
from outcomes.analyses.small_areas import small_areas
from outcomes.analyses.staggered import staggered
from outcomes.analyses.treated_series import period_numbers
from outcomes.errors import DataError, one_of
from outcomes.estimate import Estimate, tidy
from outcomes.sheets import read_any

Design = Literal["prepost", "did", "few-treated", "staggered", "interrupted", "dose", "small-areas"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column of the table says what, and what a design is asked beyond that."""

    outcome: str
    unit: str
    time: str
    treated: str | None = None  # 1 from the start on, else 0
    start: str | None = None  # the time of the start, in all rows of a unit
    dose: str | None = None  # how much of the output a unit got
    verified: str | None = None  # a second record of it
    exposure: str | None = None  # what stands behind a count
    se: str | None = None  # standard error of the outcome
    season: int | None = None  # times in one season, for interrupted
    lags: Sequence[int] = (0,)  # for dose
    match: Sequence[str] = ()  # for small-areas: what else must match, fixed for a unit
    assigned: bool = False  # for dose: by lot or rule
    level: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """How a design is run, and what it makes use of."""

    run: Callable[[pd.DataFrame, Columns], list[Estimate]]
    uses: tuple[str, ...] = ()


def compare_file(
    path: Path,
    design: Design,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str | None = None,
) -> pd.DataFrame:
    """Run a design that needs no other columns: ``compare_columns`` in short."""
    columns = Columns(outcome=outcome, unit=unit, time=time, treated=treated)
    return compare_columns(path, design, columns)


def compare_columns(path: Path, design: Design, columns: Columns) -> pd.DataFrame:
    """Run one design on a CSV, Excel or Parquet table, and return tidy estimates.

    Args:
        path: One row a unit and time.
        design: ``prepost``: the same units twice. ``did``: units with one common start against
            units without. ``few-treated``: the same for one to three units. ``staggered``: starts
            at different times. ``small-areas``: many small units with one
            common start, against others that are weighted to match. ``interrupted``: one series,
            before and after. ``dose``: units that got more or less.
        columns: Which column says what.

    Returns:
        The estimate that leads first. What was given but is of no use to the design is said in
        its warnings, never passed over.

    Raises:
        FileError: The file cannot be read as a table.
        DataError: A column is missing, or the design cannot answer from these data.
    """
    if design not in DESIGNS:
        raise DataError(f"no design {design!r}. {one_of(design, list(DESIGNS))}")
    table = read_any(path)
    for name in {columns.time, columns.start} & set(table.columns):
        table[name] = _days(table[name])
    table[columns.time] = _ordered(table, columns.time)
    known = DESIGNS[design]
    told = _order_of_letters(table[columns.time], name=columns.time)
    found = known.run(table, columns)
    told += _unused(columns, known.uses, design=design)
    return tidy([replace(found[0], warnings=(*found[0].warnings, *told)), *found[1:]])


def _unused(columns: Columns, uses: Sequence[str], *, design: str) -> tuple[str, ...]:
    """Say what was given for nothing."""
    given = [
        field.name
        for field in fields(columns)
        if field.name not in (*uses, "outcome", "unit", "time", "level")
        and getattr(columns, field.name) != field.default
    ]
    return tuple(f"{name} was given, but the design {design} makes no use of it" for name in given)


def _ordered(table: pd.DataFrame, time: str) -> pd.Series:
    """Read times as numbers where all are, so that 10 follows 9."""
    if time not in table.columns:
        raise DataError(f"there is no column {time!r}; there are {', '.join(table.columns)}")
    numbers = pd.to_numeric(table[time], errors="coerce")
    if numbers.isna().any():
        return table[time]
    return numbers.astype("int64") if (numbers % 1 == 0).all() else numbers


def _days(cells: pd.Series) -> pd.Series:
    """Take days for days, where a spreadsheet adds midnight to each."""
    text = cells.astype(str)
    midnight = text.str.endswith(" 00:00")
    return text.str.removesuffix(" 00:00") if (midnight | text.eq("")).all() else cells


def _order_of_letters(times: pd.Series, *, name: str) -> tuple[str, ...]:
    """Say so where the names of times tell no order; of two, which came first would be a guess."""
    if pd.api.types.is_numeric_dtype(times):
        return ()
    labels = sorted(set(times.astype(str)))
    if len(labels) < 2 or not period_numbers(labels)[1]:
        return ()
    if len(labels) == 2:
        raise DataError(
            f"{name!r} does not say which came first, {labels[0]!r} or {labels[1]!r}. Write 1 and "
            "2 there, or dates such as 2026-03"
        )
    return (
        f"{name!r} is taken in the order of its letters, {labels[0]} first and {labels[-1]} last: "
        "if time went otherwise, no number here holds. Write numbers there, or dates such as "
        "2026-03",
    )


def _prepost(table: pd.DataFrame, columns: Columns) -> list[Estimate]:
    return prepost_table(
        table, columns.outcome, unit=columns.unit, time=columns.time, level=columns.level
    )


def _did(table: pd.DataFrame, columns: Columns) -> list[Estimate]:
    treated = columns.treated
    if columns.start is not None:
        starts = _panel(table, columns).start
        rows = zip(table[columns.unit].astype(str), table[columns.time], strict=True)
        on = [int(unit in starts and time >= starts[unit]) for unit, time in rows]
        treated, table = columns.start, table.assign(**{columns.start: on})
    if treated is None:
        raise DataError(
            "did needs --treated, a column of 0 and 1, or --start, a column with the time of the "
            "start"
        )
    named = {"unit": columns.unit, "time": columns.time, "treated": treated}
    if columns.exposure is not None:
        return compare_counts(
            table, columns.outcome, **named, exposure=columns.exposure, level=columns.level
        )
    return compare_table(table, columns.outcome, **named, level=columns.level)


def _few_treated(table: pd.DataFrame, columns: Columns) -> list[Estimate]:
    return few_treated(_started(table, columns, design="few-treated"), level=columns.level)


def _staggered(table: pd.DataFrame, columns: Columns) -> list[Estimate]:
    return staggered(_started(table, columns, design="staggered"), level=columns.level)


def _small_areas(table: pd.DataFrame, columns: Columns) -> list[Estimate]:
    panel = _started(table, columns, design="small-areas")
    fixed = None
    if columns.match:
        fixed = _fixed(table, columns.match, unit=columns.unit)
    return small_areas(panel, match=fixed, level=columns.level)


def _fixed(table: pd.DataFrame, names: Sequence[str], *, unit: str) -> pd.DataFrame:
    """Take what does not change within a unit, one row a unit."""
    if unknown := [name for name in names if name not in table.columns]:
        shown = ", ".join(table.columns)
        raise DataError(f"there is no column {unknown[0]!r} to match; there are {shown}")
    units = table.groupby(table[unit].astype(str))[list(names)]
    if (changing := units.nunique().max()).gt(1).any():
        name = changing.index[changing.gt(1)][0]
        raise DataError(f"{name!r} changes within a {unit}; only what stays the same can match")
    return units.first()


def _interrupted(table: pd.DataFrame, columns: Columns) -> list[Estimate]:
    panel = _started(table, columns, design="interrupted")
    return interrupted(panel, level=columns.level, season=columns.season)


def _dose(table: pd.DataFrame, columns: Columns) -> list[Estimate]:
    if columns.dose is None:
        raise DataError("dose needs --dose, a column that says how much of the output a unit got")
    verified = None
    if columns.verified is not None:
        verified = wide_table(table, columns.verified, unit=columns.unit, time=columns.time)
    return dose(
        _panel(table, replace(columns, treated=None, start=None)),
        level=columns.level,
        lags=columns.lags,
        assigned=columns.assigned,
        step=(1.0, columns.dose),
        verified=verified,
    )


def _started(table: pd.DataFrame, columns: Columns, *, design: str) -> PanelTable:
    if columns.treated is None and columns.start is None:
        raise DataError(
            f"{design} needs --start, a column with the time at which a unit starts, or --treated, "
            "a column of 0 and 1"
        )
    return _panel(table, columns)


def _panel(table: pd.DataFrame, columns: Columns) -> PanelTable:
    named = {"unit": columns.unit, "time": columns.time}
    panel = panel_of_table(
        table,
        columns.outcome,
        unit=columns.unit,
        time=columns.time,
        treated=columns.treated,
        start=columns.start,
        dose=columns.dose,
    )
    exposure, error = (
        None if name is None else wide_table(table, name, **named)
        for name in (columns.exposure, columns.se)
    )
    return replace(panel, exposure=exposure, se=error)


DESIGNS: dict[str, _Known] = {
    "prepost": _Known(run=_prepost),
    "did": _Known(run=_did, uses=("treated", "start", "exposure")),
    "few-treated": _Known(run=_few_treated, uses=("treated", "start", "exposure")),
    "staggered": _Known(run=_staggered, uses=("treated", "start")),
    "small-areas": _Known(run=_small_areas, uses=("treated", "start", "match")),
    "interrupted": _Known(run=_interrupted, uses=("treated", "start", "exposure", "se", "season")),
    "dose": _Known(run=_dose, uses=("dose", "verified", "exposure", "se", "lags", "assigned")),
}
