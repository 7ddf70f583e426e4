"""Dated plans as an iCalendar file, which calendars of phones and computers read (D26).

Times are written in UTC, so that the file needs no description of a time zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from outcomes.errors import DataError

PRODUCT = "-//outcomes//planned walks//EN"
_MOST_OCTETS = 75  # of a line, without its end


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One entry of a calendar."""

    uid: str  # stays the same when the entry changes
    sequence: int  # how often it was changed
    start: datetime  # with a time zone
    minutes: int
    summary: str
    location: str = ""
    description: str = ""
    cancelled: bool = False


def calendar_file(events: Sequence[CalendarEvent], *, name: str, stamp: datetime) -> bytes:
    """Write entries as an iCalendar file.

    Args:
        events: One or more.
        name: What to call the calendar.
        stamp: When the file is written, with a time zone.

    Returns:
        UTF-8, lines of at most 75 octets that end in CRLF.

    Raises:
        DataError: There is no event: the format allows no empty calendar.

    Source:
        RFC 5545, sections 3.1 (lines), 3.3.11 (text), 3.6.1 (events), 3.8.7 (UID to SEQUENCE).
    """
    if not events:
        raise DataError("no walk is planned, and a calendar without an entry is not valid")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += _event(event, stamp=stamp)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """Write a text so that commas, semicolons and line ends in it stay what they are."""
    plain = "".join(each for each in text if each >= " " or each in "\n\t")
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """Cut a line into pieces of at most 75 octets, never inside a letter."""
    pieces, piece = [], b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > _MOST_OCTETS:
            pieces.append(piece)
            piece = b" "  # it says that the line goes on
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"


def _event(event: CalendarEvent, *, stamp: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_utc(stamp)}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTART:{_utc(event.start)}",
        f"DTEND:{_utc(event.start.astimezone(UTC) + timedelta(minutes=event.minutes))}",
        f"SUMMARY:{escaped(event.summary)}",
    ]
    if event.location:
        lines.append(f"LOCATION:{escaped(event.location)}")
    if event.description:
        lines.append(f"DESCRIPTION:{escaped(event.description)}")
    return [*lines, f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}", "END:VEVENT"]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
