"""The picture of how often a model is right where it is how sure."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from outcomes.report import plots

_DOTS = 160  # of the PNG, an inch
_AXIS = (0.3, 1.02)  # of three tones the likeliest has a third at least
_SIGNS = 58  # of the text below, in a line under each panel
_HOW_TO_READ = (
    "Each point holds answers of about the same confidence; its bar is the range that chance "
    "leaves open, and below stands how many answers there are. On the dashed line the model is "
    "exactly as often right as it is sure. Points below the line: it is too sure of itself."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceBin:
    """The answers of about the same confidence."""

    middle: float  # of the bin, 0 to 1
    confidence: float  # the mean of its answers
    right: float  # the share that is right, with its limits
    low: float
    high: float
    n: int


@mpl.rc_context(plots.STYLE)
def draw_reliability(
    panels: Mapping[str, Sequence[ConfidenceBin]], *, model: str
) -> tuple[str, bytes]:
    """Draw the share right over the confidence, with the line on which both would be equal.

    Args:
        panels: By title, the bins from the least to the most sure; one panel or more.
        model: Its name with its version.

    Returns:
        SVG text, and the same as PNG.
    """
    many = len(panels)
    figure = Figure(figsize=(1.0 + 3.6 * many, 5.4), layout="constrained")
    axes_of = figure.subplots(
        2, many, squeeze=False, sharex=True, gridspec_kw={"height_ratios": [4, 1]}
    )
    for column, (title, bins) in enumerate(panels.items()):
        _shares(axes_of[0][column], bins, title=title, first=column == 0)
        _counts(axes_of[1][column], bins, first=column == 0)
    figure.suptitle(f"Is {model} as often right as it is sure?", fontsize=11)
    figure.supxlabel(fill(_HOW_TO_READ, _SIGNS * many), fontsize=8, x=0.02, ha="left")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=_DOTS, metadata={"Software": None})
    return plots.svg_of(figure), picture.getvalue()


def _shares(axes: Axes, bins: Sequence[ConfidenceBin], *, title: str, first: bool) -> None:
    axes.plot([0, 1], [0, 1], color=plots.GRAY, linestyle="--", linewidth=1)
    for each in bins:
        at = [each.confidence, each.confidence]
        axes.plot(at, [each.low, each.high], color=plots.BLUE, linewidth=1.6, alpha=0.6)
    if bins:  # an empty line that may leave the axes has no extent to lay out
        axes.plot(
            [each.confidence for each in bins],
            [each.right for each in bins],
            color=plots.BLUE,
            marker="o",
            markersize=5,
            linewidth=1.2,
            clip_on=False,
        )
    axes.set_xlim(*_AXIS)
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.set_title(title)
    if first:
        axes.set_ylabel("how often it is right")


def _counts(axes: Axes, bins: Sequence[ConfidenceBin], *, first: bool) -> None:
    for each in bins:
        axes.bar(each.middle, each.n, width=0.08, color="#bbbbbb")
        axes.text(each.middle, each.n, f"{each.n:,}", ha="center", va="bottom", fontsize=7.5)
    if not bins:
        axes.text(0.65, 0.5, "no answers", ha="center", va="center")
    axes.set_xlim(*_AXIS)
    axes.set_ylim(0, 1.35 * max((each.n for each in bins), default=1))
    axes.set_yticks([])
    axes.set_xticks([0.4, 0.6, 0.8, 1.0], ["40%", "60%", "80%", "100%"])
    axes.set_xlabel("how sure it is")
    if first:
        axes.set_ylabel("answers")
