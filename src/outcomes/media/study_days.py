"""The days of a study's months as the clock of an outlet's place cuts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDays:
    """The days that are over, in order; a day of a clock change has 23 or 25 hours."""

    time_zone: str
    months: tuple[str, ...]  # of which at least one day is over, such as 2026-03
    first: date
    edges: np.ndarray  # seconds since 1970 at which days begin, and the last one ends, (days + 1,)
    month: np.ndarray  # place of each day's month in ``months``, shape (days,)
    whole: np.ndarray  # whether each month is over, shape (months,)

    @property
    def count(self) -> int:
        """How many days there are."""
        return len(self.month)

    def sums(self, by_day: np.ndarray) -> np.ndarray:
        """Add up a number of each day by month, shape (months,)."""
        found: np.ndarray = np.bincount(self.month, weights=by_day, minlength=len(self.months))
        return found

    def count_by_day(self, moments: np.ndarray) -> np.ndarray:
        """Count moments (seconds since 1970) by day, shape (days,); others are left out."""
        found: np.ndarray = np.bincount(self._days_of(moments)[1], minlength=self.count)
        return found

    def count_by_month(self, moments: np.ndarray, numbers: np.ndarray | None = None) -> np.ndarray:
        """Count moments, or add up their numbers, by month, shape (months,)."""
        inside, day = self._days_of(moments)
        weights = None if numbers is None else numbers[inside]
        found = np.bincount(self.month[day], weights=weights, minlength=len(self.months))
        whole: np.ndarray = found.astype(np.int64)
        return whole

    def _days_of(self, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        inside = (moments >= self.edges[0]) & (moments < self.edges[-1])
        return inside, np.searchsorted(self.edges, moments[inside], side="right") - 1

    def month_edges(self) -> np.ndarray:
        """Seconds since 1970 at which months begin, and the last one ends, (months + 1,)."""
        firsts = np.searchsorted(self.month, np.arange(len(self.months)))
        return np.append(self.edges[firsts], self.edges[-1])

    def seconds(self, day: date) -> float:
        """Say when a day begins, in seconds since 1970."""
        return _midnight(day, ZoneInfo(self.time_zone))

    def day_of(self, published: str) -> int:
        """Say in which of these days an article was published; -1 where in none, or unknown.

        Args:
            published: ISO date or moment; a moment without offset is local time.
        """
        if not published:
            return -1
        if "T" in published:
            moment = datetime.fromisoformat(published)
            if moment.tzinfo is not None:
                moment = moment.astimezone(ZoneInfo(self.time_zone))
            day = moment.date()
        else:
            day = date.fromisoformat(published)
        place = (day - self.first).days
        return place if 0 <= place < self.count else -1


def study_days(months: Sequence[str], *, time_zone: str, now: datetime) -> StudyDays:
    """Cut the months of a study into days.

    Args:
        months: Such as ``2026-03``, in order, without a gap.
        time_zone: Of the outlet, such as ``America/Chicago``.
        now: With an offset. The day that it lies in is not over, and left out.
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    first = date.fromisoformat(f"{months[0]}-01") if months else today
    days: list[date] = []
    day = first
    while day < today and f"{day:%Y-%m}" <= (months[-1] if months else ""):
        days.append(day)
        day += timedelta(days=1)
    known = tuple(dict.fromkeys(f"{each:%Y-%m}" for each in days))
    return StudyDays(
        time_zone=time_zone,
        months=known,
        first=first,
        edges=np.array([_midnight(each, zone) for each in (*days, day)], dtype=float),
        month=np.array([known.index(f"{each:%Y-%m}") for each in days], dtype=np.int64),
        whole=np.array([f"{day:%Y-%m}" > each for each in known], dtype=bool),
    )


def _midnight(day: date, zone: ZoneInfo) -> float:
    return datetime.combine(day, time(), tzinfo=zone).timestamp()
