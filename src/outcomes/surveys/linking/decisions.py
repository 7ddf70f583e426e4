"""What a person decided about doubtful pairs, honoured by the matching."""

import numpy as np
import pandas as pd

from outcomes.errors import DataError, one_of

COLUMNS = ("pre_id", "post_id", "decision", "reviewer")
DECISIONS = ("same", "different")
_Rows = tuple[np.ndarray, np.ndarray]


def decided_rows(
    decisions: pd.DataFrame | None, *, ids: tuple[np.ndarray, np.ndarray]
) -> tuple[_Rows, _Rows]:
    """Find the rows that decisions speak of; a pair without a decision is left to the matching.

    Args:
        decisions: The columns pre_id, post_id, decision, reviewer, as text; None for none.
        ids: Of the rows before and after.

    Returns:
        The rows found to be the same person, and the rows found to be two.

    Raises:
        DataError: A column is missing, a decision is another word, lacks its reviewer, or names no
            such row; a pair is decided twice.
    """
    if decisions is None:
        decisions = pd.DataFrame(columns=list(COLUMNS), dtype="str")
    if lacking := [name for name in COLUMNS if name not in decisions.columns]:
        raise DataError(
            f"the table of decisions has no column {lacking[0]!r}; it needs {', '.join(COLUMNS)}"
        )
    table = decisions[list(COLUMNS)].astype("str").apply(lambda cells: cells.str.strip())
    table = table[table["decision"] != ""]
    word = table["decision"].str.lower()
    if (wrong := ~word.isin(DECISIONS)).any():
        bad = table.loc[wrong, "decision"].iloc[0]
        raise DataError(f"{bad!r} is no decision. {one_of(bad, DECISIONS)}")
    if (table["reviewer"] == "").any():
        raise DataError("a decision does not say who decided. Fill in the column reviewer")
    if table.duplicated(["pre_id", "post_id"]).any():
        raise DataError("a pair is decided twice. Keep one decision for each pair")
    rows = [
        _positions(table[column], known, side=side)
        for column, known, side in zip(COLUMNS[:2], ids, ("before", "after"), strict=True)
    ]
    same = (word == "same").to_numpy()
    return (rows[0][same], rows[1][same]), (rows[0][~same], rows[1][~same])


def _positions(named: pd.Series, known: np.ndarray, *, side: str) -> np.ndarray:
    rows: np.ndarray = pd.Index(known).get_indexer(named)
    if (rows < 0).any():
        raise DataError(
            f"{int((rows < 0).sum())} decision(s) name a row that the table {side} does not have. "
            "Were they made for other files?"
        )
    return rows
