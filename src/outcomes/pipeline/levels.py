"""Communities beside the five levels: evidence, gaps, judgements; no level is ever computed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from outcomes.engagement.community_counts import sole_place, why_no_place
from outcomes.engagement.continuity import gaps
from outcomes.engagement.levels import Strand, shipped_levels
from outcomes.errors import DataError
from outcomes.pipeline.level_evidence import Evidence, Line
from outcomes.pipeline.level_judgements import Judgement, find_community, judgements
from outcomes.settings import Community
from outcomes.store import read_facts
from outcomes.study import Study

MONTHS = 12
REACH = ("contacts_total", "event_participants", "contacts_through_sponsor")
_NO_GAPS = (
    "It is tailored: it comes in bursts by design, so gaps are not looked for, and that it stops "
    "is no mark against it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityView:
    """One community: what is known of every indicator, and how its level was judged."""

    code: str
    name: str
    approach: str  # "broad-based" or "tailored", never left out
    about: tuple[str, ...]  # sentences: its trend and dates, and which counts are its own
    lines: tuple[Line, ...]  # of all indicators, in their order
    continuity: tuple[str, ...]  # sentences on gaps
    history: tuple[Judgement, ...]  # the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsView:
    """All communities that are shown, beside each other and never together."""

    months: tuple[str, ...]
    communities: tuple[CommunityView, ...]
    withheld: int = 0  # numbers that the public version does not show

    def of(self, approach: str) -> tuple[CommunityView, ...]:
        """Take the communities of one approach; those of the other are read differently (A4)."""
        return tuple(each for each in self.communities if each.approach == approach)


def view_levels(
    study: Study, *, community: str = "", today: date | None = None, most: int = MONTHS
) -> LevelsView:
    """Gather what is known of every indicator of each community.

    Args:
        study: The study.
        community: A code, for one of them only.
        today: The day, if it is another: months that are not over are not shown.
        most: How many months are shown, the latest ones.

    Raises:
        DataError: The study names no community, or not this one, or no month is over yet.
    """
    chosen = [find_community(study, community)] if community else study.settings.communities
    if not chosen:
        find_community(study, "")  # which says what to add
    day = min(today or date.today(), study.settings.study.last)
    months = [m for m in study.months() if pd.Period(m, freq="M").end_time.date() <= day]
    if not months:
        raise DataError(
            f"no month of the study is over by {day}, so there is nothing to look back on. "
            "Come back when the first month is over"
        )
    shown = tuple(months[-most:])
    evidence = Evidence(study, shown)
    return LevelsView(
        months=shown,
        communities=tuple(_view(evidence, each, day=day) for each in chosen),
    )


def levels_table(view: LevelsView) -> pd.DataFrame:
    """Lay the evidence out for a file: one row a community, measure, rule and month.

    Returns:
        Columns community, approach, indicator, measure, role, unit, source, month, value, trend.
        The value is empty where nothing is recorded, which is never 0, and
        "withheld" where the public may not see it.
    """
    rows = [
        (
            *(each.code, each.approach, line.indicator, line.measure, line.role.partition(":")[0]),
            *(line.unit, line.source or "no record", month),
            *("withheld" if month in line.withheld else value, line.trend),
        )
        for each in view.communities
        for line in each.lines
        for month, value in zip(view.months, line.values, strict=True)
    ]
    columns = ["community", "approach", "indicator", "measure", "role", "unit", "source", "month"]
    return pd.DataFrame(rows, columns=[*columns, "value", "trend"])


def reach_of(view: CommunityView) -> dict[str, str]:
    """Say how many people were reached in the months shown, by measure and rule (A5).

    Returns:
        One entry a measure of ``REACH``: "412 (records that name this community)", or "no record".
    """
    told = {}
    for measure in REACH:
        parts = [
            f"{'not shown' if line.withheld else f'{sum(known):,.0f}'} ({line.source})"
            for line in view.lines
            if line.measure == measure
            if (known := [value for value in line.values if value is not None]) or line.withheld
        ]
        told[measure] = "; ".join(parts) or "no record"
    return told


def _view(evidence: Evidence, community: Community, *, day: date) -> CommunityView:
    study = evidence.study
    return CommunityView(
        code=community.code,
        name=community.name,
        approach=community.approach,
        about=tuple(_about(community, study.settings.communities, day=day)),
        lines=tuple(
            line
            for indicator in shipped_levels().indicators
            for line in evidence.lines(community, indicator)
        ),
        continuity=tuple(_continuity(evidence, community, day=day)),
        history=tuple(judgements(study, community.code)),
    )


def _about(community: Community, others: Sequence[Community], *, day: date) -> Iterator[str]:
    if community.approach == "broad-based":
        yield "Broad-based: it goes on all the time and has no end."
    else:
        yield (
            f"Tailored to this trend: {community.trend}. From {community.first} to "
            f"{community.last}; only what lies between those days is counted."
        )
        if community.last and community.last < day:
            yield f"It ended on {community.last} as planned, which is no mark against it."
    if why := why_no_place(community, others):
        yield f"{why}: only records that name it count."


def _continuity(evidence: Evidence, community: Community, *, day: date) -> Iterator[str]:
    """Say where broad-based engagement stopped for weeks (A12); a tailored one is not asked."""
    if community.approach == "tailored":
        yield f"{_NO_GAPS}."
        return
    first = max(date.fromisoformat(f"{evidence.months[0]}-01"), community.first or date.min)
    for strand in shipped_levels().strands if first <= day else ():
        days = [each for each in _days(evidence, community, strand) if first <= each <= day]
        if not days:
            yield f"No record of {strand.name} from {first} to {day}."
            continue
        found = gaps(days, first=first, last=day, weeks=strand.weeks)
        if found:
            told = "; ".join(gap.words() for gap in found)
            yield f"No record of {strand.name} for {strand.weeks} weeks or more: {told}."


def _days(evidence: Evidence, community: Community, strand: Strand) -> list[date]:
    """List the days of a strand: of records that name the community, or of its own place."""
    study, records = evidence.study, evidence.records
    place = sole_place(community, study.settings.communities)
    own = records["community"] == community.code
    if place:
        own |= (records["community"] == "") & (records["place"] == place)
    days = records.loc[own & records["kind"].isin(strand.kinds), "day"].tolist()
    if strand.walks and place:
        walks = read_facts(study.store, "walks")
        days += walks.loc[walks["place"] == place, "start"].str[:10].tolist()
    return [date.fromisoformat(each) for each in days]
