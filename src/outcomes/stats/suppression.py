"""The one rule for what may be published: small cells are withheld, and cannot be worked out.

A cell that rests on fewer people (or cases) than the floor is withheld. So are others with it,
until somebody who knows every total and every cell that is shown cannot tell whether a small cell
holds one person or as many as the floor (complementary suppression, over all totals together).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.linear_disclosure import Attack, bounds, protect
from outcomes.stats.table_totals import Total, known_totals, require_rows, require_sums

FLOOR = 10  # people in a cell, where a study does not say otherwise
WITHHELD = ("small", "withheld", "to protect another")  # what checked tables say, also older ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitive:
    """What makes cells unfit to be shown beside a small count."""

    cells: np.ndarray | None = None  # whether each is to be withheld, shape (cells,)
    public: np.ndarray | None = None  # whether each is known from an earlier publication
    amount: str = ""  # a column of sums that can be worked out from totals as counts can
    reach: np.ndarray | None = None  # by how much each sum must stay uncertain; 0 if it need not


def suppress(
    table: pd.DataFrame,
    *,
    count: str,
    values: Sequence[str],
    groups: Sequence[str] = (),
    smallest: int = FLOOR,
    relations: Sequence[Total] = (),
    sensitive: Sensitive | None = None,
) -> pd.DataFrame:
    """Withhold what rests on too few people, and what would give it away.

    Args:
        table: One cell a row.
        count: The column that says on how many people or cases a cell rests; not missing, except
            where the table already says in ``withheld`` that the cell is. A cell on nobody (0)
            may be shown: it tells of nobody.
        values: The columns to blank in a withheld cell; the count is blanked too.
        groups: Columns whose combinations have a total that is known or could be published, such
            as place and measure; empty where no totals are known.
        smallest: The floor: cells on fewer than so many are withheld.
        relations: What else adds up to what: margins of crossed tables, hierarchies, totals of
            several groupings (see ``crossed_totals``, ``nested_totals``, ``known_totals``).
        sensitive: Cells to withhold for other reasons, and what is known already.

    Returns:
        A copy with NaN in withheld cells, and a column ``withheld``: "" where a cell is shown,
        "small" where it is not and no totals are known, and "withheld" where totals are known,
        for whoever knew which of the blank cells are the small ones could bound them. A table
        that was checked before comes back unchanged. Cells of a known total that only few people
        make up cannot be protected further than by withholding all of them.

    Raises:
        DataError: A column is missing, a count is missing, negative or infinite, a total is not
            the sum of its parts, or the floor is below 2.

    Source:
        Duncan, Elliot & Salazar-Gonzalez (2011), Statistical Confidentiality, chapter 4.
    """
    _check(table, (count, *values, *groups), smallest=smallest)
    counts, earlier = _counts(table, count)
    own = sensitive or Sensitive()
    small = (counts > 0) & (counts < smallest)
    first = (small | _mask(own.cells, counts.size)) & (counts > 0) & ~earlier
    first |= _reach(own, counts.size) > 0
    totals = (*(known_totals(table, groups) if groups else ()), *relations)
    require_rows(totals, cells=counts.size)
    require_sums(counts, totals)
    known = tuple(each for each in totals if not earlier[[*each.parts, *_end(each)]].any())
    public = _mask(own.public, counts.size) | earlier
    hidden = protect(_attack(counts, first, smallest, totals=known, public=public), first)
    if own.amount and known:
        hidden = _protect_amounts(table, own, hidden, totals=known, public=public)
    said = np.where(hidden, "withheld" if totals else "small", "").astype(object)
    if earlier.any():
        said[earlier] = table.loc[earlier, "withheld"].to_numpy()
    return _blanked(table, said, columns={count, *values})


def possible_counts(
    counts: np.ndarray, withheld: np.ndarray, *, relations: Sequence[Total]
) -> tuple[np.ndarray, np.ndarray]:
    """Work out between which counts each withheld cell must lie, as an intruder would.

    Args:
        counts: The true counts, shape (cells,).
        withheld: Whether each is withheld, shape (cells,).
        relations: Every total that is shown or known.

    Returns:
        The lowest and the highest count each cell can hold, shape (cells,) each. Fractions of
        people are allowed, so the true interval of whole people is no wider.
    """
    nobody = np.zeros(counts.size, dtype=bool)
    attack = _attack(counts.astype(float), nobody, FLOOR, totals=tuple(relations), public=nobody)
    return bounds(attack, withheld)


def _attack(
    counts: np.ndarray,
    first: np.ndarray,
    smallest: int,
    *,
    totals: tuple[Total, ...],
    public: np.ndarray,
) -> Attack:
    """Say what must stay possible: that a small cell holds one person, and that it is not small."""
    filled = np.nan_to_num(counts)
    lowest = np.where(filled < smallest, 1.0, np.maximum(filled - smallest + 1, 1.0))
    highest = np.where(filled < smallest, float(smallest), filled + smallest - 1)
    return Attack(
        values=filled,
        least=np.minimum(filled, 1.0),  # a cell on nobody is shown, so a blank one has somebody
        low=np.where(first, lowest, np.nan),
        high=np.where(first, highest, np.nan),
        public=public,
        totals=totals,
    )


def _protect_amounts(
    table: pd.DataFrame,
    own: Sensitive,
    hidden: np.ndarray,
    *,
    totals: tuple[Total, ...],
    public: np.ndarray,
) -> np.ndarray:
    amounts = pd.to_numeric(table[own.amount], errors="coerce").to_numpy(dtype=float)
    if (~np.isfinite(amounts[~public])).any() or (amounts < 0).any():
        raise DataError(f"every cell needs an amount of 0 or more in {own.amount!r}")
    require_sums(amounts, totals)
    reach, filled = _reach(own, amounts.size), np.nan_to_num(amounts)
    unsafe = reach > 0
    attack = Attack(
        values=filled,
        least=np.zeros(amounts.size),
        low=np.where(unsafe, np.maximum(filled - reach, 0.0), np.nan),
        high=np.where(unsafe, filled + reach, np.nan),
        public=public,
        totals=totals,
    )
    return protect(attack, hidden)


def _check(table: pd.DataFrame, columns: Sequence[str], *, smallest: int) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise DataError(f"the table lacks the column(s) {', '.join(missing)}")
    if smallest < 2:
        raise DataError(f"a floor below 2 protects nobody, got {smallest}")


def _counts(table: pd.DataFrame, count: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the counts, and find the cells that an earlier check has blanked already."""
    counts = pd.to_numeric(table[count], errors="coerce").to_numpy(dtype=float)
    earlier = np.zeros(counts.size, dtype=bool)
    if "withheld" in table.columns:
        earlier = table["withheld"].isin(WITHHELD).to_numpy(dtype=bool) & np.isnan(counts)
    known = counts[~earlier]
    if not np.isfinite(known).all() or (known < 0).any():
        raise DataError(f"every cell needs a count of 0 or more in {count!r}")
    return counts, earlier


def _blanked(table: pd.DataFrame, said: np.ndarray, *, columns: set[str]) -> pd.DataFrame:
    result = table.copy().reset_index(drop=True)
    result["withheld"] = said
    blank = result["withheld"] != ""
    for name in columns:
        result[name] = result[name].astype(object).where(~blank, np.nan)
    return result


def _mask(given: np.ndarray | None, size: int) -> np.ndarray:
    return np.zeros(size, dtype=bool) if given is None else np.asarray(given, dtype=bool)


def _reach(own: Sensitive, size: int) -> np.ndarray:
    return np.zeros(size) if own.reach is None else np.asarray(own.reach, dtype=float)


def _end(total: Total) -> tuple[int, ...]:
    return () if total.total is None else (total.total,)
