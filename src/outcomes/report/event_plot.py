"""A picture of a change by time since the start, with the checks before it."""

import re
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.report.plots import BLUE, GRAY, INK, STYLE, svg_of

_SINCE = re.compile(
    r"(?P<many>\d+) (?P<word>\w+?)s? (?P<side>before|after) the start"
    r"|the (?P<same>\w+) of the start"
)


@mpl.rc_context(STYLE)
def draw_event_study(estimates: Sequence[Estimate], *, title: str) -> str:
    """Draw each estimate with its joint band, at its distance from the start.

    Args:
        estimates: Of a staggered comparison; those that name no time since the start, such as the
            average that leads, are passed over.
        title: Of the figure.

    Raises:
        DataError: None of them names a time since the start.
    """
    placed = [(since_start(each.period), each) for each in estimates]
    rows = [(*since, each) for since, each in placed if since is not None]
    if not rows:
        raise DataError("no estimate says how long before or after the start it is")
    figure = Figure(figsize=(7.2, 3.2), layout="constrained")
    axes = figure.subplots()
    for since, _, each in rows:
        color = BLUE if since >= 0 else GRAY
        axes.plot([since, since], [each.low, each.high], color=color, linewidth=2)
        axes.plot(since, each.value, "o", color=color, markersize=5)
    axes.axhline(0, color=INK, linewidth=1)
    axes.axvline(-0.5, color=INK, linewidth=0.9, linestyle=":")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    word = rows[0][1]
    axes.set_xlabel(f"{word}s since the start; gray: before it, where nothing should have moved")
    axes.set_ylabel(rows[0][2].unit)
    axes.set_title(title)
    return svg_of(figure)


def since_start(period: str) -> tuple[int, str] | None:
    """Read "3 months before the start" as (-3, "month"); None where a period says no such thing."""
    found = _SINCE.fullmatch(period)
    if not found:
        return None
    if found["same"]:
        return 0, found["same"]
    return int(found["many"]) * (-1 if found["side"] == "before" else 1), found["word"]
