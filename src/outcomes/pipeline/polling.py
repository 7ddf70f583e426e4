"""Poll the feeds of a study: ask those that are due, keep what is new, write every poll down."""

import hashlib
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import protego  # noqa: F401 (like the next one)
import urllib3.connection  # noqa: F401 (before there are threads: two that import it at once fail)
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from outcomes.errors import DataError, OutcomesError
from outcomes.media.addresses import LookUp, system_look_up
from outcomes.media.feed_worker import FeedReaders
from outcomes.media.fetch import Fetched, Limits, fetch
from outcomes.media.politeness import HOST_GAP, HostTurns
from outcomes.media.poll_asking import Answer, Aside, Asker, Desk, FeedTask
from outcomes.media.poll_clock import Clocks
from outcomes.media.poll_robots import RobotsBook
from outcomes.media.robots import ROBOTS_LIMITS
from outcomes.media.rounds import in_turns
from outcomes.pipeline.asking_agent import asking_agent
from outcomes.pipeline.polling_lock import only_poll
from outcomes.pipeline.polling_plan import RoundPlan, plan_round
from outcomes.pipeline.polling_store import PollAccount, keep_answer, keep_robots
from outcomes.pipeline.polling_words import PollRound, line_of
from outcomes.store.group_writer import nothing
from outcomes.study import Study, open_study, write_whole

AT_ONCE = 48  # feeds that are waited for at a time
_ASIDE_BYTES = 20_000_000  # of feeds that wait until the clocks of others are known


def present_moment() -> datetime:
    """Read this computer's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """By what a poll reaches the outside; tests put their own in its place."""

    clock: Callable[[], datetime] = present_moment
    by: LookUp = system_look_up
    gap: float = HOST_GAP  # seconds between two questions to one host
    limits: Limits = field(default_factory=Limits)
    readers: FeedReaders | None = None  # None: started for this poll, and ended with it
    chance: Callable[[], float] = random.random
    at: Callable[[str], None] = nothing  # told the moments at which a test may break something
    at_once: int = AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Poll:
    """What all rounds of one call of the command share."""

    outlet: str
    means: Means
    readers: FeedReaders
    turns: HostTurns
    stop: threading.Event
    say: Callable[[str], None]


def poll(
    study: Study,
    *,
    outlet: str = "",
    every: timedelta | None = None,
    means: Means | None = None,
    stop: threading.Event | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> PollRound:
    """Ask all feeds that are due, and store what is new; what one feed does harms no other.

    Each feed is stored in a transaction of its own, with its row in the log of polls. A poll that
    is killed loses nothing: what was not stored is still due.

    Args:
        study: The study.
        outlet: Only the feeds of this one; empty: of all.
        every: Go on, and look again after so long, until ``stop`` is set; None: once.
        means: By what it reaches the outside.
        stop: Ends it after the transaction under way; feeds that were not stored stay due.
        say: Told one line a feed as soon as it is stored, and the summary of each round.

    Returns:
        The account of the last round.

    Raises:
        OutcomesError: There is nothing to poll or nobody to name as the one who asks, another
            poll is running, or the store or the disk cannot be written.
        DataError: There is no such outlet.

    Source:
        Requirement B14; issue 6, 2.
    """
    means, stop = means or Means(), stop or threading.Event()
    plan_round(study, now=means.clock(), outlet=outlet)  # its refusals come before anything else
    asking_agent(study)
    with (
        only_poll(study, now=means.clock()),
        nullcontext(means.readers) if means.readers else FeedReaders() as readers,
    ):
        shared = _Poll(
            outlet=outlet,
            means=means,
            readers=readers,
            turns=HostTurns(gap=means.gap),
            stop=stop,
            say=say,
        )
        while True:
            done = _round(study, shared)
            for line in done.sentences():
                say(line)
            if every is None or stop.wait(every.total_seconds()):
                return done
            study = _read_again(study, say)


def _read_again(study: Study, say: Callable[[str], None]) -> Study:
    """The study with its settings of now; those of before where study.toml is being edited."""
    try:
        return open_study(study.root)
    except OutcomesError as error:
        say(f"study.toml cannot be read, so what it said before still holds: {error}")
        return study


def _round(study: Study, shared: _Poll) -> PollRound:
    means = shared.means
    try:
        plan = plan_round(study, now=means.clock(), outlet=shared.outlet)
        clocks = Clocks(plan.clocks)
        accounts = []
        with study.store.connect() as connection:
            for account in _accounts(study, plan, clocks=clocks, shared=shared, to=connection):
                shared.say(line_of(account))
                accounts.append(account)
    except OperationalError as error:
        raise OutcomesError(
            f"the store cannot be written ({error.orig}). What was stored before stays; close "
            "other programs that use the study, make room on the disk, and poll again"
        ) from None
    return PollRound(
        accounts=tuple(accounts),
        later=len(plan.later),
        not_asked=len(plan.due) - len(accounts),
        clock_off=clocks.ours_off(),
    )


def _accounts(
    study: Study, plan: RoundPlan, *, clocks: Clocks, shared: _Poll, to: Connection
) -> Iterator[PollAccount]:
    """Ask and store; what the hosts' clocks put in doubt is read after all others."""
    means = shared.means
    desk = _desk(study, plan, clocks=clocks, shared=shared)
    asker = Asker(desk)
    aside: list[Aside] = []
    keep = partial(_keep, to, desk=desk, means=means)
    asked = in_turns(
        plan.due,
        asker.ask,
        address=lambda task: task.url,
        turns=shared.turns,
        at_once=means.at_once,
        delay=lambda answer: answer.delay,
    )
    with closing(asked):
        for _, answer in asked:
            if isinstance(answer, Answer):
                yield keep(answer)
            elif sum(len(each.fetched.body) for each in aside) < _ASIDE_BYTES:
                aside.append(answer)
            else:
                yield keep(asker.read(answer))
            if shared.stop.is_set():
                return
    with ThreadPoolExecutor(8, thread_name_prefix="aside") as threads:
        for answer in threads.map(asker.read, aside):
            yield keep(answer)


