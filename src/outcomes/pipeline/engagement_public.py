"""The public version of engagement measures: sums before and since the walks, no small cells."""

from collections.abc import Iterator

import pandas as pd

from outcomes.stats.suppression import suppress
from outcomes.stats.table_totals import Total, known_totals

_WALKS, _MINUTES, _TYPES, _COUNTED = "walks", "walk_minutes", "walk_types", "walks_counted"
_KEYS = ["measure", "role", "place", "period"]


def public_measures(
    table: pd.DataFrame, *, smallest: int, start: str = ""
) -> tuple[pd.DataFrame, int]:
    """Add measures up over the months before and since the walks began, and withhold small cells.

    Months are not shown: the report for the public withholds some of them on its own, and two
    tables that withhold different months of one sum would together give both away. Their sums
    are taken as known there. Minutes are shown where the walks are that they were spent on.

    Args:
        table: measure, role, place, period (months as 2026-03) and value, one row a cell.
        smallest: Cells on fewer people or cases are withheld, with what would give them away.
        start: The month in which the walks began; "" for one span.

    Returns:
        measure, role, place, period (a span of months), value (missing where withheld) and
        withheld; and how many cells were withheld.

    Source:
        Requirements A10, E9; the rule of ``stats.suppression``.
    """
    if table.empty:
        return table.assign(withheld=""), 0
    spans = table.assign(period=_spans(table["period"], start=start))
    cells = spans[spans["measure"] != _TYPES].groupby(_KEYS, sort=False)["value"].sum()
    cells = cells.reset_index()
    minutes = cells["measure"].eq(_MINUTES)
    counts, spent = cells[~minutes].reset_index(drop=True), cells[minutes]
    shown = suppress(
        counts, count="value", values=[], smallest=smallest, relations=tuple(_totals(counts))
    )
    walked = shown.loc[shown["measure"].eq(_WALKS) & shown["withheld"].eq(""), _KEYS[2:]]
    told = pd.MultiIndex.from_frame(spent[_KEYS[2:]]).isin(pd.MultiIndex.from_frame(walked))
    spent = spent.assign(
        value=spent["value"].where(told), withheld=["" if each else "withheld" for each in told]
    )
    found = pd.concat([shown, spent], ignore_index=True)[[*_KEYS, "value", "withheld"]]
    return found, int(found["withheld"].ne("").sum())


def _spans(months: pd.Series, *, start: str) -> pd.Series:
    """Name the span of months that each month lies in."""
    later = months >= start
    named = pd.Series("", index=months.index, dtype=object)
    for span in (later, ~later):
        if span.any():
            named[span] = f"{months[span].min()} to {months[span].max()}"
    return named


def _totals(counts: pd.DataFrame) -> Iterator[Total]:
    """Say what adds up: over places, over both spans, and walks of all types."""
    for columns in (["measure", "period"], ["measure", "place"]):
        for total in known_totals(counts, columns):
            # the total of a single cell would be that cell: whoever knew it would need no table
            if counts["value"].iloc[list(total.parts)].gt(0).sum() > 1:
                yield total
    by_type = counts["measure"].str.startswith(f"{_WALKS}_") & counts["measure"].ne(_COUNTED)
    for rows in counts[by_type | counts["measure"].eq(_WALKS)].groupby(_KEYS[2:]).groups.values():
        parts = tuple(int(row) for row in rows if by_type[row])
        whole = [int(row) for row in rows if not by_type[row]]
        adds_up = whole and counts["value"][list(parts)].sum() == counts["value"][whole[0]]
        if parts:
            yield Total(parts=parts, total=whole[0] if adds_up else None)
