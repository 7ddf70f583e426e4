"""Limits on guessing: how often one name, or one computer, may try; kept in memory only."""

import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starlette.requests import HTTPConnection

from outcomes.errors import OutcomesError

Kind = Literal["sign-in name", "sign-in address", "set-up", "code", "withdrawal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many tries fit into how many seconds."""

    tries: int
    seconds: float


LIMITS: dict[Kind, Limit] = {
    "sign-in name": Limit(tries=10, seconds=900),
    "sign-in address": Limit(tries=40, seconds=900),
    "set-up": Limit(tries=10, seconds=900),
    "code": Limit(tries=30, seconds=600),  # a class in one room shares one address
    "withdrawal": Limit(tries=20, seconds=900),
}
MOST_KEPT = 20_000  # different names and addresses; the oldest are forgotten first


class TooManyTries(OutcomesError):  # noqa: N818 (reads as what happened)
    """One try more than is allowed."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, math.ceil(wait))
        minutes = max(1, math.ceil(wait / 60))
        unit = "minute" if minutes == 1 else "minutes"
        super().__init__(
            f"There were too many tries that did not work. Please wait {minutes} {unit}, "
            "then try again"
        )


class RateLimits:
    """The tries of the last minutes, by a hash that nobody can turn back after a restart."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._tries: dict[bytes, list[float]] = {}

    def spend(self, kind: Kind, who: str) -> None:
        """Count one try, before it is known whether it works: many at once all count.

        Args:
            kind: What is tried.
            who: A name or an address; only a keyed hash of it is kept, in memory.

        Raises:
            TooManyTries: There were too many already; says how long to wait.
        """
        limit, now, key = LIMITS[kind], self._clock(), self._hash(kind, who)
        recent = [at for at in self._tries.pop(key, []) if at > now - limit.seconds]
        self._tries[key] = recent  # last in the order: the most recent
        if len(recent) >= limit.tries:
            raise TooManyTries(recent[0] + limit.seconds - now)
        recent.append(now)
        while len(self._tries) > MOST_KEPT:
            del self._tries[next(iter(self._tries))]

    def give_back(self, kind: Kind, who: str) -> None:
        """Take the last try out of the count, because it worked."""
        tries = self._tries.get(self._hash(kind, who))
        if tries:
            tries.pop()

    def _hash(self, kind: Kind, who: str) -> bytes:
        return hmac.digest(self._key, f"{kind}/{who}".encode(), hashlib.sha256)


def address_of(connection: HTTPConnection) -> str:
    """Name the computer that a request comes from, for a limit; never store or log it.

    An IPv6 computer may change the last half of its address at will, so only the first counts.
    """
    host = connection.client.host if connection.client else ""
    return ":".join(host.split(":")[:4]) if ":" in host else host
