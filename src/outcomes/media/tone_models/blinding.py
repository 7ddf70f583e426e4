"""Takes out of a sentence who and where somebody is, which must not move its tone (A6).

Words of origin and standing, names of people and the kind of a police agency are replaced
by one word for all before a model of tone reads the sentence. So two sentences that differ in
nothing else get the same tone, whatever the model has picked up in training. It holds for words
that who_words.toml knows and for names that look like names; for others the training has to do.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from pydantic import Field

from outcomes.declarations import Declaration, read_toml
from outcomes.media.tone_models.police_mentions import (
    NOT_A_PLACE,
    RANK,
    find_mentions,
    no_police,
)
from outcomes.media.tone_models.text_edits import TextEdit, apply_edits

WORDS = Path(__file__).with_name("who_words.toml")
RULES = 3  # raise it where the rules below change: a score can change with them
_CAPITAL = (
    r"(?:(?:[A-Z]\.)+|St\.(?=\s(?!Police)[A-Z])|[^\W\d_a-z][\w-]*(?:['\u2019](?!s\b)[\w-]+)*)"
)
_PARTICLE = r"(?:de|la|las|los|del|da|dos|di|van|von|der|den|ter|bin|ibn|al|el|st\.)"  # of names
_BEGINS = rf"(?:{NOT_A_PLACE}|The|An?|Both|All|These|Those|Other|Another|Any|Our|My|Its|Their)"
_NUMBERED = re.compile(
    r"\b(?:the|these|those|both|two|three|four|five|six|several|some|many|other|\d+)\s$",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(r"\b[^\W\d_]{4,}\b")
_PRONOUN = re.compile(r"he|she|they|his|her|their|him|them", re.IGNORECASE)
_QUOTES = " \"'\u201c\u2018"
_VOWEL = re.compile(r"[AEIOUaeiou]")
_POLICE = re.compile(  # as those who act: "Police freed", not "Police log", "Police Freed Man"
    r"(?:The p|P)olice(?=\s[a-z])"
    r"(?!\s(?:log|record|tape|budget|evidence|contract|staffing|strategy|community|analyst|call|"
    r"review|video|data|killing|shooting|blotter|scanner|work|van|presence|escort|violence)s?\b)"
)


class WhoWords(Declaration):
    """Words that say who or where somebody is; see who_words.toml."""

    origins: tuple[str, ...] = Field(min_length=1)
    persons: tuple[str, ...] = Field(min_length=1)
    standings: tuple[str, ...] = Field(min_length=1)
    places: tuple[str, ...] = Field(min_length=1)
    agency_kinds: tuple[str, ...] = Field(min_length=1)
    never_towns: tuple[str, ...] = ()
    officers: tuple[tuple[str, str], ...] = Field(min_length=1)
    stand_ins: tuple[str, ...] = Field(min_length=1)
    never_in_names: tuple[str, ...] = ()
    titles: tuple[str, ...] = Field(min_length=1)


@cache
def who_words() -> WhoWords:
    """Read the shipped words."""
    return read_toml(WORDS, WhoWords)


def blinding_digest() -> str:
    """Say of which words and rules a blinded text is, in hex digits."""
    return hashlib.sha256(f"{RULES} {WORDS.read_text(encoding='utf-8')}".encode()).hexdigest()


def blind_rows(
    texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
) -> tuple[list[str], list[int], list[int]]:
    """Take out of sentences about law enforcement who and where somebody is.

    Args:
        texts: Sentences, n of them.
        starts: Where each target starts, in characters.
        ends: The first character behind each target.

    Returns:
        The three, as many. A row whose target is no law enforcement, nor a pronoun beside it,
        stays as it is: there a name can be what matters.

    Source:
        Garg et al. (2019), AIES: 219-226, who call it blindness. Requirement A6.
    """
    rows = [
        _blinded(text, start, end) if _means_police(text, start, end) else (text, start, end)
        for text, start, end in zip(texts, starts, ends, strict=True)
    ]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def _means_police(text: str, start: int, end: int) -> bool:
    target = text[start:end]
    if _PRONOUN.fullmatch(target):
        return bool(find_mentions(text))
    return bool(find_mentions(target)) or any(
        pattern.search(target) for pattern in (_patterns().one, _patterns().many)
    )


def _blinded(text: str, start: int, end: int) -> tuple[str, int, int]:
    for step in (_origins, _neighborhoods, _agencies, _names):
        edits: list[TextEdit] = []
        for edit in sorted(step(text), key=lambda each: (each.start, -each.end)):
            if not edits or edit.start >= edits[-1].end:
                edits.append(edit)
        text, start, end = apply_edits(text, start, end, edits=edits)
    return apply_edits(text, start, end, edits=_those_who_act(text, start, end=end))


def _those_who_act(text: str, start: int, *, end: int) -> list[TextEdit]:
    """Read police who begin a sentence as officers.

    In news "Police" begins mostly what police told, so a model takes the word itself for a sign
    of neutral, whatever follows: see docs/tone-model-training.md for what that cost.
    """
    acts = _POLICE.match(text, start)
    if acts and acts.end() == end and _begins_sentence(text[:start]):
        return [TextEdit(start, end, "The officers")]
    return []


def _begins_sentence(before: str) -> bool:
    return not before.strip(_QUOTES) or before.rstrip()[-1] in ".!?\u201c"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    """Made once from the words."""

    many: re.Pattern[str]
    one: re.Pattern[str]
    origin: re.Pattern[str]
    of_any: re.Pattern[str]
    neighborhood: re.Pattern[str]
    capitals: re.Pattern[str]
    title: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    words = who_words()
    origins, persons = _either(words.origins), _either(words.persons)
    kinds = rf"(?:(?i:{_either(words.agency_kinds)})\s)"
    town = rf"(?:(?!(?:{_BEGINS}|{origins}|{_either(words.never_towns)})\b){_CAPITAL}\s)"
    standing = rf"(?:{_either(words.standings)}|{origins})"
    one, many = (_either([pair[at] for pair in words.officers]) for at in (0, 1))
    whose = rf"(?:(?:[Pp]olice|[Ss]heriff['\u2019]s|patrol)\s(?={one}|{many}))?"
    return _Patterns(
        many=re.compile(
            rf"\b(?P<kind>{town}{{0,3}}{kinds}{{0,2}}){whose}"
            rf"(?P<who>[Pp]olice|{many}|(?:(?<=^)|(?<=[.!?\u201c\"]\s)|(?<=\u201c))(?i:{many}))\b"
            r"(?!\s[A-Z]|[-'\u2019])"
            r"(?!\s(?:department|chief|office|force|service|union|commission|unit|bureau|academy|"
            r"superintendent|sergeant|lieutenant|captain|detective|deput|officer|station|car|"
            r"cruiser|dog|report|brutality|misconduct|custody|state|oversight|reform)s?\b)"
        ),
        one=re.compile(
            rf"\b(?P<article>[Aa]n?|[Tt]he)\s(?P<kind>{town}{{0,3}}{kinds}{{0,2}}){whose}"
            rf"(?P<who>{one})\b"
            r"(?!\s[A-Z]|[-'\u2019])"
        ),
        origin=re.compile(
            rf"\b(?P<article>[Aa]n?|[Tt]he|[Oo]ne|[Aa]nother|[Tt]wo|[Tt]hree|[Ff]our)"
            rf"(?P<middle>(?:\s[a-z\d][\w-]*)??)\s(?:{origins}|{_CAPITAL}(?:\s{_CAPITAL})?)"
            rf"(?=(?:\s[\w-]+)?\s(?:{persons})s?\b)"
        ),
        of_any=re.compile(rf"\b(?:{origins})\b"),
        neighborhood=re.compile(
            rf"\b(?P<article>[Aa]n?|[Tt]he)(?:(?:\s(?:(?:mostly|largely|mainly|predominantly|"
            rf"majority|heavily|historically)[\s-])?{standing})+"
            rf"\s(?:{_either(words.places)})|\ssuburb)\b"
        ),
        capitals=re.compile(rf"(?<![\w-]){_CAPITAL}(?:(?:\s{_PARTICLE})*\s{_CAPITAL})*"),
        title=re.compile(rf".*\b(?:{RANK}|{_either(words.titles)})(?:\s|$)"),
    )


def _either(words: Sequence[str] | dict[str, str]) -> str:
    """Match any of the words, the longest that fits."""
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True))


def _officers_of_police(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Find officers and agents who are police; those of prisons and of real estate stay."""
    others = no_police(text)
    for found in pattern.finditer(text):
        if not any(found.start() < end and start < found.end() for start, end in others):
            yield found


