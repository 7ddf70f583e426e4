"""Response rates of a table of cases: one AAPOR disposition a row."""

from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.sheets import AS_IT_IS, Column, Reading, read_sheet
from outcomes.stats.response_rates import (
    DISPOSITIONS,
    count_dispositions,
    eligible_share,
    response_rates,
)

RESULT_COLUMNS = ("rate", "value", "numerator", "denominator", "e", "method_of_e", "cases")
CASRO = "casro"


def rates_of_file(
    path: Path,
    *,
    column: str,
    e: str = "",
    by: str = "",
    weights: str = "",
    reading: Reading = AS_IT_IS,
) -> tuple[pd.DataFrame, list[str]]:
    """Compute the rates of a file of cases, for all or group by group.

    Args:
        path: CSV or Excel with one case a row.
        column: Where the disposition stands: one of ``DISPOSITIONS``.
        e: The share of unknown cases that are eligible: a number, "casro", or "" for none.
        by: The column with the groups; "" takes all cases together.
        weights: The column with the cases' weights; "" counts each once.
        reading: How the file is to be read.

    Returns:
        The rates, and what their reader should know, in sentences.

    Raises:
        FileError: The file cannot be read or lacks a column.
        RowsRefused: A disposition is unknown, or a weight is not above 0.
        DataError: ``e`` is neither a share nor a method.
    """
    columns = [Column(name=column, allowed=tuple(DISPOSITIONS))]
    columns += [Column(name=by)] if by else []
    columns += [Column(name=weights, kind="number")] if weights else []
    sheet = read_sheet(path, columns, reading=reading)
    if weights:
        sheet.refuse(
            sheet.table[weights].astype(float) <= 0,
            column=weights,
            problem="{:g} is not above 0",
            mend="A weight says how many cases a row stands for",
        )
    sheet.or_refuse(leave_out=reading.leave_out_refused)
    groups = [("", sheet.table)] if not by else list(sheet.table.groupby(by, sort=True))
    frames = [
        _rates(rows, column=column, e=e, weights=weights).assign(**({by: name} if by else {}))
        for name, rows in groups
    ]
    if not frames:
        raise DataError(f"{path.name}: there is no case, so there is no rate")
    table = pd.concat(frames, ignore_index=True)
    return table[[*([by] if by else []), *RESULT_COLUMNS]], _sentences(table, e=e)


def _rates(rows: pd.DataFrame, *, column: str, e: str, weights: str) -> pd.DataFrame:
    counts = count_dispositions(
        rows[column].tolist(), weights=rows[weights].astype(float) if weights else None
    )
    share, method = _share(e, counts)
    return pd.DataFrame(
        {
            "rate": rate.name,
            "value": rate.value,
            "numerator": rate.numerator,
            "denominator": rate.denominator,
            "e": np.nan if share is None else share,
            "method_of_e": method,
            "cases": len(rows),
        }
        for rate in response_rates(counts, e=share)
    )


def _share(e: str, counts: dict[str, float]) -> tuple[float | None, str]:
    if not e:
        return None, "not stated"
    if e.lower() == CASRO:
        return eligible_share(counts), "estimated from the cases of known eligibility (CASRO)"
    try:
        return float(e), "given"
    except ValueError:
        raise DataError(f"--e {e!r}: write a share from 0 to 1, or casro") from None


def _sentences(table: pd.DataFrame, *, e: str) -> list[str]:
    lines = []
    if not e:
        lines.append(
            "RR3, RR4, REF2, CON2 and LOC2 are left out: they rest on e, the share of the unknown "
            "cases that are eligible. Say --e 0.5, for example, or --e casro."
        )
    empty = table.loc[table["value"].isna(), "rate"].unique()
    if len(empty):
        lines.append(f"No case stands below the line of {', '.join(empty)}: no rate.")
    return lines
