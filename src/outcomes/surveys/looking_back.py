"""Items that ask afterwards how people were before, and what can be wrong with them (B5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import one_of
from outcomes.surveys.fault import Fault

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument
    from outcomes.surveys.parts import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingBack:
    """One item that looks back, and what it looks back on."""

    item: str
    on: str  # the item that was asked before the class, with the same choices
    scale: str  # the scale that the other item is in
    measure: str  # and its measure
    turned: bool  # whether the other item is reversed in its scale
    question: str  # the words of the other item, in the survey's first language


def looking_back(instrument: "Instrument") -> list[LookingBack]:
    """List the items of an instrument that look back."""
    items = {item.name: item for item in instrument.items}
    return [
        LookingBack(
            item=item.name,
            on=item.looks_back_on,
            scale=name,
            measure=scale.measure,
            turned=item.looks_back_on in scale.reversed,
            question=items[item.looks_back_on].label[instrument.languages[0]],
        )
        for item in instrument.items
        for name, scale in instrument.scales.items()
        if item.looks_back_on in scale.items and scale.measure
    ]


def looking_back_faults(instrument: "Instrument") -> Iterator[Fault]:
    """Find items that look back and could be taken for a pretest, or compared with nothing (B5)."""
    items = {item.name: item for item in instrument.items}
    for item in instrument.items:
        if not item.looks_back_on:
            continue
        place = f"item {item.name}, looks_back_on"
        if item.looks_back_on not in items:
            yield Fault(
                place=place,
                problem=f"there is no item called {item.looks_back_on!r}",
                mend=one_of(item.looks_back_on, list(items)),
            )
            continue
        for problem, mend in _unfit(instrument, item, on=items[item.looks_back_on]):
            yield Fault(place=place, problem=problem, mend=mend)


def _unfit(instrument: "Instrument", item: "Item", *, on: "Item") -> Iterator[tuple[str, str]]:
    if not item.waves or "pre" in item.waves:
        yield (
            "it is asked before the class too, where there is nothing to look back on",
            "Write waves: [post]",
        )
    if on.looks_back_on or (on.waves and not {"pre", "post"} <= set(on.waves)):
        yield (
            f"{on.name} is not asked both before and after the class",
            "Name an item that is asked on both occasions",
        )
    if item.type != on.type:
        yield (
            f"its answers are {item.type}, those of {on.name} are {on.type}",
            "Give both the same choices, so that they can be compared",
        )
    if any(item.name in scale.items for scale in instrument.scales.values()):
        yield (
            "a scale counts it, so that an answer which looks back would pass for one of its time",
            "Take it out of the scale",
        )
    if not any(on.name in scale.items and scale.measure for scale in instrument.scales.values()):
        yield (
            f"{on.name} is in no scale that names a measure, so that nothing would be said of it",
            "Name an item of such a scale",
        )
