"""What does a table hold of which no column is known beforehand?"""

from pathlib import Path

import pandas as pd

from outcomes.sheets.cells import parse
from outcomes.sheets.files import read_cells

_KEPT_AS_TEXT = r"[+-]?0\d+|\d{16,}"  # codes such as 007 or 1234567890123456, not amounts


def read_any(path: Path, *, encoding: str = "utf-8-sig") -> pd.DataFrame:
    """Read a CSV, Excel or Parquet table of one's own.

    Args:
        path: The file; its content tells what it is.
        encoding: Of a CSV file.

    Returns:
        Every row that is not empty. A column is numbers, with NaN where a cell is empty or NA (as
        R writes it), if each other cell is a number and none looks like a code (007); otherwise
        it is text, as it stands.

    Raises:
        FileError: The file cannot be read as a table, or is empty.
    """
    table = read_cells(path, encoding=encoding).reset_index(drop=True)
    for name in table.columns:
        cells = table[name]
        filled = ~cells.isin(["", "NA"])
        numbers = parse(cells, kind="number")
        codes = cells.str.fullmatch(_KEPT_AS_TEXT)
        if filled.any() and not numbers[filled].isna().any() and not codes.any():
            table[name] = numbers
    return table
