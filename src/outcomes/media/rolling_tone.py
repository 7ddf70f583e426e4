"""Shares of tone over three months at a time, a step of one month from each to the next."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from outcomes.estimate import Estimate
from outcomes.media.tone import monthly_tone

SPAN = 3  # months
ROLLING = "tone, rolling"


def rolling_tone(
    coded: pd.DataFrame, *, months: Sequence[str], level: float = 0.95
) -> list[Estimate]:
    """Estimate the shares of tones, and the net tone, of every three months in a row.

    Windows that do not overlap are periods like any others; so the estimator of months goes three
    times over the same articles, each time one month further on.

    Args:
        coded: From ``prepare_coded``, the periods being months, such as 2026-03.
        months: Those that the series holds; only windows of which it holds all are given.
        level: Confidence level.

    Returns:
        Four estimates a window, ``period`` being its last month.

    Source:
        ``outcomes.media.tone.monthly_tone``. Requirement B14.
    """
    held = {_number(month) for month in months}
    rows = coded[coded["period"].isin(months)]
    if rows.empty:
        return []
    found: list[Estimate] = []
    for first in range(SPAN):
        found += _windows(rows, held, first=first, level=level)
    return sorted(found, key=lambda each: each.period)


def _windows(rows: pd.DataFrame, held: set[int], *, first: int, level: float) -> list[Estimate]:
    """Estimate the windows that begin at every third month, counted from ``first``."""
    number = rows["period"].map(_number)
    last = number + (first - number) % SPAN  # the month with which its window ends
    whole = {end for end in last.unique() if {end - step for step in range(SPAN)} <= held}
    if not whole:
        return []
    table = rows.assign(stratum=rows["period"], period=last.map(_label))
    silent = _silent_months(table)
    partly = table["period"].isin(silent)
    table["stratum"] = table["stratum"].where(~partly, table["period"])
    labels = {_label(end) for end in whole}
    return [
        replace(
            each,
            analysis=ROLLING,
            term=each.term.replace(each.period, f"three months to {each.period}"),
            warnings=(*each.warnings, *silent.get(each.period, ())),
        )
        for each in monthly_tone(table, level=level)
        if each.period in labels
    ]


def _silent_months(table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Name the months without codes inside windows that have some."""
    codes = table["human_relevant"].notna().groupby([table["period"], table["stratum"]]).sum()
    found: dict[str, tuple[str, ...]] = {}
    for window, counts in codes.groupby(level=0):
        absent = [str(month) for _, month in counts.index[counts == 0]]
        if absent and counts.sum():
            told = f"no article of {' and '.join(absent)} was coded: the others stand for them"
            found[str(window)] = (told,)
    return found


def _number(month: str) -> int:
    year, _, number = month.partition("-")
    return 12 * int(year) + int(number) - 1


def _label(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02}"
