"""The one rule for what may be published: small cells are withheld, and cannot be worked out.

A cell that rests on fewer people (or cases) than the floor is withheld. If exactly one cell of a
group with a known total were withheld, subtraction would give it away; so a second, the smallest
of the rest, is withheld with it (complementary suppression). The same is done where subtraction
leaves only one way to fill the withheld cells: two cells below the floor with 2 people together
can only hold one each.
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
        count: The column that says on how many people or cases a cell rests; not missing, except
            where the table already says in ``withheld`` that the cell is. A cell on nobody (0)
            may be shown: it tells of nobody.
        values: The columns to blank in a withheld cell; the count is blanked too.
        groups: Columns whose combinations have a total that is known or could be published, such
            as place and measure; empty where no totals are known.
        smallest: The floor: cells on fewer than so many are withheld.

    Returns:
        A copy with NaN in withheld cells, and a column ``withheld``: "", "small", or
        "to protect another". A table that was checked before comes back unchanged.

    Raises:
        DataError: A column is missing, a count is missing, negative or infinite, or the floor is
            below 2.

    Source:
        Duncan, Elliot & Salazar-Gonzalez (2011), Statistical Confidentiality, chapter 4.
    """
    missing = [name for name in (count, *values, *groups) if name not in table.columns]
    if missing:
        raise DataError(f"the table lacks the column(s) {', '.join(missing)}")
    if smallest < 2:
        raise DataError(f"a floor below 2 protects nobody, got {smallest}")
    counts = pd.to_numeric(table[count], errors="coerce").to_numpy(dtype=float)
    withheld = np.where((counts > 0) & (counts < smallest), "small", "").astype(object)
    earlier = _withheld_earlier(table, counts)
    if earlier.any():
        withheld[earlier] = table.loc[earlier, "withheld"].to_numpy()
    known = counts[~earlier]
    if not np.isfinite(known).all() or (known < 0).any():
        raise DataError(f"every cell needs a count of 0 or more in {count!r}")
    result = table.copy().reset_index(drop=True)
    if groups:
        for index in result.groupby(list(groups), dropna=False).indices.values():
            _protect(withheld, counts, index, smallest=smallest)
    result["withheld"] = withheld
    blank = result["withheld"] != ""
    for name in {count, *values}:
        result[name] = result[name].astype(object).where(~blank, np.nan)
    return result


def _withheld_earlier(table: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Find the cells that an earlier check has blanked already."""
    if "withheld" not in table.columns:
        return np.zeros(counts.size, dtype=bool)
    said = table["withheld"].isin(["small", "to protect another"]).to_numpy(dtype=bool)
    earlier: np.ndarray = said & np.isnan(counts)
    return earlier


def _protect(withheld: np.ndarray, counts: np.ndarray, index: np.ndarray, *, smallest: int) -> None:
    """Withhold further cells of a group, smallest first, until subtraction gives none away."""
    while True:
        hidden = index[withheld[index] != ""]
        others = index[(withheld[index] == "") & (counts[index] > 0)]
        if not others.size or not _given_away(
            counts[hidden], small=withheld[hidden] == "small", smallest=smallest
        ):
            return
        withheld[others[np.argmin(counts[others])]] = "to protect another"


def _given_away(counts: np.ndarray, *, small: np.ndarray, smallest: int) -> bool:
    """Say whether the sum of withheld cells leaves only one way to fill them.

    Everybody knows that a small cell holds 1 to ``smallest - 1`` and any other withheld cell
    ``smallest`` or more. NaN, from an earlier check, was protected then.
    """
    if counts.size < 2:
        return counts.size == 1
    lowest = np.where(small, 1, smallest).sum()
    highest = (smallest - 1) * counts.size if small.all() else np.inf
    return bool(counts.sum() in (lowest, highest))
