"""LimeSurvey's conditions and equations (ExpressionScript), as XLSForm expressions.

Names are resolved through the questions of the survey: a box of a multiple choice question becomes
``selected()``, an answer code that had to be renamed is renamed here too. A name without ``.NAOK``
makes LimeSurvey take the whole expression for empty while its question is hidden; here an answer
to a hidden question is empty, so the two differ only for ``!=`` and ``!`` of hidden questions.

Source:
    Manual of LimeSurvey, Expression Manager: operators, variable suffixes, functions.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

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
    whole_pattern,
)

GRAMMAR = Grammar(
    name=r"(?:INSERTANS:|TOKEN:)?(?:\d+X\d+X\d+\w*(?:\#\d)?|[A-Za-z_]\w*(?:\#\d)?)(?:\.[A-Za-z_]\w*)*",
    operators={
        "and": "and",
        "&&": "and",
        "or": "or",
        "||": "or",
        "==": "=",
        "eq": "=",
        "!=": "!=",
        "ne": "!=",
        "<": "<",
        "lt": "<",
        "<=": "<=",
        "le": "<=",
        ">": ">",
        "gt": ">",
        ">=": ">=",
        "ge": ">=",
        "+": "+",
        "-": "-",
        "*": "*",
        "/": "div",
    },
)


_SUFFIX = re.compile(r"\.(NAOK|code|valueNAOK|value|shown)$")


_SAME_FUNCTIONS: Mapping[str, tuple[str, Shape]] = {
    "abs": ("abs", "number"),
    "pow": ("pow", "number"),
    "sqrt": ("sqrt", "number"),
    "round": ("round", "number"),
    "max": ("max", "number"),
    "min": ("min", "number"),
    "intval": ("int", "number"),
    "floatval": ("number", "number"),
    "strlen": ("string-length", "number"),
    "join": ("concat", "text"),
}


_NUMERIC = "-?[0-9]+([.][0-9]+)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """What a name of LimeSurvey stands for in the instrument."""

    kind: Literal["answer", "box", "several", "lost"]
    item: str = ""  # the item that holds the answer
    choice: str = ""  # of a box: the choice that it ticks
    codes: Mapping[str, str] = field(default_factory=dict)  # of a list: old code -> name here
    parts: tuple[str, ...] = ()  # of several: the names of its parts
    why: str = ""  # of a lost one: why it was not taken over


Symbols = dict[str, Symbol]


def condition(text: str, symbols: Symbols, *, own: str = "") -> str:
    """Translate a condition.

    Args:
        text: The condition, perhaps in braces.
        symbols: What the names stand for.
        own: The item whose answer is written ``.``; for constraints.

    Raises:
        NotTranslatable: It is not well formed or has no counterpart; the message says why.
    """
    return as_condition(parse(_unbraced(text), GRAMMAR), meaning(symbols, own=own))


def value(text: str, symbols: Symbols, *, own: str = "") -> str:
    """Translate a formula that has a value; raises as ``condition`` does."""
    return as_value(parse(_unbraced(text), GRAMMAR), meaning(symbols, own=own))


def equation(text: str, symbols: Symbols) -> str:
    """Translate an equation: text in which each ``{…}`` is a formula; raises as above."""
    pieces = re.split(r"(\{[^\s{}](?:[^{}\"']|\"[^\"]*\"|'[^']*')*\})", text.strip())
    said = [
        value(piece, symbols) if at % 2 else quoted(piece)
        for at, piece in enumerate(pieces)
        if piece.strip()
    ]
    if not said:
        raise NotTranslatable("the equation is empty")
    if len(said) == 1:
        return said[0] if len(pieces) > 1 else value(text, symbols)
    return f"concat({', '.join(said)})"


def bound(text: str, sign: str, symbols: Symbols, *, own: str) -> str:
    """Say that the answer lies on one side of a limit, which may be a formula; raises as above."""
    formula = parse(_unbraced(text), GRAMMAR)
    written = as_value(formula, meaning(symbols, own=own))
    constant = formula.kind == "number" or (
        formula.kind == "minus" and formula.parts[0].kind == "number"
    )
    return f". {sign} {written}" if constant else f"string({written}) = '' or . {sign} {written}"


def _unbraced(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if text.startswith("{") and text.endswith("}") else text


def meaning(symbols: Symbols, *, own: str = "") -> Meaning:
    """Say what names and functions mean; ``own`` is the item whose answer is written ``.``."""

    def call(formula: Formula, said: Callable[[Formula], str]) -> tuple[str, Shape]:
        return _call(formula, said, scope=(symbols, own), made=made)

    made = Meaning(
        value=lambda name: _value(name, symbols, own),
        truth=lambda name: _truth(name, symbols, own),
        comparison=lambda formula: _comparison(formula, symbols, own),
        call=call,
    )
    return made


_OWN = re.compile(r"(this|self)(\.NAOK|\.value)?")


def _at(symbol: Symbol, own: str) -> str:
    return "." if symbol.item == own else f"${{{symbol.item}}}"


def _box(symbol: Symbol, own: str) -> str:
    return f"selected({_at(symbol, own)}, {quoted(symbol.choice)})"


def _value(name: str, symbols: Symbols, own: str) -> str:
    if own and _OWN.fullmatch(name):
        return "."
    symbol = _find(name, symbols)
    if symbol.kind == "several":
        raise NotTranslatable(f"{name} stands for several answers at once")
    return f"if({_box(symbol, own)}, 'Y', '')" if symbol.kind == "box" else _at(symbol, own)


def _truth(name: str, symbols: Symbols, own: str) -> str:
    symbol = None if own and _OWN.fullmatch(name) else _find(name, symbols)
    if symbol and symbol.kind == "box":
        return _box(symbol, own)
    said = _value(name, symbols, own)
    zero = symbol is None or not symbol.codes or "0" in symbol.codes
    return f"({said} != '' and {said} != 0)" if zero else f"{said} != ''"


def _comparison(formula: Formula, symbols: Symbols, own: str) -> str | None:
    """Say a comparison with a box or with a code that was renamed; others are None."""
    left, right = formula.parts
    if left.kind != "name":
        left, right = right, left
    constant = left.kind == "name" and right.kind in {"text", "number"}
    if not constant or formula.word not in {"=", "!="} or _OWN.fullmatch(left.word):
        return None
    symbol = _find(left.word, symbols)
    if symbol.kind == "box":
        ticked = {"Y": True, "": False, "N": False}.get(right.word)
        if ticked is None:
            return "false()" if formula.word == "=" else "true()"
        box = _box(symbol, own)
        return box if ticked == (formula.word == "=") else f"not({box})"
    renamed = symbol.codes.get(right.word, right.word)
    if renamed != right.word:
        return f"{_at(symbol, own)} {formula.word} {quoted(renamed)}"
    return None


def _find(name: str, symbols: Symbols) -> Symbol:
    bare = re.sub(r"^(INSERTANS:|that\.)", "", name)
    if bare.startswith("TOKEN:"):
        raise NotTranslatable(f"{name} is about the list of participants, which is not kept here")
    suffix = _SUFFIX.search(bare)
    bare = _SUFFIX.sub("", bare)
    symbol = symbols.get(bare)
    if symbol is None:
        raise NotTranslatable(f"there is no answer called {name} in this survey")
    if symbol.kind == "lost":
        raise NotTranslatable(f"{name} was not taken over ({symbol.why})")
    if suffix and symbol.codes and suffix[1] in {"value", "valueNAOK", "shown"}:
        raise NotTranslatable(f"{name} asks for the label or the points of an answer, not its code")
    return symbol


def _call(
    formula: Formula,
    said: Callable[[Formula], str],
    *,
    scope: tuple[Symbols, str],
    made: Meaning,
) -> tuple[str, Shape]:
    word, parts = formula.word, formula.parts
    shape = (word, len(parts))
    if shape in {("is_empty", 1), ("empty", 1)}:
        empty = Formula(kind="text", word="")
        equal = Formula(kind="binary", word="=", parts=(parts[0], empty))
        return as_condition(equal, made), "condition"
    if shape == ("if", 3):
        return f"if({as_condition(parts[0], made)}, {said(parts[1])}, {said(parts[2])})", "text"
    if word in {"count", "sum"} and parts:
        return _total(word, parts, scope=scope, made=made), "number"
    if shape in _PATTERNS or shape == ("regexMatch", 2):
        return _matches(formula, said), "condition"
    if word not in _SAME_FUNCTIONS or not parts:
        raise NotTranslatable(f"the function {word}() has no counterpart in XLSForm here")
    theirs, result = _SAME_FUNCTIONS[word]
    return f"{theirs}({', '.join(said(part) for part in parts)})", result


_PATTERNS = {("is_numeric", 1): _NUMERIC, ("is_float", 1): _NUMERIC, ("is_int", 1): "-?[0-9]+"}


def _matches(formula: Formula, said: Callable[[Formula], str]) -> str:
    parts = formula.parts
    if len(parts) == 1:
        return f"regex({said(parts[0])}, '{_PATTERNS[formula.word, 1]}')"
    if parts[0].kind != "text":
        raise NotTranslatable("the pattern of regexMatch is not written out")
    return f"regex({said(parts[1])}, {quoted(whole_pattern(parts[0].word))})"


def _total(
    word: str, parts: Sequence[Formula], *, scope: tuple[Symbols, str], made: Meaning
) -> str:
    """Write how many answers there are, or their sum; an empty one counts as nothing."""
    symbols, own = scope
    names: list[str] = []
    for part in parts:
        if part.kind != "name":
            raise NotTranslatable(f"{word}() of something other than answers")
        symbol = _own_boxes(part.word, symbols, own) or _find(part.word, symbols)
        if symbol.kind == "several" and symbol.item and len(parts) == 1 and word == "count":
            return f"count-selected({_at(symbol, own)})"
        names += symbol.parts if symbol.kind == "several" else (part.word,)
    said = [_one_of_total(word, name, symbols=symbols, made=made) for name in names]
    if not said:
        raise NotTranslatable(f"{word}() of nothing")
    return said[0] if len(said) == 1 else f"({' + '.join(said)})"


def _own_boxes(name: str, symbols: Symbols, own: str) -> Symbol | None:
    """Find the boxes of the question itself, which LimeSurvey calls self."""
    if not own or not _OWN.fullmatch(name):
        return None
    several = (each for each in symbols.values() if each.kind == "several" and each.item == own)
    return next(several, None)


def _one_of_total(word: str, name: str, *, symbols: Symbols, made: Meaning) -> str:
    box = _find(name, symbols).kind == "box"
    filled = made.truth(name) if box else f"{made.value(name)} != ''"
    return f"if({filled}, {made.value(name) if word == 'sum' else '1'}, 0)"
