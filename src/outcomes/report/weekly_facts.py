"""What a weekly review sheet knows of its week: counts of what was done, never of who did it."""

from dataclasses import dataclass
from typing import Literal

PARTNERS = "Partners from outside"
State = Literal["in time", "late", "did not count", "none", "still open", "not asked for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRow:
    """One type of walk in one place: what was asked for, done and counted."""

    place: str  # its name
    code: str
    name: str
    coordinator: str  # the rank that leads it, in words; "" where any may
    asked: str  # "3 a work week"; "" where none is asked for
    required: int  # in this week, or in the month so far
    done: int
    counted: int  # at most what ``done`` is
    why: str = ""  # why walks did not count, in a few words
    by_month: bool = False
    open_still: bool = False  # its week or month is not over
    after_incidents: bool = False
    withheld: bool = False

    @property
    def met(self) -> int:
        """How many of the required walks were done by the rule."""
        return min(self.counted, self.required)

    @property
    def short(self) -> int:
        """How many required walks are missing."""
        return self.required - self.met


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One incident that asks for a walk, and the walk that answered it."""

    place: str
    at: str  # "Tue 14 Jul, 22:10"
    told: str  # "shooting, late: the first walk was 40.2 hours after, 24 allowed"
    state: State
    before: bool = False  # in the week before; its hours ran into this one


@dataclass(frozen=True, slots=True, kw_only=True)
class RankRow:
    """A rank or group: on how many walks it was seen, and how often in all."""

    name: str
    walks: int
    times: int  # somebody who came along on three walks counts three times


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSums:
    """What one place got in the week."""

    place: str
    walks: int
    minutes: int
    police: int
    partners: int
    reached: int
    withheld: frozenset[str] = frozenset()  # names of the numbers that are not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBar:
    """One week of one place, to be set beside others."""

    label: str  # "W13"
    required: int
    met: int  # required walks that were done by the rule
    walks: int
    reached: int
    due: bool  # whether walks were due in the whole of the week


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWeeks:
    """The weeks of one place, the newest last."""

    place: str
    weeks: tuple[WeekBar, ...]
    usual: float = 0.0  # walks a week before this one
    change: float | None = None  # of walks, as ``root_difference``; none where not comparable


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Planned walks of the week beside those that were done."""

    planned: int
    done: int
    ahead: int  # not yet due
    missed: tuple[str, ...] = ()  # "Squad walk, Eastbank, Tue 31 Mar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """One point of how walks are to be done: of how many walks it was said that it was not."""

    words: str
    no: int
    told: int  # walks of which anything was said about it


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """All that stands on the sheet."""

    label: str  # 2026-W14
    days: str  # "Monday, March 30 to Sunday, April 5, 2026"
    until: str  # "Thursday, April 2" where the week is not over; else ""
    study: str
    agency: str
    generated: str
    version: str
    made: str  # the day
    places: tuple[str, ...]  # names
    rows: tuple[TypeRow, ...] = ()
    incidents: tuple[IncidentRow, ...] = ()
    incidents_known: bool = True  # whether any list of incidents was ever imported
    walks_known: bool = True  # whether any walk was ever stored
    ranks: tuple[RankRow, ...] = ()
    absent: tuple[str, ...] = ()  # ranks and groups that took no part
    sums: tuple[PlaceSums, ...] = ()
    weeks: tuple[PlaceWeeks, ...] = ()
    planned: Planned | None = None  # none: no walk was ever planned in the record
    also: tuple[str, ...] = ()  # "2 events"
    conduct: tuple[Conduct, ...] = ()
    notes: tuple[str, ...] = ()
    notes_held: int = 0  # notes that may name somebody, and are not shown
    notes_more: int = 0
    events: tuple[str, ...] = ()  # dated things that could move an outcome by themselves
    floor: int = 0  # people below which nothing is told; 0 inside the agency

    @property
    def public(self) -> bool:
        """Whether this is the version for the public."""
        return self.floor > 0
