"""Who owns an outlet: a table of outlets with their owners, looked up by site, then by name."""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from outcomes.errors import FileError
from outcomes.media.feed_lists import complete_site, site_of
from outcomes.media.packed_files import decoded, read_packed

LARGEST = 50_000_000  # bytes, unpacked
_NEEDED = ("name", "state", "owner")
_SHARED = {"", "facebook.com", "twitter.com", "x.com", "youtube.com", "instagram.com"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Owners by web site and, where the site is of no help, by name and state."""

    by_site: Mapping[str, str]
    by_name: Mapping[tuple[str, str], str]

    def owner_of(self, *, name: str, state: str, site: str) -> str:
        """Say who owns an outlet; empty where the table does not tell it, or tells two."""
        host = site_of(site)
        if host in self.by_site:
            return self.by_site[host]
        return self.by_name.get((plain_name(name), state), "")


NO_OWNERS = Owners(by_site={}, by_name={})


def plain_name(name: str) -> str:
    """Fold a name for comparing: small letters, single spaces, no "The" before it."""
    return re.sub(r"^the ", "", " ".join(name.casefold().split()))


def read_owners(path: Path) -> Owners:
    """Read a table of outlets with their owners.

    Args:
        path: CSV, perhaps packed (.gz), with the columns name, state, owner and website or domain.

    Returns:
        The owners that the table names. Where two rows of one site, or of one name and state,
        name different owners, that site or name has none.

    Raises:
        FileError: The file cannot be read, or lacks a column.
    """
    rows = csv.DictReader(decoded(path, read_packed(path, largest=LARGEST)))
    sites: dict[str, set[str]] = defaultdict(set)
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    try:
        missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
        if missing:
            raise FileError(
                path,
                "line 1",
                f"there is no column {missing[0]!r}",
                "A table of owners has the columns name, state, owner and website",
            )
        for row in rows:
            owner = " ".join((row["owner"] or "").split())
            if owner:
                site = site_of(complete_site(row.get("website") or row.get("domain") or ""))
                sites[site].add(owner)
                names[plain_name(row["name"] or ""), (row["state"] or "").strip()].add(owner)
    except csv.Error as error:
        raise FileError(
            path, f"line {rows.line_num}", f"this is no CSV ({error})", "Save it as CSV again"
        ) from None
    return Owners(
        by_site={
            site: next(iter(each))
            for site, each in sites.items()
            if site not in _SHARED and len(each) == 1
        },
        by_name={name: next(iter(each)) for name, each in names.items() if len(each) == 1},
    )
