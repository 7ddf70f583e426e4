"""Free text: what people wrote in their own words, to be read by a person before it is quoted."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.stats.suppression import suppress
from outcomes.surveys.instrument import Instrument, answer_names, item_named

Verdict = Literal["accepted", "edited", "withheld"]
VERDICTS: tuple[Verdict, ...] = ("accepted", "edited", "withheld")
LONGEST = 20_000  # characters of an edited text


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One text of one respondent, as it was answered."""

    respondent: str  # keyed hash
    item: str
    text: str
    mark: str  # by which pages call it: says nothing about who wrote it
    digest: str  # SHA-256 of the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a person decided of a text."""

    verdict: Verdict
    text: str  # as it may be shown; "" where withheld
    digest: str  # of the text that was looked at
    version: int
    user: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A text, and what was decided of it; nobody looked at it yet where there is no review."""

    written: Written
    review: Review | None

    @property
    def waiting(self) -> bool:
        """Whether somebody must still look at it: for the first time, or as it was corrected."""
        return self.review is None or self.review.digest != self.written.digest

    @property
    def shown(self) -> str:
        """The text that exports and reports may show; "" where there is none."""
        return "" if self.waiting or self.review is None else self.review.text


def text_items(instrument: Instrument) -> tuple[str, ...]:
    """List the items that people answer in their own words."""
    return tuple(
        item.name for item in instrument.items if item.asked and item.privacy == "free text"
    )


def require_text_item(instrument: Instrument, item: str) -> str:
    """Refuse an item that is not answered in people's own words.

    Raises:
        DataError: Says which are.
    """
    known = text_items(instrument)
    if item not in known:
        raise DataError(
            f"{instrument.id} asks nothing called {item!r} in people's own words. "
            f"{one_of(item, known)}"
        )
    return item


def written_texts(
    rows: Iterable[tuple[str, Mapping[str, str]]], instrument: Instrument, *, wave: str
) -> list[Written]:
    """Take the texts out of answers.

    Args:
        rows: Respondent and answers.
        instrument: Its items with privacy "free text" are taken.
        wave: The label of the wave.

    Returns:
        In the order of their marks, which tells neither who wrote first nor what one person wrote.
    """
    found = []
    for respondent, answers in rows:
        for item in text_items(instrument):
            text = answers.get(item, "").strip()
            if text and text not in instrument.missing:
                label = f"text/{wave}/{item}/{respondent}"
                found.append(
                    Written(
                        respondent=respondent,
                        item=item,
                        text=text,
                        mark=hashlib.sha256(label.encode()).hexdigest()[:16],
                        digest=hashlib.sha256(text.encode()).hexdigest(),
                    )
                )
    return sorted(found, key=lambda each: each.mark)


def decided(verdict: str, text: str, *, original: str) -> tuple[Verdict, str]:
    """Check what a person decided of a text, and say what is kept.

    Args:
        verdict: One of ``VERDICTS``.
        text: The edited text, where the verdict is "edited".
        original: The text as it was answered.

    Returns:
        The verdict and the text that may be shown. An edit that changes nothing is an acceptance.

    Raises:
        DataError: There is no such verdict, or the edited text is empty or too long.
    """
    if verdict == "accepted":
        return "accepted", original
    if verdict == "withheld":
        return "withheld", ""
    if verdict != "edited":
        raise DataError(f"{verdict!r} is no decision. {one_of(verdict, VERDICTS)}")
    kept = text.strip()
    if not kept:
        raise DataError("nothing is left of the text. To keep it from being shown, withhold it")
    if len(kept) > LONGEST:
        raise DataError(f"the text is longer than {LONGEST:,} characters. Shorten it")
    return ("accepted" if kept == original else "edited"), kept


def consenting(
    rows: Iterable[tuple[str, Mapping[str, str]]], instrument: Instrument, *, consent: str
) -> set[str]:
    """Find who agreed to be quoted.

    Args:
        rows: Respondent and answers.
        instrument: What was asked.
        consent: ``ITEM=VALUE``: the question that asks for it, and the answer that gives it.

    Raises:
        DataError: It is not written so, or the instrument has no such item or answer.

    Source:
        Requirement E9: quotes need consent.
    """
    name, equals, value = (part.strip() for part in consent.partition("="))
    if not (name and equals and value):
        raise DataError(f"{consent!r}: write the item and the answer as ITEM=VALUE, as quote_me=1")
    item = item_named(instrument, name)
    if not item.choice_list or item.many:
        raise DataError(
            f"{name} is no question with one choice. Name the one that asks for consent"
        )
    known = [code for code in answer_names(instrument, item) if code not in instrument.missing]
    if value not in known:
        raise DataError(f"{name} has no answer {value!r}. {one_of(value, known)}")
    return {respondent for respondent, answers in rows if answers.get(name, "").strip() == value}


def beside(
    people: pd.DataFrame, columns: Sequence[str], *, smallest: int
) -> tuple[pd.DataFrame, int]:
    """Say what may stand beside a text of its writer: only what enough people share.

    Args:
        people: One row for everybody who answered the wave, with the columns.
        columns: What describes them, such as ``place`` and ``age_band``.
        smallest: The floor.

    Returns:
        The columns, with "" in all of them for people of whose combination there are too few (and
        for others, until those cannot be told by what is left); and how many people that are.
    """
    if not columns:
        return people[[]], 0
    keys = people[list(columns)].fillna("").astype(str)
    groups = keys.assign(n=1).groupby(list(columns), as_index=False, sort=True)["n"].sum()
    checked = suppress(
        groups.assign(of="all"), count="n", values=[], groups=["of"], smallest=smallest
    )
    held = {
        tuple(row[name] for name in columns)
        for row in checked[checked["withheld"] != ""].to_dict("records")
    }
    blank = np.array([tuple(row) in held for row in keys.itertuples(index=False, name=None)], bool)
    return keys.mask(pd.Series(blank, index=keys.index), ""), int(blank.sum())
