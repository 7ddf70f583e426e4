"""Coverage: how much of what an outlet published in a month can have been collected (B14).

Coverage is the share of a month's days that count as collected. A day of an outlet counts

- as 1 where each of its feeds in service was read at least once that day (where some of several
  were: as their share). Once a day is enough, for a feed is asked at least daily and holds more
  than a day; a stricter rule would punish outlets for hours in which nothing appeared;
- less by the part of the day that is proven lost: the time between two readings of a feed that
  have no entry in common;
- as 0 where no feed was in service, unless articles of that time came from an archive. An archive
  has no polls: its days count, until its silence speaks against it;
- as 0 inside a silence too long to be chance, by the outlet's own rhythm: a feed that answers for
  three weeks with an old page is read, and still collects nothing.

Where a month then still holds far fewer articles than is usual for the outlet (p below 0.001), its
coverage is lowered to the share of the usual number. No number of polls is taken on trust, and
nothing that could be chance is held against an outlet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outcomes.media.feed_readings import FeedDays, FeedLog, feed_days
from outcomes.media.study_days import StudyDays
from outcomes.stats.long_silence import long_silences
from outcomes.stats.unusually_few import unusually_few

NOT_COLLECTED, FEW, THIN = "not collected", "unusually few", "thin"
RUNNING, CHANGED, ARCHIVE = "in progress", "feed changed", "archive only"
MARKS = (NOT_COLLECTED, FEW, THIN, RUNNING, CHANGED, ARCHIVE)  # the first that is true is said
COLUMNS = (
    "outlet", "panel", "month", "days", "days_due", "days_read", "days_lost", "days_silent",
    "polls_planned", "polls_made", "polls_failed", "longest_silence_hours", "rolled_over",
    "entries", "stored", "undated", "feed_changes", "articles", "from_archive", "pages_not_read",
    "usual_articles", "p_so_few", "coverage", "mark",
)  # fmt: skip
_SURE = 0.001  # below this chance a low count or a silence speaks against the collection
_ENOUGH_DAYS = 7  # of a month, to set its number of articles against others


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletRecord:
    """What is known of one outlet: the log of its feeds, and its articles, shape (articles,)."""

    name: str
    panel: bool
    feeds: tuple[FeedLog, ...]
    day: np.ndarray  # place of the day of publication in the study's days; -1 where in none
    archived: np.ndarray  # whether the article came from an archive or another file
    not_read: np.ndarray  # whether its page was found to be no article, such as a pay wall


def outlet_coverage(outlet: OutletRecord, days: StudyDays, *, smallest: float) -> pd.DataFrame:
    """Say month by month how much of an outlet was collected.

    Args:
        outlet: Its polls and articles.
        days: Of the study, by the outlet's clock.
        smallest: Coverage below which a month is called thin.

    Returns:
        A row a month with the columns ``COLUMNS``. ``days`` are those of the month that are over;
        days due, read, lost and silent are shares of days summed up. ``coverage`` lies between 0
        and 1, as this module defines it; ``p_so_few`` is empty where fewer than four months can be
        set against each other. ``longest_silence_hours`` is between two readings of a feed, or,
        where there is none, between two articles.
    """
    feeds = [feed_days(log, days) for log in outlet.feeds]
    feeds = [feed for feed in feeds if feed.due.any() or feed.made.any()]
    due, read, lost = _feed_days(feeds, days)
    archive = _archive_days(outlet, days, due=due)
    silent = _silent_days(outlet, days, due=due, archive=archive)
    collected = np.maximum(read - lost, archive) * ~silent
    lasting = days.sums(np.ones(days.count))
    dated = outlet.day[outlet.day >= 0]
    articles = _articles_by_month(days, dated)
    exposure = days.sums(collected)
    chance, usual = unusually_few(articles, np.where(exposure >= _ENOUGH_DAYS, exposure, 0))
    few = np.nan_to_num(chance, nan=1.0) < _SURE
    share = np.where(few, articles / np.where(usual > 0, usual, 1.0), 1.0)
    coverage = exposure / lasting * share
    table = pd.DataFrame(
        {
            "outlet": outlet.name,
            "panel": int(outlet.panel),
            "month": days.months,
            "days": lasting.astype(int),
            "days_due": days.sums(due).astype(int),
            "days_read": days.sums(read).round(2),
            "days_lost": days.sums(lost).round(2),
            "days_silent": days.sums(silent).astype(int),
            **_feed_months(feeds, size=len(days.months)),
            "articles": articles,
            "from_archive": _articles_by_month(days, dated, outlet.archived[outlet.day >= 0]),
            "pages_not_read": _articles_by_month(days, dated, outlet.not_read[outlet.day >= 0]),
            "usual_articles": usual.round(1),
            "p_so_few": chance.round(6),
            "coverage": coverage.round(4),
        }
    )
    if not feeds:
        table["longest_silence_hours"] = _gaps_between_articles(days, dated)
    marks = _marks(table, few=few, whole=days.whole, smallest=smallest)
    return table.assign(mark=marks)[list(COLUMNS)]


def _feed_days(
    feeds: Sequence[FeedDays], days: StudyDays
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Say of each day whether a feed was in service, and which share of them was read and lost."""
    if not feeds:
        return np.zeros(days.count, bool), np.zeros(days.count), np.zeros(days.count)
    due = np.array([feed.due for feed in feeds])
    serving = np.maximum(due.sum(axis=0), 1)
    read = np.sum([feed.read & feed.due for feed in feeds], axis=0) / serving
    lost = np.sum([feed.lost * (feed.read & feed.due) for feed in feeds], axis=0) / serving
    return np.asarray(due.any(axis=0)), read, lost


