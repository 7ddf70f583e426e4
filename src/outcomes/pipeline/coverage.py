"""Step: say outlet by outlet and month by month how much of the news was collected (B14)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from outcomes.media.coverage import COLUMNS, OutletRecord, outlet_coverage
from outcomes.media.feed_readings import FeedLog
from outcomes.media.fixed_panel import SeriesBase, all_sources, fixed_panel
from outcomes.media.study_days import StudyDays, study_days
from outcomes.pipeline.outlet_zones import zone_of_outlet
from outcomes.settings import Feed, Outlet
from outcomes.store.poll_columns import (
    EVENTS,
    article_days,
    poll_events,
    poll_moments,
    polled_feeds,
)
from outcomes.study import Study

_CLOCK_OFF = timedelta(days=2)  # no article is dated so far ahead unless the clock was set back


def find_coverage(study: Study, *, now: datetime | None = None) -> pd.DataFrame:
    """Say of each outlet and month how much was collected; write results/coverage.csv.

    Args:
        study: The study.
        now: The moment, with an offset, if it is another. Its day is not over and does not count.

    Returns:
        As ``outcomes.media.coverage.outlet_coverage``, outlets in the order of study.toml and
        then those that only articles name.
    """
    table = coverage_table(study, now=now)
    study.write_table("coverage", table)
    return table


def coverage_table(study: Study, *, now: datetime | None = None) -> pd.DataFrame:
    """Say of each outlet and month how much was collected, and write nothing."""
    articles = article_days(study.store)
    moment = _not_before(articles, now or datetime.now(UTC))
    logs = _feed_logs(study, until=moment)
    by_outlet = dict(iter(articles.groupby("outlet", sort=False)))
    listed = {outlet.name: outlet for outlet in study.settings.outlets}
    zone, calendars = zone_of_outlet(study), dict[str, StudyDays]()
    tables = []
    for name in dict.fromkeys([*listed, *by_outlet, *logs]):
        clock = zone(name)
        if clock not in calendars:
            calendars[clock] = study_days(study.months(), time_zone=clock, now=moment)
        days = calendars[clock]
        if not days.count:
            continue
        record = _record(
            name,
            panel=listed[name].panel if name in listed else not listed,
            feeds=tuple(logs.get(name, ())),
            articles=by_outlet.get(name, articles[:0]),
            days=days,
        )
        smallest = study.settings.news.smallest_coverage
        tables.append(outlet_coverage(record, days, smallest=smallest))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def series_bases(study: Study, coverage: pd.DataFrame) -> tuple[SeriesBase, SeriesBase]:
    """Choose what the monthly series rest on: the fixed panel, and all sources."""
    smallest = study.settings.news.smallest_coverage
    return fixed_panel(coverage, smallest=smallest), all_sources(coverage, smallest=smallest)


def coverage_sentences(study: Study, coverage: pd.DataFrame) -> list[str]:
    """Say in words what the table of coverage shows."""
    if coverage.empty:
        return ["Nothing to count yet: no day of the study is over, or it has no outlets."]
    panel, _ = series_bases(study, coverage)
    marks = coverage["mark"].replace("", "nothing to note").value_counts()
    told = ", ".join(f"{count} {mark}" for mark, count in marks.items())
    lines = [
        f"{_counted(coverage['outlet'].nunique(), 'outlet')}, "
        f"{_counted(coverage['month'].nunique(), 'month')}. Of the months of outlets: {told}.",
        f"The fixed panel holds {_counted(len(panel.outlets), 'outlet')} and "
        f"{_counted(len(panel.months), 'month')}.",
    ]
    return lines + [f"{line}." for line in panel.sentences()]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _not_before(articles: pd.DataFrame, now: datetime) -> datetime:
    """A clock that was set back must not hide months that hold articles."""
    latest = max((text[:10] for text in articles["published"]), default="")
    if not latest:
        return now
    after = datetime.fromisoformat(latest).replace(tzinfo=UTC) + timedelta(days=2)
    return after if after - now > _CLOCK_OFF + timedelta(days=2) else now


def _record(
    name: str,
    *,
    panel: bool,
    feeds: tuple[FeedLog, ...],
    articles: pd.DataFrame,
    days: StudyDays,
) -> OutletRecord:
    return OutletRecord(
        name=name,
        panel=panel,
        feeds=feeds,
        day=np.array([days.day_of(each) for each in articles["published"]], dtype=np.int64),
        archived=~articles["text_from"].isin(["feed", "page"]).to_numpy(dtype=bool),
        not_read=(articles["article"] == 0).to_numpy(dtype=bool),
    )


def _feed_logs(study: Study, *, until: datetime) -> dict[str, list[FeedLog]]:
    """Gather the polls of each feed, and the feeds of study.toml that nobody polled."""
    months = study.months()
    if not months:
        return {}
    before = datetime.fromisoformat(f"{months[0]}-01") - timedelta(days=1)
    span = {"begin": before.isoformat(), "end": until.astimezone(UTC).isoformat()}
    polled = polled_feeds(study.store)
    events = poll_events(study.store, **span)
    usual = study.settings.news.every_minutes
    found: dict[str, list[FeedLog]] = defaultdict(list)
    for outlet, feed in _listed_feeds(study.settings.outlets):
        at = poll_moments(study.store, feed.url, **span)
        service = {"first": feed.first, "last": feed.last, "every": feed.every_minutes or usual}
        found[outlet].append(_log(at, events.get(feed.url), **service))
        polled.pop(feed.url, None)
    for url, outlet in polled.items():
        at = poll_moments(study.store, url, **span)
        found[outlet].append(_log(at, events.get(url), listed=False, every=usual))
    return found


def _listed_feeds(outlets: tuple[Outlet, ...]) -> Iterator[tuple[str, Feed]]:
    for outlet in outlets:
        for feed in outlet.feeds:
            yield outlet.name, feed


def _log(at: np.ndarray, events: Mapping[str, np.ndarray] | None, **service: Any) -> FeedLog:
    none = np.zeros(0, dtype=np.int64)
    seen = events or dict.fromkeys(EVENTS, none)
    found = seen["entries"] > 0
    return FeedLog(
        at=at,
        failed_at=seen["at"][seen["failed"] == 1],
        rolled_at=seen["at"][seen["rolled_over"] == 1],
        found_at=seen["at"][found],
        entries=seen["entries"][found],
        stored=seen["stored"][found],
        undated=seen["undated"][found],
        **service,
    )
