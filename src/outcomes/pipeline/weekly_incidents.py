"""Incidents of one week that ask for a walk: answered in time, late, not at all, or still open."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from outcomes.engagement.walk_rules import WalkRules, WalkType
from outcomes.pipeline.week_span import Span
from outcomes.report.weekly_facts import IncidentRow, State


def incident_rows(
    table: pd.DataFrame, rules: WalkRules, span: Span, *, names: dict[str, str]
) -> tuple[IncidentRow, ...]:
    """List the incidents of a week, and those before it whose hours ran into it.

    Args:
        table: What ``compliance`` returns.
        rules: The walk rules.
        span: The week.
        names: Codes of places and their names.
    """
    rows = []
    for kind in rules.types:
        if kind.per != "incident":
            continue
        part = table[(table["type"] == kind.code) & table["place"].isin(list(names))]
        part = part[part["period"].astype(str).str.len() > 10]  # the others are months
        for each in part.sort_values(["period", "place"]).to_dict("records"):
            at = datetime.fromisoformat(str(each["period"]))
            if at.date() <= span.last and _ends(at, kind).date() >= span.first:
                rows.append(_told(each, at, kind, span, names=names))
    return tuple(rows)


def _ends(at: datetime, kind: WalkType) -> datetime:
    return at + timedelta(hours=kind.hours or 0)


def _told(
    row: dict[str, Any], at: datetime, kind: WalkType, span: Span, *, names: dict[str, str]
) -> IncidentRow:
    state = _state(row, open_still=_ends(at, kind) > span.now)
    told = str(row["reasons"])
    if state in {"still open", "none"} and at + timedelta(hours=kind.late_hours) > span.now:
        what, hours = told.partition(", ")[0], (span.now - at) / timedelta(hours=1)
        told = f"{what}, no walk yet after {hours:.0f} hours, {kind.hours:g} allowed"
    elif ", " in told:
        what, _, rest = told.partition(", ")
        told = f"{what}, {rest.partition(': ')[2] or rest}"  # the state is said already
    return IncidentRow(
        place=names[str(row["place"])],
        at=f"{at:%a}, {at:%b} {at.day}, {at:%H:%M}",
        told=told,
        state=state,
        before=at.date() < span.first,
    )


def _state(row: dict[str, Any], *, open_still: bool) -> State:
    if row["counted"]:
        return "in time"
    if not row["required"]:
        return "not asked for"
    if open_still and not row["done"]:
        return "still open"
    if not row["done"]:
        return "none"
    return "late" if "late" in str(row["reasons"]) else "did not count"
