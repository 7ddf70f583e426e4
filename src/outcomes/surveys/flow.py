"""What a form shows, asks and accepts, given the answers so far: one evaluator for every way in.

The web form, a tablet's submission, paper entry and the import all ask ``state``, so that the same
answers give the same questions, whoever wrote them down.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from outcomes.errors import DataError, one_of
from outcomes.surveys.answer_messages import Problem, message
from outcomes.surveys.expressions import CompiledForm, compile_form, groups_around
from outcomes.surveys.instrument import Instrument, answer_names
from outcomes.surveys.odk_values import Value, text, truth, written_moment
from outcomes.surveys.parts import Item, Occasion
from outcomes.surveys.xpath import Expression
from outcomes.surveys.xpath_scope import Reading

Answer = str | int | float | date | Sequence[str] | None

_WHOLE = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemState:
    """How one item stands: whether it is shown, and what is to be said of its answer."""

    name: str
    shown: bool
    required: bool  # only where it is shown
    value: str  # the answer as it counts, or what was worked out; "" where hidden or unanswered
    problem: Problem  # "required": shown, required and empty; the others: the answer is not valid
    message: str  # the problem in the language asked for

    @property
    def valid(self) -> bool:
        """Whether the answer may stand; an empty one always may, `required` is another matter."""
        return self.problem in {"", "required"}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a whole form stands."""

    items: Mapping[str, ItemState]  # by name, in the order of the instrument
    answers_that_count: Mapping[str, str]  # given to items that are shown; the others are dropped
    dropped: tuple[str, ...]  # items that have an answer, but are not shown
    calculated: Mapping[str, str]  # what was worked out
    missing_required: tuple[str, ...]  # shown, required and not answered
    invalid: tuple[str, ...]  # shown, and answered with what cannot stand

    @property
    def complete(self) -> bool:
        """Whether the form may be sent."""
        return not self.missing_required and not self.invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is shown at once: one top-level group, or a run of items that stand in none."""

    group: str  # the name of the group; "" for items that stand in none
    items: tuple[str, ...]


def state(
    instrument: Instrument,
    answers: Mapping[str, Answer],
    *,
    occasion: Occasion | None = None,
    today: date | None = None,
    language: str = "",
) -> State:
    """Work out what is shown, required and valid, given the answers so far.

    Each item is worked out after those that it depends on, so that one pass settles the form: no
    second one would change it.

    Args:
        instrument: A sound instrument; its expressions are compiled once and kept.
        answers: By item: a text as in an answers file, a number, a date, or for select_multiple the
            names of the choices, as a list or with spaces between. Empty or None is no answer.
        occasion: Items that are asked on other occasions only are hidden. None: all are asked.
        today: What today() gives; a datetime also sets now(). None: this machine's clock.
        language: Of the messages; the first language of the instrument if it is not said.

    Raises:
        DataError: An answer is to no item of the instrument, or an expression cannot be worked out.
    """
    form = compile_form(instrument)
    given = _given(instrument, answers)
    known = {item.name: item for item in instrument.items}
    stored = {form.paths[name]: value for name, value in given.items() if value}
    reading = Reading(values={}, now=_clock(today), stored=stored)
    shown: dict[str, bool] = {}
    for name in form.order:
        item = known[name]
        shown[name] = _is_shown(instrument, item, form=form, occasion=occasion, reading=reading)
        if shown[name]:
            reading.values[form.paths[name]] = _value(item, form, given=given, reading=reading)
    states = {
        name: _judged(instrument, item, form=form, reading=reading, given=given, language=language)
        for name, item in known.items()
    }
    return _summary(known, states, given=given)


def pages(instrument: Instrument, occasion: Occasion | None = None) -> tuple[Page, ...]:
    """Cut an instrument into pages: a top-level group is one, and so is a run of other items.

    Items of other occasions are left out, and so are calculations, which nobody sees.
    """
    cut: list[tuple[str, list[str]]] = []
    for item in instrument.items:
        if item.type == "calculate" or not _asked_on(item, occasion):
            continue
        group = next(iter(groups_around(instrument, item)), "")
        if not cut or cut[-1][0] != group:
            cut.append((group, []))
        cut[-1][1].append(item.name)
    return tuple(Page(group=group, items=tuple(items)) for group, items in cut)


def page_is_shown(page: Page, standing: State) -> bool:
    """Say whether anything of a page is shown."""
    return any(standing.items[name].shown for name in page.items)


def _given(instrument: Instrument, answers: Mapping[str, Answer]) -> dict[str, str]:
    known = [item.name for item in instrument.items]
    for name in answers:
        if name not in known:
            raise DataError(f"{instrument.id} has no item {name!r}. {one_of(name, known)}")
    return {name: _as_text(answer) for name, answer in answers.items()}


def _as_text(answer: Answer) -> str:
    if answer is None:
        return ""
    if isinstance(answer, str):
        return answer.strip()
    if isinstance(answer, (datetime, date)):
        return answer.isoformat()[:10]
    if isinstance(answer, (int, float)):
        return text(float(answer)) if answer == answer else ""  # noqa: PLR0124 (not a number)
    return " ".join(answer)


def _clock(today: date | None) -> datetime:
    if today is None:
        return datetime.now()
    return today if isinstance(today, datetime) else datetime.combine(today, time())


def _asked_on(item: Item, occasion: Occasion | None) -> bool:
    return not item.waves or occasion is None or occasion in item.waves


def _is_shown(
    instrument: Instrument,
    item: Item,
    *,
    form: CompiledForm,
    occasion: Occasion | None,
    reading: Reading,
) -> bool:
    if not _asked_on(item, occasion):
        return False
    around = (*groups_around(instrument, item), item.name)
    relevants = (form.expressions.get((name, "relevant")) for name in around)
    return all(truth(relevant.work(reading)) for relevant in relevants if relevant)


def _value(item: Item, form: CompiledForm, *, given: Mapping[str, str], reading: Reading) -> Value:
    calculation = form.expressions.get((item.name, "calculation"))
    if calculation is not None:
        return _worked_out(calculation, reading)
    words = given.get(item.name, "") if item.asked else ""
    if item.type == "integer":
        return float(words) if _WHOLE.fullmatch(words) else words
    if item.type == "decimal":
        return float(words) if _DECIMAL.fullmatch(words) else words
    if item.type == "date":
        return written_moment(words) or words
    return words


def _worked_out(calculation: Expression, reading: Reading) -> Value:
    """Keep truths and dates as such, and write numbers as text, as JavaRosa stores them."""
    value = calculation.work(reading)
    if isinstance(value, float):
        return "" if math.isnan(value) else text(value)
    return value


def _written(value: Value) -> str:
    """Write a worked-out value for a table: truths as 1 and 0, a time of day if there is one."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(timespec="seconds")
    return text(value)


