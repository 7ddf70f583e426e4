"""What a planned study would find, as a picture and in plain words."""

from collections.abc import Sequence
from math import isinf
from pathlib import Path

from outcomes.analyses.power_told import Power
from outcomes.estimate import Estimate
from outcomes.report.power_plot import draw_power
from outcomes.report.words import number, plain_unit, sentence_case
from outcomes.study import write_whole


def draw(found: Power, *, picture: Path) -> None:
    """Draw how often changes of each size would be found: .svg, and .png beside it."""
    svg, png = draw_power(
        found.curve,
        title=found.title,
        unit=found.detectable.unit,
        detectable=found.detectable.value,
        effect=found.effect,
    )
    write_whole(picture.with_suffix(".svg"), svg)
    write_whole(picture.with_suffix(".png"), png)


def power_sentences(found: Power) -> list[str]:
    """Say in plain words what the study can find."""
    return [*_each_once(found.estimates), *_cautions(found.estimates)]


def _each_once(estimates: Sequence[Estimate]) -> list[str]:
    told = []
    for each in estimates:
        if isinf(each.value):
            told.append(f"{each.term}: none that was tried.")
            continue
        shown = [number(value, each.unit) for value in (each.value, each.low, each.high)]
        unit = "" if each.unit.startswith("share") else f" {plain_unit(each)}"
        about = f" ({shown[1]} to {shown[2]} by the simulation's own chance)"
        chance = "" if each.low == each.high else about
        told.append(f"{each.term}: {shown[0]}{unit}{chance}.")
    return told


def _cautions(estimates: Sequence[Estimate]) -> list[str]:
    texts = dict.fromkeys(text for each in estimates for text in each.warnings)
    return [f"{sentence_case(text)}." for text in texts]
