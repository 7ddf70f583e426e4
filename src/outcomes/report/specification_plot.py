"""The picture of one comparison made in every defensible way, with the choices below it."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report import plots
from outcomes.report.words import CANNOT_TELL, conclusion, plain_unit, signed

CHOICES = 5  # before, start, scale, middle, places: as a term lists them
ROW = 0.17  # inches a choice


@mpl.rc_context(plots.STYLE)
def draw_specifications(curve: Estimate, ways: Sequence[Estimate]) -> str:
    """Draw every way of comparing from the lowest to the highest, and what was chosen in each.

    One color for all: no way and no direction looks better than another. A filled point means
    that its interval leaves out zero.

    Args:
        curve: Their summary.
        ways: One Estimate a way, whose term lists its choices.

    Returns:
        SVG text.
    """
    order = sorted(ways, key=lambda each: each.value)
    rows = _rows(ways)
    tall = 2.6 + ROW * sum(len(each) + 0.6 for each in rows)
    figure = Figure(figsize=(7.2, tall), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=(2.6, tall - 2.6), sharex=True)
    _values(upper, curve, order)
    _choices(lower, rows, order)
    return plots.svg_of(figure)


def folded_specifications(
    curves: Mapping[str, Sequence[Estimate]],
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Draw the curves of several measures for one folded part of the report."""
    if not curves:
        return ()
    pictures = tuple(
        (draw_specifications(curve, ways), specification_caption(curve, ways))
        for curve, *ways in curves.values()
    )
    return (("Would another way of comparing tell something else?", pictures),)


def specification_caption(curve: Estimate, ways: Sequence[Estimate]) -> str:
    """Say how the picture is to be read, and what it shows, in words."""
    same = sum(each.value * curve.value > 0 for each in ways)
    clear = sum(each.low > 0 or each.high < 0 for each in ways)
    bottom, top = _shown_range(ways)
    longer = any(each.low < bottom or each.high > top for each in ways)
    return (
        f"{_name(curve)}: each column is one way of comparing, listed before any was computed. "
        f"Point and line: its change beyond the comparison places and the 95% interval; filled "
        f"where the interval leaves out zero ({clear} of {len(ways)})"
        f"{', and with an arrow where it is longer than the picture' if longer else ''}. "
        "Below: what was chosen. "
        f"The median is {signed(curve.value, curve.unit)} {plain_unit(curve)}, and {same} of "
        f"{len(ways)} point the same way.{_not_told(curve)}"
    )


def _not_told(curve: Estimate) -> str:
    if conclusion(curve) != CANNOT_TELL:
        return ""
    return (
        " All together they cannot be told from chance, and a filled point by itself says nothing."
    )


def choices_of(way: Estimate) -> list[str]:
    """Read the choices of a way from its term; the last one may hold commas of its own."""
    return way.term.partition(": ")[2].split(", ", CHOICES - 1)


def _rows(ways: Sequence[Estimate]) -> list[list[str]]:
    """List the choices that differ or not, each kind in the order in which it is listed."""
    columns = zip(*(choices_of(each) for each in ways), strict=True)
    return [list(dict.fromkeys(column)) for column in columns]


def _name(curve: Estimate) -> str:
    known = MEASURES.get(curve.measure)
    return known.name if known else curve.term.partition(": ")[0]


def _values(axes: Axes, curve: Estimate, order: Sequence[Estimate]) -> None:
    low, high = (np.array([getattr(each, end) for each in order]) for end in ("low", "high"))
    at = np.arange(len(order))
    bottom, top = _shown_range(order)
    axes.vlines(
        at, low.clip(min=bottom), high.clip(max=top), color=plots.GRAY,
        linewidth=min(2.2, 160 / len(order)),
    )  # fmt: skip
    size = min(5.5, 330 / len(order))
    for beyond, edge, mark in ((low < bottom, bottom, "v"), (high > top, top, "^")):
        axes.plot(at[beyond], np.full(beyond.sum(), edge), mark, color=plots.GRAY, markersize=size)
    for where, each in zip(at, order, strict=True):
        clear = each.low > 0 or each.high < 0
        axes.plot(
            where,
            each.value,
            "o",
            color=plots.BLUE,
            markersize=size,
            markerfacecolor=plots.BLUE if clear else "white",
        )
    axes.axhline(0, color=plots.INK, linewidth=1)
    axes.axhline(curve.value, color=plots.BLUE, linewidth=1, linestyle="--")
    axes.annotate(
        " median",
        (1, curve.value),
        xycoords=("axes fraction", "data"),
        color=plots.BLUE,
        va="center",
        annotation_clip=False,
    )
    axes.set_ylabel(f"change beyond comparison,\n{plain_unit(curve)}", fontsize=8.5)
    axes.set_title(f"{_name(curve)}: {len(order)} ways of comparing")
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)


def _shown_range(order: Sequence[Estimate]) -> tuple[float, float]:
    """Say between which values is drawn: a few endless intervals must not flatten all others."""
    values = [0.0, *(each.value for each in order)]
    room = 2 * float(np.median([(each.high - each.low) / 2 for each in order]))
    low, high = min(values) - room, max(values) + room
    return (
        max(low, min(0.0, *(each.low for each in order))),
        min(high, max(0.0, *(each.high for each in order))),
    )


def _choices(axes: Axes, rows: Sequence[Sequence[str]], order: Sequence[Estimate]) -> None:
    """Mark what each way chose: one row a choice, with room between the kinds of choices."""
    place: dict[tuple[int, str], float] = {}
    y = 0.0
    for kind, names in enumerate(rows):
        for name in names:
            place[kind, name] = y
            y += 1
        y += 0.6
    for column, each in enumerate(order):
        heights = [place[kind, name] for kind, name in enumerate(choices_of(each))]
        axes.plot(
            [column] * len(heights),
            heights,
            "s",
            color=plots.INK,
            markersize=min(4.0, 300 / len(order)),
            markeredgewidth=0,
        )
    axes.set_yticks(list(place.values()), [name for _, name in place], fontsize=8)
    axes.set_ylim(y - 0.6, -0.7)
    axes.set_xlim(-0.8, len(order) - 0.2)
    axes.tick_params(axis="both", length=0, labelbottom=False)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlabel("ways of comparing, from the lowest change to the highest")
