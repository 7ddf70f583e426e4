"""What a site's robots.txt allows us, and the decision of a person who overrode it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from outcomes.errors import DataError
from outcomes.media.addresses import web_address
from outcomes.media.fetch import Fetched, Limits
from outcomes.media.politeness import retry_after

if TYPE_CHECKING:
    from protego import Protego

TOKEN = "outcomes"  # the name under which a robots.txt can address this program
GOOD_FOR = timedelta(hours=24)  # then it is read again
ROBOTS_LIMITS = Limits(seconds=20.0, wire_bytes=500 * 1024, body_bytes=500 * 1024)
_WAIT = timedelta(hours=1)  # where a site asks to wait and does not say how long
_MOST_TRIED = 50  # lines; a file built to waste our time has thousands that fit
_RULE = re.compile(  # as people spell it, and as the parser understands it
    r"\s*d(?:is+al+[ao]w|iasllow)\s*:?\s*", re.IGNORECASE
)

Answered = Literal["rules", "none", "wait", "unreadable"]
Ground = Literal["allowed", "no-robots", "forbidden", "wait", "unreadable", "overridden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a site answered when it was asked for its robots.txt."""

    answered: Answered
    text: str  # the rules; or, where it cannot be read, why
    read_at: datetime
    until: datetime  # when it is to be asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's decision to fetch a feed although robots.txt forbids it."""

    who: str
    day: date
    why: str  # such as: the outlet itself links this feed; the editor agreed by mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether an address may be fetched, and on what ground: to be kept with the poll."""

    allowed: bool
    ground: Ground
    rule: str  # the line of robots.txt that forbids it; empty where none does
    line: int  # its number, from 1; 0 where there is none
    override: Override | None
    delay: float  # seconds that the site wishes between two questions; 0 where it says nothing
    why: str = ""  # robots.txt cannot be read

    @property
    def sentence(self) -> str:
        """The decision, in words."""
        why = f" ({self.why})" if self.why else ""
        said = {
            "allowed": "robots.txt allows it",
            "no-robots": "the site has no robots.txt, so nothing is forbidden",
            "forbidden": f"robots.txt forbids it: line {self.line}, {self.rule!r}",
            "wait": "the site asks to wait before its robots.txt is read",
            "unreadable": f"robots.txt cannot be read now{why}, so nothing is fetched until it can",
            "overridden": f"robots.txt forbids it: line {self.line}, {self.rule!r}",
        }[self.ground]
        if self.override is None or self.ground != "overridden":
            return said
        by = self.override
        return (
            f"{said}; {by.who} decided on {by.day.isoformat()} to fetch it all the same: {by.why}"
        )


def override(*, who: str, day: date, why: str) -> Override:
    """Record that a person decided to fetch what robots.txt forbids.

    Raises:
        DataError: Nobody is named, or no reason is given.
    """
    if not who.strip() or not why.strip():
        raise DataError(
            "an override of robots.txt needs who decided it and why. Write both beside the feed"
        )
    return Override(who=who.strip(), day=day, why=why.strip())


def robots_address(url: str) -> str:
    """Say where the robots.txt that rules an address is.

    Raises:
        DataError: This is no web address.
    """
    address = web_address(url)
    return f"{address.scheme}://{address.authority}/robots.txt"


