"""A table of respondents, read for one question: the answers, and how the sample was drawn."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from outcomes.errors import Refusal
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, parse, read_sheet
from outcomes.surveys.margins import plain_numbers
from outcomes.surveys.weighting import Sample

Statistic = Literal["mean", "total", "proportion", "ratio"]
STATISTICS: tuple[Statistic, ...] = ("mean", "total", "proportion", "ratio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a table of respondents."""

    statistic: Statistic
    of: str  # the column with the answers
    over: str = ""  # for a ratio: the column below the line
    equals: tuple[str, ...] = ()  # for a proportion: answers that count; none gives each its share
    by: str = ""  # the column with the groups; empty for all together
    missing: tuple[str, ...] = ()  # answers that mean no answer
    sample: Sample = field(default_factory=Sample)


@dataclass(frozen=True, slots=True, kw_only=True)
class Microdata:
    """The columns that a question needs; one row a respondent."""

    table: pd.DataFrame  # text: answers of a proportion, groups, strata, clusters, margins
    numbers: pd.DataFrame  # weights, populations, answers to be averaged (NaN: none)
    refusals: tuple[Refusal, ...]


def read_microdata(path: Path, question: Question, *, reading: Reading = AS_IT_IS) -> Microdata:
    """Read the columns that a question needs from a table with one row a respondent.

    Returns:
        Answers as text (proportion) or numbers, missing ones as empty or NaN; groups as text,
        empty where none is named.

    Raises:
        FileError: The file cannot be read, or lacks a column.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    sample = question.sample
    answers = tuple(filter(None, (question.of, question.over)))
    named = [*answers, *filter(None, [question.by]), *sample.text_columns()]
    names = dict.fromkeys([*named, *sample.number_columns()])
    sheet = read_sheet(path, [Column(name=name, blank=True) for name in names], reading=reading)
    for name in answers:
        cells = plain_numbers(sheet.table[name])
        sheet.table = sheet.table.assign(**{name: cells.where(~cells.isin(question.missing), "")})
    found: dict[str, pd.Series] = {}
    if question.statistic != "proportion":
        mend = "Correct it; or, if it means no answer, name it with --missing"
        found |= {name: _numbers(sheet, name, mend=mend) for name in answers}
    for name in sample.number_columns():
        _fill(sheet, name)
        found[name] = _numbers(sheet, name, mend="Write a number")
        low = found[name] < 0
        sheet.refuse(
            low.reindex(sheet.table.index, fill_value=False),
            column=name,
            problem="{} is outside 0 or more",
            mend="Correct it; the rule is 0 or more",
        )
    for name in sample.text_columns():
        _fill(sheet, name)
    sheet.or_refuse(leave_out=reading.leave_out_refused)
    numbers = pd.DataFrame({name: each[sheet.table.index] for name, each in found.items()})
    return Microdata(
        table=sheet.table.reset_index(drop=True),
        numbers=numbers.reset_index(drop=True),
        refusals=tuple(sheet.refusals),
    )


def _fill(sheet: Sheet, name: str) -> None:
    sheet.refuse(
        sheet.table[name] == "",
        column=name,
        problem="the cell is empty",
        mend="Fill it, or drop the row",
    )


def _numbers(sheet: Sheet, name: str, *, mend: str) -> pd.Series:
    cells = sheet.table[name]
    numbers = parse(cells.where(cells != ""), kind="number")
    sheet.refuse(
        numbers.isna() & (cells != ""), column=name, problem="{!r} is not a number", mend=mend
    )
    return numbers[sheet.table.index].astype(float)
