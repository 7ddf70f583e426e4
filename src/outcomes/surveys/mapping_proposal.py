"""A mapping proposed for an export: what is sure is taken, what is not is put to a person."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from outcomes.surveys.answer_codes import Undecided, codes_of
from outcomes.surveys.answer_files import TITLES, AnswerColumn, AnswerFile
from outcomes.surveys.answer_mapping import AnswerMapping, ItemSource, PlaceSource, RowSource
from outcomes.surveys.column_matches import CODE, Matches, match_columns
from outcomes.surveys.column_roles import (
    column_named,
    date_source,
    events_in,
    place_source,
    respondent_source,
    row_sources,
)
from outcomes.surveys.instrument import Instrument, scored_items
from outcomes.surveys.mapped_answers import rows_that_count
from outcomes.surveys.parts import Occasion

Fate = Literal["mapped", "ignored", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFate:
    """What becomes of one column of the export."""

    column: str
    fate: Fate
    became: str = ""  # an item, or "respondent", "place", "date", "weight", "rule for rows"
    why: str = ""  # by what it was matched, by which rule it is ignored, what it may be


@dataclass(slots=True, kw_only=True)
class Proposal:
    """A mapping as far as it is sure, and what is left to decide."""

    file: AnswerFile
    instrument: Instrument
    mapping: AnswerMapping | None = None  # None where not one item is sure
    fates: tuple[ColumnFate, ...] = ()
    undecided: dict[str, Undecided] = field(default_factory=dict)  # by item
    similar: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # open column -> targets
    events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # column -> occasions in it

    def lacking(self, occasion: Occasion | None = None) -> tuple[str, ...]:
        """List the items of scales, asked on an occasion, that no column answers for sure."""
        mapped = set(self.mapping.items) if self.mapping else set()
        asked = [
            item.name
            for item in self.instrument.items
            if not item.waves or occasion is None or occasion in item.waves
        ]
        return tuple(
            name for name in scored_items(self.instrument) if name in asked and name not in mapped
        )

    def sentences(self) -> list[str]:
        """Say the report: what the file is, then every column."""
        kind = TITLES[self.file.kind]
        counts = ", ".join(
            f"{sum(each.fate == fate for each in self.fates)} {fate}"
            for fate in ("mapped", "ignored", "open")
        )
        lines = [
            f"{self.file.path.name}: {kind} ({self.file.because}), {len(self.file.cells)} rows.",
            f"{len(self.fates)} columns: {counts}.",
        ]
        for each in self.fates:
            became = f" -> {each.became}" if each.became else ""
            lines.append(f"{each.fate}: {each.column!r}{became} ({each.why})")
        lines += [
            f"to decide: {name}, column {each.column!r}: {each.why}."
            for name, each in self.undecided.items()
        ]
        if lacking := self.lacking():
            lines.append(f"Items of scales without answers so far: {', '.join(lacking)}.")
        return lines


def propose_mapping(
    file: AnswerFile,
    instrument: Instrument,
    *,
    places: Mapping[str, str] | None = None,
    chosen: Mapping[str, str] | None = None,
    tables: Mapping[str, Mapping[str, str]] | None = None,
) -> Proposal:
    """Propose how an export becomes answers of an instrument.

    Args:
        file: The export.
        instrument: What was asked.
        places: Code and name of each place of the study, where it is known.
        chosen: What a person said of columns: an item, ``code.ELEMENT``, ``ITEM=CHOICE``,
            ``respondent``, ``place``, ``weight``, or ``ignored``.
        tables: What a person said of cells: for an item, the code that each stands for.

    Returns:
        Sure matches as a mapping; the others as columns that are open.
    """
    matches = match_columns(file, instrument)
    for column, target in (chosen or {}).items():
        _choose(matches, column, target, instrument=instrument)
    items, undecided = _items(file, instrument, matches, tables=tables or {})
    code = {
        name.removeprefix(CODE): column
        for name, column in matches.whole.items()
        if name.startswith(CODE)
    }
    free = [each for each in file.columns if each.use == "" and each.header not in matches.how]
    found = Proposal(file=file, instrument=instrument, undecided=undecided)
    found.similar = {c.header: matches.similar.get(c.header, ()) for c in free}
    found.events = events_in(file)
    if items:
        used = [column for source in items.values() for column in source.used]
        found.mapping = AnswerMapping(
            kind=file.kind,
            instrument=instrument.id,
            respondent=respondent_source(file, free, chosen=chosen or {}),
            place=place_source(file, free, places=places, chosen=chosen or {}),
            date=date_source(file, used),
            weight=column_named(free, "weight", chosen=chosen or {}),
            rows=tuple(row_sources(file, used)),
            items=items,
            code=code,
        )
    found.fates = tuple(_fates(found, matches, chosen=chosen or {}))
    if found.mapping:
        ignored = {each.column: each.why for each in found.fates if each.fate == "ignored"}
        found.mapping = found.mapping.model_copy(update={"ignored": ignored})
    return found


def settle_rows(
    found: Proposal, *, event: str = "", outside: bool = False, place: str = ""
) -> None:
    """Take a person's word on the rows of a proposed mapping.

    Args:
        found: The proposal; its mapping is replaced.
        event: Of several occasions in one file, the one of this wave; "" keeps all rows.
        outside: Whether rows that are dated outside the wave's days are left out.
        place: The place of all rows, where no column names one.
    """
    if found.mapping is None:
        return
    rows, date, where = found.mapping.rows, found.mapping.date, found.mapping.place
    for column, events in found.events.items():
        if event in events:
            why = "it belongs to another occasion"
            rows = (*rows, RowSource(column=column, keep=(event,), why=why))
    if date and outside:
        date = date.model_copy(update={"outside": "leave out"})
    if where is None and place:
        where = PlaceSource(place=place)
    found.mapping = found.mapping.model_copy(update={"rows": rows, "date": date, "place": where})


def _choose(matches: Matches, column: str, target: str, *, instrument: Instrument) -> None:
    """Let a person's word stand above what was matched."""
    for name in [name for name, mine in matches.whole.items() if mine == column]:
        del matches.whole[name]
    for codes in matches.spread.values():
        for code in [code for code, mine in codes.items() if mine == column]:
            del codes[code]
    matches.spread = {name: codes for name, codes in matches.spread.items() if codes}
    matches.doubled.pop(column, None)
    matches.how.pop(column, None)
    item, equals, code = target.partition("=")
    known = [item.name for item in instrument.items if item.asked]
    if equals and item in known:
        matches.whole.pop(item, None)
        matches.spread.setdefault(item, {})[code] = column
        matches.how[column] = "by your choice"
    elif target in known or target.startswith(CODE):
        matches.spread.pop(target, None)
        matches.whole[target] = column
        matches.how[column] = "by your choice"


