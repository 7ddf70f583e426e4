"""Outlets of an OPML list into study.toml: what is known is said, never listed twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from outcomes.errors import DataError, FileError
from outcomes.media.feed_lists import caution, feed_key, site_of
from outcomes.media.opml import OpmlFeed, OpmlOutlet, read_opml
from outcomes.media.outlet_owners import plain_name
from outcomes.pipeline.outlet_blocks import rewrite, with_feed, with_outlets
from outcomes.pipeline.sources import Known, checked_values, known_feeds, new_feeds
from outcomes.settings import Feed, Outlet
from outcomes.study import Study

Scope = Literal["local", "national"]
_OWN = {"name", "site", "feeds", "scope", "panel"}  # said by the list or by the command


@dataclass(slots=True, kw_only=True)
class _Plan:
    """What an import is going to write."""

    feeds: Known  # of the study
    same: dict[str, list[int]]  # plain name -> outlets of the study, by position
    names: set[str]  # plain names of outlets, those to be written among them
    outlets: list[dict[str, Any]] = field(default_factory=list)
    more_feeds: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    known: int = 0  # feeds that study.toml lists already
    said: list[str] = field(default_factory=list)


def import_list(
    study: Study, path: Path, *, scope: Scope | None, panel: bool | None, today: date
) -> list[str]:
    """Add the outlets and feeds of an OPML list to study.toml.

    Args:
        study: The study.
        path: OPML, as readers of feeds and ``export_list`` write it.
        scope: Of the new outlets; needed unless the list says it.
        panel: Whether they belong to the fixed panel; none: as the list says, else yes.
        today: From when on new feeds are polled, where the list does not say it.

    Returns:
        Sentences: what was added, what was known, and what could not be taken.

    Raises:
        FileError: The list cannot be read, does not say the scope, or breaks a rule of
            study.toml; nothing was written.
    """
    found = read_opml(path)
    plan = _begin(study.settings.outlets, said=found.left_out)
    for outlet in found.outlets:
        try:
            _plan(study, outlet, plan, told=_told(outlet, scope=scope, panel=panel), today=today)
        except DataError as error:
            raise FileError(
                path, "", f"{error}, so nothing was written", "Correct it in the list"
            ) from None
    if plan.outlets or plan.more_feeds:
        rewrite(study, lambda text: _written(text, plan))
    added = len(plan.more_feeds) + sum(len(each["feeds"]) for each in plan.outlets)
    lines = [f"Added to study.toml: outlets {len(plan.outlets)}, feeds {added}"]
    if plan.known:
        lines.append(f"Feeds that study.toml lists already, and lists once: {plan.known}")
    return [*lines, *plan.said]


def _begin(outlets: Sequence[Outlet], *, said: Sequence[str]) -> _Plan:
    same: dict[str, list[int]] = {}
    for at, outlet in enumerate(outlets):
        same.setdefault(plain_name(outlet.name), []).append(at)
    return _Plan(feeds=known_feeds(outlets), same=same, names=set(same), said=list(said))


def _told(outlet: OpmlOutlet, *, scope: Scope | None, panel: bool | None) -> dict[str, Any]:
    told: dict[str, Any] = {"scope": scope or outlet.more.get("scope", "")}
    if not told["scope"]:
        raise DataError(
            f"it does not say whether {outlet.name!r} is local or national (add --scope local or "
            "--scope national)"
        )
    chosen = outlet.more.get("panel") if panel is None else panel
    return told | ({} if chosen is None else {"panel": chosen})


def _plan(
    study: Study, outlet: OpmlOutlet, plan: _Plan, *, told: Mapping[str, Any], today: date
) -> None:
    """Plan what is to be written of one outlet of the list."""
    fresh, known = new_feeds(plan.feeds, [feed.url for feed in outlet.feeds])
    plan.known += len(known)
    since = None if "scope" in outlet.more else today  # a list of our own says it where known
    feeds = [_feed_values(feed, since=since) for feed in outlet.feeds if feed.url in set(fresh)]
    if not feeds:
        return
    at = _same_outlet(study.settings.outlets, outlet, plan=plan)
    if at is not None:
        name = study.settings.outlets[at].name
        plan.more_feeds += [(at, feed) for feed in _checked(name, feeds)]
    else:
        more = {k: v for k, v in outlet.more.items() if k in Outlet.model_fields and k not in _OWN}
        if more.get("place") and more["place"] not in study.place_codes():
            plan.said.append(
                f"{outlet.name}: the place {more.pop('place')!r} is none of this study"
            )
        name = _own_name(outlet, plan.names)
        values = {"name": name, "site": outlet.site, **told, **more, "feeds": feeds}
        plan.outlets.append(checked_values(values))
        plan.names.add(plain_name(name))
        if name != outlet.name:
            plan.said.append(
                f"{outlet.name!r} is the name of another outlet: it was added as {name!r}"
            )
        elif len(feeds) > 1 and "scope" not in outlet.more:
            plan.said.append(f"{len(feeds)} feeds of one site were joined to the outlet {name!r}")
    plan.said += [f"{url} {note}" for url in fresh if (note := caution(url))]


def _written(text: str, plan: _Plan) -> str:
    for at, feed in plan.more_feeds:
        text = with_feed(text, at, feed)
    return with_outlets(text, plan.outlets) if plan.outlets else text


def _feed_values(feed: OpmlFeed, *, since: date | None) -> dict[str, Any]:
    told = {name: value for name, value in feed.more.items() if name in Feed.model_fields}
    told.pop("robots", None)  # a decision of this study, never of a list
    return {"url": feed.url} | ({"first": since} if since else {}) | told


def _checked(name: str, feeds: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = checked_values(
        {"name": name, "scope": "local", "feeds": [*feeds]}
    )["feeds"]
    return found


def _same_outlet(outlets: Sequence[Outlet], listed: OpmlOutlet, *, plan: _Plan) -> int | None:
    """Find the outlet of the study that is meant: of the same name, and not of another site."""
    hosts = {site_of(listed.site), *(site_of(feed.url) for feed in listed.feeds)} - {""}
    for at in plan.same.get(plain_name(listed.name), ()):
        outlet = outlets[at]
        ours = {site_of(outlet.site), *(site_of(feed.url) for feed in outlet.feeds)} - {""}
        if not ours or ours & hosts:
            return at
    return None


def _own_name(outlet: OpmlOutlet, names: set[str]) -> str:
    """Name an outlet so that no other one is called the same."""
    host = site_of(outlet.site) or site_of(outlet.feeds[0].url)
    key = feed_key(outlet.feeds[0].url)
    for name in (outlet.name, f"{outlet.name} ({host})", f"{outlet.name} ({key})"):
        if plain_name(name) not in names:
            return name
    raise DataError(f"two outlets are called {outlet.name!r}")
