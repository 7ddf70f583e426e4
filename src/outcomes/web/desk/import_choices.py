"""What a person chooses on the page where the columns of a file get their meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.surveys.answer_files import read_answer_file
from outcomes.surveys.answer_mapping import AnswerMapping, read_mapping
from outcomes.surveys.column_matches import CODE, match_columns
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.mapping_proposal import Proposal
from outcomes.web.pages import Form

LEFT_OUT = "ignored"
UNDECIDED = "?"  # of a cell: nobody has said yet what it means
_NOTHING = "no answer"  # of a cell: somebody said that it is no answer
_ROLES = (
    ("respondent", "the code that tells respondents apart"),
    ("place", "the place"),
    ("weight", "the weight"),
)
_LONGEST = 70  # characters of a question in a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person said of a file."""

    columns: Mapping[str, str] = field(default_factory=dict)  # column -> what it answers
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # item -> cell -> code
    event: str = ""
    outside: bool = False
    place: str = ""


def given_in(form: Form, headers: Sequence[str]) -> Given:
    """Read the page's form; columns are numbered there, for their names may be long."""
    columns = {}
    for at, header in enumerate(headers):
        if said := form.get(f"column-{at}", ""):
            columns[header] = said
        elif f"not-{at}" in form:
            columns[header] = LEFT_OUT
    return Given(
        columns=columns,
        event=form.get("event", ""),
        outside="outside" in form,
        place=form.get("place", ""),
    )


def chosen_again(path: Path, instrument: Instrument) -> Given:
    """Read back what the mapping beside a file says, as far as it was a person's choice."""
    mapping = path.with_suffix(".toml")
    if not mapping.exists():
        return Given()
    try:
        said = _said_by(read_mapping(mapping))
    except FileError:  # it was edited into something else: begin anew
        return Given()
    matches = match_columns(read_answer_file(path), instrument)
    by_itself = {column: name for name, column in matches.whole.items()}
    for name, codes in matches.spread.items():
        by_itself |= {column: f"{name}={code}" for code, column in codes.items()}
    chosen = {name: what for name, what in said.columns.items() if by_itself.get(name) != what}
    return replace(said, columns=chosen)


def _said_by(said: AnswerMapping) -> Given:
    columns = {source.column: name for name, source in said.items.items() if source.column}
    columns |= {
        column: f"{name}={code}"
        for name, source in said.items.items()
        for code, column in source.columns.items()
    }
    columns |= {column: f"{CODE}{name}" for name, column in said.code.items()}
    columns |= {column: LEFT_OUT for column, why in said.ignored.items() if why.startswith("you ")}
    return Given(
        columns=columns,
        tables={
            name: {**source.answers, **dict.fromkeys(source.empty, "")}
            for name, source in said.items.items()
            if isinstance(source.answers, Mapping)
        },
        outside=bool(said.date and said.date.outside == "leave out"),
        place=said.place.place if said.place else "",
    )


def shown_choices(found: Proposal, given: Given) -> dict[str, Any]:
    """Give what the page shows: every column with its choice, and the cells to be decided."""
    language = found.instrument.languages[0]
    columns = []
    waiting = {each.column: name for name, each in found.undecided.items()}
    for at, (column, fate) in enumerate(zip(found.file.columns, found.fates, strict=True)):
        said = given.columns.get(column.header, "")
        columns.append(
            {
                "at": at,
                "header": column.header,
                "text": column.text,
                "fate": fate.fate,
                "became": fate.became,
                "why": fate.why,
                "said": said,
                "waits_for": waiting.get(column.header, ""),
                "choose": column.use == "" and (fate.fate == "open" or bool(said)),
                "may_leave": fate.fate == "mapped" and column.use == "" and not said,
            }
        )
    items = {item.name: item for item in found.instrument.items}
    open_items = [
        {
            "name": name,
            "label": items[name].label[language],
            "column": each.column,
            "why": each.why,
            "cells": [
                (cell, (given.tables.get(name, {}).get(cell, guess or UNDECIDED)) or _NOTHING)
                for cell, guess in each.table.items()
            ],
            "choices": [
                (choice.name, choice.label[language])
                for choice in found.instrument.choices[items[name].choice_list]
            ],
        }
        for name, each in found.undecided.items()
    ]
    return {
        "columns": columns,
        "options": _options(found),
        "open_items": open_items,
        "undecided": UNDECIDED,
        "nothing": _NOTHING,
    }


def tables_in(form: Form, found: Proposal) -> Mapping[str, Mapping[str, str]]:
    """Read what was said of the cells of columns that are to be decided, where all was said."""
    tables = {
        name: {cell: form.get(f"cell-{name}-{at}", UNDECIDED) for at, cell in enumerate(each.table)}
        for name, each in found.undecided.items()
    }
    return {name: table for name, table in tables.items() if UNDECIDED not in table.values()}


def _options(found: Proposal) -> list[tuple[str, str]]:
    instrument = found.instrument
    language = instrument.languages[0]
    options = []
    for item in instrument.items:
        if not item.asked:
            continue
        options.append((item.name, f"{item.name}: {_short(item.label[language])}"))
        if item.many:
            options += [
                (f"{item.name}={choice.name}", f"{item.name}, tick of: {choice.label[language]}")
                for choice in instrument.choices[item.choice_list]
            ]
    for element in instrument.code.elements if instrument.code else ():
        options.append((CODE + element.name, f"own code: {_short(element.label[language])}"))
    return [*options, *_ROLES, (LEFT_OUT, "leave it out")]


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 2].rstrip() + " …"
