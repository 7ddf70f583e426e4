"""The outlets of a study: listed, added, read from and written to OPML, decided on, given up."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from outcomes.errors import DataError, OutcomesError, one_of
from outcomes.media.addresses import web_address
from outcomes.media.feed_lists import caution, complete_address, feed_key
from outcomes.media.opml import OpmlFeed, OpmlOutlet, write_opml
from outcomes.media.outlet_owners import plain_name
from outcomes.pipeline.outlet_blocks import rewrite, with_feed, with_feed_value, with_outlets
from outcomes.settings import Feed, Outlet
from outcomes.study import Study, write_whole

COLUMNS = ("outlet", "scope", "panel", "place", "county", "owner", "feed", "polled", "robots")
_NOT_SHARED = {"name", "site", "feeds"}  # OPML has words of its own for these
Known = Mapping[str, tuple[Outlet, Feed]]  # a feed's key -> whose it is
_DATES = ("first", "last", "every_minutes")  # of a feed


def list_sources(study: Study) -> pd.DataFrame:
    """List the outlets of a study, one row a feed.

    Returns:
        The columns outlet, scope, panel (yes or no), place, county, owner, feed, polled (from
        when, until when) and robots: who decided when to read what robots.txt forbids, and why.
        An outlet without feeds has one row.

    Raises:
        OutcomesError: study.toml lists no outlet.
    """
    if not study.settings.outlets:
        raise OutcomesError(
            "study.toml lists no outlet. Add one with: outcomes media sources add NAME --scope "
            "local --feed ADDRESS"
        )
    rows = [
        (
            outlet.name, outlet.scope, "yes" if outlet.panel else "no", outlet.place,
            outlet.county, outlet.owner, feed.url if feed else "", _polled(feed), _decision(feed),
        )
        for outlet in study.settings.outlets
        for feed in (outlet.feeds or (None,))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def add_outlet(
    study: Study, name: str, *, feeds: Sequence[str], today: date, **values: Any
) -> list[str]:
    """Add an outlet with its feeds to study.toml, or feeds to an outlet that is there.

    Args:
        study: The study.
        name: Of the outlet.
        feeds: Their addresses.
        today: From when on the new feeds are polled.
        values: More of the outlet, as in study.toml: scope, which a new one needs, panel, site,
            owner, place, county, time_zone, date_order. None where nothing is said.

    Returns:
        Sentences: what was added, and what was there already.

    Raises:
        DataError: A feed is no web address, or the outlet is there and differs.
        FileError: The new study.toml would break a rule; nothing was written.
    """
    given = {key: value for key, value in values.items() if value is not None}
    if not re.fullmatch(r"(\d{5})?", str(given.get("county", ""))):
        raise DataError(
            f"a county is named by its five-digit FIPS code, such as 55079, and "
            f"{given['county'][:40]!r} is none. Look it up"
        )
    urls = [_address(url) for url in feeds]
    fresh, said = new_feeds(known_feeds(study.settings.outlets), urls)
    at = _position(study.settings.outlets, name)
    added = [{"url": url, "first": today} for url in fresh]
    if at is None:
        if "scope" not in given:
            raise DataError(
                f"{name!r} is a new outlet, and nothing says whether it is local or national. Add "
                "--scope local or --scope national"
            )
        block = {"name": name, **given} | ({"feeds": added} if added else {})
        if said and not added:
            raise DataError(f"{said[0]}, so {name!r} was not added as an outlet of its own")
        rewrite(study, lambda text: with_outlets(text, [block]))
        said.insert(0, f"{name} was added to study.toml, with {_feeds(len(added))}")
    else:
        _refuse_other(study.settings.outlets[at], given)
        if added:
            rewrite(study, lambda text: _with_feeds(text, at, added))
        said.insert(0, f"{name} was in study.toml already; {_feeds(len(added))} added")
    return [*said, *(f"{url} {note}" for url in fresh if (note := caution(url)))]


def decide_robots(study: Study, feed: str, *, who: str, why: str, today: date) -> list[str]:
    """Record a person's decision to read a feed although robots.txt forbids it.

    Raises:
        DataError: study.toml lists no such feed, nobody or no reason is named, or somebody
            decided already.
    """
    outlet, at = _feed(study, feed)
    known = study.settings.outlets[outlet].feeds[at]
    who, why = " ".join(who.split()), " ".join(why.split())
    if not who or not why:
        raise DataError("a decision about robots.txt needs who decided it and why. Name both")
    if known.robots:
        raise DataError(
            f"for {known.url}, {_decision(known)}. To decide anew, remove its robots line from "
            "study.toml first"
        )
    decision = {"who": who, "day": today, "why": why}
    rewrite(study, lambda text: with_feed_value(text, outlet, at, name="robots", value=decision))
    return [
        f"Recorded in study.toml: {known.url} is read although robots.txt may forbid it; {who} "
        f"decided it on {today}: {why}"
    ]


def retire_feed(study: Study, feed: str, *, last: date) -> list[str]:
    """Record the last day on which a feed is polled; its articles and polls stay.

    Raises:
        DataError: study.toml lists no such feed.
        FileError: The last day lies before the first; nothing was written.
    """
    outlet, at = _feed(study, feed)
    known = study.settings.outlets[outlet].feeds[at]
    if known.last == last:
        return [f"{known.url}: {last} is its last day already; nothing was changed"]
    rewrite(study, lambda text: with_feed_value(text, outlet, at, name="last", value=last))
    instead = f" instead of {known.last}" if known.last else ""
    return [f"{known.url} is polled until {last}{instead}; its articles and its polls stay"]


def export_list(study: Study, out: Path) -> list[str]:
    """Write the outlets of a study with their feeds as OPML.

    Decisions about robots.txt are not written: another study has to make its own.
    """
    outlets = [outlet for outlet in study.settings.outlets if outlet.feeds]
    if not outlets:
        raise OutcomesError("no outlet of study.toml has a feed, so there is nothing to write")
    written = [_as_opml(outlet) for outlet in outlets]
    write_whole(out, write_opml(written, title=f"News outlets: {study.settings.study.name}"))
    lines = [
        f"Written to {out}: outlets {len(outlets)}, feeds {sum(len(o.feeds) for o in outlets)}"
    ]
    if without := len(study.settings.outlets) - len(outlets):
        lines.append(f"Outlets without a feed, which are not in it: {without}")
    decided = sum(feed.robots is not None for outlet in outlets for feed in outlet.feeds)
    if decided:
        lines.append(f"Decisions about robots.txt, which are this study's and not in it: {decided}")
    return lines


def known_feeds(outlets: Sequence[Outlet]) -> Known:
    """Index the feeds of a study by the key under which forms of one feed are the same."""
    return {feed_key(feed.url): (outlet, feed) for outlet in outlets for feed in outlet.feeds}


def new_feeds(known: Known, urls: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part addresses into those that are new to a study, and sentences on those that are not."""
    fresh: dict[str, str] = {}
    said = []
    for url in urls:
        key = feed_key(url)
        if key in known:
            outlet, feed = known[key]
            form = "" if feed.url == url else f", as {feed.url}"
            said.append(f"{url} is a feed of {outlet.name} already{form}")
        else:
            fresh.setdefault(key, url)
    return list(fresh.values()), said


