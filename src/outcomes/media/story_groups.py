"""Which articles were joined so far, and which joins the dates and outlets forbid."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1  # an outlet or a day that is not said


class StoryGroups:
    """Grows stories by joining articles.

    A story never spans more than so many days and never holds two articles of one outlet and day,
    however the links would chain: A is like B, B like C, but a weekly column is no copy of itself.
    """

    def __init__(self, outlets: NDArray[np.int64], days: NDArray[np.int64], *, span: int) -> None:
        """Begin with each article for itself.

        Args:
            outlets: A number for each outlet, UNKNOWN where it is not said.
            days: A number for each day, UNKNOWN where it is not said.
            span: How many days may lie between the first and the last article of a story.
        """
        self._span = span
        self._parent = list(range(len(days)))
        self._issues: list[set[tuple[int, int]]] = [
            {(outlet, day)} if UNKNOWN not in {outlet, day} else set()
            for outlet, day in zip(outlets.tolist(), days.tolist(), strict=True)
        ]
        self._first: list[int | None] = [None if day == UNKNOWN else day for day in days.tolist()]
        self._last = list(self._first)

    def story_of(self, article: int) -> int:
        """Give the number of the article's story."""
        parent = self._parent
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    def join_page(self, one: int, other: int) -> None:
        """Join two articles that are the same page: no rule about dates and outlets holds.

        Pages are joined before texts. A page is as old as its first article.
        """
        self._join(self.story_of(one), self.story_of(other))
        story = self.story_of(one)
        self._last[story] = self._first[story]

    def join_text(self, one: int, other: int) -> bool:
        """Join the stories of two articles that are alike in text, unless a rule forbids it.

        Returns:
            Whether they are of one story now.
        """
        a, b = self.story_of(one), self.story_of(other)
        if a == b:
            return True
        if not self._issues[a].isdisjoint(self._issues[b]) or not self._within_span(a, b):
            return False
        self._join(a, b)
        return True

    def _within_span(self, a: int, b: int) -> bool:
        known = [day for day in self._ends(a, b) if day is not None]
        return not known or max(known) - min(known) <= self._span

    def _ends(self, a: int, b: int) -> Sequence[int | None]:
        return self._first[a], self._first[b], self._last[a], self._last[b]

    def _join(self, a: int, b: int) -> None:
        if a == b:
            return
        known = [day for day in self._ends(a, b) if day is not None]
        if len(self._issues[a]) < len(self._issues[b]):
            a, b = b, a
        self._parent[b] = a
        self._issues[a] |= self._issues[b]
        self._issues[b] = set()
        self._first[a] = min(known, default=None)
        self._last[a] = max(known, default=None)
