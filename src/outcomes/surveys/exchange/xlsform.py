"""An instrument as an XLSForm: the rows that ODK Collect, KoboToolbox and pyxform read."""

from collections.abc import Iterator

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Group, Item, Texts

Row = dict[str, str]
Sheets = dict[str, list[Row]]
APPEARANCE = {"matrix": "table-list"}  # ours, where XLSForm has another word


def to_sheets(instrument: Instrument) -> Sheets:
    """Lay an instrument out as the three sheets of an XLSForm.

    Groups become begin_group and end_group around their items. What XLSForm has no column for
    (scales, occasions, privacy, the self-made code, paper) is left out: it stays in the YAML.

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


def _survey(instrument: Instrument) -> Iterator[Row]:
    yield {"type": "note", "name": "notice_text", **_texts("label", instrument.notice)}
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


def chain_of_groups(instrument: Instrument, item: Item) -> list[str]:
    """List the groups around an item, the outermost first."""
    chain: list[str] = []
    name = item.group
    while name and name not in chain:
        chain.insert(0, name)
        name = instrument.groups[name].group
    return chain


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
