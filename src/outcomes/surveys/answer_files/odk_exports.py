"""KoboToolbox and ODK: group/name headers, ticks in one cell with spaces or a column each."""

import re
from collections.abc import Sequence

import pandas as pd

from outcomes.surveys.answer_files.answer_file import (
    AnswerColumn,
    Own,
    Parsed,
    RowRule,
    Tool,
    Use,
    split_each_way,
)
from outcomes.surveys.answer_files.folding import fold_name

_OWN: Own = {
    "start": ("ignored", "when the form was opened"),
    "end": ("ignored", "when the form was left"),
    "today": ("ignored", "the day on the tablet's clock"),
    "submissiondate": ("date", "when the form arrived"),
    "submissiontime": ("date", "when the form arrived"),
    "uuid": ("response id", "the tablet's own number of the form"),
    "instanceid": ("response id", "the tablet's own number of the form"),
    "key": ("response id", "the tablet's own number of the form"),
    "rootuuid": ("ignored", "the tablet's own number of the form"),
    "id": ("ignored", "the server's own number of the form"),
    "formhubuuid": ("ignored", "the server's own number"),
    "validationstatus": ("ignored", "whether the form was approved"),
    "reviewstate": ("ignored", "whether the form was approved"),
    "submittedby": ("personal", "the account that sent it"),
    "submitterid": ("personal", "the account that sent it"),
    "submittername": ("personal", "the account that sent it"),
    "username": ("personal", "the account that sent it"),
    "deviceid": ("personal", "a trace of the device"),
    "phonenumber": ("personal", "a phone number"),
    "subscriberid": ("personal", "a trace of the device"),
    "simserial": ("personal", "a trace of the device"),
    "instancename": ("personal", "a title that may name who answered"),
    "geolocation": ("personal", "a place on the map"),
    **dict.fromkeys(
        (
            *("version", "formversion", "notes", "status", "tags", "index", "edits", "audit"),
            *("attachmentspresent", "attachmentsexpected", "attachments", "parentindex"),
            *("auditurl", "xformidstring", "isvalidated", "deprecatedid", "submissionid"),
        ),
        ("ignored", "written by the server itself"),
    ),
}
_MARKS = ("_uuid", "_submission_time", "_submission__uuid", "formhub/uuid")
_META = re.compile(r"(meta[/:.-])?(instanceID|KEY)")
_PLACE = re.compile(r"_.+_(latitude|longitude|altitude|precision)|.+-(Latitude|Longitude|Altitude)")
_REFUSED = ("rejected", "hasIssues", "Not approved", "validation_status_not_approved")


def _recognise(headers: Sequence[str], cells: pd.DataFrame) -> str:
    for header in headers:
        if header in _MARKS or _META.fullmatch(header):
            return f"it has the column {header!r} of KoboToolbox or ODK"
    return ""


def _read(cells: pd.DataFrame) -> Parsed:
    columns = _one_of_each([_column(header) for header in cells.columns])
    rules = tuple(
        RowRule(column=header, drop=_REFUSED, why="it was not approved")
        for header in cells.columns
        if fold_name(header) in {"validationstatus", "reviewstate"}
    )
    return Parsed(columns=columns, cells=cells, rules=rules, separator=" ")


def _column(header: str) -> AnswerColumn:
    use, why = _use(header)
    readings = [(header, "")]
    for mark in ("/", "-", ":"):
        for before, after in split_each_way(header, mark):
            readings += [(after, ""), (before, after), (_last(before, mark), after)]
    return AnswerColumn(
        header=header, names=tuple(readings), texts=tuple(readings), use=use, why=why
    )


def _use(header: str) -> tuple[Use, str]:
    """Say what the server or the tablet puts there; a question may well be called ``start``."""
    is_own = header.startswith(("_", "meta", "formhub")) or header[:1].isupper()
    bare = fold_name(header.removeprefix("meta/").removeprefix("meta-").removeprefix("meta:"))
    plain = {"start", "end", "today", "deviceid", "phonenumber", "username", "subscriberid"}
    if bare in _OWN and (is_own or bare in plain or bare in {"simserial", "audit"}):
        return _OWN[bare]
    if _PLACE.fullmatch(header):
        return "personal", "a place on the map"
    return "", ""


def _last(path: str, mark: str) -> str:
    return path.rsplit(mark, 1)[-1]


def _one_of_each(columns: list[AnswerColumn]) -> tuple[AnswerColumn, ...]:
    """Keep one number of the form and one date: the first, for the others say the same."""
    seen: set[str] = set()
    kept = []
    for column in columns:
        if column.use in {"response id", "date"} and column.use in seen:
            kept.append(AnswerColumn(header=column.header, use="ignored", why=column.why))
            continue
        seen.add(column.use)
        kept.append(column)
    return tuple(kept)


TOOL = Tool(kind="odk", title="KoboToolbox or ODK", recognise=_recognise, read=_read)
