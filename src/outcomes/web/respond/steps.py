"""The pages of one respondent's form: which there are, which are shown, which are done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from outcomes.surveys.flow import Page, State, page_is_shown, pages
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Item, Occasion

CODE_PART = "page/own code"  # with a space, which no name of an item has


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of the form: the self-made code, or a page of questions."""

    number: int  # in the address of the page, from 1; also of pages that are not shown
    part: str  # what it is stored as
    page: Page | None  # None: the self-made code

    @property
    def items(self) -> tuple[str, ...]:
        """The items that may stand on it."""
        return self.page.items if self.page else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What one page says: as it was typed, and as it is stored."""

    answers: Mapping[str, str] = field(default_factory=dict)  # of every item it showed
    skipped: tuple[str, ...] = ()  # which the respondent preferred not to answer
    code: Mapping[str, str] = field(default_factory=dict)  # hashed


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a form has come."""

    instrument: Instrument
    occasion: Occasion | None
    standing: State
    skipped: frozenset[str]
    bodies: Mapping[str, Body]  # the newest of each page, by part

    @property
    def shown(self) -> tuple[Step, ...]:
        """The pages that are shown, given the answers so far."""
        return tuple(
            step
            for step in form_steps(self.instrument, self.occasion)
            if step.page is None or page_is_shown(step.page, self.standing)
        )

    def problems(self, step: Step) -> tuple[str, ...]:
        """List the items of a page that cannot stay as they are: wrong, or needed and empty."""
        return tuple(
            name
            for name in step.items
            if (problem := self.standing.items[name].problem)
            and not (problem == "required" and name in self.skipped)
        )

    def fresh(self, step: Step) -> tuple[str, ...]:
        """List the questions of a page that came up only by what was answered on it."""
        if step.part not in self.bodies:
            return ()
        asked = self.bodies[step.part].answers
        known = {item.name: item for item in self.instrument.items}
        return tuple(
            name
            for name in step.items
            if known[name].asked and self.standing.items[name].shown and name not in asked
        )

    def done(self, step: Step) -> bool:
        """Say whether a page was answered, and nothing on it is left to do."""
        return step.part in self.bodies and not self.problems(step) and not self.fresh(step)

    def first_open(self) -> Step | None:
        """Find the first page that is not done; None where all are."""
        return next((step for step in self.shown if not self.done(step)), None)

    def neighbor(self, step: Step, *, by: int) -> Step | None:
        """Find the page shown before (-1) or after (1) another; None at the ends."""
        found = [one for one in self.shown if (one.number - step.number) * by > 0]
        return found[0 if by > 0 else -1] if found else None


def form_steps(instrument: Instrument, occasion: Occasion | None) -> tuple[Step, ...]:
    """Cut a form into pages, the self-made code first where there is one."""
    cut: list[Step] = []
    if instrument.code:
        cut.append(Step(number=1, part=CODE_PART, page=None))
    used: set[str] = set()
    for page in pages(instrument, occasion):
        name = page.group or page.items[0]
        if name in used:  # a group and an item may share a name
            name = f"{name}/{len(used)}"
        used.add(name)
        cut.append(Step(number=len(cut) + 1, part=f"page/{name}", page=page))
    return tuple(cut)


def has_missing_choice(instrument: Instrument, item: Item) -> bool:
    """Say whether one of the choices of an item means that somebody prefers not to say."""
    listed = instrument.choices.get(item.choice_list, ())
    return any(choice.name in instrument.missing for choice in listed)
