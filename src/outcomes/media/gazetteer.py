"""The names that news may use: the study's agencies, their towns and units, its places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from outcomes.settings import Settings
from outcomes.settings.news import Agency, Outlet

Kind = Literal["police", "sheriff", "state", "other"]

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("sheriff", r"\bsheriff|\bdeputies\b"),
    ("state", r"\bstate (?:police|patrol)|\bhighway patrol|\btroopers?\b"),
    ("other", r"\b(?:campus|university|college|transit|school|airport|railroad) police"),
    ("police", r"\bpolice\b|\bpublic safety\b|\bconstab|\bmarshal"),
)
_OFFICIAL = re.compile(  # what an agency's name has beside its town or county
    r"^(?:city|town|village) of |^police department of |(?:'s)? (?:metropolitan |city )?"
    r"(?:police(?: department| dept\.?| bureau| force| service)?|department of public safety|"
    r"sheriff['\u2019]?s?['\u2019]?(?: office| department)?)$",
    re.IGNORECASE,
)
_WAYS = {
    "Street": "St", "Avenue": "Ave", "Road": "Rd", "Drive": "Dr", "Boulevard": "Blvd",
    "Lane": "Ln", "Court": "Ct", "Highway": "Hwy", "Parkway": "Pkwy", "Place": "Pl",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A law-enforcement agency that news may be about, as a reader would know it."""

    name: str
    own: bool
    kind: Kind
    towns: tuple[str, ...]  # towns, or for a sheriff counties, by whose names it is called
    counties: tuple[str, ...]  # FIPS codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """What the study's own names are, ready to be looked for."""

    bodies: tuple[Body, ...]
    own: Body
    names: re.Pattern[str]  # full names, abbreviations, units
    by_name: Mapping[str, Body]  # the same, in small letters
    by_town: Mapping[str, Body]  # police of a town, sheriff of a county, in small letters
    towns: re.Pattern[str]  # names of towns; and of the study's places, which are of our town
    place_of: Mapping[str, str]  # a place's name in small letters -> its code
    places: re.Pattern[str]
    streets: frozenset[str]  # those of the places' names that another town may have too
    homes: Mapping[str, Body | None]  # outlet -> whom it means by "the police"; None: unclear
    sheriffs: Mapping[str, Body | None]  # outlet -> whom it means by "the sheriff"
    elsewhere: frozenset[str]  # local outlets of other counties: "the police" is not ours
    local: frozenset[str]  # local outlets
    papers: re.Pattern[str]  # the outlets' own names, which hold names of towns


def build_gazetteer(settings: Settings) -> Gazetteer:
    """Make the gazetteer of a study.

    Args:
        settings: Its agencies, places and outlets. Where no agency is marked as the study's own,
            it is the one named under [study].

    Returns:
        The names to look for, the longest first, and whom each outlet means by "the police".

    Source:
        Requirement B14.
    """
    bodies = tuple(_body(agency) for agency in _agencies(settings))
    own = next(body for body in bodies if body.own)
    place_of, streets = _places(settings)
    by_name = {
        key_of(form): body
        for agency, body in zip(_agencies(settings), bodies, strict=True)
        for form in (agency.name, *agency.short, *agency.units)
    }
    by_town = {key_of(town): body for body in reversed(bodies) for town in body.towns}
    outlets = settings.outlets
    local = [outlet for outlet in outlets if outlet.scope == "local"]
    return Gazetteer(
        bodies=bodies,
        own=own,
        names=any_of([form for agency in _agencies(settings) for form in _forms(agency)]),
        by_name=by_name,
        by_town=by_town,
        towns=any_of(
            [town for body in bodies if body.kind == "police" for town in body.towns]
            + [place.name for place in settings.places]
        ),
        place_of=place_of,
        places=any_of(list(place_of)),
        streets=streets,
        homes={outlet.name: _home(outlet, bodies, kind="police") for outlet in local},
        sheriffs={outlet.name: _home(outlet, bodies, kind="sheriff") for outlet in local},
        elsewhere=frozenset(outlet.name for outlet in local if _is_elsewhere(outlet, own=own)),
        local=frozenset(outlet.name for outlet in local),
        papers=any_of([outlet.name for outlet in outlets]),
    )


