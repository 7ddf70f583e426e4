"""Which outlet of the study does an archive mean, that calls it ``Courier, The (IN)``?"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from urllib.parse import urlsplit

from outcomes.media.archives.archive import Record
from outcomes.settings.news import Outlet

_STATE = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]")
_ARTICLE = re.compile(r"^the\s+|,\s*the\b|\s+the$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The outlets of an archive: whose articles are whose."""

    by_name: Mapping[str, str] = field(default_factory=dict)  # name in the file -> the study's
    by_host: Mapping[str, str] = field(default_factory=dict)  # web host -> the study's
    folded: Mapping[str, str] = field(default_factory=dict)  # of by_name: not written alike
    unclear: Mapping[str, str] = field(default_factory=dict)  # name -> why it is not matched
    nearest: Mapping[str, str] = field(default_factory=dict)  # unknown name -> the most similar

    def of(self, record: Record) -> str:
        """Name the outlet of a record; empty where the study does not know it."""
        named = self.by_name.get(record.outlet, "")
        if named or record.outlet in self.unclear:
            return named
        return host_of(record.url, self.by_host)


def fold_name(name: str) -> str:
    """Fold an outlet's name: case, punctuation, a state in brackets and "the" do not count."""
    bare = _ARTICLE.sub(" ", _STATE.sub(" ", name).casefold().strip())
    return " ".join(re.findall(r"\w+", bare))


def hosts_of(outlets: Iterable[Outlet]) -> dict[str, str]:
    """Give the web hosts of outlets, by their sites and feeds; one that two share is nobody's."""
    found: dict[str, set[str]] = defaultdict(set)
    for outlet in outlets:
        for address in (outlet.site, *(feed.url for feed in outlet.feeds)):
            if host := bare_host(address):
                found[host].add(outlet.name)
    return {host: names.pop() for host, names in found.items() if len(names) == 1}


def host_of(url: str, known: Mapping[str, str]) -> str:
    """Name the outlet on whose site a page is; empty where none is known."""
    host = bare_host(url)
    while "." in host:
        if host in known:
            return known[host]
        host = host.partition(".")[2]
    return ""


def match_outlets(
    records: Iterable[Record], outlets: Sequence[Outlet], *, said: Mapping[str, str]
) -> Matches:
    """Match the names in an archive with the outlets of the study.

    Args:
        records: Of the archive.
        outlets: Of study.toml; with none, every name stands for itself.
        said: What a mapping says: name in the file -> the study's.

    Returns:
        The matches. A name that is only similar is never matched. Two names that differ in what
        stands in brackets, as papers of two states do, are matched only if a mapping says so.
    """
    hosts = hosts_of(outlets)
    by_site = {each.outlet: bool(host_of(each.url, hosts)) for each in records if each.outlet}
    names = sorted(by_site)
    if not outlets:
        return Matches(by_name={name: said.get(name, name) for name in names})
    ours = {outlet.name for outlet in outlets}
    by_fold: dict[str, set[str]] = defaultdict(set)
    for outlet in outlets:
        by_fold[fold_name(outlet.name)].add(outlet.name)
    by_name = {name: said[name] for name in names if name in said}
    by_name |= {name: name for name in names if name in ours and name not in said}
    folded, unclear = _folded([name for name in names if name not in by_name], by_fold)
    known = by_name | folded
    unknown = [name for name in names if not (name in known or name in unclear or by_site[name])]
    return Matches(
        by_name=known,
        by_host=hosts,
        folded=folded,
        unclear=unclear,
        nearest={name: _nearest(name, by_fold) for name in unknown},
    )


def _folded(
    names: Sequence[str], by_fold: Mapping[str, set[str]]
) -> tuple[dict[str, str], dict[str, str]]:
    meant: dict[str, list[str]] = defaultdict(list)
    unclear: dict[str, str] = {}
    for name in names:
        found = by_fold.get(fold_name(name), set())
        if len(found) > 1:
            unclear[name] = f"it may be {' or '.join(sorted(found))}"
        elif found:
            meant[next(iter(found))].append(name)
    sure: dict[str, str] = {}
    for ours, theirs in meant.items():
        states = {match[1].casefold() for name in theirs if (match := _STATE.search(name))}
        if len(states) > 1:
            why = f"the file also names {' and '.join(map(repr, theirs))}: only one can be {ours!r}"
            unclear |= dict.fromkeys(theirs, why)
        else:
            sure |= dict.fromkeys(theirs, ours)
    return sure, unclear


def _nearest(name: str, by_fold: Mapping[str, set[str]]) -> str:
    close = get_close_matches(fold_name(name), list(by_fold), n=1, cutoff=0.6)
    return sorted(by_fold[close[0]])[0] if close else ""


def bare_host(url: str) -> str:
    """Give the web host of an address without www. and the like; empty where it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.", "", host)
