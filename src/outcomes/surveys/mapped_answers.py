"""Another tool's answers in the columns of an instrument, by a mapping; nothing is guessed."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd

from outcomes.errors import Refusal
from outcomes.sheets import DateOrder
from outcomes.surveys.answer_files import AnswerFile, RowRule, fold
from outcomes.surveys.answer_mapping import AnswerMapping, ItemSource, RowSource
from outcomes.surveys.choice_words import KnownWords, known_words, labels_of, taken_apart
from outcomes.surveys.instrument import Instrument, allowed_answers, answer_names
from outcomes.surveys.parts import Choice, Item, Occasion

_HIDDEN_DAY = date(1980, 1, 1)  # LimeSurvey writes it where it was told to keep no dates
_NUMBER = r"^(-?\d+)\.0+$"  # 4.0 is how some programs write 4


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedAnswers:
    """What a mapping made of a file."""

    cells: pd.DataFrame  # place, weight and the items as text; the index is the row in the file
    code: pd.DataFrame  # elements of the self-made code, as they were typed: never to be stored
    read: int  # rows of the file
    refusals: tuple[Refusal, ...]
    left_out: Mapping[str, int]  # why -> how many rows
    notes: tuple[str, ...]


def map_answers(
    file: AnswerFile,
    mapping: AnswerMapping,
    instrument: Instrument,
    *,
    occasion: Occasion | None = None,
    days: tuple[date, date] | None = None,
) -> MappedAnswers:
    """Bring a file into the columns of an instrument.

    Args:
        file: The export.
        mapping: As ``check_mapping`` took it.
        instrument: What was asked.
        occasion: On which; items of other occasions may be absent. None asks every item.
        days: First and last day of the wave, to say which rows lie outside.

    Returns:
        The rows that count, each cell a code of its item; an answer that the mapping does not
        know is a refusal that names the row, the column, the rule and the mend.
    """
    left_out: Counter[str] = Counter()
    rows = rows_that_count(file.cells, mapping.rows, left_out=left_out)
    rows, notes = _in_the_days(rows, mapping, days=days, left_out=left_out)
    refusals: list[Refusal] = []
    cells = pd.DataFrame(index=rows.index)
    cells["place"] = _places(rows, mapping, refusals=refusals)
    cells["weight"] = rows[mapping.weight] if mapping.weight else ""
    for item in instrument.items:
        source = mapping.items.get(item.name)
        if source is not None:
            cells[item.name] = _item_cells(
                rows, instrument, item=item, source=source, refusals=refusals
            )
        elif item.asked and occasion is not None and item.waves and occasion not in item.waves:
            cells[item.name] = ""
    return MappedAnswers(
        cells=cells.drop(index=[*{refusal.row for refusal in refusals}]),
        code=pd.DataFrame({name: rows[column] for name, column in mapping.code.items()}),
        read=len(file.cells),
        refusals=tuple(refusals),
        left_out=left_out,
        notes=notes,
    )


def rows_that_count(
    cells: pd.DataFrame, rules: Sequence[RowRule | RowSource], *, left_out: Counter[str]
) -> pd.DataFrame:
    """Leave out the rows that some rule leaves out, and count them by the rule's reason."""
    for rule in rules:
        listed = {fold(word) for word in (rule.keep or rule.drop)}
        hit = cells[rule.column].map(lambda cell, listed=listed: fold(cell) in listed).astype(bool)
        counts = hit if rule.keep else ~hit
        for cell, times in cells.loc[~counts, rule.column].value_counts().items():
            left_out[f"{rule.column} is {str(cell) or 'empty'!r}: {rule.why}"] += int(times)
        cells = cells[counts]
    return cells


