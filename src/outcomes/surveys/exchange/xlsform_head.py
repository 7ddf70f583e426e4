"""What an XLSForm says once: its settings, and our own sheet ``outcomes``."""

from pathlib import Path

from outcomes.surveys.exchange.form_draft import Head
from outcomes.surveys.exchange.xlsform_sheet import Sheet

SETTINGS = {"form_title": "title", "form_id": "id", "version": "version"}


def take_settings(sheet: Sheet) -> None:
    """Take title, id and version, and report the other settings."""
    for number, row in enumerate(sheet.rows.settings):
        for column, content in row.cells.items():
            place = f"settings, {column}"
            if number:
                sheet.draft.dropped(f"{place}, row {row.number}", "only the first row counts")
            elif column in SETTINGS:
                sheet.settings[column] = content
                sheet.draft.mapped(place, SETTINGS[column])
            elif column == "default_language":
                sheet.draft.mapped(place, f"language {sheet.rows.language}")
            else:
                sheet.draft.dropped(place, "this setting has no counterpart here")


def restore(sheet: Sheet) -> None:
    """Put back what the sheet ``outcomes`` says of items and groups."""
    items = {item["name"]: item for item in sheet.draft.items}
    for key, value in sheet.rows.own.items():
        part, _, rest = key.partition(".")
        if part == "items":
            name, _, what = rest.rpartition(".")
            if name in items and what in {"waves", "privacy", "looks_back_on"}:
                items[name][what] = value
        elif part == "groups" and rest.endswith(".appearance") and rest[:-11] in sheet.draft.groups:
            sheet.draft.groups[rest[:-11]]["appearance"] = value
        elif part == "groups" and isinstance(value, dict):
            sheet.draft.groups[rest] = dict(value)


def head_of(sheet: Sheet, path: Path) -> Head:
    """Gather what stands once for the whole form."""
    own = sheet.rows.own
    keys = (
        "languages",
        "population",
        "rank_groups",
        "source",
        "licence",
        "missing",
        "code",
        "paper",
    )
    kept = {key: own[key] for key in keys if key in own}
    scales = {key.removeprefix("scales."): own[key] for key in own if key.startswith("scales.")}
    if scales:
        kept["scales"] = scales
    title = dict(own.get("title", {}))
    if form_title := sheet.settings.get("form_title"):
        title[next(iter(own.get("languages", [])), sheet.rows.language)] = form_title
    if own:
        sheet.draft.mapped("sheet outcomes", f"{len(own)} keys, read back")
    return Head(
        id=sheet.settings.get("form_id") or path.stem,
        version=sheet.settings.get("version") or "1",
        title=title,
        notice=sheet.shown_once.get("notice", {}),
        thanks=sheet.shown_once.get("thanks", {}),
        own=kept,
    )
