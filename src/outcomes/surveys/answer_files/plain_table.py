"""A plain table: one column an item, under its name or its question."""

import re
from collections.abc import Sequence

import pandas as pd

from outcomes.surveys.answer_files.answer_file import AnswerColumn, Parsed, Tool
from outcomes.surveys.answer_files.google_forms import rows_in_brackets


def _recognise(headers: Sequence[str], cells: pd.DataFrame) -> str:
    return "no other tool's columns are in it"


def _read(cells: pd.DataFrame) -> Parsed:
    return Parsed(
        columns=tuple(_column(header) for header in cells.columns), cells=cells, separator=" "
    )


def _column(header: str) -> AnswerColumn:
    names = [(header, "")]
    if found := re.fullmatch(r"(.+?)(?:___|__|/|_)(-?\w+)", header):
        names.append((found[1], found[2]))
    return AnswerColumn(header=header, names=tuple(names), texts=rows_in_brackets(header))


TOOL = Tool(kind="table", title="a plain table", recognise=_recognise, read=_read)
