"""LimeSurvey: headers by code, by text or by both; codes such as A1, or the text of answers."""

import re
from collections.abc import Sequence

import pandas as pd

from outcomes.surveys.answer_files.answer_file import AnswerColumn, Own, Parsed, RowRule, Tool
from outcomes.surveys.answer_files.folding import fold_name
from outcomes.surveys.answer_files.google_forms import rows_in_brackets

_OWN: Own = {
    "id": ("response id", "LimeSurvey's own number of the response"),
    "responseid": ("response id", "LimeSurvey's own number of the response"),
    "submitdate": ("date", "when the form was sent; empty while it is not finished"),
    "datesubmitted": ("date", "when the form was sent; empty while it is not finished"),
    "lastpage": ("ignored", "how far the respondent came"),
    "startlanguage": ("ignored", "the language of the form"),
    "seed": ("ignored", "a number drawn for the order of questions"),
    "token": ("ignored", "a number from the sender's list of people"),
    "accesscode": ("ignored", "a number from the sender's list of people"),
    "startdate": ("ignored", "when the form was opened"),
    "datestarted": ("ignored", "when the form was opened"),
    "datestamp": ("ignored", "when the form was last touched"),
    "datelastaction": ("ignored", "when the form was last touched"),
    "ipaddr": ("personal", "an IP address"),
    "ipaddress": ("personal", "an IP address"),
    "refurl": ("personal", "a trace of the device"),
    "referrerurl": ("personal", "a trace of the device"),
    "interviewtime": ("ignored", "how long it took"),
    "totaltime": ("ignored", "how long it took"),
}
_PEOPLE = {
    "firstname": ("personal", "a name"),
    "lastname": ("personal", "a name"),
    "email": ("personal", "an e-mail address"),
}
_CODE_AND_TEXT = re.compile(r"(?P<code>[A-Za-z][\w]*(\[[^\]]*\])*)\.\s+(?P<text>.+)", re.DOTALL)
_CODES = re.compile(r"(?P<question>[A-Za-z]\w*)(\[(?P<part>[^\]]*)\])+")
_TIMES = re.compile(r"(groupTime|Group time: ?|Question time: ?).*|\w+Time|interviewtime")


def _recognise(headers: Sequence[str], cells: pd.DataFrame) -> str:
    named = {fold_name(_code(header)) for header in headers}
    sent = named & {"submitdate", "datesubmitted"}
    return (
        f"it has LimeSurvey's columns {', '.join(sorted(sent | {'lastpage'}))}"
        if sent and "lastpage" in named
        else ""
    )


def _code(header: str) -> str:
    found = _CODE_AND_TEXT.fullmatch(header)
    return found["code"] if found else header


def _read(cells: pd.DataFrame) -> Parsed:
    columns = tuple(_column(header) for header in cells.columns)
    sent = next((column.header for column in columns if column.use == "date"), "")
    rule = RowRule(column=sent, drop=("", "N/A"), why="it was not finished")
    return Parsed(
        columns=columns,
        cells=cells,
        rules=(rule,) if sent else (),
        separator=", ",
        empty=("N/A",),  # the question was not shown
    )


def _column(header: str) -> AnswerColumn:
    both = _CODE_AND_TEXT.fullmatch(header)
    code = both["code"] if both else header
    text = both["text"] if both else header
    use, why = {**_OWN, **_PEOPLE}.get(fold_name(code), ("", ""))
    if not use and _TIMES.fullmatch(code):
        use, why = "ignored", "how long it took"
    names = [(code, "")]
    if found := _CODES.fullmatch(code):
        names.append((found["question"], found["part"]))
        names.append((found["part"], ""))
    elif found := re.fullmatch(r"([A-Za-z]\w*?)_(\w+)", code):
        names.append((found[1], found[2]))
    return AnswerColumn(
        header=header,
        text=text if both else "",
        names=tuple(names),
        texts=rows_in_brackets(text),
        use=use,  # type: ignore[arg-type]
        why=why,
    )


TOOL = Tool(kind="limesurvey", title="LimeSurvey", recognise=_recognise, read=_read)