def _names_several_agencies(text: str) -> bool:
    """Say whether two agencies stand in a sentence: which of them it is then matters."""
    single = {many: one for one, many in who_words().officers}
    named = set()
    both = (_officers_of_police(each, text) for each in (_patterns().one, _patterns().many))
    for found in chain(*both):
        who = found["who"].lower()
        who = single.get(who, who)
        named.add(found["kind"].strip().lower() if who in {"police", "officer"} else who)
    return len(named - {""}) > 1


def _agencies(text: str) -> Iterator[TextEdit]:
    """Make one agency like another: county deputies, state troopers and a town's police."""
    if _names_several_agencies(text):
        return
    for found in _officers_of_police(_patterns().many, text):
        before = text[: found.start()]
        several = found["who"].lower() != "police" and _NUMBERED.search(before)
        word = "officers" if several else "police"
        yield TextEdit(*found.span(), word.capitalize() if _begins_sentence(before) else word)


def _names(text: str) -> Iterator[TextEdit]:
    """Give the first person named the first stand-in, the second the second, whoever they are.

    A surname that stands alone goes with the first who has it; a namesake is another person.
    """
    if _is_in_capitals(text):
        return
    stand_ins, given, firsts = who_words().stand_ins, dict[str, str](), dict[str, str]()
    for found in _patterns().capitals.finditer(text):
        title = _patterns().title.match(found.group())
        start = found.start() + (title.end() if title else 0)
        parts = [
            part for part in text[start : found.end()].split() if not re.fullmatch(_PARTICLE, part)
        ]
        if not _of_a_person(parts, before=text[:start], titled=title is not None):
            continue
        same = len(parts) == 1 or firsts.setdefault(parts[-1], parts[0]) == parts[0]
        person = parts[-1] if same else f"{parts[0]} {parts[-1]}"
        known = given.setdefault(person, stand_ins[len(given) % len(stand_ins)])
        surname = known.split()[-1]
        yield TextEdit(start, found.end(), known if len(parts) > 1 else surname)
        for again in re.finditer(rf"\b{re.escape(parts[-1])}\b", text[found.end() :]):
            here = found.end() + again.start()
            yield TextEdit(here, here + len(parts[-1]), surname)


