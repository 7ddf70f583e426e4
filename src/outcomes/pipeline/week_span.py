"""Weeks by their label: from which day to which, and which one is over."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from outcomes.engagement.periods import period_of
from outcomes.engagement.walk_rules import WEEKDAYS, RuleSettings, read_walk_rules
from outcomes.errors import DataError
from outcomes.study import Study

BEFORE = 4  # weeks that are shown beside one
_LABEL = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days of one week, and the moment at which it is looked at."""

    label: str
    first: date
    last: date
    now: datetime  # local clock time

    def earlier(self) -> list[tuple[date, date]]:
        """List first and last days of the weeks before and of this one, the oldest first."""
        back = [timedelta(days=7 * weeks) for weeks in range(BEFORE, -1, -1)]
        return [(self.first - days, self.last - days) for days in back]

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.now.date() > self.last


def week_days(label: str, settings: RuleSettings) -> tuple[date, date]:
    """Say from which day to which a week lasts.

    A week that does not start on a Monday has the number of the ISO week in which its fourth day
    lies, as in the table of compliance.

    Raises:
        DataError: The label is none of a week.
    """
    found = _LABEL.fullmatch(label)
    try:
        if not found:
            raise ValueError
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        earliest = monday - timedelta(days=3)
        back = (WEEKDAYS.index(settings.week_starts) - earliest.weekday()) % 7
        first = earliest + timedelta(days=back)
        return first, first + timedelta(days=6)
    except (ValueError, OverflowError):
        raise DataError(
            f"{label!r} is no week. Write the year and the number of the week, as 2026-W14; most "
            "years have the weeks W01 to W52"
        ) from None


def week_span(study: Study, label: str, *, settings: RuleSettings, now: datetime) -> Span:
    """Find the days of a week of the study; "" stands for the last week that is over.

    Raises:
        DataError: The week is none, lies outside the study, or has not begun.
    """
    about = study.settings.study
    if not label:
        day = max(min(now.date() - timedelta(days=7), about.last), about.first)
        label = week_of(day, settings)
    first, last = week_days(label, settings)
    if last < about.first or first > about.last:
        raise DataError(
            f"the week {label} ({first} to {last}) lies outside the study, {about.first} to "
            f"{about.last}. Choose a week of the study, or change first or last in study.toml"
        )
    if first > now.date():
        raise DataError(
            f"the week {label} has not begun: its first day is {first}. Choose an earlier one"
        )
    return Span(label=label, first=first, last=last, now=now)


def week_of(day: date, settings: RuleSettings) -> str:
    """Name the week in which a day lies."""
    return str(period_of(pd.Series([pd.Timestamp(day)]), "work week", settings).iloc[0])


def weeks_begun(study: Study, *, now: datetime) -> list[str]:
    """List the weeks of the study that have begun, the newest first."""
    settings = read_walk_rules(study.rules_path).settings
    first, last = study.settings.study.first, min(study.settings.study.last, now.date())
    days = pd.Series(pd.date_range(first, last))  # empty before the study begins
    if days.empty:
        return []
    return list(dict.fromkeys(period_of(days, "work week", settings)))[::-1]
