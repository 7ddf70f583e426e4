"""A mapping: which column of another tool's export answers which item, and how (plain text, TOML).

People read it, edit it and keep it beside the file, so that a later export is read the same way.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from outcomes.declarations import Declaration, Key, read_toml, toml_line
from outcomes.errors import FileError, one_of
from outcomes.sheets import DateOrder
from outcomes.surveys.answer_files import AnswerFile, Kind
from outcomes.surveys.choice_words import labels_of
from outcomes.surveys.instrument import Instrument, answer_names, item_named
from outcomes.surveys.parts import AnswerCode, Item, Words

TICKED = ("1", "yes", "y", "true", "checked", "selected", "x")
NOT_TICKED = ("", "0", "no", "n", "false", "unchecked", "not selected")
Holds = Literal["card code", "own id", "response id"]


class ItemSource(Declaration):
    """Where the answers to one item stand, and how cells become its codes."""

    column: str = ""
    columns: dict[AnswerCode, Words] = Field(default_factory=dict)  # choice -> the column of ticks
    answers: Literal["value", "label"] | dict[str, AnswerCode] = "value"
    separator: str = " "  # between several choices in one cell
    ticked: tuple[AnswerCode, ...] = TICKED
    not_ticked: tuple[str, ...] = NOT_TICKED
    empty: tuple[AnswerCode, ...] = ()  # cells that mean that nothing was answered
    otherwise: str = ""  # the code of all other words, such as what people wrote beside "Other"

    @model_validator(mode="after")
    def _one_place(self) -> "ItemSource":
        if bool(self.column) == bool(self.columns):
            raise ValueError(
                'an item has one column, or a column for each choice. Write column = "…" or '
                'columns = { "1" = "…" }'
            )
        if not self.separator:
            raise ValueError('separator is empty. Write what stands between choices, such as ", "')
        return self

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that it needs."""
        return (self.column,) if self.column else tuple(self.columns.values())


class RespondentSource(Declaration):
    """Which column tells respondents apart, and what stands there."""

    column: Words
    holds: Holds


class PlaceSource(Declaration):
    """Where each respondent belongs: a column, or the same place for all."""

    column: str = ""
    place: str = ""
    answers: dict[str, AnswerCode] = Field(default_factory=dict)  # cell -> place code

    @model_validator(mode="after")
    def _one_place(self) -> "PlaceSource":
        if bool(self.column) == bool(self.place):
            raise ValueError("say either column = … or place = … (the same for all rows), not both")
        return self


class DateSource(Declaration):
    """Which column holds the day, to see that it lies in the wave; it is not stored."""

    column: Words
    order: DateOrder = "YMD"
    outside: Literal["say", "leave out"] = "say"  # what to do with rows outside the wave's days


class RowSource(Declaration):
    """Rows that do not count, by one column: all but those to keep, or those to drop."""

    column: Words
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    why: Words

    @model_validator(mode="after")
    def _one_list(self) -> "RowSource":
        if bool(self.keep) == bool(self.drop):
            raise ValueError("say either keep = […] or drop = […], not both")
        return self


class AnswerMapping(Declaration):
    """How the answers of one source become answers of one instrument."""

    kind: Kind
    instrument: Words
    respondent: RespondentSource | None = None  # none: every row is somebody else, unknown
    place: PlaceSource | None = None
    date: DateSource | None = None
    weight: str = ""  # a column
    rows: tuple[RowSource, ...] = ()
    items: Annotated[dict[str, ItemSource], Field(min_length=1)]
    code: dict[str, Words] = Field(default_factory=dict)  # element of the self-made code -> column
    ignored: dict[str, str] = Field(default_factory=dict)  # column -> why it is not stored

    def used(self) -> Iterator[tuple[str, Key]]:
        """List every column that is read, with the key of the mapping that says so."""
        for name in ("respondent", "place", "date"):
            source = getattr(self, name)
            if source is not None and source.column:
                yield source.column, (name, "column")
        if self.weight:
            yield self.weight, ("weight",)
        yield from ((rule.column, ("rows", at, "column")) for at, rule in enumerate(self.rows))
        for name, source in self.items.items():
            yield from ((column, ("items", name)) for column in source.used)
        yield from ((column, ("code", name)) for name, column in self.code.items())


