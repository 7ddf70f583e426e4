"""Texts as sets of their runs of five words (shingles), and what two such sets share."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RUN = 5  # words; shorter runs are shared by chance, longer ones break at every small edit
_WORD = re.compile(r"\w+")
_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying loses nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Shingles:
    """The shingles of many texts, one text after the other."""

    values: NDArray[np.uint64]  # sorted within each text, each once
    starts: NDArray[np.int64]  # where each text begins, and the end: shape (texts + 1,)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many different shingles each text has."""
        return np.diff(self.starts)

    def of(self, text: int) -> NDArray[np.uint64]:
        """Give the shingles of one text."""
        return self.values[self.starts[text] : self.starts[text + 1]]

    def shared(self, one: int, other: int) -> int:
        """Count the shingles that stand in both texts."""
        small, large = sorted((self.of(one), self.of(other)), key=len)
        if not len(small):
            return 0
        places = np.searchsorted(large, small)
        places[places == len(large)] = 0
        return int(np.count_nonzero(large[places] == small))

    def containment(self, one: int, other: int) -> float:
        """Say which share of the shorter text stands in the longer one; 0 where it has none."""
        fewer = min(len(self.of(one)), len(self.of(other)))
        return self.shared(one, other) / fewer if fewer else 0.0


class _Vocabulary(dict[str, int]):
    """Gives each word a 64-bit number that is the same on every machine and in every year."""

    def __missing__(self, word: str) -> int:
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        self[word] = number = int.from_bytes(digest, "little")
        return number


def words_of(text: str) -> list[str]:
    """Cut a text into words in small letters, without punctuation: what a copy keeps."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(text.lower())


def body_key(words: Sequence[str]) -> bytes:
    """Make a key that only texts with the same words in the same order share."""
    return hashlib.blake2b(" ".join(words).encode(), digest_size=16).digest()


def shingle_sets(texts: Iterable[Sequence[str]]) -> Shingles:
    """Find the different runs of five words of each text.

    Args:
        texts: The words of each, as ``words_of`` gives them. A text of fewer than five words has
            one shingle, all of it; one without words has none.

    Returns:
        64-bit numbers that stand for the runs, repeatable anywhere.
    """
    number = _Vocabulary().__getitem__
    sets = [
        np.unique(_runs(np.fromiter(map(number, words), dtype=np.uint64, count=len(words))))
        for words in texts
    ]
    starts = np.zeros(len(sets) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in sets], out=starts[1:])
    values = np.concatenate(sets) if sets else np.empty(0, dtype=np.uint64)
    return Shingles(values=values, starts=starts)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread 64-bit numbers evenly: each bit of the result depends on all bits.

    Source:
        The finalizer of SplitMix64: Steele, Lea, Flood (2014), OOPSLA, 453-472.
    """
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _runs(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    length = min(RUN, len(words))
    if not length:
        return words
    count = len(words) - length + 1
    runs = np.zeros(count, dtype=np.uint64)
    for place in range(length):
        runs = runs * _STEP + words[place : place + count]
    return mixed(runs)
