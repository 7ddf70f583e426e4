"""What is known of each indicator of a community: lines of a table, each saying whence it comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot
from statistics import median

import pandas as pd

from outcomes.engagement.community_counts import (
    CommunitySeries,
    community_series,
    counted_rows,
    month_is_inside,
    sole_place,
)
from outcomes.engagement.count_trends import (
    NO_RECORD,
    WINDOW,
    standing_in_words,
    trend_in_words,
)
from outcomes.engagement.levels import Indicator
from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.pipeline.engagement_records import read_records
from outcomes.report.words import change_sentence, reading
from outcomes.settings import Community
from outcomes.store import read_facts
from outcomes.study import Study

WHOLE = "the whole agency, not this community alone"
ROLES = {
    "output": "output: what the agency does",
    "outcome": "outcome: what people then do or say",
}
SHARE = "share"
_SD = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a community's table: a measure of an indicator, by one rule."""

    indicator: str  # B1
    measure: str
    source: str  # whence it comes, and by which rule it is this community's; empty: from nowhere
    rule: str  # "named", "place records", "place counts", "surveys", "media", or "" for none
    values: tuple[float | None, ...]  # by month; None where nothing is recorded, never 0
    trend: str
    withheld: frozenset[str] = frozenset()  # months that the public does not see

    @property
    def name(self) -> str:
        """What is measured, in words."""
        return MEASURES[self.measure].name

    @property
    def role(self) -> str:
        """Say whether it is an output or an outcome (D14)."""
        return ROLES[MEASURES[self.measure].role]

    @property
    def unit(self) -> str:
        """Of its values."""
        return MEASURES[self.measure].unit

    @property
    def counts(self) -> bool:
        """Whether its values are counts of this community."""
        return self.rule in {"named", "place records", "place counts"}


