"""Google Forms: the question is the header, a grid is "Question [Row]", ticks stand in one cell."""

import re
from collections.abc import Sequence

import pandas as pd

from outcomes.sheets import DateOrder
from outcomes.surveys.answer_files.answer_file import AnswerColumn, Parsed, Tool
from outcomes.surveys.answer_files.folding import fold

_MOMENT = frozenset(
    ("timestamp", "marca temporal", "zeitstempel", "horodateur", "carimbo de data hora")
)
_ROW = re.compile(r"(?P<question>.*?)\s*\[(?P<row>.+)\]", re.DOTALL)


def _recognise(headers: Sequence[str], cells: pd.DataFrame) -> str:
    return f"its first column is {headers[0]!r}" if fold(headers[0]) in _MOMENT else ""


def _read(cells: pd.DataFrame) -> Parsed:
    return Parsed(
        columns=tuple(_column(header) for header in cells.columns),
        cells=cells,
        separator=", ",
        date_order=seen_order(cells[cells.columns[0]]),
    )


def _column(header: str) -> AnswerColumn:
    words = fold(header)
    if words in _MOMENT:
        return AnswerColumn(header=header, use="date", why="when the form was sent")
    if words in {"score", "total score", "puntuacion"}:
        return AnswerColumn(header=header, use="ignored", why="the points of a quiz")
    return AnswerColumn(header=header, names=((header, ""),), texts=rows_in_brackets(header))


def rows_in_brackets(header: str) -> tuple[tuple[str, str], ...]:
    """Read "Question [Row]" as a whole, and as a question with its row."""
    found = _ROW.fullmatch(header)
    whole = ((header, ""),)
    return (*whole, (found["question"], found["row"])) if found else whole


def seen_order(cells: pd.Series) -> DateOrder:
    """Tell how days are written; month first, as Google writes for the US, unless a cell denies it.

    Returns:
        YMD where the year stands first, DMY where some first number cannot be a month, else MDY.
    """
    parts = cells.str.extract(r"^(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})").dropna().astype(int)
    if parts.empty or (parts[0] > 31).any():
        return "YMD"
    return "DMY" if (parts[0] > 12).any() else "MDY"


TOOL = Tool(kind="google", title="Google Forms", recognise=_recognise, read=_read)
