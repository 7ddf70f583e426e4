"""An instrument from REDCap: the data dictionary (CSV)."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.surveys.exchange.form_assembly import (
    Assembly,
    add_group,
    add_item,
    complete,
    free_name,
    later,
    report,
    same_in_all,
)
from outcomes.surveys.exchange.form_finish import finish
from outcomes.surveys.exchange.mapping import FormImport, Mapped
from outcomes.surveys.exchange.redcap_fields import (
    FIXED,
    PLAIN,
    Dictionary,
    Row,
    add_limits,
    type_of,
)
from outcomes.surveys.exchange.redcap_logic import Field, condition, value

_COLUMNS = {  # how the heading begins, small letters only -> how it is called here
    ("variable", "fieldname"): "name",
    ("formname",): "form",
    ("sectionheader",): "section",
    ("fieldtype",): "type",
    ("fieldlabel",): "label",
    ("choices", "selectchoices"): "choices",
    ("fieldnote",): "note",
    ("textvalidationtype",): "validation",
    ("textvalidationmin",): "min",
    ("textvalidationmax",): "max",
    ("identifier",): "identifier",
    ("branchinglogic",): "branching",
    ("requiredfield",): "required",
    ("customalignment",): "alignment",
    ("questionnumber",): "number",
    ("matrixgroup",): "matrix",
    ("matrixranking",): "ranking",
    ("fieldannotation",): "annotation",
}


_IDENTIFYING = re.compile(r"email|phone|ssn|mrn|social", re.I)


_DROPPED = {
    "file": "files and signatures are not collected, because they can show who answered",
    "sql": "choices from a database query have no counterpart",
}


def read_redcap(path: Path, *, keep_going: bool = False) -> FormImport:
    """Read a data dictionary of REDCap, and say what became of each of its rows.

    Args:
        path: The CSV file, with a row of headings.
        keep_going: Whether an instrument is wanted although parts were lost; what lost its
            condition is then shown to nobody until somebody mends it.

    Returns:
        The instrument (None where a part is an error, unless ``keep_going``) and the mapping of
        fields, choices, forms, section headers, matrices, branching logic and calculations.
        Fields marked as identifiers are dropped for privacy.

    Raises:
        FileError: There is no such file.

    Source:
        REDCap's help on the data dictionary; issue 3, part 3.
    """
    if not path.is_file():
        raise FileError(path, "", "there is no such file", "Check the name")
    try:
        rows = _rows(path)
    except FileError as error:
        lost = Mapped(
            part=error.place or "the file", fate="error", why=f"{error.problem}. {error.mend}"
        )
        return FormImport(tool="REDCap", mapping=[lost])
    form = Assembly(tool="REDCap", languages=("en",), inserted=_inserted(rows))
    form.title = complete(form, {"en": path.stem.replace("_", " ")}, part="name of the file")
    dictionary = Dictionary(form=form)
    pages = list(dict.fromkeys(row["form"] for row in rows))
    for row in sorted(rows, key=lambda each: pages.index(each["form"])):
        _place(dictionary, row)
        _field(dictionary, row, first=row is rows[0])
    return finish(form, form_id=path.stem, keep_going=keep_going)


def _rows(path: Path) -> list[Row]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(path, "", "this is not UTF-8 text", "Save it as CSV UTF-8") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        table = list(
            csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
        )
    except csv.Error as error:
        raise FileError(path, "", f"this is not CSV ({error})", "Download it anew") from None
    names = [_column(heading) for heading in (table[0] if table else [])]
    if missing := [name for name in ("name", "type", "label") if name not in names]:
        problem = f"the headings of a data dictionary are missing ({', '.join(missing)})"
        mend = "In REDCap: Designer, Download the current Data Dictionary"
        raise FileError(path, "row 1", problem, mend)
    blank = dict.fromkeys(_COLUMNS.values(), "")
    return [
        {
            **blank,
            **dict(zip(names, (cell.strip() for cell in cells), strict=False)),
            "row": str(at),
        }
        for at, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]


def _column(heading: str) -> str:
    plain = re.sub(r"[^a-z]", "", heading.lower())
    for beginnings, name in _COLUMNS.items():
        if plain.startswith(beginnings):
            return name
    return plain


def _inserted(rows: Sequence[Row]) -> str:
    """Find what REDCap would put into texts: ``[name of a field]``."""
    names = [re.escape(row["name"]) for row in rows if row["name"]]
    return rf"\[(?:{'|'.join(names)})(?:[(:][^\]]*)?\]" if names else ""


def _place(dictionary: Dictionary, row: Row) -> None:
    """Open the form, the section and the matrix that a row stands in."""
    form, part = dictionary.form, f"row {row['row']}"
    page = row["form"] or "form"
    if page != dictionary.form_name:
        dictionary.page = free_name(form, page, part=f"{part}, form {page}")
        label = same_in_all(form, page.replace("_", " ").capitalize())
        add_group(form, dictionary.page, label=label)
        dictionary.form_name = page
        dictionary.section, dictionary.matrix = "", ("", "")
        report(form, f"form {page}", "mapped", became=dictionary.page)
    if row["section"]:
        name = free_name(form, f"{dictionary.page}_section_{row['row']}", part=part)
        label = complete(form, {"en": row["section"]}, part=f"{part}, section header")
        add_group(form, name, label=label, group=dictionary.page)
        dictionary.section, dictionary.matrix = name, ("", "")
        report(form, f"{part}, section header", "mapped", became=name)
    matrix = row["matrix"]
    if matrix != dictionary.matrix[0]:
        dictionary.matrix = ("", "")
    if matrix and not dictionary.matrix[0]:
        name = free_name(form, matrix, part=f"{part}, matrix {matrix}")
        grid = "matrix" if row["type"].lower() == "radio" else ""
        around = dictionary.section or dictionary.page
        add_group(form, name, appearance=grid, group=around)
        dictionary.matrix = (matrix, name)
        report(form, f"{part}, matrix {matrix}", "mapped", became=name)


def _field(dictionary: Dictionary, row: Row, *, first: bool) -> None:
    form, part = dictionary.form, f"row {row['row']}, {row['name'] or 'field without a name'}"
    if why := _why_left_out(row, first=first):
        report(form, part, "error" if "not known" in why else "dropped by rule", why=why)
        dictionary.fields.setdefault(row["name"].lower(), Field(lost=why))
        return
    if row["name"].lower() in dictionary.fields:
        report(form, part, "error", why="the variable stands twice; rename one of the two")
        return
    keys = type_of(dictionary, row, part=part)
    if not keys:
        lost = "its choices are malformed"
        dictionary.fields.setdefault(row["name"].lower(), Field(lost=lost))
        return
    name = free_name(form, row["name"], part=part)
    boxes = keys.pop("_boxes", {})
    group = dictionary.matrix[1] or dictionary.section or dictionary.page
    label = complete(form, {"en": row["label"]}, part=part, instead=name)
    hint = complete(form, {"en": row["note"]}, part=f"{part}, note")
    silent = keys["type"] in {"note", "calculate"}
    asked = {} if silent else {"required": row["required"].lower() == "y"}
    kept = {"hint": hint} if hint and "hint" not in keys else {}
    item = add_item(form, group=group, name=name, label=label, **kept, **asked, **keys)
    if keys["type"] == "calculate":
        item.pop("label")
        item.pop("hint", None)
    dictionary.fields[row["name"].lower()] = Field(item=name, boxes=boxes)
    report(form, part, "mapped", became=name)
    _logic(dictionary, row, item=item, part=part)


def _why_left_out(row: Row, *, first: bool) -> str:
    kind, rule = row["type"].lower(), row["validation"]
    numbers_records = first and kind == "text" and re.search(r"(^|_)id$|^record", row["name"], re.I)
    known = {"text", "radio", "dropdown", "checkbox", "slider", *FIXED, *PLAIN, *_DROPPED}
    reasons = (
        (
            row["identifier"].lower() in {"y", "yes", "1"},
            "it is marked as an identifier, and who answered is not collected here",
        ),
        (
            kind == "text" and _IDENTIFYING.search(rule),
            f"its answer ({rule}) says who answered, which is not collected here",
        ),
        (numbers_records, "the first field numbers the records; respondents do not answer it"),
        (
            re.search(r"@HIDDEN(?!-(PDF|APP))\b", row["annotation"]),
            "it is hidden from respondents",
        ),
        (kind in _DROPPED, _DROPPED.get(kind, "")),
        (kind not in known, f"the type of field {row['type'] or 'nothing'!r} is not known here"),
    )
    return next((why for applies, why in reasons if applies), "")


def _logic(dictionary: Dictionary, row: Row, *, item: dict[str, Any], part: str) -> None:
    form, fields = dictionary.form, dictionary.fields
    if logic := row["branching"]:
        what = f"{part}, branching logic {logic}"
        later(form, item, "relevant", part=what, write=lambda: condition(logic, fields))
    if item["type"] == "calculate":
        what = f"{part}, calculation {row['choices']}"
        later(form, item, "calculation", part=what, write=lambda: value(row["choices"], fields))
    if item["type"] in {"integer", "decimal", "date"} and row["type"].lower() != "slider":
        add_limits(dictionary, row, item=item, part=part)
    if tags := re.findall(r"@[A-Z][A-Z0-9-]*", row["annotation"]):
        why = "action tags of REDCap have no counterpart here"
        if {"@CALCTEXT", "@CALCDATE", "@IF"} & set(tags):
            why = f"{why}; the value is worked out: write a calculation"
            report(form, f"{part}, {', '.join(tags)}", "error", why=why)
        else:
            report(form, f"{part}, {', '.join(tags)}", "dropped by rule", why=why)
    if row["ranking"].lower() == "y":
        why = "rows of a grid may get the same answer here"
        report(form, f"{part}, matrix ranking", "dropped by rule", why=why)
