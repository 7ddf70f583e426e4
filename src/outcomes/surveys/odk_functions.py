"""The functions that an expression may call, as ODK documents them and JavaRosa works them out.

Those that need more than the values of their arguments (if, once, count, today, regex) are in
``xpath_calls``. Source: ODK XForms Specification, section XPath functions; ODK documentation, "Form
operators and functions".
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from outcomes.surveys.odk_values import (
    NOT_A_NUMBER,
    Value,
    exact_days,
    exact_number,
    midnight,
    moment,
    number,
    text,
    truth,
    whole,
)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DATE_CODES: dict[str, Callable[[datetime], str]] = {
    "Y": lambda at: f"{at.year:04}",
    "y": lambda at: f"{at.year % 100:02}",
    "m": lambda at: f"{at.month:02}",
    "n": lambda at: str(at.month),
    "b": lambda at: [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ][at.month - 1],
    "d": lambda at: f"{at.day:02}",
    "e": lambda at: str(at.day),
    "H": lambda at: f"{at.hour:02}",
    "h": lambda at: str(at.hour),
    "M": lambda at: f"{at.minute:02}",
    "S": lambda at: f"{at.second:02}",
    "3": lambda at: f"{at.microsecond // 1000:03}",
    "a": lambda at: _DAYS[at.weekday()],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of expressions, with how many values it takes (``most`` None: any number)."""

    work: Callable[..., Value]
    least: int
    most: int | None


def chosen(value: Value) -> list[str]:
    """List the choices of a select_multiple answer."""
    return text(value).split()


def _selected(answer: Value, choice: Value) -> bool:
    return f" {text(choice).strip()} " in f" {text(answer)} "


def _selected_at(answer: Value, position: Value) -> str:
    at, choices = whole(position), chosen(answer)
    return choices[int(at)] if 0 <= at < len(choices) else ""  # also where it is not a number


def _substr(words: Value, start: Value, end: Value | None = None) -> str:
    whole_text = text(words)
    bounds = [_index(start), len(whole_text) if end is None else _index(end)]
    first, last = (
        min(max(at + len(whole_text) if at < 0 else at, 0), len(whole_text)) for at in bounds
    )
    return whole_text[first:last]


def _index(value: Value) -> int:
    at = whole(value)
    return 0 if math.isnan(at) else int(max(min(at, 2**31), -(2**31)))


def _substring(words: Value, start: Value, length: Value = math.inf) -> str:
    """Cut a text as XPath 1.0 does: positions count from 1, and both numbers are rounded."""
    first = _round(start)
    last = number(first) + number(_round(length))
    places = enumerate(text(words), start=1)
    return "".join(letter for place, letter in places if number(first) <= place < last)


def _translate(words: Value, was: Value, becomes: Value) -> str:
    old, new = text(was), text(becomes)
    table = {ord(sign): new[at] if at < len(new) else None for at, sign in _first_places(old)}
    return text(words).translate(table)


def _first_places(signs: str) -> list[tuple[int, str]]:
    return [(at, sign) for at, sign in enumerate(signs) if signs.index(sign) == at]


def _before(words: Value, mark: Value) -> str:
    start, found, _ = text(words).partition(text(mark)) if text(mark) else ("", "", "")
    return start if found else ""


def _after(words: Value, mark: Value) -> str:
    return text(words).partition(text(mark))[2] if text(mark) else text(words)


def _round(value: Value, places: Value = 0.0) -> float:
    """Round half up, as a spreadsheet does; half toward zero below zero, as XPath does."""
    counted, at = number(value), whole(places)
    if math.isnan(counted) or math.isinf(counted):
        return counted
    if math.isnan(at) or abs(at) > 30:
        return NOT_A_NUMBER
    rule = ROUND_HALF_DOWN if counted < 0 else ROUND_HALF_UP
    step = Decimal(1).scaleb(-int(at))
    return float((Decimal(repr(counted)) / step).to_integral_value(rule) * step)


def _extreme(choose: Callable[[Sequence[float]], float]) -> Callable[..., float]:
    def work(*values: Value) -> float:
        counted = [one for one in map(number, values) if not math.isnan(one)]
        return choose(counted) if counted else NOT_A_NUMBER

    return work


def _checklist(least: Value, most: Value, *answers: Value) -> bool:
    low, high, count = whole(least), whole(most), sum(map(truth, answers))
    return (low < 0 or count >= low) and (high < 0 or count <= high)


def _weighted_checklist(least: Value, most: Value, *pairs: Value) -> bool:
    flags, weights = pairs[::2], pairs[1::2]
    total = sum(number(weight) for flag, weight in zip(flags, weights, strict=True) if truth(flag))
    return number(least) <= total <= number(most)


def _format_date(value: Value, pattern: Value) -> str:
    at = moment(value, keep_time=True)
    if isinstance(at, str):
        return ""
    first, *parts = text(pattern).split("%")
    said = (DATE_CODES[part[0]](at) + part[1:] if part[:1] in DATE_CODES else "" for part in parts)
    return first + "".join(said)


def _decimal_date_time(value: Value) -> Value:
    at = moment(value, keep_time=True)
    return at if isinstance(at, str) else exact_days(at)


def _decimal_time(value: Value) -> Value:
    at = moment(value, keep_time=True)
    return at if isinstance(at, str) else exact_days(at) - exact_days(midnight(at))


def _mathematical(work: Callable[..., float]) -> Callable[..., float]:
    """Give not-a-number or infinity where Python would stop."""

    def safe(*values: Value) -> float:
        counted = [exact_number(value) for value in values]
        try:
            result = work(*counted)
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return NOT_A_NUMBER
        return NOT_A_NUMBER if isinstance(result, complex) else float(result)

    return safe


