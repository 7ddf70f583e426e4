"""Homicides and shootings that ask for a walk, and the walks that answered them (C1, C8)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outcomes.engagement.local_time import instants, to_local_clock
from outcomes.engagement.periods import Coverage, period_of
from outcomes.engagement.walk_rules import RuleSettings, WalkType
from outcomes.errors import DataError
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet

KEY = ("place", "at", "kind")


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
    """Lay read incidents out as rows of the store."""
    rows = table[list(KEY)].to_dict("records")
    return [{**row, "key": "|".join(row[name] for name in KEY)} for row in rows]


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
    return (
        chosen.sort_values("clock")
        .groupby(["place", "clock"], sort=False)["kind"]
        .agg(lambda words: " and ".join(dict.fromkeys(words)))
        .reset_index()
    )


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
    walks = judged.assign(moment=instants(judged["start"], time_zone=coverage.time_zone))
    rows: list[dict[str, Any]] = []
    used: set[Any] = set()
    by_place = dict(list(walks.sort_values("moment").groupby("place", sort=False)))
    for place, here in asked.groupby("place", sort=True):
        there = by_place.get(place, walks.iloc[:0])
        moments = there["moment"].to_numpy()
        for incident in here.itertuples():
            row, matched = _answer(there, moments, incident.moment, kind=kind)
            note = _not_required(incident.clock, str(place), kind=kind, coverage=coverage)
            used.update(there.index[matched])
            reasons = "; ".join(
                part for part in (note, f"{incident.kind}, {row['reasons']}") if part
            )
            rows.append(
                {
                    "place": place,
                    "period": incident.clock.isoformat(timespec="minutes"),
                    "required": int(not note),
                    **row,
                    "reasons": reasons,
                }
            )
    return pd.DataFrame([*rows, *_unasked(walks[~walks.index.isin(list(used))])]).assign(
        type=kind.code
    )


def _answer(
    walks: pd.DataFrame, moments: np.ndarray, moment: pd.Timestamp, *, kind: WalkType
) -> tuple[dict[str, Any], list[int]]:
    """Find the walks that followed one incident, and say what they were."""
    hours = (moments - moment.to_datetime64()) / np.timedelta64(1, "h")
    in_time = [int(at) for at in np.flatnonzero((hours >= 0) & (hours <= (kind.hours or 0)))]
    met = [at for at in in_time if walks["met"].iloc[at]]
    if met:
        text = f"on time: a walk {hours[met[0]]:.1f} hours after"
        return {"done": len(in_time), "counted": len(met), "reasons": text}, in_time
    if in_time:
        fault = walks["fault"].iloc[in_time[0]]
        text = f"not counted: a walk {hours[in_time[0]]:.1f} hours after, but {fault}"
        return {"done": len(in_time), "counted": 0, "reasons": text}, in_time
    late = [int(at) for at in np.flatnonzero((hours > 0) & (hours <= kind.late_hours))][:1]
    if late:
        text = f"late: the first walk was {hours[late[0]]:.1f} hours after, {kind.hours:g} allowed"
        return {"done": 1, "counted": 0, "reasons": text}, late
    text = f"none: no walk within {kind.late_hours:g} hours"
    return {"done": 0, "counted": 0, "reasons": text}, []


def _not_required(clock: pd.Timestamp, place: str, *, kind: WalkType, coverage: Coverage) -> str:
    begins = coverage.begins(place)
    if clock < pd.Timestamp(begins):
        return f"before the walks start here ({begins})"
    ends = pd.Timestamp(coverage.last) + pd.Timedelta(days=1)
    if clock + pd.Timedelta(hours=kind.hours or 0) > ends:
        return f"the {kind.hours:g} hours run past the last day covered"
    return ""


def _unasked(walks: pd.DataFrame) -> list[dict[str, Any]]:
    """List walks that followed no incident, by place and month."""
    months = period_of(walks["day"], None, RuleSettings())
    return [
        {
            "place": place,
            "period": month,
            "required": 0,
            "done": len(group),
            "counted": 0,
            "reasons": f"{len(group)} after no incident of the list",
        }
        for (place, month), group in walks.groupby(["place", months])
    ]
