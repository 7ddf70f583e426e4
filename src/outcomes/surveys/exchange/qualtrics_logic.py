"""Qualtrics' display, branch and skip logic, as XLSForm expressions.

Logic is a tree of JSON: sets of comparisons, each about one answer that a locator names
(``q://QID1/SelectableChoice/2``). ``And`` binds more strongly than ``Or``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outcomes.surveys.exchange.formulas import NotTranslatable, quoted, whole_pattern

_SIGNS = {
    "EqualTo": "=",
    "NotEqualTo": "!=",
    "GreaterThan": ">",
    "GreaterThanOrEqual": ">=",
    "LessThan": "<",
    "LessThanOrEqual": "<=",
}


@dataclass(slots=True, kw_only=True)
class Question:
    """What a question of Qualtrics became."""

    item: str = ""  # its item, where it is one item
    many: bool = False  # whether several choices may be taken
    codes: dict[str, str] = field(default_factory=dict)  # choice (of a grid: column) -> code here
    rows: dict[str, str] = field(default_factory=dict)  # row or field -> item
    texts: dict[str, str] = field(default_factory=dict)  # choice with a text box -> item
    lost: str = ""  # why it was not taken over


Questions = dict[str, Question]


def entries(value: Any) -> list[tuple[str, Any]]:
    """List the entries of what Qualtrics stores as an object or, when numbered, as a list."""
    if isinstance(value, Mapping):
        return [(str(key), each) for key, each in value.items()]
    return [(str(at), each) for at, each in enumerate(value)] if isinstance(value, list) else []


def condition(logic: Any, questions: Questions) -> str:
    """Translate a tree of logic.

    Raises:
        NotTranslatable: A comparison has no counterpart, or there is none; says why.
    """
    sets = []
    for key, each in entries(logic):
        if key.isdigit() and isinstance(each, Mapping):
            terms = [
                (_joins(term.get("Conjuction") or term.get("Conjunction")), term)
                for number, term in entries(each)
                if number.isdigit() and isinstance(term, Mapping)
            ]
            said = [(word, comparison(term, questions)) for word, term in terms]
            if said:
                sets.append((_joins(each.get("Type")), _join(said)))
    if not sets:
        raise NotTranslatable("the logic holds no comparison")
    return _join(sets)


def _joins(word: Any) -> str:
    return "or" if str(word).lower() in {"or", "orif", "elseif"} else "and"


def _join(said: list[tuple[str, str]]) -> str:
    if len(said) == 1:
        return said[0][1]
    options: list[list[str]] = [[]]
    for at, (word, each) in enumerate(said):
        if at and word == "or":
            options.append([])
        options[-1].append(each)
    chains = [
        " and ".join(f"({each})" if " or " in each else each for each in option)
        for option in options
    ]
    return " or ".join(
        f"({chain})" if len(options) > 1 and " and " in chain else chain for chain in chains
    )


def comparison(term: Mapping[str, Any], questions: Questions) -> str:
    """Translate one comparison; raises as ``condition`` does."""
    operator = str(term.get("Operator") or term.get("Condition") or "")
    kind = str(term.get("LogicType") or "Question")
    if kind != "Question":
        raise NotTranslatable(f"logic about {kind} has no counterpart: only answers are known here")
    locator = str(term.get("LeftOperand") or term.get("ChoiceLocator") or term.get("Locator") or "")
    steps = locator.removeprefix("q://").split("/")
    known = questions.get(steps[0]) if locator.startswith("q://") else None
    if known is None:
        raise NotTranslatable(f"{locator or 'nothing'} is no question of this survey")
    if known.lost:
        raise NotTranslatable(f"{steps[0]} was not taken over ({known.lost})")
    what, rest = (steps[1] if len(steps) > 1 else ""), steps[2:]
    if operator in {"Selected", "NotSelected"}:
        said = _selected(known, rest, locator=locator)
        return said if operator == "Selected" else f"not({said})"
    return _compared(_operand(known, what, rest, locator=locator), operator, term)


def _selected(known: Question, rest: list[str], *, locator: str) -> str:
    if len(rest) == 2 and rest[0] in known.rows and rest[1] in known.codes:
        return f"${{{known.rows[rest[0]]}}} = {quoted(known.codes[rest[1]])}"
    if len(rest) != 1 or rest[0] not in known.codes or not known.item:
        raise NotTranslatable(f"{locator} names no choice of a question that was taken over")
    code = quoted(known.codes[rest[0]])
    return f"selected(${{{known.item}}}, {code})" if known.many else f"${{{known.item}}} = {code}"


def _operand(known: Question, what: str, rest: list[str], *, locator: str) -> str:
    if what == "SelectedChoicesCount" and known.item:
        return f"count-selected(${{{known.item}}})"
    inner = next((step for step in rest if step in known.texts or step in known.rows), "")
    if what in {"ChoiceTextEntryValue", "ChoiceNumericEntryValue"} and inner:
        return f"${{{known.texts.get(inner) or known.rows[inner]}}}"
    if what in {"SelectedChoicesRecode", "SelectedAnswerRecode"} and inner:
        return f"${{{known.rows[inner]}}}"
    if what in {"ChoiceTextEntryValue", "SelectedChoicesRecode"} and known.item and not known.many:
        return f"${{{known.item}}}"
    raise NotTranslatable(f"{locator} has no counterpart here")


def _compared(left: str, operator: str, term: Mapping[str, Any]) -> str:
    right = str(term.get("RightOperand", "")).strip()
    if operator in {"Empty", "NotEmpty"}:
        return f"{left} {'=' if operator == 'Empty' else '!='} ''"
    if operator in {"Contains", "DoesNotContain"}:
        said = f"contains({left}, {quoted(right)})"
        return said if operator == "Contains" else f"not({said})"
    if operator == "MatchesRegex":
        return f"regex({left}, {quoted(whole_pattern(right))})"
    if operator not in _SIGNS:
        raise NotTranslatable(f"the comparison {operator or 'nothing'!r} has no counterpart here")
    number = re.fullmatch(r"-?\d+(\.\d+)?", right)
    if not number and operator not in {"EqualTo", "NotEqualTo"}:
        raise NotTranslatable(f"{right!r} is no number that an answer could be compared with")
    return f"{left} {_SIGNS[operator]} {right if number else quoted(right)}"
