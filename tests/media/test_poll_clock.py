"""Whose clock is wrong is decided by the greater number of hosts."""

from datetime import UTC, datetime, timedelta

import pytest

from outcomes.media.poll_clock import Clocks, clock_off, difference, is_wrong

NOW = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("headers", "off"),
    [
        ({"date": "Mon, 03 Aug 2026 12:00:00 GMT"}, 0.0),
        ({"date": "Mon, 03 Aug 2026 11:00:00 GMT"}, 3600.0),
        ({"date": "Mon, 03 Aug 2026 11:00:00 GMT", "age": "3600"}, 0.0),
        ({"date": "Mon, 03 Aug 2026 11:00:00 GMT", "age": "soon"}, 3600.0),
        ({"date": "Mon, 03 Aug 2026 08:00:00 -0400"}, 0.0),
        ({"date": "yesterday"}, None),
        ({"date": "Mon, 99 Aug 2026 11:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_the_difference_is_ours_minus_the_servers(headers, off):
    assert clock_off(headers, now=NOW) == off


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ([], 0.0),
        ([0.0, 5.0, -30.0], 0.0),
        ([DAY / 2] * 3, 0.0),
        ([3 * DAY], 3 * DAY),
        ([3 * DAY, 0.0], 0.0),
        ([3 * DAY, 3 * DAY, 0.0], 3 * DAY),
        ([3650 * DAY, 0.0, 1.0], 0.0),
        ([3650 * DAY, -3650 * DAY, 0.0], 0.0),
        ([10 * DAY, 400 * DAY, 900 * DAY], 0.0),
        ([-3650 * DAY] * 4 + [0.0], -3650 * DAY),
    ],
)
def test_our_clock_is_wrong_only_if_most_hosts_agree_on_it(said, ours):
    clocks = Clocks()
    for number, off in enumerate(said):
        clocks.note(f"host {number}", off)
    assert clocks.ours_off() == ours
    assert clocks.seen(NOW) == NOW - timedelta(seconds=ours)


def test_a_host_has_one_voice_and_what_it_says_now_counts():
    clocks = Clocks({"a": 0.0, "b": 0.0, "c": 0.0})
    for _ in range(5):
        clocks.note("a", 3 * DAY)
        clocks.note("b", None)
    assert clocks.ours_off() == 0.0
    clocks.note("b", 3 * DAY)
    assert clocks.ours_off() == 3 * DAY


def test_a_difference_out_of_every_calendar_moves_nothing():
    assert Clocks({"a": 1e12}).seen(NOW) == NOW


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (None, ""),
        (599.0, ""),
        (-1200.0, "20 minutes behind"),
        (7200.0, "2 hours ahead of"),
        (10 * DAY, "10 days ahead of"),
    ],
)
def test_a_difference_worth_telling_is_told(off, words):
    told = difference(off)
    assert (words in told) if words else not told


def test_a_day_is_the_limit_of_judging_dates():
    assert not is_wrong(None)
    assert not is_wrong(-DAY)
    assert is_wrong(DAY + 1)
