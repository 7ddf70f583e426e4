"""cad_words.toml: the words by which a CAD call type is taken for a walk or for engagement (D3)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from outcomes.declarations import Declaration, read_toml

Meaning = Literal["walk", "community"]


class WordRule(Declaration):
    """A name with a word of every group means this."""

    means: Meaning
    groups: tuple[str, ...] = Field(min_length=1)  # names of groups, or "=word"


class Decoy(Declaration):
    """Words that speak of something else."""

    of: str
    words: tuple[str, ...] = Field(min_length=1)


class CadWords(Declaration):
    """All of cad_words.toml."""

    spellings: Mapping[str, tuple[str, ...]]  # the word, and other ways to write it
    groups: Mapping[str, tuple[str, ...]]
    rules: tuple[WordRule, ...]
    decoys: tuple[Decoy, ...]
    pairs: tuple[Decoy, ...]
    examples: Mapping[Meaning, tuple[str, ...]]

    def words_of(self, group: str) -> frozenset[str]:
        """List the words that a rule's group stands for."""
        return frozenset([group[1:]] if group.startswith("=") else self.groups[group])

    def spelled(self) -> dict[str, str]:
        """Say what each other spelling stands for."""
        return {other: word for word, others in self.spellings.items() for other in others}

    def decoy_of(self) -> dict[str, str]:
        """Say what each decoy, a word or several in a row, speaks of."""
        both = (*self.decoys, *self.pairs)
        return {words: decoy.of for decoy in both for words in decoy.words}

    def vocabulary(self) -> frozenset[str]:
        """List every word that some rule or decoy knows."""
        ruled = (self.words_of(group) for rule in self.rules for group in rule.groups)
        return frozenset().union(*ruled, *(decoy.words for decoy in self.decoys))


@cache
def cad_words() -> CadWords:
    """Read the words that the product knows."""
    return read_toml(Path(__file__).with_name("cad_words.toml"), CadWords)
