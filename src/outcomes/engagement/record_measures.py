"""Count engagement records into measures, by place and month (D2, D14)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from outcomes.engagement.record_kinds import Counted, RecordKind
from outcomes.measures import check, find, join
from outcomes.settings import AGENCY

Cells = dict[tuple[str, str, str], int]  # measure, place, month -> count


def record_measures(
    records: pd.DataFrame,
    kinds: Mapping[str, RecordKind],
    *,
    months: Sequence[str],
    places: Sequence[str],
) -> pd.DataFrame:
    """Count records of all kinds by place and month.

    From the first record of a kind on, that kind is being recorded: a month without one is 0,
    in every place. Before that month it is missing, and not 0. The last month counted is that of
    the newest record of any kind: later months are missing, for nobody has recorded them yet.

    Args:
        records: kind, day (ISO text), place and body (the fields), one row a record; without
            those that were withdrawn.
        kinds: What each kind is counted into; records of others are left out.
        months: The months of the study, as 2026-03; records outside them give no row, but one
            that goes on (``until``) counts in the months that it reaches.
        places: All places of the study. ``agency`` gets rows where a kind was recorded for it,
            and the others where a kind was recorded at any of them.

    Returns:
        Rows of the measures table: ``unit`` is the place, ``se`` is missing (exact counts), ``n``
        is 1. The role of each (output, outcome, context) is in the registry.

    Source:
        Requirements B1-B18, D10, D14, E6, A8.
    """
    # planned walks lie in the store beside these records, and in the future
    records = records[records["kind"].isin(list(kinds))]
    if records.empty or not months:
        return join([])
    newest = str(records["day"].max())[:7]
    cells: Cells = defaultdict(int)
    for code, each in records.groupby("kind", sort=False):
        kind = kinds.get(str(code))
        if kind is not None and kind.counted:
            open_months = _recorded(each, months, newest=newest)
            _begin(cells, kind, each, months=open_months, places=places)
            _add(cells, kind, each, months=open_months)
    return _rows(cells)


def _recorded(records: pd.DataFrame, months: Sequence[str], *, newest: str) -> list[str]:
    """List the months in which a kind was being recorded."""
    first = str(records["day"].min())[:7]
    return [month for month in months if first <= month <= newest]


def _begin(
    cells: Cells,
    kind: RecordKind,
    records: pd.DataFrame,
    *,
    months: Sequence[str],
    places: Sequence[str],
) -> None:
    """Begin every month of every place with 0."""
    used = set(records["place"])
    where = [place for place in places if used - {AGENCY}]
    where += [AGENCY] if AGENCY in used else []
    for one in kind.counted:
        for place in where:
            for month in months:
                cells[one.measure, place, month] += 0


def _add(cells: Cells, kind: RecordKind, records: pd.DataFrame, *, months: Sequence[str]) -> None:
    """Add every record to the months in which it counts."""
    rows = zip(records["day"], records["place"], records["body"], strict=True)
    for day, place, body in rows:
        for one in kind.counted:
            if _counts(one, body):
                amount = int(body.get(one.of, 0)) if one.of else 1
                for month in _months_of(one, body, day=str(day), months=months):
                    cells[one.measure, str(place), month] += amount


def _counts(one: Counted, body: Mapping[str, Any]) -> bool:
    """Say whether a record is one of those that are counted."""
    if one.filled and not body.get(one.filled):
        return False
    return not one.where or str(body.get(one.where, "")) in one.equals


def _months_of(
    one: Counted, body: Mapping[str, Any], *, day: str, months: Sequence[str]
) -> list[str]:
    """List the months in which a record counts: its own, or all up to the one in which it ends."""
    if not one.until:
        return [day[:7]] if day[:7] in months else []
    last = str(body.get(one.until) or "9999-12")[:7]
    return [month for month in months if day[:7] <= month <= last]


def _rows(cells: Cells) -> pd.DataFrame:
    if not cells:
        return join([])
    rows = [
        {
            "stream": find(measure).stream,
            "unit": place,
            "place": place,
            "period": month,
            "measure": measure,
            "value": value,
            "se": float("nan"),
            "n": 1,
        }
        for (measure, place, month), value in cells.items()
    ]
    return check(pd.DataFrame(rows))
