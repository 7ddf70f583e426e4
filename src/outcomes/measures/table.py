"""The measures table: stream, unit, place, period, measure, value, se, n. One row a value."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from outcomes.errors import DataError, one_of
from outcomes.estimate import Estimate
from outcomes.measures.registry import MEASURES, find

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("stream", "unit", "place", "period", "measure", "value", "se", "n")
_KEY = ["unit", "place", "period", "measure"]


def check(table: "pd.DataFrame") -> "pd.DataFrame":
    """Check that a table keeps the rules of the waist, and return it in the one column order.

    Args:
        table: Columns as in ``COLUMNS``. ``unit`` is who or what was observed (a respondent's
            code, or the place itself), ``se`` is NaN where the value is a count known exactly,
            ``n`` is how many observations stand behind the value.

    Returns:
        The same rows with exactly these columns.

    Raises:
        DataError: A column is missing, a measure is unknown or comes from the wrong stream, a
            value is not a finite number, or a row stands twice.
    """
    import numpy as np
    import pandas as pd

    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise DataError(f"the measures table lacks the column(s) {', '.join(missing)}")
    table = table.loc[:, list(COLUMNS)].reset_index(drop=True)
    for code in table["measure"].unique():
        streams = [str(name) for name in table.loc[table["measure"] == code, "stream"].unique()]
        if streams != [find(code).stream]:
            raise DataError(
                f"{code} belongs to the stream {find(code).stream}, got {', '.join(streams)}"
            )
    for name in ("value", "n"):
        numbers = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
        if not np.isfinite(numbers).all():
            at = int(np.flatnonzero(~np.isfinite(numbers))[0])
            raise DataError(f"row {at} ({table.at[at, 'measure']}): the {name} is not a number")
    twice = table.duplicated(_KEY)
    if twice.any():
        first = table.loc[twice, _KEY].iloc[0].to_dict()
        raise DataError(f"{int(twice.sum())} row(s) stand twice, the first is {first}")
    return table.astype({"value": float, "se": float, "n": int})


def join(tables: "Iterable[pd.DataFrame]") -> "pd.DataFrame":
    """Put the tables of several streams under one another, and check the whole."""
    import pandas as pd

    kept = [table for table in tables if len(table)]
    if not kept:
        return pd.DataFrame({name: [] for name in COLUMNS}).astype(
            {"value": float, "se": float, "n": int}
        )
    return check(pd.concat(kept, ignore_index=True))


def select(
    table: "pd.DataFrame", measure: str, *, periods: Sequence[str] | None = None
) -> "pd.DataFrame":
    """Take the rows of one measure, in some periods or in all; nothing found is an error.

    Raises:
        DataError: The measure is unknown, the table holds no row of it, or a period asked for has
            none; the message says what there is.
    """
    find(measure)
    rows = table[table["measure"] == measure]
    if rows.empty:
        there = [code for code in MEASURES if code in set(table["measure"])]
        raise DataError(
            f"nothing was recorded of {measure}; recorded are: {', '.join(there) or 'none'}"
        )
    if periods is None:
        return rows
    known = sorted(rows["period"].unique())
    for period in periods:
        if period not in known:
            raise DataError(f"{measure} has no period {period!r}. {one_of(period, known)}")
    return rows[rows["period"].isin(periods)]


def wide(table: "pd.DataFrame", measure: str, *, rows: str, columns: str) -> "pd.DataFrame":
    """Lay one measure out as a rectangle, say places by periods; a cell not observed stays NaN.

    Raises:
        DataError: Two values would fall into one cell, which a rectangle would hide.
    """
    chosen = select(table, measure)
    if chosen.duplicated([rows, columns]).any():
        raise DataError(f"{measure}: several values share one {rows} and {columns}")
    return chosen.pivot(index=rows, columns=columns, values="value").sort_index().sort_index(axis=1)


def from_estimates(estimates: Iterable[Estimate]) -> "pd.DataFrame":
    """Turn estimates that are themselves measures (a month's share, a place's mean) into rows."""
    import pandas as pd

    return check(
        pd.DataFrame(
            [
                {
                    "stream": find(estimate.measure).stream,
                    "unit": estimate.place,
                    "place": estimate.place,
                    "period": estimate.period,
                    "measure": estimate.measure,
                    "value": estimate.value,
                    "se": estimate.se,
                    "n": estimate.n,
                }
                for estimate in estimates
            ],
            columns=list(COLUMNS),
        )
    )
