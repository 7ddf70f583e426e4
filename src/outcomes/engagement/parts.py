"""Parts of the table of compliance, one a type, put together in the order of the places."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

# A column of words that repeat: the number of each row's word, and the words. A million rows are
# sorted and cut as numbers, and spelled out once, at the end.
Words = tuple[np.ndarray, Sequence[str]]
_NUMBERS = ("required", "done", "counted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows of one type, in the order of their places and periods."""

    words: dict[str, Words]  # place, team, type, period, reasons
    numbers: dict[str, np.ndarray]  # required, done, counted


def part_of(table: pd.DataFrame) -> Part:
    """Make a part of a table that has every column."""
    names = ("place", "team", "type", "period", "reasons")
    words = {name: pd.factorize(table[name]) for name in names}
    return Part(
        words={
            name: (which, [str(word) for word in known]) for name, (which, known) in words.items()
        },
        numbers={name: table[name].to_numpy(dtype=np.int64) for name in _NUMBERS},
    )


def in_order_of_places(parts: Sequence[Part], columns: Sequence[str]) -> pd.DataFrame:
    """Put the parts of all types together, place by place; adds ``short``.

    Args:
        parts: In the order in which types follow each other in a place.
        columns: The columns of the result.
    """
    words = {name: stacked([part.words[name] for part in parts]) for name in parts[0].words}
    which, places = words["place"]
    _, rank = np.unique(np.array(places, dtype=object), return_inverse=True)
    order = np.argsort(rank[which], kind="stable")
    found: dict[str, object] = {
        name: spelled((which[order], known))
        for name, (which, known) in words.items()
        if name in columns
    }
    for name in _NUMBERS:
        found[name] = np.concatenate([part.numbers[name] for part in parts])[order]
    table = pd.DataFrame(found)
    table["short"] = (table["required"] - table["counted"]).clip(lower=0)
    return table[list(columns)]


def spelled(words: Words) -> pd.api.extensions.ExtensionArray:
    """Write the word of every row."""
    which, known = words
    return pd.array(list(known), dtype="str").take(which)


def as_category(words: Words) -> pd.Categorical:
    """Keep words as numbers that stand for them, in alphabetical order; each word stands once."""
    which, known = words
    names, number = np.unique(np.array(known, dtype=object), return_inverse=True)
    return pd.Categorical.from_codes(number[which], categories=pd.Index(names, dtype="str"))


def stacked(columns: Sequence[Words]) -> Words:
    """Put columns of words under each other."""
    starts = np.cumsum([0, *(len(words) for _, words in columns[:-1])])
    numbers = [which + start for (which, _), start in zip(columns, starts, strict=True)]
    return np.concatenate(numbers), [word for _, words in columns for word in words]
