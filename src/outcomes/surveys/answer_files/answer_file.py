"""What every reader of another tool's answers hands over: columns that say what they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from outcomes.sheets import DateOrder

Kind = Literal["google", "qualtrics", "limesurvey", "redcap", "odk", "spss", "stata", "table"]
Use = Literal["", "ignored", "personal", "date", "response id", "form status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerColumn:
    """One column of an export, and every way in which its header may be meant."""

    header: str  # as the file has it, or its variable name
    text: str = ""  # the question, where the file gives it besides the name
    names: tuple[tuple[str, str], ...] = ()  # (question, part) by the tool's names; part may be ""
    texts: tuple[tuple[str, str], ...] = ()  # (question, part) by the words of the form
    use: Use = ""  # "" where it may hold answers
    why: str = ""  # of a column that the tool adds by itself
    labels: Mapping[str, str] = field(default_factory=dict)  # what codes mean, where the file says
    empty: tuple[str, ...] = ()  # codes that the file itself declares to be no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """Rows that are nobody's finished answers, by one column."""

    column: str
    keep: tuple[str, ...] = ()  # rows with any other cell are left out
    drop: tuple[str, ...] = ()  # rows with one of these cells are left out
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What one reader made of a table."""

    columns: tuple[AnswerColumn, ...]
    cells: pd.DataFrame  # text; the index is the row as the other program numbers it
    rules: tuple[RowRule, ...] = ()
    separator: str = " "  # between several choices in one cell
    date_order: DateOrder = "YMD"
    empty: tuple[str, ...] = ()  # cells that mean, in any column, that nothing was answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool whose exports can be read."""

    kind: Kind
    title: str
    recognise: Callable[[Sequence[str], pd.DataFrame], str]  # by what it is known; "" if it is not
    read: Callable[[pd.DataFrame], Parsed]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFile:
    """A file of answers, whichever tool made it."""

    path: Path
    kind: Kind
    because: str  # by what the tool was recognised
    parsed: Parsed

    @property
    def cells(self) -> pd.DataFrame:
        """The answers as text, one row a response."""
        return self.parsed.cells

    @property
    def columns(self) -> tuple[AnswerColumn, ...]:
        """The columns, in the order of the file."""
        return self.parsed.columns

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.header for column in self.parsed.columns)

    def column(self, header: str) -> AnswerColumn:
        """Find a column by its header."""
        return next(column for column in self.parsed.columns if column.header == header)

    def used_for(self, use: Use) -> list[AnswerColumn]:
        """List the columns of one use."""
        return [column for column in self.parsed.columns if column.use == use]


Own = Mapping[str, tuple[Use, str]]  # folded header -> what the tool puts there, and why it is left


def split_each_way(text: str, mark: str) -> tuple[tuple[str, str], ...]:
    """Cut a text in two at each place where a mark stands."""
    pieces = text.split(mark)
    return tuple(
        (mark.join(pieces[:at]).strip(), mark.join(pieces[at:]).strip())
        for at in range(1, len(pieces))
    )