def _archive_days(outlet: OutletRecord, days: StudyDays, *, due: np.ndarray) -> np.ndarray:
    """Say which days an archive may answer for.

    Without feeds: all, once there is one article; with feeds of which no day is over yet, once
    there is one from an archive. Beside feeds: the months without a feed in which an article came
    from an archive, and elsewhere the days from the first such article of the month to the last,
    as when an archive fills a gap.
    """
    found = np.zeros(days.count, dtype=bool)
    if not due.any():
        sent = outlet.archived if outlet.feeds else np.ones(len(outlet.day), dtype=bool)
        found[:] = bool((sent & (outlet.day >= 0)).any())
        return found
    from_archive = np.unique(outlet.day[outlet.archived & (outlet.day >= 0)])
    for month in np.unique(days.month[from_archive]):
        inside = days.month == month
        if not due[inside].any():
            found |= inside
        else:
            there = from_archive[days.month[from_archive] == month]
            found[there[0] : there[-1] + 1] = True
    return found


def _silent_days(
    outlet: OutletRecord, days: StudyDays, *, due: np.ndarray, archive: np.ndarray
) -> np.ndarray:
    """Say which days lie in a silence too long to be chance."""
    watched = np.flatnonzero(due | archive)  # the outlet's own days, one after the other
    spoke = np.flatnonzero(np.isin(watched, outlet.day))
    silent = np.zeros(days.count, dtype=bool)
    if len(watched):
        for first, last in long_silences(spoke, last=len(watched) - 1, level=_SURE):
            silent[watched[first : last + 1]] = True
    return silent


def _articles_by_month(
    days: StudyDays, dated: np.ndarray, which: np.ndarray | None = None
) -> np.ndarray:
    chosen = dated if which is None else dated[which]
    return np.bincount(days.month[chosen], minlength=len(days.months))


def _feed_months(feeds: Sequence[FeedDays], *, size: int) -> dict[str, np.ndarray]:
    none = np.zeros(size, dtype=int)
    longest = np.max([feed.silence for feed in feeds], axis=0) if feeds else np.full(size, np.nan)
    return {
        "polls_planned": sum((feed.planned for feed in feeds), start=none),
        "polls_made": sum((feed.made for feed in feeds), start=none),
        "polls_failed": sum((feed.failed for feed in feeds), start=none),
        "longest_silence_hours": np.round(longest, 1),
        "rolled_over": sum((feed.rolled for feed in feeds), start=none),
        "entries": sum((feed.entries for feed in feeds), start=none),
        "stored": sum((feed.stored for feed in feeds), start=none),
        "undated": sum((feed.undated for feed in feeds), start=none),
        "feed_changes": sum((feed.changes for feed in feeds), start=none),
    }


def _gaps_between_articles(days: StudyDays, dated: np.ndarray) -> np.ndarray:
    """Hours of the longest stretch of each month without an article, in whole days."""
    quiet = ~np.isin(np.arange(days.count), dated)
    found = np.zeros(len(days.months))
    for month in range(len(days.months)):
        inside = quiet[days.month == month]
        runs = np.diff(np.flatnonzero(np.concatenate(([True], ~inside, [True])))) - 1
        found[month] = 24.0 * runs.max()
    return found


def _marks(
    table: pd.DataFrame, *, few: np.ndarray, whole: np.ndarray, smallest: float
) -> list[str]:
    """Say of each month the first mark that is true."""
    in_service = table["days_due"] > 0
    joining = in_service & ~in_service.shift(fill_value=False)
    true = {
        NOT_COLLECTED: table["coverage"] == 0,
        FEW: few,
        THIN: table["coverage"] < smallest,
        RUNNING: ~whole,
        CHANGED: (table["feed_changes"] > 0) & ~joining,
        ARCHIVE: ~in_service,
    }
    cells = zip(*(np.asarray(true[mark], dtype=bool) for mark in MARKS), strict=True)
    return [next((m for m, t in zip(MARKS, row, strict=True) if t), "") for row in cells]
