"""The calendar of walks: which are planned, and which of them were done (C9, D22, D26)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from outcomes.engagement.walk_report import YES_NO, moment
from outcomes.engagement.walk_rules import COORDINATORS, WalkRules
from outcomes.errors import one_of

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.sheets import Reading, Sheet

KIND = "planned_walk"
KEY = ("place", "type", "day", "from")
NEAR = timedelta(hours=2)  # a walk that starts no further off was the planned one
Standing = Literal["done", "not done", "to come", "cancelled"]
YEARS = range(1990, 2101)  # of plans; any other is a slip of the keyboard, and no calendar has it
_MEND_CLOCK = "Write the time as 18:05"
_MEND_DAY = "Write the day as 2026-03-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWalk:
    """One walk that is planned: no name, only which rank coordinates it."""

    place: str
    type: str
    start: datetime  # local clock time, without a zone
    minutes: int
    coordinator: str
    briefing: str = ""  # yes: the coordinator goes to that day's briefing (D22)
    cancelled: bool = False

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Tell it from others, in the order of ``KEY``."""
        return (self.place, self.type, f"{self.start:%Y-%m-%d}", f"{self.start:%H:%M}")

    def body(self) -> dict[str, Any]:
        """Lay out what is stored of it beside its day and place."""
        return {
            "from": f"{self.start:%H:%M}",
            "minutes": self.minutes,
            "type": self.type,
            "coordinator": self.coordinator,
            "briefing": self.briefing,
            "status": "cancelled" if self.cancelled else "planned",
        }


def stored_plan(day: str, place: str, body: Mapping[str, Any]) -> PlannedWalk:
    """Read a planned walk back from its record."""
    return PlannedWalk(
        place=place,
        type=str(body["type"]),
        start=datetime.fromisoformat(f"{day}T{body['from']}"),
        minutes=int(body["minutes"]),
        coordinator=str(body["coordinator"]),
        briefing=str(body.get("briefing", "")),
        cancelled=body.get("status") == "cancelled",
    )


def check_plan(
    typed: Mapping[str, str], *, rules: WalkRules, places: Sequence[str]
) -> tuple[PlannedWalk | None, dict[str, str]]:
    """Check what was typed of a planned walk.

    Args:
        typed: place, type, day, from, minutes, coordinator (empty: the rank that the rule of the
            type names), briefing (yes, no or empty).
        rules: Say which types there are, and the usual length.
        places: The codes of the study's places.

    Returns:
        The plan, or None; and a sentence for each field that breaks a rule.
    """
    said = {name: value.strip() for name, value in typed.items()}
    if not said.get("coordinator") and said.get("type") in rules.codes():
        rank = rules.type(said["type"]).coordinator
        said["coordinator"] = "" if rank == "any" else rank
    problems = {}
    allowed = {
        "place": tuple(places),
        "type": rules.codes(),
        "coordinator": COORDINATORS,
        "briefing": ("", *YES_NO),
    }
    for name, words in allowed.items():
        if said.get(name, "") not in words:
            problems[name] = f"Choose one. {one_of('', [word for word in words if word])}"
    start = moment(said.get("day", ""), said.get("from", ""))
    if start is None or start.year not in YEARS:
        problems["day"] = f"{_MEND_DAY} and the time as 18:05"
    minutes = said.get("minutes", "")
    if not (re.fullmatch(r"[0-9]{1,3}", minutes) and 1 <= int(minutes) <= 600):
        problems["minutes"] = "Write a whole number from 1 to 600"
    if problems or start is None:
        return None, problems
    plan = PlannedWalk(
        place=said["place"],
        type=said["type"],
        start=start.replace(second=0),
        minutes=int(minutes),
        coordinator=said["coordinator"],
        briefing=said.get("briefing", ""),
    )
    return plan, {}


