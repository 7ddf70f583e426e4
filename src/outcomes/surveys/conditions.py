"""When is a question asked? Conditions (XLSForm's ``relevant``) as a sentence for a respondent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elementpath.exceptions import ElementPathError
from elementpath.xpath1 import XPath1Parser

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.numbering import REFERENCE, names_in, question_numbers
from outcomes.surveys.parts import Item, Occasion
from outcomes.surveys.wording import condition_words, in_language

_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_OPPOSITE = {"=": "!=", "!=": "=", "and": "or", "or": "and"}
_WRITTEN = ("(string)", "(integer)", "(decimal)", "(float)", "-")  # in the expression itself
_MOST_LABELS = 5  # more are no longer a sentence


class _Parser(XPath1Parser):
    """XPath 1.0 with the two functions of ODK that can be said in simple words."""


def _without_a_form(self: Any, context: Any = None) -> Any:
    raise self.missing_context()


for _name, _operands in (("selected", 2), ("count-selected", 1)):
    setattr(_Parser.function(_name, nargs=_operands), "evaluate", _without_a_form)  # noqa: B010


class _NotSimpleError(Exception):
    """An expression that no short sentence says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What a sentence needs to know of the form."""

    instrument: Instrument
    items: Mapping[str, Item]
    numbers: Mapping[str, int]
    language: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    """One thing that must hold; about choices, so that several can be said as one."""

    kind: str  # key of the words; "" for a clause in full
    text: str = ""
    item: str = ""
    labels: tuple[str, ...] = ()


def condition_in_words(
    instrument: Instrument, expression: str, *, language: str, occasion: Occasion | None = None
) -> str:
    """Say for a respondent when a question is asked.

    Simple conditions (an answer, a number, whether something was answered, joined by and, or and
    not) are said in full; of others the sentence names the questions they depend on.

    Args:
        instrument: Whose items the expression names.
        expression: XLSForm, such as ``${met} = '1' and ${age} >= 18``.
        language: English or Spanish, by code or name; others are answered in English.
        occasion: Whose question numbers are said; without it, those of the whole instrument.

    Returns:
        A sentence such as ``Only if you answered “Yes” to question 4.``; nothing for an empty
        expression.
    """
    if not expression.strip():
        return ""
    form = _Form(
        instrument=instrument,
        items={item.name: item for item in instrument.items},
        numbers=question_numbers(instrument, occasion),
        language=language,
        words=condition_words(language),
    )
    plain = REFERENCE.sub(lambda match: f"${match[1]}" if match[1] else match[0], expression)
    try:
        token = _Parser().parse(plain)
        return form.words["only_if"].format(_said(_clause(token, form), form))
    except (_NotSimpleError, ElementPathError, RecursionError):
        return _depends(expression, form)


def _depends(expression: str, form: _Form) -> str:
    named = list(_questions_behind(expression, form, seen=set()))
    numbers = sorted({form.numbers[name] for name in named if name in form.numbers})
    if not numbers:
        return form.words["elsewhere" if named else "sometimes"]
    key = "depends_one" if len(numbers) == 1 else "depends_many"
    return form.words[key].format(_listed([str(number) for number in numbers], form, word="and"))


def _questions_behind(expression: str, form: _Form, *, seen: set[str]) -> Iterator[str]:
    """Follow values that are worked out to the questions they are worked out from."""
    for name in names_in(expression):
        item = form.items.get(name)
        if item is None or item.type != "calculate":
            yield name
        elif name not in seen:
            seen.add(name)
            yield from _questions_behind(item.calculation, form, seen=seen)


def _clause(token: Any, form: _Form, *, negated: bool = False) -> _Clause:
    operands = list(token)
    match token.symbol:
        case "(" if len(operands) == 1:
            return _clause(operands[0], form, negated=negated)
        case "not":
            return _clause(operands[0], form, negated=not negated)
        case "and" | "or":
            return _joined(token, form, negated=negated)
        case "selected":
            item, value = _item(operands[0], form), _value(operands[1])
            return _choices(item, [value], form, negated=negated, only=False)
        case "=" | "!=" | "<" | ">" | "<=" | ">=":
            return _compared(token.symbol, operands, form, negated=negated)
    raise _NotSimpleError


def _joined(token: Any, form: _Form, *, negated: bool) -> _Clause:
    """Join clauses; choices of one question become one list of choices."""
    word = _OPPOSITE[token.symbol] if negated else token.symbol
    merged: list[_Clause] = []
    for part in _same(token, token.symbol):
        clause = _clause(part, form, negated=negated)
        last = merged[-1] if merged else None
        mergeable = ("chosen", "marked") if word == "or" else ("not chosen", "not marked")
        if (
            last
            and clause.kind in mergeable
            and (last.kind, last.item)
            == (
                clause.kind,
                clause.item,
            )
        ):
            both = tuple(dict.fromkeys((*last.labels, *clause.labels)))
            merged[-1] = _Clause(kind=clause.kind, item=clause.item, labels=both)
        else:
            merged.append(clause)
    if len(merged) == 1:
        return merged[0]
    texts = [
        f"({_said(each, form)})" if each.kind == "joined" else _said(each, form) for each in merged
    ]
    return _Clause(kind="joined", text=f" {form.words[word]} ".join(texts))


def _same(token: Any, symbol: str) -> Iterator[Any]:
    """Flatten ``a and (b and c)`` to its three parts."""
    inner = token
    while inner.symbol == "(" and len(inner) == 1:
        inner = inner[0]
    if inner.symbol != symbol:
        yield token
        return
    for part in inner:
        yield from _same(part, symbol)


def _compared(symbol: str, operands: Sequence[Any], form: _Form, *, negated: bool) -> _Clause:
    left, right = operands
    if left.symbol in _WRITTEN:
        left, right, symbol = right, left, _MIRRORED[symbol]
    if negated:
        if symbol not in _OPPOSITE:  # not(x < 3) also holds without an answer; no short words
            raise _NotSimpleError
        symbol = _OPPOSITE[symbol]
    value = _value(right)
    if left.symbol == "string-length":
        return _answered(_item(left[0], form), form, symbol=symbol, length=value)
    if left.symbol == "count-selected":
        return _measured("count", _item(left[0], form), form, symbol=symbol, value=value)
    return _answer_compared(_item(left, form), form, symbol=symbol, value=value)


def _answer_compared(item: Item, form: _Form, *, symbol: str, value: str) -> _Clause:
    equal = symbol in {"=", "!="}
    if value == "":
        return _answered(item, form, symbol=symbol, length="0")
    if item.choice_list:
        codes = [value] if equal else _codes_where(item, form, symbol=symbol, value=value)
        return _choices(item, codes, form, negated=symbol == "!=", only=item.many)
    if not equal and item.type not in {"integer", "decimal"}:
        raise _NotSimpleError
    return _measured("value", item, form, symbol=symbol, value=value)


def _answered(item: Item, form: _Form, *, symbol: str, length: str) -> _Clause:
    """Say a comparison with nothing, or of a length with zero."""
    kinds = {("!=", "0"): "answered", (">", "0"): "answered", (">=", "1"): "answered"}
    kind = kinds.get((symbol, length), "empty" if (symbol, length) == ("=", "0") else "")
    if not kind:
        raise _NotSimpleError
    return _Clause(kind="", text=form.words[kind].format(number=form.numbers[item.name]))


def _measured(kind: str, item: Item, form: _Form, *, symbol: str, value: str) -> _Clause:
    shown = value if re.fullmatch(r"-?\d+(\.\d+)?", value) else f"“{value}”"
    said = form.words[kind].format(
        number=form.numbers[item.name], value=form.words[symbol].format(shown)
    )
    return _Clause(kind="", text=said)


def _codes_where(item: Item, form: _Form, *, symbol: str, value: str) -> list[str]:
    """List the choices whose code, taken as a number, meets a comparison."""
    try:
        bound = float(value)
    except ValueError:
        raise _NotSimpleError from None
    codes = [choice.name for choice in form.instrument.choices.get(item.choice_list, ())]
    numbers = {code: float(code) for code in codes if re.fullmatch(r"-?\d+(\.\d+)?", code)}
    tests = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__}
    return [code for code, number in numbers.items() if tests[symbol](number, bound)]


def _choices(
    item: Item, codes: Sequence[str], form: _Form, *, negated: bool, only: bool
) -> _Clause:
    """Say which choices must be, or must not be, among the answers."""
    listed = form.instrument.choices.get(item.choice_list, ())
    labels = tuple(
        f"“{in_language(choice.label, form.language)}”" for choice in listed if choice.name in codes
    )
    if not labels or len(labels) > _MOST_LABELS or (only and (negated or len(codes) > 1)):
        raise _NotSimpleError
    kind = ("marked only" if only else "marked") if item.many else "chosen"
    return _Clause(kind=f"not {kind}" if negated else kind, item=item.name, labels=labels)


def _said(clause: _Clause, form: _Form) -> str:
    if not clause.item:
        return clause.text
    labels = _listed(clause.labels, form, word="nor" if clause.kind.startswith("not") else "or")
    return form.words[clause.kind].format(labels=labels, number=form.numbers[clause.item])


def _listed(parts: Sequence[str], form: _Form, *, word: str) -> str:
    """Write ``a, b or c``; Spanish says ``u`` before o."""
    if len(parts) == 1:
        return parts[0]
    joint = form.words[word]
    if joint == "o" and re.match(r"\W*h?[oó]", parts[-1].lower()):
        joint = "u"
    if joint == "y" and re.match(r"\W*h?[ií](?![aeo])", parts[-1].lower()):
        joint = "e"
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def _item(token: Any, form: _Form) -> Item:
    """Find the question that an operand names."""
    name = str(token[0].value) if token.symbol == "$" else ""
    if name not in form.numbers:
        raise _NotSimpleError
    return form.items[name]


def _value(token: Any) -> str:
    """Read a number or a text that stands in the expression."""
    if token.symbol == "-" and len(token) == 1:
        return f"-{_value(token[0])}"
    if token.symbol not in _WRITTEN:
        raise _NotSimpleError
    return str(token.value)
