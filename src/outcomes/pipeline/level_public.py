"""The levels for the public: small counts, and what would give them away, are withheld."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from outcomes.estimate import Estimate, known_exactly
from outcomes.pipeline.ledger import open_ledger, record
from outcomes.pipeline.level_evidence import Line
from outcomes.pipeline.levels import LevelsView, view_levels
from outcomes.stats.suppression import Sensitive, suppress
from outcomes.stats.table_totals import Total, known_totals
from outcomes.study import Study

_PART_OF = {  # measures that count a part of what another one counts
    "contacts_new": "contacts_total",
    "contacts_through_sponsor": "contacts_total",
    "academy_contacts_new": "contacts_new",
    "initiatives_police_supported": "initiatives_led_or_supporting",
}
_COLUMNS = ["community", "rule", "measure", "month", "value", "unit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fate:
    """What becomes of one count."""

    hidden: bool
    before: int | None  # what was published of it, and is shown again


def public_levels(study: Study, *, community: str = "", today: date | None = None) -> LevelsView:
    """Gather what the public may see of each community, and note it in the study's ledger.

    Small counts are withheld, with what would give them away: beside the sum of all months before
    and since the walks began, which other tables tell; beside a part of the same count; and beside
    what was published before. Where fewer than the floor have come or gone since, the earlier
    count is shown again. Reasons of judgements stay inside; figures of surveys and of news are
    left to the report.

    Args:
        study: The study.
        community: A code, for one of them only.
        today: The day, if it is another.

    Raises:
        DataError: As for ``view_levels``.
    """
    day = today or date.today()
    view = view_levels(study, community=community, today=day)
    # all months, so that those that have left the page still protect each other
    whole = view_levels(study, community=community, today=day, most=len(study.months()))
    cells = _cells(whole)
    fates = _fates(study, cells)
    hidden = [key[3] in view.months and fate.hidden for key, fate in fates.items()]
    _note(study, cells[cells["month"].isin(view.months)], fates, day=day)
    smallest = study.settings.publish.smallest_cell
    communities = tuple(
        replace(
            each,
            lines=tuple(
                _shown(line, fates, of=each.code, months=view.months, smallest=smallest)
                for line in each.lines
            ),
            history=tuple(replace(judged, reason="") for judged in each.history),
        )
        for each in view.communities
    )
    return replace(view, communities=communities, withheld=sum(hidden))


def _cells(view: LevelsView) -> pd.DataFrame:
    """List every count of every community."""
    rows = [
        (each.code, line.rule, line.measure, month, int(value), line.unit)
        for each in view.communities
        for line in each.lines
        if line.counts
        for month, value in zip(view.months, line.values, strict=True)
        if value is not None
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _fates(study: Study, cells: pd.DataFrame) -> dict[tuple[str, ...], _Fate]:
    """Say what becomes of each count, by community, rule, measure and month."""
    if cells.empty:
        return {}
    ledger = open_ledger(study)
    starts = [place.start for place in study.places("focus") if place.start]
    start = f"{min(starts):%Y-%m}" if starts else ""
    rests, parts = _rests(cells)
    every = pd.concat([cells, rests], ignore_index=True)
    figures = [_figure(row) for row in every.to_dict("records")]
    own = Sensitive(
        cells=np.array([ledger.changed_by_few(each, people=each.n) for each in figures]),
        public=np.array([ledger.stands(each, people=each.n) for each in figures]),
    )
    hidden = np.zeros(len(every), dtype=bool)
    # a reader who knows no sum is to be kept from it too, where one who does knows all anyway
    for relations in (parts, [*parts, *_sums(every, start=start)]):
        checked = suppress(every, count="value", values=[], smallest=ledger.smallest,
                           relations=relations, sensitive=own)  # fmt: skip
        hidden |= checked["withheld"].ne("").to_numpy()
    fates = {}
    for at, key in enumerate(cells[_COLUMNS[:4]].itertuples(index=False, name=None)):
        before = ledger.last(figures[at]) if hidden[at] else None
        fates[key] = _Fate(
            hidden=bool(hidden[at]) and before is None,
            before=None if before is None else before.people,
        )
    return fates


def _sums(cells: pd.DataFrame, *, start: str) -> list[Total]:
    """Take the sums over the months before and since the walks began as known from elsewhere."""
    spans = cells.assign(since=cells["month"] >= start)
    return [
        total
        for total in known_totals(spans, ["community", "rule", "measure", "since"])
        # the sum of a single month is that month: whoever knew it would need no table
        if cells["value"].iloc[list(total.parts)].gt(0).sum() > 1
    ]


def _rests(cells: pd.DataFrame) -> tuple[pd.DataFrame, list[Total]]:
    """Find what is left of a count beside its part, which whoever subtracts the two knows."""
    keys = cells[_COLUMNS[:4]].itertuples(index=False, name=None)
    at = {key: row for row, key in enumerate(keys)}
    rows: list[tuple[str, str, str, str, int, str]] = []
    totals: list[Total] = []
    for (code, rule, measure, month), part in at.items():
        whole = at.get((code, rule, _PART_OF.get(measure, ""), month))
        if whole is None or (left := cells["value"][whole] - cells["value"][part]) < 0:
            continue
        totals.append(Total(parts=(part, len(cells) + len(rows)), total=whole))
        rows.append((code, rule, f"beside {measure}", month, left, ""))
    return pd.DataFrame(rows, columns=_COLUMNS), totals


def _figure(row: dict[str, object]) -> Estimate:
    number = int(str(row["value"]))
    return replace(
        known_exactly(float(number), n=number, unit=str(row["unit"]) or "left"),
        analysis="levels",
        measure=str(row["measure"]),
        place=f"{row['community']}, {row['rule']}",
        period=str(row["month"]),
    )


def _note(
    study: Study, cells: pd.DataFrame, fates: dict[tuple[str, ...], _Fate], *, day: date
) -> None:
    shown = [
        figure
        for row in cells.to_dict("records")
        if fates[tuple(row[name] for name in _COLUMNS[:4])] == _Fate(hidden=False, before=None)
        for figure in [_figure(row)]
    ]
    record(study, shown, people=[each.n for each in shown], day=day)


def _shown(
    line: Line,
    fates: dict[tuple[str, ...], _Fate],
    *,
    of: str,
    months: Sequence[str],
    smallest: int,
) -> Line:
    """Take out what is withheld, and the words of a line that holds such a count."""
    if not line.counts:  # the report publishes them, and keeps account of them
        told = "see the public report" if line.rule else line.trend
        return replace(line, values=(None,) * len(line.values), trend=told)
    by = {month: fates.get((of, line.rule, line.measure, month)) for month in months}
    gone = frozenset(month for month, fate in by.items() if fate and fate.hidden)
    old = {month: fate.before for month, fate in by.items() if fate and fate.before is not None}
    values = tuple(
        None if month in gone else old.get(month, value)
        for month, value in zip(months, line.values, strict=True)
    )
    trend = line.trend.partition(". Median")[0]
    if old:
        trend = f"not shown: fewer than {smallest} have come or gone since a month was published"
    if gone:
        trend = f"not shown: months with fewer than {smallest}, or beside such, are withheld"
    return replace(line, values=values, trend=trend, withheld=gone)
