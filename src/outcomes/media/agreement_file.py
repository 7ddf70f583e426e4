"""A table of codes from a file, to say how well its coders agree."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet

_COLUMNS = (
    Column(name="url"),
    Column(name="coder"),
    Column(name="relevant", kind="integer", low=0, high=1),
    Column(name="tone", kind="integer", low=-1, high=1, blank=True),
    Column(name="probability", kind="number", high=1, needed=False),
    Column(name="coded_on", kind="date", needed=False, blank=True),
)


def read_agreement_file(path: Path, *, reading: Reading = AS_IT_IS) -> Sheet:
    """Read what several coders said of the same articles.

    Args:
        path: CSV or .xlsx with the columns url, coder, relevant (0 or 1) and tone (-1, 0, 1; empty
            where not relevant), one code a row; perhaps also probability, with which the article
            was drawn, and coded_on, the day.
        reading: How the file is to be read.

    Returns:
        The codes; ``coded_on`` is ISO text, empty where the day is not known.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.
    """
    sheet = read_sheet(path, _COLUMNS, key=("url", "coder"), reading=reading)
    rules: tuple[tuple[str, Callable[[pd.DataFrame], pd.Series], str, str], ...] = (
        (
            "tone",
            lambda codes: (codes["relevant"] == 1) & codes["tone"].isna(),
            "a relevant article needs a tone",
            "Write -1, 0 or 1",
        ),
        (
            "tone",
            lambda codes: (codes["relevant"] == 0) & codes["tone"].notna(),
            "an article that is not relevant has no tone, got {:g}",
            "Empty the cell, or write 1 under relevant",
        ),
    )
    for column, wrong, problem, mend in rules:
        sheet.refuse(wrong(sheet.table), column=column, problem=problem, mend=mend)
    days = pd.to_datetime(sheet.table["coded_on"]).dt.strftime("%Y-%m-%d").fillna("")
    sheet.table = sheet.table.assign(coded_on=days)
    if not sheet.table["probability"].notna().any():
        sheet.table = sheet.table.drop(columns="probability")
        return sheet
    sheet.refuse(
        ~(sheet.table["probability"] > 0),
        column="probability",
        problem="{} is not above 0",
        mend="Write with which chance each article was drawn, or leave the whole column out",
    )
    return sheet
