"""What a value counts as where an expression needs a number, a text, a truth or a date.

Expressions know numbers, texts, truths and dates. An empty answer is the text ``""``. The rules are
those of JavaRosa, the engine of ODK Collect; where JavaRosa's own answer could not be read back
(1.23456785E7) the number is written out instead.
"""

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal

Value = str | float | bool | datetime

EPOCH = datetime(1970, 1, 1)  # times are local, as a form shows them
NOT_A_NUMBER = math.nan
_NEARLY_ZERO = 1e-12
_NUMBER = re.compile(r"[-.0-9]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}(:?\d{2})?)?)?")
_FARTHEST = (
    1_000_000  # days from 1970 that a date may lie, so that arithmetic stays in the calendar
)


def number(value: Value) -> float:
    """Count a value as a number: a date as whole days since 1970, an empty text as not a number."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    if isinstance(value, datetime):
        return float(math.floor(exact_days(value)))
    plain = value.replace(",", ".").strip()
    if not _NUMBER.fullmatch(plain):
        return NOT_A_NUMBER
    try:
        return float(plain)
    except ValueError:
        return NOT_A_NUMBER


def exact_number(value: Value) -> float:
    """Count a value as a number, a date with the part of the day that has passed."""
    return exact_days(value) if isinstance(value, datetime) else number(value)


def exact_days(moment: datetime) -> float:
    """Count the days from the start of 1970, with the part of the day that has passed."""
    return (moment - EPOCH) / timedelta(days=1)


def whole(value: Value) -> float:
    """Cut off what stands behind the decimal point."""
    counted = number(value)
    return counted if math.isnan(counted) or math.isinf(counted) else float(math.trunc(counted))


def text(value: Value) -> str:
    """Write a value as it is stored: whole numbers without a point, dates as 2025-04-14."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return _written_number(value)


def _written_number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if abs(value - round(value)) < _NEARLY_ZERO:
        return str(round(value))
    return format(Decimal(repr(value)), "f")


def truth(value: Value) -> bool:
    """Count a value as true: a text that is not empty, a number that is not zero, any date."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value != ""
    if isinstance(value, datetime):
        return True
    return abs(value) > _NEARLY_ZERO and not math.isnan(value)


def equal(left: Value, right: Value) -> bool:
    """Compare two values: as truths if one is a truth, as numbers if one is, otherwise as texts."""
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return abs(number(left) - number(right)) < _NEARLY_ZERO
    return text(left) == text(right)


def moment(value: Value, *, keep_time: bool) -> datetime | str:
    """Take a value for a date: days since 1970, or a text such as 2025-04-14.

    Returns:
        The date, or an empty text where the value is none.
    """
    if isinstance(value, datetime):
        return value if keep_time else midnight(value)
    if isinstance(value, str):
        return written_moment(value) or ""
    days = number(value)
    if math.isnan(days) or abs(days) > _FARTHEST:
        return ""
    try:
        return EPOCH + timedelta(days=days if keep_time else math.trunc(days))
    except OverflowError:
        return ""


def written_moment(words: str) -> datetime | None:
    """Read 2025-04-14 or 2025-04-14T09:30:00, its time as it is written; None if it is no date."""
    if not _DATE.fullmatch(words.strip()):
        return None
    try:
        return datetime.fromisoformat(words.strip()).replace(tzinfo=None)
    except ValueError:
        return None


def midnight(moment: datetime) -> datetime:
    """Give the start of a day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
