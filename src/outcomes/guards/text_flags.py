"""Flags: pieces of a free text that may say who somebody is, each with the rule that found it.

The rules are few and can be read here. They are a help for the person who reads every text, and
no proof: a surname in small letters, or a story that everybody knows, is found by no rule.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from outcomes.guards.first_names import COMMON

Kind = Literal["name", "phone", "e-mail", "web", "plate", "address", "badge", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One piece of a text, and why it is flagged."""

    start: int
    end: int
    kind: Kind
    why: str


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    why: str
    pattern: re.Pattern[str]


# rules bound every repetition, so that a long text costs no more than its length; (?i:...) takes
# capital and small letters, the rest is as written
_WORD = r"[^\W\d_][\w'\u2019-]{0,30}"
_CAPITAL = r"[A-ZÁÉÍÓÚÑÜ][\w'\u2019-]{1,30}"
_SAYS_NUMBER = r"(?:\s{0,2}(?:number|no\.?|num\.?|n[uú]mero|was|is|es))?[\s:#]{0,4}"
_STREET = (
    r"street|st|avenue|ave|road|rd|lane|ln|boulevard|blvd|terrace|parkway|pkwy|highway|hwy|alley"
)
_STREET_OR_WORD = r"Court|Ct|Place|Pl|Way|Drive|Dr|Circle|Cir|Square|Loop|Trail"
_TITLE = (
    r"officer|ofc|sgt|sergeant|lt|lieutenant|captain|capt|chief|detective|det|deputy|corporal|cpl|"
    r"mr|mrs|ms|miss|dr|doctor|pastor|reverend|rev|father|sister|coach|judge|principal|oficial|"
    r"sargento|teniente|capit[aá]n|jefe|señora|señor|señorita|sra|sr|srta|don|doña|padre|maestr[ao]"
)
_RULES = (
    _Rule(
        "e-mail", "an e-mail address", re.compile(r"[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,20})+")
    ),
    _Rule(
        "web",
        "a web address or an account",
        re.compile(r"(?i:\bhttps?://|\bwww\.)\S{1,300}|(?<![\w@])@\w{2,30}"),
    ),
    _Rule(
        "plate",
        "numbers or letters after the word plate or tag (in Spanish also a badge)",
        re.compile(
            rf"\b(?i:plates?|license|licence|tags?|placas?|matr[ií]cula){_SAYS_NUMBER}"
            r"\s?(?=[A-Za-z -]{0,8}\d)[A-Za-z0-9](?:[ -]?[A-Za-z0-9]){2,7}\b"
        ),
    ),
    _Rule(
        "plate",
        "capital letters and digits together, as on a plate",
        re.compile(r"\b(?:[A-Z]{2,3}[ -]?\d{3,4}|\d{1,3}[ -]?[A-Z]{2,3}[ -]?\d{1,4})\b"),
    ),
    _Rule(
        "badge",
        "a number after badge, unit, car or the like",
        re.compile(
            r"\b(?i:badge|shield|insignia|unit|car|cruiser|patrulla|unidad|employee|id)"
            rf"{_SAYS_NUMBER}\s?[A-Za-z]?\d{{2,7}}\b"
        ),
    ),
    _Rule(
        "number",
        "a number of a case or report",
        re.compile(
            r"\b(?i:case|report|incident|ticket|citation|caso|expediente|reporte|denuncia)"
            rf"{_SAYS_NUMBER}\s?\d[\d-]{{2,15}}\b"
        ),
    ),
    _Rule(
        "phone",
        "seven or ten digits, as in a phone number",
        re.compile(
            r"(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\)\s?|\d{3}[ .-]?)?\d{3}[ .-]?\d{4}(?![\d-])"
        ),
    ),
    _Rule(
        "number", "a long number", re.compile(r"\b\d{3}-\d{2}-\d{4}\b|\b\d{5,20}\b|#\s?\d{2,20}")
    ),
    _Rule(
        "address",
        "a house number and a street",
        re.compile(
            rf"\b\d{{1,6}}\s(?:{_WORD}\s){{0,2}}(?:{_WORD}|\d{{1,3}}(?:st|nd|rd|th))\s"
            rf"(?:(?i:{_STREET})|{_STREET_OR_WORD})\b"
        ),
    ),
    _Rule(
        "address",
        "the name of a street",
        re.compile(
            rf"\b(?:{_CAPITAL}\s){{1,3}}(?:(?i:{_STREET})|{_STREET_OR_WORD})\b"
            rf"|\b\d{{1,3}}(?:st|nd|rd|th)\s(?i:{_STREET})\b"
            rf"|\b(?i:calle|avenida|av\.|carrera|pasaje|callej[oó]n)\s(?:{_WORD}|\d{{1,3}})"
            rf"(?:\s{_CAPITAL}){{0,3}}(?:\s?#?\s?\d{{1,6}})?"
            rf"|\b(?i:corner of|esquina de)\s{_WORD}(?:\s(?i:and|y|con)\s{_WORD})?"
        ),
    ),
    _Rule(
        "address",
        "a number of a flat, room or post box",
        re.compile(
            r"\b(?i:apt|apartment|suite|apto|apartamento|room|p\.?\s?o\.?\sbox)\.?\s?#?\s?"
            r"[A-Za-z]?\d{1,5}[A-Za-z]?\b"
        ),
    ),
    _Rule(
        "name",
        "a name after a title",
        re.compile(rf"\b(?i:{_TITLE})\.?\s{_CAPITAL}(?:\s{_CAPITAL}){{0,2}}"),
    ),
    _Rule(  # other titles are words too, before any other word: the captain asked, sister city
        "name",
        "a word after mr, mrs or ms",
        re.compile(rf"(?<!\d\s)\b(?i:mrs?|ms)\.?\s(?!(?i:and|or|mrs?|ms)\b){_WORD}"),
    ),
    _Rule(
        "name",
        "a name after words such as: my name is",
        re.compile(
            rf"\b(?i:my name is|his name is|her name is|mi nombre es|me llamo|se llama)\s{_WORD}"
            rf"(?:\s{_CAPITAL}){{0,2}}"
        ),
    ),
)
_TOKENS = re.compile(rf"{_WORD}")
_ENDS_SENTENCE = re.compile(r"(?:^|[.!?:…\n\r\"“(¿¡•-])\s*$")
_CAPITALS = """
i i'm i've i'd i'll ok okay pd police department sheriff fire city county state street avenue
road officer officers oficial oficiales policía policia departamento ciudad condado sergeant
lieutenant captain chief detective deputy corporal mr mrs ms miss dr pastor monday tuesday
wednesday thursday friday saturday sunday january february march april may june july august
september october november december christmas easter thanksgiving halloween new year english
spanish american americans mexican mexicans hispanic hispanics latino latina latinos black white
asian african indian native muslim christian catholic jewish god jesus america usa us united
states covid facebook instagram twitter nextdoor google youtube north south east west main
center centre park school church community neighborhood academy class walk walks thank thanks
please yes no sr sra srta don doña señor señora dios
"""
_NO_NAMES = frozenset(_CAPITALS.split())  # written with a capital inside a sentence, too
_WHY_CAPITAL = "a capital letter inside a sentence, as in a name"
_WHY_FIRST = "a common first name"


