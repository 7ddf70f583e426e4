"""REDCap's branching logic and calculations, as XLSForm expressions.

Source:
    REDCap's help on branching logic and calculated fields: operators, ``[field]``, ``[field(1)]``
    for one box of a checkbox, functions that leave blank answers out of a sum.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from outcomes.surveys.exchange.formulas import (
    Formula,
    Grammar,
    Meaning,
    NotTranslatable,
    Shape,
    as_condition,
    as_value,
    parse,
    quoted,
)

GRAMMAR = Grammar(
    name=r"\[[^\[\]]*\](?:\[[^\[\]]*\])*|[A-Za-z_]\w*",
    operators={
        "and": "and",
        "&&": "and",
        "or": "or",
        "||": "or",
        "=": "=",
        "==": "=",
        "!=": "!=",
        "<>": "!=",
        "<": "<",
        "<=": "<=",
        ">": ">",
        ">=": ">=",
        "+": "+",
        "-": "-",
        "*": "*",
        "/": "div",
        "%": "mod",
        "^": "^",
    },
)
_SAME_FUNCTIONS: Mapping[str, tuple[str, Shape]] = {
    "round": ("round", "number"),
    "sqrt": ("sqrt", "number"),
    "abs": ("abs", "number"),
    "min": ("min", "number"),
    "max": ("max", "number"),
    "length": ("string-length", "number"),
    "concat": ("concat", "text"),
    "contains": ("contains", "condition"),
    "starts_with": ("starts-with", "condition"),
    "ends_with": ("ends-with", "condition"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a variable of the dictionary became."""

    item: str = ""
    boxes: Mapping[str, str] = field(default_factory=dict)  # of a checkbox: code -> choice here
    lost: str = ""  # why it was not taken over


Fields = dict[str, Field]


def condition(text: str, fields: Fields) -> str:
    """Translate branching logic.

    Raises:
        NotTranslatable: It is not well formed or has no counterpart; the message says why.
    """
    return as_condition(parse(text, GRAMMAR), _meaning(fields))


def value(text: str, fields: Fields) -> str:
    """Translate a calculation; raises as ``condition`` does."""
    return as_value(parse(text, GRAMMAR), _meaning(fields))


def _meaning(fields: Fields) -> Meaning:
    def call(formula: Formula, said: Callable[[Formula], str]) -> tuple[str, Shape]:
        return _call(formula, said, made=made)

    made = Meaning(
        value=lambda name: _value(name, fields),
        truth=lambda name: _truth(name, fields),
        comparison=lambda formula: _comparison(formula, fields),
        call=call,
    )
    return made


def _find(name: str, fields: Fields) -> tuple[Field, str]:
    """Find a variable and, of a checkbox, the choice that is meant."""
    found = re.fullmatch(r"\[\s*([A-Za-z]\w*)\s*(?:\(\s*([^()]*?)\s*\))?\s*\]", name)
    if not found:
        raise NotTranslatable(
            f"{name} is no variable of this dictionary (events, instances and smart variables "
            "have no counterpart)"
        )
    known = fields.get(found[1].lower())
    if known is None:
        raise NotTranslatable(f"there is no variable called {found[1]} in this dictionary")
    if known.lost:
        raise NotTranslatable(f"{found[1]} was not taken over ({known.lost})")
    code = found[2]
    if known.boxes and code is None:
        raise NotTranslatable(f"{name} is a checkbox; one of its choices must be named")
    if code is not None and code not in known.boxes:
        raise NotTranslatable(f"{name} names no choice of a checkbox")
    return known, known.boxes[code] if code is not None else ""


def _value(name: str, fields: Fields) -> str:
    known, box = _find(name, fields)
    item = f"${{{known.item}}}"
    return f"if(selected({item}, {quoted(box)}), 1, 0)" if box else item


def _truth(name: str, fields: Fields) -> str:
    known, box = _find(name, fields)
    item = f"${{{known.item}}}"
    return f"selected({item}, {quoted(box)})" if box else f"({item} != '' and {item} != 0)"


def _comparison(formula: Formula, fields: Fields) -> str | None:
    left, right = formula.parts
    if left.kind != "name":
        left, right = right, left
    if left.kind != "name" or right.kind not in {"text", "number"}:
        return None
    known, box = _find(left.word, fields)
    if not box or formula.word not in {"=", "!="}:
        return None
    said = f"selected(${{{known.item}}}, {quoted(box)})"
    ticked = {"1": True, "0": False}.get(right.word)
    if ticked is None:
        return "false()" if formula.word == "=" else "true()"
    return said if ticked == (formula.word == "=") else f"not({said})"


def _call(formula: Formula, said: Callable[[Formula], str], *, made: Meaning) -> tuple[str, Shape]:
    word, parts = formula.word.lower(), formula.parts
    shape = (word, len(parts))
    if shape == ("if", 3):
        return f"if({as_condition(parts[0], made)}, {said(parts[1])}, {said(parts[2])})", "text"
    if word in {"sum", "mean"} and parts:
        return _total(word, [said(part) for part in parts]), "number"
    if shape == ("isblankormissingcode", 1):
        return f"{said(parts[0])} = ''", "condition"
    if shape == ("isnumber", 1):
        return f"regex({said(parts[0])}, '-?[0-9]+([.][0-9]+)?')", "condition"
    if shape == ("not_contain", 2):
        return f"not(contains({said(parts[0])}, {said(parts[1])}))", "condition"
    if word not in _SAME_FUNCTIONS or not parts:
        raise NotTranslatable(f"the function {word}() has no counterpart in XLSForm here")
    theirs, result = _SAME_FUNCTIONS[word]
    return f"{theirs}({', '.join(said(part) for part in parts)})", result


def _total(word: str, said: list[str]) -> str:
    """Write a sum or a mean of the answers that are not blank."""
    total = " + ".join(f"if(string({each}) != '', {each}, 0)" for each in said)
    if word == "sum":
        return f"({total})"
    count = " + ".join(f"if(string({each}) != '', 1, 0)" for each in said)
    return f"(({total}) div ({count}))"
