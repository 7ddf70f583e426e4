"""Homicides and shootings that ask for a walk, and the walks that answered them (C1, C8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from outcomes.engagement.local_time import instants, to_local_clock
from outcomes.engagement.periods import Coverage, period_of
from outcomes.engagement.walk_rules import RuleSettings, WalkType
from outcomes.errors import DataError
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet

KEY = ("place", "at", "kind")
_HOUR = 3_600_000_000  # microseconds


def read_incidents(
    path: Path,
    *,
    places: Sequence[str] = (),
    time_zone: str = "",
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read a list of incidents: which ones does it hold, and which rows break a rule?

    Args:
        path: CSV or Excel with the columns place, at (local date and time of the incident), kind
            (homicide, shooting; other words may stand there and ask for no walk), and, where
            the hours start at the report, reported (local date and time).
        places: The codes that may stand under place; empty: any.
        time_zone: In which times with an offset are turned into local time.
        reading: How the file is to be read.

    Returns:
        ``table`` with place, at, kind and reported (missing where none was given), times as ISO
        text. A place, time and kind stand once: two victims of one shooting are one incident.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.

    Source:
        Requirement C1.
    """
    columns = [
        Column(name="place", allowed=tuple(places), what="place of the study"),
        Column(name="at", kind="moment"),
        Column(name="kind"),
        Column(name="reported", kind="moment", needed=False, blank=True),
    ]
    sheet = read_sheet(path, columns, key=KEY, reading=reading)
    to_local_clock(sheet, "at", time_zone=time_zone)
    to_local_clock(sheet, "reported", time_zone=time_zone)
    return sheet