def flags(text: str, *, known: Collection[str] = ()) -> tuple[Flag, ...]:
    """Find what may say who somebody is: names, phones, plates, addresses, badge numbers.

    Args:
        text: What somebody wrote, in English or Spanish.
        known: Words that are no secret, such as the names of the study's places and agency.

    Returns:
        In the order of the text; none lies in another. The longer of two that overlap is kept.
    """
    familiar = _NO_NAMES | {word.lower() for name in known for word in _TOKENS.findall(name)}
    found = [
        Flag(start=match.start(), end=match.end(), kind=rule.kind, why=rule.why)
        for rule in _RULES
        for match in rule.pattern.finditer(text)
    ]
    return _apart([*found, *_names(text, familiar)])


def suggested(text: str, found: Collection[Flag]) -> str:
    """Put a word in brackets in the place of each flagged piece, as a first draft for a person."""
    draft = text
    for flag in sorted(found, key=lambda flag: flag.start, reverse=True):
        draft = f"{draft[: flag.start]}[{flag.kind}]{draft[flag.end :]}"
    return draft


def _names(text: str, familiar: Collection[str]) -> Iterator[Flag]:
    """Find names word by word: common first names, and capitals where no sentence begins."""
    run: list[re.Match[str]] = []
    for match in _TOKENS.finditer(text):
        if run and text[run[-1].end() : match.start()].strip(" "):
            yield from _named(text, run)
            run = []
        if _may_be_name(match[0], familiar):
            run.append(match)
        else:
            yield from _named(text, run)
            run = []
    yield from _named(text, run)


def _may_be_name(word: str, familiar: Collection[str]) -> bool:
    plain = _plain(word)
    if plain in COMMON:
        return True
    return word[0].isupper() and not word.isupper() and plain not in familiar


def _named(text: str, run: list[re.Match[str]]) -> Iterator[Flag]:
    """Flag a run of words that may be names; a lone capital at a sentence's start is none."""
    if not run:
        return
    first = next((at for at, match in enumerate(run) if _plain(match[0]) in COMMON), None)
    starts = bool(_ENDS_SENTENCE.search(text, max(0, run[0].start() - 40), run[0].start()))
    if first is None and starts and len(run) == 1:
        return
    why = _WHY_CAPITAL if first is None else _WHY_FIRST
    yield Flag(start=run[0].start(), end=run[-1].end(), kind="name", why=why)


def _plain(word: str) -> str:
    return word.lower().replace("\u2019", "'").removesuffix("'s").strip("'-")


def _apart(found: Collection[Flag]) -> tuple[Flag, ...]:
    kept: list[Flag] = []
    for flag in sorted(found, key=lambda flag: (flag.start - flag.end, flag.start)):
        if all(flag.end <= other.start or other.end <= flag.start for other in kept):
            kept.append(flag)
    return tuple(sorted(kept, key=lambda flag: flag.start))
