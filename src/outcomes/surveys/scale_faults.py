"""What can be wrong with the scales of an instrument."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from outcomes.errors import one_of
from outcomes.surveys.fault import Fault

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument
    from outcomes.surveys.parts import Item, Scale

_OCCASIONS = ("pre", "post", "follow-up")


def scale_faults(instrument: "Instrument") -> Iterator[Fault]:
    """Find what contradicts something else in the scales."""
    for name, scale in instrument.scales.items():
        yield from _scale(instrument, name, scale=scale)
        yield from _occasions(instrument, name, scale=scale)
    yield from _measures(instrument)


def _occasions(instrument: "Instrument", name: str, *, scale: "Scale") -> Iterator[Fault]:
    """A scale asked in part on an occasion has other scores there than elsewhere."""
    waves = {item.name: item.waves or _OCCASIONS for item in instrument.items}
    asked = [item for item in scale.items if item in waves]
    for occasion in _OCCASIONS:
        hidden = [item for item in asked if occasion not in waves[item]]
        if hidden and len(hidden) < len(asked):
            shown = next(item for item in asked if item not in hidden)
            yield Fault(
                place=f"scale {name}, item {hidden[0]}",
                problem=f"it is not asked on the occasion {occasion}, but {shown} is",
                mend="Give all items of a scale the same waves, so that scores can be compared",
            )


def _scale(instrument: "Instrument", name: str, *, scale: "Scale") -> Iterator[Fault]:
    place = f"scale {name}"
    if name in {"respondent", "place", "weight", "wave"}:
        yield Fault(
            place=place,
            problem="the name is that of a column beside the scores",
            mend="Rename the scale",
        )
    yield from _membership(instrument, scale, place=place)
    spans: dict[tuple[int, int], str] = {}
    for item in instrument.items:
        if item.name not in scale.items:
            continue
        if unfit := _unfit(instrument, item):
            problem, mend = unfit
            yield Fault(place=f"{place}, item {item.name}", problem=problem, mend=mend)
        elif codes := _scored_codes(instrument, item):
            numbers = [int(code) for code in codes]
            spans.setdefault((min(numbers), max(numbers)), item.name)
    if len(spans) > 1:
        ranges = ", ".join(f"{low} to {high} ({item})" for (low, high), item in spans.items())
        yield Fault(
            place=place,
            problem=f"its items have different ranges of answers: {ranges}",
            mend="Give the items of one scale the same range, or make two scales",
        )


def _scored_codes(instrument: "Instrument", item: "Item") -> list[str]:
    choices = instrument.choices.get(item.choice_list, ())
    return [choice.name for choice in choices if choice.name not in instrument.missing]


def _unfit(instrument: "Instrument", item: "Item") -> tuple[str, str] | None:
    """Say why an item cannot be scored, and the mend."""
    if not item.choice_list:
        return (
            f"an item of type {item.type} cannot be scored",
            "Make it select_one with numbered choices, or take it out of the scale",
        )
    if item.many:
        return (
            "several choices may be taken, so that it has no one score",
            "Make it select_one, or take it out of the scale",
        )
    for code in _scored_codes(instrument, item):
        if not re.fullmatch(r"-?\d+", code):
            return (
                f"the choice {code!r} of {item.choice_list} is not a whole number",
                "Number the choices of scored items, or list the code under missing",
            )
    return None


def _membership(instrument: "Instrument", scale: "Scale", *, place: str) -> Iterator[Fault]:
    known = [item.name for item in instrument.items]
    for name in scale.items:
        if name not in known:
            yield Fault(
                place=place,
                problem=f"there is no item called {name!r}",
                mend=one_of(name, known),
            )
    for name, times in Counter(scale.items).items():
        if times > 1:
            yield Fault(
                place=place,
                problem=f"the item {name} stands {times} times",
                mend="List each item once",
            )
    for name in scale.reversed:
        if name not in scale.items:
            yield Fault(
                place=f"{place}, reversed",
                problem=f"{name!r} is not an item of this scale",
                mend=one_of(name, scale.items),
            )
    if scale.min_answered is not None and scale.min_answered > len(scale.items):
        yield Fault(
            place=f"{place}, min_answered",
            problem=f"{scale.min_answered} items must be answered, but the scale "
            f"has {len(scale.items)}",
            mend="Lower it",
        )


def _measures(instrument: "Instrument") -> Iterator[Fault]:
    used: dict[str, str] = {}
    for name, scale in instrument.scales.items():
        if scale.measure and scale.measure in used:
            yield Fault(
                place=f"scale {name}, measure",
                problem=f"{scale.measure} is measured by the scale {used[scale.measure]} already",
                mend="Let one scale give one measure",
            )
        used.setdefault(scale.measure, name)
