"""What stands on one page of questions, ready for the template: fields, grids, notes, errors."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from outcomes.surveys.expressions import groups_around
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.numbering import question_numbers, with_numbers
from outcomes.surveys.parts import Item, Texts
from outcomes.surveys.wording import in_language
from outcomes.web.respond.form_reading import NOT_SAY
from outcomes.web.respond.steps import Progress, Step, has_missing_choice

Kind = Literal["one", "many", "integer", "decimal", "date", "line", "lines"]
_SHORTEST_GRID = 2  # rows; one question is no grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a question."""

    value: str
    label: str
    chosen: bool
    missing: bool  # it means that somebody prefers not to say


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question as it stands on the page; a row of a grid is one too."""

    name: str
    number: int
    kind: Kind
    label: str
    hint: str
    required: bool
    options: tuple[Option, ...]
    value: str
    message: str  # what is wrong with the answer; "" where nothing is to be said
    fresh: bool  # it came up by an answer on this page
    may_skip: bool  # no choice means "prefer not to say", so the page offers it
    skipped: bool

    @property
    def anchor(self) -> str:
        """Where a link to this question leads: its input, or the first of its choices."""
        return f"q-{self.name}" + ("-1" if self.options else "")

    @property
    def chosen_any(self) -> bool:
        """Whether any choice is chosen."""
        return any(option.chosen for option in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Questions that share their choices, as rows."""

    options: tuple[Option, ...]
    rows: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A subheading, or a note that nobody answers."""

    text: str
    heading: bool


Block = Field | Grid | Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """One page of questions in one language."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def wide(self) -> bool:
        """Whether a grid wants more room than a column."""
        return any(isinstance(block, Grid) for block in self.blocks)

    @property
    def not_say(self) -> str:
        """What a radio button sends that says "I prefer not to answer"."""
        return NOT_SAY

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every question of the page, in order."""
        return tuple(
            one
            for block in self.blocks
            for one in (block.rows if isinstance(block, Grid) else (block,))
            if isinstance(one, Field)
        )

    @property
    def wrong(self) -> tuple[Field, ...]:
        """The questions of which something is to be said."""
        return tuple(one for one in self.fields if one.message)

    @property
    def fresh(self) -> tuple[Field, ...]:
        """The questions that came up by an answer on this page."""
        return tuple(one for one in self.fields if one.fresh)


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    progress: Progress
    step: Step
    language: str
    given: Mapping[str, str]
    check: bool
    numbers: Mapping[str, int]

    @property
    def instrument(self) -> Instrument:
        return self.progress.instrument

    def say(self, texts: Texts) -> str:
        return with_numbers(in_language(texts, self.language), self.numbers, language=self.language)


def view_page(
    progress: Progress, step: Step, *, given: Mapping[str, str], language: str, check: bool
) -> PageView:
    """Lay out one page of questions as a respondent sees it now.

    Args:
        progress: How far the form has come; says what is shown and what is wrong.
        step: A page of questions.
        given: All answers as they were typed, hidden and wrong ones too.
        language: One of the instrument's.
        check: Whether to say what is wrong: after somebody wanted to go on.
    """
    instrument = progress.instrument
    numbers = question_numbers(instrument, progress.occasion)
    view = _View(
        progress=progress, step=step, language=language, given=given, check=check, numbers=numbers
    )
    group = instrument.groups.get(step.page.group) if step.page else None
    title = (view.say(group.label) if group else "") or in_language(instrument.title, language)
    shown = [
        item
        for item in instrument.items
        if item.name in step.items and progress.standing.items[item.name].shown
    ]
    return PageView(title=title, blocks=tuple(_blocks(view, shown)))


def _blocks(view: _View, shown: Iterable[Item]) -> Iterator[Block]:
    said: set[str] = set()
    for chain, listed in groupby(shown, key=lambda item: groups_around(view.instrument, item)):
        for name in chain[1:]:  # the outermost group is the title of the page
            if name not in said and (label := view.say(view.instrument.groups[name].label)):
                yield Words(text=label, heading=True)
            said.add(name)
        look = view.instrument.groups[chain[-1]].appearance if chain else ""
        matrix = look.split(" ")[0] in {"matrix", "table-list"}
        for grid, run in groupby(listed, key=lambda item: _grid_list(item) if matrix else ""):
            yield from _run(view, list(run), grid=bool(grid))


def _grid_list(item: Item) -> str:
    return item.choice_list if item.choice_list and not item.many else ""


def _run(view: _View, items: list[Item], *, grid: bool) -> Iterator[Block]:
    fields = [
        _field(view, item) if item.asked else Words(text=view.say(item.label), heading=False)
        for item in items
    ]
    rows = tuple(one for one in fields if isinstance(one, Field))
    if grid and len(rows) >= _SHORTEST_GRID:
        yield Grid(options=rows[0].options, rows=rows)
    else:
        yield from fields


def _field(view: _View, item: Item) -> Field:
    standing = view.progress.standing.items[item.name]
    value = view.given.get(item.name, "")
    fresh = item.name in view.progress.fresh(view.step)
    wrong = view.check and not fresh and item.name in view.progress.problems(view.step)
    return Field(
        name=item.name,
        number=view.numbers[item.name],
        kind=_kind(item),
        label=view.say(item.label),
        hint=view.say(item.hint),
        required=standing.required,
        options=_options(view, item, value=value),
        value=value,
        message=standing.message if wrong else "",
        fresh=fresh,
        may_skip=_may_skip(view.instrument, item),
        skipped=item.name in view.progress.skipped,
    )


def _may_skip(instrument: Instrument, item: Item) -> bool:
    """Offer "I prefer not to answer" wherever no choice says it and an empty field would not do."""
    if item.type == "text" and not item.required:
        return False  # nobody expects an answer: an empty field says enough
    return not has_missing_choice(instrument, item)


def _kind(item: Item) -> Kind:
    if item.choice_list:
        return "many" if item.many else "one"
    if item.type == "text":
        return "lines" if "multiline" in item.appearance.split() else "line"
    written: dict[str, Kind] = {"integer": "integer", "decimal": "decimal", "date": "date"}
    return written[item.type]


def _options(view: _View, item: Item, *, value: str) -> tuple[Option, ...]:
    taken = set(value.split(" ")) if item.many else {value}
    return tuple(
        Option(
            value=choice.name,
            label=view.say(choice.label),
            chosen=choice.name in taken,
            missing=choice.name in view.instrument.missing,
        )
        for choice in view.instrument.choices.get(item.choice_list, ())
    )
