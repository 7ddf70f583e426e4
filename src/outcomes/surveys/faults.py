"""What can be wrong with an instrument as a whole: every fault, with its place and its mend."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from outcomes.errors import DataError, FileError, one_of
from outcomes.surveys.asking_faults import asking_faults
from outcomes.surveys.expression_faults import expression_cautions, expression_faults
from outcomes.surveys.expressions import read_xform
from outcomes.surveys.fault import Fault, language_faults
from outcomes.surveys.group_faults import group_faults
from outcomes.surveys.looking_back import looking_back_faults
from outcomes.surveys.scale_faults import scale_faults

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument
    from outcomes.surveys.parts import Item, Texts

__all__ = ["Fault", "cautions", "faults", "first_fault"]


def faults(instrument: "Instrument") -> list[Fault]:
    """List everything that contradicts something else in an instrument; none if it is sound."""
    found = [
        *_texts(instrument),
        *_choices(instrument),
        *_names(instrument),
        *(fault for item in instrument.items for fault in _item(instrument, item)),
        *group_faults(instrument),
        *_code(instrument),
        *_ranks(instrument),
        *scale_faults(instrument),
        *looking_back_faults(instrument),
        *expression_faults(instrument),
        *asking_faults(instrument),
    ]
    return found or list(_refused_by_pyxform(instrument))


def cautions(instrument: "Instrument") -> list[Fault]:
    """List what may be meant, but is worth a second look. Nothing here keeps a form from use."""
    found = list(expression_cautions(instrument))
    if instrument.code and len(instrument.code.elements) < 4:
        found.append(
            Fault(
                place="code, elements",
                problem=f"a code of {len(instrument.code.elements)} parts is shared by many people",
                mend="Ask for at least 4 parts, or expect wrong pairs of answers",
            )
        )
    used = {item.choice_list for item in instrument.items}
    found += [
        Fault(
            place=f"choices {name}",
            problem="no item uses this list of choices",
            mend="Remove it, or use it",
        )
        for name in instrument.choices
        if name not in used
    ]
    return found


def first_fault(path: Path, found: list[Fault]) -> FileError:
    """Make one error of many faults: the first in full, the others counted."""
    fault, more = found[0], len(found) - 1
    if not more:
        return fault.at(path)
    also = f"There are {more} more faults; list them with: outcomes survey check {path.name}"
    return FileError(path, fault.place, fault.problem, f"{fault.mend}. {also}")


def _texts(instrument: "Instrument") -> Iterator[Fault]:
    for texts, place in (*_needed_texts(instrument), *_free_texts(instrument)):
        yield from language_faults(instrument, texts, place=place)


def _needed_texts(instrument: "Instrument") -> Iterator[tuple["Texts", str]]:
    yield instrument.title, "title"
    yield instrument.notice, "notice"
    for name, choices in instrument.choices.items():
        for choice in choices:
            yield choice.label, f"choice {choice.name} of {name}, label"
    for item in instrument.items:
        if item.label or item.type != "calculate":
            yield item.label, f"item {item.name}, label"
        if item.constraint or item.constraint_message:
            yield item.constraint_message, f"item {item.name}, constraint_message"
    if instrument.code:
        yield instrument.code.intro, "code, intro"
        for element in instrument.code.elements:
            yield element.label, f"code, element {element.name}, label"


def _free_texts(instrument: "Instrument") -> Iterator[tuple["Texts", str]]:
    """List the texts that may be left out, but then in every language."""
    parts = [(instrument.thanks, "thanks")]
    parts += [(item.hint, f"item {item.name}, hint") for item in instrument.items]
    parts += [(group.label, f"group {name}, label") for name, group in instrument.groups.items()]
    if instrument.code:
        elements = instrument.code.elements
        parts += [(one.hint, f"code, element {one.name}, hint") for one in elements]
    yield from ((texts, place) for texts, place in parts if texts)


def _choices(instrument: "Instrument") -> Iterator[Fault]:
    several = {item.choice_list for item in instrument.items if item.many}
    for name, choices in instrument.choices.items():
        for code, times in Counter(choice.name for choice in choices).items():
            if times > 1:
                yield Fault(
                    place=f"choices {name}",
                    problem=f"the choice {code} stands {times} times",
                    mend="Give each choice its own name",
                )
            if name in several and len(code.split()) != 1:
                yield Fault(
                    place=f"choices {name}",
                    problem=f"the choice {code!r} has a space in its name, but spaces part the "
                    "answers to a select_multiple item",
                    mend="Write the name without spaces; the label may have them",
                )


def _names(instrument: "Instrument") -> Iterator[Fault]:
    for name, times in Counter(item.name for item in instrument.items).items():
        if times > 1:
            yield Fault(
                place=f"item {name}",
                problem=f"the name stands {times} times",
                mend="Give each item its own name",
            )
    places = {item.name: f"item {item.name}" for item in instrument.items}
    others = [(name, f"group {name}") for name in instrument.groups]
    if instrument.code:
        others += [(one.name, f"code, element {one.name}") for one in instrument.code.elements]
    for name, place in others:
        if name in places:
            yield Fault(
                place=place,
                problem=f"{places[name]} has the same name",
                mend="Rename one of the two",
            )
        places.setdefault(name, place)
    yield from _near_names(places)


def _near_names(places: dict[str, str]) -> Iterator[Fault]:
    lower: dict[str, str] = {}
    for name, place in places.items():
        if name.lower() in lower:
            yield Fault(
                place=place,
                problem=f"the name differs from {lower[name.lower()]} in capital letters only",
                mend="Rename one of the two: statistics programs take them for the same",
            )
        lower.setdefault(name.lower(), name)
        if name == "meta" or name.startswith(_PYXFORM_NAMES):
            yield Fault(
                place=place, problem="the name is one that forms keep for themselves", mend="Rename"
            )


_PYXFORM_NAMES = ("reserved_name_for_field_list_labels", "generated_table_list_label")


def _item(instrument: "Instrument", item: "Item") -> Iterator[Fault]:
    place = f"item {item.name}"
    lists = list(instrument.choices)
    if item.choice_list and item.choice_list not in lists:
        yield Fault(
            place=f"{place}, type",
            problem=f"there is no list of choices called {item.choice_list!r}",
            mend=one_of(item.choice_list, lists),
        )
    if item.type == "calculate" and not item.calculation:
        yield Fault(
            place=f"{place}, calculation",
            problem="an item of type calculate has no calculation",
            mend="Add calculation, or change the type",
        )
    if item.calculation and item.type != "calculate":
        yield Fault(
            place=f"{place}, calculation",
            problem=f"an item of type {item.type} cannot be worked out",
            mend="Make its type calculate, or remove the calculation",
        )
    for key, given in (("required", item.required), ("constraint", item.constraint)):
        if given and not item.asked:
            yield Fault(
                place=f"{place}, {key}",
                problem=f"nobody answers an item of type {item.type}",
                mend=f"Remove {key}",
            )
    if item.constraint_message and not item.constraint:
        yield Fault(
            place=f"{place}, constraint_message",
            problem="there is no constraint that it could explain",
            mend="Add constraint, or remove the message",
        )
    if item.type == "text" and item.privacy != "free text":
        yield Fault(
            place=f"{place}, privacy",
            problem="people may write names into a text, but privacy is not 'free text'",
            mend="Add: privacy: free text",
        )


def _code(instrument: "Instrument") -> Iterator[Fault]:
    if instrument.code is None:
        return
    names = Counter(element.name for element in instrument.code.elements)
    for element in instrument.code.elements:
        place = f"code, element {element.name}"
        limits = [limit for limit in (element.low, element.high) if limit is not None]
        if names[element.name] > 1:
            yield Fault(
                place=place, problem="the name stands twice", mend="Give each part its own name"
            )
        if element.kind == "number" and len(limits) < 2:
            yield Fault(place=place, problem="a number needs its limits", mend="Add low and high")
        elif element.kind == "number" and limits[0] >= limits[1]:
            yield Fault(
                place=place,
                problem=f"low is {limits[0]}, which is not below high, {limits[1]}",
                mend="Correct one of the two",
            )
        if element.kind == "letter" and limits:
            yield Fault(place=place, problem="a letter has no limits", mend="Remove low and high")


def _ranks(instrument: "Instrument") -> Iterator[Fault]:
    if instrument.rank_groups and instrument.population != "personnel":
        yield Fault(
            place="rank_groups",
            problem=f"{instrument.population} have no ranks",
            mend="Remove rank_groups, or make the population personnel",
        )


def _refused_by_pyxform(instrument: "Instrument") -> Iterator[Fault]:
    """Ask the compiler of XLSForm itself, once nothing else is wrong."""
    from outcomes.surveys.exchange.xform import to_xform

    try:
        read_xform(to_xform(instrument))
    except DataError as error:
        yield Fault(
            place="as XLSForm",
            problem=str(error).removeprefix(f"{instrument.id}: ").rstrip("."),
            mend="Change what it names: ODK Collect and KoboToolbox would refuse the form",
        )
