"""The robots.txt of every site that a round of polls meets, each read once a day."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime

from outcomes.media.fetch import Fetched
from outcomes.media.politeness import host_of
from outcomes.media.robots import (
    Decision,
    Override,
    Robots,
    decide,
    is_robots_due,
    read_robots,
    robots_address,
)


class RobotsBook:
    """What each site allows; it is asked only where that is not known or a day old.

    It may be used from several threads at once.
    """

    def __init__(
        self,
        known: Mapping[str, Robots],
        *,
        read: Callable[[str], Fetched],
        clock: Callable[[], datetime],
    ) -> None:
        self._known, self._fresh = dict(known), dict[str, Robots]()
        self._read, self._clock = read, clock
        self._door = threading.Lock()
        self._doors: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def decision(self, url: str, *, by: Override | None = None, site: str = "") -> Decision:
        """Decide whether an address may be fetched now, and read its robots.txt if that is due.

        Args:
            url: The address.
            by: A person's decision to fetch what robots.txt forbids.
            site: Of which site that decision speaks, by any address there; empty: of this one.
                A redirect to another site is not meant by it.

        Raises:
            DataError: This is no web address.
        """
        meant = not site or host_of(site) == host_of(url)
        return decide(self._rules(robots_address(url)), url, by=by if meant else None)

    def until(self, url: str) -> datetime:
        """Say when the robots.txt of an address is read again; it was read before."""
        return self._known[robots_address(url)].until

    def fresh(self) -> dict[str, Robots]:
        """Give what was read since the last time, by the address of the robots.txt: to be kept."""
        with self._door:
            fresh, self._fresh = self._fresh, {}
        return fresh

    def _rules(self, address: str) -> Robots:
        with self._door:
            door = self._doors[address]
        with door:  # two feeds of one site wait for one answer
            robots = self._known.get(address)
            if robots is None or is_robots_due(robots, now=self._clock()):
                robots = read_robots(self._read(address), now=self._clock())
                with self._door:
                    self._known[address] = self._fresh[address] = robots
        return robots
