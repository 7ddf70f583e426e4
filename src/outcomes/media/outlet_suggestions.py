"""Outlets of a registry as a study could list them: each once, with the feeds worth a try."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from outcomes.media.feed_lists import (
    REASONS,
    ListedFeed,
    complete_address,
    feed_key,
    site_of,
    tidy_feeds,
)
from outcomes.media.outlet_owners import NO_OWNERS, Owners, plain_name
from outcomes.media.outlet_registry import RegistryOutlet
from outcomes.media.state_zones import zone_of_state


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedOutlet:
    """An outlet that a study may want to read."""

    name: str
    kind: str
    site: str
    other_sites: tuple[str, ...]  # where the registry lists the outlet with several
    owner: str
    county: str
    county_name: str
    state: str
    time_zone: str  # empty where its state has more than one
    feeds: tuple[ListedFeed, ...]
    left_out: Mapping[str, int]  # reason -> how many addresses


def suggest_outlets(
    listed: Sequence[RegistryOutlet], *, owners: Owners = NO_OWNERS
) -> list[SuggestedOutlet]:
    """Make outlets of a registry ready for study.toml.

    Args:
        listed: The outlets of a county or several, as the registry has them.
        owners: Who owns which outlet.

    Returns:
        Each outlet once, in the registry's order: entries of one county with the same name are
        one outlet, and so are no two of another county. A feed that two outlets share stays with
        the one on whose site it lies, else with the first. Every name is a name of its own.
    """
    folded: dict[tuple[str, str, str], list[RegistryOutlet]] = {}
    for each in listed:
        key = (each.state, each.county, plain_name(each.name))
        folded.setdefault(key, []).append(each)
    own_site = {
        feed_key(feed.url): site
        for entries in folded.values()
        for entry in entries
        for feed in tidy_feeds(entry.feeds, site=entry.site).feeds
        if (site := site_of(entry.site)) == site_of(feed.url)
    }
    taken: set[str] = set()
    made = []
    for entries in folded.values():
        outlet = _outlet(entries, owners=owners, taken=taken, own_site=own_site)
        taken |= {feed_key(feed.url) for feed in outlet.feeds}
        made.append(outlet)
    return _named_apart(made)


def sentences(found: Sequence[SuggestedOutlet], *, listed: int) -> list[str]:
    """Say what was found, what was left out and why, and what is still to be looked at.

    Args:
        found: The suggested outlets.
        listed: How many entries of the registry they were made from.
    """
    with_feeds = sum(bool(each.feeds) for each in found)
    feeds = sum(len(each.feeds) for each in found)
    lines = [f"Outlets: {len(found)}; with a feed: {with_feeds}; feeds: {feeds}"]
    if again := listed - len(found):
        lines.append(f"Entries joined, because they are the same outlet again: {again}")
    left: Counter[str] = Counter()
    for each in found:
        left.update(each.left_out)
    lines += [f"Addresses left out, because they {REASONS[word]}: {left[word]}" for word in left]
    notes = Counter(feed.note for each in found for feed in each.feeds if feed.note)
    lines += [f"Feeds to look at ({note}): {times}" for note, times in notes.items()]
    unknown = sorted({each.state for each in found if not each.time_zone})
    if unknown:
        lines.append(
            f"No time zone is given for {', '.join(unknown)}, which lies in more than one: add "
            "time_zone where it is not the study's"
        )
    return lines


def _outlet(
    entries: Sequence[RegistryOutlet],
    *,
    owners: Owners,
    taken: set[str],
    own_site: Mapping[str, str],
) -> SuggestedOutlet:
    """Join the entries of one outlet; the site is that of the entry with most feeds."""
    first = max(entries, key=lambda each: (len(each.feeds), each.site.startswith("https:")))
    hosts = {site_of(each.site) for each in entries}
    feeds: list[ListedFeed] = []
    left_out: Counter[str] = Counter()
    for entry in entries:
        ours = {feed_key(feed.url) for feed in feeds}
        others = {
            key
            for url in entry.feeds
            if isinstance(url, str)
            and (key := feed_key(complete_address(url, site=entry.site)))
            and (key in taken or (key in own_site and own_site[key] not in hosts))
        }
        tidy = tidy_feeds(entry.feeds, site=entry.site, known=ours | others)
        feeds += tidy.feeds
        left_out.update(tidy.left_out)
    sites = {site_of(each.site): each.site for each in entries if each.site}
    sites.pop(site_of(first.site), None)
    named = [owners.owner_of(name=each.name, state=each.state, site=each.site) for each in entries]
    return SuggestedOutlet(
        name=entries[0].name,
        kind=first.kind,
        site=first.site,
        other_sites=tuple(sites.values()),
        owner=next((owner for owner in named if owner), ""),
        county=first.county,
        county_name=first.county_name,
        state=first.state,
        time_zone=zone_of_state(first.state),
        feeds=tuple(feeds),
        left_out=dict(left_out),
    )


def _named_apart(made: Sequence[SuggestedOutlet]) -> list[SuggestedOutlet]:
    """Give outlets of the same name their county or state, for study.toml names each once."""
    times = Counter(plain_name(each.name) for each in made)
    return [
        each
        if times[plain_name(each.name)] == 1
        else replace(each, name=f"{each.name} ({each.county_name or 'no county'}, {each.state})")
        for each in made
    ]