def _judged(
    instrument: Instrument,
    item: Item,
    *,
    form: CompiledForm,
    reading: Reading,
    given: Mapping[str, str],
    language: str,
) -> ItemState:
    path = form.paths[item.name]
    shown = path in reading.values
    required = shown and item.asked and item.required
    words = ""
    problem: Problem = ""
    if shown and item.asked:
        words = given.get(item.name, "")
        constraint = form.expressions.get((item.name, "constraint"))
        problem = _problem(instrument, item, words=words, constraint=constraint, reading=reading)
        if not words and required:
            problem = "required"
    elif shown:
        words = _written(reading.values[path])
    return ItemState(
        name=item.name,
        shown=shown,
        required=required,
        value=words,
        problem=problem,
        message=message(instrument, item, problem=problem, language=language),
    )


def _problem(
    instrument: Instrument,
    item: Item,
    *,
    words: str,
    constraint: Expression | None,
    reading: Reading,
) -> Problem:
    if not words:
        return ""
    if item.choice_list:
        names = answer_names(instrument, item)
        taken = words.split(" ") if item.many else [words]
        if len(set(taken)) < len(taken) or not set(taken) <= set(names):
            return "choice"
    elif not _fits(item, words):
        return "type"
    elif words in instrument.missing:
        return ""  # it stands for no answer, whatever the constraint says of answers
    if constraint is not None and not truth(constraint.work(reading)):
        return "constraint"
    return ""


def _fits(item: Item, words: str) -> bool:
    if item.type == "integer":
        return _WHOLE.fullmatch(words) is not None
    if item.type == "decimal":
        return _DECIMAL.fullmatch(words) is not None
    if item.type == "date":
        return len(words) == 10 and written_moment(words) is not None
    return True


def _summary(
    known: Mapping[str, Item], states: Mapping[str, ItemState], *, given: Mapping[str, str]
) -> State:
    shown = {name: one for name, one in states.items() if one.shown}
    return State(
        items=states,
        answers_that_count={
            name: one.value for name, one in shown.items() if known[name].asked and one.value
        },
        dropped=tuple(
            name for name in known if known[name].asked and given.get(name) and name not in shown
        ),
        calculated={
            name: one.value for name, one in shown.items() if known[name].type == "calculate"
        },
        missing_required=tuple(name for name, one in shown.items() if one.problem == "required"),
        invalid=tuple(name for name, one in shown.items() if not one.valid),
    )
