"""Which answer of an item do words mean? Its label in any language, letter case aside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from outcomes.surveys.answer_files import fold
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWords:
    """What may stand in a cell, with the code that each means."""

    exact: Mapping[str, str]  # as it stands -> code
    folded: Mapping[str, str] = field(default_factory=dict)  # as it is compared -> code
    unclear: tuple[str, ...] = ()  # words that stand for several codes, and so for none
    otherwise: str = ""  # the code of all other words; "" where there is none

    def code(self, words: str) -> str | None:
        """Find the code that words stand for; None if they stand for none or for several."""
        return self.exact.get(words) or self.folded.get(fold(words))


def known_words(pairs: Iterable[tuple[str, str]], *, otherwise: str = "") -> KnownWords:
    """Gather words and their codes, and set apart the words that have several."""
    exact: dict[str, set[str]] = {}
    folded: dict[str, set[str]] = {}
    for words, code in pairs:
        exact.setdefault(words, set()).add(code)
        folded.setdefault(fold(words), set()).add(code)
    return KnownWords(
        exact={words: next(iter(codes)) for words, codes in exact.items() if len(codes) == 1},
        folded={words: next(iter(codes)) for words, codes in folded.items() if len(codes) == 1},
        unclear=tuple(sorted(words for words, codes in exact.items() if len(codes) > 1)),
        otherwise=otherwise,
    )


def labels_of(instrument: Instrument, item: Item, *, otherwise: str = "") -> KnownWords:
    """List the labels of an item's answers in all languages, and the codes that mean no answer."""
    pairs = [
        (label, choice.name)
        for choice in instrument.choices[item.choice_list]
        for label in choice.label.values()
    ]
    labelled = {label for label, _ in pairs}
    pairs += [(code, code) for code in instrument.missing if code not in labelled]
    return known_words(pairs, otherwise=otherwise)


def taken_apart(cell: str, known: KnownWords, *, separator: str) -> tuple[str, ...] | None:
    """Take a cell with several answers apart, although an answer may itself hold a comma.

    Args:
        cell: Such as ``I called, or I wrote, I did not know how``.
        known: What may stand there.
        separator: What stands between two answers; spaces around it do not matter.

    Returns:
        The codes, each once, in the order of the cell; None if some part means no answer.
    """
    mark = separator.strip()
    pieces = cell.split(mark) if mark else cell.split()
    longest = 1 + max((words.count(mark or " ") for words in known.exact), default=0)
    found: list[str] = []
    at = 0
    while at < len(pieces):
        code, end = _next_code(pieces, at, known, glue=mark or " ", longest=longest)
        if code is None:
            return None
        found.append(code)
        at = end
    return tuple(code for code in dict.fromkeys(found) if code)


def _next_code(
    pieces: list[str], at: int, known: KnownWords, *, glue: str, longest: int
) -> tuple[str | None, int]:
    """Find the answer that begins at a piece, the longest first, and where it ends."""
    if not pieces[at].strip():
        return "", at + 1  # nothing stands between two separators
    for end in range(min(len(pieces), at + longest), at, -1):
        if code := known.code(glue.join(pieces[at:end]).strip()):
            return code, end
    return known.otherwise or None, at + 1
