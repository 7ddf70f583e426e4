"""Forbidden contents: does a column hold mostly names, phones, religions or the like?"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import islice

from outcomes.guards.first_names import COMMON
from outcomes.guards.forbidden import Found, Kind, forbidden_rules, plain_text

MOST_CELLS = 400  # of a column that are looked at, from its beginning
_MOSTLY = 0.5  # of the cells that hold anything
_LONGEST = 80  # characters of a cell that is one thing; longer ones are sentences
_CAPITAL = r"[A-ZÁÉÍÓÚÑÜ][\w'\u2019.-]*"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail addresses", re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")),
    ("social security numbers", re.compile(r"\d{3}-\d{2}-\d{4}")),
    (
        "phone numbers",
        re.compile(
            r"(\+?1[ .-]?)?(\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]?\d{4}"
            r"( ?(x|ext\.?) ?\d{1,5})?|(?!19|20)[2-9]\d{2}[2-9]\d{6}|[2-9]\d{2}-\d{4}"
        ),
    ),
    (
        "license plates",
        re.compile(r"[A-Z]{3}[ -]?\d{3,4}|\d{1,3}[A-Z]{3}\d{1,3}|\d{3}[ -][A-Z]{3}"),
    ),
    ("pictures", re.compile(r"(?i).+\.(jpe?g|png|heic|gif|webp)")),
    (
        "street addresses",
        re.compile(
            r"(?i)\d{1,6}[a-z]? .{1,40} (st|street|ave|avenue|rd|road|ln|lane|blvd|dr|drive|ct|"
            r"court|pl|way|terrace|pkwy|circle|cir)\.?(,? .{0,40})?|"
            r"(calle|avenida|av\.) .{1,40}\d{1,5}"
        ),
    ),
)
_NAME = re.compile(rf"{_CAPITAL},? {_CAPITAL}( {_CAPITAL}){{0,2}}")
_NO_PERSON = re.compile(
    r"(?i)\b(church|iglesia|parish|temple|school|academy|hospital|center|centre|park|library|club|"
    r"league|association|foundation|coalition|inc|llc|department|police|county|city|university|"
    r"college|society|council|services?|street|avenue|house|home|shelter|community|ministry|"
    r"clinic|market|store|shop|bank|festival|night|day|walk|meeting)\b"
)


def forbidden_content(column: str, cells: Iterable[object]) -> Found | None:
    """Say whether a column holds mostly what engagement never keeps.

    Args:
        column: Its name.
        cells: Its cells; the first ``MOST_CELLS`` that are not empty are looked at, so that a
            long file costs no more than a short one. Numbers are no text and say nothing.

    Returns:
        What it holds; None where fewer than half of the cells look like one kind.

    Source:
        Requirements A6, A10, A11, D19.
    """
    texts = (str(cell).strip() for cell in cells if isinstance(cell, str))
    looked = list(islice((text for text in texts if text), MOST_CELLS))
    signs = Counter(sign for text in looked if (sign := _sign(text)) is not None)
    for (kind, what), _ in signs.most_common(1):
        # one kind may show in several forms: names, phones, addresses in one column
        alike = sum(times for (other, _), times in signs.items() if other == kind)
        if alike >= _MOSTLY * len(looked):
            return Found(
                column=column, kind=kind, sign=f"its cells ({what} in {alike} of {len(looked)})"
            )
    return None


def _sign(text: str) -> tuple[Kind, str] | None:
    if len(text) > _LONGEST:
        return None
    for what, form in _FORMS:
        if form.fullmatch(text):
            return "identity", what
    if _is_name(text):
        return "identity", "people's names"
    kind = _cell_words().get(_plain(text))
    return (kind, _SHOWN[kind]) if kind else None


def _is_name(text: str) -> bool:
    """Say whether a text is a person's name: two to four capitals, a common first name in it."""
    if not _NAME.fullmatch(text) or _NO_PERSON.search(text):
        return False
    words = [word.strip(".,") for word in text.split()]
    firsts = words[1:] if "," in text else words[:1]
    return any(word.lower() in COMMON for word in firsts)


@cache
def _cell_words() -> dict[str, Kind]:
    return {cell: each.kind for each in forbidden_rules().words for cell in each.cells}


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+", " ", plain_text(text).lower().replace("_", " ")).split())


_SHOWN: dict[Kind, str] = {
    "religion": "religions",
    "politics": "political views",
    "opinion": "views of a person",
    "association": "memberships",
    "enforcement": "words of enforcement",
    "immigration": "immigration statuses",
    "identity": "what says who somebody is",
}
