"""What the log of a feed's polls says: when it was read, when it was silent, and what was lost."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from outcomes.media.study_days import StudyDays

_HOUR, _MINUTE = 3600, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLog:
    """The polls of one feed, in order; moments in seconds since 1970."""

    at: np.ndarray  # when it was polled, shape (polls,)
    failed_at: np.ndarray  # those of them in which it could not be read
    rolled_at: np.ndarray  # those after which no entry of the last reading was left in it
    found_at: np.ndarray  # those in which entries were seen, shape (found,)
    entries: np.ndarray  # how many, shape (found,)
    stored: np.ndarray  # how many of them were new, shape (found,)
    undated: np.ndarray  # how many of the new ones have no date, shape (found,)
    first: date | None = None  # of its service, as study.toml says; none: from the first poll on
    last: date | None = None
    every: int = 60  # minutes between two polls
    listed: bool = True  # whether study.toml still names it; if not, it ended with its last poll


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDays:
    """A feed's polls by day, shape (days,), and by month, shape (months,)."""

    due: np.ndarray  # by day: whether it was in service
    read: np.ndarray  # by day: whether it was read at least once
    lost: np.ndarray  # by day: the share of a day read that is proven lost
    planned: np.ndarray  # by month, as the rest
    made: np.ndarray
    failed: np.ndarray
    rolled: np.ndarray
    entries: np.ndarray
    stored: np.ndarray
    undated: np.ndarray
    silence: np.ndarray  # longest time in service without a reading, in hours
    changes: np.ndarray  # how often its service began or ended


def feed_days(log: FeedLog, days: StudyDays) -> FeedDays:
    """Sum a feed's polls up by the days and months of a study.

    A reading after which no entry of the one before is left shows that the feed ran through
    between both: whatever came and went there is lost. That time counts as not read.
    """
    begin, end = _service(log, days)
    good = log.at[~np.isin(log.at, log.failed_at)]
    read = days.count_by_day(good) > 0
    served = _overlap(days.edges, begin, end)
    return FeedDays(
        due=served > 0,
        read=read,
        lost=_lost(good, log.rolled_at, days) * read,
        planned=np.ceil(days.sums(served) / (log.every * _MINUTE) - 1e-9).astype(int),
        made=days.count_by_month(log.at),
        failed=days.count_by_month(log.failed_at),
        rolled=days.count_by_month(log.rolled_at),
        entries=days.count_by_month(log.found_at, log.entries),
        stored=days.count_by_month(log.found_at, log.stored),
        undated=days.count_by_month(log.found_at, log.undated),
        silence=_silence(good, days.month_edges(), begin=begin, end=end),
        changes=_changes(days, begin, end),
    )


def _service(log: FeedLog, days: StudyDays) -> tuple[float, float]:
    """Say from when to when a feed was in service; an empty stretch where never."""
    never = float(days.edges[-1])
    begin = float(log.at[0]) if len(log.at) else never
    if log.first is not None:
        begin = days.seconds(log.first)
    end = never
    if not log.listed:
        end = float(log.at[-1]) if len(log.at) else begin
    if log.last is not None:
        end = min(end, days.seconds(date.fromordinal(log.last.toordinal() + 1)))
    return begin, max(begin, end)


def _overlap(edges: np.ndarray, begin: float, end: float) -> np.ndarray:
    """Seconds that each stretch between two edges shares with the service."""
    found: np.ndarray = np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], begin), 0, None)
    return found


def _lost(good: np.ndarray, rolled_at: np.ndarray, days: StudyDays) -> np.ndarray:
    """Share of each day that lies between a reading and one that shows nothing of it any more."""
    ends = np.searchsorted(good, np.unique(rolled_at))
    ends = ends[(ends > 0) & (ends < len(good))]
    if not len(ends):
        return np.zeros(days.count)
    begins, stops = good[ends - 1], good[ends]
    sums = np.cumsum(stops - begins)
    points = np.column_stack([begins, stops]).ravel()
    until = np.column_stack([sums - (stops - begins), sums]).ravel()
    gone: np.ndarray = np.diff(np.interp(days.edges, points, until)) / np.diff(days.edges)
    return gone


def _silence(good: np.ndarray, edges: np.ndarray, *, begin: float, end: float) -> np.ndarray:
    found = np.zeros(len(edges) - 1)
    starts, stops = np.maximum(edges[:-1], begin), np.minimum(edges[1:], end)
    for month, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        if stop > start:
            inside = good[np.searchsorted(good, start) : np.searchsorted(good, stop)]
            found[month] = np.diff(np.concatenate(([start], inside, [stop]))).max() / _HOUR
    return found


def _changes(days: StudyDays, begin: float, end: float) -> np.ndarray:
    edges = days.month_edges()
    moments = np.array([each for each in (begin, end) if edges[0] < each < edges[-1]])
    return np.histogram(moments, bins=edges)[0] if end > begin else np.zeros(len(edges) - 1, int)
