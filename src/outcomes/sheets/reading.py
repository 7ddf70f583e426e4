"""What does whoever sends a table say about it, so that nothing in it must be guessed?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from outcomes.sheets.cells import DateOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How one file is read; every reader of files takes it as ``reading``."""

    rename: Mapping[str, str] = field(default_factory=dict)  # their column names, each with ours
    date_order: DateOrder = "YMD"  # how dates are written that are not ISO (2026-03-31)
    encoding: str = "utf-8-sig"  # of a file of text
    leave_out_refused: bool = False  # go on with the good rows although others are refused
    without: tuple[str, ...] = ()  # columns, as the file calls them, that are left out unread


AS_IT_IS = Reading()


def date_hint(date_order: DateOrder) -> str:
    """End a sentence that says how to write a date: which other orders may be read?"""
    return ", or say --date-order MDY or DMY" if date_order == "YMD" else f" or in {date_order}"
