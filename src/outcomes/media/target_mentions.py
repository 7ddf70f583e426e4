"""Where a sentence names an agency: outright, by a town and a police word, or by "the police"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from outcomes.media.gazetteer import Body, Gazetteer, Kind, key_of

Sure = Literal["named", "town", "outlet", "unclear"]

_CAP = r"[A-Z][\w'\u2019.-]{0,30}\w"  # bounded, for hostile texts
_TOWN = rf"(?P<town>{_CAP}(?:\s+(?:de|la|of|the)(?=\s+[A-Z]))?(?:\s+{_CAP}){{0,3}}?)"
_FORCE = (
    r"(?:[Pp]olice(?:man|woman|men|women)?|POLICE|PD|[Cc]ops?|"
    r"(?:[Pp]atrol\s+)?[Oo]fficers?|[Dd]etectives?)"
)
_STATE_NAME = r"(?:,\s+[A-Z][\w.]+(?:\s[A-Z][a-z]+)?,(?:\s+the)?)?"
_BEFORE = re.compile(  # Gary police; Gary's police; Gary, Ind., police
    rf"\b{_TOWN}(?:['\u2019]s?)?{_STATE_NAME}\s+(?:city\s+|town\s+|village\s+|only\s+)?{_FORCE}\b"
)
_AFTER = re.compile(  # police in Gary; the police chief of Gary
    r"\b(?:[Pp]olice(?:\s+(?:chief|department|force|officers?))?|[Oo]fficers?|[Dd]etectives?|"
    r"[Cc]ops)\s+(?:in|of|from|for)\s+(?:the\s+(?:city|town|village)\s+of\s+)?"
    rf"(?P<town>{_CAP}(?:\s+{_CAP}){{0,3}})(?!\w)"
)
_SHERIFF = re.compile(
    rf"\b(?:{_TOWN.replace('P<town>', 'P<county>')}\s+County(?:['\u2019]s)?\s+)?"
    r"(?:[Ss]heriff(?:['\u2019]?s)?|SHERIFF|[Dd]eputies|[Dd]eputy(?=\s+[A-Z]|\s+was|\s+[a-z]+ed))\b"
    r"(?:\s+(?:[Oo]ffice|[Dd]epartment|[Dd]eput(?:y|ies)))?"
    r"(?:\s+(?:in|of|from)\s+(?P<after>[A-Z]\w+)\s+County)?"
)
_STATE = re.compile(
    rf"\b(?:{_TOWN.replace('P<town>', 'P<state>')}(?:['\u2019]s)?\s+)?(?:[Ss]tate\s+(?:[Pp]olice|"
    r"[Pp]atrol|[Tt]roopers?)|[Hh]ighway\s+[Pp]atrol|[Tt]roopers?)\b"
)
_FEDERAL = re.compile(
    r"\b(?:FBI|F\.B\.I\.|ATF|DEA|Secret\sService|Border\sPatrol|Homeland\sSecurity)(?!\w)"
    r"|\bICE(?=\s(?:agents?|officers?|raids?|arrest\w*|came|detain\w*))\b"
    r"|\bImmigration\sand\sCustoms\sEnforcement\b|\b[Ii]mmigration\sagents?\b"
    r"|\b(?:U\.S\.\s|US\s|[Ff]ederal\s|[Dd]eputy\s)[Mm]arshals?\b|\bMarshals\sService\b"
    r"|\b[Ff]ederal\s(?:agents?|police|officers)\b"
)
_SPECIAL = re.compile(
    r"\b(?:[Cc]ampus|[Uu]niversity|[Cc]ollege|[Tt]ransit|[Rr]ailroad|[Tt]ribal|[Aa]irport|"
    r"[Pp]ort|[Rr]eligious|[Bb]order)\s+(?:[Pp]olice|[Oo]fficers?)\b"
)
BARE = re.compile(
    r"\b(?:[Pp]olice\w*|POLICE|[Oo]fficers?|[Dd]etectives?|[Cc]ops?|[Ii]nvestigators|[Pp]atrol\scars?)\b"
)
_NOT_TOWNS = (
    "airport campus capitol college railroad transit tribal university "
    "a after all also an and any april area armed arresting as at august authorities bad "
    "because big-city both but by capt chief city community dear december detective dozens "
    "each eight eleven even every february federal few fired five for former four friday from "
    "good he her his how however hundreds if in january july june later law local lt many "
    "march may meanwhile men military monday more most my new nine no november october off "
    "officer officers on once one only other our over people plainclothes police responding "
    "retired riot saturday school secret september seven sgt she sheriff since six small-town "
    "some special state sunday ten thank that the their then there these they this those "
    "three thursday to today town traffic tuesday two under undercover uniform uniformed "
    "until us veteran we wednesday what when where while white who why with women yesterday "
    "you your "
)
_SIDES = "east fort lake lower mount new north old port south st upper west "
_NO_TOWN = frozenset(_NOT_TOWNS.split())
_DIRECTIONS = frozenset(_SIDES.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An agency named in a sentence."""

    name: str
    own: bool
    kind: Kind
    sure: Sure
    start: int
    end: int
    town: str = ""  # of an agency that the study does not list: it may be a person's name


def mention_of(body: Body, *, sure: Sure, span: tuple[int, int] = (0, 0)) -> Mention:
    """Make a mention of an agency that the study lists."""
    start, end = span
    return Mention(name=body.name, own=body.own, kind=body.kind, sure=sure, start=start, end=end)


