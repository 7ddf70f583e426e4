"""The picture and the table of coverage: what was collected of each outlet, month by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from outcomes.report import plots
from outcomes.report.tables import Table
from outcomes.report.words import month_name

MOST_ROWS = 40  # outlets that a page can show; the least covered are shown
_SHADES = LinearSegmentedColormap.from_list("coverage", ["#f2f2f2", plots.BLUE])
_LETTERS = {
    "not collected": "N",
    "unusually few": "U",
    "thin": "T",
    "in progress": "P",
    "feed changed": "F",
    "archive only": "A",
}
_MEANING = {
    "not collected": "nothing was collected",
    "unusually few": "far fewer articles than this outlet usually has",
    "thin": "covered on fewer of its days than asked for",
    "feed changed": "a feed began or ended",
    "archive only": "from an archive, which shows no polls",
    "in progress": "the month is not over",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletMonth:
    """How much of an outlet was collected in one month."""

    outlet: str
    panel: bool
    month: str
    coverage: float  # 0 to 1
    mark: str  # in words, or empty
    planned: int  # polls
    made: int  # of them, or more
    failed: int
    silence: float  # hours
    articles: int


def shown_outlets(cells: Sequence[OutletMonth]) -> list[str]:
    """Choose the outlets that a page can show: all, or those least covered, the panel's first."""
    by = _by_outlet(cells)
    if len(by) <= MOST_ROWS:
        return list(by)
    worst = sorted(by, key=lambda name: (not by[name][0].panel, _mean(by[name])))[:MOST_ROWS]
    return [name for name in by if name in set(worst)]


@mpl.rc_context(plots.STYLE)
def draw_coverage(cells: Sequence[OutletMonth]) -> str:
    """Draw outlets by months: the darker a cell, the more was collected; letters mark the rest."""
    names = shown_outlets(cells)
    months = sorted({cell.month for cell in cells})
    figure = Figure(figsize=(7.2, 0.95 + 0.27 * len(names)), layout="constrained")
    axes = figure.subplots(1, 1)
    shades = np.full((len(names), len(months)), np.nan)
    rows = {name: row for row, name in enumerate(names)}
    columns = {month: column for column, month in enumerate(months)}
    for cell in cells:
        if cell.outlet in rows:
            shades[rows[cell.outlet], columns[cell.month]] = cell.coverage
    axes.imshow(shades, cmap=_SHADES, vmin=0, vmax=1, aspect="auto")
    for cell in cells:
        if cell.outlet in rows and cell.mark:
            _letter(axes, cell, x=columns[cell.month], y=rows[cell.outlet])
    _frame(axes, names=names, months=months)
    return plots.svg_of(figure)


def legend_of(cells: Sequence[OutletMonth]) -> str:
    """Say what the shades and the letters that occur mean, for the caption."""
    there = {cell.mark for cell in cells}
    letters = "".join(
        f" {letter}: {_MEANING[mark]}." for mark, letter in _LETTERS.items() if mark in there
    )
    hidden = len(_by_outlet(cells)) - len(shown_outlets(cells))
    rest = (
        f" The {MOST_ROWS} outlets that are covered least are shown; {hidden} others stand in "
        "results/coverage.csv."
        if hidden
        else ""
    )
    return f"The darker, the more of the month's days were collected.{letters}{rest}"


def coverage_table(cells: Sequence[OutletMonth]) -> Table:
    """Lay out, one row an outlet, how much was collected and which months are marked."""
    by = _by_outlet(cells)
    rows = tuple(
        (
            f"{name}{'' if by[name][0].panel else ' (not of the panel)'}",
            f"{100 * _mean(by[name]):.0f}%{'' if _polled(by[name]) else ', by its articles alone'}",
            _polls(by[name]),
            f"{sum(cell.articles for cell in by[name]):,}",
            _longest(by[name]),
            _marked(by[name]),
        )
        for name in shown_outlets(cells)
    )
    head = (
        "Outlet",
        "Days collected",
        "Polls made of those planned",
        "Articles",
        "Longest silence",
        "Months to note",
    )
    return Table(caption="What was collected", head=head, rows=rows)


def _by_outlet(cells: Sequence[OutletMonth]) -> Mapping[str, list[OutletMonth]]:
    found: dict[str, list[OutletMonth]] = {}
    for cell in cells:
        found.setdefault(cell.outlet, []).append(cell)
    return found


def _mean(cells: Sequence[OutletMonth]) -> float:
    return float(np.mean([cell.coverage for cell in cells]))


def _polled(cells: Sequence[OutletMonth]) -> bool:
    return any(cell.planned or cell.made for cell in cells)


def _polls(cells: Sequence[OutletMonth]) -> str:
    if not _polled(cells):
        return "no polls"
    planned, made = sum(cell.planned for cell in cells), sum(cell.made for cell in cells)
    failed = sum(cell.failed for cell in cells)
    return f"{made:,} of {planned:,}" + (f", {failed:,} failed" if failed else "")


def _longest(cells: Sequence[OutletMonth]) -> str:
    hours = max((cell.silence for cell in cells), default=0.0)
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"


def _marked(cells: Sequence[OutletMonth]) -> str:
    """Name the marked months, those in which all is from an archive in one word."""
    by_mark: dict[str, list[str]] = {}
    for cell in cells:
        if cell.mark:
            by_mark.setdefault(cell.mark, []).append(month_name(cell.month))
    return (
        "; ".join(
            f"{mark}: {'all months' if len(months) == len(cells) else ', '.join(months)}"
            for mark, months in by_mark.items()
        )
        or "none"
    )


def _letter(axes: Axes, cell: OutletMonth, *, x: int, y: int) -> None:
    color = "white" if cell.coverage > 0.8 else plots.INK
    axes.text(x, y, _LETTERS[cell.mark], color=color, fontsize=8, ha="center", va="center")


def _frame(axes: Axes, *, names: Sequence[str], months: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_short(name) for name in names], parse_math=False)
    plots.label_months(axes, months)
    axes.set_xticks(np.arange(len(months)) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(names)) + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="both", length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _short(name: str) -> str:
    return name if len(name) <= 32 else f"{name[:31]}…"
