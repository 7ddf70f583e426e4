"""Which agencies an article is about, with the sentences that say so, and which places it names.

"The police" of an article is whoever its sentence, its dateline, or what it named before says; else
whoever the outlet's readers understand by it. What none of these tells stays unclear.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from outcomes.media.gazetteer import Body, Gazetteer, Kind, key_of
from outcomes.media.relevance import Sentence, find_law_enforcement
from outcomes.media.target_mentions import (
    BARE,
    Mention,
    Sure,
    find_mentions,
    mention_of,
    town_in,
)

UNCLEAR = "unclear"
ANOTHER = "another police agency"
_RANK: dict[Sure, int] = {"named": 0, "town": 1, "outlet": 2, "unclear": 3}
_DATELINE = re.compile(
    r"\s*(?P<town>[A-Z][A-Z.'\u2019]{1,30}(?:[\s-][A-Z][A-Z.'\u2019]{1,30}){0,3})"
    r"(?:,\s[A-Z][\w.]+(?:\s[A-Z][a-z]+)?)?\s*(?:\([A-Z/ ]{2,12}\))?\s*[-\u2013\u2014]{1,2}\s"
)
_SHERIFF = re.compile(r"\b(?:[Ss]heriff|SHERIFF|[Dd]eput(?:y|ies))\b")
_IN = re.compile(
    r"\b(?:[Ii]n|[Nn]ear|[Oo]utside)\s+(?:the\s+(?:city|town|village)\s+of\s+)?"
    r"(?P<town>[A-Z][a-z]+(?:-[A-Za-z]+)*(?:\s[A-Z][a-z]+){0,2})(?P<more>\s[A-Z]|['\u2019]s)?"
)
_NO_CITY = re.compile(  # what stands behind "in" and is no town
    r"\b(?:Park|Street|Avenue|Road|Drive|Square|School|Church|Hall|Center|Hospital|Library|Court|"
    r"County|Congress|January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Spring|Summer|Fall|Winter|English|Spanish|Lake|River|Creek|Senate|House|"
    r"Township|University|College|Market|Mall|Hotel)$"
)
_SEVERAL = re.compile(r"\b[Pp]olice\s(?:departments|forces|chiefs)\b")
_HAILS = re.compile(r"\s+(?:man|woman|resident|native|teen\w*|couple|girl|boy|mother|father)s?\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An agency that an article is about."""

    agency: str  # its name in study.toml, else its town's; "another police agency", "unclear"
    own: bool | None  # None where unclear
    sure: Sure  # named outright; by its town; by the outlet that says "the police"; unclear
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A sentence about law enforcement, and the agencies that it names."""

    sentence: Sentence
    mentions: tuple[Mention, ...]
    bare: Literal["police", "sheriff", ""]  # said without saying whose


def find_targets(
    text: str, gazetteer: Gazetteer, *, title: str = "", outlet: str = ""
) -> tuple[Target, ...]:
    """Find the agencies that an article is about.

    Args:
        text: Its body.
        gazetteer: The study's names.
        title: Its headline.
        outlet: Who published it, as study.toml names it.

    Returns:
        Each agency once, the study's own first, then by the number of sentences. None where the
        article does not speak of law enforcement.

    Source:
        The project's codebook for tone; requirement B14.
    """
    said = [
        _said(each, gazetteer)
        for each in find_law_enforcement(text, title=title, names=gazetteer.names)
    ]
    if not said:
        return ()
    article = _Article(said=said, text=text, title=title, outlet=outlet, gazetteer=gazetteer)
    found: dict[str, Target] = {}
    for place, each in enumerate(said):
        whom = list(each.mentions)
        if each.bare or (not whom and not any(one.mentions or one.bare for one in said)):
            whom += article.whom(place)
        for mention in whom:
            _count(found, _without_people(mention, text), each.sentence)
    return tuple(sorted(found.values(), key=lambda one: (one.own is not True, -len(one.sentences))))


def about_us(targets: Sequence[Target]) -> int | None:
    """Say whether an article is about the study's own agency: 1, 0, or None where unclear."""
    if any(target.own for target in targets):
        return 1
    return None if any(target.own is None for target in targets) else 0