def read_plan(
    path: Path, rules: WalkRules, *, places: Sequence[str], reading: "Reading"
) -> "Sheet":
    """Read a table of planned walks: which does it hold, and which rows break a rule?

    Args:
        path: CSV or Excel with the columns day, from (clock time), minutes (1 to 600), place,
            type and coordinator (a rank); and perhaps briefing (yes or no).
        rules: Say which types there are.
        places: The codes that may stand under place.
        reading: How the file is to be read.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.
    """
    from outcomes.sheets import Column, read_sheet

    columns = [
        Column(name="day", kind="date"),
        Column(name="from"),
        Column(name="minutes", kind="integer", low=1, high=600),
        Column(name="place", allowed=tuple(places), what="place of the study"),
        Column(name="type", allowed=rules.codes(), what="type of walk in the walk rules"),
        Column(name="coordinator", allowed=COORDINATORS, what="rank of a coordinator"),
        Column(name="briefing", needed=False, blank=True, allowed=YES_NO, what="answer"),
    ]
    sheet = read_sheet(path, columns, reading=reading)
    clock = sheet.table["from"].map(_clock)
    sheet.refuse(clock == "", column="from", problem="{!r} is not a clock time", mend=_MEND_CLOCK)
    far = ~sheet.table["day"].dt.year.isin(YEARS)
    sheet.refuse(far, column="day", problem="the year cannot be right", mend=_MEND_DAY)
    day = sheet.table["day"].dt.strftime("%Y-%m-%d")
    sheet.table = sheet.table.assign(**{"from": clock[sheet.table.index], "day": day})
    twice = sheet.table.duplicated(list(KEY))
    sheet.refuse(
        twice,
        column="from",
        problem="the same place, type, day and time stand in an earlier row",
        mend="Remove the row, or correct what makes it look the same",
    )
    return sheet


def plans_of(sheet: "Sheet") -> list[PlannedWalk]:
    """Give the planned walks of a table that was read."""
    return [
        PlannedWalk(
            place=row["place"],
            type=row["type"],
            start=datetime.fromisoformat(f"{row['day']}T{row['from']}"),
            minutes=int(row["minutes"]),
            coordinator=row["coordinator"],
            briefing=row["briefing"],
        )
        for row in sheet.table.to_dict("records")
    ]


def standings(
    plans: Sequence[PlannedWalk], walks: "pd.DataFrame", *, now: datetime
) -> list[Standing]:
    """Say of each planned walk whether it was done.

    Args:
        plans: Planned walks.
        walks: The columns place, type and start of walks that were done.
        now: Local clock time, without a zone.

    Returns:
        In the same order. A walk of the same place, type and day that starts within two hours of
        a plan fulfils it; each walk fulfils one plan, the nearest pairs first. A plan is "to
        come" until two hours after its start.
    """
    starts: dict[tuple[str, str, Any], list[datetime]] = {}
    for place, kind, text in zip(walks["place"], walks["type"], walks["start"], strict=True):
        start = datetime.fromisoformat(str(text))
        starts.setdefault((place, kind, start.date()), []).append(start)
    pairs = sorted(
        (abs(start - plan.start), at, number)
        for at, plan in enumerate(plans)
        if not plan.cancelled
        for number, start in enumerate(starts.get((plan.place, plan.type, plan.start.date()), []))
        if abs(start - plan.start) <= NEAR
    )
    done: set[int] = set()
    used: set[tuple[object, ...]] = set()
    for _, at, number in pairs:
        walk = (plans[at].place, plans[at].type, plans[at].start.date(), number)
        if at not in done and walk not in used:
            done.add(at)
            used.add(walk)
    return [_standing(plan, done=at in done, now=now) for at, plan in enumerate(plans)]


def _standing(plan: PlannedWalk, *, done: bool, now: datetime) -> Standing:
    if plan.cancelled:
        return "cancelled"
    if done:
        return "done"
    return "to come" if now < plan.start + NEAR else "not done"


def _clock(text: str) -> str:
    """Write a clock time as 18:05; empty where it is none."""
    found = moment("2000-01-01", text)
    return f"{found:%H:%M}" if found else ""
