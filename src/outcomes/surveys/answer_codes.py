"""How the cells of a column become the codes of an item: told from the cells, never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from outcomes.surveys.answer_files import AnswerColumn, fold
from outcomes.surveys.answer_mapping import ItemSource
from outcomes.surveys.choice_words import labels_of
from outcomes.surveys.instrument import Instrument, answer_names
from outcomes.surveys.mapped_answers import read_choices
from outcomes.surveys.parts import Item

SEPARATORS = (", ", "; ", "|", " ")
_MOST_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A column that belongs to an item, while a person must say what its cells mean."""

    column: str
    why: str
    table: Mapping[str, str]  # cell -> the likely code; "" where none is likely
    empty: tuple[str, ...] = ()


def codes_of(
    column: AnswerColumn,
    cells: Sequence[str],
    *,
    item: Item,
    instrument: Instrument,
    separator: str = " ",
    empty: Sequence[str] = (),
) -> ItemSource | Undecided:
    """Tell how the cells of a column become the codes of an item.

    Args:
        column: The column, with the labels of its codes where the file gives them.
        cells: What stands in it.
        item: The item that it answers.
        instrument: Where the item stands.
        separator: What the tool puts between several choices in one cell.
        empty: Cells that mean in this tool that nothing was answered.

    Returns:
        The one reading that knows every cell; or, where none does or two differ, what a person
        has to decide.
    """
    known = answer_names(instrument, item) if item.choice_list else instrument.missing
    nothing = tuple(code for code in (*empty, *column.empty) if code not in known and code in cells)
    if not item.choice_list:
        return ItemSource(column=column.header, empty=nothing)
    seen = sorted({cell for cell in cells if cell and cell not in nothing})
    if column.labels and not item.many:
        return _by_labels_of_file(column, seen, item=item, instrument=instrument, empty=nothing)
    habits: tuple[Literal["value", "label"], ...] = ("value", "label")
    readings = [
        ItemSource(column=column.header, answers=answers, separator=mark, empty=nothing)
        for answers in habits
        for mark in (dict.fromkeys((separator, *SEPARATORS)) if item.many else (" ",))
    ]
    results: dict[tuple[str | None, ...], ItemSource] = {}
    for source in readings:
        codes = tuple(read_choices(seen, source, instrument, item=item))
        if None not in codes:
            results.setdefault(codes, source)
    if len(results) == 1 and seen:
        return next(iter(results.values()))
    why = (
        "no cell is filled, so it cannot be seen whether it holds codes or labels"
        if not seen
        else "its cells mean different answers by code and by label"
        if results
        else "some of its cells are neither codes nor labels of the item"
    )
    return Undecided(
        column=column.header,
        why=why,
        table=_likely(seen, item=item, instrument=instrument),
        empty=nothing,
    )


def _by_labels_of_file(
    column: AnswerColumn,
    seen: Sequence[str],
    *,
    item: Item,
    instrument: Instrument,
    empty: tuple[str, ...],
) -> ItemSource | Undecided:
    """Trust the words of the file's value labels more than its numbers, which may be turned."""
    labels = labels_of(instrument, item)
    names = answer_names(instrument, item)
    empty = tuple(dict.fromkeys((*empty, *(code for code in column.empty if code not in names))))
    codes = dict.fromkeys((*column.labels, *seen))
    table, unknown = {}, []
    for code in codes:
        if code in empty:
            continue
        words = column.labels.get(code, "")
        meant = labels.code(words) if words else None
        if meant is None and code in instrument.missing:
            meant = code
        if meant is not None:
            table[code] = meant
        elif code in seen:
            unknown.append(code)
    if not unknown:
        same = all(code == meant for code, meant in table.items())
        return ItemSource(column=column.header, answers="value" if same else table, empty=empty)
    named = {code: column.labels.get(code, code) for code in codes if code not in empty}
    guess = _likely(list(named.values()), item=item, instrument=instrument)
    return Undecided(
        column=column.header,
        why="the file calls its codes "
        + ", ".join(f"{c} {w!r}" for c, w in named.items() if c != w)
        if column.labels
        else "its codes have no labels",
        table={code: table.get(code) or guess.get(words, "") for code, words in named.items()},
        empty=empty,
    )


def _likely(cells: Sequence[str], *, item: Item, instrument: Instrument) -> dict[str, str]:
    """Give each cell the answer that it is likeliest to mean, for a person to confirm."""
    names = answer_names(instrument, item)
    labels = labels_of(instrument, item)
    found = {}
    for cell in cells[:_MOST_SHOWN]:
        digits = "".join(letter for letter in cell if letter.isdigit()).lstrip("0") or "0"
        close = get_close_matches(fold(cell), labels.folded, n=1, cutoff=0.75)
        code = labels.code(cell) or (cell if cell in names else None)
        code = code or (labels.folded[close[0]] if close else None)
        short = len(cell) <= 5 and any(letter.isdigit() for letter in cell)
        found[cell] = code or (digits if short and digits in names else "")
    return found
