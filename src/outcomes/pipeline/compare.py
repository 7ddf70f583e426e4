"""Compare a table of one's own, without a study."""

from pathlib import Path
from typing import Literal

import pandas as pd

from outcomes.analyses.own_table import compare_table, prepost_table
from outcomes.errors import DataError
from outcomes.estimate import tidy
from outcomes.sheets import read_any

Design = Literal["prepost", "did"]


def compare_file(
    path: Path,
    design: Design,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: str | None = None,
) -> pd.DataFrame:
    """Run one design on a CSV, Excel or Parquet table, and return tidy estimates.

    Raises:
        FileError: The file cannot be read as a table.
        DataError: A column is missing, or the design cannot answer from these data.
    """
    table = read_any(path)
    table[time] = _ordered(table, time)
    if design == "prepost":
        return tidy(prepost_table(table, outcome, unit=unit, time=time))
    if treated is None:
        raise DataError("did needs --treated, a column of 0 and 1")
    return tidy(compare_table(table, outcome, unit=unit, time=time, treated=treated))


def _ordered(table: pd.DataFrame, time: str) -> pd.Series:
    """Read times as numbers where all are, so that 10 follows 9."""
    if time not in table.columns:
        raise DataError(f"there is no column {time!r}; there are {', '.join(table.columns)}")
    numbers = pd.to_numeric(table[time], errors="coerce")
    return table[time] if numbers.isna().any() else numbers
