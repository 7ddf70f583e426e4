"""What can be wrong with the groups of an instrument: its pages and its grids."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from outcomes.errors import one_of
from outcomes.surveys.expressions import groups_around
from outcomes.surveys.fault import Fault

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument


def group_faults(instrument: "Instrument") -> Iterator[Fault]:
    """Find what contradicts something else in the groups."""
    yield from _unknown(instrument)
    yield from _circles(instrument)
    yield from _empty(instrument)
    yield from _scattered(instrument)
    yield from _grids(instrument)


def _unknown(instrument: "Instrument") -> Iterator[Fault]:
    known = list(instrument.groups)
    named = [(f"item {item.name}, group", item.group) for item in instrument.items]
    named += [(f"group {name}, group", group.group) for name, group in instrument.groups.items()]
    for place, group in named:
        if group and group not in known:
            yield Fault(
                place=place,
                problem=f"there is no group called {group!r}",
                mend=one_of(group, known),
            )


def _circles(instrument: "Instrument") -> Iterator[Fault]:
    for name in instrument.groups:
        seen = [name]
        around = instrument.groups[name].group
        while around in instrument.groups and around not in seen:
            seen.append(around)
            around = instrument.groups[around].group
        if around == name:
            yield Fault(
                place=f"group {name}, group",
                problem=f"the group stands inside itself: {' in '.join([*seen, name])}",
                mend="Remove one of these group keys",
            )


def _empty(instrument: "Instrument") -> Iterator[Fault]:
    filled = {name for item in instrument.items for name in groups_around(instrument, item)}
    for name in instrument.groups:
        if name not in filled:
            yield Fault(
                place=f"group {name}",
                problem="no item stands in it",
                mend=f"Write group: {name} at its items, or remove the group",
            )


def _scattered(instrument: "Instrument") -> Iterator[Fault]:
    """A form opens and closes a group once, so its items must follow one another."""
    opened: tuple[str, ...] = ()
    closed: dict[str, str] = {}
    for item in instrument.items:
        wanted = groups_around(instrument, item)
        for name in opened:
            if name not in wanted:
                closed.setdefault(name, item.name)
        for name in wanted:
            if name in closed:
                yield Fault(
                    place=f"item {item.name}, group",
                    problem=f"the items of {name} do not stand together: "
                    f"{closed[name]} stands between them",
                    mend=f"Move {item.name} to the other items of {name}",
                )
                del closed[name]
        opened = wanted


def _grids(instrument: "Instrument") -> Iterator[Fault]:
    for name, group in instrument.groups.items():
        if group.appearance != "matrix":
            continue
        first = ""
        for item in instrument.items:
            if name not in groups_around(instrument, item) or item.type == "calculate":
                continue
            if not item.choice_list or item.many or item.group != name:
                yield Fault(
                    place=f"group {name}, item {item.name}",
                    problem=f"a grid holds select_one items only, not {item.type} or other groups",
                    mend="Move the item out of the grid, or remove appearance: matrix",
                )
            elif first and item.choice_list != first:
                yield Fault(
                    place=f"group {name}, item {item.name}",
                    problem=f"the rows of a grid share one list of choices, here {first}, "
                    f"not {item.choice_list}",
                    mend="Use the same list, or make two grids",
                )
            else:
                first = item.choice_list
