"""Figures that a captain can read; each is an SVG text that stands inside the report."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from outcomes.estimate import Estimate
from outcomes.measures import find
from outcomes.report.words import month_name

# Okabe & Ito (2008): distinct for color-blind readers and in gray print
BLUE, ORANGE, GRAY, GREEN, INK = "#0072B2", "#D55E00", "#8c8c8c", "#009E73", "#222222"
TONES = {"tone_negative": ORANGE, "tone_neutral": GRAY, "tone_positive": BLUE}
STYLE: Any = {
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": "#999999",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "outcomes",  # the same data give the same file
}


@mpl.rc_context(STYLE)
def draw_monthly(
    estimates: Sequence[Estimate], *, start: str, events: Sequence[tuple[str, str]] = ()
) -> str:
    """Draw an outcome by month in focus and comparison places, with the start of the walks.

    Args:
        estimates: Of the analysis "series" for one measure.
        start: The month in which the walks began.
        events: Month and mark (a, b, ...) of what else happened; the caption says what.
    """
    months = sorted({estimate.period for estimate in estimates})
    figure, axes = _figure(width=7.2, height=3.0)
    ends: list[tuple[float, str, str]] = []
    for kind, color, style in (("comparison", GRAY, "--"), ("focus", BLUE, "-")):
        rows = {row.period: row.value for row in estimates if row.place == kind}
        line = [rows.get(month, np.nan) for month in months]
        axes.plot(line, color=color, linestyle=style, marker="o", markersize=3.5, linewidth=1.8)
        if rows:
            ends.append((rows[max(rows)], f"{kind} places", color))
    axes.set_ylim(0, 1.12 * axes.get_ylim()[1])  # room for the marks above the lines
    axes.set_xlim(-0.5, len(months) - 0.5)
    _label_ends(axes, ends, x=len(months) - 0.9)
    _mark(axes, months, start, text="walks begin")
    for month, mark in events:
        _mark(axes, months, month, text=mark)
    label_months(axes, months)
    axes.set_title(f"{find(estimates[0].measure).name}: monthly mean in each place")
    return svg_of(figure)


@mpl.rc_context(STYLE)
def draw_changes(
    estimates: Sequence[Estimate], *, labels: Sequence[str], title: str, unit: str
) -> str:
    """Draw changes with their intervals, one a row, around a line at no change."""
    figure, axes = _figure(width=7.2, height=0.75 + 0.36 * len(estimates))
    rows = np.arange(len(estimates))[::-1]
    for row, estimate in zip(rows, estimates, strict=True):
        axes.plot([estimate.low, estimate.high], [row, row], color=BLUE, linewidth=2.2)
        axes.plot(estimate.value, row, "o", color=BLUE, markersize=6)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(rows, labels)
    axes.set_ylim(-0.6, len(estimates) - 0.4)
    axes.set_xlabel(unit)
    axes.set_title(title)
    axes.tick_params(axis="y", length=0)
    return svg_of(figure)


@mpl.rc_context(STYLE)
def draw_tone(estimates: Sequence[Estimate], *, events: Sequence[tuple[str, str]] = ()) -> str:
    """Draw the monthly shares of the three tones in three panels, each with its interval."""
    months = sorted({estimate.period for estimate in estimates})
    figure, panels = _figure(width=7.2, height=4.6, rows=3)
    for axes, (measure, color) in zip(panels, TONES.items(), strict=True):
        rows = {row.period: row for row in estimates if row.measure == measure}
        for index, month in enumerate(months):
            if month in rows:
                row = rows[month]
                axes.plot([index, index], [100 * row.low, 100 * row.high], color=color, alpha=0.45)
                axes.plot(index, 100 * row.value, "o", color=color, markersize=4.5, clip_on=False)
        axes.set_ylim(0, 100)
        axes.set_yticks([0, 50, 100], ["0%", "50%", "100%"])
        axes.set_title(find(measure).name)
        for month, mark in events:
            _mark(axes, months, month, text=mark)
        label_months(axes, months if axes is panels[-1] else [])
        axes.set_xlim(-0.5, len(months) - 0.5)
    return svg_of(figure)


@mpl.rc_context(STYLE)
def draw_fidelity(
    estimates: Sequence[Estimate], *, kinds: Mapping[str, str], places: Mapping[str, str]
) -> str:
    """Draw the share of required walks that were done by the rules, by type and place."""
    value = {(row.measure, row.place): 100 * row.value for row in estimates}
    figure, axes = _figure(width=7.2, height=0.8 + 0.52 * len(kinds))
    height = 0.8 / max(len(places), 1)
    colors = sns.color_palette([BLUE, "#56B4E9", GREEN, "#CC79A7", ORANGE, GRAY], len(places))
    rows = np.arange(len(kinds))[::-1]
    for number, (place, name) in enumerate(places.items()):
        at = rows + 0.4 - height * (number + 0.5)
        shares = [value.get((measure, place), np.nan) for measure in kinds]
        axes.barh(at, shares, height=height * 0.9, color=colors[number], label=name)
        for where, share in zip(at, shares, strict=True):
            if not np.isnan(share):
                axes.text(share + 1, where, f"{share:.0f}%", va="center", fontsize=8.5)
    axes.set_yticks(rows, list(kinds.values()))
    axes.set_xlim(0, 112)
    axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    axes.tick_params(axis="y", length=0)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False)
    return svg_of(figure)


def _figure(*, width: float, height: float, rows: int = 1) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, 1)


def _label_ends(axes: Axes, ends: Sequence[tuple[float, str, str]], *, x: float) -> None:
    """Name the lines at their right ends, apart enough to be read."""
    room = 0.09 * axes.get_ylim()[1]
    previous = -np.inf
    for value, text, color in sorted(ends):
        y = max(value, previous + room)
        axes.annotate(
            f" {text}", (x, y), color=color, va="center", fontweight="bold", annotation_clip=False
        )
        previous = y


def _mark(axes: Axes, months: Sequence[str], month: str, *, text: str) -> None:
    """Draw a dated line with its name at the top."""
    if month not in months:
        return
    at = months.index(month) - 0.5
    axes.axvline(at, color=INK, linewidth=0.9, linestyle=":")
    axes.text(
        at + 0.06, 1.0, text, color=INK, fontsize=8, va="top", transform=axes.get_xaxis_transform()
    )


def label_months(axes: Axes, months: Sequence[str]) -> None:
    """Name the months below a figure, at most twelve of them."""
    step = max(1, -(-len(months) // 12))
    shown = [month_name(month).replace(" 20", "\n20") for month in months[::step]]
    axes.set_xticks(range(0, len(months), step), shown)


def svg_of(figure: Figure) -> str:
    """Write a figure as SVG text without the parts that change from run to run."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return re.sub(r"^.*?(?=<svg)", "", text, count=1, flags=re.DOTALL)
