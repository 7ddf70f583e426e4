"""How the form of a walk is laid out: what the rule of its type asks for first, the rest folded."""

from collections.abc import Sequence
from typing import Any

from outcomes.engagement.walk_report import CONDUCT, LONGEST_NOTE, Checked, Typed
from outcomes.engagement.walk_rules import COORDINATORS, ROLES, WalkRules, WalkType
from outcomes.guards.text_flags import Flag, suggested
from outcomes.settings import Place
from outcomes.web.forms import Form

RANKS = {
    "officer": "an officer",
    "sergeant": "a sergeant",
    "lieutenant": "a lieutenant",
    "captain": "a captain",
    "unit": "the community policing unit",
    "other": "somebody else",
}
_PATROL = ("officers", "sergeants", "lieutenants", "captains")
_PER = {
    "work week": "a week",
    "month": "a month",
    "workday": "a workday",
    "quarter": "a quarter",
    "incident": "after each incident",
}


def typed_of_form(form: Form) -> dict[str, list[str]]:
    """Gather what a form sent, each field with all of its values."""
    return {name: form.getlist(name) for name in form.names() if name not in {"csrf", "do"}}


def type_choices(rules: WalkRules) -> list[dict[str, str]]:
    """Say of each type of walk what whoever chooses one needs to know."""
    return [
        {"code": kind.code, "name": kind.name, "about": ", ".join(_asks(kind, rules))}
        for kind in rules.types
    ]


def _asks(kind: WalkType, rules: WalkRules) -> list[str]:
    found = []
    if kind.coordinator != "any":
        found.append(f"led by {RANKS[kind.coordinator]}")
    if rules.least_minutes(kind):
        found.append(f"{rules.least_minutes(kind)} minutes or more")
    if kind.times:
        found.append(f"{kind.times} {_PER.get(kind.per or '', kind.per)}")
    elif kind.hours:
        found.append(f"within {kind.hours:g} hours after an incident")
    return found or ["no rule: it is counted, and never required"]


def form_view(
    kind: WalkType,
    rules: WalkRules,
    *,
    typed: Typed,
    places: Sequence[Place],
    topics: Sequence[str],
    checked: Checked | None = None,
) -> dict[str, Any]:
    """Lay the form out for one type of walk.

    Args:
        kind: The type.
        rules: The walk rules.
        typed: What stands in the fields.
        places: The study's places.
        topics: What may be ticked.
        checked: What is wrong with what was typed, if it was sent.
    """
    first = _first_roles(kind)
    number = {role: _one(typed, role) for role in ROLES}
    others = [role for role in ROLES if role not in first and role != "partners"]
    problems = checked.problems if checked else {}
    note = _one(typed, "note")
    return {
        "kind": kind,
        "asks": ", ".join(_asks(kind, rules)),
        "least": rules.least_minutes(kind),
        "typed": {name: _one(typed, name) for name in _SINGLE},
        "places": [(place.code, place.name) for place in places],
        "ranks": [(rank, RANKS[rank]) for rank in COORDINATORS],
        "first": [_stepper(role, number[role], hint=_hint(kind, role)) for role in first],
        "others": [_stepper(role, number[role]) for role in others],
        "others_open": any(number[role] or role in problems for role in others),
        "by_team": rules.settings.frequency_per == "coordinator",
        "teams": [team.name for team in rules.teams if kind.code in team.types],
        "partners": number["partners"],
        "partners_hint": _hint(kind, "partners"),
        "topics": topics,
        "chosen": set(typed.get("topics", ())),
        "conduct": [(name, words, _one(typed, name)) for name, words in CONDUCT.items()],
        "conduct_open": any(_one(typed, name) or name in problems for name in CONDUCT),
        "problems": problems,
        "longest_note": LONGEST_NOTE,
        "marked": marked(note, checked.flagged) if checked and checked.flagged else [],
        "suggestion": suggested(note, checked.flagged) if checked and checked.flagged else "",
    }


_SINGLE = (
    *(
        "place",
        "day",
        "clock",
        "minutes",
        "coordinator",
        "team",
        "reached",
        "handouts",
        "organisations",
    ),
    *("photo", "photo_consent", "inside_border", "note", "another", "reason"),
)


def marked(text: str, found: Sequence[Flag]) -> list[dict[str, str]]:
    """Cut a text into pieces: those that are flagged carry the reason, the others none."""
    pieces, at = [], 0
    for flag in found:
        pieces.append({"text": text[at : flag.start], "why": ""})
        pieces.append({"text": text[flag.start : flag.end], "why": flag.why})
        at = flag.end
    pieces.append({"text": text[at:], "why": ""})
    return [piece for piece in pieces if piece["text"]]


def _first_roles(kind: WalkType) -> list[str]:
    asked = [role for need in kind.needs for role in need.roles]
    return [role for role in ROLES if role in (asked or _PATROL) and role != "partners"]


def _hint(kind: WalkType, role: str) -> str:
    """Say how many of a role the rule asks for, where it asks for it alone."""
    for need in kind.needs:
        if need.roles == (role,) and need.only_if is None:
            return f"the rule asks for {need.at_least} or more"
    return ""


def _stepper(role: str, value: str, *, hint: str = "") -> dict[str, str]:
    several = ROLES[role][1]
    words = several[:1].upper() + several[1:]
    return {"name": role, "words": words, "value": value, "hint": hint}


def _one(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")
