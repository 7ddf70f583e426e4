"""An XLSForm workbook as an instrument, with a report of what became of every row."""

import re
from pathlib import Path
from typing import Any

from outcomes.errors import DataError
from outcomes.surveys.exchange.draft_instrument import finish
from outcomes.surveys.exchange.form_draft import (
    Draft,
    legal_code,
)
from outcomes.surveys.exchange.language_names import added_word
from outcomes.surveys.exchange.mapping import FormImport, Mapped
from outcomes.surveys.exchange.xlsform_head import SETTINGS, head_of, restore, take_settings
from outcomes.surveys.exchange.xlsform_references import (
    EXPRESSIONS,
    referenced,
    settle_references,
)
from outcomes.surveys.exchange.xlsform_rows import (
    MEDIA,
    TEXTS,
    FormRow,
    check_size,
    pyxform_refusal,
    read_rows,
)
from outcomes.surveys.exchange.xlsform_sheet import NEEDLESS, Sheet, drop, new_name, report_cells
from outcomes.surveys.exchange.xlsform_types import NOT_TAKEN, PRIVATE, RowType, row_type

_REPEATS = "questions that repeat have no counterpart here"
_CODE = "it asks the self-made code, which stands whole on the sheet outcomes"
_APPEARANCES = {"table-list": "matrix", "field-list": "field-list"}


def read_xlsform(path: Path, *, keep_going: bool = False) -> FormImport:
    """Read an XLSForm workbook: .xlsx, .xls, .md, or pyxform's .csv.

    pyxform must take it; then every row of the sheets survey, choices and settings is mapped,
    dropped by a rule, or an error. Expressions stay as they are. A sheet ``outcomes``, which our
    own export writes, brings back scales and all else that XLSForm has no column for.

    Args:
        path: The workbook.
        keep_going: Give the instrument although there are errors, to be mended by hand.

    Raises:
        FileError: There is no such file, or it is too large to be a form.
    """
    check_size(path)
    if reason := pyxform_refusal(path):
        why = f"pyxform refuses it: {reason}. Mend the form, then import it again"
        return FormImport(
            tool="XLSForm", mapping=[Mapped(part="the workbook", fate="error", why=why)]
        )
    try:
        rows = read_rows(path)
    except DataError as error:
        return FormImport(
            tool="XLSForm",
            mapping=[Mapped(part="the workbook", fate="error", why=str(error))],
        )
    draft = Draft(tool="XLSForm", language=rows.language)
    sheet = Sheet(draft=draft, rows=rows)
    sheet.referenced = referenced(
        row.cells.get(key, "") for row in rows.survey for key in EXPRESSIONS
    )
    _choices(sheet)
    for row in rows.survey:
        _row(sheet, row)
    take_settings(sheet)
    settle_references(draft, names=sheet.names, places=sheet.places)
    for name, count in rows.other_sheets.items():
        draft.dropped(
            f"sheet {name}", f"{count} rows; lists of other files have no counterpart here"
        )
    restore(sheet)
    return finish(draft, path=path, head=head_of(sheet, path), keep_going=keep_going)


def _choices(sheet: Sheet) -> None:
    """Take the lists of choices as they stand."""
    draft = sheet.draft
    for row in sheet.rows.choices:
        listed, given = row.cells.get("list_name", ""), row.cells.get("name", "")
        place = f"choices, row {row.number}, {given}"
        if not listed or not given:
            draft.dropped(f"choices, row {row.number}", "it is no choice: no list or no name")
            continue
        name = legal_code(given) if re.search(r"\s", given) else given
        if any(choice["name"] == name for choice in draft.choices.get(listed, ())):
            draft.dropped(place, f"the list {listed} has this choice already")
            continue
        label = row.texts.get("label") or {sheet.rows.language: given}
        draft.choices.setdefault(listed, []).append({"name": name, "label": dict(label)})
        draft.mapped(place, f"choice {name} of {listed}", why="" if name == given else "renamed")
        for column in row.cells:
            if column in MEDIA:
                draft.dropped(f"{place}, {column}", NEEDLESS[column])


def _row(sheet: Sheet, row: FormRow) -> None:
    """Take one row of the survey sheet, or say why not."""
    kind = row_type(row.cells.get("type", ""))
    name = row.cells.get("name", "")
    place = f"row {row.number}, {name or row.cells.get('type', '')}"
    if row.cells.get("disabled", "").lower() in {"yes", "true"}:
        sheet.draft.dropped(place, "the row is disabled")
    elif kind.what == "comment":
        sheet.draft.dropped(place, "a row without a type is a comment")
    elif kind.what in {"begin", "end"}:
        border = _begin if kind.what == "begin" else _end
        border(sheet, row, kind=kind, place=place)
    elif sheet.skipped:
        _skip(sheet, name, place=place)
    else:
        _question(sheet, row, kind, place=place)


def _question(sheet: Sheet, row: FormRow, kind: RowType, *, place: str) -> None:
    """Take a row that opens and closes nothing."""
    name = row.cells.get("name", "")
    once = _shown_once(sheet, name) if kind.become == "note" and not sheet.open else ""
    if kind.what == "setting":
        sheet.settings[kind.become] = name
        sheet.draft.mapped(place, SETTINGS[kind.become])
    elif once:
        sheet.shown_once[once] = dict(row.texts.get("label", {}))
        sheet.draft.mapped(place, once)
    elif kind.what == "item":
        _item(sheet, row, kind, place=place)
    elif name in sheet.referenced and kind.become == "today":
        _today(sheet, name, place=place)
    else:
        drop(sheet, name, place=place, why=NOT_TAKEN.get(kind.become) or PRIVATE)


