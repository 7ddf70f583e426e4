"""How a wave stands, from planned to frozen, and the steps that staff take with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from outcomes.errors import DataError
from outcomes.pipeline.audit import record_with
from outcomes.settings import Wave
from outcomes.store.desk_tables import WAVE_EVENTS
from outcomes.store.engine import reading
from outcomes.store.submissions import Counts, count_instances
from outcomes.study import Study

State = Literal["planned", "open", "closed", "frozen"]
Event = Literal["opened", "closed", "reopened", "frozen"]
_STANDS: dict[str, State] = {
    "opened": "open",
    "reopened": "open",
    "closed": "closed",
    "frozen": "frozen",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a wave stands on one day."""

    wave: Wave
    state: State
    by: str  # who brought it there; "" where only the dates of study.toml did
    since: str  # the day of that, or ""
    detail: Mapping[str, Any]  # of a frozen wave: n, sha256

    @property
    def opens(self) -> date:
        """The first day that study.toml gives it."""
        return self.wave.opens

    @property
    def closes(self) -> date:
        """The last day that study.toml gives it."""
        return self.wave.closes


def standing(study: Study, wave: str, *, today: date) -> Standing:
    """Say how a wave stands: as staff left it or, where they did nothing, by its dates.

    A wave that staff opened closes by itself after its last day, unless they opened it later than
    that: then it stays open until they close it.

    Args:
        study: The study.
        wave: The label of the wave.
        today: In the study's time zone.

    Raises:
        DataError: study.toml dates no such wave.
    """
    with reading(study.store) as connection:
        return _standing(connection, study.wave(wave), today=today)


def _standing(connection: Connection, wave: Wave, *, today: date) -> Standing:
    columns = WAVE_EVENTS.c
    query = (
        select(columns.event, columns.day, columns.user, columns.detail)
        .where(columns.wave == wave.label, columns.event.in_(_STANDS))
        .order_by(columns.id.desc())
        .limit(1)
    )
    last = connection.execute(query).one_or_none()
    if last is None:
        state: State = "planned" if today < wave.opens else _open_until(wave.closes, today)
        return Standing(wave=wave, state=state, by="", since="", detail={})
    event, day, user, detail = last
    state = _STANDS[event]
    if state == "open" and date.fromisoformat(day) <= wave.closes:
        state = _open_until(wave.closes, today)
        if state == "closed":  # by its date, not by those who opened it
            user, day = "", ""
    return Standing(wave=wave, state=state, by=user, since=day, detail=detail)


def _open_until(closes: date, today: date) -> State:
    return "open" if today <= closes else "closed"


def today_in(study: Study) -> date:
    """Say which day it is in the study's time zone."""
    return datetime.now(ZoneInfo(study.settings.study.time_zone)).date()


def wave_counts(study: Study, wave: str) -> Counts:
    """Count the forms of a wave, started and finished, by way, place and day."""
    return count_instances(study.store, wave)


def open_wave(study: Study, wave: str, *, user: str, today: date) -> Standing:
    """Open a wave by hand; one that is open already stays as it is.

    Raises:
        DataError: It is frozen.
    """
    return _step(study, wave, event="opened", user=user, today=today)


def reopen_wave(study: Study, wave: str, *, user: str, today: date) -> Standing:
    """Open a closed wave again; the same rules as for opening it."""
    return _step(study, wave, event="reopened", user=user, today=today)


def close_wave(study: Study, wave: str, *, user: str, today: date) -> Standing:
    """Close a wave: nobody can begin any more; who has begun may finish until it is frozen.

    Raises:
        DataError: It is frozen, which is more than closed.
    """
    return _step(study, wave, event="closed", user=user, today=today)


def _step(study: Study, wave: str, *, event: Event, user: str, today: date) -> Standing:
    declared = study.wave(wave)
    with study.store.begin() as connection:  # reads and writes in one: nobody comes between
        before = _standing(connection, declared, today=today)
        if before.state == "frozen":
            raise DataError(
                f"the wave {wave} was frozen on {before.since}, and that is for good. "
                "Make another wave for more answers"
            )
        if before.state == _STANDS[event]:
            return before
        _append(connection, wave, event=event, user=user, today=today, detail={})
        return _standing(connection, declared, today=today)


def freeze_wave(study: Study, wave: str, *, user: str, today: date) -> Standing:
    """Close a wave for good, and collect its finished forms into the answers.

    Freezing it once more takes in the forms that came late, from tablets that were out of reach.

    Returns:
        The standing; its ``detail`` holds ``n``, how many people's answers the wave has, and
        ``sha256``, the hash of those answers.

    Raises:
        DataError: The wave is frozen and nothing came since, or its answers cannot be collected.
    """
    from outcomes.pipeline.collecting import collect_answers, late_forms, sealed_rows

    before = standing(study, wave, today=today)
    if before.state == "frozen" and not late_forms(study, wave):
        raise DataError(
            f"the wave {wave} is frozen since {before.since}, and nothing came in after that. "
            "There is nothing to do"
        )
    if before.state != "frozen":
        close_wave(study, wave, user=user, today=today)
    collect_answers(study, wave, take_late=True)
    n, sha256 = sealed_rows(study, wave)
    with study.store.begin() as connection:
        detail = {"n": n, "sha256": sha256}
        _append(connection, wave, event="frozen", user=user, today=today, detail=detail)
        return _standing(connection, study.wave(wave), today=today)


def _append(
    connection: Connection,
    wave: str,
    *,
    event: str,
    user: str,
    today: date,
    detail: Mapping[str, Any],
) -> None:
    connection.execute(
        insert(WAVE_EVENTS).values(
            wave=wave, event=event, day=today.isoformat(), user=user, detail=dict(detail)
        )
    )
    told = "; ".join(f"{name} {value}" for name, value in detail.items())
    record_with(connection, user=user, action=f"{event} a wave", about=wave, detail=told)
