"""Visits and typed walks that a person should look at, in words; nobody is named (pitfall 16)."""

from collections.abc import Iterator

import pandas as pd

from outcomes.engagement.cad_matching import MATCHED
from outcomes.engagement.local_time import instants

COLUMNS = ("place", "start", "call", "what", "in_words")
LONGEST, SHORTEST = 240.0, 2.0  # minutes of a visit
OVER_MINUTES, OVER_SHARE = 10.0, 0.25  # by which a typed time may exceed that of CAD


def outliers(matches: pd.DataFrame, visits: pd.DataFrame, *, time_zone: str = "") -> pd.DataFrame:
    """List what does not fit together, for a person to look at: none of it is proof of anything.

    Args:
        matches: What ``match_walks`` returns.
        visits: What ``walk_visits`` returns.
        time_zone: Where the clocks hang.

    Returns:
        place, start, call (its number, to look it up), what (a few words) and in_words (a
        sentence), by place and start.

    Source:
        research/domain.md, pitfall 16: where walks are counted, counts become quotas.
    """
    rows = [*_longer_than_cad(matches), *_odd_lengths(visits), *_at_once(visits, time_zone)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["place", "start", "call", "what"], ignore_index=True)


_Row = tuple[str, str, str, str, str]


def _longer_than_cad(matches: pd.DataFrame) -> Iterator[_Row]:
    pairs = matches[matches["result"] == MATCHED]
    over = pairs["minutes"] - pairs["minutes_verified"]
    bad = (over > OVER_MINUTES) & (over > OVER_SHARE * pairs["minutes_verified"])
    for row in pairs[bad].itertuples():
        by = "CAD" if pd.isna(row.gps_minutes) else "GPS"
        yield (
            *_where(row.place, row.start, row.call),
            "typed longer than seen",
            f"{row.minutes:g} minutes were typed, {by} shows {row.minutes_verified:g}: which of "
            "the two is right?",
        )


def _odd_lengths(visits: pd.DataFrame) -> Iterator[_Row]:
    for row in visits[visits["minutes"] > LONGEST].itertuples():
        yield (
            *_where(row.place, row.start, row.call),
            "very long",
            f"the visit lasts {row.minutes:g} minutes: was the call left open?",
        )
    for row in visits[visits["minutes"] < SHORTEST].itertuples():
        yield (
            *_where(row.place, row.start, row.call),
            "very short",
            f"the visit lasts {row.minutes:g} minutes: was it a walk?",
        )


def _at_once(visits: pd.DataFrame, time_zone: str) -> Iterator[_Row]:
    """Find visits that begin while one of their units is still on an earlier one."""
    timed = visits[visits["minutes"].notna()]
    began = instants(timed["start"], time_zone=time_zone)
    timed = timed.assign(began=began, ended=began + pd.to_timedelta(timed["minutes"], unit="min"))
    each = timed.explode("units").dropna(subset="units")
    each = each.sort_values(["units", "began", "call"])
    told: set[tuple[str, str]] = set()
    for _, mine in each.groupby("units", sort=False):
        until, open_call = pd.Timestamp.min, ""
        for row in mine.itertuples():
            if row.began < until and (row.call, open_call) not in told:
                told.add((row.call, open_call))
                yield (
                    *_where(row.place, row.start, row.call),
                    "two at once",
                    f"one of its units is still on call {open_call} at that time: which of the "
                    "two has the right time?",
                )
            if row.ended > until:
                until, open_call = row.ended, row.call


def _where(place: str, start: str, call: str) -> tuple[str, str, str]:
    return place, start[:16].replace("T", " "), call