def _is_in_capitals(text: str) -> bool:
    """Say whether a headline writes all its words with a capital letter."""
    words = _LONG_WORD.findall(text)
    return len(words) > 2 and sum(word[0].isupper() for word in words) > 0.8 * len(words)


def _of_a_person(parts: Sequence[str], *, before: str, titled: bool) -> bool:
    """Say whether words in capitals are a name: two or three, or one behind a rank."""
    if not (1 if titled else 2) <= len(parts) <= 3:
        return False
    if re.search(r"\b(?:[Tt]he|[Ii]n|[Aa]t|[Nn]ear|[Oo]utside|[Aa]round|[Aa]cross)\s$", before):
        return False
    known = set(who_words().never_in_names) | set(who_words().origins)
    return not set(parts) & known and not re.fullmatch(_BEGINS, parts[0])


def _neighborhoods(text: str) -> Iterator[TextEdit]:
    for found in _patterns().neighborhood.finditer(text):
        article = "the" if found["article"].lower() == "the" else "a"
        yield TextEdit(*found.span(), _as_large(f"{article} neighborhood", like=found.group()))


def _origins(text: str) -> Iterator[TextEdit]:
    """Leave out a person's origin, unless a sentence sets two origins against each other."""
    if len(set(_patterns().of_any.findall(text))) > 1:
        return
    for found in _patterns().origin.finditer(text):
        article, middle = found["article"], found["middle"]
        if article.lower() in {"a", "an"} and not middle.strip()[:1].isdigit():
            follows = middle.strip() or text[found.end() :].strip()
            article = _as_large("an" if _VOWEL.match(follows) else "a", like=article)
        yield TextEdit(*found.span(), article + middle)


def _as_large(word: str, *, like: str) -> str:
    return word[0].upper() + word[1:] if like[0].isupper() else word