def read_robots(fetched: Fetched, *, now: datetime) -> Robots:
    """Say what a site's answer to the question for robots.txt means.

    Args:
        fetched: The answer, fetched with ``ROBOTS_LIMITS``.
        now: When it came, with its offset.

    Returns:
        Rules; none where the site has no robots.txt (400 to 499) or leads on without end; wait
        where it asks for patience (429); unreadable where it cannot be reached or fails, which
        forbids everything until it can be read. Of more than 500 KiB the first are read.

    Source:
        RFC 9309, section 2.3.1.
    """
    answered: Answered = "unreadable"
    until, text = now + _WAIT, ""
    if fetched.status == 429:
        wait = retry_after(fetched.headers.get("retry-after", ""), now=now)
        answered, until = "wait", now + (_WAIT if wait is None else wait)
    elif fetched.reason == "redirects" or (not fetched.reason and 400 <= fetched.status < 500):
        answered, until = "none", now + GOOD_FOR
    elif fetched.reason in {"", "too-large"} and 200 <= fetched.status < 300:
        text = fetched.body.decode("utf-8-sig", "replace")
        if fetched.reason:
            text = text[: text.rfind("\n") + 1]  # half a rule could forbid, or allow, too much
        answered, until = "rules", now + GOOD_FOR
    elif fetched.reason or fetched.status >= 500:
        text = fetched.sentence
    return Robots(answered=answered, text=text, read_at=now, until=until)


def is_robots_due(robots: Robots | None, *, now: datetime) -> bool:
    """Say whether robots.txt is to be read (again); also where the clock was set back."""
    return robots is None or not robots.read_at <= now < robots.until


def decide(robots: Robots, url: str, *, by: Override | None = None) -> Decision:
    """Decide whether an address may be fetched.

    Args:
        robots: What its site answered.
        url: The address.
        by: The decision of a person, where there is one. It only overrides what robots.txt
            forbids: a site that asks to wait or cannot be read is waited for all the same.

    Raises:
        DataError: This is no web address.
    """
    address = web_address(url).url
    rule, line, delay = "", 0, 0.0
    ground: Ground
    if robots.answered == "none":
        ground = "no-robots"
    elif robots.answered == "wait":
        ground = "wait"
    elif robots.answered == "unreadable":
        ground = "unreadable"
    else:
        rules = _parsed(robots.text)
        delay = float(rules.crawl_delay(TOKEN) or 0.0)
        ground = "allowed" if rules.can_fetch(address, TOKEN) else "forbidden"
    if ground == "forbidden":
        line, rule = _ruling(robots.text, address)
        ground = "overridden" if by else "forbidden"
    return Decision(
        allowed=ground in {"allowed", "no-robots", "overridden"},
        ground=ground,
        rule=rule,
        line=line,
        override=by if ground == "overridden" else None,
        delay=delay,
        why=robots.text if ground == "unreadable" else "",
    )


@lru_cache(maxsize=64)
def _parsed(text: str) -> "Protego":
    from protego import Protego

    return Protego.parse(text)


@lru_cache(maxsize=64)
def _ruling(text: str, url: str) -> tuple[int, str]:
    """The line that forbids an address: the longest that fits it and that is meant for us.

    Which lines are meant for us is asked of the parser: each that fits gets a path of its own in a
    copy that has no other rules.
    """
    from protego import Protego

    lines = text.splitlines()
    rules = {number: path for number, line in enumerate(lines) if (path := _forbidden_path(line))}
    fits = {path for path in set(rules.values()) if not _allows(path, url)}
    found = [(-len(path), number) for number, path in rules.items() if path in fits]
    fitting = [number for _, number in sorted(found)[:_MOST_TRIED]]
    copy = ["Disallow:" if number in rules else line for number, line in enumerate(lines)]
    for number in fitting:
        copy[number] = f"Disallow: /line-{number}-"
    ours = Protego.parse("\n".join(copy))
    for number in fitting:
        if not ours.can_fetch(f"https://host/line-{number}-", TOKEN):
            return number + 1, lines[number].strip()
    return 0, ""


def _forbidden_path(line: str) -> str:
    """The path that a line forbids; empty where it forbids none."""
    rule = line.partition("#")[0]
    word = _RULE.match(rule)
    return rule[word.end() :].strip() if word else ""


def _allows(path: str, url: str) -> bool:
    from protego import Protego

    return bool(Protego.parse(f"User-agent: *\nDisallow: {path}").can_fetch(url, TOKEN))