def incident_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lay read incidents out as rows of the store; ``reported`` only if it is told of any."""
    told = table["reported"].notna().any()
    rows = table[list(KEY)].to_dict("records")
    rows = [{**row, "key": "|".join(row[name] for name in KEY)} for row in rows]
    if not told:
        return rows
    moments = table["reported"].astype(object).where(table["reported"].notna(), None)
    return [{**row, "reported": moment} for row, moment in zip(rows, moments, strict=True)]


def asking(incidents: pd.DataFrame, kind: WalkType, *, settings: RuleSettings) -> pd.DataFrame:
    """Pick the incidents that ask for a walk: one a place and moment, with its clock time.

    Raises:
        DataError: The hours start at the report, and an incident lacks the time of its report.
    """
    kinds = {word.casefold() for word in kind.kinds}
    chosen = incidents[incidents["kind"].str.casefold().isin(kinds)]
    column = "reported" if settings.incident_clock == "report" else "at"
    if column not in chosen or chosen[column].isna().any():
        missing = len(chosen) if column not in chosen else int(chosen[column].isna().sum())
        if missing:
            raise DataError(
                f"{missing} incident(s) lack the time of the report, from which the walk rules "
                'count the hours. Add a column reported, or write incident_clock = "incident"'
            )
    clock = chosen[column] if column in chosen else chosen["at"]
    chosen = chosen.assign(clock=pd.to_datetime(clock).astype("datetime64[us]"))
    chosen = chosen[["place", "clock", "kind"]].sort_values(["clock", "place", "kind"])
    chosen = chosen.drop_duplicates()
    several = chosen.duplicated(["place", "clock"], keep=False)  # few: each is a loop's turn
    joined = chosen[several].groupby(["place", "clock"], sort=False)["kind"].agg(" and ".join)
    every = pd.concat([chosen[~several], joined.reset_index()], ignore_index=True)
    return every.sort_values(["clock", "place"], ignore_index=True)


def hours_since(walks: pd.DataFrame, asked: pd.DataFrame, *, time_zone: str = "") -> np.ndarray:
    """Say how many real hours after the latest incident of its place each walk started.

    Args:
        walks: place and start, any order, n rows.
        asked: What ``asking`` returns.
        time_zone: Where the clocks hang.

    Returns:
        Hours, shape (n,); NaN where no incident came before.
    """
    left = pd.DataFrame(
        {
            "place": walks["place"].astype("str").array,
            "start": instants(walks["start"], time_zone=time_zone).to_numpy(),
            "order": np.arange(len(walks)),
        }
    ).sort_values("start")
    right = pd.DataFrame(
        {
            "place": asked["place"].astype("str").array,
            "moment": instants(asked["clock"], time_zone=time_zone).to_numpy(),
        }
    ).sort_values("moment")
    joined = pd.merge_asof(left, right, left_on="start", right_on="moment", by="place")
    seconds = (joined["start"] - joined["moment"]).dt.total_seconds()
    hours: np.ndarray = np.full(len(walks), np.nan)
    hours[joined["order"].to_numpy()] = seconds.to_numpy(dtype=float) / 3600
    return hours


def answers(
    judged: pd.DataFrame,
    incidents: pd.DataFrame,
    kind: WalkType,
    *,
    settings: RuleSettings,
    coverage: Coverage,
) -> pd.DataFrame:
    """Match incidents to walks: was each one answered, in time, by a walk that counts?

    One walk answers every incident of its place in whose hours it starts.

    Args:
        judged: Walks of this type after ``judge_walks``.
        incidents: What ``read_incidents`` reads; only kinds that ask for a walk are looked at.
        kind: The type of walk, with its hours.
        settings: Say which clock starts the hours.
        coverage: Places, days, time zone. An incident before a place's start, or whose hours
            run past the last day, requires nothing; places that are not listed are left out.

    Returns:
        One row an incident: place, type, period (its moment), required, done (walks in the
        hours, or 1 late walk), counted, reasons (hours elapsed; on time, late, or none). And one
        row a place and month of walks that followed no incident, with required 0.
    """
    asked = asking(incidents, kind, settings=settings)
    asked = asked[asked["place"].isin(list(coverage.starts))]
    asked = asked.assign(moment=instants(asked["clock"], time_zone=coverage.time_zone))
    asked = asked.sort_values(["place", "clock"], kind="stable").reset_index(drop=True)
    walks = judged[["place", "start", "day", "coordinator", "met", "fault"]]
    walks = walks.assign(moment=instants(walks["start"], time_zone=coverage.time_zone))
    walks = walks.sort_values(["place", "moment", "coordinator"]).reset_index(drop=True)
    spans = _spans(walks, asked, kind=kind)
    met = walks["met"].to_numpy()
    before = np.concatenate([[0], np.cumsum(met)])
    done = spans.until - spans.first
    late = (done == 0) & (spans.late < spans.late_until)
    notes = [
        _not_required(row.clock, str(row.place), kind=kind, coverage=coverage)
        for row in asked.itertuples()
    ]
    words = _what_came(walks, asked, spans, kind=kind)
    table = pd.DataFrame(
        {
            "place": asked["place"].astype("str"),
            "period": [clock.isoformat(timespec="minutes") for clock in asked["clock"]],
            "required": [int(not note) for note in notes],
            "done": done + late,
            "counted": before[spans.until] - before[spans.first],
            "reasons": [
                "; ".join(part for part in (note, f"{what}, {came}") if part)
                for note, what, came in zip(notes, asked["kind"], words, strict=True)
            ],
        }
    )
    used = np.zeros(len(walks) + 1, dtype=np.int64)
    np.add.at(used, spans.first, 1)
    np.add.at(used, spans.until, -1)
    used = np.cumsum(used)[:-1]
    used[spans.late[late]] = 1
    parts = [table, _unasked(walks[used == 0])]
    parts = [part for part in parts if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else table
    return whole.sort_values(["place", "period"], kind="stable").assign(type=kind.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spans:
    """Which walks, sorted by place and moment, lie in the hours after each incident."""

    first: np.ndarray  # first walk at the incident or after it
    until: np.ndarray  # first walk after the hours
    late: np.ndarray  # first walk really after the incident
    late_until: np.ndarray  # first walk after the hours in which a walk is called late


def _spans(walks: pd.DataFrame, asked: pd.DataFrame, *, kind: WalkType) -> _Spans:
    places = pd.Index(sorted({*walks["place"].astype("str"), *asked["place"].astype("str")}))
    place = places.get_indexer(walks["place"].astype("str"))
    where = places.get_indexer(asked["place"].astype("str"))
    at = asked["moment"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    ends = at + round((kind.hours or 0) * _HOUR)
    late_ends = at + round(kind.late_hours * _HOUR)
    moments = walks["moment"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    # ranks of moments: small enough that place and rank together make one number
    ranks = np.unique(np.concatenate([moments, at, ends, late_ends]))
    step = len(ranks) + 1
    line = place * step + np.searchsorted(ranks, moments)

    def first(moment: np.ndarray, *, after: bool) -> np.ndarray:
        side: Literal["left", "right"] = "right" if after else "left"
        wanted = where * step + np.searchsorted(ranks, moment)
        return np.asarray(np.searchsorted(line, wanted, side=side))

    return _Spans(
        first=first(at, after=False),
        until=first(ends, after=True),
        late=first(at, after=True),
        late_until=first(late_ends, after=True),
    )


def _what_came(
    walks: pd.DataFrame, asked: pd.DataFrame, spans: _Spans, *, kind: WalkType
) -> list[str]:
    """Say for each incident which walk came, and how many hours after."""
    moments, met = walks["moment"].to_numpy(), walks["met"].to_numpy()
    n = len(walks)
    next_met = np.where(met, np.arange(n), n)
    next_met = np.append(np.minimum.accumulate(next_met[::-1])[::-1], n)
    faults = walks["fault"].to_numpy(dtype=object)
    texts = []
    happened = asked["moment"].to_numpy()
    for row in range(len(asked)):
        first, until, late = spans.first[row], spans.until[row], spans.late[row]
        counted = next_met[first]
        walk = counted if counted < until else first if first < until else late
        hours = (moments[walk] - happened[row]) / np.timedelta64(1, "h") if walk < n else 0.0
        if counted < until:
            texts.append(f"on time: a walk {hours:.1f} hours after")
        elif first < until:
            texts.append(f"not counted: a walk {hours:.1f} hours after, but {faults[walk]}")
        elif late < spans.late_until[row]:
            allowed = f"{kind.hours:g} allowed"
            texts.append(f"late: the first walk was {hours:.1f} hours after, {allowed}")
        else:
            texts.append(f"none: no walk within {kind.late_hours:g} hours")
    return texts


def _not_required(clock: pd.Timestamp, place: str, *, kind: WalkType, coverage: Coverage) -> str:
    begins = coverage.begins(place)
    if clock < pd.Timestamp(begins):
        return f"before the walks start here ({begins})"
    ends = pd.Timestamp(coverage.last) + pd.Timedelta(days=1)
    if clock + pd.Timedelta(hours=kind.hours or 0) > ends:
        return f"the {kind.hours:g} hours run past the last day covered"
    return ""


def _unasked(walks: pd.DataFrame) -> pd.DataFrame:
    """List walks that followed no incident, by place and month."""
    months = period_of(walks["day"], None, RuleSettings())
    found = walks.assign(period=months, place=walks["place"].astype("str"))
    numbers = found.groupby(["place", "period"]).size().rename("done").reset_index()
    texts = [f"{number} after no incident of the list" for number in numbers["done"]]
    return numbers.assign(required=0, counted=0, reasons=texts)
