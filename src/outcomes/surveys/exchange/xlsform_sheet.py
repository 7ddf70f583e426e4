"""The survey sheet of an XLSForm on its way to items: open groups, changed names, what is out."""

from dataclasses import dataclass, field

from outcomes.surveys.exchange.form_draft import Draft
from outcomes.surveys.exchange.xlsform_references import REFERENCE
from outcomes.surveys.exchange.xlsform_rows import MEDIA, FormRow, FormRows

_COLUMNS = (  # columns of the survey sheet that an item is made of
    *("type", "name", "relevant", "constraint", "calculation", "required", "appearance"),
)
NEEDLESS = {
    "choice_filter": "every choice is offered",
    "default": "answers are not filled in before the respondent gives them",
    "readonly": "an item that is asked can be answered",
    "trigger": "answers are not changed by other answers",
    "repeat_count": "questions that repeat have no counterpart here",
    "parameters": "this setting has no counterpart here",
    "guidance_hint": "guidance for interviewers has no counterpart here",
    "required_message": "the program says itself that an answer is missing",
    **dict.fromkeys(MEDIA, "pictures, sound and films are not taken"),
}


@dataclass(slots=True, kw_only=True)
class Sheet:
    """The survey sheet on its way: which groups are open, which names were changed."""

    draft: Draft
    rows: FormRows
    open: list[str] = field(default_factory=list)  # groups around the row
    skipped: list[str] = field(default_factory=list)  # reasons of what is open and not taken
    names: dict[str, str] = field(default_factory=dict)  # there -> here
    places: dict[str, str] = field(default_factory=dict)  # item or group here -> row
    settings: dict[str, str] = field(default_factory=dict)
    shown_once: dict[str, dict[str, str]] = field(default_factory=dict)  # notice, thanks
    referenced: set[str] = field(default_factory=set)


def drop(sheet: Sheet, name: str, *, place: str, why: str) -> None:
    """Leave a row out, and remember why for the expressions that ask about it."""
    sheet.draft.dropped(place, why)
    if name:
        sheet.draft.lost[name] = why


def new_name(sheet: Sheet, name: str, *, place: str) -> str:
    """Give a row its name here, and report where it is another one."""
    here = sheet.draft.new_name(name)
    sheet.names.setdefault(name, here)
    if here != name:
        sheet.draft.mapped(f"{place}, name", here, why="renamed: the name is not allowed or taken")
    return here


def report_cells(sheet: Sheet, row: FormRow, *, place: str, item: bool) -> None:
    """Report the cells that no part of an item is made of."""
    for column, content in row.cells.items():
        if column in _COLUMNS or (column == "disabled"):
            continue
        why = NEEDLESS.get(column, "this column has no counterpart here")
        sheet.draft.dropped(f"{place}, {column}", f"{why} ({content[:60]})")
    if not item and (row.texts.get("hint") or row.texts.get("constraint_message")):
        sheet.draft.dropped(f"{place}, hint", "a group has no hint")
    for texts in row.texts.values():
        if any(REFERENCE.search(text) for text in texts.values()):
            sheet.draft.mapped(f"{place}, text", "as it stands", why="it shows an answer")