def _keep(to: Connection, answer: Answer, *, desk: Desk, means: Means) -> PollAccount:
    """Store one answer; a feed whose articles cannot be stored is written down as a failure."""
    seen, chance = desk.clocks.seen(answer.at), means.chance()

    def stored(one: Answer) -> PollAccount:
        with to.begin():
            keep_robots(to, desk.book.fresh())
            account = keep_answer(to, one, seen=seen, chance=chance, at=means.at)
        means.at("after commit")
        return account

    try:
        return stored(answer)
    except OperationalError:
        raise  # the store as a whole
    except (SQLAlchemyError, DataError, ValueError, TypeError) as error:
        task: FeedTask = answer.task
        return stored(
            replace(
                answer,
                outcome="failed",
                reason="not-stored",
                sentence=f"its articles cannot be stored ({type(error).__name__})",
                kept=task.kept,
            )
        )


def _desk(study: Study, plan: RoundPlan, *, clocks: Clocks, shared: _Poll) -> Desk:
    means = shared.means
    get = partial(
        fetch,
        agent=asking_agent(study),
        allow_private=study.settings.news.allow_private,
        by=means.by,
    )

    def robots(url: str) -> Fetched:
        return get(url, limits=ROBOTS_LIMITS)

    return Desk(
        get=get,
        limits=means.limits,
        readers=shared.readers,
        book=RobotsBook(plan.robots, read=robots, clock=means.clock),
        clocks=clocks,
        clock=means.clock,
        keep_body=partial(_keep_body, study),
    )


def _keep_body(study: Study, url: str, body: bytes) -> None:
    """Keep what came in the place of a feed, the newest of each, so that a person can look."""
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    write_whole(study.raw / "unreadable-feeds" / f"{name}.body", body)


def lines_of_plan(study: Study, *, outlet: str = "", now: datetime) -> Sequence[str]:
    """Say which feeds a poll would ask now, and when the others are due; nothing is asked."""
    plan = plan_round(study, now=now, outlet=outlet)
    due = [f"{task.outlet}, {task.url}: would be asked now." for task in plan.due]
    later = [
        f"{task.outlet}, {task.url}: not due before {task.standing.due:%Y-%m-%d %H:%M} UTC."
        for task in plan.later
    ]
    lines = [*due, *later, f"{len(due)} feeds are due, {len(later)} are not. Nothing was asked."]
    try:
        asking_agent(study)
    except OutcomesError as error:
        lines.append(f"It could not poll yet: {error}.")
    return lines