def find_mentions(sentence: str, gazetteer: Gazetteer, *, headline: bool = False) -> list[Mention]:
    """Find the agencies that a sentence names, in order.

    Of two that overlap, a full name counts, else the longer one.

    Args:
        sentence: The sentence.
        gazetteer: The study's names.
        headline: Whether it is a title, in which every word may have a capital: then a town that
            the study does not list cannot be told from other words.
    """
    spelled = headline and _is_title_case(sentence)
    found = [
        *_by_name(sentence, gazetteer),
        *_by_town(sentence, gazetteer, only_known=spelled),
        *_sheriffs(sentence, gazetteer),
        *_of_the_state(sentence, gazetteer),
        *_others(sentence),
    ]
    found.sort(key=lambda each: (each.sure != "named", each.start - each.end))
    kept: list[Mention] = []
    for each in found:
        if all(each.end <= other.start or each.start >= other.end for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda each: each.start)


def town_in(phrase: str, gazetteer: Gazetteer) -> tuple[str, Body | None]:
    """Say which town the capitalised words before "police" name; empty where they name none."""
    words = re.sub(r"['\u2019]s?$", "", phrase).split()
    for first in range(len(words)):
        body = gazetteer.by_town.get(key_of(" ".join(words[first:])))
        before = words[first - 1].casefold().strip(".") if first else ""
        if body is not None and before not in _DIRECTIONS:
            return " ".join(words[first:]), body
    for last in range(len(words) - 1, -1, -1):
        if words[last].casefold().strip(".,") in _NO_TOWN - {"new", "lake"}:
            words = words[last + 1 :]
            break
    town = " ".join(words)
    known = {name.casefold() for name in gazetteer.place_of}
    return town, gazetteer.own if town.casefold() in known else None


def named_town(phrase: str, gazetteer: Gazetteer, *, last: bool) -> tuple[str, Body | None]:
    """Say which town a run of capitalised words names, at its end or at its beginning."""
    if last:
        return town_in(phrase, gazetteer)
    words = phrase.split()
    for end in range(len(words), 0, -1):
        town, body = town_in(" ".join(words[:end]), gazetteer)
        if body is not None:
            return town, body
    stops = [n for n, word in enumerate(words) if word.casefold().strip(".,") in _NO_TOWN]
    return town_in(" ".join(words[: stops[0] if stops else None]), gazetteer)


def _by_name(sentence: str, gazetteer: Gazetteer) -> Iterator[Mention]:
    for match in gazetteer.names.finditer(sentence):
        before = sentence[: match.start()].split()[-1:]
        if before and before[0][0].isupper() and before[0].casefold() in _DIRECTIONS:
            continue  # North Marlow Falls is another town
        yield mention_of(gazetteer.by_name[key_of(match[0])], sure="named", span=match.span())


def _by_town(sentence: str, gazetteer: Gazetteer, *, only_known: bool) -> Iterator[Mention]:
    for pattern in (_BEFORE, _AFTER):
        for match in pattern.finditer(sentence):
            town, body = named_town(match["town"], gazetteer, last=pattern is _BEFORE)
            if body is not None and body.kind == "police":
                yield mention_of(body, sure="town", span=match.span())
            elif town and not only_known and body is None:
                found = _other(f"{town} police", kind="police", span=match.span())
                yield replace(found, town=town)


def _sheriffs(sentence: str, gazetteer: Gazetteer) -> Iterator[Mention]:
    for match in _SHERIFF.finditer(sentence):
        county = match["county"] or match["after"]
        if not county:
            continue
        body = _sheriff_of(f"{county} County", gazetteer)
        if body is not None:
            yield mention_of(body, sure="town", span=match.span())
        else:
            words = [word for word in county.split() if word.casefold() not in _NO_TOWN]
            name = " ".join([*words, "County sheriff"])
            yield _other(name, kind="sheriff", span=match.span())


def _sheriff_of(county: str, gazetteer: Gazetteer) -> Body | None:
    sheriffs = [body for body in gazetteer.bodies if body.kind == "sheriff"]
    named = [
        body
        for body in sheriffs
        for name in body.towns
        if f" {county}".casefold().endswith(f" {name}".casefold())
    ]
    return named[0] if named else None


def _of_the_state(sentence: str, gazetteer: Gazetteer) -> Iterator[Mention]:
    listed = [body for body in gazetteer.bodies if body.kind == "state"]
    for match in _STATE.finditer(sentence):
        state, _ = town_in(match["state"] or "", gazetteer)
        if not state and len(listed) == 1:
            yield mention_of(listed[0], sure="town", span=match.span())
        else:
            called = re.search(r"Police|Patrol$", match[0]) and state  # else perhaps a person
            name = f"{state} state police" if called else "state police"
            yield _other(name, kind="state", span=match.span())


def _others(sentence: str) -> Iterator[Mention]:
    for pattern in (_FEDERAL, _SPECIAL):
        for match in pattern.finditer(sentence):
            yield _other(" ".join(match[0].split()), kind="other", span=match.span())


def _other(name: str, *, kind: Kind, span: tuple[int, int]) -> Mention:
    return Mention(name=name, own=False, kind=kind, sure="town", start=span[0], end=span[1])


def _is_title_case(title: str) -> bool:
    long = [word for word in re.findall(r"[A-Za-z]+", title) if len(word) > 3]
    return len(long) > 2 and sum(word[0].isupper() for word in long) > 0.8 * len(long)
