"""What does a CAD extract hold: calls of confirmed types, types nobody confirmed, days it covers?

Only the columns that somebody named are read (A10, D19): no address, no officer, no disposition.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import pandas as pd

from outcomes.engagement.cad import NEITHER
from outcomes.engagement.cad_names import code_key
from outcomes.engagement.cad_pieces import column_names, pieces
from outcomes.errors import FileError
from outcomes.guards.forbidden import forbidden_columns, red_line
from outcomes.sheets import AS_IT_IS, Reading, parse

NONE_STORED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractColumns:
    """What the columns of one extract are called; "" where it has no such column."""

    call: str  # the number of the call
    type: str
    place: str  # a beat, or a place of the study
    start: str
    end: str = ""
    minutes: str = ""
    units: str = ""  # labels of units, not of people
    gps: str = ""  # minutes by GPS

    def named(self) -> dict[str, str]:
        """Give our name of each column that the extract has, by theirs."""
        ours = [each.name for each in fields(self)]
        return {theirs: name for name in ours if (theirs := getattr(self, name))}


@dataclass(slots=True, kw_only=True)
class Extract:
    """What was read of one extract."""

    path: Path
    read: int = 0  # rows in the file
    calls: pd.DataFrame = field(default_factory=pd.DataFrame)  # text, our names; wanted, stored
    not_confirmed: Counter[str] = field(default_factory=Counter)  # call type: rows
    days: set[str] = field(default_factory=set)  # ISO, of all of its rows
    not_read: tuple[str, ...] = ()  # columns

    def sensitive(self) -> tuple[str, ...]:
        """Name the columns left unread that look like enforcement or like people."""
        return tuple(each.column for each in forbidden_columns(self.not_read))


def count_types(path: Path, column: str, *, encoding: str = "utf-8-sig") -> dict[str, int]:
    """Count the rows of each call type in an extract; a row without one is left out.

    Raises:
        FileError: As for ``pieces``.
    """
    counts: Counter[str] = Counter()
    for piece in pieces(path, [column], encoding=encoding):
        counts.update(piece[column].value_counts(sort=False).to_dict())
    counts.pop("", None)
    return {str(name): int(times) for name, times in counts.items()}


def read_extract(
    path: Path,
    columns: ExtractColumns,
    *,
    confirmed: Mapping[str, str],
    stored: Mapping[str, str] = NONE_STORED,
    reading: Reading = AS_IT_IS,
) -> Extract:
    """Read the calls of an extract whose type was confirmed as a walk or other engagement.

    Args:
        path: CSV, Excel or Parquet; of any size.
        columns: What its columns are called.
        confirmed: What each call type means, by its name.
        stored: The type of each call that is stored already, by its number. Such a call is kept
            where its type is another now: an amended extract may say that it was no walk.
        reading: How the file is read.

    Returns:
        Its calls of these types as text, and an account of the rest.

    Raises:
        FileError: The file cannot be read, lacks a column, or a column named looks like
            enforcement or like people.

    Source:
        Requirements D3, D19, A10.
    """
    named = columns.named()
    _require_harmless(path, named)
    meanings = {code_key(name): meaning for name, meaning in confirmed.items()}
    types = {call: code_key(name) for call, name in stored.items()}
    wanted = {name for name, meaning in meanings.items() if meaning != NEITHER}
    extract = Extract(path=path)
    extract.not_read = tuple(
        name for name in column_names(path, encoding=reading.encoding) if name not in named
    )
    kept = []
    for piece in pieces(path, list(named), encoding=reading.encoding):
        rows = piece.rename(columns=named)
        keys = _code_keys(rows["type"])
        extract.read += len(rows)
        extract.days |= _days(rows["start"], reading=reading)
        open_types = rows.loc[~keys.isin(list(meanings)) & (rows["type"] != ""), "type"]
        extract.not_confirmed.update(open_types.value_counts(sort=False).to_dict())
        known = rows["call"].isin(list(types))
        known &= keys.isin(list(wanted)) | (rows["call"].map(types) != keys)
        rows = rows.assign(wanted=keys.isin(list(wanted)), stored=known)
        kept.append(rows[rows["wanted"] | rows["stored"]])
    names = [*named.values(), "wanted", "stored"]
    extract.calls = pd.concat(kept) if kept else pd.DataFrame(columns=names)
    return extract


def _code_keys(names: pd.Series) -> pd.Series:
    """Write call types so that case and spaces make no difference; few names stand often."""
    return names.map({name: code_key(name) for name in names.unique()}).astype("str")


def _days(starts: pd.Series, *, reading: Reading) -> set[str]:
    """Say on which days the rows began; a date that cannot be read is left to the checks."""
    dates = starts.str.extract(r"^([^T ]+)", expand=False).dropna().drop_duplicates()
    days = parse(dates, kind="date", date_order=reading.date_order).dropna()
    return set(days.dt.strftime("%Y-%m-%d"))


def _require_harmless(path: Path, named: Iterable[str]) -> None:
    for found in forbidden_columns(named):
        line = red_line(found.kind)
        raise FileError(
            path,
            f"column {found.column!r}",
            f"it looks like {line.looks}, by {found.sign}. Nothing was stored: {line.why}",
            "Name another column, or leave the option out",
        )