def read_mapping(path: Path) -> AnswerMapping:
    """Read a mapping; a mistake is answered with its line, the rule and the mend."""
    return read_toml(path, AnswerMapping)


def check_mapping(
    mapping: AnswerMapping,
    file: AnswerFile,
    instrument: Instrument,
    *,
    places: tuple[str, ...] | None = None,
    path: Path | None = None,
) -> None:
    """Hold a mapping against the file and the instrument that it speaks of.

    Args:
        mapping: What is to be held against them.
        file: The export.
        instrument: What was asked.
        places: The codes of places that are known; None takes any.
        path: Where the mapping lies, for the message.

    Raises:
        FileError: The first thing that does not fit, with its line and the mend. A column that
            says who answered is refused wherever it stands.
    """
    for key, problem, mend in _misfits(mapping, file, instrument, places=places):
        line = toml_line(path.read_text(encoding="utf-8-sig"), key) if path else None
        name = ".".join(str(part) for part in key)
        place = f"line {line}, {name}" if line else name
        raise FileError(path or f"the mapping of {file.path.name}", place, problem, mend)


_Misfit = tuple[Key, str, str]


def _misfits(
    mapping: AnswerMapping,
    file: AnswerFile,
    instrument: Instrument,
    *,
    places: tuple[str, ...] | None,
) -> Iterator[_Misfit]:
    if mapping.instrument != instrument.id:
        problem = f"it is for the instrument {mapping.instrument!r}, not for {instrument.id!r}"
        yield ("instrument",), problem, "Use the mapping of that instrument, or make a new one"
    yield from _columns(mapping, file)
    for name, source in mapping.items.items():
        yield from _item(name, source, instrument)
    elements = [each.name for each in instrument.code.elements] if instrument.code else []
    for name in mapping.code:
        if name not in elements:
            yield ("code", name), f"the code has no element {name!r}", one_of(name, elements)
    yield from _places(mapping.place, places)


def _columns(mapping: AnswerMapping, file: AnswerFile) -> Iterator[_Misfit]:
    personal = {column.header: column.why for column in file.used_for("personal")}
    answers: dict[str, Key] = {}
    for header, key in mapping.used():
        if header not in file.headers:
            problem = f"{file.path.name} has no column {header!r}"
            yield key, problem, one_of(header, file.headers)
        elif header in personal:
            yield (
                key,
                f"the column {header!r} says who answered ({personal[header]})",
                "Such columns are never stored: take it out of the mapping. If it holds no such "
                "thing, rename the column in a copy of the file",
            )
        elif key[0] in {"items", "code"} and answers.setdefault(header, key) != key:
            problem = f"the column {header!r} is mapped twice"
            yield key, problem, f"It also stands at {'.'.join(map(str, answers[header]))}"


def _item(name: str, source: ItemSource, instrument: Instrument) -> Iterator[_Misfit]:
    asked = [item.name for item in instrument.items if item.asked]
    if name not in asked:
        yield ("items", name), f"{instrument.id} asks no item {name!r}", one_of(name, asked)
        return
    item = item_named(instrument, name)
    if item.choice_list:
        yield from _chosen(item, source, instrument)
    elif source.columns or source.answers != "value":
        problem = "its answer is written, not chosen"
        yield ("items", name), problem, 'Write column = "…" and answers = "value"'


def _chosen(item: Item, source: ItemSource, instrument: Instrument) -> Iterator[_Misfit]:
    key = ("items", item.name)
    known = answer_names(instrument, item)
    table = source.answers if isinstance(source.answers, Mapping) else {}
    for code in (*source.columns, *table.values(), *filter(None, [source.otherwise])):
        if code not in known:
            yield key, f"{code!r} is no answer of {item.name}", one_of(code, known)
    if source.columns and not item.many:
        yield key, "only one answer can be chosen, so it has one column", 'Write column = "…"'
    if source.answers == "label":
        for label in labels_of(instrument, item).unclear:
            problem = f"the label {label!r} stands for several answers"
            yield key, problem, 'Write a table: answers = { "…" = "1" }'


def _places(source: PlaceSource | None, places: tuple[str, ...] | None) -> Iterator[_Misfit]:
    if source is None or places is None:
        return
    named = [source.place] if source.place else list(source.answers.values())
    for code in named:
        if code not in places:
            yield ("place",), f"{code!r} is no place of the study", one_of(code, places)
