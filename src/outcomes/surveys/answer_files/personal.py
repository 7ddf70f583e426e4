"""Which columns say who answered: named in every report, and never stored (A10)."""

import re
from collections.abc import Sequence

import pandas as pd

from outcomes.surveys.answer_files.folding import fold

_HEADERS = {
    "a name": (
        r"((first|last|full|family|given|middle|sur|recipient|respondent|participant|your|"
        r"officer|contact|user|submitter|instance)\s?)*(first\s|last\s)?name"
        r"|name (first|last)|nombre( completo)?|apellidos?|su nombre( completo)?|instance name"
        r"|recipient ?(last|first) ?name|submitter ?(name|id)|submitted by"
        r"|what is your (full )?name"
    ),
    "an e-mail address": (
        r"(your |recipient |respondent |user )?e ?mail( address)?|recipientemail"
        r"|direccion de correo electronico|correo( electronico)?|what is your e ?mail( address)?"
    ),
    "a phone number": (
        r"(your |cell |mobile |home |work )?(tele)?phone( ?number| 1| 2)?|mobile|cell"
        r"|phonenumber|telefono|numero de telefono|sim ?serial|subscriber ?id"
    ),
    "an IP address": r"ip ?addr(ess)?|ip|direccion ip",
    "a place on the map": (
        r"(location ?)?(latitude|longitude|lat|lon|gps|altitude|geopoint|geolocation)"
        r"|.* (latitude|longitude|altitude) of .*|(.* )?(gps|geopoint) "
        r"(latitude|longitude|altitude|precision)|location(latitude|longitude)"
    ),
    "an address": r"(your |home |street |mailing )*address( line)?( 1| 2)?|direccion|domicilio",
    "a birth date": r"(your )?(date of birth|birth ?date|dob)|fecha de nacimiento",
    "a trace of the device": (
        r"user ?agent|browser( meta info)?( .*)?|operating system|resolution|version browser"
        r"|device ?id|refurl|referrer url|referer|cookie"
    ),
}
_PATTERNS = {what: re.compile(f"(?:{pattern})") for what, pattern in _HEADERS.items()}
_CELLS = {
    "e-mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    "IP addresses": re.compile(r"\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,7}"),
    "phone numbers": re.compile(r"\+?\d?[\s.-]?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}"),
}
_CLOCK = re.compile(r"\d{1,2}(:\d{2}){1,2}")


def says_who(texts: Sequence[str], cells: pd.Series) -> str:
    """Say what a column holds that leads to a person; "" if it holds no such thing.

    Args:
        texts: Its header, and the question where it is known.
        cells: What stands in it.
    """
    for text in texts:
        words = fold(text)
        for what, pattern in _PATTERNS.items():
            if pattern.fullmatch(words):
                return f"by its name it holds {what}"
    filled = cells[cells != ""]
    if filled.empty:
        return ""
    for what, pattern in _CELLS.items():
        looks = filled.str.fullmatch(pattern) & ~filled.str.fullmatch(_CLOCK)
        if looks.mean() >= 0.5:
            return f"its cells look like {what}"
    return ""
