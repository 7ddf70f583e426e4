"""Lines of exports for people: dates that stand alone, labels, rulers, paragraphs that wrap."""

import re
from collections.abc import Sequence
from statistics import median

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
DATE = (  # one day, as exports write it
    rf"(?:{_WEEKDAY},?\s+)?(?:{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}\s+{_MONTH},?\s+\d{{4}}|"
    r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4})"
)
_CLOCK = r"(?:\s+(?:at\s+)?\d{1,2}:\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?(?:\s+[A-Z]{2,5})?)"
_DATE_LINE = re.compile(rf"{DATE}(?:,?\s+{_WEEKDAY})?{_CLOCK}?", re.IGNORECASE)
_RULER = re.compile(r"[_=*~-]{8,}")
_RIGHTS = re.compile(r"(?:copyright\b|©|\(c\)\s).{0,300}|.{0,300}\ball rights reserved\.?", re.I)
_WRAPPED = 100  # characters: exports for people break their lines before it


def is_date_line(line: str) -> bool:
    """Say whether a line holds a day and nothing else, such as ``January 5, 2026 Monday``."""
    return len(line) < 80 and _DATE_LINE.fullmatch(line.strip()) is not None


def is_ruler(line: str) -> bool:
    """Say whether a line is drawn, such as ``________``."""
    return _RULER.fullmatch(line.strip()) is not None


def says_rights(line: str) -> bool:
    """Say whether a line tells who holds the rights: no part of an article."""
    return _RIGHTS.fullmatch(line.strip()) is not None


def label_of(line: str, labels: frozenset[str]) -> tuple[str, str] | None:
    """Take a line such as ``LENGTH: 512 words`` apart, if its label is one of those.

    Args:
        line: One line.
        labels: In small letters.

    Returns:
        The label in small letters, and what stands behind it.
    """
    name, colon, value = line.strip().partition(":")
    name = " ".join(name.lower().split())
    return (name, value.strip()) if colon and name in labels else None


def filled_after(lines: Sequence[str], start: int, *, most: int) -> list[int]:
    """Give the places of the next lines that are not blank, beginning with ``start``."""
    found: list[int] = []
    for at in range(start, len(lines)):
        if lines[at].strip():
            found.append(at)
            if len(found) == most:
                break
    return found


def filled_before(lines: Sequence[str], end: int, *, most: int) -> list[int]:
    """Give the places of the last lines before ``end`` that are not blank, the nearest first."""
    found: list[int] = []
    for at in range(end - 1, -1, -1):
        if lines[at].strip():
            found.append(at)
            if len(found) == most:
                break
    return found


def paragraphs(lines: Sequence[str]) -> str:
    """Give a text with one paragraph a line: lines that were only wrapped are joined again."""
    tidy = [" ".join(line.split()) for line in lines]
    filled = [line for line in tidy if line]
    if not filled:
        return ""
    between = "\n".join(tidy).strip("\n")
    wrapped = "\n\n" in between and median(len(line) for line in filled) < _WRAPPED
    if not wrapped:
        return "\n".join(filled)
    blocks = re.split(r"\n{2,}", between)
    return "\n".join(" ".join(block.split("\n")) for block in blocks if block)
