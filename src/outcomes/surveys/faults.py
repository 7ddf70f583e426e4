"""What can be wrong with an instrument as a whole: every fault, with its place and its mend."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from outcomes.errors import FileError, one_of

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument, Scale

_LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "vi": "Vietnamese", "zh": "Chinese"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with an instrument."""

    place: str  # "item trust_3, label"
    problem: str
    mend: str

    def at(self, path: Path) -> FileError:
        """Say it as an error about a file."""
        return FileError(path, self.place, self.problem, self.mend)


def faults(instrument: "Instrument") -> list[Fault]:
    """List everything that contradicts something else in an instrument; none if it is sound."""
    return [
        *_texts(instrument),
        *_choices(instrument),
        *_items(instrument),
        *(
            fault
            for name, scale in instrument.scales.items()
            for fault in _scale(instrument, name, scale=scale)
        ),
        *_measures(instrument),
    ]


def first_fault(path: Path, found: list[Fault]) -> FileError:
    """Make one error of many faults: the first in full, the others counted."""
    fault, more = found[0], len(found) - 1
    if not more:
        return fault.at(path)
    also = f"There are {more} more faults; list them with: outcomes survey check {path.name}"
    return FileError(path, fault.place, fault.problem, f"{fault.mend}. {also}")


def _texts(instrument: "Instrument") -> Iterator[Fault]:
    yield from _languages(instrument, instrument.title, place="title")
    yield from _languages(instrument, instrument.notice, place="notice")
    for name, choices in instrument.choices.items():
        for choice in choices:
            place = f"choice {choice.name} of {name}, label"
            yield from _languages(instrument, choice.label, place=place)
    for item in instrument.items:
        yield from _languages(instrument, item.label, place=f"item {item.name}, label")
        if item.hint:
            yield from _languages(instrument, item.hint, place=f"item {item.name}, hint")


def _languages(
    instrument: "Instrument", texts: Mapping[str, str], *, place: str
) -> Iterator[Fault]:
    known = instrument.languages
    part = place.rpartition(", ")[2]
    for language in known:
        if language not in texts:
            yield Fault(
                place=place,
                problem=f"no {_LANGUAGES.get(language, language)} text; "
                f"languages are {', '.join(known)}",
                mend=f"Add {part}::{language} or remove {language} from languages",
            )
    for language in texts:
        if language not in known:
            yield Fault(
                place=place,
                problem=f"{part}::{language} is not in a language of this instrument; "
                f"languages are {', '.join(known)}",
                mend=f"Add {language} to languages or remove the text",
            )


def _choices(instrument: "Instrument") -> Iterator[Fault]:
    for name, choices in instrument.choices.items():
        for code, times in Counter(choice.name for choice in choices).items():
            if times > 1:
                yield Fault(
                    place=f"choices {name}",
                    problem=f"the choice {code} stands {times} times",
                    mend="Give each choice its own name",
                )


def _items(instrument: "Instrument") -> Iterator[Fault]:
    for name, times in Counter(item.name for item in instrument.items).items():
        if times > 1:
            yield Fault(
                place=f"item {name}",
                problem=f"the name stands {times} times",
                mend="Give each item its own name",
            )
    lists = list(instrument.choices)
    for item in instrument.items:
        if item.choice_list and item.choice_list not in lists:
            yield Fault(
                place=f"item {item.name}, type",
                problem=f"there is no list of choices called {item.choice_list!r}",
                mend=one_of(item.choice_list, lists),
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
    known = {item.name: item for item in instrument.items}
    spans: dict[tuple[int, int], str] = {}
    for item_name in scale.items:
        item = known.get(item_name)
        if item is None or item.choice_list not in instrument.choices:
            if item is not None and not item.choice_list:
                yield Fault(
                    place=f"{place}, item {item_name}",
                    problem=f"an item of type {item.type} cannot be scored",
                    mend="Make it select_one with numbered choices, or take it out of the scale",
                )
            continue
        choices = instrument.choices[item.choice_list]
        codes = [choice.name for choice in choices if choice.name not in instrument.missing]
        odd = [code for code in codes if not re.fullmatch(r"-?\d+", code)]
        if odd:
            yield Fault(
                place=f"{place}, item {item_name}",
                problem=f"the choice {odd[0]!r} of {item.choice_list} is not a whole number",
                mend="Number the choices of scored items, or list the code under missing",
            )
        elif codes:
            numbers = [int(code) for code in codes]
            spans.setdefault((min(numbers), max(numbers)), item_name)
    if len(spans) > 1:
        ranges = ", ".join(f"{low} to {high} ({item})" for (low, high), item in spans.items())
        yield Fault(
            place=place,
            problem=f"its items have different ranges of answers: {ranges}",
            mend="Give the items of one scale the same range, or make two scales",
        )


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
