"""Clock times as people write them, and the real hours between them."""

from contextlib import suppress

import numpy as np
import pandas as pd
import pyarrow as pa

from outcomes.sheets import Sheet

_BARE = "2026-03-31T14:05:00"  # a moment without an offset


def to_local_clock(sheet: Sheet, column: str, *, time_zone: str = "") -> None:
    """Turn moments that carry an offset into the clock time of the study's time zone.

    Args:
        sheet: Rows with a checked ``moment`` column; changed in place.
        column: The column's name.
        time_zone: A name such as ``America/Chicago``; empty where none is known, and then a
            moment with an offset is refused, because its local time cannot be told.
    """
    moments = sheet.table[column].astype("str")
    with_offset = moments.str.len() > len(_BARE)  # nothing else makes a checked moment longer
    if not with_offset.any():
        return
    if not time_zone:
        sheet.refuse(
            with_offset,
            column=column,
            problem="{!r} has an offset, and no time zone is known to read it in",
            mend="Write the local clock time without an offset, or say the time zone",
        )
        return
    local = pd.to_datetime(moments[with_offset], utc=True).dt.tz_convert(time_zone)
    written = moments.astype(object)
    written[with_offset] = local.dt.strftime("%Y-%m-%dT%H:%M:%S")
    sheet.table = sheet.table.assign(**{column: written})


def clock_times(moments: pd.Series) -> pd.Series:
    """Read ISO text as datetime64; what is datetime64 already stays so."""
    if moments.dtype == "str":
        with suppress(pa.ArrowInvalid):  # which reads ISO text ten times as fast as pandas
            read = pa.chunked_array(moments).cast(pa.timestamp("us"))
            return pd.Series(read.to_numpy(), index=moments.index, name=moments.name)
    # without the cache of pandas, which costs more than reading a million different moments
    return pd.to_datetime(moments, cache=False).astype("datetime64[us]")


def instants(moments: pd.Series, *, time_zone: str = "") -> pd.Series:
    """Put clock times on a line on which differences are real hours.

    Args:
        moments: Local clock times, ISO text or datetime64.
        time_zone: Where the clock hangs; empty: every day is taken to have 24 hours.

    Returns:
        datetime64 in UTC (or as written, without a zone). In the hour that occurs twice in the
        fall the first one is taken; a time in the hour that is skipped in spring is moved to its
        end.
    """
    times = clock_times(moments)
    if not time_zone:
        return times
    aware = times.dt.tz_localize(
        time_zone, ambiguous=np.ones(len(times), dtype=bool), nonexistent="shift_forward"
    )
    return aware.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
