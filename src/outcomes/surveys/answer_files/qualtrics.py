"""Qualtrics: three header rows (names, texts, ImportId), numeric codes or the text of choices."""

import json
import re
from collections.abc import Sequence

import pandas as pd

from outcomes.surveys.answer_files.answer_file import (
    AnswerColumn,
    Own,
    Parsed,
    RowRule,
    Tool,
    split_each_way,
)
from outcomes.surveys.answer_files.folding import fold_name

_OWN: Own = {
    "startdate": ("ignored", "when the form was opened"),
    "enddate": ("ignored", "when the form was left"),
    "recordeddate": ("date", "when the answers were recorded"),
    "status": ("ignored", "how the answers came in; previews are left out by it"),
    "progress": ("ignored", "how far the respondent came"),
    "durationinseconds": ("ignored", "how long it took"),
    "finished": ("ignored", "whether the form was finished; others are left out by it"),
    "responseid": ("response id", "Qualtrics' own number of the response"),
    "ipaddress": ("personal", "an IP address"),
    "recipientlastname": ("personal", "a name"),
    "recipientfirstname": ("personal", "a name"),
    "recipientemail": ("personal", "an e-mail address"),
    "externalreference": ("ignored", "a number from the sender's list of people"),
    "externaldatareference": ("ignored", "a number from the sender's list of people"),
    "locationlatitude": ("personal", "a place on the map"),
    "locationlongitude": ("personal", "a place on the map"),
    "distributionchannel": ("ignored", "by which kind of link the form was opened"),
    "userlanguage": ("ignored", "the language of the form"),
    "browser": ("personal", "a trace of the device"),
    "operatingsystem": ("personal", "a trace of the device"),
    "resolution": ("personal", "a trace of the device"),
}
_PREVIEWS = (
    *("1", "2", "8", "9", "12", "17"),
    *("Survey Preview", "Survey Test", "Spam", "Spam Survey Preview", "Imported Spam"),
    "Offline Survey Preview",
)
_TIMING = re.compile(r".*_(First Click|Last Click|Page Submit|Click Count)")
_MOST_HEADS = 2  # header rows below the first


def _recognise(headers: Sequence[str], cells: pd.DataFrame) -> str:
    names = {fold_name(header) for header in headers}
    for at in range(min(_MOST_HEADS, len(cells))):
        if all(_import_id(cell) for cell in cells.iloc[at] if cell):
            return f"its header row {at + 2} holds Qualtrics' ImportId"
    if {"responseid", "progress", "finished"} <= names:
        return "it has the columns ResponseId, Progress and Finished"
    return ""


def _import_id(cell: str) -> str:
    if not cell.startswith("{"):
        return ""
    try:
        found = json.loads(cell)
    except ValueError:
        return ""
    return str(found.get("ImportId", "")) if isinstance(found, dict) else ""


def header_rows(cells: pd.DataFrame) -> int:
    """Count the rows below the first that belong to the header: texts, and ImportIds."""
    for at in range(min(_MOST_HEADS, len(cells))):
        if all(_import_id(cell) for cell in cells.iloc[at] if cell):
            return at + 1
    own = next((name for name in cells.columns if fold_name(name) == "responseid"), None)
    if own is None or cells.empty:
        return 0
    return 0 if str(cells[own].iloc[0]).startswith(("R_", "FS_")) else 1


def _read(cells: pd.DataFrame) -> Parsed:
    heads = header_rows(cells)
    texts = cells.iloc[0] if heads and not _import_id(cells.iloc[0, 0]) else None
    body = cells.iloc[heads:]
    columns = tuple(
        _column(header, text="" if texts is None else str(texts[header]), cells=body[header])
        for header in cells.columns
    )
    return Parsed(columns=columns, cells=body, rules=_rules(body), separator=",")


def _column(header: str, *, text: str, cells: pd.Series) -> AnswerColumn:
    use, why = _OWN.get(fold_name(header), ("", ""))
    if not use and (header.startswith("Q_") or _TIMING.fullmatch(header) or "_DO" in header):
        use, why = "ignored", "written by Qualtrics itself, not by a respondent"
    names = [(header, "")]
    if found := re.fullmatch(r"(.+?)_(\d+|x\d+)", header):
        names.append((found[1], found[2]))
    said = re.sub(r"\s+-\s+Selected Choice\b", "", text)
    return AnswerColumn(
        header=header,
        text=text,
        names=tuple(names),
        texts=((said, ""), *split_each_way(said, " - ")) if said else (),
        use=use,
        why=why,
        empty=("-99",) if (cells == "-99").any() else (),  # shown, but not answered
    )


def _rules(cells: pd.DataFrame) -> tuple[RowRule, ...]:
    named = {fold_name(header): header for header in cells.columns}
    rules = []
    if "finished" in named:
        keep = ("1", "True")
        rules.append(RowRule(column=named["finished"], keep=keep, why="it was not finished"))
    elif "progress" in named:
        rules.append(RowRule(column=named["progress"], keep=("100",), why="it was not finished"))
    if "status" in named:
        rules.append(
            RowRule(column=named["status"], drop=_PREVIEWS, why="it is a preview, a test or spam")
        )
    return tuple(rules)


TOOL = Tool(kind="qualtrics", title="Qualtrics", recognise=_recognise, read=_read)
