"""Retention: which waves have been kept as long as study.toml says, and may be kept no longer."""

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from outcomes.pipeline.deleting import Going, erase_answers, require_closed, what_would_go
from outcomes.pipeline.fielding import standing
from outcomes.settings import Wave
from outcomes.store.desk_tables import WAVE_EVENTS
from outcomes.store.engine import reading
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long the answers of one wave are kept, on one day."""

    wave: str
    until: date | None  # the last day on which they may be kept; None where no end is set
    over: bool  # whether that day is past, and nothing speaks against erasing them
    why: str  # in words


def terms(study: Study, *, today: date) -> list[Term]:
    """Say for every wave until when its answers are kept.

    A group's waves are kept together until so many months after the last of them has closed, for
    the pre wave is worth nothing without the post wave. A wave that is open or planned is never
    over, nor is any other of its group.

    Args:
        study: The study.
        today: In its time zone.

    Source:
        Issue 4, 7; formr issue 656 (answers of a study that was still running were erased by date).
    """
    groups: dict[str, list[Wave]] = defaultdict(list)
    for wave in study.settings.waves:
        groups[wave.group].append(wave)
    return [_term(study, wave, groups[wave.group], today=today) for wave in study.settings.waves]


def erase_what_is_over(study: Study, going: Going, *, user: str, today: date) -> int:
    """Erase a wave whose time is over; it is looked at once more just before.

    Returns:
        How many people's answers were erased; 0 where the time of the wave is not over.
    """
    (term,) = (term for term in terms(study, today=today) if term.wave == going.wave)
    if not term.over:
        return 0
    require_closed(study, going.wave, today=today)
    reason = reason_of(study)
    return erase_answers(study, going, user=user, reason=reason, today=today)


def over(study: Study, *, today: date) -> list[Going]:
    """List what would go now: the waves whose time is over and that still hold answers."""
    found = [what_would_go(study, term.wave) for term in terms(study, today=today) if term.over]
    return [going for going in found if not going.empty]


def reason_of(study: Study) -> str:
    """Say for the tombstones why answers are erased whose time is over."""
    months = study.settings.retention.months or 0
    return f"kept for {_in_words(months)} after closing, as study.toml says"


def months_after(day: date, months: int) -> date:
    """Count months on: a month after 31 January is the last day of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _term(study: Study, wave: Wave, group: list[Wave], *, today: date) -> Term:
    months = study.settings.retention.months
    if months is None:
        why = "kept: study.toml sets no end (months under [retention])"
        return Term(wave=wave.label, until=None, over=False, why=why)
    for other in (wave, *group):
        state = standing(study, other.label, today=today).state
        if state in {"open", "planned"}:
            whose = "it" if other is wave else f"{other.label}, of the same group,"
            why = f"kept: {whose} is {state}"
            return Term(wave=wave.label, until=None, over=False, why=why)
    last = max(group, key=lambda each: closing_day(study, each))
    closed = closing_day(study, last)
    until = months_after(closed, months)
    whose = "it" if last is wave else f"{last.label}, of the same group,"
    about = f"{whose} closed on {closed}, and answers are kept {_in_words(months)}"
    if today <= until:
        return Term(wave=wave.label, until=until, over=False, why=f"kept until {until}: {about}")
    return Term(wave=wave.label, until=until, over=True, why=f"over since {until}: {about}")


def _in_words(months: int) -> str:
    return f"{months} month{'' if months == 1 else 's'}"


def closing_day(study: Study, wave: Wave) -> date:
    """Say when a wave that is closed was closed: by staff, or by its dates."""
    columns = WAVE_EVENTS.c
    steps = columns.event.in_(("opened", "reopened", "closed"))
    query = (
        select(columns.event, columns.day)
        .where(columns.wave == wave.label, steps)
        .order_by(columns.id.desc())
        .limit(1)
    )
    with reading(study.store) as connection:
        last = connection.execute(query).one_or_none()
    return date.fromisoformat(last.day) if last and last.event == "closed" else wave.closes
