"""The picture of what two coders took for what: a square of answers for each pair of coders."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from outcomes.report import plots

MOST_PAIRS = 6  # on a page; those with most articles are shown
_SHADES = LinearSegmentedColormap.from_list("confusion", ["#ffffff", "#404040"])
_DARK = 0.67  # shade from which figures are white
_ACROSS = 3


@mpl.rc_context(plots.STYLE)
def draw_confusion(pairs: Mapping[str, Sequence[Sequence[int]]], *, answers: Sequence[str]) -> str:
    """Draw for each pair of coders how often one gave which answer where the other gave which.

    The number of articles stands in every cell, so nothing hangs on color; cells in which both say
    the same are framed.

    Args:
        pairs: By the name of the pair ("A and B"), counts of articles: a row an answer of the
            first coder, a column an answer of the second; one pair or more.
        answers: What the rows and columns are, in their order.

    Returns:
        SVG text.
    """
    shown = shown_pairs(pairs)
    across = min(_ACROSS, len(shown))
    rows = -(-len(shown) // across)
    figure = Figure(figsize=(1.2 + 2.0 * across, 0.3 + 3.1 * rows), layout="constrained")
    panels = np.ravel(figure.subplots(rows, across, squeeze=False))
    for place, axes in enumerate(panels):
        if place >= len(shown):
            axes.set_axis_off()
            continue
        name = shown[place]
        _square(axes, np.asarray(pairs[name]), name=name)
        _label(axes, name, answers=answers, first_column=place % across == 0)
    return plots.svg_of(figure)


def shown_pairs(pairs: Mapping[str, Sequence[Sequence[int]]]) -> list[str]:
    """Choose the pairs that a page can show: all, or those with most articles, in their order."""
    most = sorted(pairs, key=lambda name: -int(np.sum(pairs[name])))[:MOST_PAIRS]
    return [name for name in pairs if name in set(most)]


def confusion_caption(pairs: Mapping[str, Sequence[Sequence[int]]]) -> str:
    """Say how the picture is to be read."""
    hidden = len(pairs) - len(shown_pairs(pairs))
    rest = (
        f" The {MOST_PAIRS} pairs with most articles are shown, {hidden} others stand in "
        "results/agreement_confusion.csv."
        if hidden
        else ""
    )
    return (
        "What one coder said (rows) of the articles of which the other said what (columns), in "
        "numbers of articles. In the framed cells both say the same. The darker a cell, the more "
        f"articles.{rest}"
    )


def _square(axes: Axes, counts: np.ndarray, *, name: str) -> None:
    shade = np.sqrt(counts / max(int(counts.max()), 1))  # few articles are to be seen too
    axes.imshow(shade, cmap=_SHADES, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if shade[row, column] > _DARK else plots.INK
        axes.text(column, row, f"{count:,}", color=color, ha="center", va="center", fontsize=9)
        if row == column:
            frame = Rectangle(
                (column - 0.48, row - 0.48), 0.96, 0.96, fill=False, edgecolor=plots.INK
            )
            axes.add_patch(frame)
    axes.set_title(
        f"{name}\n{int(np.trace(counts)):,} of {int(counts.sum()):,} the same", fontsize=9.5
    )


def _label(axes: Axes, name: str, *, answers: Sequence[str], first_column: bool) -> None:
    first, _, second = name.partition(" and ")
    words = [_two_lines(answer) for answer in answers]
    axes.set_xticks(range(len(words)), words, rotation=90, fontsize=8)
    axes.set_yticks(range(len(words)), words if first_column else [], fontsize=8)
    axes.set_xlabel(f"coder {second}")
    axes.set_ylabel(f"coder {first}")
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(True)


def _two_lines(answer: str) -> str:
    """Break a long answer near its middle."""
    words = answer.split()
    if len(answer) <= 12 or len(words) < 2:
        return answer
    cuts = range(1, len(words))
    cut = min(cuts, key=lambda k: abs(len(" ".join(words[:k])) - len(" ".join(words[k:]))))
    return f"{' '.join(words[:cut])}\n{' '.join(words[cut:])}"