def _in_the_days(
    cells: pd.DataFrame,
    mapping: AnswerMapping,
    *,
    days: tuple[date, date] | None,
    left_out: Counter[str],
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if mapping.date is None or days is None or cells.empty:
        return cells, ()
    source = mapping.date
    known = cells[source.column].map(partial(day_of, order=source.order))
    outside = known.map(lambda day: day is not None and not days[0] <= day <= days[1]).astype(bool)
    unknown = int(known.isna().sum())
    notes = []
    if unknown:
        notes.append(f"{unknown} rows have no day that can be read in {source.column!r}.")
    span = f"the wave's days, {days[0]} to {days[1]}"
    if outside.any() and source.outside == "leave out":
        left_out[f"{source.column} lies outside {span}"] += int(outside.sum())
        cells = cells[~outside]
    elif outside.any():
        notes.append(
            f"{int(outside.sum())} rows are dated outside {span}, and were taken all the same. "
            'If they belong to another wave, write outside = "leave out" under [date].'
        )
    return cells, tuple(notes)


def day_of(text: str, *, order: DateOrder) -> date | None:
    """Read the day in a cell such as ``2/3/2025 18:05:11``; None where there is none."""
    words = text.replace("T", " ").split(" ")[0].replace("/", "-").replace(".", "-").split("-")
    if len(words) != 3 or not all(word.isdigit() for word in words):
        return None
    numbers = [int(word) for word in words]
    if len(words[0]) == 4:
        order = "YMD"
    year, month, day = (numbers[order.index(letter)] for letter in "YMD")
    try:
        found = date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
    return None if found == _HIDDEN_DAY else found


def _places(
    cells: pd.DataFrame, mapping: AnswerMapping, *, refusals: list[Refusal]
) -> pd.Series | str:
    source = mapping.place
    if source is None:
        return ""
    if not source.column:
        return source.place
    if not source.answers:
        return cells[source.column]
    known = {fold(cell): code for cell, code in source.answers.items()} | {"": ""}
    found = cells[source.column].map(lambda cell: known.get(fold(cell)))
    mend = "Add it under [place], answers; or correct the cell"
    _refuse(cells, source.column, found, refusals=refusals, what="a place", mend=mend)
    return found.fillna("")


def _item_cells(
    cells: pd.DataFrame,
    instrument: Instrument,
    *,
    item: Item,
    source: ItemSource,
    refusals: list[Refusal],
) -> pd.Series:
    if source.columns:
        return _from_ticks(cells, instrument, item=item, source=source, refusals=refusals)
    raw = cells[source.column].str.replace(_NUMBER, r"\1", regex=True)
    raw = raw.where(~raw.isin(source.empty), "")
    if not item.choice_list:
        return raw
    words = raw.unique()
    codes = dict(zip(words, read_choices(words, source, instrument, item=item), strict=True))
    found = raw.map(codes)
    _refuse(
        cells,
        source.column,
        found,
        refusals=refusals,
        what=f"an answer of {item.name} by the mapping",
        mend=_mend(instrument, item=item, source=source),
    )
    return found.fillna("")


def read_choices(
    cells: Sequence[str], source: ItemSource, instrument: Instrument, *, item: Item
) -> Iterator[str | None]:
    """Turn cells into codes by a mapping; None for one that it does not know."""
    known = _known(source, instrument, item=item)
    for cell in cells:
        if not cell:
            yield ""
        elif item.many:
            parts = taken_apart(cell, known, separator=source.separator)
            yield None if parts is None else " ".join(parts)
        else:
            yield known.code(cell) or source.otherwise or None


def _known(source: ItemSource, instrument: Instrument, *, item: Item) -> KnownWords:
    if source.answers == "value":
        names = answer_names(instrument, item)
        return KnownWords(exact={name: name for name in names}, otherwise=source.otherwise)
    if isinstance(source.answers, Mapping):
        return known_words(source.answers.items(), otherwise=source.otherwise)
    return labels_of(instrument, item, otherwise=source.otherwise)


def _mend(instrument: Instrument, *, item: Item, source: ItemSource) -> str:
    if source.answers == "value":
        return allowed_answers(instrument, item)
    if source.answers == "label":
        labels = [choice.label for choice in _choices(instrument, item)]
        shown = ", ".join(repr(next(iter(label.values()))) for label in labels[:8])
        return f"By label, known are {shown}, and their translations; or write a table of answers"
    return f"Add it to the answers of items.{item.name} in the mapping, or correct the cell"


def _from_ticks(
    cells: pd.DataFrame,
    instrument: Instrument,
    *,
    item: Item,
    source: ItemSource,
    refusals: list[Refusal],
) -> pd.Series:
    """Gather the ticks of the columns of one item: a choice is taken, or its box is empty."""
    labels = {choice.name: choice.label.values() for choice in _choices(instrument, item)}
    blank = {fold(word) for word in source.not_ticked} | {""}
    chosen = pd.Series([""] * len(cells), index=cells.index, dtype=object)
    for code, column in source.columns.items():
        marks = cells[column].str.replace(_NUMBER, r"\1", regex=True)
        marks = marks.where(~marks.isin(source.empty), "").map(fold)
        words = {fold(word) for word in (*source.ticked, code, *labels.get(code, ()))}
        ticked = marks.isin(words - blank)
        known = pd.Series("", index=cells.index, dtype=object).where(ticked | marks.isin(blank))
        mend = f"Add it to ticked or not_ticked of items.{item.name}, or correct the cell"
        _refuse(cells, column, known, refusals=refusals, what="a tick, nor an empty box", mend=mend)
        chosen = chosen.where(~ticked, chosen + f" {code}")
    return chosen.str.strip()


def _choices(instrument: Instrument, item: Item) -> Sequence[Choice]:
    return instrument.choices[item.choice_list]


def _refuse(
    cells: pd.DataFrame,
    column: str,
    found: pd.Series,
    *,
    refusals: list[Refusal],
    what: str,
    mend: str,
) -> None:
    for row in cells.index[found.isna()]:
        cell = textwrap.shorten(str(cells.at[row, column]), 80, placeholder=" …")
        problem = f"{cell!r} is not {what}"
        refusals.append(Refusal(row=int(row), column=column, problem=problem, mend=mend))
