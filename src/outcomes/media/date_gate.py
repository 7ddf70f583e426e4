"""The gate for dates of publication: what a feed or page says, read strictly or left unknown."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from outcomes.errors import DataError
from outcomes.media.zone_names import named_zone, stated_offset

Order = Literal["MDY", "DMY", ""]

FIRST_DAY = date(1990, 1, 1)  # before it there was no web to publish on; 1970 is a computer's zero
_AHEAD = timedelta(hours=24)  # what clocks and zones may differ; later is announced, not published
_LONGEST = 200  # characters
_MONTHS = (
    "jan(?:uary|uar)?|ene(?:ro)?", "feb(?:ruary|rero)?", "mar(?:ch|zo)?", "apr(?:il)?|abr(?:il)?",
    "may(?:o)?", "june?|junio", "july?|julio", "aug(?:ust)?|ago(?:sto)?",
    "sept?(?:ember|iembre)?|setiembre", "oct(?:ober|ubre)?", "nov(?:ember|iembre)?",
    "dec(?:ember)?|dic(?:iembre)?",
)  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\b\.?"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})(?P<sep>[-/.])(?P<number>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<number>\d\d)(?P<day>\d\d)(?=$|[T Z]|\d{6}(?!\d))",
        r"(?<!\d)(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4}|\d\d)(?!\d)",
        rf"{_DAY}[\s,-]*(?:de\s+)?{_MONTH},?[\s-]*(?:de\s+)?(?P<year>\d{{4}}|\d\d(?=\s+\d\d?:))\b",
        rf"\b{_MONTH}\s*{_DAY}\s*,?\s+(?P<year>\d{{4}})\b(?!:)",
        rf"\b{_MONTH}\s+{_DAY}(?=\s+\d\d?:\d\d.{{0,24}}\s(?P<year>\d{{4}})\b)",  # year at the end
    )
)
_CLOCK = re.compile(
    r"(?<![\d:+-])(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d?)(?:[.,]\d+)?)?)?(?!\d)"
    r"\s*(?P<half>[ap]\.?m\b\.?)?(?P<after>.*)",
    re.IGNORECASE | re.DOTALL,
)
_PACKED_CLOCK = re.compile(r"\s*T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<after>\D.*|$)")
_OFFSET = re.compile(r"\s*\(?(?:UTC|GMT)?\s*(?P<offset>[+-]\d{1,2}(?::?\d\d)?)(?!\d)")
_ZONE_WORD = re.compile(r"\s*\(?(?P<word>Z|[A-Z]{2,5}|Eastern|Central|Mountain|Pacific)\b")
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?:\.\d+|\d{3}|\d{6})?")
_RELATIVE = re.compile(
    r"\b(?:ago|today|tonight|yesterday|tomorrow|now|hace|hoy|ayer|last (?:week|month|night))\b",
    re.IGNORECASE,
)
_WEEK = re.compile(r"\d{4}-?W\d\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """When something was published, as far as it is known."""

    iso: str  # a day, or a moment with its offset (without one: local time); empty where unknown
    reason: str  # why it is unknown, or what was assumed; empty where nothing was


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused(Exception):  # noqa: N818 (reads as what happened)
    reason: str


def published_moment(
    raw: object,
    *,
    seen: datetime,
    zone: str = "",
    order: Order = "",
    first: date = FIRST_DAY,
) -> Dated:
    """Say when something was published, from what its source wrote, and never guess.

    Args:
        raw: What the feed or page says: text, or seconds (or thousandths) since 1970.
        seen: When it was fetched, with its offset. What is dated more than 24 hours later is
            refused: a date of publication cannot lie ahead.
        zone: The outlet's time zone, such as ``America/Chicago``, in which a moment without one
            is read, and in which the answer is given; empty where it is not known.
        order: How the outlet writes ``03/04/2026``: MDY is March 4. Where empty, a date is
            refused unless only one order is possible.
        first: The first plausible day; what is dated before is refused.

    Returns:
        The day, or the moment in the outlet's zone; with no zone known, as its source states it.
        ``iso`` is empty where the day is not told: relative words, weeks, months without a day,
        days that no calendar has.

    Raises:
        DataError: There is no such time zone, or ``seen`` has no offset.

    Source:
        Requirement B14. Words, numbers and offsets as in RFC 822, RFC 5322 and ISO 8601.
    """
    if seen.tzinfo is None:
        raise DataError(f"the moment of fetching, {seen}, has no offset. Add one, such as +00:00")
    place = _place(zone)
    text = " ".join(str(raw).split()) if raw is not None else ""
    try:
        found, reason = _read(text, order=order, place=place)
        _check_window(found, seen=seen, first=first)
        if isinstance(found, datetime) and found.tzinfo is not None and place is not None:
            found = found.astimezone(place)
    except _Refused as refused:
        return Dated(iso="", reason=refused.reason)
    except OverflowError:
        return Dated(iso="", reason=f"{text[:40]!r} is out of the calendar")
    iso = found.isoformat(timespec="seconds") if isinstance(found, datetime) else found.isoformat()
    return Dated(iso=iso, reason=reason)


def _place(zone: str) -> tzinfo | None:
    if not zone:
        return None
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise DataError(
            f"{zone!r} is no time zone. Write one as America/Chicago or America/Los_Angeles"
        ) from None


def _read(text: str, *, order: Order, place: tzinfo | None) -> tuple[date, str]:
    if not text:
        raise _Refused(reason="no date is given")
    if len(text) > _LONGEST:
        raise _Refused(reason="the text is too long for a date")
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch["seconds"]), UTC), "read as seconds since 1970"
    if _WEEK.search(text):
        raise _Refused(reason=f"{text[:40]!r} names a week, not a day")
    day, rest = _day_in(text, order=order)
    clock = (_PACKED_CLOCK.match(rest) if rest[:1] in "T0123456789" else None) or _clock_in(rest)
    if clock is None:
        return day, ""
    return _moment(day, clock, place=place)


def _day_in(text: str, *, order: Order) -> tuple[date, str]:
    """The day, and what stands after it."""
    for form in _FORMS:
        days = {(_calendar_day(match, order=order), match.end()) for match in form.finditer(text)}
        if len({day for day, _ in days}) > 1:
            raise _Refused(reason=f"{text[:60]!r} holds two dates")
        if days:
            day, end = min(days, key=lambda found: found[1])
            return day, text[end:] or _before(text, form)
    if _RELATIVE.search(text):
        raise _Refused(reason=f"{text[:40]!r} is no date: it depends on when it is read")
    raise _Refused(reason=f"{text[:40]!r} does not tell a day")


def _before(text: str, form: re.Pattern[str]) -> str:
    """What stands before a date at the end, such as ``16:56, November 8, 2023``."""
    match = form.search(text)
    return text[: match.start()] if match else ""


def _calendar_day(match: re.Match[str], *, order: Order) -> date:
    found = match.groupdict()
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000
    if "a" in found:
        number, day = _ordered(int(found["a"]), int(found["b"]), order=order, text=match[0])
    else:
        number = int(found["number"]) if "number" in found else _month_number(found["month"])
        day = int(found["day"])
    try:
        return date(year, number, day)
    except ValueError:
        raise _Refused(reason=f"no calendar has the day {match[0]!r}") from None


def _ordered(first: int, second: int, *, order: Order, text: str) -> tuple[int, int]:
    """Month and day of two numbers."""
    if order == "MDY" or first == second or (not order and second > 12):
        return first, second
    if order == "DMY" or (not order and first > 12):
        return second, first
    raise _Refused(reason=f"{text!r} may be two days: which number is the month is not known")


def _month_number(name: str) -> int:
    lower = name.lower()
    return next(n for n, form in enumerate(_MONTHS, start=1) if re.fullmatch(form, lower))


def _clock_in(rest: str) -> re.Match[str] | None:
    for match in _CLOCK.finditer(rest):
        if match["minute"] or match["half"]:
            return match
        return _clock_in(rest[match.end("hour") :])
    return None


def _moment(day: date, clock: re.Match[str], *, place: tzinfo | None) -> tuple[datetime, str]:
    hour = int(clock["hour"])
    half = (clock.groupdict().get("half") or "").lower()[:1]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    minute, second = int(clock["minute"] or 0), int(clock["second"] or 0)
    try:
        at = time(hour % 24 if minute == second == 0 and hour == 24 else hour, minute, second % 60)
    except ValueError:
        raise _Refused(reason=f"no clock shows {hour}:{minute:02}") from None
    stated, reason = _zone_in(clock["after"])
    if stated is None and place is not None:
        stated = place
        reason = (reason or "no zone is given") + ": read in the outlet's own"
    return datetime.combine(day, at, tzinfo=stated) + timedelta(days=hour // 24), reason


def _zone_in(after: str) -> tuple[tzinfo | None, str]:
    if offset := _OFFSET.match(after):
        found = stated_offset(offset["offset"])
        return found, "" if found else f"no place has the offset {offset['offset']}"
    if word := _ZONE_WORD.match(after):
        found = named_zone(word["word"])
        return found, "" if found else f"the zone {word['word']!r} is not known"
    return None, ""


def _check_window(found: date, *, seen: datetime, first: date) -> None:
    latest = seen + _AHEAD
    if isinstance(found, datetime):
        moment = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        ahead, day = moment > latest, found.date()
    else:
        ahead, day = found > latest.date(), found
    if ahead:
        raise _Refused(reason=f"{day} lies ahead of the day it was fetched, {seen:%Y-%m-%d}")
    if day < first:
        raise _Refused(reason=f"{day} is before {first}, the first plausible day")