def _items(
    file: AnswerFile,
    instrument: Instrument,
    matches: Matches,
    *,
    tables: Mapping[str, Mapping[str, str]],
) -> tuple[dict[str, ItemSource], dict[str, Undecided]]:
    found: dict[str, ItemSource | Undecided] = {}
    cells = rows_that_count(file.cells, file.parsed.rules, left_out=Counter())
    cells = file.cells if cells.empty else cells
    for item in instrument.items:
        if item.name in matches.spread:
            source = ItemSource(columns=matches.spread[item.name], empty=file.parsed.empty)
            found[item.name] = source
        elif item.name in matches.whole:
            column = file.column(matches.whole[item.name])
            found[item.name] = codes_of(
                column,
                list(cells[column.header].str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)),
                item=item,
                instrument=instrument,
                separator=file.parsed.separator,
                empty=file.parsed.empty,
            )
    habit = _habit(found.values())
    for name, each in found.items():
        if isinstance(each, Undecided):
            found[name] = _decided(each, tables.get(name), habit=habit, file=file)
    return (
        {name: each for name, each in found.items() if isinstance(each, ItemSource)},
        {name: each for name, each in found.items() if isinstance(each, Undecided)},
    )


def _habit(found: Iterable[ItemSource | Undecided]) -> Literal["value", "label"]:
    """Say whether the file writes codes or labels, by the columns that can be told."""
    words = [each.answers for each in found if isinstance(each, ItemSource)]
    return "label" if words.count("label") > words.count("value") else "value"


def _decided(
    open_: Undecided,
    table: Mapping[str, str] | None,
    *,
    habit: Literal["value", "label"],
    file: AnswerFile,
) -> ItemSource | Undecided:
    """Take a person's word for what cells mean; a column without any cell follows the others."""
    if table is None and open_.table:
        return open_
    nothing = [cell for cell, code in (table or {}).items() if not code]
    return ItemSource(
        column=open_.column,
        answers={cell: code for cell, code in table.items() if code} if table else habit,
        empty=(*open_.empty, *nothing),
        separator=file.parsed.separator,
    )


def _fates(found: Proposal, matches: Matches, *, chosen: Mapping[str, str]) -> Iterator[ColumnFate]:
    became: dict[str, str] = {}
    if found.mapping:
        for name, key in found.mapping.used():
            role = {"items": str(key[-1]), "code": f"{CODE}{key[-1]}", "rows": "rule for rows"}
            said = role.get(str(key[0]), str(key[0]))
            became[name] = f"{became.get(name, '')}, {said}".removeprefix(", ")
    waiting = {each.column: name for name, each in found.undecided.items()}
    for column in found.file.columns:
        header = column.header
        if header in became:
            how = matches.how.get(header) or column.why or "by its name or its cells"
            yield ColumnFate(column=header, fate="mapped", became=became[header], why=how)
        elif header in waiting:
            why = f"it answers {waiting[header]}, but what its cells mean is to be decided"
            yield ColumnFate(column=header, fate="open", why=why)
        elif column.use == "personal":
            why = f"personal, never stored: {column.why}"
            yield ColumnFate(column=header, fate="ignored", why=why)
        elif column.use or header in matches.doubled or chosen.get(header) == "ignored":
            yield ColumnFate(column=header, fate="ignored", why=_why_ignored(column, matches))
        else:
            similar = ", ".join(found.similar.get(header, ())) or "no item is like it"
            yield ColumnFate(column=header, fate="open", why=f"perhaps: {similar}")


def _why_ignored(column: AnswerColumn, matches: Matches) -> str:
    if column.use:
        return column.why
    if column.header in matches.doubled:
        return f"the same answers stand in {matches.doubled[column.header]!r}"
    return "you left it out"
