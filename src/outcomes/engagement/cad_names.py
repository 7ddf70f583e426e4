"""Names of CAD call types: split into words, with spellings, truncations and slips mended."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import cache

from outcomes.engagement.cad_words import cad_words

_STOP = frozenset({"a", "and", "at", "for", "of", "on", "the", "to", "w", "from", "by", "n", "log"})
_LENGTH = re.compile(r"\d\s*(ft|foot)\b(?!\s*(beat|patrol|post|detail))")  # 5 ft fence
_LIKE = 0.85  # of two words: how alike one is to the other that was meant
_SHORTEST_CUT = 10  # letters of a name that may have been cut off by a field's length


def code_key(call_type: str) -> str:
    """Write a call type so that letter case and spaces make no difference."""
    return " ".join(call_type.split()).casefold()


def words_of(name: str) -> list[str]:
    """Split a name into words: known spellings, truncations and typing errors are mended."""
    name = _LENGTH.sub("", name.casefold().replace("'", ""))
    raw = [part for token in re.findall(r"k9|[a-z]+", name) for part in _parted(token)]
    words = []
    for at, token in enumerate(raw):
        following = _mended(raw[at + 1]) if at + 1 < len(raw) else ""
        if token == "comm":  # commercial as often as community: told by what follows
            words.append("community" if following in _after_comm() else "comm")
        elif at == len(raw) - 1 and len(raw) > 1:
            words.append(_completed(_mended(token)))
        else:
            words.append(_mended(token))
    return [word for word in words if word not in _STOP]


def same_spelling(name: str, other: str) -> bool:
    """Say whether two names are the same but for slips, or one is the other cut off."""
    first, second = _letters(name), _letters(other)
    short, long = sorted(("".join(first), "".join(second)), key=len)
    if len(short) >= _SHORTEST_CUT and long.startswith(short):
        return True
    return len(first) == len(second) and all(map(_alike, first, second))


def similarity(name: str, others: Sequence[str]) -> tuple[str, float]:
    """Find which of some names is written most like this one, and how much so, 0 to 1."""
    plain = " ".join(_letters(name))
    best, found = 0.0, ""
    matcher = SequenceMatcher(b=plain, autojunk=False)
    for other in others:
        matcher.set_seq1(" ".join(_letters(other)))
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            ratio = matcher.ratio()
            if ratio > best:
                best, found = ratio, other
    return found, round(best, 2)


@cache
def _letters(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z]+", name.casefold().replace("'", "")))


def _alike(word: str, other: str) -> bool:
    if word == other:
        return True
    if min(len(word), len(other)) < 5 or word[0] != other[0]:
        return False  # walk and talk differ by one letter too
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= _LIKE


def _parted(token: str) -> list[str]:
    """Part words that were written as one: FOOTPATROL, FTPTRL."""
    spelled = cad_words().spelled()
    rounds = cad_words().words_of("round")
    for start in ("foot", "ft", "walk"):
        rest = token.removeprefix(start)
        if rest != token and spelled.get(rest, rest) in rounds:
            return [start, rest]
    return spelled.get(token, token).split() if token in spelled else [token]


def _mended(token: str) -> str:
    spelled, known = cad_words().spelled(), _vocabulary()
    if token in spelled or token in known or len(token) < 6:
        return spelled.get(token, token)
    close = get_close_matches(token, known, n=1, cutoff=_LIKE)
    return close[0] if close and close[0][0] == token[0] else token


def _completed(token: str) -> str:
    """Complete a last word that a field's length cut off."""
    known = _vocabulary()
    if len(token) < 3 or token in known or token in _STOP:
        return token
    decoys = cad_words().decoy_of()
    whole = [word for word in known if word.startswith(token) and word not in decoys]
    return min(whole, key=lambda word: (len(word), word)) if whole else token


@cache
def _vocabulary() -> tuple[str, ...]:
    return tuple(sorted(cad_words().vocabulary()))


@cache
def _after_comm() -> frozenset[str]:
    words = cad_words()
    return words.words_of("contact") | words.words_of("walking")
