"""What does a text cell say? A number, a date, a moment or a month; NaN where it is none."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Kind = Literal["text", "integer", "number", "date", "moment", "month"]
DateOrder = Literal["YMD", "MDY", "DMY"]

# the form as a pattern too: pandas alone would take 2026-03 for a date
_FORMS: dict[DateOrder, tuple[tuple[str, str], ...]] = {
    "YMD": (("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}"),),
    "MDY": (
        ("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}"),
        ("%m/%d/%Y", r"\d{1,2}/\d{1,2}/\d{4}"),
        ("%m/%d/%y", r"\d{1,2}/\d{1,2}/\d{2}"),
    ),
    "DMY": (
        ("%Y-%m-%d", r"\d{4}-\d{1,2}-\d{1,2}"),
        ("%d/%m/%Y", r"\d{1,2}/\d{1,2}/\d{4}"),
        ("%d.%m.%Y", r"\d{1,2}\.\d{1,2}\.\d{4}"),
        ("%d/%m/%y", r"\d{1,2}/\d{1,2}/\d{2}"),
    ),
}
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
# of these forms, in characters; without a clock time they would be shorter
_PLAIN_LENGTHS = pa.array([len("2026-03-31 14:05"), len("2026-03-31 14:05:00"), None], pa.int64())
_MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?$"


def parse(cells: pd.Series, *, kind: Kind, date_order: DateOrder = "YMD") -> pd.Series:
    """Parse text cells; NaN (NaT) where a cell is missing or breaks the form.

    ``date`` gives midnight, ``moment`` a date with a clock time and perhaps an offset as text in
    ISO form, ``month`` the text ``2026-03``.
    """
    if kind == "text":
        return cells
    if kind == "moment":
        plain = _plain_moments(cells)
        return _joined_moments(cells, date_order=date_order) if plain is None else plain
    return _each_once(cells, kind=kind, date_order=date_order)


def _each_once(cells: pd.Series, *, kind: Kind, date_order: DateOrder) -> pd.Series:
    """Parse each different text once, for most columns have few different ones."""
    which, words = pd.factorize(cells)
    parsed = _parse(pd.Series(words, dtype="string"), kind=kind, date_order=date_order)
    return pd.Series(parsed.array.take(which, allow_fill=True), index=cells.index, name=cells.name)


def _plain_moments(cells: pd.Series) -> pd.Series | None:
    """Parse moments if all are written as 2026-03-31 14:05, with seconds or without; else None.

    Most programs write them so, and numbers of seconds are read and written in a tenth of the time.
    """
    text = pa.chunked_array(cells.astype("str"))
    if not pc.all(pc.is_in(pc.binary_length(text), _PLAIN_LENGTHS)).as_py():
        return None
    try:
        spaced = text.cast(pa.timestamp("s")).cast(pa.large_string())
    except pa.ArrowInvalid:
        return None
    iso = pc.binary_replace_slice(spaced, len("2026-03-31"), len("2026-03-31 "), "T")
    return pd.Series(iso, index=cells.index, name=cells.name, dtype="str")


def _joined_moments(cells: pd.Series, *, date_order: DateOrder) -> pd.Series:
    """Parse dates and clock times apart where ten characters are the date: each has few values."""
    text = cells.astype("str")
    apart = text.str.match(r"[^T ]{10}[T ]").fillna(False).to_numpy(dtype=bool)
    if not apart.any():
        return _each_once(text, kind="moment", date_order=date_order).astype("str")
    whole = text[apart]
    days = _each_once(whole.str[:10] + " 00:00", kind="moment", date_order=date_order)
    clocks = _each_once("2000-01-01" + whole.str[10:], kind="moment", date_order="YMD")
    midnight = len("T00:00:00")
    joined = days.astype("str").str[:-midnight] + clocks.astype("str").str[10:]
    if apart.all():
        return joined
    both = np.empty(len(text), dtype=object)
    both[apart] = joined
    both[~apart] = _each_once(text[~apart], kind="moment", date_order=date_order)
    return pd.Series(both, index=cells.index, name=cells.name, dtype="str")


def _parse(text: pd.Series, *, kind: Kind, date_order: DateOrder) -> pd.Series:
    if kind in {"number", "integer"}:
        numbers = pd.to_numeric(
            text.where(text.str.fullmatch(_NUMBER)).astype(object), errors="coerce"
        ).astype(float)
        numbers = numbers.replace([np.inf, -np.inf], np.nan)
        return numbers.where(numbers == numbers.round()) if kind == "integer" else numbers
    if kind == "month":
        months = text.where(text.str.fullmatch(r"\d{4}-(0[1-9]|1[0-2])"))
        dates = _dates(text.where(months.isna()), date_order=date_order)
        return months.fillna(dates.dt.strftime("%Y-%m")).astype(object)
    if kind == "date":
        return _dates(text, date_order=date_order)
    return _moments(text, date_order=date_order)


def _dates(text: pd.Series, *, date_order: DateOrder) -> pd.Series:
    text = text.str.replace(_MIDNIGHT, "", regex=True)
    found = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    for form, pattern in _FORMS[date_order]:
        right = text.where(text.str.fullmatch(pattern))
        found = found.fillna(pd.to_datetime(right, format=form, errors="coerce"))
    return found


def _moments(text: pd.Series, *, date_order: DateOrder) -> pd.Series:
    """Keep date, clock time and offset as ISO text: the reader decides the zone of bare times."""
    parts = text.str.extract(
        r"^(?P<date>\S+?)[T ]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*"
        r"(?P<half>[AaPp][Mm])?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?$"
    )
    dates = _dates(parts["date"], date_order=date_order)
    clock = parts["clock"].str.replace(r"\.\d+$", "", regex=True)
    clock = clock.where(clock.str.count(":") == 2, clock + ":00")
    times = pd.to_datetime(clock.where(parts["half"].isna()), format="%H:%M:%S", errors="coerce")
    halves = pd.to_datetime(
        (clock + parts["half"].str.upper()), format="%I:%M:%S%p", errors="coerce"
    )
    times = times.fillna(halves)
    iso = dates.dt.strftime("%Y-%m-%d") + "T" + times.dt.strftime("%H:%M:%S")
    zone = parts["zone"].str.replace("Z", "+00:00").fillna("")
    return (iso + zone).astype(object)
