"""A first code map for CAD extracts: which call types are walks, which are other engagement (D3).

The map is a suggestion that a person confirms. It prefers missing a walk to taking a pursuit for
one: a word such as "foot" or "walk" alone is not enough.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import pairwise

import pandas as pd

COLUMNS = ("call_type", "suggestion", "why")

_WALK = {"walk", "walks", "walking", "walkabout", "stroll", "wlk"}
_FOOT = {"foot", "ft"}
_ROUND = {"beat", "patrol", "post", "detail"}  # what is walked on foot
_COMPANY = {  # what makes a walk one of the agency's
    *_ROUND,
    *{"talk", "community", "neighborhood", "business", "officer", "squad", "shift", "district"},
    *{"captain", "captains", "unit", "heart", "engagement", "outreach", "resident"},
}
_COMMUNITY = {"community", "neighborhood"}
_CONTACT = {
    *{"engagement", "outreach", "event", "events", "meeting", "policing", "relations", "contact"},
    *{"visit", "presentation", "education", "liaison", "school", "academy", "activity"},
}
_VISITED = {"school", "church", "senior", "youth", "library"}  # a visit there is a contact
_DECOYS = {
    "pursuit": "a pursuit",
    "chase": "a pursuit",
    "eluding": "a flight from the police",
    "elude": "a flight from the police",
    "fleeing": "a flight from the police",
    "shooter": "an attack",
    "encounter": "an attack",
    "alarm": "an alarm",
    "burg": "a burglary",
    "burglary": "a burglary",
    "robb": "a robbery",
    "robbery": "a robbery",
    "theft": "a theft",
    "arson": "arson",
    "assault": "an assault",
    "threats": "threats",
    "fight": "a fight",
    "firearms": "a weapon",
    "dumping": "dumping",
    "complaint": "a complaint",
    "traffic": "traffic",
    "disrupt": "a disturbance",
    "crossing": "a crossing",
    "commercial": "commerce",
    "highway": "a person on the road",
    "roadway": "a person on the road",
    "street": "a person on the road",
    "safewalk": "an escort service",
    "sidewalk": "a sidewalk",
    "crosswalk": "a crossing",
    "jaywalking": "jaywalking",
    "jaywalk": "jaywalking",
    "walkaway": "a person who left",
    "walkin": "a person who came in",
}
_DECOY_PAIRS = {
    ("walk", "in"): "a person who came in",
    ("walk", "up"): "a person who came up",
    ("walk", "off"): "a person who left",
    ("walk", "away"): "a person who left",
    ("walk", "out"): "a person who left",
    ("walk", "through"): "a check of a building",
    ("walk", "thru"): "a check of a building",
    ("side", "walk"): "a sidewalk",
    ("cross", "walk"): "a crossing",
    ("safe", "walk"): "an escort service",
}
_SPELLINGS = {
    **dict.fromkeys(("wlk", "walkng", "wlkg", "wlking", "walked"), "walking"),
    **dict.fromkeys(("cmty", "commty", "cmmty", "commun", "comty"), "community"),
    **dict.fromkeys(("neighbourhood", "nbhd", "nbrhd", "neighborhd", "neigh"), "neighborhood"),
    **dict.fromkeys(("ptl", "ptrl", "patrl", "patroling"), "patrol"),
    **dict.fromkeys(("mtg", "mtgs", "meetings"), "meeting"),
    **dict.fromkeys(("engage", "engmt", "engagmt"), "engagement"),
    **dict.fromkeys(("bt", "beats"), "beat"),
}
_WORDS = sorted(_WALK | _ROUND | _COMPANY | _COMMUNITY | _CONTACT | set(_DECOYS))


def suggest_map(call_types: Iterable[str]) -> pd.DataFrame:
    """Suggest which call types of a CAD extract stand for walks or other community engagement.

    Args:
        call_types: Names as the extract writes them, truncated or misspelled ones among them.
            A name that occurs often is looked at once.

    Returns:
        One row a different name, in the order met: ``call_type`` as written; ``suggestion``,
        "walk", "community" or "not a walk"; ``why``, the words that decided. To be confirmed by
        a person: the rules know common English names only.

    Source:
        Requirement D3; own rules, measured in tests/real against names of five cities.
    """
    names = dict.fromkeys(str(name) for name in call_types)
    return pd.DataFrame([(name, *_suggest(name)) for name in names], columns=list(COLUMNS))


def _suggest(name: str) -> tuple[str, str]:
    tokens = _tokens(name)
    if decoy := _decoy(tokens):
        return "not a walk", decoy
    words = set(tokens)
    for suggestion, first, second in (
        ("walk", _WALK, _COMPANY),
        ("walk", _FOOT, _ROUND),
        ("community", _COMMUNITY, _CONTACT),
        ("community", {"visit"}, _VISITED),
    ):
        one, other = sorted(words & first), sorted(words & second)
        if one and (other or words <= _WALK):
            return suggestion, " and ".join(repr(word) for word in (*one[:1], *other[:1]))
    if alone := sorted(words & _WALK):
        return "not a walk", f"{alone[0]!r} alone does not say that officers walk their beat"
    return "not a walk", "no words of a walk or of community engagement"


def _decoy(tokens: list[str]) -> str:
    """Say which word or pair of words speaks of something else; empty where none does."""
    for token in tokens:
        if token in _DECOYS:
            return f"{token!r} speaks of {_DECOYS[token]}"
    for pair in pairwise(tokens):
        if pair in _DECOY_PAIRS:
            return f"{' '.join(pair)!r} speaks of {_DECOY_PAIRS[pair]}"
    return ""


def _tokens(name: str) -> list[str]:
    """Split a name into words, with known spellings, truncations and typing errors mended."""
    name = re.sub(r"\d\s*(ft|foot)\b", "", name.casefold().replace("'", ""))  # a length
    raw = re.findall(r"[a-z]+", name)
    tokens = []
    for at, token in enumerate(raw):
        following = raw[at + 1] if at + 1 < len(raw) else ""
        if token == "comm":  # commercial as often as community: told by what follows
            known = _CONTACT | _WALK | {"mtg", "engage"}
            tokens.append("community" if following in known else "comm")
        elif at == len(raw) - 1:
            tokens.append(_completed(_mended(token), alone=len(raw) == 1))
        else:
            tokens.append(_mended(token))
    return tokens


def _mended(token: str) -> str:
    if token in _SPELLINGS or token in _WORDS or len(token) < 6:
        return _SPELLINGS.get(token, token)
    close = get_close_matches(token, _WORDS, n=1, cutoff=0.85)
    return close[0] if close and close[0][0] == token[0] else token


def _completed(token: str, *, alone: bool) -> str:
    """Complete a last word that a field's length cut off."""
    if alone or len(token) < 3 or token in _WORDS:
        return token
    whole = [word for word in _WORDS if word.startswith(token) and word not in _DECOYS]
    return min(whole, key=len) if whole else token
