"""Step: read the pages of articles of which only a feed's summary is known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from outcomes.errors import DataError
from outcomes.media.fetch import Fetched, fetch
from outcomes.media.page_address import page_addresses
from outcomes.media.page_dates import Reading
from outcomes.media.page_worker import PageFile, PageWorker
from outcomes.media.politeness import HostTurns, host_of
from outcomes.media.robots import Decision
from outcomes.media.rounds import in_turns
from outcomes.pipeline.asking_agent import asking_agent
from outcomes.pipeline.outlet_zones import zone_of_outlet
from outcomes.pipeline.page_account import TextsRead
from outcomes.pipeline.page_keeping import Outcome, PageRead, keep_read
from outcomes.pipeline.pages_due import PageDue, pages_due
from outcomes.pipeline.polling_lock import only_poll
from outcomes.pipeline.robots_reading import RobotsReader
from outcomes.study import Study

MOST = 500  # pages in one run
_AT_ONCE = 8  # of at most 10 MB each, and one of them is read at a time
_LATER = frozenset({429, 503})  # the host asks for patience: it is left alone in this run


def fetch_texts(
    study: Study,
    *,
    now: datetime,
    outlet: str = "",
    most: int = MOST,
    days: int = 14,
    turns: HostTurns | None = None,
) -> TextsRead:
    """Read the pages that are due, and store their texts beside the feeds' summaries.

    Nothing that a page or a server does ends the run. Each article is stored by itself: where
    the run is stopped at any moment, the next one goes on with what is left.

    Args:
        study: The study.
        now: The present moment, with its offset.
        outlet: Only the pages of this outlet; empty for all.
        most: How many pages to ask at most.
        days: Articles that were published or first seen within so many days.
        turns: Whose turn it is, where other commands of this process fetch, too.

    Raises:
        DataError: There is no such outlet, or it has no full texts; a number is below 1; or the
            study names nobody whom outlets can reach.
        OutcomesError: Another run of this command is under way.

    Source:
        Issue 6, 5: full text beside the summary. Requirement B14.
    """
    if most < 1:
        raise DataError(f"{most} pages at most would be none. Write 1 or more")
    due = pages_due(study, now=now, days=days, outlet=outlet)
    account = TextsRead(left=max(0, len(due) - most))
    account.generated = bool(study.settings.study.generated)
    if due and not account.generated:
        round_ = _Round(study, now=now, turns=turns or HostTurns())
        with only_poll(study, now=now, what="fetch"):
            for read in round_.of(due[:most]):
                account.count(read)
        account.left += round_.put_off
    return account


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came of asking for a page; nothing where its host is left alone."""

    decision: Decision | None = None
    fetched: Fetched | None = None
    wrong: str = ""  # why the address cannot be asked at all


class _Round:
    """One run through the pages that are due."""

    def __init__(self, study: Study, *, now: datetime, turns: HostTurns) -> None:
        self._study, self._now, self._turns = study, now, turns
        self._agent = asking_agent(study)
        self._private = study.settings.news.allow_private
        self._robots = RobotsReader(
            study.store, agent=self._agent, allow_private=self._private, now=now
        )
        self._patience: set[str] = set()  # hosts that asked for it
        self.put_off = 0

    def of(self, due: Sequence[PageDue]) -> Iterator[PageRead | None]:
        """Ask for the pages, several hosts at once, and store what came, one after the other."""
        pages = in_turns(
            due,
            self._ask,
            address=lambda each: each.url,
            turns=self._turns,
            at_once=_AT_ONCE,
            delay=_wish,
        )
        with PageWorker() as worker:
            for page, answer in pages:
                if answer is None:
                    self.put_off += 1
                    continue
                read = self._read(page, answer, worker=worker)
                yield keep_read(
                    self._study.store, read, now=self._now, zone=self._reading(page).zone
                )

    def _ask(self, page: PageDue) -> _Answer | None:
        """Ask for one page, in a thread of its own."""
        if host_of(page.url) in self._patience:
            return None
        try:
            decision = self._robots.decide(page.url)
        except DataError:
            return _Answer(wrong="address")
        if not decision.allowed:
            return _Answer(decision=decision)
        fetched = fetch(
            page.url,
            agent=self._agent,
            allow_private=self._private,
            may_follow=lambda url: self._robots.decide(url).allowed,
        )
        if fetched.status in _LATER:
            self._patience.add(host_of(page.url))
        return _Answer(decision=decision, fetched=fetched)

    def _read(self, due: PageDue, answer: _Answer, *, worker: PageWorker) -> PageRead:
        fetched = answer.fetched
        if fetched is None:
            outcome: Outcome = "failed" if answer.wrong else "not-allowed"
            ground = answer.decision.ground if answer.decision else answer.wrong
            return PageRead(article=due.article, outcome=outcome, reason=ground)
        if fetched.reason == "not-followed":
            return PageRead(
                article=due.article,
                outcome="not-allowed",
                reason=fetched.reason,
                status=fetched.status,
            )
        if fetched.reason or not 200 <= fetched.status < 300:
            reason = fetched.reason or f"status-{fetched.status}"
            return PageRead(
                article=due.article, outcome="failed", reason=reason, status=fetched.status
            )
        return self._found(due, fetched, worker=worker)

    def _found(self, due: PageDue, fetched: Fetched, *, worker: PageWorker) -> PageRead:
        file = PageFile(
            content=fetched.body,
            url=fetched.url,
            charset=_charset(fetched.headers.get("content-type", "")),
            reading=self._reading(due),
        )
        page = worker.read(file)
        good = page.article and page.text != ""
        return PageRead(
            article=due.article,
            outcome="read" if good else "not-article",
            reason="" if good else next(iter(page.flags), "no-text"),
            status=fetched.status,
            page=page,
            addresses=tuple(page_addresses(fetched.body, asked=due.url, answered=fetched.url)),
        )

    def _reading(self, due: PageDue) -> Reading:
        return outlet_reading(self._study, due.outlet, now=self._now)


def outlet_reading(study: Study, name: str, *, now: datetime) -> Reading:
    """Say how the dates on the pages of an outlet are read."""
    outlet = next((each for each in study.settings.outlets if each.name == name), None)
    order = outlet.date_order if outlet else ""
    return Reading(seen=now, zone=zone_of_outlet(study)(name), order=order)


def _wish(answer: _Answer | None) -> float:
    """Seconds that the site wishes between two questions, as its robots.txt says."""
    return answer.decision.delay if answer and answer.decision else 0.0


def _charset(content_type: str) -> str:
    _, _, charset = content_type.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'")
