"""Weeks, months, quarters and workdays: when a number of walks is due, and how many."""

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from outcomes.engagement.parts import Words, spelled
from outcomes.engagement.walk_rules import WEEKDAYS, Frequency, Per, RuleSettings, Strategy
from outcomes.errors import DataError

_WEEKLY = {"work week", "workday"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The places and days to which the walk rules apply."""

    first: date  # first day of the study or of the log
    last: date  # last day, included
    starts: dict[str, date] = field(default_factory=dict)  # focus place: first day of its walks
    time_zone: str = ""  # where clock times hold; empty: every day has 24 hours

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise DataError(f"last ({self.last}) must not be before first ({self.first})")

    def begins(self, place: str) -> date:
        """Say from which day on walks are due in a focus place."""
        return max(self.first, self.starts[place])


def period_of(days: pd.Series, per: Per | None, settings: RuleSettings) -> pd.Series:
    """Name the week (2026-W14), month (2026-03) or quarter (2026-Q1) in which days lie.

    Args:
        days: Dates, datetime64.
        per: Weeks for rules by the work week or the workday, quarters for rules by the quarter,
            months for all others.
        settings: Say on which day a week starts. A week that does not start on a Monday has the
            number of the ISO week in which its fourth day lies.
    """
    return pd.Series(spelled(period_words(days, per, settings)), index=days.index)


def period_words(days: pd.Series, per: Per | None, settings: RuleSettings) -> Words:
    """Name periods as ``period_of`` does: the names, and which of them each day has."""
    which, known = pd.factorize(days.dt.normalize())  # few days: each is named once
    return which, _labels(pd.Series(known), per, settings).astype("str").tolist()


def _labels(days: pd.Series, per: Per | None, settings: RuleSettings) -> pd.Series:
    if per in _WEEKLY:
        iso = (_week_begins(days, settings) + pd.Timedelta(days=3)).dt.isocalendar()
        return iso["year"].astype(str) + "-W" + iso["week"].astype(str).str.zfill(2)
    if per == "quarter":
        return days.dt.year.astype(str) + "-Q" + days.dt.quarter.astype(str)
    return days.dt.strftime("%Y-%m")


def is_workday(days: pd.Series, settings: RuleSettings) -> pd.Series:
    """Tell workdays from days off and holidays."""
    numbers = [WEEKDAYS.index(day) for day in settings.workdays]
    holidays = pd.to_datetime(list(settings.holidays))
    return days.dt.day_of_week.isin(numbers) & ~days.dt.normalize().isin(holidays)


def due(
    kind: Frequency, settings: RuleSettings, *, coverage: Coverage, begins: date
) -> pd.DataFrame:
    """Say how many walks of a type are due in each week, month or quarter of a place.

    Args:
        kind: A type or strategy with a number per work week, month, quarter or workday.
        settings: The week, the workdays, the holidays.
        coverage: First and last day.
        begins: The first day of walks in the place.

    Returns:
        One row a period: ``period``, ``required``, ``note``. Nothing is required in a week, month
        or quarter that is not whole (a week is whole when all its workdays lie inside), nor before
        the start; the note says so. A number per workday is due on each workday that lies inside.
    """
    days = pd.DataFrame({"day": pd.Series(_days(coverage, kind.per, settings))})
    days["period"] = period_of(days["day"], kind.per, settings)
    start = pd.Timestamp(max(coverage.first, begins))
    days["inside"] = days["day"].between(start, pd.Timestamp(coverage.last))
    days["workday"] = is_workday(days["day"], settings)
    in_week = days["day"].dt.day_of_week.isin([WEEKDAYS.index(day) for day in settings.workdays])
    days["asked"] = in_week if kind.per == "work week" else True
    days["missing"] = days["asked"] & ~days["inside"]
    days["due"] = days["workday"] & days["inside"]
    periods = days.groupby("period", sort=True).agg(
        starts=("day", "min"), ends=("day", "max"), missing=("missing", "any"), due=("due", "sum")
    )
    periods = periods.reset_index()
    if kind.per == "workday":
        periods["required"] = periods["due"] * kind.times
    else:
        whole = ~periods["missing"] & ((periods["due"] > 0) | (kind.per not in _WEEKLY))
        periods["required"] = whole * kind.times
    periods["note"] = _notes(periods, kind, begins=begins, coverage=coverage)
    return periods[["period", "required", "note"]]


def _notes(
    periods: pd.DataFrame, kind: Frequency, *, begins: date, coverage: Coverage
) -> list[str]:
    span = "week" if kind.per in _WEEKLY else kind.per
    this = "it starts" if isinstance(kind, Strategy) else "the walks start"
    start = pd.Timestamp(begins)
    notes = []
    for row in periods.itertuples():
        if row.ends < start:
            notes.append(f"before {this} here ({begins})")
        elif kind.per == "workday" and row.missing and row.due:
            notes.append(f"partial week with {row.due} workdays")
        elif row.missing and row.starts <= start and begins > coverage.first:
            notes.append(f"partial {span}, {this} here on {begins}: nothing is required")
        elif row.missing:
            notes.append(f"partial {span} at the edge of the dates covered: nothing is required")
        elif not row.due and kind.per in _WEEKLY:
            notes.append("no workday in this week")
        else:
            notes.append("")
    return notes


def _week_begins(days: pd.Series, settings: RuleSettings) -> pd.Series:
    back = (days.dt.day_of_week - WEEKDAYS.index(settings.week_starts)) % 7
    return days - pd.to_timedelta(back, unit="D")


def _days(coverage: Coverage, per: Per | None, settings: RuleSettings) -> pd.DatetimeIndex:
    """List all days of the periods that the coverage touches."""
    edges = pd.Series(pd.to_datetime([coverage.first, coverage.last]))
    if per in _WEEKLY:
        begins = _week_begins(edges, settings)
        return pd.date_range(begins[0], begins[1] + pd.Timedelta(days=6))
    spans = edges.dt.to_period("Q" if per == "quarter" else "M")
    return pd.date_range(spans[0].start_time, spans[1].end_time.normalize())
