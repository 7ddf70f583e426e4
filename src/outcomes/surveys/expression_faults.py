"""What can be wrong with the expressions of an instrument: relevant, constraint, calculation."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from outcomes.errors import one_of
from outcomes.surveys.expressions import REFERENCE, circle, dependencies, paths_of
from outcomes.surveys.fault import Fault
from outcomes.surveys.odk_functions import NOT_IN_ODK
from outcomes.surveys.odk_values import number
from outcomes.surveys.xpath import Expression, bind_expression
from outcomes.surveys.xpath_parser import QUOTED, ExpressionRefused
from outcomes.surveys.xpath_scope import Compared

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument
    from outcomes.surveys.parts import Item

Expressions = dict[tuple[str, str], Expression]  # (item or group, "relevant") -> expression


def expression_faults(instrument: "Instrument") -> Iterator[Fault]:
    """Find the expressions that cannot be worked out, or can never do what they say."""
    bound, found = _bind_all(instrument)
    yield from found
    yield from _circles(instrument, bound)
    items = {paths_of(instrument)[item.name]: item for item in instrument.items}
    for (name, kind), expression in bound.items():
        for compared in expression.compared:
            if compared.path in items:
                place = _place(instrument, name, kind=kind)
                yield from _comparison(instrument, compared, item=items[compared.path], place=place)
    yield from _texts(instrument)


def expression_cautions(instrument: "Instrument") -> Iterator[Fault]:
    """Find expressions that may be meant, but are worth a second look."""
    bound, _ = _bind_all(instrument)
    items = {paths_of(instrument)[item.name]: item for item in instrument.items}
    for (name, kind), expression in bound.items():
        place = _place(instrument, name, kind=kind)
        for function in expression.not_in_odk:
            yield Fault(
                place=place,
                problem=f"ODK Collect does not have the function {function}()",
                mend=f"Use {NOT_IN_ODK[function]}",
            )
        for path in sorted(expression.reads):
            if path in items and items[path].type == "note":
                yield Fault(
                    place=place,
                    problem=f"{items[path].name} is a note, which never has an answer",
                    mend="Name an item that is answered",
                )
            elif path in items and items[path].waves:
                waves = ", ".join(items[path].waves)
                own = next((item.waves for item in items.values() if item.name == name), ())
                if not own or set(own) - set(items[path].waves):
                    yield Fault(
                        place=place,
                        problem=f"{items[path].name} is asked on {waves} only, and is empty "
                        "on other occasions",
                        mend="Give both items the same waves, if that is not meant",
                    )


def _sources(instrument: "Instrument") -> Iterator[tuple[str, str, str]]:
    for name, group in instrument.groups.items():
        yield name, "relevant", group.relevant
    for item in instrument.items:
        yield item.name, "relevant", item.relevant
        yield item.name, "constraint", item.constraint
        yield item.name, "calculation", item.calculation


def _place(instrument: "Instrument", name: str, *, kind: str) -> str:
    kinds = "item" if any(item.name == name for item in instrument.items) else "group"
    return f"{kinds} {name}, {kind}"


def _bind_all(instrument: "Instrument") -> tuple[Expressions, list[Fault]]:
    paths = paths_of(instrument)
    groups = frozenset({"/data"} | {paths[name] for name in instrument.groups})
    items = frozenset(paths[item.name] for item in instrument.items)
    bound: Expressions = {}
    found: list[Fault] = []
    for name, kind, source in _sources(instrument):
        if not source:
            continue
        try:
            path_source = _with_paths(source, paths)
            bound[name, kind] = bind_expression(
                path_source, here=paths[name], items=items, groups=groups
            )
        except ExpressionRefused as error:
            place = _place(instrument, name, kind=kind)
            found.append(Fault(place=place, problem=error.problem, mend=error.mend))
    return bound, found


def _with_paths(source: str, paths: Mapping[str, str]) -> str:
    """Put the path of each item where XLSForm writes ${item}, as pyxform does."""

    def path(match: re.Match[str]) -> str:
        if match[1] not in paths:
            raise ExpressionRefused(
                f"there is no item called {match[1]!r}", one_of(match[1], list(paths))
            )
        return f" {paths[match[1]]} "

    for quoted in QUOTED.findall(source):
        if found := REFERENCE.search(quoted):
            raise ExpressionRefused(
                f"{found[0]} stands in quotes, where it is a text", "Remove the quotes around it"
            )
    return REFERENCE.sub(path, source)


def _circles(instrument: "Instrument", bound: Expressions) -> Iterator[Fault]:
    needs = dependencies(instrument, bound)
    for item in instrument.items:
        if item.name in needs[item.name]:
            needs[item.name] = [name for name in needs[item.name] if name != item.name]
            yield Fault(
                place=f"item {item.name}",
                problem="whether it is shown, or its value, depends on its own answer",
                mend="Name another item, or use constraint to judge the answer",
            )
    while True:
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            name = error.args[1][0]
            yield Fault(
                place=f"item {name}", problem=circle(error), mend="Let one of them stand alone"
            )
            needs[name] = []
        else:
            return


def _comparison(
    instrument: "Instrument", compared: Compared, *, item: "Item", place: str
) -> Iterator[Fault]:
    if compared.how != "=" and not item.choice_list and item.type != "text":
        if "select" in compared.how and item.type != "calculate":
            yield Fault(
                place=place,
                problem=f"{compared.how}() is about choices, but {item.name} is {item.type}",
                mend=f"Compare it with = < >, as ${{{item.name}}} = 1",
            )
        return
    if compared.how not in {"=", "selected"} or item.choice_list not in instrument.choices:
        return
    names = [choice.name for choice in instrument.choices[item.choice_list]]
    names += [name for name in instrument.missing if name not in names]
    written = compared.written
    if not written or written in names or (item.many and compared.how == "="):
        return
    if compared.how == "=" and any(number(name) == number(written) for name in names):
        return
    yield Fault(
        place=place,
        problem=f"{item.name} has no choice called {written!r}",
        mend=one_of(written, names),
    )


def _texts(instrument: "Instrument") -> Iterator[Fault]:
    """A text may show an answer, as in "You said ${age}"; the item must be there."""
    known = [item.name for item in instrument.items]
    for item in instrument.items:
        for key in ("label", "hint", "constraint_message"):
            for language, text in getattr(item, key).items():
                for name in REFERENCE.findall(text):
                    if name not in known:
                        yield Fault(
                            place=f"item {item.name}, {key}::{language}",
                            problem=f"there is no item called {name!r}",
                            mend=one_of(name, known),
                        )
