"""Read a table of engagement records of one kind; every row that breaks a rule is refused."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from outcomes.engagement.record_kinds import RecordField, RecordKind
from outcomes.engagement.record_values import (
    Value,
    Wrong,
    day_fault,
    natural_key,
    read_value,
)
from outcomes.settings import AGENCY
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet

PLAIN = "records"  # the column in which the records of a read sheet stand, as dicts by field


def read_record_table(
    path: Path,
    kind: RecordKind,
    *,
    places: Sequence[str],
    communities: Sequence[str] = (),
    known: Collection[str] = (),
    today: date,
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read records of one kind.

    Args:
        path: CSV or Excel with the columns day, place, perhaps community, and the kind's fields.
            Several choices or organisations in one cell stand apart by ``;``.
        kind: Which fields there are, and their rules.
        places: Codes that may stand in place, beside ``agency``.
        communities: Codes that may stand in community.
        known: Names that are no secret: places, agencies, outlets, organisations.
        today: No record lies after it.
        reading: How the file is to be read.

    Returns:
        ``table`` with row, day (ISO text), place, community ("" where none is named), the fields,
        and records (the values that are filled in, by field). A record stands once.

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.

    Source:
        Requirements B1-B18, D16, D26, D30; D19 and D29 for what no text may hold.
    """
    sheet = read_sheet(path, _columns(kind, places, communities), reading=reading)
    if not communities:
        named = sheet.table["community"] != ""
        mend = "Leave the cell empty, or add [[communities]] to study.toml"
        sheet.refuse(named, column="community", problem="study.toml names no community", mend=mend)
    days = sheet.table["day"].dt.date
    _refuse_each(sheet, "day", days.map(lambda day: day_fault(day, today=today)))
    for field in kind.fields:
        cells = _as_text(sheet.table[field.name])
        values = _read(cells, field, known=known)
        _refuse_each(sheet, field.name, values)
        sheet.table = sheet.table.assign(**{field.name: values[sheet.table.index]})
    table = sheet.table.assign(day=_as_text(sheet.table["day"]))
    sheet.table = table.assign(
        **{PLAIN: pd.Series(_bodies(table, kind), table.index, dtype=object)}
    )
    _refuse_twice(sheet, kind)
    return sheet


def empty_table(kind: RecordKind) -> pd.DataFrame:
    """Lay out the columns that ``read_record_table`` reads, without a row."""
    names = ["day", "place", "community", *(field.name for field in kind.fields)]
    return pd.DataFrame(columns=names)


def explained(kind: RecordKind, places: Sequence[str]) -> list[tuple[str, str]]:
    """Explain every column of a kind's table: its name, and what belongs there."""
    lines = [
        ("day", "the day, as 2026-03-31; needed"),
        ("place", f"one of {', '.join((*places, AGENCY))}; needed"),
        ("community", "the code of a community in study.toml, or empty"),
    ]
    return [*lines, *((field.name, _explained(field)) for field in kind.fields)]


_HOW = {
    "count": "a whole number",
    "text": "a few words, without names of people",
    "note": "a short note, without names of people",
    "yes or no": "yes or no",
    "date": "a date, as 2026-03-31",
    "time": "a time, as 14:05",
    "organisation": "organisations or roles, never a person; several with a semicolon between them",
}


def _explained(field: RecordField) -> str:
    how = _HOW.get(field.kind) or "one of: " + ", ".join(field.choices)
    if field.kind == "choices":
        how = f"one or more, with a semicolon between them, of: {', '.join(field.choices)}"
    hint = f" {field.hint}" if field.hint else ""
    return f"{field.label} ({how}{'; needed' if field.needed else ''}){hint}"


def _columns(kind: RecordKind, places: Sequence[str], communities: Sequence[str]) -> list[Column]:
    return [
        Column(name="day", kind="date"),
        Column(name="place", allowed=(*places, AGENCY), what="place of the study"),
        Column(
            name="community",
            needed=False,
            blank=True,
            allowed=tuple(communities),
            what="community of the study",
        ),
        *(
            Column(
                name=field.name,
                kind="date" if field.kind == "date" else "text",
                needed=field.needed,
                blank=True,
            )
            for field in kind.fields
        ),
    ]


def _as_text(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.dt.strftime("%Y-%m-%d").fillna("").astype(object)
    return cells.fillna("").astype(object)


def _read(cells: pd.Series, field: RecordField, *, known: Collection[str]) -> pd.Series:
    """Read the cells of one column, each different text once."""
    found = {text: read_value(field, text, known=known) for text in cells.unique()}
    return pd.Series([found[text] for text in cells], index=cells.index, dtype=object)


def _refuse_each(sheet: Sheet, column: str, values: pd.Series) -> None:
    """Refuse the rows whose value is wrong, with what is wrong with it."""
    faults = {str(value): value for value in values if isinstance(value, Wrong)}
    said = values.map(lambda value: str(value) if isinstance(value, Wrong) else "").astype(object)
    for words, fault in faults.items():
        problem = fault.problem.replace("{", "{{").replace("}", "}}")
        bad = said[sheet.table.index] == words
        sheet.refuse(bad, column=column, problem=problem, mend=fault.mend)


def _bodies(table: pd.DataFrame, kind: RecordKind) -> list[dict[str, Value]]:
    names = [field.name for field in kind.fields]
    columns = [list(table[name]) for name in names]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value not in ("", [])}
        for row in zip(*columns, strict=True)
    ]


def _refuse_twice(sheet: Sheet, kind: RecordKind) -> None:
    table = sheet.table
    keys = [
        natural_key(kind, body, day=day, place=place, community=community)
        for body, day, place, community in zip(
            table[PLAIN], table["day"], table["place"], table["community"], strict=True
        )
    ]
    twice = pd.Series(keys, index=table.index, dtype=object).duplicated()
    names = " and ".join(["day", "place", "community", *kind.key])
    sheet.refuse(
        twice,
        column=kind.key[0] if kind.key else "day",
        problem=f"the same {names} stand in an earlier row",
        mend="Remove the row, put both into one row, or write what tells them apart",
    )
