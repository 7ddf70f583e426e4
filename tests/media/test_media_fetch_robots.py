"""What robots.txt says is kept to, and who overrode it is on record."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from outcomes.errors import DataError
from outcomes.media.fetch import Fetched, Reason
from outcomes.media.robots import (
    Robots,
    decide,
    is_robots_due,
    override,
    read_robots,
    robots_address,
)

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
FEED = "https://paper.example/search/?f=rss&t=article"
BLOX = """\
# the way many newspapers' systems write it
User-agent: badbot
Disallow: /

User-agent: *
Crawl-delay: 7
Allow: /search/help
Disallow: /sea
Disallow: /search/?   # their own feed, too
Disallow: /tracking
"""


def answered(status: int = 200, body: str = "", reason: Reason = "", **headers: str) -> Fetched:
    return Fetched(
        status=status,
        headers=headers,
        body=body.encode(),
        url="https://paper.example/robots.txt",
        hops=(),
        seconds=0.1,
        reason=reason,
    )


def robots(text: str) -> Robots:
    return read_robots(answered(body=text), now=NOW)


def test_the_rule_that_forbids_is_named_with_its_line():
    found = decide(robots(BLOX), FEED)
    assert (found.allowed, found.ground, found.line) == (False, "forbidden", 9)
    assert found.rule == "Disallow: /search/?   # their own feed, too"
    assert found.delay == 7
    assert "line 9" in found.sentence


def test_what_no_rule_forbids_is_allowed():
    for url in ("https://paper.example/rss.xml", "https://paper.example/search/help"):
        found = decide(robots(BLOX), url)
        assert (found.allowed, found.ground, found.rule, found.line) == (True, "allowed", "", 0)


def test_rules_for_another_program_are_not_ours_and_rules_for_us_are():
    text = "User-agent: outcomes\nDisallow: /search\n\nUser-agent: *\nDisallow: /\n"
    assert decide(robots(text), "https://paper.example/rss").allowed
    found = decide(robots(text), FEED)
    assert (found.ground, found.line) == ("forbidden", 2)
    text = "User-agent: a\nDisallow: /search/?f=rss\n\nUser-agent: *\nDisallow: /\n"
    assert decide(robots(text), FEED).line == 5
    text = "User-agent: a\nDisallow: /search/?f=rss\n\nUser-agent: *\nDisallow: /li\nDisallow: /s\n"
    assert decide(robots(text), FEED).line == 6


def test_an_override_names_who_when_and_why_and_the_rule_that_it_overrides():
    by = override(who="A. Ruiz", day=date(2026, 3, 30), why="the outlet links this feed itself")
    found = decide(robots(BLOX), FEED, by=by)
    assert (found.allowed, found.ground, found.line, found.override) == (True, "overridden", 9, by)
    assert "A. Ruiz decided on 2026-03-30" in found.sentence
    assert "links this feed itself" in found.sentence
    free = decide(robots(BLOX), "https://paper.example/rss", by=by)
    assert (free.ground, free.override) == ("allowed", None)


@pytest.mark.parametrize(("who", "why"), [("", "because"), ("A. Ruiz", " ")])
def test_an_override_without_who_or_why_is_refused(who: str, why: str):
    with pytest.raises(DataError, match="who decided it and why"):
        override(who=who, day=date(2026, 3, 30), why=why)


@pytest.mark.parametrize(
    ("fetched", "ground", "hours"),
    [
        (answered(404), "no-robots", 24),
        (answered(403), "no-robots", 24),
        (answered(302, reason="redirects"), "no-robots", 24),
        (answered(429), "wait", 1),
        (answered(429, **{"retry-after": "7200"}), "wait", 2),
        (answered(500), "unreadable", 1),
        (answered(503), "unreadable", 1),
        (answered(0, reason="deadline"), "unreadable", 1),
        (answered(0, reason="no-name"), "unreadable", 1),
        (answered(200, "User-agent: *", reason="short"), "unreadable", 1),
        (answered(304), "unreadable", 1),
        (answered(200), "allowed", 24),
        (answered(200, "<html>Not found</html>"), "allowed", 24),
    ],
)
def test_each_answer_to_the_question_for_robots_has_its_meaning(
    fetched: Fetched, ground: str, hours: int
):
    found = read_robots(fetched, now=NOW)
    by = override(who="A. Ruiz", day=date(2026, 3, 30), why="they agreed")
    for decision in (decide(found, FEED), decide(found, FEED, by=by)):
        assert decision.ground == ground
        assert decision.allowed is (ground in {"no-robots", "allowed"})
        assert decision.sentence
    assert found.until == NOW + timedelta(hours=hours)


def test_of_a_huge_robots_file_the_beginning_counts_up_to_a_whole_line():
    text = "User-agent: *\nDisallow: /search\nDisallow: /r"
    found = read_robots(answered(body=text, reason="too-large"), now=NOW)
    assert not decide(found, FEED).allowed
    assert decide(found, "https://paper.example/rss").allowed


def test_robots_is_read_again_after_its_time_and_when_the_clock_was_set_back():
    found = robots(BLOX)
    assert is_robots_due(None, now=NOW)
    assert not is_robots_due(found, now=NOW + timedelta(hours=23))
    assert is_robots_due(found, now=NOW + timedelta(hours=24))
    assert is_robots_due(found, now=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("url", "robots_url"),
    [
        ("https://Paper.example/a/b?c", "https://paper.example/robots.txt"),
        ("http://paper.example:8080/", "http://paper.example:8080/robots.txt"),
        ("http://[2606:4700::1]/x", "http://[2606:4700::1]/robots.txt"),
    ],
)
def test_robots_is_asked_for_at_the_root_of_the_same_host(url: str, robots_url: str):
    assert robots_address(url) == robots_url


def test_no_address_has_no_robots():
    with pytest.raises(DataError):
        robots_address("paper.example")


@pytest.mark.parametrize(
    "rules", ["Disallow: /search\n" * 20_000, "Disallow: /s" + " " * 300_000 + "x\n"]
)
def test_a_file_that_is_built_to_waste_time_takes_little(rules: str):
    text = f"User-agent: x\n{rules}User-agent: *\nDisallow: /s\n"
    started = time.process_time()
    assert not decide(robots(text), FEED).allowed
    assert time.process_time() - started < 5
