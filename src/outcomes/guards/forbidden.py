"""Forbidden columns: names and contents of tables that engagement never keeps, and why (A6, D19).

The rules are data (forbidden.toml). They are a help against a habit or a mistake, and no proof:
whoever calls a column of religions "group 7" gets it past its name.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from outcomes.declarations import Declaration, read_toml
from outcomes.errors import FileError

Kind = Literal[
    "religion", "politics", "opinion", "association", "enforcement", "immigration", "identity"
]
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_LONGEST_NAME = 200  # characters of a column's name that are looked at
_SHORTEST = 3  # letters of a word that may hide in another


class RedLine(Declaration):
    """One kind of content, and why it is never kept."""

    code: Kind
    looks: str
    why: str


class NameRule(Declaration):
    """Words in a column's name that speak of one kind of content."""

    kind: Kind
    any: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    counts: bool = False


class CellWords(Declaration):
    """Words that cells hold in a column of one kind of content."""

    kind: Kind
    cells: tuple[str, ...] = Field(min_length=1)


class ForbiddenRules(Declaration):
    """All of forbidden.toml."""

    kinds: tuple[RedLine, ...] = Field(min_length=1)
    rules: tuple[NameRule, ...] = Field(min_length=1)
    words: tuple[CellWords, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A column that must not be kept, and what gave it away."""

    column: str
    kind: Kind
    sign: str  # "the word suspect in its name"


@cache
def forbidden_rules() -> ForbiddenRules:
    """Read the rules that the product ships."""
    return read_toml(Path(__file__).with_name("forbidden.toml"), ForbiddenRules)


def red_line(kind: Kind) -> RedLine:
    """Say what a kind of content looks like, and why it is never kept."""
    return next(line for line in forbidden_rules().kinds if line.code == kind)


def forbidden_columns(names: Iterable[str], *, counts: bool = False) -> tuple[Found, ...]:
    """Find the columns whose names speak of what engagement never keeps.

    Args:
        names: As they stand in the file, in English or Spanish; capitals, accents, signs between
            words and words written together (suspectName, lastname) make no difference.
        counts: Whether the table holds counts by place and month: then a column such as arrests
            is a number, and no record of anybody.

    Returns:
        One for each such column, in the order of the names.

    Source:
        Requirements A6, A10, A11, D19; 28 CFR 23.20 as the red line.
    """
    found = (_found(name, counts=counts) for name in names)
    return tuple(each for each in found if each is not None)


def require_none_forbidden(
    path: Path,
    names: Iterable[str],
    *,
    cells: Mapping[str, Iterable[object]] | None = None,
    without: Collection[str] = (),
    counts: bool = False,
) -> None:
    """Refuse a file that holds what engagement never keeps.

    Args:
        path: The file, for the message.
        names: Its columns, as they stand in it.
        cells: Some cells of the columns that would be kept, by their names.
        without: Columns that are left out unread.
        counts: As for ``forbidden_columns``.

    Raises:
        FileError: A column looks like it, by name or by content: which one, why it is refused, and
            how to leave it out.
    """
    from outcomes.guards.forbidden_content import forbidden_content

    found = list(forbidden_columns([name for name in names if name not in without], counts=counts))
    for name, some in (cells or {}).items():
        if name not in without:
            found += [each for each in (forbidden_content(name, some),) if each is not None]
    if found:
        raise _refusal(path, found)


def _refusal(path: Path, found: Sequence[Found]) -> FileError:
    first = found[0]
    line = red_line(first.kind)
    others = list(dict.fromkeys(each.column for each in found if each.column != first.column))
    more = f" (so do: {', '.join(others)})" if others else ""
    out = " ".join(f"--without {_quoted(name)}" for name in (first.column, *others))
    return FileError(
        path,
        f"column {first.column!r}",
        f"it looks like {line.looks}, by {first.sign}{more}. Nothing was stored: {line.why}",
        f"Take it out of the file, or leave it out unread: {out}",
    )


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name) else f'"{name}"'


def _found(name: str, *, counts: bool) -> Found | None:
    words = words_of(name)
    for rule in forbidden_rules().rules:
        if counts and rule.counts:
            continue
        sign = _sign(words, rule)
        if sign:
            return Found(column=name, kind=rule.kind, sign=f"the word {sign!r} in its name")
    return None


def _sign(words: Sequence[str], rule: NameRule) -> str:
    """Say which words of a name break a rule; "" if none does."""
    whole = (_parts(only) for only in rule.only)
    if any(len(parts) == len(words) and all(map(_fits, words, parts)) for parts in whole):
        return " ".join(words)
    if _standing(words, rule.unless):
        return ""
    if rule.beside and not _standing(words, rule.beside):
        return ""
    return _standing(words, rule.any)


def _standing(words: Sequence[str], wanted: Iterable[str]) -> str:
    """Find the first of some words, or rows of words, that stands in a name."""
    for pattern in wanted:
        parts = _parts(pattern)
        for at in range(len(words) - len(parts) + 1):
            if _fits(words[at], parts[0]) and all(map(_fits, words[at + 1 :], parts[1:])):
                return " ".join(words[at : at + len(parts)])
    return ""


@cache
def _parts(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split())


def _fits(word: str, part: str) -> bool:
    """Say whether a word is the one of a rule, or begins as it does where it ends in a star."""
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def words_of(name: str) -> tuple[str, ...]:
    """Part a column's name into plain words: small letters, no accents, no signs.

    Words written together are parted where they are made up of words that the rules know.
    """
    plain = plain_text(name[:_LONGEST_NAME])
    words = [part.lower() for part in _PARTS.findall(plain.replace("'", "").replace("\u2019", ""))]
    return tuple(word for part in words for word in _parted(part))


def plain_text(text: str) -> str:
    """Take the accents off letters."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def _vocabulary() -> frozenset[str]:
    """List the whole words of the rules that others may be written together with."""
    listed = [
        word
        for rule in forbidden_rules().rules
        for pattern in (*rule.any, *rule.beside, *rule.unless, *rule.only)
        for word in pattern.split()
    ]
    known = {word.removesuffix("*") for word in listed if len(word.removesuffix("*")) >= _SHORTEST}
    return frozenset({*known, *_JOINTS}) - {"per", "one"}


_JOINTS = (
    *("first", "last", "full", "middle", "number", "num", "code", "status", "type", "date", "nbr"),
    *("check", "home", "street", "work", "file", "notes", "member", "group", "officer", "person"),
    *("license", "licence", "resident", "contact", "participant", "attendee", "id", "no", "of"),
    *("reason", "religion", "denomination", "politics", "immigration", "card", "subject"),
    *("color", "race", "time", "day", "photo", "email"),
)


@cache
def _parted(word: str) -> tuple[str, ...]:
    """Part one word into those it is made up of; itself where it is not made up of any."""
    if len(word) < 2 * _SHORTEST or word in _vocabulary() or len(word) > 40:
        return (word,)
    ways: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(word) + 1):
        for start in [at for at in ways if at < end]:
            piece = word[start:end]
            if piece in _vocabulary() and end not in ways:
                ways[end] = (*ways[start], piece)
    found = ways.get(len(word), (word,))
    return found if any(len(piece) > _SHORTEST for piece in found) else (word,)