def _log(value: float) -> float:
    return -math.inf if value == 0 else math.log(value)


def _log10(value: float) -> float:
    return -math.inf if value == 0 else math.log10(value)


def _sum(*values: Value) -> float:
    return sum(one for one in map(number, values) if not math.isnan(one))


def _function(work: Callable[..., Value], least: int, most: int | None = -1) -> Function:
    return Function(work=work, least=least, most=least if most == -1 else most)


FUNCTIONS: dict[str, Function] = {
    "selected": _function(_selected, 2),
    "selected-at": _function(_selected_at, 2),
    "count-selected": _function(lambda answer: float(len(chosen(answer))), 1),
    "boolean": _function(truth, 1),
    "not": _function(lambda value: not truth(value), 1),
    "true": _function(lambda: True, 0),
    "false": _function(lambda: False, 0),
    "boolean-from-string": _function(lambda value: text(value).lower() in {"true", "1"}, 1),
    "number": _function(number, 1),
    "string": _function(text, 1),
    "int": _function(whole, 1),
    "round": _function(_round, 1, 2),
    "abs": _function(_mathematical(abs), 1),
    "pow": _function(_mathematical(math.pow), 2),
    "sqrt": _function(_mathematical(math.sqrt), 1),
    "exp": _function(_mathematical(math.exp), 1),
    "exp10": _function(_mathematical(lambda value: math.pow(10, value)), 1),
    "log": _function(_mathematical(_log), 1),
    "log10": _function(_mathematical(_log10), 1),
    "sin": _function(_mathematical(math.sin), 1),
    "cos": _function(_mathematical(math.cos), 1),
    "tan": _function(_mathematical(math.tan), 1),
    "asin": _function(_mathematical(math.asin), 1),
    "acos": _function(_mathematical(math.acos), 1),
    "atan": _function(_mathematical(math.atan), 1),
    "atan2": _function(_mathematical(math.atan2), 2),
    "pi": _function(lambda: math.pi, 0),
    "min": _function(_extreme(min), 1, None),
    "max": _function(_extreme(max), 1, None),
    "sum": _function(_sum, 1),
    "concat": _function(lambda *parts: "".join(map(text, parts)), 1, None),
    "join": _function(lambda mark, *parts: text(mark).join(map(text, parts)), 1, None),
    "contains": _function(lambda words, part: text(part) in text(words), 2),
    "starts-with": _function(lambda words, part: text(words).startswith(text(part)), 2),
    "ends-with": _function(lambda words, part: text(words).endswith(text(part)), 2),
    "substr": _function(_substr, 2, 3),
    "substring-before": _function(_before, 2),
    "substring-after": _function(_after, 2),
    "translate": _function(_translate, 3),
    "string-length": _function(lambda words: float(len(text(words))), 0, 1),
    "normalize-space": _function(lambda words: " ".join(text(words).split()), 0, 1),
    "checklist": _function(_checklist, 2, None),
    "weighted-checklist": _function(_weighted_checklist, 2, None),
    "date": _function(lambda value: moment(value, keep_time=False), 1),
    "date-time": _function(lambda value: moment(value, keep_time=True), 1),
    "decimal-date-time": _function(_decimal_date_time, 1),
    "decimal-time": _function(_decimal_time, 1),
    "format-date": _function(_format_date, 2),
    "format-date-time": _function(_format_date, 2),
    # XPath 1.0 has these, ODK Collect does not: `check` says so as a caution
    "floor": _function(_mathematical(math.floor), 1),
    "ceiling": _function(_mathematical(math.ceil), 1),
    "substring": _function(_substring, 2, 3),
}
# these need more than the values of their arguments: name -> how many they take
SPECIAL: dict[str, tuple[int, int]] = {
    "if": (3, 3),
    "coalesce": (2, 2),
    "once": (1, 1),
    "count": (1, 1),
    "count-non-empty": (1, 1),
    "position": (0, 1),
    "today": (0, 0),
    "now": (0, 0),
    "regex": (2, 2),
}
NOT_IN_ODK = {"floor": "int()", "ceiling": "int() and + 1", "substring": "substr()"}

_AGAIN = (
    "it gives another value each time, so that the same answers would not give the same questions",
    "Draw the value outside of the instrument, and let an item hold it",
)
_LISTS = (
    "choices here are the instrument's own lists",
    "Write the choices under choices, and compare with their names",
)
_PLACES = ("there are no items for a position on a map here", "Leave the expression out")
_REPEATS = ("there are no repeated groups here", "Write one item for each, with its own name")
_SECRETS = ("codes are made by the self-made code block here", "Use code: instead")
REFUSED: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("random", "uuid", "randomize"), _AGAIN),
    **dict.fromkeys(("instance", "pulldata", "jr:choice-name", "search", "lookup"), _LISTS),
    **dict.fromkeys(("area", "enclosed-area", "distance", "geofence", "intersects"), _PLACES),
    **dict.fromkeys(("indexed-repeat", "current", "last"), _REPEATS),
    **dict.fromkeys(("digest", "base64-decode", "extract-signed"), _SECRETS),
    "jr:itext": ("texts stand in the labels here", "Compare with the name of the choice"),
    "property": ("nothing is known here of the device", "Leave the expression out"),
    "version": ("the version is stored with every answer", "Leave the expression out"),
    "is-selected": ("it is an old name", "Write selected(...)"),
    "depend": ("it is an old name", "Write once(...) or name the items"),
}
