"""An instrument as an XLSForm workbook (.xlsx), which loses nothing.

The sheets ``survey``, ``choices`` and ``settings`` are XLSForm's. A fourth sheet, ``outcomes``,
holds what XLSForm has no column for. Other tools pass it over; our import reads it back.

Layout of the sheet ``outcomes``: a header ``key``, ``value``; below it one row for each part, the
key a path in the instrument's YAML, the value JSON.

=======================  =========================================================================
key                      value
=======================  =========================================================================
layout                   1, the number of this layout
rows.notice              name of the note in ``survey`` whose label is the notice
rows.code                name of the group in ``survey`` that asks the self-made code; its rows are
                         no items, the whole is under ``code``
rows.thanks              name of the note in ``survey`` whose label is the thanks
languages, population, rank_groups, source, licence, missing, code, paper, title
                         as in the YAML; ``title`` has every language, the settings' form_title
                         only the first. ``source`` has the key ``construct``
scales.NAME              the whole scale
items.NAME.waves         list of occasions
items.NAME.privacy       the class, where it is not ``answer``
items.NAME.looks_back_on the item whose answer before the class it asks for again
groups.NAME              a whole group that no item stands in
groups.NAME.appearance   where it is a word that XLSForm shares with another of ours (table-list)
=======================  =========================================================================

A key that is missing has its default; what stands here wins over what the other sheets suggest,
except that ``form_title``, ``form_id`` and ``version`` of the settings are the ones that count.
"""

import io
import json
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.worksheet import Worksheet

from outcomes.errors import DataError
from outcomes.surveys.exchange.xlsform import (
    APPEARANCE,
    Row,
    Sheets,
    added_rows,
    chain_of_groups,
    to_sheets,
)
from outcomes.surveys.instrument import Instrument

LAYOUT = 1
SHEET = "outcomes"
_WHOLE = (
    *("languages", "population", "rank_groups", "source", "licence"),
    *("missing", "code", "paper", "title"),
)
_ORDER = {
    "survey": (
        *("type", "name", "label", "hint", "required", "relevant"),
        *("constraint", "constraint_message", "calculation", "appearance"),
    ),
    "choices": ("list_name", "name", "label"),
    "settings": ("form_title", "form_id", "version", "default_language"),
    SHEET: ("key", "value"),
}
_LONGEST_CELL = 32_767  # of Excel
_WIDTHS = {"type": 24, "name": 22, "list_name": 22, "key": 28, "value": 90, "form_title": 40}


def xlsform_workbook(instrument: Instrument) -> bytes:
    """Make the .xlsx file of an instrument, for ODK, KoboToolbox, or our own import.

    Returns:
        The bytes of the file.

    Raises:
        DataError: A text is longer than a cell of Excel may be, or holds a control character.
    """
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    sheets: Sheets = {**to_sheets(instrument), SHEET: outcomes_rows(instrument)}
    for name, rows in sheets.items():
        columns = _columns(name, rows, languages=instrument.languages)
        _fill(workbook.create_sheet(name), rows, columns=columns, where=instrument.id)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def outcomes_rows(instrument: Instrument) -> list[Row]:
    """List what XLSForm has no column for, as keys and JSON values; the layout is told above."""
    content = instrument.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    parts: dict[str, Any] = {"layout": LAYOUT}
    parts |= {f"rows.{part}": name for part, name in added_rows(instrument).items()}
    parts |= {key: content[key] for key in _WHOLE if key in content}
    parts |= {f"scales.{name}": scale for name, scale in content.get("scales", {}).items()}
    for item in content["items"]:
        for key in ("waves", "privacy", "looks_back_on"):
            if key in item:
                parts[f"items.{item['name']}.{key}"] = item[key]
    held = {name for item in instrument.items for name in chain_of_groups(instrument, item)}
    for name, group in content.get("groups", {}).items():
        if name not in held:
            parts[f"groups.{name}"] = group
        elif group.get("appearance") in APPEARANCE.values():
            parts[f"groups.{name}.appearance"] = group["appearance"]
    return [
        {"key": key, "value": json.dumps(value, ensure_ascii=False)} for key, value in parts.items()
    ]


def _columns(sheet: str, rows: list[Row], *, languages: tuple[str, ...]) -> list[str]:
    """Order the columns that are used as a person would read them."""
    used = {column for row in rows for column in row}
    wanted = [
        column
        for name in _ORDER[sheet]
        for column in (name, *(f"{name}::{language}" for language in languages))
    ]
    return [column for column in wanted if column in used] or list(_ORDER[sheet])


def _fill(sheet: Worksheet, rows: list[Row], *, columns: list[str], where: str) -> None:
    for at, column in enumerate(columns, start=1):
        sheet.cell(1, at, column).font = Font(bold=True)
        width = _WIDTHS.get(column, 50 if "::" in column else 18)
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows, start=2):
        for at, column in enumerate(columns, start=1):
            if text := row.get(column, ""):
                place = f"{where}: sheet {sheet.title}, row {number}, column {column}"
                _write(sheet, (number, at), text=text, place=place)


def _write(sheet: Worksheet, at: tuple[int, int], *, text: str, place: str) -> None:
    if len(text) > _LONGEST_CELL:
        raise DataError(
            f"{place}: the text has {len(text)} characters, and a cell of Excel holds at most "
            f"{_LONGEST_CELL}. Shorten it"
        )
    cell = sheet.cell(*at)
    try:
        cell.value = text
    except IllegalCharacterError:
        raise DataError(
            f"{place}: the text holds a control character, which Excel cannot keep. Remove it"
        ) from None
    cell.data_type = "s"  # a text that starts with = is a text, not a formula
    cell.alignment = Alignment(wrap_text=True, vertical="top")
