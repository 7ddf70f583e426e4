"""A round through many feeds at once, in which no host is asked twice at a time or too soon."""

import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from outcomes.media.politeness import HostTurns, host_of

Job = TypeVar("Job", bound=Hashable)
Result = TypeVar("Result")

AT_ONCE = (
    32  # fetches; waiting for a slow server costs a thread, but hardly any time of the machine
)
_SOONEST, _LATEST = 0.01, 1.0  # seconds until the turns are looked at again


def in_turns(
    jobs: Sequence[Job],
    work: Callable[[Job], Result],
    *,
    address: Callable[[Job], str],
    turns: HostTurns,
    at_once: int = AT_ONCE,
    delay: Callable[[Result], float] = lambda result: 0.0,
) -> Generator[tuple[Job, Result]]:
    """Do work on many addresses at once, each when the turn of its host has come.

    Args:
        jobs: What is to be done.
        work: Does one job, in a thread of its own; what it raises is raised here.
        address: The web address of a job.
        turns: Whose turn it is; kept by the caller, so that two rounds keep their distance.
        at_once: How many jobs at most run at a time.
        delay: Seconds that the host wishes until it is asked again (such as its robots.txt says),
            taken from a result.

    Yields:
        Each job with its result, in the order in which they are done.
    """
    waiting: dict[str, deque[Job]] = {}
    for job in jobs:
        waiting.setdefault(host_of(address(job)), deque()).append(job)
    running: dict[Future[Result], tuple[str, Job]] = {}
    with ThreadPoolExecutor(at_once, thread_name_prefix="feed") as threads:
        try:
            while waiting or running:
                for host in _free(waiting, turns=turns, most=at_once - len(running)):
                    job = _next(waiting, host)
                    running[threads.submit(work, job)] = (host, job)
                pause = _pause(waiting, turns)
                if not running:
                    time.sleep(pause or _LATEST)
                done, _ = wait(running, timeout=pause, return_when=FIRST_COMPLETED)
                for future in done:
                    host, job = running.pop(future)
                    yield job, _ended(future, host, turns=turns, delay=delay)
        finally:
            for future, (host, _job) in running.items():
                future.cancel()
                turns.give_back(host)


def _ended(
    future: Future[Result], host: str, *, turns: HostTurns, delay: Callable[[Result], float]
) -> Result:
    """The result of a job that is done; the turn of its host is given back, also if it failed."""
    wish = 0.0
    try:
        result = future.result()
        wish = delay(result)
        return result
    finally:
        turns.give_back(host, delay=wish)


def _free(waiting: dict[str, "deque[Job]"], *, turns: HostTurns, most: int) -> list[str]:
    """The hosts whose turns could be taken now; the turns are taken."""
    free: list[str] = []
    for host in waiting:
        if len(free) >= most:
            break
        if turns.take(host):
            free.append(host)
    return free


def _next(waiting: dict[str, "deque[Job]"], host: str) -> Job:
    job = waiting[host].popleft()
    if not waiting[host]:
        del waiting[host]
    return job


def _pause(waiting: dict[str, "deque[Job]"], turns: HostTurns) -> float | None:
    """Seconds until the next turn may come; None where only running work can bring one."""
    waits = [seconds for host in waiting if (seconds := turns.wait(host)) is not None]
    return min(max(min(waits), _SOONEST), _LATEST) if waits else None
