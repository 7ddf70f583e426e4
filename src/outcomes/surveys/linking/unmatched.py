"""Who could not be linked? Their baseline beside that of the others."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.permutation import permutation_p
from outcomes.stats.suppression import suppress

SMALLEST = 10  # people in a mean that may be shown
COLUMNS = (
    "variable",
    *("linked", "unlinked", "mean_linked", "mean_unlinked", "difference_sd", "p", "withheld"),
)


def compare_unmatched(
    table: pd.DataFrame, linked: Sequence[bool], *, variables: Sequence[str]
) -> pd.DataFrame:
    """Compare those who could not be linked with those who could, on what they said before.

    Args:
        table: One row a person of one occasion; variables are numbers, NaN where missing.
        linked: Whether each is linked, in the same order.
        variables: The columns to compare.

    Returns:
        One row a variable: how many are linked and unlinked, their means, the difference (linked
        minus unlinked) in standard deviations, and the p of a permutation test. Where either mean
        rests on fewer than 10 people, it is withheld.

    Raises:
        DataError: A variable is missing or not numbers.
    """
    chosen = np.asarray(linked, dtype=bool)
    if chosen.shape != (len(table),):
        raise DataError(f"{len(table)} rows, but {chosen.size} say whether they are linked")
    rows = [_compared(table, chosen, name) for name in variables]
    frame = pd.DataFrame(rows, columns=[*COLUMNS[:-1], "fewest"])
    shown = suppress(
        frame,
        count="fewest",
        values=[*COLUMNS[1:-1]],
        smallest=SMALLEST,
    )
    return shown[list(COLUMNS)]


def _compared(table: pd.DataFrame, linked: np.ndarray, name: str) -> tuple[object, ...]:
    if name not in table.columns:
        raise DataError(f"there is no column {name!r}; there are {', '.join(table.columns)}")
    numbers = pd.to_numeric(table[name].replace("", np.nan), errors="coerce").to_numpy(dtype=float)
    bad = np.isnan(numbers) & ~table[name].isin(["", "NA"]).to_numpy() & table[name].notna()
    if bad.any():
        raise DataError(f"{name}: {int(bad.sum())} cells are no numbers, so there is no mean")
    known = ~np.isnan(numbers)
    values, chosen = numbers[known], linked[known]
    groups = (values[chosen], values[~chosen])
    sizes = tuple(each.size for each in groups)
    if not min(sizes):
        return (name, *sizes, np.nan, np.nan, np.nan, np.nan, 0)
    means = tuple(float(each.mean()) for each in groups)
    apart, p = np.nan, np.nan
    if min(sizes) > 1 and np.ptp(values) > 0:
        spread = np.sqrt(sum(each.var(ddof=1) for each in groups) / 2)
        apart = (means[0] - means[1]) / spread if spread > 0 else np.nan
        fewer = chosen if sizes[0] <= sizes[1] else ~chosen  # the same test, with less to draw
        p = permutation_p(values, fewer)
    return (name, *sizes, *means, apart, p, min(sizes))
