"""The weekly sheet for the public: no notes, no reasons, and nothing that rests on few people."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from outcomes.report.weekly_facts import PARTNERS, PlaceSums, RankRow, TypeRow, Week
from outcomes.stats.suppression import Sensitive, suppress


def public_week(week: Week, *, smallest: int) -> Week:
    """Leave on the sheet what may be published by itself (E9).

    What adds up to something that is shown elsewhere is left out, so that no difference tells of
    few: the weeks before, walks asked for by the month, and police by place. So are notes,
    incidents, plans, and the questions, which are for those who lead.

    Args:
        week: The whole sheet.
        smallest: Cells on fewer people or cases than this are withheld.
    """
    return Week(
        label=week.label,
        days=week.days,
        until=week.until,
        study=week.study,
        agency=week.agency,
        generated=week.generated,
        version=week.version,
        made=week.made,
        places=week.places,
        rows=_rows(week.rows, smallest),
        walks_known=week.walks_known,
        incidents_known=week.incidents_known,
        ranks=_ranks(week.ranks, smallest),
        sums=_sums(week.sums, smallest),
        events=week.events,
        floor=smallest,
    )


def _rows(rows: tuple[TypeRow, ...], smallest: int) -> tuple[TypeRow, ...]:
    """Withhold types with few people, and another beside each, for a place's total may be known.

    A row on incidents rests on those too: their number must not be told where they are few.
    """
    kept = [replace(each, why="") for each in rows if not each.by_month]
    if not kept:
        return ()
    cases = [each.required if each.after_incidents else 0 for each in kept]
    table = pd.DataFrame(
        {
            "place": [each.place for each in kept],
            "people": [max(each.people, n) for each, n in zip(kept, cases, strict=True)],
        }
    )
    few = np.array([0 < number < smallest for number in cases], dtype=bool)
    hidden = _hidden(table, "people", smallest, groups=["place"], cells=few)
    return tuple(
        replace(each, done=0, counted=0, people=0, required=0 if case else each.required,
                withheld=True) if gone else each
        for each, case, gone in zip(kept, cases, hidden, strict=True)
    )  # fmt: skip


def _ranks(ranks: tuple[RankRow, ...], smallest: int) -> tuple[RankRow, ...]:
    """Keep ranks that were seen often enough; which others there are is not told either."""
    police = [each for each in ranks if each.name != PARTNERS]
    if not police:
        return ()
    table = pd.DataFrame({"times": [each.times for each in police], "of": "police"})
    hidden = _hidden(table, "times", smallest, groups=["of"])
    return tuple(each for each, gone in zip(police, hidden, strict=True) if not gone)


def _sums(sums: tuple[PlaceSums, ...], smallest: int) -> tuple[PlaceSums, ...]:
    if not sums:
        return ()
    behind = {"minutes": "police", "partners": "partners", "reached": "reached"}
    table = pd.DataFrame(
        [{name: getattr(each, of) for name, of in behind.items()} for each in sums]
    )
    gone = {name: _hidden(table, name, smallest) for name in behind}
    found = []
    for at, each in enumerate(sums):
        names = frozenset(name for name in behind if gone[name][at])
        blank: dict[str, Any] = dict.fromkeys(names, 0)
        found.append(replace(each, walks=0, police=0, withheld=names, **blank))
    return tuple(found)


def _hidden(
    table: pd.DataFrame,
    count: str,
    smallest: int,
    *,
    groups: list[str] | None = None,
    cells: np.ndarray | None = None,
) -> list[bool]:
    """Say which cells are withheld."""
    checked = suppress(
        table,
        count=count,
        values=[],
        groups=groups or [],
        smallest=smallest,
        sensitive=Sensitive(cells=cells),
    )
    return [bool(word) for word in checked["withheld"]]
