"""An instrument laid out for respondents: headings, questions, grids, with conditions in words.

The printed form and the preview both show this, so that they cannot differ.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from outcomes.errors import DataError
from outcomes.surveys.conditions import condition_in_words
from outcomes.surveys.exchange.xlsform import chain_of_groups
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.numbering import asked_on, question_numbers, with_numbers
from outcomes.surveys.parts import Group, Item, Occasion, Texts
from outcomes.surveys.wording import form_words, in_language, require_language

Kind = Literal["one", "many", "integer", "decimal", "date", "line", "lines"]
_SHORTEST_GRID = 2  # rows; one question is no grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question as a respondent sees it; a row of a grid is one too."""

    name: str
    number: int
    label: str
    hint: str
    condition: str  # in words; empty if it is always asked
    kind: Kind  # how it is answered
    choices: tuple[tuple[str, str], ...]  # code and label
    digits: int  # of a whole number whose largest value is known; else 0
    likert: bool  # choices side by side
    required: bool
    refusal: str  # what is said if the answer breaks the constraint
    occasions: tuple[Occasion, ...]  # none: always


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Questions that share their choices, as the rows of a table."""

    choices: tuple[tuple[str, str], ...]
    missing: tuple[bool, ...]  # for each choice, whether it means no answer
    rows: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Where a group begins."""

    label: str
    condition: str  # in words, with the questions that it governs
    level: int  # 1 for a page, 2 for a group inside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words that nobody answers."""

    text: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBoxes:
    """One part of the self-made code."""

    label: str
    hint: str
    kind: Literal["letter", "number"]
    boxes: int  # characters to write


Block = Heading | Question | Grid | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLayout:
    """A whole form in one language."""

    title: str
    notice: tuple[str, ...]  # paragraphs
    code_intro: str
    code: tuple[CodeBoxes, ...]
    blocks: tuple[Block, ...]
    thanks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """In which language, and on which occasion, an instrument is laid out."""

    instrument: Instrument
    language: str
    occasion: Occasion | None
    numbers: dict[str, int]


def lay_out(
    instrument: Instrument, *, language: str, occasion: Occasion | None = None
) -> FormLayout:
    """Lay an instrument out as its respondents see it.

    Args:
        instrument: A sound instrument.
        language: One of its languages.
        occasion: Only what is asked on it; without it, everything.

    Raises:
        DataError: It has no such language, or asks no question on that occasion.
    """
    require_language(instrument, language)
    numbers = question_numbers(instrument, occasion)
    if not numbers and occasion:
        raise DataError(
            f"{instrument.id} asks no question on the occasion {occasion}. Choose another one"
        )
    view = _View(instrument=instrument, language=language, occasion=occasion, numbers=numbers)
    thanks = in_language(instrument.thanks, language) or form_words(language)["thanks"]
    code = instrument.code
    return FormLayout(
        title=in_language(instrument.title, language),
        notice=_paragraphs(in_language(instrument.notice, language)),
        code_intro=in_language(code.intro, language) if code else "",
        code=tuple(
            CodeBoxes(
                label=in_language(each.label, language),
                hint=in_language(each.hint, language),
                kind=each.kind,
                boxes=1
                if each.kind == "letter"
                else len(str(99 if each.high is None else each.high)),
            )
            for each in (code.elements if code else ())
        ),
        blocks=tuple(_blocks(view)),
        thanks=thanks,
    )


def occasions_of(instrument: Instrument) -> tuple[Occasion, ...]:
    """List the occasions that an instrument tells apart; none if every item is always asked."""
    if not any(item.waves for item in instrument.items):
        return ()
    order: tuple[Occasion, ...] = ("pre", "post", "follow-up")
    return tuple(each for each in order if question_numbers(instrument, each))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"\n\s*\n", text) if part.strip())


