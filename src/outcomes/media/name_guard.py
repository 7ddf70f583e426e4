"""Tells a copy from a form that was filled in anew: by the names and numbers in the same places.

Two items of a police blotter, two weather reports or two results share most of their words, and
differ just in who, where, when and how many. A copy keeps those, or leaves some out; it does not
put others in their places.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_REPLACED = 0.15  # of the names and numbers; copies with one word in ten replaced stay below
MOST_MISSING = 0.4  # of the shorter text's own; what a byline and a copyright line add stays below
FEWEST = 3  # with fewer names and numbers there is nothing to tell by

_TOKEN = re.compile(r"\w+|[.!?\n|•]")
_DAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_LONGEST_ABBREVIATION = 4  # Mr., Sgt., Sept.: the full stop ends no sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A text, and what in it is a name or a number."""

    words: tuple[str, ...]  # in small letters
    is_key: tuple[bool, ...]  # whether each word is a name or a number
    keys: frozenset[str]


def names_and_numbers(text: str) -> Named:
    """Find the names and numbers of an English or Spanish text by how they are written.

    A number is a word with a digit. A name is a word with a capital that does not begin a
    sentence, or that does and is followed by another such word; or a day of the week.
    """
    tokens = _TOKEN.findall(text)
    words: list[str] = []
    is_key: list[bool] = []
    begins = True
    for place, token in enumerate(tokens):
        if not token[0].isalnum():
            begins = begins or token != "." or not _is_abbreviation(tokens[place - 1])
            continue
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        is_key.append(_is_number(token) or _is_name(token, following if begins else "X"))
        words.append(token.casefold())
        begins = False
    keys = frozenset(word for word, key in zip(words, is_key, strict=True) if key)
    return Named(words=tuple(words), is_key=tuple(is_key), keys=keys)


def same_names(small: Named, large: Named) -> bool:
    """Say whether the shorter of two alike texts keeps the names and numbers of the longer.

    Args:
        small: The shorter text, or the one with the fewer shingles.
        large: The other one.

    Returns:
        False where too many of its names and numbers are missing in the longer text, or others
        stand in their places. True also where there are too few to tell: see ``can_tell``.
    """
    missing = small.keys - large.keys
    if len(missing) > MOST_MISSING * len(small.keys):
        return False
    if not missing:
        return True
    return _replaced(small, large) <= MOST_REPLACED * len(small.keys)


def can_tell(small: Named, large: Named) -> bool:
    """Say whether both texts have enough names and numbers to compare."""
    return min(len(small.keys), len(large.keys)) >= FEWEST


def _replaced(small: Named, large: Named) -> int:
    """Count the names and numbers that have another one in their place."""
    lost: set[str] = set()
    matcher = SequenceMatcher(None, small.words, large.words)
    for what, a, b, c, d in matcher.get_opcodes():
        if what != "replace":
            continue
        here, there = _keys(small, a, b), _keys(large, c, d)
        if there - here:
            lost |= here - there
    return len(lost)


def _keys(named: Named, start: int, end: int) -> set[str]:
    return {named.words[k] for k in range(start, end) if named.is_key[k]}


def _is_number(token: str) -> bool:
    return not token.isalpha() and any(letter.isdigit() for letter in token)


def _is_name(token: str, following: str) -> bool:
    if token.casefold() in _DAYS:
        return True
    return token[0].isupper() and len(token) > 1 and following[:1].isupper()


def _is_abbreviation(token: str) -> bool:
    return token[0].isupper() and len(token) <= _LONGEST_ABBREVIATION