def kind_of(name: str) -> Kind:
    """Say what kind of agency a name is of: police of a town, a sheriff, state police, another."""
    for kind, sign in _KINDS:
        if re.search(sign, name, re.IGNORECASE):
            return kind
    return "other"


def key_of(name: str) -> str:
    """Write a name as it is looked up: small letters, single spaces, straight apostrophes."""
    return " ".join(name.replace("\u2019", "'").split()).casefold()


def any_of(names: Sequence[str]) -> re.Pattern[str]:
    """Make a pattern that finds whole names, the longest first.

    A name of capitals only (an abbreviation) is found in capitals only. Others must have the
    capitals that they are given with, or be in capitals throughout, as in some headlines.
    """
    forms = sorted({form for name in names for form in (name, name.upper())}, key=len, reverse=True)
    if not forms:
        return re.compile(r"(?!)")
    joined = "|".join(_spaced(form) for form in forms)
    return re.compile(rf"(?<![\w&])(?:{joined})(?!\w)")


def _spaced(form: str) -> str:
    plain = form.replace("\u2019", "'")
    words = [re.escape(word).replace("'", "['\u2019]") for word in plain.split()]
    return r"\s+".join(words)


def _agencies(settings: Settings) -> tuple[Agency, ...]:
    """List the agencies, the study's own one among them in any case."""
    listed = settings.agencies
    if any(agency.own for agency in listed):
        return listed
    name = settings.study.agency
    ours = [agency for agency in listed if agency.name.casefold() == name.casefold()]
    own = (ours[0] if ours else Agency(name=name)).model_copy(update={"own": True})
    return (own, *(agency for agency in listed if agency not in ours))


def _body(agency: Agency) -> Body:
    kind = kind_of(agency.name)
    called = _OFFICIAL.sub("", _OFFICIAL.sub("", agency.name)).strip()
    towns = agency.towns
    if kind in {"police", "sheriff"} and called and called != agency.name:
        towns = (*towns, *(() if called in towns else (called,)))
    return Body(name=agency.name, own=agency.own, kind=kind, towns=towns, counties=agency.counties)


def _forms(agency: Agency) -> list[str]:
    return [agency.name, *agency.short, *agency.units]


def _places(settings: Settings) -> tuple[dict[str, str], frozenset[str]]:
    """Name the places, with St. for Street and the like."""
    found: dict[str, str] = {}
    streets = set()
    for place in settings.places:
        for name in (place.name, *place.known_as):
            found.setdefault(name, place.code)
            first, _, last = name.rpartition(" ")
            if last in _WAYS and first:
                short = f"{first} {_WAYS[last]}"
                found.setdefault(short, place.code)
                streets |= {key_of(name), key_of(short)}
    return found, frozenset(streets)


def _is_elsewhere(outlet: Outlet, *, own: Body) -> bool:
    apart = outlet.county and own.counties and outlet.county not in own.counties
    return bool(apart) and not outlet.place


def _home(outlet: Outlet, bodies: Sequence[Body], *, kind: Kind) -> Body | None:
    """Say whom a local outlet means by "the police" (or "the sheriff"); None where unclear."""
    of_kind = [body for body in bodies if body.kind == kind]
    if outlet.place and (own := [body for body in of_kind if body.own]):
        return own[0]
    near = [body for body in of_kind if outlet.county and outlet.county in body.counties]
    named = [
        body for body in near or of_kind if any(_is_in(town, outlet.name) for town in body.towns)
    ]
    for candidates in (near, named):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _is_in(town: str, outlet: str) -> bool:
    return bool(any_of([town]).search(outlet))
