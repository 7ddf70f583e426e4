"""Starts at different times as a full grid with a clock; what is left out is counted."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.stats.cohort_panel import NEVER, CohortPanel, Floats, cohort_panel

WORDS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The places and periods that can be used."""

    panel: CohortPanel
    word: str  # what one step of time is: "month"
    labels: tuple[str, ...]  # of the periods kept
    dropped: int  # places left out
    warnings: tuple[str, ...]


def staggered_grid(panel: PanelTable) -> Grid:
    """Turn periods into whole numbers, and leave out what cannot be used, counting it.

    Where values are missing, either the places or the periods that lack some are left out,
    whichever loses fewer values. Places treated from the first period on are left out too.

    Raises:
        DataError: No place starts, a start is no period, or too little is left.
    """
    if not panel.start:
        raise DataError("no place has a start, so there is nothing to compare")
    times, word = _clock(panel.periods)
    start = _starts(panel, times)
    values = panel.outcome.to_numpy(dtype=float)
    rows, columns, warnings = _complete(values, panel.whole, word)
    if not rows.any() or not columns.any():
        raise DataError(f"{panel.name}: no place has a value in every {word}")
    always = rows & (start <= times[columns][0])
    if always.any():
        rows &= ~always
        warnings.append(
            f"{int(always.sum())} of the places were treated from the first {word} on and are "
            f"left out: nothing is known of them without treatment"
        )
    if not rows.any():
        raise DataError(f"cannot tell: every place was treated from the first {word} on")
    labels = [str(label) for label, keep in zip(panel.periods, columns, strict=True) if keep]
    return Grid(
        panel=cohort_panel(values[np.ix_(rows, columns)], start[rows], times=times[columns]),
        word=word,
        labels=tuple(labels),
        dropped=int((~rows).sum()),
        warnings=tuple(warnings),
    )


def _clock(periods: list[Any]) -> tuple[Floats, str]:
    """Number the periods so that a gap counts; by their order where their labels tell no date."""
    if all(isinstance(label, int | np.integer) for label in periods):
        years = all(1900 <= label <= 2200 for label in periods)
        return np.array(periods, dtype=float), "year" if years else "period"
    names = [str(label) for label in periods]
    for shape, word in ((r"\d{4}-(0[1-9]|1[0-2])", "month"), (r"\d{4}-W\d\d", "week")):
        if all(re.fullmatch(shape, name) for name in names):
            return np.array([_ordinal(name, word) for name in names], dtype=float), word
    return np.arange(len(periods), dtype=float), "period"


def _ordinal(name: str, word: str) -> int:
    year, part = name.split("-")
    if word == "month":
        return 12 * int(year) + int(part)
    try:
        return date.fromisocalendar(int(year), int(part[1:]), 1).toordinal() // 7
    except ValueError as problem:
        raise DataError(f"{name!r} is no week of a year") from problem


def _starts(panel: PanelTable, times: Floats) -> Floats:
    """Give each place's start as a number; a start after the last period is none yet."""
    known, found = panel.periods, np.full(len(panel.places), NEVER)
    for row, place in enumerate(panel.places):
        if place not in panel.start:
            continue
        try:
            at = bisect_left(known, panel.start[place])
        except TypeError as problem:
            raise DataError(
                f"{place}: the start {panel.start[place]!r} must be written as the periods are, "
                f"for instance {known[0]!r}"
            ) from problem
        found[row] = times[at] if at < len(known) else NEVER
    return found


def _complete(
    values: Floats, whole: str, word: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], list[str]]:
    """Say which rows and columns to keep: first those with any value, then the cheaper cut."""
    there: NDArray[np.bool_] = np.isfinite(values)
    rows = np.array(there.any(axis=1), dtype=np.bool_)
    columns = np.array(there.any(axis=0), dtype=np.bool_)
    inner = there[np.ix_(rows, columns)]
    short = np.array(~inner.all(axis=1), dtype=np.bool_)
    gaps = np.array(~inner.all(axis=0), dtype=np.bool_)
    if short.any() and gaps.mean() < short.mean():
        columns[np.flatnonzero(columns)[gaps]] = False
    elif short.any():
        rows[np.flatnonzero(rows)[short]] = False
    warnings = []
    if lost := int((~rows).sum()):
        warnings.append(
            f"{lost} of {rows.size} rows of a {whole} left out: a value is missing in some {word}"
        )
    if lost := int((~columns).sum()):
        warnings.append(
            f"{lost} of {columns.size} {word}s left out: a value is missing in some {whole}"
        )
    return rows, columns, warnings
