"""Copies of sentences in which it is another who is meant: the tone toward the police stays."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import Field

from outcomes.declarations import Declaration, read_toml
from outcomes.media.tone_models.blinding import who_words
from outcomes.media.tone_models.text_edits import TextEdit, apply_edits
from outcomes.media.tone_training.material import TargetRow

_NAME = r"[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+"
_NAMED = re.compile(  # Raymond Coates, 50; the death of Ana Ruiz
    rf"\b(?P<aged>{_NAME})(?=, \d\d?[,.])"
    r"|\b(?:of|by|as|and|for|that|with|shot|from|sued|Officer|Trooper|Sheriff|Sgt\.|Lt\.|Deputy|Detective|Chief)"
    rf"\s(?P<led>{_NAME})\b"
)
_MANY = re.compile(
    r"(?:[Tt]he )?(?:[A-Z][\w.'-]+ ){0,3}"
    r"(?:[Pp]olice|[Oo]fficers|[Dd]eputies|[Tt]roopers|[Aa]gents)"
)
_ONE = re.compile(
    r"(?P<article>[Aa]n?|[Tt]he) (?:[A-Z][\w.'-]+ ){0,3}"
    r"(?:police )?(?:officer|deputy|trooper|agent)"
)
_OWNS = re.compile(  # her sister; not: thanked her for
    r"\s+(?!(?:to|into|in|onto|on|out|off|up|down|away|over|through|at|by|from|with|without|for|and|"
    r"but|or|as|after|before|when|because|if|until|that|while|was|how|what|who|where|why|the|an?|"
    r"twice|alone|again|there|outside|inside|near|behind|against|toward|about)\b)\w"
)
_VOWEL = re.compile(r"[AEIOUaeiou]")


class SwappedWords(Declaration):
    """What is swapped for what; see swapped_words.toml."""

    origins: tuple[str, ...] = Field(min_length=2)
    persons: tuple[str, ...] = Field(min_length=1)
    names: tuple[str, ...] = Field(min_length=2)
    agencies: tuple[str, ...] = Field(min_length=2)
    officers: tuple[str, ...] = Field(min_length=2)
    neighborhoods: tuple[str, ...] = Field(min_length=2)
    dwellers: tuple[str, ...] = Field(min_length=1)
    buildings: tuple[str, ...] = Field(min_length=1)
    genders: tuple[tuple[str, str], ...] = Field(min_length=1)


_Swap = Callable[[TargetRow, np.random.Generator], list[TextEdit]]


@cache
def swapped_words() -> SwappedWords:
    """Read the shipped words."""
    return read_toml(Path(__file__).with_name("swapped_words.toml"), SwappedWords)


def swapped_copies(rows: Sequence[TargetRow], *, most: int, seed: int) -> list[TargetRow]:
    """Copy rows with another gender, origin, name, neighborhood or agency, and the same tone.

    Args:
        rows: Rows whose tone was labelled.
        most: How many copies of one row, each with one kind swapped; fewer where a sentence has
            fewer kinds to swap.
        seed: Of the draws.

    Returns:
        The copies, each of the group of its row, in the order of the rows.
    """
    draw = np.random.default_rng([seed, 4])
    copies: list[TargetRow] = []
    for row in rows:
        found = [edits for swap in _SWAPS if (edits := swap(row, draw))]
        for place in draw.permutation(len(found))[:most]:
            copies.append(_edited(row, found[place]))
    return copies


def _edited(row: TargetRow, edits: Sequence[TextEdit]) -> TargetRow:
    text, start, end = apply_edits(row.text, row.start, row.end, edits=edits)
    return replace(row, text=text, start=start, end=end)


def _clear(row: TargetRow, edits: list[TextEdit]) -> list[TextEdit]:
    """Leave the target as it is."""
    return [edit for edit in edits if edit.end <= row.start or edit.start >= row.end]


def _genders(row: TargetRow, draw: np.random.Generator) -> list[TextEdit]:
    """Swap all words of gender at once, those of the target too."""
    pairs, edits = _gender_words(), []
    for word in re.finditer(r"\b[A-Za-z]+\b", row.text):
        plain = word.group().lower()
        other = pairs.get(plain)
        if plain == "her":
            owns = word.end() != row.end and _OWNS.match(row.text, word.end())
            other = "his" if owns else "him"
        if other is not None:
            other = other[0].upper() + other[1:] if word.group()[0].isupper() else other
            edits.append(TextEdit(word.start(), word.end(), other))
    return edits


@cache
def _gender_words() -> dict[str, str]:
    found = {"his": "her", "him": "her"}
    for one, other in swapped_words().genders:
        found |= {one.lower(): other.lower(), other.lower(): one.lower()}
    return found


def _origins(row: TargetRow, draw: np.random.Generator) -> list[TextEdit]:
    words = swapped_words()
    known, persons = "|".join(words.origins), "|".join(words.persons)
    edits = []
    for found in re.finditer(
        rf"\b(?P<article>[Aa]n?)(?P<age> \d+-year-old)?(?: (?:{known}))?(?= (?:{persons})\b)",
        row.text,
    ):
        age = found["age"] or ""
        origin = str(draw.choice(words.origins))
        article = _article(found["article"], (age or f" {origin}").strip())
        edits.append(TextEdit(found.start(), found.end(), f"{article}{age} {origin}"))
    return _clear(row, edits)[:1]


def _article(written: str, follows: str) -> str:
    """Write a or an, as large as it was; a number keeps what it had."""
    if follows[0].isdigit():
        return written
    right = "an" if _VOWEL.match(follows) else "a"
    return right.capitalize() if written[0].isupper() else right


def _names(row: TargetRow, draw: np.random.Generator) -> list[TextEdit]:
    found = next((one for one in _NAMED.finditer(row.text) if _of_a_person(one)), None)
    if not found:
        return []
    first, last = str(draw.choice(swapped_words().names)).split(" ")
    former = re.escape(found[found.lastgroup or 0].split(" ")[-1])
    edits = [TextEdit(*found.span(found.lastgroup or 0), f"{first} {last}")]
    for again in re.finditer(rf"\b{former}\b", row.text):
        if again.start() >= found.end():
            edits.append(TextEdit(again.start(), again.end(), last))
    return edits


def _of_a_person(name: re.Match[str]) -> bool:
    return not set(name[name.lastgroup or 0].split(" ")) & set(who_words().never_in_names)


def _neighborhoods(row: TargetRow, draw: np.random.Generator) -> list[TextEdit]:
    words = swapped_words()
    who, what = "|".join(words.dwellers), "|".join(words.buildings)
    found = re.search(
        rf"\b(?:(?i:{who})|[Aa]n? (?:[a-z-]+ )?(?:{what}))\b"
        r"(?! (?:of|in|on|at|near|for)\b|['\u2019-])",
        row.text,
    )
    if not found:
        return []
    where = str(draw.choice(words.neighborhoods))
    return _clear(row, [TextEdit(found.end(), found.end(), f" {where}")])


def _agencies(row: TargetRow, draw: np.random.Generator) -> list[TextEdit]:
    words, target = swapped_words(), row.text[row.start : row.end]
    one = _ONE.fullmatch(target)
    if one:
        officer = str(draw.choice(words.officers))
        article = one["article"]
        article = article if article.lower() == "the" else _article(article, officer)
        return [TextEdit(row.start, row.end, f"{article} {officer}")]
    if not _MANY.fullmatch(target) or re.match(r"[\w'\u2019-]| [A-Z]", row.text[row.end :]):
        return []
    if re.search(
        r"[A-Z][\w.]*\s$|\b(?:the|a|an|two|three|four|five|these|those)\s$", row.text[: row.start]
    ):
        return []
    agency = str(draw.choice(words.agencies))
    agency = agency[0].upper() + agency[1:] if target[0].isupper() and row.start == 0 else agency
    return [TextEdit(row.start, row.end, agency)]


_SWAPS: tuple[_Swap, ...] = (_genders, _origins, _names, _neighborhoods, _agencies)