def _blocks(view: _View) -> Iterator[Block]:
    """Walk through the items; a group that begins gives a heading."""
    instrument = view.instrument
    shown = [item for item in asked_on(instrument, view.occasion) if item.type != "calculate"]
    open_groups: list[str] = []
    for chain, listed in groupby(shown, key=lambda item: chain_of_groups(instrument, item)):
        items = list(listed)
        same = 0
        while same < min(len(chain), len(open_groups)) and chain[same] == open_groups[same]:
            same += 1
        for depth in range(same, len(chain)):
            yield from _heading(view, chain[: depth + 1])
        open_groups = chain
        group = instrument.groups[chain[-1]] if chain else None
        yield from _group_blocks(view, items, group=group)


def _heading(view: _View, chain: Sequence[str]) -> Iterator[Heading]:
    group = view.instrument.groups[chain[-1]]
    label = _text(view, group.label)
    inside = [
        view.numbers[item.name]
        for item in view.instrument.items
        if item.name in view.numbers and chain[-1] in chain_of_groups(view.instrument, item)
    ]
    condition = _condition(view, group.relevant)
    if condition and inside:
        words = form_words(view.language)["question" if len(inside) == 1 else "questions"]
        condition = f"{words.format(first=min(inside), last=max(inside))}: {_lower(condition)}"
    inner = any(_text(view, view.instrument.groups[name].label) for name in chain[:-1])
    if label or condition:
        yield Heading(label=label, condition=condition, level=2 if inner else 1)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _group_blocks(view: _View, items: Sequence[Item], *, group: Group | None) -> Iterator[Block]:
    """Make grids of the rows of a matrix, and questions of everything else."""
    matrix = group is not None and group.appearance.split(" ")[0] in {"matrix", "table-list"}
    for one_list, run in groupby(items, key=lambda item: _grid_list(item) if matrix else ""):
        rows = list(run)
        if one_list and len(rows) >= _SHORTEST_GRID:
            choices = _choices(view, rows[0])
            missing = tuple(code in view.instrument.missing for code, _ in choices)
            questions = tuple(_question(view, row) for row in rows)
            yield Grid(choices=choices, missing=missing, rows=questions)
        else:
            yield from (_single(view, item) for item in rows)


def _grid_list(item: Item) -> str:
    return item.choice_list if item.choice_list and not item.many else ""


def _single(view: _View, item: Item) -> Question | Note:
    if item.asked:
        return _question(view, item)
    return Note(text=_text(view, item.label), condition=_condition(view, item.relevant))


def _question(view: _View, item: Item) -> Question:
    return Question(
        name=item.name,
        number=view.numbers[item.name],
        label=_text(view, item.label),
        hint=_text(view, item.hint),
        condition=_condition(view, item.relevant),
        kind=_kind(item),
        choices=_choices(view, item),
        digits=_digits(item),
        likert="likert" in item.appearance.split(),
        required=item.required,
        refusal=_text(view, item.constraint_message),
        occasions=item.waves,
    )


def _kind(item: Item) -> Kind:
    if item.choice_list:
        return "many" if item.many else "one"
    if item.type == "text":
        return "lines" if "multiline" in item.appearance.split() else "line"
    written: dict[str, Kind] = {"integer": "integer", "decimal": "decimal", "date": "date"}
    return written[item.type]


def _choices(view: _View, item: Item) -> tuple[tuple[str, str], ...]:
    listed = view.instrument.choices.get(item.choice_list, ())
    return tuple((choice.name, _text(view, choice.label)) for choice in listed)


def _digits(item: Item) -> int:
    """Count the digits of the largest whole number that the constraint allows, if it says so."""
    bounds = re.findall(r"\.\s*<=?\s*(\d{1,6})(?![\d.])", item.constraint)
    if item.type != "integer" or " or " in item.constraint or not bounds:
        return 0
    return max(len(bound) for bound in bounds)


def _condition(view: _View, expression: str) -> str:
    return condition_in_words(
        view.instrument, expression, language=view.language, occasion=view.occasion
    )


def _text(view: _View, texts: Texts) -> str:
    return with_numbers(in_language(texts, view.language), view.numbers, language=view.language)
