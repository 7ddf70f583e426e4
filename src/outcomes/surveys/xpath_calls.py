"""The calls of functions in an expression, bound to the items that they read."""

import math
import re
from collections.abc import Callable
from typing import Any

from outcomes.surveys.odk_functions import DATE_CODES, FUNCTIONS, NOT_IN_ODK, SPECIAL
from outcomes.surveys.odk_values import Value, midnight, text, truth, written_moment
from outcomes.surveys.xpath_parser import ExpressionRefused
from outcomes.surveys.xpath_scope import (
    Compared,
    Reading,
    Scope,
    Work,
    looks_like_path,
    path_of,
    path_or_none,
)


def _check_count(name: str, given: int, *, least: int, most: int | None) -> None:
    if given >= least and (most is None or given <= most):
        return
    if most is None:
        wanted = f"at least {least}"
    else:
        wanted = str(least) if least == most else f"{least} to {most}"
    raise ExpressionRefused(
        f"{name}() takes {wanted} values in its brackets, got {given}", "Add or remove values"
    )


def bind_call(token: Any, scope: Scope) -> Work:
    """Bind a call of a function.

    Raises:
        ExpressionRefused: It has too few or too many values, or one that can never do.
    """
    name = token.symbol
    if name in _SPECIAL:
        least, most = SPECIAL[name]
        _check_count(name, len(token), least=least, most=most)
        return _SPECIAL[name](token, scope)
    function = FUNCTIONS[name]
    _check_count(name, len(token), least=function.least, most=function.most)
    _check_arguments(token)
    if name in NOT_IN_ODK:
        scope.not_in_odk.append(name)
    work, parts = function.work, [scope.bind(argument, scope) for argument in token]
    if name in {"string-length", "normalize-space"} and not parts:
        parts = [_own_value(scope)]
    if name in {"selected", "selected-at", "count-selected"}:
        path = path_or_none(token[0], scope)
        choice = str(token[1].value) if name == "selected" and token[1].symbol == "(string)" else ""
        if path is not None:
            scope.compared.append(Compared(path=path, written=choice, how=name))
    if len(parts) == 1:
        only = parts[0]
        return lambda reading: work(only(reading))
    return lambda reading: work(*[part(reading) for part in parts])


def _check_arguments(token: Any) -> None:
    """Refuse what can be seen to be wrong before anybody answers."""
    name, arguments = token.symbol, list(token)
    written = str(arguments[-1].value) if arguments and arguments[-1].symbol == "(string)" else None
    if name == "selected" and arguments[1].symbol in {"(integer)", "(decimal)"}:
        choice = arguments[1].value
        raise ExpressionRefused(
            f"selected() needs the choice in quotes, got {choice}", f"Write '{choice}'"
        )
    if name == "weighted-checklist" and len(arguments) % 2:
        raise ExpressionRefused(
            "weighted-checklist() needs a weight for each answer", "Write answer, weight in pairs"
        )
    if name == "sum" and not looks_like_path(arguments[0]):
        raise ExpressionRefused("sum() adds up repeated answers only", "Write ${a} + ${b}")
    if name in {"date", "date-time"} and written and not written_moment(written):
        raise ExpressionRefused(f"{written!r} is not a date", "Write it like date('2025-04-14')")
    if name.startswith("format-date") and written is not None:
        unknown = [code for code in re.findall(r"%(.?)", written) if code not in DATE_CODES]
        if unknown:
            codes = ", ".join(f"%{code}" for code in DATE_CODES)
            raise ExpressionRefused(
                f"{name}() does not know %{unknown[0]}", f"Write one of: {codes}"
            )


def _own_value(scope: Scope) -> Work:
    here = scope.here
    scope.reads.add(here)
    return lambda reading: reading.values.get(here, "")


def _if(token: Any, scope: Scope) -> Work:
    condition, then, otherwise = (scope.bind(argument, scope) for argument in token)
    return lambda reading: then(reading) if truth(condition(reading)) else otherwise(reading)


def _coalesce(token: Any, scope: Scope) -> Work:
    first, second = (scope.bind(argument, scope) for argument in token)

    def work(reading: Reading) -> Value:
        value = first(reading)
        empty = value == "" or (isinstance(value, float) and math.isnan(value))
        return second(reading) if empty else value

    return work


def _once(token: Any, scope: Scope) -> Work:
    fresh, here = scope.bind(token[0], scope), scope.here
    return lambda reading: reading.stored.get(here) or fresh(reading)


def _count(token: Any, scope: Scope) -> Work:
    path, filled = _counted_path(token, scope), token.symbol == "count-non-empty"
    scope.reads.add(path)
    if filled:
        return lambda reading: float(text(reading.values.get(path, "")) != "")
    return lambda reading: float(path in reading.values)


def _counted_path(token: Any, scope: Scope) -> str:
    if not looks_like_path(token[0]):
        raise ExpressionRefused(f"{token.symbol}() counts items", "Write an item, as ${item}")
    return path_of(token[0], scope)


def _position(token: Any, scope: Scope) -> Work:
    if token:
        _counted_path(token, scope)
    return lambda reading: 1.0  # nothing is repeated here


def _today(token: Any, scope: Scope) -> Work:
    return lambda reading: midnight(reading.now)


def _now(token: Any, scope: Scope) -> Work:
    return lambda reading: reading.now


def _regex(token: Any, scope: Scope) -> Work:
    if token[1].symbol != "(string)":
        raise ExpressionRefused("regex() needs its pattern in quotes", "Write '[0-9]+'")
    try:
        pattern = re.compile(str(token[1].value))
    except re.error as error:
        raise ExpressionRefused(
            f"the pattern {token[1].value!r} of regex() cannot be read ({error})",
            "Check its brackets",
        ) from None
    answer = scope.bind(token[0], scope)
    return lambda reading: pattern.fullmatch(text(answer(reading))) is not None


_SPECIAL: dict[str, Callable[[Any, Scope], Work]] = {
    "if": _if,
    "coalesce": _coalesce,
    "once": _once,
    "count": _count,
    "count-non-empty": _count,
    "position": _position,
    "today": _today,
    "now": _now,
    "regex": _regex,
}
