"""Whether this computer's clock can be believed, told by the clocks of the servers it asks."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median

WORTH_TELLING = 600.0  # seconds; by less than that clocks differ every day
WRONG = 86_400.0  # seconds; a date of publication is refused where it lies this far ahead


def clock_off(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Say by how much our clock differs from the server's.

    Args:
        headers: Of its answer, their names in small letters. An answer out of a cache tells its
            age, which is counted.
        now: When the answer came, by our clock.

    Returns:
        Seconds, ours minus the server's: positive where ours is ahead. None where the server does
        not tell the time.

    Source:
        RFC 9110, section 6.6.1 (Date); RFC 9111, section 5.1 (Age).
    """
    try:
        said = parsedate_to_datetime(headers.get("date", ""))
        said = said if said.tzinfo else said.replace(tzinfo=UTC)
        age = headers.get("age", "").strip()
        waited = int(age[:9]) if age.isascii() and age.isdigit() else 0
        return round((now - said).total_seconds() - waited, 1)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


class Clocks:
    """What the clocks of the hosts say about ours; may be used from several threads at once.

    One server with a wrong clock must not move the dates of its articles, and a wrong clock of
    ours must not move those of all: so the greater number of hosts decides.
    """

    def __init__(self, known: Mapping[str, float] | None = None) -> None:
        self._off = dict(known or {})  # host -> seconds; what it says now replaces what it said
        self._lock = threading.Lock()

    def note(self, host: str, off: float | None) -> None:
        """Note what the answer of a host told; nothing where it did not tell the time."""
        if off is not None:
            with self._lock:
                self._off[host] = off

    def ours_off(self) -> float:
        """Say by how many seconds our clock is ahead (or, if negative, behind).

        Returns:
            0 unless more than half of the hosts say that it is off by more than a day, and agree
            within a day.
        """
        with self._lock:
            said = list(self._off.values())
        if not said:
            return 0.0
        middle = median(said)
        agreed = [off for off in said if abs(off - middle) <= WRONG]
        return median(agreed) if abs(middle) > WRONG and 2 * len(agreed) > len(said) else 0.0

    def seen(self, now: datetime) -> datetime:
        """Say what time it is, by our clock unless the hosts agree that it is wrong."""
        try:
            return now - timedelta(seconds=self.ours_off())
        except OverflowError:
            return now


def is_wrong(off: float | None) -> bool:
    """Say whether one of the two clocks is too far off for dates to be judged by it."""
    return off is not None and abs(off) > WRONG


def difference(off: float | None) -> str:
    """Say in words that two clocks differ; empty where they agree well enough."""
    if off is None or abs(off) <= WORTH_TELLING:
        return ""
    minutes = abs(off) / 60
    amount = (
        f"{minutes:,.0f} minutes" if minutes < 120
        else f"{minutes / 60:,.0f} hours" if minutes < 48 * 60
        else f"{minutes / 1440:,.0f} days"
    )  # fmt: skip
    return f"this computer's clock is {amount} {'ahead of' if off > 0 else 'behind'} the server's"
