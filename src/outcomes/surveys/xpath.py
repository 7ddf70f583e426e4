"""One XPath expression of a form: parsed by elementpath, then bound to the items that it reads.

elementpath reads the text, with the functions of ODK registered on its parser; what the parts do is
settled here, because forms coerce values as JavaRosa does and not as XPath 2 (an empty answer is
less than nothing, dates compare as days), and because an expression that is bound once runs in
microseconds. Whatever a form of ours cannot answer is refused by name, never ignored.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from outcomes.surveys.odk_values import Value, equal, number, truth
from outcomes.surveys.xpath_calls import bind_call
from outcomes.surveys.xpath_parser import ExpressionRefused, parse
from outcomes.surveys.xpath_scope import Compared, Scope, Work, path_of, path_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """An expression that is ready to be worked out."""

    source: str
    reads: frozenset[str]  # paths of the items it reads, its own among them where it says "."
    compared: tuple[Compared, ...]
    not_in_odk: tuple[str, ...]  # functions that ODK Collect does not have
    work: Work


def bind_expression(
    source: str, *, here: str, items: frozenset[str], groups: frozenset[str]
) -> Expression:
    """Parse an expression and bind it to a form.

    Args:
        source: XPath, with absolute paths where XLSForm writes ``${item}``.
        here: Path of the item that the expression belongs to.
        items: Paths of all items of the form.
        groups: Paths of its groups.

    Raises:
        ExpressionRefused: It is no expression, calls what is not supported, or reads what is not
            in the form.
    """
    scope = Scope(bind=_bind, here=here, items=items, groups=groups)
    try:
        work = _bind(parse(source), scope)
    except RecursionError:
        raise ExpressionRefused("it is nested too deeply", "Split it into calculations") from None
    return Expression(
        source=source,
        reads=frozenset(scope.reads),
        compared=tuple(scope.compared),
        not_in_odk=tuple(scope.not_in_odk),
        work=work,
    )


def _bind(token: Any, scope: Scope) -> Work:
    symbol = token.symbol
    if symbol in _BINARY and len(token) == 2:
        return _bind_operator(token, scope)
    if "function" in str(token.label):
        return bind_call(token, scope)
    if symbol in _LITERALS:
        return _bind_literal(token)
    if symbol in {"(", "-"} and len(token) == 1:
        inner = _bind(token[0], scope)
        return inner if symbol == "(" else lambda reading: -number(inner(reading))
    return _bind_item(token, scope)


def _bind_item(token: Any, scope: Scope) -> Work:
    path = path_of(token, scope)
    if path in scope.groups:
        raise ExpressionRefused(
            f"{path.rpartition('/')[2]} is a group, which has no answer", "Name one of its items"
        )
    scope.reads.add(path)
    return lambda reading: reading.values.get(path, "")


def _bind_literal(token: Any) -> Work:
    value: Value = str(token.value) if token.symbol == "(string)" else float(token.value)
    return lambda reading: value


_BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: number(left) < number(right),
    "<=": lambda left, right: number(left) <= number(right),
    ">": lambda left, right: number(left) > number(right),
    ">=": lambda left, right: number(left) >= number(right),
    "+": lambda left, right: number(left) + number(right),
    "-": lambda left, right: number(left) - number(right),
    "*": lambda left, right: number(left) * number(right),
    "div": lambda left, right: _quotient(number(left), number(right)),
    "mod": lambda left, right: _remainder(number(left), number(right)),
    "and": lambda left, right: truth(left) and truth(right),
    "or": lambda left, right: truth(left) or truth(right),
}
_LITERALS = {"(string)", "(integer)", "(decimal)"}
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}


def _bind_operator(token: Any, scope: Scope) -> Work:
    symbol, work = token.symbol, _BINARY[token.symbol]
    left, right = _bind(token[0], scope), _bind(token[1], scope)
    _note_comparison(token, scope)
    if symbol == "and":
        return lambda reading: truth(left(reading)) and truth(right(reading))
    if symbol == "or":
        return lambda reading: truth(left(reading)) or truth(right(reading))
    if symbol not in {"=", "!="}:
        for side in token:
            if side.symbol == "(string)" and math.isnan(number(str(side.value))):
                mend = "Write a number, or date('2025-04-14') around a date"
                raise ExpressionRefused(
                    f"{symbol} needs numbers, not the text {side.value!r}", mend
                )
    return lambda reading: work(left(reading), right(reading))


def _note_comparison(token: Any, scope: Scope) -> None:
    if token.symbol not in _COMPARISONS:
        return
    how = "=" if token.symbol in {"=", "!="} else "<"
    for one, other in ((token[0], token[1]), (token[1], token[0])):
        path = path_or_none(one, scope)
        if path is not None and other.symbol in _LITERALS:
            scope.compared.append(Compared(path=path, written=str(other.value), how=how))


def _quotient(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _remainder(left: float, right: float) -> float:
    if not right or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)
