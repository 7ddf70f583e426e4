"""The types of XLSForm rows, in all their spellings, and what each becomes here."""

import re
from dataclasses import dataclass
from typing import Literal

PRIVATE = "it would be noted without being asked (time, device, person); privacy forbids it"
NOT_TAKEN = {
    **dict.fromkeys(
        ("geopoint", "geotrace", "geoshape", "gps", "location", "start-geopoint"),
        "an exact location could say who answered",
    ),
    **dict.fromkeys(
        ("image", "photo", "picture", "audio", "video", "file", "background-audio"),
        "pictures, sound and films of respondents are not collected",
    ),
    **dict.fromkeys(("barcode", "qr"), "codes read by a camera have no counterpart here"),
    "rank": "putting choices in order has no counterpart here",
    "hidden": "nobody sees it, and nobody answers it",
    "xml-external": "data from other files have no counterpart here",
    "csv-external": "data from other files have no counterpart here",
    "include": "rows from other files have no counterpart here",
    "osm": "maps have no counterpart here",
    "file_choices": "its choices stand in another file",
    "cascade": "choices that depend on other answers have no counterpart here",
    "audit": "notes on how a form is filled in are not taken",
    "unknown": "this type has no counterpart here",
    "number of days": "this type has no counterpart here",
}
_WRITTEN = {
    "integer": "integer",
    "int": "integer",
    "decimal": "decimal",
    "text": "text",
    "string": "text",
    "date": "date",
    "note": "note",
    "calculate": "calculate",
}
_NEARLY = {  # types that become another one, and what is lost on the way
    "acknowledge": ("select_one", ""),
    "trigger": ("select_one", ""),
    "range": ("decimal", "a slider becomes a number that is written"),
    "percentage": ("integer", "its limits 0 to 100 are not checked"),
    **dict.fromkeys(
        ("time", "datetime", "date time"), ("text", "a clock time is written as text here")
    ),
}
_SELECT = re.compile(
    r"(?:add )?(?P<kind>select(?: |_)?(?:one|1|multiple)|select all that apply|rank)"
    r"(?:_from_file| from file)?(?P<external>_external)?(?: prompt)?(?: using| from)?"
    r"\s+(?P<list>\S+)"
    r"(?P<other>\s*(?:or_other|or specify other|or other))?$",
    re.IGNORECASE,
)
_BORDER = re.compile(
    r"(?P<border>begin|end)[\s_](?P<what>group|repeat|loop|lgroup|looped group)\b", re.IGNORECASE
)
_META = re.compile(
    r"(uri:)?(start|end|today|device_?id|phone_?number|username|user_?name|email|sim_?serial|"
    r"subscriber_?id|imei|sim id|start time|end time|device id|subscriber id|phone number)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowType:
    """What a row is."""

    what: Literal["item", "begin", "end", "setting", "comment", "left out"]
    become: str = ""  # the type here; for what is left out, the reason's key
    listed: str = ""  # name of its list of choices
    other: bool = False  # or_other
    why: str = ""  # what is lost on the way


def row_type(written: str) -> RowType:
    """Tell what a row of the survey sheet is by its type."""
    text = " ".join(written.split())
    if not text:
        return RowType(what="comment")
    if border := _BORDER.match(text):
        become = "group" if border["what"].lower() == "group" else "repeat"
        return RowType(
            what="begin" if border["border"].lower() == "begin" else "end", become=become
        )
    if select := _SELECT.match(text):
        return _select(select, text.lower())
    return _plain(re.sub(r"^(add|q|get|set) | prompt$", "", text.lower()))


def _plain(small: str) -> RowType:
    """Tell a type that is one of a list of words."""
    if small in {"form title", "form id"}:
        return RowType(what="setting", become=small.replace(" ", "_"))
    if small in _WRITTEN:
        return RowType(what="item", become=_WRITTEN[small])
    if small in _NEARLY:
        become, why = _NEARLY[small]
        listed = "acknowledged" if become == "select_one" else ""
        return RowType(what="item", become=become, listed=listed, why=why)
    if _META.match(small):
        return RowType(what="left out", become="today" if small == "today" else "private")
    key = "cascade" if small.startswith("cascading") else small
    return RowType(what="left out", become=key if key in NOT_TAKEN else "unknown")


def _select(found: re.Match[str], text: str) -> RowType:
    if found["external"] or "from_file" in text or "from file" in text:
        return RowType(what="left out", become="file_choices")
    if found["kind"].lower() == "rank":
        return RowType(what="left out", become="rank")
    many = "multiple" in found["kind"].lower() or "all" in found["kind"].lower()
    return RowType(
        what="item",
        become="select_multiple" if many else "select_one",
        listed=found["list"],
        other=bool(found["other"]),
    )
