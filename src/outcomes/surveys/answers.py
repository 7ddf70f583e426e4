"""Answers: a table with one row a respondent and one column an item, checked cell by cell."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.settings import AGENCY
from outcomes.sheets import AS_IT_IS, Column, DateOrder, Reading, Sheet, check_cells, parse
from outcomes.sheets.files import read_cells
from outcomes.surveys.flow import state
from outcomes.surveys.instrument import (
    Instrument,
    allowed_answers,
    answer_names,
    content_hash,
    scored_items,
)
from outcomes.surveys.parts import Item, Occasion

_RULES = {
    "integer": ("a whole number", "Write a whole number"),
    "decimal": ("a number", "Write a number"),
    "date": ("a date", "Write it as 2026-03-31"),
}


def read_answers(
    path: Path,
    instrument: Instrument,
    *,
    places: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Read the answers of one wave.

    Args:
        path: CSV or Excel with the columns ``respondent``, perhaps ``place`` and ``weight``, and
            one for each item. An item that no scale needs may be absent.
        instrument: What was asked.
        places: Codes that may stand in ``place``; None takes any word for a place.
        keep: Other columns of the file to carry along as text; they must be there.
        reading: How the file is to be read.

    Returns:
        Columns respondent, place (``agency`` where none is named), weight (NaN where none is),
        those in ``keep``, and every item as text, empty where nothing was answered. Codes that
        mean no answer are kept as they stand.

    Raises:
        FileError: The file cannot be read, or lacks ``respondent`` or an item of a scale.

    Source:
        Requirements B5, E1, D9.
    """
    cells = read_cells(path, encoding=reading.encoding)
    return check_answers(cells, instrument, path=path, places=places, keep=keep, reading=reading)


def check_answers(
    cells: pd.DataFrame,
    instrument: Instrument,
    *,
    path: Path,
    places: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    reading: Reading = AS_IT_IS,
) -> Sheet:
    """Check answers that were read as text, cell by cell, as ``read_answers`` does.

    Args:
        cells: The columns of an answers file; the index is the number of the row in the file.
        instrument: What was asked.
        path: Where they were read.
        places: As for ``read_answers``.
        keep: As for ``read_answers``.
        reading: As for ``read_answers``.

    Raises:
        FileError: A column is missing.
    """
    needed = scored_items(instrument)
    asked = [item for item in instrument.items if item.asked]
    own = {"respondent", "place", "weight", *(item.name for item in asked)}
    sheet = check_cells(
        path,
        cells,
        [
            Column(name="respondent"),
            Column(
                name="place",
                needed=False,
                blank=True,
                allowed=() if places is None else (*places, AGENCY),
            ),
            Column(name="weight", kind="number", needed=False, blank=True),
            *(Column(name=name, blank=True) for name in keep if name not in own),
            *(Column(name=item.name, needed=item.name in needed, blank=True) for item in asked),
        ],
        key=("respondent",),
        reading=reading,
    )
    _check_respondents(sheet)
    _check_weights(sheet)
    for item in asked:
        _check_item(sheet, instrument, item=item, date_order=reading.date_order)
    sheet.table = sheet.table.assign(place=sheet.table["place"].replace("", AGENCY))
    return sheet


def _check_respondents(sheet: Sheet) -> None:
    sheet.refuse(
        sheet.table["respondent"].str.contains(r"[\s@]", regex=True).astype(bool),
        column="respondent",
        problem="a space or @ stands in it, as in a name or an e-mail address",
        mend="Use a code, such as S-014: names of respondents are never stored",
    )
    sheet.refuse(
        sheet.table["respondent"].str.len() > 80,
        column="respondent",
        problem="the code is longer than 80 characters",
        mend="Use a short code, such as S-014, and never a name",
    )


def _check_weights(sheet: Sheet) -> None:
    weights = sheet.table["weight"].astype(float)
    sheet.refuse(
        weights <= 0,
        column="weight",
        problem="{:g} is not above 0",
        mend="A weight says how many people a respondent stands for; correct it or drop the row",
    )
    weights = sheet.table["weight"].astype(float)
    if weights.notna().any():
        sheet.refuse(
            weights.isna(),
            column="weight",
            problem="the cell is empty, while other rows have a weight",
            mend="Give every respondent a weight, or none",
        )