def find_places(text: str, gazetteer: Gazetteer, *, title: str = "") -> tuple[str, ...]:
    """List the codes of the study's places that an article names, in the order of study.toml.

    A street counts only where its sentence names no other town: many towns have a Main Street.
    """
    found = set()
    for line in re.split(r"(?<=[.!?])\s+|\n+", f"{title}\n{gazetteer.papers.sub(' ', text)}"):
        elsewhere = _other_town(line, gazetteer)
        for match in gazetteer.places.finditer(line):
            name = key_of(match[0])
            if not (elsewhere and name in gazetteer.streets):
                found.add(name)
    codes = {code for name, code in gazetteer.place_of.items() if key_of(name) in found}
    return tuple(code for code in dict.fromkeys(gazetteer.place_of.values()) if code in codes)


def _other_town(line: str, gazetteer: Gazetteer) -> bool:
    towns = [gazetteer.by_town.get(key_of(match[0])) for match in gazetteer.towns.finditer(line)]
    return any(body is not None and not body.own for body in towns) or any(
        not mention.own and mention.kind == "police" for mention in find_mentions(line, gazetteer)
    )


def _said(sentence: Sentence, gazetteer: Gazetteer) -> _Said:
    mentions = find_mentions(sentence.text, gazetteer, headline=sentence.part == "title")
    rest = list(sentence.text)
    for mention in mentions:
        rest[mention.start : mention.end] = " " * (mention.end - mention.start)
    left = "".join(rest)
    kinds = {mention.kind for mention in mentions}
    bare: Literal["police", "sheriff", ""] = ""
    if BARE.search(left) and not kinds & {"police"} and not _same(left, kinds):
        bare = "police"
    elif _SHERIFF.search(left) and "sheriff" not in kinds:
        bare = "sheriff"
    return _Said(sentence=sentence, mentions=tuple(mentions), bare=bare)


def _same(left: str, kinds: set[Kind]) -> bool:
    """Say whether "officers" or "investigators" are those of the agency just named."""
    return bool(kinds) and not re.search(r"\b(?:[Pp]olice\b|city officers)", left)


def _without_people(mention: Mention, text: str) -> Mention:
    """Keep the name of a town that the study does not list only where it is surely one.

    "The boy told Smith police were on their way" must not write a person into the results.
    """
    if not mention.town:
        return mention
    town = re.escape(mention.town)
    sure = (
        rf"\b(?:[Ii]n|[Nn]ear|[Oo]utside)\s+{town}\b(?!['\u2019]s)|^\s*{town.upper()}\b|"
        rf"\b{town}\s+(?:Police\s+(?:Department|Dept|Bureau|Chief|Commissioner)|PD\b|City\b)"
    )
    return mention if re.search(sure, text) else replace(mention, name=ANOTHER, town="")


def _count(found: dict[str, Target], mention: Mention, sentence: Sentence) -> None:
    before = found.get(mention.name)
    own = None if mention.sure == "unclear" else mention.own
    if before is None:
        found[mention.name] = Target(
            agency=mention.name, own=own, sure=mention.sure, sentences=(sentence,)
        )
        return
    sure = min(before.sure, mention.sure, key=_RANK.__getitem__)
    sentences = before.sentences
    if sentences[-1] is not sentence:
        sentences = (*sentences, sentence)
    found[mention.name] = replace(before, sure=sure, sentences=sentences)


