"""Keep what one poll of one feed came to: its articles, its row in the log, where it stands."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert

from outcomes.media.conditional import LastReading
from outcomes.media.politeness import Standing, after_failure, after_success
from outcomes.media.poll_asking import Answer, Outcome, told
from outcomes.media.poll_entries import SKIPPED, moment, usable
from outcomes.media.robots import Robots
from outcomes.pipeline.article_keeping import Kept, keep_sightings
from outcomes.store import Source, begin_import, end_import
from outcomes.store.news_tables import FEEDS, POLLS, ROBOTS
from outcomes.store.schema import IMPORTS

STEP = "media poll"
ROLLED_OVER = 5  # entries; in a feed with fewer, that all of them are new tells little


@dataclass(frozen=True, slots=True, kw_only=True)
class PollAccount:
    """The account of one poll of one feed: entries = stored + duplicate + all that was skipped."""

    outlet: str
    feed: str
    outcome: Outcome
    reason: str = ""
    said: str = ""  # what went wrong, in words
    entries: int = 0
    stored: int = 0
    duplicate: int = 0
    edited: int = 0  # of the duplicates
    skipped: Mapping[str, int] = field(default_factory=dict)
    undated: int = 0  # of the stored
    rolled_over: bool = False
    oldest: str = ""
    newest: str = ""
    import_id: int | None = None

    @property
    def sentence(self) -> str:
        """Say it in words."""
        if self.outcome == "failed":
            return f"not read: {self.said}"
        if self.outcome == "not-allowed":
            return f"not asked: {self.said}"
        parts = ["nothing new since the last time" if self.outcome == "unchanged" else self._counts]
        if self.undated:
            parts.append(f"{self.undated} without a date")
        parts += [f"{n} left out, {SKIPPED[reason]}" for reason, n in self.skipped.items()]
        if self.rolled_over:
            parts.append("none of them was known, so others were probably missed before")
        return "; ".join([*parts, *([self.said] if self.said else [])])

    @property
    def _counts(self) -> str:
        known = self.duplicate - self.edited
        return (
            f"{self.entries} entries: {self.stored} new, {self.edited} edited, {known} known before"
        )


def keep_answer(
    connection: Connection,
    answer: Answer,
    *,
    seen: datetime,
    chance: float,
    at: Callable[[str], None],
) -> PollAccount:
    """Write what a poll came to, inside the caller's transaction: all of it, or none.

    Args:
        connection: In a transaction.
        answer: What came of asking the feed.
        seen: When its articles were seen, by a clock that can be believed.
        chance: A number from 0 to 1, which spreads the feeds over time.
        at: Told the moments at which a test may break something.

    Returns:
        The account of the poll.
    """
    account = PollAccount(
        outlet=answer.task.outlet,
        feed=answer.task.url,
        outcome=answer.outcome,
        reason=answer.reason,
        said=told(answer),
    )
    at("before articles")
    if answer.outcome == "new":
        account = _keep_articles(connection, answer, account, seen=seen)
    at("after articles")
    _log(connection, answer, account)
    _keep_standing(connection, answer, chance=chance)
    at("before commit")
    return account


def keep_robots(connection: Connection, read: Mapping[str, Robots]) -> None:
    """Keep the robots.txt files that were read, each in the place of the one before."""
    for address, robots in read.items():
        connection.execute(delete(ROBOTS).where(ROBOTS.c.address == address))
        row = {
            **asdict(robots),
            "text": robots.text.replace("\x00", ""),
            "read_at": _iso(robots.read_at),
            "until": _iso(robots.until),
        }
        connection.execute(insert(ROBOTS).values(address=address, **row))


def _keep_articles(
    connection: Connection, answer: Answer, account: PollAccount, *, seen: datetime
) -> PollAccount:
    found = usable(answer.entries, outlet=answer.task.outlet, left_out=answer.left_out)
    read = len(answer.entries) + answer.left_out
    skipped = sum(found.skipped.values())
    number = begin_import(connection, Source(step=STEP, read=read, refused=skipped), now=seen)
    kept = (
        keep_sightings(connection, found.sightings, now=seen, import_id=number, on_change="version")
        if found.sightings
        else []
    )
    fates = Counter(each.fate for each in kept)
    new, known = fates["stored"] + fates["edited"], fates["duplicate"]
    end_import(connection, number, new=new, known=known)
    if not new:  # a log entry an hour and feed that says nothing would hide the others
        connection.execute(delete(IMPORTS).where(IMPORTS.c.id == number))
    stored = [
        sighting
        for sighting, each in zip(found.sightings, kept, strict=True)
        if each.fate == "stored"
    ]
    dates = sorted(day for each in found.sightings if (day := moment(each.published)))
    return replace(
        account,
        entries=read,
        stored=fates["stored"],
        duplicate=fates["duplicate"] + fates["edited"],
        edited=fates["edited"],
        skipped=found.skipped,
        undated=sum(not sighting.published for sighting in stored),
        rolled_over=_is_rolled_over(answer, kept),
        import_id=number if new else None,
        oldest=dates[0] if dates else "",
        newest=dates[-1] if dates else "",
    )


def _is_rolled_over(answer: Answer, kept: Sequence[Kept]) -> bool:
    """Whether nothing that the feed holds was in it the last time: some was probably missed."""
    stored = {each.article for each in kept if each.fate == "stored"}
    known = {each.article for each in kept} - stored
    return answer.task.kept is not None and len(stored) >= ROLLED_OVER and not known


def _log(connection: Connection, answer: Answer, account: PollAccount) -> None:
    due = min(answer.task.standing.due, answer.at)  # later only where the clock was set back
    counts = {
        name: getattr(account, name)
        for name in (
            "outlet", "feed", "outcome", "reason", "sentence", "entries", "stored", "duplicate",
            "edited", "undated", "oldest", "newest", "import_id",
        )
    }  # fmt: skip
    connection.execute(
        insert(POLLS).values(
            **counts,
            due=_iso(due),
            at=_iso(answer.at),
            status=answer.status,
            seconds=round(answer.seconds, 3),
            bytes=answer.size,
            skipped=dict(account.skipped),
            rolled_over=int(account.rolled_over),
            clock_off=answer.clock_off,
        )
    )


def _keep_standing(connection: Connection, answer: Answer, *, chance: float) -> None:
    task = answer.task
    standing = _next(answer, chance=chance)
    kept = answer.kept or LastReading()
    connection.execute(delete(FEEDS).where(FEEDS.c.feed == task.url))
    connection.execute(
        insert(FEEDS).values(
            feed=task.url,
            due=_iso(standing.due),
            polled=_iso(answer.at),
            setbacks=standing.setbacks,
            etag=kept.validators.etag,
            last_modified=kept.validators.last_modified,
            body_hash=kept.body_hash,
            read_at=_iso(kept.read_at) if kept.read_at else "",
            unchanged=kept.unchanged,
        )
    )


def _next(answer: Answer, *, chance: float) -> Standing:
    task = answer.task
    later = after_success(now=answer.at, every=task.every, chance=chance)
    if answer.outcome == "failed":
        return after_failure(
            task.standing,
            now=answer.at,
            every=task.every,
            soft=answer.soft,
            wait=answer.wait,
            chance=chance,
        )
    if answer.outcome == "not-allowed":  # as often as planned: nothing but its robots.txt is asked
        return replace(later, setbacks=task.standing.setbacks)
    return later


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
