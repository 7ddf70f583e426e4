"""Feeds are asked neither too often nor never again, and hosts one question at a time."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.media.politeness import (
    LONGEST_BACKOFF,
    HostTurns,
    Standing,
    after_failure,
    after_success,
    host_of,
    is_due,
    is_soft,
    retry_after,
)
from outcomes.media.rounds import in_turns

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


def test_a_feed_is_asked_again_after_half_an_hour_and_a_little_chance():
    waits = [after_success(now=NOW, chance=chance).due - NOW for chance in (0.0, 0.5, 1.0)]
    assert waits == [HALF_HOUR, timedelta(minutes=31.5), timedelta(minutes=33)]
    later = after_success(now=NOW, every=timedelta(hours=6), chance=0).due
    assert later - NOW == timedelta(hours=6)


def failures(count: int, *, soft: bool, every: timedelta = HALF_HOUR) -> Standing:
    standing = Standing(due=NOW)
    for _ in range(count):
        standing = after_failure(standing, now=standing.due, every=every, soft=soft, chance=0)
    return standing


def test_waits_double_after_hard_failures_up_to_thirty_days_and_never_end():
    hours = []
    for count in (1, 2, 3, 12, 500):
        before = failures(count - 1, soft=False)
        after = failures(count, soft=False)
        hours.append((after.due - before.due) / timedelta(hours=1))
    assert hours == [1, 2, 4, 720, 720]


def test_a_feed_is_read_soon_after_an_outage():
    end = NOW + timedelta(days=10)
    standing = Standing(due=NOW)
    while standing.due < end:
        standing = after_failure(standing, now=standing.due, soft=True, chance=0)
    assert standing.due - end < timedelta(days=5)


@given(
    setbacks=st.floats(0, 1e6),
    minutes=st.floats(0.1, 1e6),
    soft=st.booleans(),
    wait=st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
    chance=st.floats(0, 1),
)
def test_the_next_poll_is_always_within_thirty_days_or_the_feeds_own_rhythm(
    setbacks: float, minutes: float, soft: bool, wait: timedelta | None, chance: float
):
    every = timedelta(minutes=minutes)
    before = Standing(due=NOW, setbacks=setbacks)
    due = after_failure(before, now=NOW, every=every, soft=soft, wait=wait, chance=chance).due
    assert every * 0.89 <= due - NOW <= max(LONGEST_BACKOFF, every)


def test_what_a_server_asks_for_is_waited_for_a_day_at_most():
    def wait(asked: timedelta) -> timedelta:
        before = Standing(due=NOW)
        return after_failure(before, now=NOW, soft=True, wait=asked, chance=0).due - NOW

    assert wait(timedelta(hours=5)) == timedelta(hours=5)
    assert wait(timedelta(days=9)) == timedelta(hours=24)
    assert wait(timedelta(seconds=1)) > HALF_HOUR


def test_success_forgets_the_failures():
    assert failures(3, soft=True).setbacks == 1.5
    assert after_success(now=NOW, chance=0).setbacks == 0


@pytest.mark.parametrize(
    ("standing", "now", "due"),
    [
        (Standing(due=NOW), NOW, True),
        (Standing(due=NOW), NOW - timedelta(seconds=1), False),
        (Standing(due=NOW + HALF_HOUR, polled=NOW), NOW + HALF_HOUR, True),
        (Standing(due=NOW + HALF_HOUR, polled=NOW), NOW + HALF_HOUR / 2, False),
        (Standing(due=NOW + HALF_HOUR, polled=NOW), NOW - timedelta(days=3650), True),
    ],
)
def test_a_feed_is_due_at_its_time_and_when_the_clock_was_set_back(
    standing: Standing, now: datetime, due: bool
):
    assert is_due(standing, now=now) is due


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999999999999", 86400),
        ("Wed, 01 Apr 2026 13:00:00 GMT", 3600),
        ("Wed, 01 Apr 2026 13:00:00", 3600),
        ("Tue, 31 Mar 2026 13:00:00 GMT", 0),
        ("Fri, 01 May 2026 13:00:00 GMT", 86400),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Wed, 99 Apr 2026 13:00:00 GMT", None),
        ("\u0661\u0662", None),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(value: str, seconds: float | None):
    found = retry_after(value, now=NOW)
    assert (None if found is None else found.total_seconds()) == seconds


def test_failures_that_pass_are_told_from_those_that_stay():
    soft = [(0, "deadline"), (0, "no-name"), (200, "short"), (503, ""), (429, ""), (408, "")]
    hard = [(404, ""), (410, ""), (403, ""), (0, "private"), (302, "redirects"), (200, "")]
    assert all(is_soft(status=status, reason=reason) for status, reason in soft)
    assert not any(is_soft(status=status, reason=reason) for status, reason in hard)


@pytest.mark.parametrize("every", [timedelta(0), timedelta(minutes=-1)])
def test_a_rhythm_of_nothing_is_refused(every: timedelta):
    with pytest.raises(DataError, match="every 0 minutes"):
        after_success(now=NOW, every=every, chance=0)
    with pytest.raises(DataError, match="every 0 minutes"):
        after_failure(Standing(due=NOW), now=NOW, every=every, soft=True, chance=0)


def test_a_host_is_asked_one_question_at_a_time_and_seconds_apart():
    clock = [100.0]
    turns = HostTurns(clock=lambda: clock[0])
    assert turns.take("a.example")
    assert not turns.take("a.example")
    assert turns.wait("a.example") is None
    assert turns.take("b.example")
    turns.give_back("a.example")
    turns.give_back("b.example", delay=20)
    assert (turns.wait("a.example"), turns.wait("b.example")) == (5, 20)
    clock[0] = 105
    assert turns.take("a.example")
    assert not turns.take("b.example")
    turns.give_back("a.example", delay=1e9)
    assert turns.wait("a.example") == 60


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.x.example/feed", "x.example"),
        ("http://X.example:8080/", "x.example"),
        ("http://[bad", ""),
    ],
)
def test_the_host_of_an_address_is_one_with_and_without_www(url: str, host: str):
    assert host_of(url) == host


def test_a_round_keeps_to_the_turns_and_lets_nobody_wait_for_a_slow_host():
    gap, slow = 0.1, 0.5
    jobs = [f"http://{host}.example/{n}" for n in range(3) for host in ("slow", "b", "c")]
    asked: dict[str, list[tuple[float, float]]] = {}

    def work(url: str) -> str:
        start = time.monotonic()
        time.sleep(slow if url == "http://slow.example/0" else 0.01)
        asked.setdefault(host_of(url), []).append((start, time.monotonic()))
        return url.upper()

    turns = HostTurns(gap=gap)
    done = list(in_turns(jobs, work, address=str, turns=turns, at_once=4))
    assert sorted(done) == sorted((url, url.upper()) for url in jobs)
    for spans in asked.values():
        ends = [end for _, end in spans[:-1]]
        assert all(start - end >= gap for end, (start, _) in zip(ends, spans[1:], strict=True))
    assert max(asked["b.example"])[1] < max(asked["slow.example"])[1]
    assert turns.take("other.example")


def test_what_a_job_raises_reaches_the_caller_and_gives_the_turns_back():
    turns = HostTurns(gap=0)

    def work(url: str) -> str:
        raise DataError(url)

    with pytest.raises(DataError, match=r"a\.example"):
        list(in_turns(["http://a.example/"], work, address=str, turns=turns))
    assert turns.take("a.example")
    assert threading.active_count() < 40
