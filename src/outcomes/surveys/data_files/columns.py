"""Which column each item becomes, where answers were given to several versions of an instrument.

An item keeps one column as long as it asks the same in the same words. Where a version asked
something else under the same name, its answers stand in a column of their own, for nobody may take
answers to two questions for answers to one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from outcomes.surveys.data_files.dataset import Kind, Role
from outcomes.surveys.data_files.label_text import one_line
from outcomes.surveys.instrument import Instrument, answer_names, content_hash
from outcomes.surveys.parts import Item, Privacy, Texts
from outcomes.surveys.wording import language_tag

_KINDS: dict[str, Kind] = {
    "select_one": "code",
    "select_multiple": "text",
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "text": "text",
}
_NO_ANSWER = {"en": "(no answer)", "es": "(sin respuesta)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of an item, before it gets a number."""

    code: str
    label: Texts
    missing: bool


@dataclass(slots=True, kw_only=True)
class ItemColumn:
    """One column of answers, gathered over the versions that asked the same."""

    name: str
    item: Item  # of the newest version that asked it
    instrument: Instrument
    kind: Kind
    codes: list[Code]
    versions: list[Instrument] = field(default_factory=list)
    role: Role = "item"

    @property
    def scales(self) -> tuple[str, ...]:
        """The scales of its own version that the item counts toward."""
        scales = self.instrument.scales
        return tuple(name for name in scales if self.item.name in scales[name].items)

    @property
    def reversed_in(self) -> tuple[str, ...]:
        """Those of them in which agreeing means less."""
        scales = self.instrument.scales
        return tuple(name for name in self.scales if self.item.name in scales[name].reversed)


Plan = dict[tuple[str, str], ItemColumn]  # (hash of a version, item) -> its column


def plan_columns(versions: Sequence[Instrument], *, privacy: Sequence[Privacy]) -> Plan:
    """Say into which column each answered item of each version goes.

    Args:
        versions: The newest first; the first to use a name keeps it.
        privacy: The classes of items that are wanted.

    Returns:
        In the order in which the columns are to stand.
    """
    plan: Plan = {}
    columns: list[ItemColumn] = []
    for instrument in versions:
        for item in instrument.items:
            if item.asked and item.privacy in privacy:
                column = _column(columns, instrument, item)
                column.versions.append(instrument)
                plan[content_hash(instrument), item.name] = column
    return plan


def different(columns: Sequence[ItemColumn]) -> Iterator[ItemColumn]:
    """Walk through columns, each once."""
    seen: set[int] = set()
    for column in columns:
        if id(column) not in seen:
            seen.add(id(column))
            yield column


def no_answer_codes(instrument: Instrument) -> list[Code]:
    """List the codes of an instrument that mean no answer, for items without choices."""
    label = no_answer_label(instrument.languages)
    return [Code(code=code, label=label, missing=True) for code in instrument.missing]


def no_answer_label(languages: Sequence[str]) -> Texts:
    """Say "no answer" for a code that no choice explains."""
    return {each: _NO_ANSWER.get(language_tag(each), _NO_ANSWER["en"]) for each in languages}


def version_end(instrument: Instrument, newest: Instrument) -> str:
    """Say what stands behind a name that another version uses for something else."""
    if instrument.id != newest.id:
        return f"_{instrument.id}"
    if instrument.version != newest.version:
        return f"_v{instrument.version}"
    return f"_v{instrument.version}_{content_hash(instrument)[:4]}"


def _column(columns: list[ItemColumn], instrument: Instrument, item: Item) -> ItemColumn:
    codes = _codes(instrument, item)
    for column in columns:
        if column.item.name == item.name and _asks_the_same(column, instrument, item, codes=codes):
            known = {code.code for code in column.codes}
            column.codes.extend(code for code in codes if code.code not in known)
            return column
    taken = {column.name for column in columns}
    name = item.name
    if name in taken:
        first = next(column for column in columns if column.name == name)
        name += version_end(instrument, first.instrument)
    kind = _KINDS[item.type.partition(" ")[0]]
    made = ItemColumn(
        name=free_name(name, taken), item=item, instrument=instrument, kind=kind, codes=codes
    )
    columns.append(made)
    return made


def free_name(name: str, taken: set[str]) -> str:
    """Put a number behind a name that is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _asks_the_same(
    column: ItemColumn, instrument: Instrument, item: Item, *, codes: Sequence[Code]
) -> bool:
    """Whether the question, its kind and the meaning of each shared code are the same."""
    if column.item.type.partition(" ")[0] != item.type.partition(" ")[0]:
        return False
    if column.item.privacy != item.privacy or not _same_words(column.item.label, item.label):
        return False
    earlier = {code.code: code for code in column.codes}
    return all(
        _same_words(earlier[code.code].label, code.label)
        and earlier[code.code].missing == code.missing
        for code in codes
        if code.code in earlier
    )


def _same_words(one: Texts, other: Texts) -> bool:
    both = one.keys() & other.keys()
    return bool(both) and all(one_line(one[each]) == one_line(other[each]) for each in both)


def _codes(instrument: Instrument, item: Item) -> list[Code]:
    if not item.choice_list:
        return [] if item.type == "text" else no_answer_codes(instrument)
    labels = {choice.name: choice.label for choice in instrument.choices[item.choice_list]}
    names = tuple(labels) if item.many else answer_names(instrument, item)
    none = no_answer_label(instrument.languages)
    return [
        Code(code=name, label=labels.get(name, none), missing=name in instrument.missing)
        for name in names
    ]
