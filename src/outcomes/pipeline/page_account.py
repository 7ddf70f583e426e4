"""What became of the pages that were asked, in numbers and in words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from outcomes.pipeline.page_keeping import KNOWN_PAGE, PageRead

_GENERATED = (
    "The articles of this study are generated, and their addresses lead nowhere: no page was "
    "asked. Remove generated from study.toml once it holds real news."
)


@dataclass(slots=True, kw_only=True)
class TextsRead:
    """The account of one run: asked = read + without an article + failed + not allowed."""

    read: int = 0  # pages whose text was stored
    known_pages: int = 0  # of these, pages that are those of another article, too
    dates_differ: int = 0  # of these, pages whose date is far from the feed's
    not_articles: Counter[str] = field(default_factory=Counter)  # what they are instead
    failed: Counter[str] = field(default_factory=Counter)
    not_allowed: int = 0
    left: int = 0  # due, but not asked in this run
    superfluous: int = 0  # another run was faster, or the article was erased meanwhile
    generated: bool = False  # the addresses lead nowhere, and none was asked

    @property
    def asked(self) -> int:
        """How many pages were asked, or would have been if their robots.txt allowed it."""
        return self.read + self.not_articles.total() + self.failed.total() + self.not_allowed

    def count(self, read: PageRead | None) -> None:
        """Add one attempt; None is one that was no longer wanted."""
        if read is None:
            self.superfluous += 1
        elif read.outcome == "read":
            self.read += 1
            self.known_pages += read.reason == KNOWN_PAGE
            self.dates_differ += read.dates_differ
        elif read.outcome == "not-article":
            self.not_articles[read.reason] += 1
        elif read.outcome == "failed":
            self.failed[read.reason] += 1
        else:
            self.not_allowed += 1

    def sentences(self) -> list[str]:
        """Say it in words, one line each."""
        if self.generated:
            return [_GENERATED]
        if not self.asked + self.left + self.superfluous:
            return ["No page is due: nothing was asked."]
        first = (
            f"{_pages(self.asked)} asked: {self.read} read, {self.not_articles.total()} without "
            f"an article, {self.failed.total()} failed, {self.not_allowed} not allowed by "
            "robots.txt."
        )
        return [first, *self._remarks()]

    def _remarks(self) -> Iterator[str]:
        if self.not_articles:
            yield (
                f"Without an article: {_counted(self.not_articles)}. They keep the feed's summary "
                "and are not classified."
            )
        if self.failed:
            yield f"Failed: {_counted(self.failed)}. They are tried up to three times."
        if self.dates_differ:
            yield (
                f"More than three days from the feed's date: {_pages(self.dates_differ)}. The "
                "feed's date stands, and a note with the article says so."
            )
        if self.known_pages:
            yield f"Pages of another article, too: {self.known_pages}. Both articles stay."
        if self.superfluous:
            yield f"Done by another run meanwhile: {_pages(self.superfluous)}."
        if self.left:
            yield f"Left for the next run: {_pages(self.left)}."


def _counted(reasons: Counter[str]) -> str:
    return ", ".join(f"{reason} {n}" for reason, n in sorted(reasons.items()))


def _pages(number: int) -> str:
    return "1 page" if number == 1 else f"{number} pages"
