"""The picture of how often a planned study would find a change, by the size of the change."""

import io
from math import isinf

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from outcomes.report import plots
from outcomes.stats.minimum_detectable import WANTED, PowerCurve

_DOTS = 160  # of the PNG, an inch
_TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1)


@mpl.rc_context(plots.STYLE)
def draw_power(
    curve: PowerCurve,
    *,
    title: str,
    unit: str,
    detectable: float,
    effect: float | None,
) -> tuple[str, bytes]:
    """Draw the share of studies that would find a change over its size.

    Args:
        curve: What the simulation found.
        title: What is drawn: the outcome, and what is planned.
        unit: Of the change.
        detectable: The smallest change that 80 % of studies find; infinite where none was.
        effect: The smallest change worth having, if the plan names one.

    Returns:
        SVG text, and the same as PNG.
    """
    figure = Figure(figsize=(7.2, 3.9), layout="constrained")
    axes = figure.subplots()
    axes.fill_between(curve.effects, curve.low, curve.high, color=plots.BLUE, alpha=0.2, lw=0)
    axes.plot(curve.effects, curve.power, color=plots.BLUE, linewidth=2)
    axes.set_xlim(0, float(curve.effects[-1]))
    axes.set_ylim(0, 1.08)
    axes.set_yticks(_TICKS, [f"{tick:.0%}" for tick in _TICKS])
    axes.set_ylabel("studies that would find it")
    axes.set_xlabel(f"true change, in {unit}")
    axes.set_title(title)
    _detectable(axes, detectable, last=float(curve.effects[-1]))
    if effect is not None:
        _effect(axes, curve, effect)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=_DOTS, metadata={"Software": None})
    return plots.svg_of(figure), picture.getvalue()


def _detectable(axes: Axes, detectable: float, *, last: float) -> None:
    axes.axhline(WANTED, color=plots.GRAY, linestyle="--", linewidth=1)
    if isinf(detectable) or detectable > last:
        axes.text(0.02 * last, WANTED + 0.02, f"{WANTED:.0%} is not reached", fontsize=8.5)
        return
    axes.plot([detectable] * 2, [0, WANTED], color=plots.GRAY, linestyle="--", linewidth=1)
    axes.plot(detectable, WANTED, "o", color=plots.BLUE, markersize=6)
    text = f"found in {WANTED:.0%} of studies: {detectable:.2g}"
    axes.text(detectable - 0.015 * last, WANTED + 0.03, text, ha="right", fontsize=8.5)


def _effect(axes: Axes, curve: PowerCurve, effect: float) -> None:
    at = int(abs(curve.effects - effect).argmin())
    share = float(curve.power[at])
    axes.plot([effect] * 2, [0, share], color=plots.ORANGE, linewidth=1.4)
    axes.plot(effect, share, "s", color=plots.ORANGE, markersize=6)
    axes.annotate(
        f"worth having: {effect:g}\nfound in {share:.0%}",
        (effect, share),
        xytext=(8, -6),
        textcoords="offset points",
        va="top",
        color=plots.ORANGE,
        fontsize=8.5,
    )
