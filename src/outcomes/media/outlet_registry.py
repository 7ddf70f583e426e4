"""A registry of news outlets by county, as research groups publish it: which outlets write here?"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.media.feed_lists import complete_site
from outcomes.media.packed_files import read_packed

LARGEST = 20_000_000  # bytes, unpacked; that of all the United States has 6.7 million


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryOutlet:
    """An outlet as a registry has it."""

    name: str
    kind: str  # newspaper, tv, radio, broadcast
    site: str  # completed; empty where the registry has none that can be read
    state: str  # WI
    state_name: str
    county: str  # five-digit FIPS code; empty where the registry does not say
    county_name: str
    feeds: tuple[object, ...]  # as listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """All outlets of a registry."""

    path: Path
    outlets: tuple[RegistryOutlet, ...]
    broken: int  # entries that are no outlet: they have no name

    def kinds(self) -> list[str]:
        """List the kinds of outlets, the commonest first."""
        return [kind for kind, _ in Counter(each.kind for each in self.outlets).most_common()]


def read_registry(path: Path) -> Registry:
    """Read a registry of outlets.

    Args:
        path: JSON, perhaps packed (.gz): states, in them kinds of outlets, in them the outlets
            with name, website, fips, city-county-name, us-state and rss, a list of addresses.

    Returns:
        Its outlets in the file's order.

    Raises:
        FileError: The file cannot be read, is cut short or too large, or is no such registry.

    Source:
        The form is that of 3DLNews2 (Gwilliam and Nwala, William & Mary). Requirement B14.
    """
    content = _content(path)
    outlets, broken = [], 0
    for state, kind, listed in _groups(path, content):
        for each in listed:
            outlet = _outlet(each, state=state, kind=kind)
            if outlet is None:
                broken += 1
            else:
                outlets.append(outlet)
    if not outlets:
        raise FileError(path, "", "no outlet stands in it", "Check that it is the right file")
    return Registry(path=path, outlets=tuple(outlets), broken=broken)


def outlets_of(
    registry: Registry, *, counties: Sequence[str], state: str = "", kinds: Sequence[str] = ()
) -> list[RegistryOutlet]:
    """Find the outlets of a county.

    Args:
        registry: The registry.
        counties: Five-digit FIPS codes, or ``none`` for outlets whose county it does not know;
            without any, all outlets of the state.
        state: Its two letters, such as WI.
        kinds: Only these kinds of outlets; all where there are none.

    Returns:
        The outlets in the registry's order.

    Raises:
        FileError: The registry knows no such state, county or kind there; names the nearest.
    """
    from outcomes.media.registry_places import refuse_county, refuse_kind, refuse_state

    state = state.strip().upper()
    inside = [each for each in registry.outlets if state in {"", each.state}]
    if not inside:
        raise refuse_state(registry, state)
    found: list[RegistryOutlet] = [] if counties else inside
    for county in counties:
        code = county.strip()
        here = [each for each in inside if each.county == ("" if code == "none" else code)]
        if not here:
            raise refuse_county(registry, code, state=state)
        found += here
    wanted = [each for each in found if not kinds or each.kind in kinds]
    if not wanted:
        raise refuse_kind(registry, kinds, found)
    return list(dict.fromkeys(wanted))


def _content(path: Path) -> Mapping[str, Any]:
    content = read_packed(path, largest=LARGEST)
    mend = "Check that it is the right file, and download or copy it again"
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        raise FileError(path, place, f"this is not JSON ({error.msg.lower()})", mend) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise FileError(path, "", "this is not JSON that can be read", mend) from None
    if not isinstance(found, dict):
        raise FileError(path, "", "this is JSON, but no registry of outlets by state", mend)
    return found


def _groups(path: Path, content: Mapping[str, Any]) -> Iterator[tuple[str, str, list[Any]]]:
    for state, kinds in content.items():
        for kind, listed in kinds.items() if isinstance(kinds, dict) else [("", None)]:
            if not isinstance(listed, list):
                raise FileError(
                    path,
                    ", ".join(part for part in (state[:40], kind[:40]) if part),
                    "a list of outlets should stand here",
                    "A registry has states, in them kinds (newspaper, tv, …), in them outlets",
                )
            yield state, kind, listed


def _outlet(found: object, *, state: str, kind: str) -> RegistryOutlet | None:
    if not isinstance(found, dict):
        return None
    text = {name: _line(each) for name, each in found.items() if isinstance(each, str)}
    if not text.get("name"):
        return None
    fips = text.get("fips") or str(found.get("fips") or "")
    feeds = found.get("rss")
    return RegistryOutlet(
        name=text["name"],
        kind=text.get("media-class", kind),
        site=complete_site(text.get("website", "")),
        state=state.strip().upper(),
        state_name=text.get("us-state", state),
        county=fips.zfill(5) if fips.isdecimal() and len(fips) in {4, 5} else "",
        county_name=text.get("city-county-name", ""),
        feeds=tuple(feeds) if isinstance(feeds, list) else (),
    )


def _line(text: str) -> str:
    """Fold a text into one line, without signs that no file of text may hold."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
