"""An instrument as an XLSForm: the rows that ODK Collect, KoboToolbox and pyxform read."""

from collections.abc import Iterator

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import CodeElement, Group, Item, SelfCode, Texts

Row = dict[str, str]
Sheets = dict[str, list[Row]]
APPEARANCE = {"matrix": "table-list"}  # ours, where XLSForm has another word


def to_sheets(instrument: Instrument) -> Sheets:
    """Lay an instrument out as the three sheets of an XLSForm.

    Groups become begin_group and end_group around their items. Before the items stand the notice
    (a note) and the self-made code (a group), after them the thanks (a note). What XLSForm has no
    column for (scales, occasions, privacy, paper) is left out; the file keeps it on a sheet of its
    own (``xlsform_file``).

    Returns:
        Sheets ``survey``, ``choices`` and ``settings``, each a list of rows.
    """
    choices = [
        {"list_name": name, "name": choice.name, **_texts("label", choice.label)}
        for name, listed in instrument.choices.items()
        for choice in listed
    ]
    first = instrument.languages[0]
    settings = {
        "form_title": instrument.title[first],
        "form_id": instrument.id,
        "version": instrument.version,
        "default_language": first,
    }
    return {"survey": list(_survey(instrument)), "choices": choices, "settings": [settings]}


def added_rows(instrument: Instrument) -> dict[str, str]:
    """Name the rows of the survey sheet that are no items: of the notice, the code, the thanks."""
    taken = {item.name for item in instrument.items} | set(instrument.groups)
    if instrument.code:
        taken |= {element.name for element in instrument.code.elements}
    names = {"notice": "notice_text"}
    if instrument.code:
        names["code"] = "self_code"
    if instrument.thanks:
        names["thanks"] = "thanks_text"
    for part, name in names.items():
        while names[part] in taken or f"{names[part]}_intro" in taken:
            names[part] = f"{names[part]}_{name[0]}"
    return names


def chain_of_groups(instrument: Instrument, item: Item) -> list[str]:
    """List the groups around an item, the outermost first."""
    chain: list[str] = []
    name = item.group
    while name and name not in chain:
        chain.insert(0, name)
        name = instrument.groups[name].group
    return chain


def code_constraint(element: CodeElement) -> str:
    """Say as an XLSForm expression what may be written for one part of the self-made code."""
    if element.kind == "letter":
        return "regex(., '^[A-Za-z]$')"
    bounds = (("<=", element.high), (">=", element.low))
    return " and ".join(f". {sign} {bound}" for sign, bound in bounds if bound is not None)


def _survey(instrument: Instrument) -> Iterator[Row]:
    added = added_rows(instrument)
    yield {"type": "note", "name": added["notice"], **_texts("label", instrument.notice)}
    if instrument.code:
        yield from _self_code(instrument.code, name=added["code"])
    open_groups: list[str] = []
    for item in instrument.items:
        wanted = chain_of_groups(instrument, item)
        while open_groups and open_groups != wanted[: len(open_groups)]:
            yield {"type": "end_group", "name": open_groups.pop()}
        for name in wanted[len(open_groups) :]:
            open_groups.append(name)
            yield _begin(name, instrument.groups[name])
        yield _row(item)
    while open_groups:
        yield {"type": "end_group", "name": open_groups.pop()}
    if instrument.thanks:
        yield {"type": "note", "name": added["thanks"], **_texts("label", instrument.thanks)}


def _self_code(code: SelfCode, *, name: str) -> Iterator[Row]:
    yield {"type": "begin_group", "name": name, "appearance": "field-list"}
    yield {"type": "note", "name": f"{name}_intro", **_texts("label", code.intro)}
    for element in code.elements:
        row = {
            "type": "text" if element.kind == "letter" else "integer",
            "name": element.name,
            **_texts("label", element.label),
            **_texts("hint", element.hint),
        }
        if constraint := code_constraint(element):
            row["constraint"] = constraint
        yield row
    yield {"type": "end_group", "name": name}


def _begin(name: str, group: Group) -> Row:
    row = {"type": "begin_group", "name": name, **_texts("label", group.label)}
    if group.relevant:
        row["relevant"] = group.relevant
    if group.appearance:
        row["appearance"] = APPEARANCE.get(group.appearance, group.appearance)
    return row


def _row(item: Item) -> Row:
    row = {"type": item.type, "name": item.name, **_texts("label", item.label)}
    row |= _texts("hint", item.hint) | _texts("constraint_message", item.constraint_message)
    for name in ("relevant", "constraint", "calculation", "appearance"):
        if getattr(item, name):
            row[name] = getattr(item, name)
    if item.required:
        row["required"] = "yes"
    return row


def _texts(column: str, texts: Texts) -> Row:
    return {f"{column}::{language}": text for language, text in texts.items()}
