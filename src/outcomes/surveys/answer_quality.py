"""Answers given without reading: the same answer throughout, long runs, too fast. Counts only."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.surveys.instrument import Instrument, item_named, scored_items
from outcomes.surveys.scoring import item_numbers

SECONDS_PER_ITEM = 2  # less than it takes to read a question (Huang and others 2012)
SHORTEST_RUN = 6  # same answers in a row that may mean something, whatever the length of the form
_FEWEST = 3  # answers to a scale below which the same answer throughout means nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuality:
    """What looks careless, one entry a respondent; nobody is left out because of it."""

    straight_lined: NDArray[np.int64]  # scales with the same answer to items that contradict
    longest_run: NDArray[np.int64]  # same answers in a row
    run_limit: int  # from which length a run is counted
    too_fast: NDArray[np.bool_] | None  # None where no seconds are known
    middle: int  # straight-lined respondents who chose the middle answer, which may be meant
    checked: tuple[str, ...]  # scales with items of both directions, so that they could be checked

    def columns(self) -> dict[str, NDArray[np.int64] | NDArray[np.bool_]]:
        """Give the flags as columns of a table of scores."""
        found: dict[str, NDArray[np.int64] | NDArray[np.bool_]] = {
            "straight_lined": self.straight_lined,
            "longest_run": self.longest_run,
        }
        return found if self.too_fast is None else {**found, "too_fast": self.too_fast}

    def sentences(self) -> list[str]:
        """Say how many respondents look careless, and that they were kept."""
        straight = int(np.count_nonzero(self.straight_lined))
        runs = int(np.count_nonzero(self.longest_run >= self.run_limit))
        found = []
        if not self.checked:
            found.append("Straight-lining cannot be checked: no scale has a reversed item.")
        elif straight:
            found.append(
                f"{straight} gave the same answer to every item of a scale that asks both ways "
                f"({self.middle} of them the middle answer, which may be meant)."
            )
        if runs:
            found.append(f"{runs} gave the same answer {self.run_limit} times in a row or more.")
        if self.too_fast is not None and self.too_fast.any():
            found.append(
                f"{int(self.too_fast.sum())} took less than {SECONDS_PER_ITEM} seconds for each "
                "item that they answered."
            )
        return [*found, *(["All of them were kept."] if straight or runs else [])]


def answer_quality(
    answers: pd.DataFrame, instrument: Instrument, *, seconds: pd.Series | None = None
) -> AnswerQuality:
    """Find answers that look as if nobody had read the questions.

    Args:
        answers: One row a respondent, as ``score`` takes them.
        instrument: Its scales say which items contradict each other.
        seconds: How long each respondent took for the scored items; NaN where unknown.

    Returns:
        Flags, never a decision: who is left out must be decided, said and compared by a person.

    Source:
        Curran (2016), J. Experimental Social Psychology 66: 4-19; Huang, Curran, Keeney, Poposki
        & DeShon (2012), J. Business and Psychology 27: 99-114. Issue 5, scoring.
    """
    items = scored_items(instrument)
    values = item_numbers(answers, instrument, items=items)
    straight = np.zeros(len(answers), dtype=np.int64)
    middle, checked = np.zeros(len(answers), dtype=bool), []
    for name, scale in instrument.scales.items():
        turned = np.array([item in scale.reversed for item in scale.items])
        if not turned.any() or turned.all():
            continue
        checked.append(name)
        own = values[:, [items.index(item) for item in scale.items]]
        same, answer = _same_throughout(own, turned)
        straight += same
        middle |= same & (answer == sum(instrument.score_range(name)) / 2)
    lists = [item_named(instrument, item).choice_list for item in items]
    answered = np.count_nonzero(~np.isnan(values), axis=1)
    return AnswerQuality(
        straight_lined=straight,
        longest_run=_longest_run(values, lists),
        run_limit=max(SHORTEST_RUN, (len(items) + 1) // 2),
        too_fast=None
        if seconds is None
        else seconds.to_numpy(dtype=float) < SECONDS_PER_ITEM * answered,
        middle=int(np.count_nonzero(middle)),
        checked=tuple(checked),
    )


def _same_throughout(
    values: NDArray[np.float64], turned: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Find who gave one answer to all items, of both directions, and which."""
    there = ~np.isnan(values)
    lowest = np.where(there, values, np.inf).min(axis=1)
    highest = np.where(there, values, -np.inf).max(axis=1)
    both = there[:, turned].any(axis=1) & there[:, ~turned].any(axis=1)
    same: NDArray[np.bool_] = (lowest == highest) & both & (there.sum(axis=1) >= _FEWEST)
    return same, lowest


def _longest_run(values: NDArray[np.float64], lists: list[str]) -> NDArray[np.int64]:
    """Count the longest row of same answers among items with the same choices."""
    run = np.zeros(len(values), dtype=np.int64)
    longest, last = run.copy(), np.full(len(values), np.nan)
    before = ""
    for column, choices in zip(values.T, lists, strict=True):
        goes_on = (column == last) & (choices == before)
        run = np.where(goes_on, run + 1, np.where(np.isnan(column), 0, 1))
        longest, last, before = np.maximum(longest, run), column, choices
    return longest