@dataclass(frozen=True, kw_only=True)
class _Article:
    """An article in which somebody is called "the police" and no more."""

    said: Sequence[_Said]
    text: str
    title: str
    outlet: str
    gazetteer: Gazetteer

    def whom(self, place: int) -> list[Mention]:
        """Say who "the police" (or "the sheriff") of a sentence is."""
        each = self.said[place]
        if each.bare == "sheriff":
            near = self._named_nearby(place, kind="sheriff")
            return [near or self._our_sheriff(each.sentence.text) or self._sheriff()]
        towns = self._known_towns(each.sentence.text)
        if len(towns) > 1 and _SEVERAL.search(each.sentence.text):
            return towns
        return [
            self._where(each.sentence.text, sentence=True)
            or self._named_nearby(place, kind="police")
            or self._usual
        ]

    @cached_property
    def _usual(self) -> Mention:
        """Whom the article means where neither a sentence nor those around it say."""
        return (
            self._other_kind()
            or self._dateline()
            or self._where(f"{self.title}\n{self.text}", sentence=False)
            or self._home()
        )

    def _named_nearby(self, place: int, *, kind: Kind) -> Mention | None:
        """Give the agency of this kind named last before a sentence, or else first behind it."""
        before = [one for each in self.said[:place] for one in each.mentions if one.kind == kind]
        after = [one for each in self.said[place:] for one in each.mentions if one.kind == kind]
        near = before[-1:] or after[:1]
        return near[0] if near else None

    def _other_kind(self) -> Mention | None:
        """Where only state, campus or federal police are named, "officers" are theirs."""
        named = [one for each in self.said for one in each.mentions if one.kind != "sheriff"]
        return named[0] if named and not re.search(r"\b[Pp]olice\b", self.text) else None

    def _dateline(self) -> Mention | None:
        match = _DATELINE.match(self.text)
        return self._police_of(match["town"].title()) if match else None

    def _where(self, words: str, *, sentence: bool) -> Mention | None:
        """Give the police of the town in which the words say that something happened.

        A local outlet names streets and parks that nobody listed; so a name behind "in" that is
        not known makes a sentence unclear, and tells nothing elsewhere in the article.
        """
        words = self.gazetteer.papers.sub(" ", words)
        if known := self._known_towns(words):
            return known[0] if len(known) == 1 else None
        for match in _IN.finditer(words):
            if match["more"] or _NO_CITY.search(match["town"]):
                continue
            if self.outlet in self.gazetteer.local:
                return _unclear() if sentence else None
            return self._police_of(match["town"])
        return None

    def _known_towns(self, words: str) -> list[Mention]:
        found = {}
        for match in self.gazetteer.towns.finditer(words):
            away = words[: match.start()].rstrip().endswith(("from", "From"))
            if away or _HAILS.match(words, match.end()):
                continue
            body = self.gazetteer.by_town.get(key_of(match[0]), self.gazetteer.own)
            if body.kind == "police":
                found[body.name] = mention_of(body, sure="town")
        return list(found.values())

    def _our_sheriff(self, words: str) -> Mention | None:
        """Where the study is a sheriff's, deputies in one of its places are ours."""
        own = self.gazetteer.own
        if own.kind == "sheriff" and self.gazetteer.places.search(words):
            return mention_of(own, sure="town")
        return None

    def _police_of(self, phrase: str) -> Mention | None:
        town, body = town_in(phrase, self.gazetteer)
        if body is not None:
            return mention_of(body, sure="town")
        return _other(f"{town} police", sure="town") if town else None

    def _sheriff(self) -> Mention:
        body = self.gazetteer.sheriffs.get(self.outlet)
        if body is not None:
            return mention_of(body, sure="outlet")
        if self.gazetteer.own.kind == "sheriff":
            return _unclear()
        return _other("sheriff", sure="outlet", kind="sheriff")

    def _home(self) -> Mention:
        """Give the police that this outlet's readers call "the police"."""
        body: Body | None = self.gazetteer.homes.get(self.outlet)
        if body is not None:
            return mention_of(body, sure="outlet")
        if self.outlet in self.gazetteer.elsewhere:
            return _other("police of another county", sure="outlet")
        return _unclear()


def _other(name: str, *, sure: Sure, kind: Kind = "police") -> Mention:
    return Mention(name=name, own=False, kind=kind, sure=sure, start=0, end=0)


def _unclear() -> Mention:
    return _other(UNCLEAR, sure="unclear")
