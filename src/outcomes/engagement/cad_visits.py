"""Visits in a CAD extract: when, where, how long, by which units; checked row by row (D3, D19)."""

import hmac
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from outcomes.engagement.cad_extract import Extract
from outcomes.engagement.local_time import instants, to_local_clock
from outcomes.guards.text_flags import flags
from outcomes.settings.cad import ELSEWHERE
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, check_cells

_LONGEST = 7 * 24 * 60  # minutes: a week is a call that nobody closed
_LONGEST_NUMBER = 80  # characters
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the beats and clocks of an extract are read by."""

    places: Sequence[str]  # codes of the study's places
    beats: Mapping[str, str]  # a beat of the extract: a place, or "elsewhere"
    time_zone: str
    key: bytes = b""  # by which labels of units are hashed

    def place_of(self, beat: str) -> str:
        """Find the place of a beat; "" where nobody said."""
        known = {name.casefold(): name for name in self.places}
        known |= {name.strip().casefold(): place for name, place in self.beats.items()}
        return known.get(beat.casefold(), "")

    def reached(self) -> list[str]:
        """List the places that an extract with these beats covers."""
        named = {place for place in self.beats.values() if place != ELSEWHERE}
        return [place for place in self.places if place in named or not self.beats]


@dataclass(slots=True, kw_only=True)
class Visits:
    """Visits in the places of the study, and what became of the other calls."""

    sheet: Sheet  # call, call_type, place, start, minutes, gps_minutes, units; row
    unknown: Counter[str] = field(default_factory=Counter)  # beat: calls
    elsewhere: int = 0  # calls in beats said to be elsewhere
    merged: int = 0  # rows of further units of a call
    amended_away: list[str] = field(default_factory=list)  # numbers of calls that are no visits now

    def sentences(self) -> list[str]:
        """Account for the calls that are not stored."""
        lines = []
        if self.merged:
            lines.append(f"{self.merged} rows are further units of a call that stands above.")
        if self.elsewhere:
            lines.append(f"{self.elsewhere} calls lie in beats that are {ELSEWHERE}.")
        if self.unknown:
            shown = [name or "(empty)" for name, _ in self.unknown.most_common() if not flags(name)]
            names = f": {', '.join(shown[:_SHOWN])}" if shown else ""
            names += " and others" if len(self.unknown) > len(shown[:_SHOWN]) else ""
            lines.append(
                f"{self.unknown.total()} calls lie in {len(self.unknown)} beats that nobody said "
                f"the place of, and were not stored{names}. Add them to [engagement.cad.beats] in "
                f'study.toml or to --place-map: a place, or "{ELSEWHERE}".'
            )
        if self.amended_away:
            lines.append(
                f"{len(self.amended_away)} calls that were stored as visits are none in this "
                f"extract: {', '.join(self.amended_away[:_SHOWN])}."
            )
        return lines


def read_visits(extract: Extract, ground: Ground, *, reading: Reading = AS_IT_IS) -> Visits:
    """Turn the calls of an extract into visits.

    Args:
        extract: What ``read_extract`` found.
        ground: Places, beats and the time zone of the clocks.
        reading: How the file is read; its renames do not matter here.

    Returns:
        ``sheet.table`` with a row a call: start as local ISO text; minutes as the extract gives
        them, else real minutes from start to end, NaN where there is neither; units as hashes.
        Rows that break a rule are refused in the sheet.
    """
    calls = extract.calls
    reading = Reading(date_order=reading.date_order, leave_out_refused=reading.leave_out_refused)
    sheet = check_cells(extract.path, calls[calls["wanted"]], _columns(), reading=reading)
    sheet.read = extract.read
    sheet.refuse(
        sheet.table["call"].str.len() > _LONGEST_NUMBER,
        column="call",
        problem="this is longer than the number of a call is",
        mend="Say --call with the column that holds the number",
    )
    for column in ("start", "end"):
        to_local_clock(sheet, column, time_zone=ground.time_zone)
    _measure(sheet, time_zone=ground.time_zone)
    visits = Visits(sheet=sheet)
    gone = [*calls.loc[~calls["wanted"], "call"], *_place(visits, ground)]
    _merge_units(visits, key=ground.key)
    stored, still = set(calls.loc[calls["stored"], "call"]), set(sheet.table["call"])
    visits.amended_away = [
        call for call in dict.fromkeys(gone) if call in stored and call not in still
    ]
    return visits


def _columns() -> list[Column]:
    optional: dict[str, Any] = {"needed": False, "blank": True}
    return [
        Column(name="call"),
        Column(name="type"),
        Column(name="place", blank=True),
        Column(name="start", kind="moment"),
        Column(name="end", kind="moment", **optional),
        Column(name="minutes", kind="number", low=0, high=_LONGEST, **optional),
        Column(name="gps", kind="number", low=0, high=_LONGEST, **optional),
        Column(name="units", **optional),
    ]


def _measure(sheet: Sheet, *, time_zone: str) -> None:
    """Give minutes from start to end where the extract gives none; refuse an end before a start."""
    table = sheet.table
    spent = minutes_between(table["start"], table["end"], time_zone=time_zone)
    sheet.refuse(
        (spent < 0) | (spent > _LONGEST),
        column="end",
        problem="{!r} is before the start, or more than a week after it",
        mend="Correct one of the two times",
    )
    table = sheet.table
    given = table["minutes"].astype(float)
    sheet.table = table.assign(minutes=given.fillna(spent[table.index]).round(1))


def minutes_between(starts: pd.Series, ends: pd.Series, *, time_zone: str) -> pd.Series:
    """Count the real minutes between clock times; NaN where one is missing.

    Where the clock was put back between the two, an end that reads earlier than the start lies in
    the second of the two hours that read alike.
    """
    both = starts.notna() & ends.notna() & (starts != "") & (ends != "")
    spent = pd.Series(np.nan, index=starts.index)
    if not both.any():
        return spent
    began = instants(starts[both], time_zone=time_zone)
    ended = instants(ends[both], time_zone=time_zone)
    minutes = (ended - began).dt.total_seconds() / 60
    if time_zone:
        local = pd.to_datetime(ends[both])
        twice = local.dt.tz_localize(time_zone, ambiguous="NaT", nonexistent="shift_forward").isna()
        minutes = minutes.mask(twice & (minutes < 0), minutes + 60)
    spent[both] = minutes
    return spent


def _place(visits: Visits, ground: Ground) -> list[str]:
    """Keep the visits in places of the study, and count the others; name those elsewhere."""
    table = visits.sheet.table
    places = table["place"].map({beat: ground.place_of(beat) for beat in table["place"].unique()})
    places = places.astype("str")
    visits.unknown.update(table.loc[places == "", "place"].to_list())
    visits.elsewhere = int((places == ELSEWHERE).sum())
    inside = ~places.isin(["", ELSEWHERE])
    visits.sheet.table = table.assign(place=places)[inside]
    return list(table.loc[places == ELSEWHERE, "call"])


def _merge_units(visits: Visits, *, key: bytes) -> None:
    """Make one visit of the rows of one call that differ in their unit only; refuse others."""
    sheet = visits.sheet
    sheet.table = sheet.table.assign(
        units=[_hashed(units, key=key) for units in sheet.table["units"]]
    )
    same = ["type", "place", "start", "minutes", "gps"]
    first = sheet.table.groupby("call")[same].transform("first")
    agree = (sheet.table[same] == first) | (sheet.table[same].isna() & first.isna())
    again = sheet.table.duplicated("call")
    sheet.refuse(
        again & ~agree.all(axis=1),
        column="call",
        problem="the call {!r} stands in an earlier row with another type, place or time",
        mend="Leave one row of the call, with its first start and last end",
    )
    table = sheet.table
    units = table.groupby("call")["units"].agg(lambda parts: sorted(set().union(*parts)))
    visits.merged = int(table.duplicated("call").sum())
    table = table.drop_duplicates("call")
    sheet.table = table.assign(units=[units[call] for call in table["call"]])


def _hashed(units: str, *, key: bytes) -> frozenset[str]:
    """Hash the labels of a cell, so that they can be compared and not read (A10)."""
    labels = {part.strip().casefold() for part in re.split(r"[,;|/]", units) if part.strip()}
    return frozenset(
        hmac.digest(key, f"cad unit/{label}".encode(), "sha256").hex()[:16] for label in labels
    )


def visit_rows(visits: Visits) -> list[dict[str, Any]]:
    """Lay visits out as rows of the store; a call that is no visit now is stored as such."""
    rows = [
        {
            "key": f"cad {visit['call']}",
            "call": visit["call"],
            "call_type": visit["type"],
            "place": visit["place"],
            "start": visit["start"],
            "minutes": _number(visit["minutes"]),
            "gps_minutes": _number(visit["gps"]),
            "units": visit["units"],
        }
        for visit in visits.sheet.table.to_dict("records")
    ]
    empty = {"call_type": "", "place": "", "start": "", "minutes": None, "gps_minutes": None}
    rows += [
        {"key": f"cad {call}", "call": call, **empty, "units": []} for call in visits.amended_away
    ]
    return rows


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
