"""What to say where a registry knows no such state, county or kind of outlet: the nearest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from outcomes.errors import FileError, one_of

if TYPE_CHECKING:
    from outcomes.media.outlet_registry import Registry, RegistryOutlet

_MOST_SHOWN = 5


def refuse_state(registry: "Registry", state: str) -> FileError:
    """Name the states, where a wrong one was asked for."""
    known = list(dict.fromkeys(each.state for each in registry.outlets))
    hint = one_of(state, known, at_most=60)
    return FileError(registry.path, "", f"it lists no outlet of the state {state!r}", hint)


def refuse_kind(
    registry: "Registry", kinds: Sequence[str], found: Sequence["RegistryOutlet"]
) -> FileError:
    """Name the kinds there are, where none of those asked for is among them."""
    there = list(dict.fromkeys(each.kind for each in found))
    return FileError(
        registry.path,
        "",
        f"none of its {len(found)} outlets there is of the kind {' or '.join(kinds)}",
        one_of(kinds[0], there),
    )


def refuse_county(registry: "Registry", code: str, *, state: str) -> FileError:
    """Name the nearest county, where the registry has no outlet of the one asked for."""
    names = _names(registry)
    if code == "none":
        inside = f" in {state}" if state else ""
        return FileError(
            registry.path, "", f"it knows the county of every outlet{inside}", "Name a county"
        )
    if not (code.isdecimal() and len(code) == 5):
        return _refuse_code(registry, code, names)
    place = names.get(code)
    if place:  # it is there, but not in the state that was named
        problem = f"{code} is {place}, not in {state}"
        return FileError(registry.path, "", problem, "Change --state or --county")
    near = [known for known in names if known[:2] == code[:2]] or list(names)
    mend = "Look at the code again"
    if near:
        nearest = min(near, key=lambda known: (abs(int(known) - int(code)), known))
        mend = f"The nearest code that it knows is {nearest}, {names[nearest]}"
    problem = f"it lists no outlet of the county {code}{_nowhere(registry, code)}"
    return FileError(registry.path, "", problem, mend)


def _refuse_code(registry: "Registry", code: str, names: dict[str, str]) -> FileError:
    rule = "a county is named by its five-digit FIPS code"
    word = code.casefold()
    fits = [known for known in names if word and names[known].casefold().startswith(word)]
    if code.isdecimal() and code.zfill(5) in names:
        fits = [code.zfill(5)]
    shown = "; ".join(f"{known} is {names[known]}" for known in fits[:_MOST_SHOWN])
    more = f"; and {len(fits) - _MOST_SHOWN} more" if len(fits) > _MOST_SHOWN else ""
    mend = f"{shown}{more}" if shown else "Write it like 55079, which is Milwaukee County"
    return FileError(registry.path, "", f"{rule}, and {code[:40]!r} is none", mend)


def _nowhere(registry: "Registry", code: str) -> str:
    """Count the outlets of that state whose county the registry does not know."""
    states = {each.state for each in registry.outlets if each.county[:2] == code[:2]}
    lost = [each for each in registry.outlets if each.state in states and not each.county]
    if not lost:
        return ""
    return (
        f", but {len(lost)} of {lost[0].state_name} without a county, which --county none "
        f"--state {lost[0].state} lists"
    )


def _names(registry: "Registry") -> dict[str, str]:
    """The counties in the order of the registry: code, and name with state."""
    return {
        each.county: f"{each.county_name}, {each.state_name}"
        for each in registry.outlets
        if each.county
    }
