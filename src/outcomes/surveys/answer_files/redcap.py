"""REDCap: raw codes or labels, a column a tick (name___1), events, and a status of each form."""

import re
from collections.abc import Sequence

import pandas as pd

from outcomes.surveys.answer_files.answer_file import AnswerColumn, Own, Parsed, Tool
from outcomes.surveys.answer_files.folding import fold_name

_OWN: Own = {
    "redcapeventname": ("ignored", "on which occasion the form was filled in"),
    "eventname": ("ignored", "on which occasion the form was filled in"),
    "redcaprepeatinstrument": ("ignored", "which form was repeated"),
    "repeatinstrument": ("ignored", "which form was repeated"),
    "redcaprepeatinstance": ("ignored", "how often a form was repeated"),
    "repeatinstance": ("ignored", "how often a form was repeated"),
    "redcapdataaccessgroup": ("ignored", "which group of staff may see the record"),
    "dataaccessgroup": ("ignored", "which group of staff may see the record"),
    "redcapsurveyidentifier": ("personal", "who was invited"),
    "surveyidentifier": ("personal", "who was invited"),
}
_TICK = re.compile(r"(?P<name>[a-z]\w*?)___(?P<code>\w+)")
_TICK_LABEL = re.compile(r"(?P<question>.+?)\s*\(choice=(?P<label>.*)\)", re.DOTALL)
STATUS = ("_complete", "complete?")


def _recognise(headers: Sequence[str], cells: pd.DataFrame) -> str:
    for header in headers:
        if fold_name(header).startswith(("redcap", "surveyidentifier")):
            return f"it has REDCap's column {header!r}"
    done = [header for header in headers if _is_status(header)]
    return f"it has REDCap's column {done[0]!r}" if done else ""


def _is_status(header: str) -> bool:
    words = header.strip().lower()
    return words.endswith("_complete") or words in {"complete?", "complete"}


def _read(cells: pd.DataFrame) -> Parsed:
    first = cells.columns[0]
    columns = tuple(_column(header, is_first=header == first) for header in cells.columns)
    return Parsed(columns=columns, cells=cells, separator=",", empty=("[not completed]",))


def _column(header: str, *, is_first: bool) -> AnswerColumn:
    use, why = _OWN.get(fold_name(header), ("", ""))
    if is_first and not use:
        use, why = "response id", "REDCap's number of the record"
    elif _is_status(header):
        use, why = "form status", "whether a form was finished; others are left out by it"
    elif header.lower().endswith(("_timestamp", "survey timestamp")):
        use, why = "date", "when the form was sent"
    names = [(header, "")]
    texts = [(header, "")]
    if found := _TICK.fullmatch(header):
        names.append((found["name"], found["code"]))
        if found["code"].startswith("_"):  # REDCap writes the minus of a code as _
            names.append((found["name"], "-" + found["code"][1:]))
    if found := _TICK_LABEL.fullmatch(header):
        texts.append((found["question"], found["label"]))
    return AnswerColumn(header=header, names=tuple(names), texts=tuple(texts), use=use, why=why)


TOOL = Tool(kind="redcap", title="REDCap", recognise=_recognise, read=_read)