def _shown_once(sheet: Sheet, name: str) -> str:
    """Tell the notes that our own export writes for the notice and the thanks."""
    for part in ("notice", "thanks"):
        if name == sheet.rows.own.get(f"rows.{part}", f"{part}_text"):
            return part
    return ""


def _skip(sheet: Sheet, name: str, *, place: str) -> None:
    """Pass over a row inside what is not taken."""
    why = sheet.skipped[-1]
    if why == _CODE:
        sheet.draft.mapped(place, "code", why=why)
    else:
        drop(sheet, name, place=place, why=why)


def _begin(sheet: Sheet, row: FormRow, *, kind: RowType, place: str) -> None:
    """Open a group, or begin to skip what repeats."""
    name = row.cells.get("name", "")
    if sheet.skipped or kind.become != "group" or name == sheet.rows.own.get("rows.code"):
        why = _CODE if kind.become == "group" else _REPEATS
        sheet.skipped.append(sheet.skipped[-1] if sheet.skipped else why)
        _skip(sheet, name, place=place)
        return
    here = new_name(sheet, name, place=place)
    appearance = row.cells.get("appearance", "")
    group: dict[str, Any] = {
        "label": dict(row.texts.get("label", {})),
        "relevant": row.cells.get("relevant", ""),
        "group": sheet.open[-1] if sheet.open else "",
    }
    for word in appearance.split():
        if word in _APPEARANCES and not group.get("appearance"):
            group["appearance"] = _APPEARANCES[word]
        else:
            sheet.draft.dropped(f"{place}, appearance", f"{word} has no counterpart for a group")
    sheet.draft.groups[here] = group
    sheet.open.append(here)
    sheet.places[here] = place
    sheet.draft.mapped(place, f"group {here}")
    report_cells(sheet, row, place=place, item=False)


def _end(sheet: Sheet, row: FormRow, *, kind: RowType, place: str) -> None:
    """Close what was opened last; ``kind`` and ``row`` say nothing that pyxform did not check."""
    if sheet.skipped:
        _skip(sheet, "", place=place)
        sheet.skipped.pop()
    elif sheet.open:
        sheet.draft.mapped(place, f"end of group {sheet.open.pop()}")
    else:
        sheet.draft.dropped(place, "no group is open")


def _item(sheet: Sheet, row: FormRow, kind: RowType, *, place: str) -> None:
    """Make an item of a row."""
    draft, cells = sheet.draft, row.cells
    name = cells.get("name", "")
    if kind.become == "note" and not row.texts.get("label"):
        drop(sheet, name, place=place, why="a note without words, which shows only a picture")
        return
    if kind.listed and kind.listed not in draft.choices and kind.listed != "acknowledged":
        drop(sheet, name, place=place, why="its choices stand in another file or answer")
        return
    here = new_name(sheet, name, place=place)
    item: dict[str, Any] = {
        "name": here,
        "type": f"{kind.become} {kind.listed}".strip(),
        **{key: dict(row.texts.get(key, {})) for key in TEXTS},
        **{key: cells.get(key, "") for key in ("relevant", "constraint", "appearance")},
        "group": sheet.open[-1] if sheet.open else "",
    }
    _by_type(sheet, item, row, place=place)
    if kind.why:
        draft.dropped(f"{place}, type", kind.why)
    _required(sheet, item, cells.get("required", ""), place=place)
    draft.items.append(item)
    sheet.places[here] = place
    draft.mapped(place, f"{item['type']} {here}")
    if kind.other:
        _other(sheet, item, place=place)
    report_cells(sheet, row, place=place, item=True)


def _by_type(sheet: Sheet, item: dict[str, Any], row: FormRow, *, place: str) -> None:
    """Add what only items of its type have."""
    calculation = row.cells.get("calculation", "")
    if item["type"] == "calculate":
        item["calculation"] = calculation
    elif calculation:
        sheet.draft.dropped(f"{place}, calculation", NEEDLESS["default"])
    if item["type"] == "text":
        item["privacy"] = "free text"
    if item["type"] == "select_one acknowledged":
        ok = {"name": "OK", "label": {sheet.rows.language: "OK"}}
        sheet.draft.choices.setdefault("acknowledged", [ok])


def _required(sheet: Sheet, item: dict[str, Any], said: str, *, place: str) -> None:
    if said.lower() in {"yes", "true", "true()"}:
        item["required"] = True
    elif said and said.lower() not in {"no", "false", "false()"}:
        sheet.draft.dropped(f"{place}, required", "an item is required always or never; here never")


def _other(sheet: Sheet, item: dict[str, Any], *, place: str) -> None:
    """Add what or_other stands for: the choice, and a text for whoever takes it."""
    listed = sheet.draft.choices[item["type"].partition(" ")[2]]
    languages = list(item["label"]) or [sheet.rows.language]
    if not any(choice["name"] == "other" for choice in listed):
        listed.append({"name": "other", "label": added_word("other", languages)})
    name = sheet.draft.new_name(f"{item['name']}_other")
    sheet.names.setdefault(name, name)
    sheet.places[name] = place
    sheet.draft.items.append(
        {
            "name": name,
            "type": "text",
            "label": added_word("other_text", languages),
            "relevant": f"selected(${{{item['name']}}}, 'other')",
            "group": item["group"],
            "privacy": "free text",
        }
    )
    sheet.draft.mapped(f"{place}, or_other", f"choice other, text {name}")


def _today(sheet: Sheet, name: str, *, place: str) -> None:
    """Keep the day of the answers where an expression asks for it."""
    here = new_name(sheet, name, place=place)
    group = sheet.open[-1] if sheet.open else ""
    sheet.draft.items.append(
        {"name": here, "type": "calculate", "calculation": "today()", "group": group}
    )
    sheet.places[here] = place
    sheet.draft.mapped(place, f"calculate {here}")