def _check_item(sheet: Sheet, instrument: Instrument, *, item: Item, date_order: DateOrder) -> None:
    cells = sheet.table[item.name].astype(str)
    cells = cells.str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)  # 4.0 is how pandas writes 4
    sheet.table = sheet.table.assign(**{item.name: cells})
    answered = (cells != "") & ~cells.isin(instrument.missing)
    if item.choice_list:
        known = set(answer_names(instrument, item))
        taken = cells.str.split() if item.many else cells.map(lambda cell: [cell])
        wrong = answered & ~taken.map(known.issuperset).astype(bool)
        for word in cells[wrong].unique():
            sheet.refuse(
                sheet.table[item.name] == word,
                column=item.name,
                problem="{} is not an answer of this item",
                mend=allowed_answers(instrument, item),
            )
    elif item.type in _RULES:
        what, mend = _RULES[item.type]
        kind = "number" if item.type == "decimal" else item.type
        parsed = parse(cells.where(answered), kind=kind, date_order=date_order)  # type: ignore[arg-type]
        if kind == "date":
            written = parsed.dt.strftime("%Y-%m-%d").astype(object)
            sheet.table = sheet.table.assign(**{item.name: written.where(parsed.notna(), cells)})
        sheet.refuse(
            answered & parsed.isna(),
            column=item.name,
            problem=f"{{}} is not {what}",
            mend=mend,
        )


def check_flow(
    sheet: Sheet, instrument: Instrument, *, occasion: Occasion | None = None
) -> tuple[str, ...]:
    """Hold answers against the conditions of the form, with the evaluator that forms use.

    An answer that a constraint forbids refuses its row. An answer to a question that was not
    asked (its condition is false, or it belongs to another occasion) is left out, and counted.

    Args:
        sheet: As ``read_answers`` gives it; changed in place.
        instrument: What was asked.
        occasion: On which occasion; None asks every item.

    Returns:
        What was left out, in sentences.
    """
    asked = [item for item in instrument.items if item.asked]
    conditions = [item.relevant or item.constraint or item.waves for item in asked]
    if not any((*conditions, *(group.relevant for group in instrument.groups.values()))):
        return ()
    wrong: dict[str, dict[int, str]] = {}
    left_out: Counter[str] = Counter()
    answers = sheet.table[[item.name for item in asked]]
    kept = []
    for index, row in zip(answers.index, answers.to_dict("records"), strict=True):
        found = state(instrument, row, occasion=occasion)
        left_out.update(found.dropped)
        kept.append({name: "" if name in found.dropped else cell for name, cell in row.items()})
        for name in found.invalid:
            wrong.setdefault(name, {})[index] = found.items[name].message
    sheet.table = sheet.table.assign(**pd.DataFrame(kept, index=answers.index).to_dict("series"))
    for name, rows in wrong.items():
        sheet.refuse(
            sheet.table.index.to_series().isin(rows),
            column=name,
            problem="{!r} cannot stand in this form",
            mend=next(iter(rows.values())),
        )
    return tuple(
        f"Answers to {name}: {times} left out, for it was not asked of those respondents."
        for name, times in left_out.items()
    )


def answer_rows(table: pd.DataFrame, instrument: Instrument, *, wave: str) -> list[dict[str, Any]]:
    """Write answers as rows of the store: one a respondent, its items in one cell.

    Args:
        table: As ``read_answers`` gives it.
        instrument: Its id, version and content hash are kept with each row.
        wave: The label of the wave; with the respondent it makes the key.
    """
    names = [item.name for item in instrument.items if item.asked]
    about = {
        "wave": wave,
        "instrument": instrument.id,
        "instrument_version": instrument.version,
        "instrument_hash": content_hash(instrument),
    }
    meta = table[["respondent", "place", "weight"]].itertuples(index=False, name=None)
    items = table[names].itertuples(index=False, name=None)
    return [
        {
            "key": f"{wave}/{respondent}",
            **about,
            "respondent": respondent,
            "place": place,
            "weight": None if pd.isna(weight) else float(weight),
            "answers": dict(zip(names, cells, strict=True)),
        }
        for (respondent, place, weight), cells in zip(meta, items, strict=True)
    ]
