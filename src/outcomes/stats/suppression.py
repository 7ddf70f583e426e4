"""The one rule for what may be published: small cells are withheld, and cannot be worked out.

A cell that rests on fewer people (or cases) than the floor is withheld. If exactly one cell of a
group with a known total were withheld, subtraction would give it away; so a second, the smallest
of the rest, is withheld with it (complementary suppression).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from outcomes.errors import DataError


def suppress(
    table: pd.DataFrame,
    *,
    count: str,
    values: Sequence[str],
    groups: Sequence[str] = (),
    smallest: int = 5,
) -> pd.DataFrame:
    """Withhold what rests on too few people.

    Args:
        table: One cell a row.
        count: The column that says on how many people or cases a cell rests; whole, not missing.
            A cell on nobody (0) may be shown: it tells of nobody.
        values: The columns to blank in a withheld cell; the count is blanked too.
        groups: Columns whose combinations have a total that is known or could be published, such
            as place and measure; empty where no totals are known.
        smallest: The floor: cells on fewer than so many are withheld.

    Returns:
        A copy with NaN in withheld cells, and a column ``withheld``: "", "small", or
        "to protect another".

    Raises:
        DataError: A column is missing, a count is missing or negative, or the floor is below 2.

    Source:
        Duncan, Elliot & Salazar-Gonzalez (2011), Statistical Confidentiality, chapter 4.
    """
    missing = [name for name in (count, *values, *groups) if name not in table.columns]
    if missing:
        raise DataError(f"the table lacks the column(s) {', '.join(missing)}")
    if smallest < 2:
        raise DataError(f"a floor below 2 protects nobody, got {smallest}")
    counts = pd.to_numeric(table[count], errors="coerce").to_numpy(dtype=float)
    if np.isnan(counts).any() or (counts < 0).any():
        raise DataError(f"every cell needs a count of 0 or more in {count!r}")
    result = table.copy().reset_index(drop=True)
    withheld = np.where((counts > 0) & (counts < smallest), "small", "").astype(object)
    if groups:
        for index in result.groupby(list(groups), dropna=False).indices.values():
            _protect(withheld, counts, index)
    result["withheld"] = withheld
    blank = result["withheld"] != ""
    for name in {count, *values}:
        result[name] = result[name].astype(object).where(~blank, np.nan)
    return result


def _protect(withheld: np.ndarray, counts: np.ndarray, index: np.ndarray) -> None:
    """Withhold a second cell of a group in which exactly one is withheld."""
    hidden = index[withheld[index] != ""]
    if hidden.size != 1 or index.size < 2:
        return
    others = index[(withheld[index] == "") & (counts[index] > 0)]
    if others.size:
        withheld[others[np.argmin(counts[others])]] = "to protect another"
