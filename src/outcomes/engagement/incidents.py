"""Homicides and shootings that ask for a walk (C1, C8)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outcomes.engagement.local_time import instants, to_local_clock
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
