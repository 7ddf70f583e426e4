"""The fixed panel: months and outlets on which a trend may rest, and why others are left out (B14).

A share that rises because a harsh outlet joined has not risen. So the trend rests on outlets that
were covered in every month of it. First the months go in which the panel as a whole was covered
too little; then the outlets that miss one of the months that are left. Everybody left out is named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor

import pandas as pd

from outcomes.media.coverage import RUNNING

MOST_NAMED = 8  # outlets left out that are named beside each figure
_HALF = 0.5  # of the panel's outlets: with fewer, the panel was not there yet


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesBase:
    """What a monthly series rests on."""

    months: tuple[str, ...]
    outlets: tuple[str, ...]
    months_left_out: Mapping[str, str]  # month to the reason, in words
    outlets_left_out: Mapping[str, str]  # name to the reason, in words
    running: tuple[str, ...] = ()  # months of the series that are not over

    def month_sentences(self) -> list[str]:
        """Name the months left out, those of one reason together."""
        by_reason: dict[str, list[str]] = {}
        for month, reason in self.months_left_out.items():
            by_reason.setdefault(reason, []).append(month)
        return [
            f"{_listed([in_words(month) for month in months])} "
            f"{'is' if len(months) == 1 else 'are'} left out: {reason}"
            for reason, months in by_reason.items()
        ]

    def outlet_sentences(self) -> list[str]:
        """Name the outlets left out."""
        return [
            f"{name} is left out of the fixed panel: {reason}"
            for name, reason in self.outlets_left_out.items()
        ]

    def sentences(self) -> list[str]:
        """Say everything that is left out."""
        return [*self.month_sentences(), *self.outlet_sentences()]

    def cautions(self) -> list[str]:
        """Say what is left out in few enough sentences to stand beside every figure."""
        outlets = self.outlet_sentences()
        rest = outlets[MOST_NAMED:] and [
            "more outlets are left out of the fixed panel, all of them named in results/untold.csv"
        ]
        running = [
            f"{in_words(month)} is not over, so its shares may change" for month in self.running
        ]
        return [*running, *self.month_sentences(), *outlets[:MOST_NAMED], *rest]


def fixed_panel(coverage: pd.DataFrame, *, smallest: float) -> SeriesBase:
    """Choose the months and outlets of the fixed panel.

    Args:
        coverage: From ``coverage.outlet_coverage``, of all outlets.
        smallest: Least coverage of a month, as ``[news]`` says.

    Returns:
        The panel's outlets that were covered in each month of the series, and its months. A month
        is left out where the outlets that were in service were covered by less than ``smallest``
        on average, or fewer than half of them were there at all.
    """
    ever = coverage[(coverage["panel"] == 1) & (coverage["coverage"] > 0)]["outlet"].unique()
    never = coverage[coverage["panel"] == 1]["outlet"]
    never = [name for name in never.unique() if name not in set(ever)]
    rows = coverage[coverage["outlet"].isin(ever)]
    thin = _months_left_out(rows, smallest=smallest, whom="the panel's outlets")
    months = tuple(month for month in sorted(rows["month"].unique()) if month not in thin)
    left_out = dict.fromkeys(never, "no whole day of it was collected yet")
    outlets = []
    for name in ever:
        reason = _why_left_out(rows[rows["outlet"] == name], months, smallest=smallest)
        if reason:
            left_out[name] = reason
        else:
            outlets.append(str(name))
    return SeriesBase(
        months=months if outlets else (),
        outlets=tuple(outlets),
        months_left_out=thin,
        outlets_left_out=left_out,
        running=_running(rows, months) if outlets else (),
    )


def all_sources(coverage: pd.DataFrame, *, smallest: float) -> SeriesBase:
    """Choose the months for a series of everything that was collected, whoever came and went."""
    rows = coverage[coverage["coverage"] > 0]
    rows = coverage[coverage["outlet"].isin(rows["outlet"])]
    thin = _months_left_out(rows, smallest=smallest, whom="the outlets")
    months = tuple(month for month in sorted(rows["month"].unique()) if month not in thin)
    return SeriesBase(
        months=months,
        outlets=tuple(rows["outlet"].unique()),
        months_left_out=thin,
        outlets_left_out={},
        running=_running(rows, months),
    )


def in_words(month: str) -> str:
    """Write 2026-03 as March 2026."""
    return f"{date.fromisoformat(month + '-01'):%B %Y}"


def _running(rows: pd.DataFrame, months: Sequence[str]) -> tuple[str, ...]:
    """Say which of the months are not over."""
    so_far = set(rows.loc[rows["mark"] == RUNNING, "month"])
    return tuple(month for month in months if month in so_far)


def _months_left_out(rows: pd.DataFrame, *, smallest: float, whom: str) -> dict[str, str]:
    """Say of each month that the outlets together cover too little, why."""
    everybody = rows["outlet"].nunique()
    found = {}
    for month, cells in rows.groupby("month", sort=True):
        there = cells[(cells["days_due"] > 0) | (cells["coverage"] > 0)]
        covered = float(there["coverage"].mean()) if len(there) else 0.0
        how = "read" if (there["days_due"] > 0).any() else "covered"
        if covered == 0:
            found[str(month)] = f"nothing of {whom} was collected"
        elif covered < smallest:
            found[str(month)] = (
                f"{whom} were {how} on {floor(100 * covered)}% of its days, and "
                f"{smallest:.0%} are asked for"
            )
        elif len(there) < _HALF * everybody:
            found[str(month)] = f"fewer than half of {whom} were collected"
    return found


def _why_left_out(cells: pd.DataFrame, months: Sequence[str], *, smallest: float) -> str:
    """Say why an outlet is not of the fixed panel; empty where it is."""
    covered = dict(zip(cells["month"], cells["coverage"], strict=True))
    good = [covered.get(month, 0.0) >= smallest for month in months]
    if all(good):
        return ""
    if not any(good):
        return "it was covered too little in every month of the series"
    first, last = good.index(True), len(good) - 1 - good[::-1].index(True)
    inner = [month for month, fine in zip(months, good, strict=True) if not fine]
    inner = [month for month in inner if months[first] < month < months[last]]
    reasons = []
    if first > 0:
        reasons.append(f"it is covered only from {in_words(months[first])} on")
    if last < len(good) - 1:
        reasons.append(f"it is not covered after {in_words(months[last])}")
    if inner:
        reasons.append(f"it is covered too little in {_listed([in_words(each) for each in inner])}")
    return " and ".join(reasons)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
