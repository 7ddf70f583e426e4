"""What the zone words of news mean: offsets of fixed names, places of names that shift."""

from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

# Only names that news in the United States and its neighbours use, and the commonest of Europe.
# Names with several meanings (IST, BST of Bangladesh, SST of Singapore) are not guessed.
_HOURS = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0,
    "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "HAST": -10, "HADT": -9, "HDT": -9, "CHST": 10,
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
}  # fmt: skip
_PLACES = {
    "ET": "America/New_York", "EASTERN": "America/New_York",
    "CT": "America/Chicago", "CENTRAL": "America/Chicago",
    "MT": "America/Denver", "MOUNTAIN": "America/Denver",
    "PT": "America/Los_Angeles", "PACIFIC": "America/Los_Angeles",
    "AKT": "America/Anchorage", "HT": "Pacific/Honolulu", "AT": "America/Halifax",
}  # fmt: skip
_FARTHEST = timedelta(hours=14)


def named_zone(word: str) -> tzinfo | None:
    """Say which zone a word such as ``AKDT``, ``ET`` or ``Z`` names; none where it is unknown."""
    word = word.upper()
    if word in _HOURS:
        return timezone(timedelta(hours=_HOURS[word]))
    return ZoneInfo(_PLACES[word]) if word in _PLACES else None


def stated_offset(text: str) -> tzinfo | None:
    """Read ``+05:30``, ``-0600`` or ``-5``; none where no place on Earth keeps such a time."""
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > _FARTHEST or int(minutes) > 59:
        return None
    return timezone(-offset if text[0] == "-" else offset)
