"""A code map for CAD extracts: which call types are walks, which are other engagement (D3).

The map is a suggestion that a person confirms once. It prefers missing a walk to taking a pursuit
for one: a word such as "foot" or "walk" alone is not enough, and is left for the person to decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from outcomes.engagement.cad_names import code_key, same_spelling, similarity, words_of
from outcomes.engagement.cad_words import cad_words

NEITHER = "not a walk"
WALK, COMMUNITY = "walk", "community"
COLUMNS = ("call_type", "calls", "suggestion", "why", "like", "similarity", "means")
_WORTH_SAYING = 0.6  # of a similarity: below it, the name that comes closest says nothing
_OPEN = ("walking", "people")  # groups whose words alone decide nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCodes:
    """What is known beside the words: a study's walk types, and what a person confirmed."""

    walk_types: Mapping[str, str] = field(default_factory=dict)  # code: name
    confirmed: Mapping[str, str] = field(default_factory=dict)  # call type: what it means

    def meanings(self) -> tuple[str, ...]:
        """List what a call type may mean."""
        return (*self.walk_types, WALK, COMMUNITY, NEITHER)


NOTHING_KNOWN = KnownCodes()


def suggest_map(
    call_types: Iterable[str] | Mapping[str, int], known: KnownCodes = NOTHING_KNOWN
) -> pd.DataFrame:
    """Suggest which call types of a CAD extract stand for walks or other community engagement.

    Args:
        call_types: Names as the extract writes them, truncated or misspelled ones among them;
            with the number of calls of each, if it is known. Each name is looked at once.
        known: The study's walk types, and what a person confirmed before; names that are
            confirmed are not asked again and left out.

    Returns:
        One row a different name: walks first, then engagement, then what a person must decide,
        then the rest, each in the order met. ``call_type`` as written; ``calls``; ``suggestion``,
        the code of a walk type, "walk" (of a type that is not known), "community" or "not a
        walk"; ``why``, the words that decided; ``like`` and ``similarity`` (0 to 1), the name of
        a walk or of engagement that is written most like it; ``means``, the suggestion again for
        a person to confirm or change, empty where the words do not decide.

    Source:
        Requirement D3; own rules, measured in tests/engagement on invented names and in tests/real
        on names of five cities. The rules know common English words only.
    """
    counts = dict(call_types) if isinstance(call_types, Mapping) else _counted(call_types)
    asked = {code_key(name) for name in known.confirmed}
    taken = {name: what for name, what in known.confirmed.items() if what != NEITHER}
    patterns = [*taken, *(each for some in cad_words().examples.values() for each in some)]
    rows = []
    for name, calls in counts.items():
        if code_key(name) in asked:
            continue
        suggestion, why, decided = _suggest(name, known)
        like, alike = similarity(name, patterns)
        like = like if alike >= _WORTH_SAYING else ""
        means = suggestion if decided else ""
        rows.append((name, calls, suggestion, why, like, alike, means))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values("suggestion", key=lambda _: _rank(table), kind="stable").reset_index(
        drop=True
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[str(name)] = counts.get(str(name), 0) + 1
    return counts


def _rank(table: pd.DataFrame) -> pd.Series:
    """Walks before engagement, before what is open, before the rest."""
    other = table["means"].eq("").map({True: 2, False: 3})
    ranks = table["suggestion"].map({COMMUNITY: 1})
    return ranks.where(table["suggestion"] != NEITHER, other).fillna(0)


def _suggest(name: str, known: KnownCodes) -> tuple[str, str, bool]:
    """Suggest a meaning, say why, and whether the words decide it."""
    for other, meaning in known.confirmed.items():
        if same_spelling(name, other):
            return meaning, f"written like {other!r}, which was confirmed as {meaning}", True
    words = words_of(name)
    if decoy := _decoy(words):
        return NEITHER, decoy, True
    if found := _ruled(words):
        meaning, why = found
        return (_typed(words, known) if meaning == WALK else meaning), why, True
    core = frozenset({"foot"}).union(*(cad_words().words_of(group) for group in _OPEN))
    if alone := [word for word in words if word in core]:
        return NEITHER, f"{alone[0]!r} alone does not say what was done: decide it", False
    return NEITHER, "no words of a walk or of community engagement", True


def _ruled(words: list[str]) -> tuple[str, str] | None:
    """Find the first rule that these words meet, and the words that meet it."""
    vocabulary = cad_words()
    walking = vocabulary.words_of("walking")
    if words and set(words) <= walking:
        return WALK, repr(words[0])
    for rule in vocabulary.rules:
        hits = [
            next((word for word in words if word in vocabulary.words_of(group)), "")
            for group in rule.groups
        ]
        if all(hits) and len(set(hits)) == len(hits):
            return rule.means, " and ".join(repr(word) for word in hits)
    return None


def _typed(words: list[str], known: KnownCodes) -> str:
    """Say which type of walk it is, if all words of exactly one type's name stand in the name."""
    walking = cad_words().words_of("walking")
    fitting = [
        code
        for code, name in known.walk_types.items()
        if (own := set(words_of(name)) - walking) and own <= set(words)
    ]
    return fitting[0] if len(fitting) == 1 else WALK


def _decoy(words: list[str]) -> str:
    """Say which word or words in a row speak of something else; empty where none does."""
    text = f" {' '.join(words)} "
    for decoy, of in cad_words().decoy_of().items():
        if f" {decoy} " in text:
            return f"{decoy!r} speaks of {of}"
    return ""