def checked_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give an outlet's values as study.toml writes them; what is as by default is left out.

    Raises:
        DataError: They break a rule of study.toml.
    """
    try:
        outlet = Outlet.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise DataError(f"the outlet {values.get('name')!r}, {where}: {message}") from None
    found = outlet.model_dump(exclude_defaults=True)
    if outlet.feeds:
        found["feeds"] = [feed.model_dump(exclude_defaults=True) for feed in outlet.feeds]
    return found


def _address(url: str) -> str:
    found = complete_address(url) if "://" in url else ""
    if not found:
        web_address(url)  # says what is wrong with it, where something is
        raise DataError(f"{url[:100]!r} is no web address. Write one like https://example.org/feed")
    return found


def _position(outlets: Sequence[Outlet], name: str) -> int | None:
    names = [plain_name(outlet.name) for outlet in outlets]
    return names.index(plain_name(name)) if plain_name(name) in names else None


def _refuse_other(outlet: Outlet, given: Mapping[str, Any]) -> None:
    for key, value in given.items():
        if getattr(outlet, key) != value:
            raise DataError(
                f"{outlet.name!r} is in study.toml with another {key}: {getattr(outlet, key)!r}, "
                f"not {value!r}. Change it there, or leave that option out"
            )


def _with_feeds(text: str, outlet: int, feeds: Sequence[Mapping[str, Any]]) -> str:
    for feed in feeds:
        text = with_feed(text, outlet, feed)
    return text


def _feed(study: Study, url: str) -> tuple[int, int]:
    """Find a feed by its address, also in another form of it."""
    feeds = [
        (number, at, feed.url)
        for number, outlet in enumerate(study.settings.outlets)
        for at, feed in enumerate(outlet.feeds)
    ]
    for same in (str, feed_key):
        for number, at, known in feeds:
            if same(known) == same(url.strip()):
                return number, at
    hint = one_of(url, [known for _, _, known in feeds])
    raise DataError(f"study.toml lists no feed {url!r}. {hint}")


def _as_opml(outlet: Outlet) -> OpmlOutlet:
    told = outlet.model_dump(mode="json", exclude=_NOT_SHARED, exclude_defaults=True)
    feeds = [
        OpmlFeed(url=feed.url, title=outlet.name, more=_words(feed.model_dump(include=set(_DATES))))
        for feed in outlet.feeds
    ]
    return OpmlOutlet(name=outlet.name, site=outlet.site, feeds=tuple(feeds), more=_words(told))


def _words(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value).strip() for name, value in values.items() if value is not None}


def _polled(feed: Feed | None) -> str:
    if feed is None:
        return "no feed"
    parts = [f"from {feed.first}" if feed.first else "", f"until {feed.last}" if feed.last else ""]
    return " ".join(part for part in parts if part)


def _decision(feed: Feed | None) -> str:
    if feed is None or feed.robots is None:
        return ""
    by = feed.robots
    return f"{by.who} decided on {by.day} to read it although robots.txt may forbid it: {by.why}"


def _feeds(count: int) -> str:
    return {0: "no feed", 1: "1 feed"}.get(count, f"{count} feeds")
