"""From a registry of outlets to a table of those of a county, or to blocks for study.toml."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.media.outlet_owners import NO_OWNERS, read_owners
from outcomes.media.outlet_registry import outlets_of, read_registry
from outcomes.media.outlet_suggestions import SuggestedOutlet, sentences, suggest_outlets
from outcomes.pipeline.outlet_blocks import feed_lines, outlet_lines
from outcomes.settings import Outlet

COLUMNS = (
    "outlet", "kind", "owner", "county", "county_name", "state", "time_zone", "site", "feeds",
    "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Outlets that a study may want to read, and what to know about them."""

    outlets: tuple[SuggestedOutlet, ...]
    notes: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """One row an outlet; its feeds with a blank between them."""
        rows = [
            (
                each.name, each.kind, each.owner, each.county, each.county_name, each.state,
                each.time_zone, each.site, " ".join(feed.url for feed in each.feeds),
                "; ".join(_notes(each)),
            )
            for each in self.outlets
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def toml(self) -> str:
        """Write the outlets that have a feed as blocks for study.toml."""
        blocks = [
            "# Look at each outlet before you paste it: registries age. panel = true for those "
            "that the",
            "# trend is to rest on.",
        ]
        for each in self.outlets:
            if each.feeds:
                blocks += ["", *_block(each)]
        return "\n".join(blocks) + "\n"


def suggest(
    registry: Path,
    *,
    counties: Sequence[str] = (),
    state: str = "",
    kinds: Sequence[str] = (),
    owners: Path | None = None,
) -> Suggested:
    """Suggest outlets of a county.

    Args:
        registry: A registry of outlets (see ``read_registry``).
        counties: Five-digit FIPS codes; none: all of the state.
        state: Two letters, such as WI.
        kinds: Of outlets, such as newspaper; all where there are none.
        owners: A table that names the owners (see ``read_owners``).

    Returns:
        The outlets, and sentences on what was joined, left out and unknown.

    Raises:
        FileError: A file cannot be read, or the registry knows no such county, state or kind.
    """
    known = read_registry(registry)
    listed = outlets_of(known, counties=counties, state=state, kinds=kinds)
    found = suggest_outlets(listed, owners=read_owners(owners) if owners else NO_OWNERS)
    notes = sentences(found, listed=len(listed))
    if known.broken:
        notes.append(f"Entries of the registry without a name, left out: {known.broken}")
    if owners:
        notes.append(f"Outlets whose owner is known: {sum(bool(each.owner) for each in found)}")
    return Suggested(outlets=tuple(found), notes=tuple(notes))


def _notes(outlet: SuggestedOutlet) -> list[str]:
    notes = list(dict.fromkeys(feed.note for feed in outlet.feeds if feed.note))
    if outlet.other_sites:
        notes.append(f"the registry also names {' '.join(outlet.other_sites)}")
    return notes


def _block(outlet: SuggestedOutlet) -> list[str]:
    """Write one outlet, with a line about it before and one beside each feed that needs a look."""
    where = ", ".join(part for part in (outlet.kind, outlet.county_name, outlet.state) if part)
    values: dict[str, Any] = {
        "name": outlet.name,
        "scope": "local",
        "panel": False,
        "site": outlet.site,
        "owner": outlet.owner,
        "county": outlet.county,
        "time_zone": outlet.time_zone,
    }
    values = {name: value for name, value in values.items() if value != ""}
    Outlet.model_validate(values)  # what is to be pasted must be right
    lines = [f"# {where}", *outlet_lines(values)]
    if outlet.other_sites:
        lines.insert(1, f"# The registry also names {' '.join(outlet.other_sites)}")
    for feed in outlet.feeds:
        note = [f"# {feed.note}"] if feed.note else []
        lines += ["", *note, *feed_lines({"url": feed.url})]
    return lines