@dataclass(frozen=True)
class Evidence:
    """All that the study holds for the indicators, read once for all communities.

    Args:
        study: The study.
        months: The months that are shown, oldest first.
    """

    study: Study
    months: Sequence[str]

    @cached_property
    def records(self) -> pd.DataFrame:
        """Engagement records of every kind."""
        return read_records(self.study)

    @cached_property
    def standing(self) -> frozenset[str]:
        """Measures of what goes on from month to month, which may not be added up."""
        counted = [one for kind in shipped_kinds().values() for one in kind.counted]
        return frozenset(one.measure for one in counted if one.until)

    @cached_property
    def series(self) -> Mapping[tuple[str, str], list[CommunitySeries]]:
        """The series of each community and measure."""
        rows = counted_rows(self.records, shipped_kinds(), last=self.months[-1])
        rows = rows[rows["month"].isin(self.months)]
        counts = read_facts(self.study.store, "counts")
        counts = counts[counts["month"].isin(self.months)]
        found: dict[tuple[str, str], list[CommunitySeries]] = {}
        for each in community_series(self.study.settings.communities, rows=rows, counts=counts):
            found.setdefault((each.community, each.measure), []).append(each)
        return found

    @cached_property
    def changes(self) -> list[Estimate]:
        """Changes from before to after academies; none where nothing was evaluated."""
        if not (self.study.results / "estimates.csv").exists():
            return []
        found = self.study.read_estimates()
        return [each for each in found if each.analysis == "prepost" and each.unit != "SD"]

    @cached_property
    def news(self) -> pd.DataFrame:
        """Shares of tone by month; no row where nothing was evaluated."""
        if not (self.study.results / "measures.csv").exists():
            return pd.DataFrame(columns=["measure", "period", "value", "se"])
        found = self.study.read_table("measures")
        return found[(found["stream"] == "media") & found["period"].isin(list(self.months))]

    def lines(self, community: Community, indicator: Indicator) -> list[Line]:
        """Give the rows of one indicator: one a measure and rule, or one that says no record."""
        if indicator.evidence == "surveys":
            return [self._survey_line(indicator, measure) for measure in indicator.measures]
        if indicator.evidence == "media":
            return [self._media_line(indicator, measure) for measure in indicator.measures]
        return [
            line
            for measure in indicator.measures
            for line in self._count_lines(community, indicator, measure)
        ]

    def _count_lines(self, community: Community, indicator: Indicator, measure: str) -> list[Line]:
        found = self.series.get((community.code, measure), [])
        if not found:
            return [self._nothing(indicator, measure)]
        return [
            Line(
                indicator=indicator.code,
                measure=measure,
                source=self._source(community, each.rule),
                rule=each.rule,
                values=tuple(each.values.get(month) for month in self.months),
                trend=self._count_trend(community, each),
            )
            for each in found
        ]

    def _nothing(self, indicator: Indicator, measure: str) -> Line:
        return Line(
            indicator=indicator.code,
            measure=measure,
            source="",
            rule="",
            values=(None,) * len(self.months),
            trend=NO_RECORD,
        )

    def _source(self, community: Community, rule: str) -> str:
        code = sole_place(community, self.study.settings.communities)
        names = {place.code: place.name for place in self.study.settings.places}
        lives = f"{names.get(code, code)}, the one place where it lives"
        return {
            "named": "records that name this community",
            "place records": f"records of {lives}, that name no community",
            "place counts": f"imported counts of {lives}",
        }[rule]

    def _count_trend(self, community: Community, series: CommunitySeries) -> str:
        """Say the trend; of a tailored effort only inside its dates, and not of its end (A13)."""
        months = [m for m in self.months if month_is_inside(community, m) == "whole"]
        ended = bool(community.last) and str(community.last)[:7] < self.months[-1]
        if community.approach == "tailored" and ended:
            total = sum(series.values.values())
            if series.measure in self.standing:
                return f"ended on {community.last} as planned"
            return f"{total:,} inside its dates; it ended on {community.last} as planned"
        values = [series.values.get(month) for month in months]
        if series.measure in self.standing:
            return standing_in_words(values) if values else NO_RECORD
        ambiguous = MEASURES[series.measure].direction == "ambiguous"
        said = trend_in_words(values, ambiguous=ambiguous)
        if series.measure == "event_participants" and series.entries:
            events = len(series.entries)
            each = "event" if events == 1 else f"each of {events} events"
            said += f". Median {median(series.entries):,.0f} people at {each}"
        return said

    def _survey_line(self, indicator: Indicator, measure: str) -> Line:
        found = [each for each in self.changes if each.measure == measure]
        pooled = [each for each in found if each.place == "all classes"] or found
        said = ". ".join(
            f"{each.place}: {change_sentence(each)}, {each.n} people: {reading(each)}"
            for each in pooled
        )
        nothing = self._nothing(indicator, measure)
        if not said:
            return nothing
        source = f"answers before and after academies, of {WHOLE}"
        return Line(
            indicator=indicator.code,
            measure=measure,
            source=source,
            rule="surveys",
            values=nothing.values,
            trend=said,
        )

    def _media_line(self, indicator: Indicator, measure: str) -> Line:
        rows = self.news[self.news["measure"] == measure].drop_duplicates("period")
        if rows.empty:
            return self._nothing(indicator, measure)
        by = {row.period: (float(row.value), float(row.se)) for row in rows.itertuples()}
        found = [by.get(month) for month in self.months]
        return Line(
            indicator=indicator.code,
            measure=measure,
            source=f"local and national news, about {WHOLE}",
            rule="media",
            values=tuple(None if each is None else each[0] for each in found),
            trend=share_trend(found, ambiguous=MEASURES[measure].direction == "ambiguous"),
        )


def share_trend(shares: Sequence[tuple[float, float] | None], *, ambiguous: bool) -> str:
    """Compare the mean share of the last three months with that of the three before.

    Args:
        shares: Value and standard error of each month, oldest first; None where there is none.
        ambiguous: Whether a rise can be good or bad news (1E).
    """
    before, after = shares[-2 * WINDOW : -WINDOW], shares[-WINDOW:]
    old = [each for each in before if each is not None]
    new = [each for each in after if each is not None]
    if not old or not new:
        return f"{NO_RECORD} in one of the two stretches of three months"
    (was, was_se), (now, now_se) = _mean(old), _mean(new)
    said = f"{100 * now:.0f}% in the last three months, {100 * was:.0f}% in the three before"
    if len(old) + len(new) < 2 * WINDOW:
        return f"{said}: a month is missing, so they cannot be compared"
    reach = _SD * hypot(was_se, now_se)
    if not abs(now - was) > reach:  # also where no error is known
        return f"{said}: cannot tell a change from chance"
    word = "rose" if now > was else "fell"
    return f"{said}: {word}" + (" (can be good or bad news)" if ambiguous else "")


def _mean(shares: Sequence[tuple[float, float]]) -> tuple[float, float]:
    value = sum(each for each, _ in shares) / len(shares)
    return value, hypot(*(error for _, error in shares)) / len(shares)
