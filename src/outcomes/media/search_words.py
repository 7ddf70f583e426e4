"""What people type into a search box, made into a question that the index can always answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 400  # characters; the rest is not looked at
MOST_TERMS = 24
SHORTEST_BEGINNING = 3  # letters before a *; fewer would be the beginning of half the words
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_PIECE = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_SAYS_SOMETHING = re.compile(r"[^\W_]")  # at least one letter or digit


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, a phrase, or the beginning of a word."""

    text: str
    beginning: bool = False

    @property
    def question(self) -> str:
        """The term as FTS5 writes it; within quotes nothing has a meaning of its own."""
        return f'"{self.text}"' + ("*" if self.beginning else "")

    @property
    def words(self) -> tuple["Term", ...]:
        """What must be looked up for it: each word of a phrase."""
        parts = tuple(Term(text=word) for word in self.text.split() if _says_something(word))
        return parts if len(parts) > 1 else (self,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWords:
    """Words to find: one of each group must be there, and none of those left out."""

    groups: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()

    @property
    def wanted(self) -> str:
        """What must be there, as FTS5 writes it; empty where nothing was asked for."""
        return " AND ".join(f"({_any(group)})" for group in self.groups)

    @property
    def unwanted(self) -> str:
        """What must not be there."""
        return _any(self.without)


def read_words(typed: str) -> SearchWords:
    r"""Read what somebody typed; anything can be typed, and nothing is an error.

    Words must all be there, in any order and form ("patrols" finds "patrol"). ``"two words"`` must
    stand side by side, ``a OR b`` takes either, ``-word`` leaves out, ``word*`` is the beginning of
    a word. What cannot be read that way is taken as words.

    Args:
        typed: Up to 400 characters and 24 words count.

    Returns:
        The question; without any group where there is nothing to look for.
    """
    pieces = list(_PIECE.finditer(typed[:LONGEST].translate(_QUOTES)))
    groups: list[list[Term]] = []
    without: list[Term] = []
    either, left_out = False, False
    for piece in pieces:
        word = piece["word"]
        if word == "OR" and not piece["minus"]:
            either = bool(groups)
            continue
        if word in {"AND", "NOT"} and not piece["minus"]:
            left_out = word == "NOT"
            continue
        term = _term(piece)
        if term is not None:
            _put(term, groups, without, either=either, out=left_out or bool(piece["minus"]))
        either = left_out = False
        if len(without) + sum(map(len, groups)) >= MOST_TERMS:
            break
    return SearchWords(groups=tuple(map(tuple, groups)), without=tuple(without))


def _put(
    term: Term, groups: list[list[Term]], without: list[Term], *, either: bool, out: bool
) -> None:
    if out:
        without.append(term)
    elif either:
        groups[-1].append(term)
    else:
        groups.append([term])


def _term(piece: re.Match[str]) -> Term | None:
    text = piece["phrase"] if piece["word"] is None else piece["word"]
    text = text.replace("\0", " ").strip()
    if not _says_something(text):
        return None
    bare = text.rstrip("*")
    long_enough = len(re.findall(r"[^\W_]", bare)) >= SHORTEST_BEGINNING
    beginning = piece["word"] is not None and bare != text and long_enough
    return Term(text=bare.strip(), beginning=beginning)


def _says_something(text: str) -> bool:
    return _SAYS_SOMETHING.search(text) is not None


def _any(terms: Sequence[Term]) -> str:
    return " OR ".join(term.question for term in terms)
