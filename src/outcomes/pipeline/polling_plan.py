"""Which feeds are due, and what earlier polls left: the start of a round."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from outcomes.errors import DataError, OutcomesError, one_of
from outcomes.media.conditional import LastReading, Validators
from outcomes.media.politeness import Standing, host_of, is_due
from outcomes.media.poll_asking import USUAL, FeedTask
from outcomes.media.robots import Override, Robots
from outcomes.settings.news import Feed, Outlet
from outcomes.store.engine import reading
from outcomes.store.news_tables import FEEDS, POLLS, ROBOTS
from outcomes.study import Study

_LATELY = 2000  # polls that tell how large feeds are, and how the clocks of their hosts go


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """What a round starts from."""

    due: tuple[FeedTask, ...]  # those that failed come last, else those that wait longest first
    later: tuple[FeedTask, ...]
    robots: Mapping[str, Robots]  # by the address of the robots.txt
    clocks: Mapping[str, float]  # host -> seconds by which ours was ahead of its clock


def plan_round(study: Study, *, now: datetime, outlet: str = "") -> RoundPlan:
    """Say which feeds are to be asked now.

    Args:
        study: The study.
        now: The present moment, with its offset.
        outlet: Only the feeds of this one; empty: of all.

    Raises:
        OutcomesError: study.toml lists no feeds (of that outlet).
        DataError: There is no such outlet.
    """
    listed = _listed(study, outlet=outlet)
    with reading(study.store) as connection:
        stands = {row["feed"]: dict(row) for row in connection.execute(select(FEEDS)).mappings()}
        clocks, sizes = _lately(connection)
        robots = _robots(connection)
    tasks = [
        _task(study, each, feed, row=stands.get(feed.url), now=now, size=sizes.get(feed.url, 0))
        for each, feed in listed
        if _is_polled(study, each, feed, now=now)
    ]
    tasks.sort(key=lambda task: (task.standing.setbacks, task.standing.due))
    due = [task for task in tasks if is_due(task.standing, now=now)]
    return RoundPlan(
        due=tuple(due),
        later=tuple(task for task in tasks if not is_due(task.standing, now=now)),
        robots=robots,
        clocks=clocks,
    )


def _listed(study: Study, *, outlet: str) -> list[tuple[Outlet, Feed]]:
    outlets = study.settings.outlets
    names = [each.name for each in outlets]
    if outlet and outlet not in names:
        raise DataError(f"{outlet!r} is not an outlet of study.toml. {one_of(outlet, names)}")
    listed = [(each, feed) for each in outlets if outlet in {"", each.name} for feed in each.feeds]
    if not listed:
        whose = f" of {outlet!r}" if outlet else ""
        raise OutcomesError(
            f"study.toml lists no feeds{whose}, so there is nothing to poll. Add one with: "
            "outcomes media sources add NAME --scope local --feed ADDRESS"
        )
    return listed


def _is_polled(study: Study, outlet: Outlet, feed: Feed, *, now: datetime) -> bool:
    """Whether the feed is polled on this day, as study.toml dates it."""
    today = now.astimezone(ZoneInfo(_zone(study, outlet))).date()
    return (feed.first is None or feed.first <= today) and (feed.last is None or today <= feed.last)


def _zone(study: Study, outlet: Outlet) -> str:
    return outlet.time_zone or study.settings.study.time_zone


def _task(
    study: Study,
    outlet: Outlet,
    feed: Feed,
    *,
    row: Mapping[str, Any] | None,
    now: datetime,
    size: int,
) -> FeedTask:
    by = feed.robots
    return FeedTask(
        url=feed.url,
        outlet=outlet.name,
        every=timedelta(minutes=feed.every_minutes or study.settings.news.every_minutes),
        zone=_zone(study, outlet),
        order=outlet.date_order,
        override=Override(who=by.who, day=by.day, why=by.why) if by else None,
        kept=_kept(row) if row and row["read_at"] else None,
        standing=_standing(row) if row else Standing(due=now),
        large=size > USUAL,
    )


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        due=datetime.fromisoformat(row["due"]),
        polled=datetime.fromisoformat(row["polled"]),
        setbacks=row["setbacks"],
    )


def _kept(row: Mapping[str, Any]) -> LastReading:
    return LastReading(
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_hash=row["body_hash"],
        read_at=datetime.fromisoformat(row["read_at"]),
        unchanged=row["unchanged"],
    )


def _lately(connection: Connection) -> tuple[dict[str, float], dict[str, int]]:
    """What the last polls told: of hosts by how much their clocks differ, of feeds their size."""
    columns = (POLLS.c.feed, POLLS.c.clock_off, POLLS.c.bytes)
    clocks: dict[str, float] = {}
    sizes: dict[str, int] = {}
    query = select(*columns).order_by(POLLS.c.id.desc()).limit(_LATELY)
    for feed, off, size in connection.execute(query):
        if off is not None:
            clocks.setdefault(host_of(feed), off)
        if size:
            sizes.setdefault(feed, size)
    return clocks, sizes


def _robots(connection: Connection) -> dict[str, Robots]:
    return {
        row["address"]: Robots(
            answered=row["answered"],
            text=row["text"],
            read_at=datetime.fromisoformat(row["read_at"]),
            until=datetime.fromisoformat(row["until"]),
        )
        for row in connection.execute(select(ROBOTS)).mappings()
    }
