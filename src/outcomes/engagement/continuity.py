"""Where did broad-based engagement stop for weeks: action, assessment, messages, relationships?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from outcomes.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of days without a record."""

    first: date
    last: date
    open: bool  # whether it goes on to the day of the question

    @property
    def weeks(self) -> int:
        """How many whole weeks it lasts."""
        return ((self.last - self.first).days + 1) // 7

    def words(self) -> str:
        """Say it: from when to when, and for how long."""
        end = "and it goes on" if self.open else f"to {self.last}"
        return f"{self.weeks} weeks from {self.first} {end}"


def gaps(days: Iterable[date], *, first: date, last: date, weeks: int) -> list[Gap]:
    """Find every stretch of at least so many weeks without a record (A12).

    Args:
        days: On which something was recorded; those outside first to last only end a stretch.
        first: First day that is looked at.
        last: Last day that is looked at.
        weeks: How long a stretch must be.

    Returns:
        Oldest first. Where nothing is recorded at all, the whole stretch is one gap.

    Raises:
        DataError: The last day lies before the first, or fewer than one week is asked for.
    """
    if last < first or weeks < 1:
        raise DataError(f"gaps of at least 1 week from {first} to {last} cannot be looked for")
    one = timedelta(days=1)
    ends = [day for day in sorted({*days}) if first <= day <= last]
    found, start = [], first
    for day in [*ends, last + one]:
        if (day - start).days >= 7 * weeks:
            found.append(Gap(first=start, last=day - one, open=day > last))
        start = day + one
    return found
