"""The public version of engagement measures: sums before and since the walks, no small cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.pipeline.published_sums import Earlier, of_sums
from outcomes.stats.suppression import Sensitive, suppress
from outcomes.stats.table_totals import Total, known_totals

_WALKS, _MINUTES, _TYPES, _COUNTED = "walks", "walk_minutes", "walk_types", "walks_counted"
_KEYS = ["measure", "role", "place", "period"]
_SUMS = [*_KEYS, "value"]
_PARTS_OF = (  # a whole, and what counts a part of it; two parts of one whole may overlap
    ("contacts_total", "contacts_new"),
    ("contacts_total", "contacts_through_sponsor"),
    ("contacts_new", "academy_contacts_new"),
)
NOTHING: Earlier = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSums:
    """What anybody may see."""

    table: pd.DataFrame
    withheld: int = 0  # cells
    as_before: int = 0  # cells that are shown as they were published before
    kept_back: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_SUMS))
    # what is withheld, with its values: for the ledger only


def public_measures(
    table: pd.DataFrame, *, smallest: int, start: str = "", earlier: Earlier = NOTHING
) -> PublicSums:
    """Add measures up over the months before and since the walks began, and withhold small cells.

    Months are not shown: the report for the public withholds some of them on its own, and two
    tables that withhold different months of one sum would together give both away. Their sums
    are taken as known there. Minutes are shown where the walks are that they were spent on.
    What goes on from month to month, such as a partnership, is left out: its sum over months
    would count it again in each, and three partnerships would pass as eighteen.

    Args:
        table: measure, role, place, period (months as 2026-03) and value, one row a cell.
        smallest: Cells on fewer people or cases are withheld, with what would give them away.
        start: The month in which the walks began; "" for one span.
        earlier: What the public has seen. A sum to which fewer than the floor were added since
            is shown as it was then, with its months, for the two would tell of those few.

    Returns:
        The table: measure, role, place, period (a span of months), value (missing where withheld)
        and withheld; and how many cells were withheld, and how many stand as before.

    Source:
        Requirements A10, E9; the rule of ``stats.suppression``.
    """
    if table.empty:
        return PublicSums(table=table.assign(withheld=""))
    spans = table.assign(period=_spans(table["period"], start=start))
    adds_up = ~spans["measure"].isin([_TYPES, *_going_on()])
    cells = spans[adds_up].groupby(_KEYS, sort=False)["value"].sum().reset_index()
    minutes = cells["measure"].eq(_MINUTES)
    counts, spent = cells[~minutes].reset_index(drop=True), cells[minutes]
    hidden = _hidden(counts, smallest=smallest, earlier=earlier)
    shown = counts.assign(
        value=counts["value"].astype(float).mask(hidden), withheld=np.where(hidden, "withheld", "")
    )
    shown, as_before = _as_before(shown, earlier)
    walked = shown.loc[shown["measure"].eq(_WALKS) & shown["withheld"].eq(""), _KEYS[2:]]
    told = pd.MultiIndex.from_frame(spent[_KEYS[2:]]).isin(pd.MultiIndex.from_frame(walked))
    spent = spent.assign(
        value=spent["value"].where(told), withheld=["" if each else "withheld" for each in told]
    )
    found = pd.concat([shown, spent], ignore_index=True)[[*_KEYS, "value", "withheld"]]
    withheld = int(found["withheld"].ne("").sum())
    return PublicSums(
        table=found, withheld=withheld, as_before=as_before, kept_back=counts.loc[hidden, _SUMS]
    )


def _as_before(shown: pd.DataFrame, earlier: Earlier) -> tuple[pd.DataFrame, int]:
    """Put in place of a withheld sum what was published of it last, which is known anyway."""
    rows = [
        (row, known[-1])
        for row, key in enumerate(of_sums(shown))
        if shown["withheld"].iat[row]
        and (known := [past for past in earlier.get(key, ()) if past.shown])
    ]
    for row, past in rows:
        shown.loc[row, ["period", "value", "withheld"]] = [past.span, past.value, ""]
    return shown, len(rows)


def _spans(months: pd.Series, *, start: str) -> pd.Series:
    """Name the span of months that each month lies in."""
    later = months >= start
    named = pd.Series("", index=months.index, dtype=object)
    for span in (later, ~later):
        if span.any():
            named[span] = f"{months[span].min()} to {months[span].max()}"
    return named


def _going_on() -> set[str]:
    """List what counts in every month until it ends."""
    every = [one for kind in shipped_kinds().values() for one in kind.counted]
    return {one.measure for one in every if one.until}


def _rests(counts: pd.DataFrame) -> tuple[pd.DataFrame, list[Total]]:
    """Find what is left of each whole beside a part: whoever subtracts the two knows it."""
    keys = zip(counts["measure"], counts["place"], counts["period"], strict=True)
    at = {key: row for row, key in enumerate(keys)}
    rows = [
        (at[whole, *where], row)
        for (part, *where), row in at.items()
        for whole, own in _PARTS_OF
        if part == own and (whole, *where) in at
    ]
    totals = [
        Total(parts=(part, len(counts) + number), total=whole)
        for number, (whole, part) in enumerate(rows)
    ]
    values = counts["value"].astype(float)
    return pd.DataFrame({"value": [values[whole] - values[part] for whole, part in rows]}), totals


def _hidden(counts: pd.DataFrame, *, smallest: int, earlier: Earlier) -> np.ndarray:
    """Say which cells are withheld, shape (cells,): those of each reader, who knows less or more.

    Whom a known sum tells all, no cell protects; who knows this table alone is protected against
    all the same.
    """
    rests, parts = _rests(counts)
    every = pd.concat([counts, rests], ignore_index=True)
    known_before = _known_before(counts, earlier, smallest=smallest, rests=len(rests))
    by_place, by_span = (
        tuple(_known(counts, columns, smallest=smallest))
        for columns in (["measure", "period"], ["measure", "place"])
    )
    hidden = np.zeros(len(counts), dtype=bool)
    for known in ((), by_place, by_span, (*by_place, *by_span)):
        totals = (*known, *_of_types(counts), *parts)
        shown = suppress(
            every,
            count="value",
            values=[],
            smallest=smallest,
            relations=totals,
            sensitive=known_before,
        )
        hidden |= shown["withheld"].ne("").to_numpy()[: len(counts)]  # the rests are in no table
    return hidden


def _known_before(
    counts: pd.DataFrame, earlier: Earlier, *, smallest: int, rests: int
) -> Sensitive:
    """Say which sums would tell of few beside what was published; no rest ever was.

    A sum that was withheld may have protected another, and must not be known while it is nearly
    the same.
    """
    near, same = np.zeros((2, len(counts) + rests), dtype=bool)
    values = counts["value"].astype(float)
    for row, (key, value) in enumerate(zip(of_sums(counts), values, strict=True)):
        for past in earlier.get(key, ()):
            change = abs(value - past.value)
            same[row] |= past.shown and change == 0
            near[row] |= change < smallest and not (past.shown and change == 0)
    return Sensitive(cells=near, public=same)


def _known(counts: pd.DataFrame, columns: Sequence[str], *, smallest: int) -> Iterator[Total]:
    """Find the sums that others may know or publish: of several cells, and none too small."""
    for total in known_totals(counts, columns):
        values = counts["value"].iloc[list(total.parts)]
        # the total of a single cell would be that cell: whoever knew it would need no table
        if values.gt(0).sum() > 1 and values.sum() >= smallest:
            yield total


def _of_types(counts: pd.DataFrame) -> Iterator[Total]:
    """Say where the walks of all types add up."""
    by_type = counts["measure"].str.startswith(f"{_WALKS}_") & counts["measure"].ne(_COUNTED)
    for rows in counts[by_type | counts["measure"].eq(_WALKS)].groupby(_KEYS[2:]).groups.values():
        parts = tuple(int(row) for row in rows if by_type[row])
        whole = [int(row) for row in rows if not by_type[row]]
        adds_up = whole and counts["value"][list(parts)].sum() == counts["value"][whole[0]]
        if parts:
            yield Total(parts=parts, total=whole[0] if adds_up else None)
