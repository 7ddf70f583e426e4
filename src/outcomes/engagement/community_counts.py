"""Which numbers are of one community, by which rule, month by month; never of two approaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from outcomes.engagement.record_kinds import Counted, RecordKind
from outcomes.settings import Community

Rule = Literal["named", "place records", "place counts"]
_ROWS = ["measure", "month", "value", "day", "place", "community"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunitySeries:
    """One measure of one community, all by one rule; other rules give other series."""

    community: str
    measure: str
    rule: Rule
    values: Mapping[str, int]  # by month; a month without any record is absent, and is never 0
    entries: tuple[int, ...] = ()  # of single records, such as the people at each event


def counted_rows(
    records: pd.DataFrame, kinds: Mapping[str, RecordKind], *, last: str
) -> pd.DataFrame:
    """Say what each record adds to which measure and month.

    Args:
        records: Columns kind, day, place, community, body.
        kinds: By code; records of other kinds add nothing.
        last: The last month, as 2026-03, for what goes on without an end.

    Returns:
        Columns measure, month, value, day, place, community. A record that is not of the sort
        that a measure counts adds 0: something of that kind was recorded, and it was not that.
    """
    rows = [
        (one.measure, month, value, record.day, record.place, record.community)
        for record in records.itertuples(index=False)
        if record.kind in kinds
        for one in kinds[record.kind].counted
        for month, value in _adds(one, record.body, day=record.day, last=last)
    ]
    return pd.DataFrame(rows, columns=_ROWS)


def _adds(one: Counted, body: Mapping[str, Any], *, day: str, last: str) -> list[tuple[str, int]]:
    first = day[:7]
    is_such = (not one.where or str(body.get(one.where, "")) in one.equals) and (
        not one.filled or bool(body.get(one.filled))
    )
    if not is_such:
        return [(first, 0)]
    if one.of and body.get(one.of) is None:
        return []  # the number was not written down
    value = int(body[one.of]) if one.of else 1
    if not one.until:
        return [(first, value)]
    end = min(str(body.get(one.until) or last)[:7], last)
    return [(str(month), value) for month in pd.period_range(first, max(end, first), freq="M")]


def sole_place(community: Community, communities: Sequence[Community]) -> str:
    """Give the place whose counts are a community's: the one where it, and no other, lives."""
    if len(community.places) != 1:
        return ""
    place = community.places[0]
    shared = any(place in each.places for each in communities if each.code != community.code)
    return "" if shared else place


def why_no_place(community: Community, communities: Sequence[Community]) -> str:
    """Say why no count of a place is this community's; empty where one is."""
    if sole_place(community, communities):
        return ""
    if not community.places:
        return "The study names no place where it lives, so no count of a place is its own"
    if len(community.places) > 1:
        return "It lives in several places with others, so no count of a place is its own"
    others = [
        each.name
        for each in communities
        if each.code != community.code and community.places[0] in each.places
    ]
    return f"It shares its place with {', '.join(others)}, so counts of that place are not its own"


def community_series(
    communities: Sequence[Community], *, rows: pd.DataFrame, counts: pd.DataFrame
) -> list[CommunitySeries]:
    """Gather the series of each community; what no rule gives to a community is in none of them.

    Args:
        communities: Of the study. Of a tailored one, only what lies inside its dates (A13).
        rows: As from ``counted_rows``.
        counts: Columns place, month, measure, value: what was imported by place and month.

    Returns:
        Series by community, measure and rule. Records that name the community; records of the one
        place where it lives that name none; imported counts of that place. They are never added
        up, for the same thing may have been both recorded and counted, and two communities are
        never added up either, least of all across approaches (A4).
    """
    found = []
    for each in communities:
        place = sole_place(each, communities)
        parts: list[tuple[Rule, pd.DataFrame]] = [("named", rows[rows["community"] == each.code])]
        if place:
            unnamed = rows[(rows["community"] == "") & (rows["place"] == place)]
            parts += [
                ("place records", unnamed),
                ("place counts", counts[counts["place"] == place]),
            ]
        for rule, part in parts:
            found += _series(each, rule, _inside(each, part))
    return found


def _inside(community: Community, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what lies inside a tailored effort's dates; whole months where days are unknown."""
    if community.approach != "tailored" or rows.empty:
        return rows
    first, last = str(community.first), str(community.last)
    if "day" in rows:  # what goes on after the effort has ended is no longer its own
        return rows[(rows["day"] >= first) & (rows["day"] <= last) & (rows["month"] <= last[:7])]
    inside = [month_is_inside(community, month) == "whole" for month in rows["month"]]
    return rows[inside]


def month_is_inside(community: Community, month: str) -> Literal["whole", "partly", "no"]:
    """Say whether a month lies inside a community's dates; broad-based engagement has no end."""
    if community.approach != "tailored":
        return "whole"
    period = pd.Period(month, freq="M")
    start, end = period.start_time.date(), period.end_time.date()
    if not community.first or not community.last:
        return "whole"
    if community.first <= start and end <= community.last:
        return "whole"
    return "no" if end < community.first or start > community.last else "partly"


def _series(community: Community, rule: Rule, rows: pd.DataFrame) -> list[CommunitySeries]:
    return [
        CommunitySeries(
            community=community.code,
            measure=str(measure),
            rule=rule,
            values={str(m): int(v) for m, v in part.groupby("month")["value"].sum().items()},
            entries=tuple(int(v) for v in part["value"]) if rule != "place counts" else (),
        )
        for measure, part in rows.groupby("measure", sort=False)
    ]
