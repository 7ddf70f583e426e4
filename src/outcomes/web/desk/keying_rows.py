"""A keying page's rows: questions in printed order with the codes to type, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from outcomes.errors import DataError
from outcomes.surveys.double_entry import (
    CARD,
    ELEMENT,
    KeyedForm,
    keyed_answer,
    keyed_as,
    short_codes,
)
from outcomes.surveys.flow import State, state
from outcomes.surveys.instrument import Instrument, item_named
from outcomes.surveys.keyed_codes import hashed_elements, respondent_of, tidy_element
from outcomes.surveys.numbering import question_numbers, with_numbers
from outcomes.surveys.parts import Item, Occasion
from outcomes.surveys.wording import in_language
from outcomes.web.forms import Form

TAKE_OUT = "-"  # typed into a code's field, it takes out what was keyed there before


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question to be keyed."""

    field: str  # the name of its input
    number: int  # as printed
    label: str
    value: str  # as typed
    said: str  # the label of what was typed
    problem: str
    hidden: bool  # answered, though the form's conditions say that it was not to be asked
    lines: bool  # a long text
    example: str  # of what is typed where there are no codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Questions of one group that are answered by the same codes."""

    heading: str
    codes: tuple[tuple[str, str], ...]  # what is typed, and what it means
    many: bool  # several codes may be typed
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeField:
    """One field of a code, which is never shown again once it was keyed."""

    field: str
    label: str
    hint: str
    kept: bool  # something was keyed here before
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a keying page sent."""

    form: KeyedForm  # what may stand, codes hashed
    texts: Mapping[str, str]  # by item, as it was typed
    problems: Mapping[str, str]  # by item, CARD, or ELEMENT and its name
    standing: State


def read_typed(
    instrument: Instrument,
    sent: Form,
    *,
    key: bytes,
    before: KeyedForm,
    occasion: Occasion | None,
    today: date,
) -> Typed:
    """Read a keying page: codes become hashes here, and what cannot stand is named.

    Args:
        instrument: What is printed on the sheet.
        sent: The page's fields.
        key: The study key.
        before: What this person keyed of the sheet before; an empty code field leaves its code.
        occasion: Of the wave.
        today: For conditions that ask for it.
    """
    texts: dict[str, str] = {}
    answers: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name in question_numbers(instrument, occasion):
        texts[name] = sent.get(f"item.{name}", "").strip()
        keyed = keyed_answer(instrument, item_named(instrument, name), texts[name])
        if keyed.problem:
            problems[name] = keyed.problem
        elif keyed.value:
            answers[name] = keyed.value
    standing = state(instrument, answers, occasion=occasion, today=today)
    for name in standing.invalid:
        problems[name] = f"{standing.items[name].message} Otherwise leave it empty"
        answers.pop(name)
    card, code = _read_codes(instrument, sent, key=key, before=before, problems=problems)
    return Typed(
        form=KeyedForm(answers=answers, code=code, card=card),
        texts=texts,
        problems=problems,
        standing=standing,
    )


def typed_before(
    instrument: Instrument, form: KeyedForm, *, occasion: Occasion | None, today: date
) -> Typed:
    """Show again what somebody keyed of a sheet before."""
    numbers = question_numbers(instrument, occasion)
    answers = {name: value for name, value in form.answers.items() if name in numbers}
    return Typed(
        form=form,
        texts={
            name: keyed_as(instrument, item_named(instrument, name), value)
            for name, value in answers.items()
        },
        problems={},
        standing=state(instrument, answers, occasion=occasion, today=today),
    )


def runs(
    instrument: Instrument, typed: Typed, *, language: str, occasion: Occasion | None
) -> list[Run]:
    """Lay out the questions in printed order, those with the same codes together."""
    numbers = question_numbers(instrument, occasion)
    items = [item for item in instrument.items if item.name in numbers]
    found: list[Run] = []
    last = ""
    for (group, choice_list, many), each in groupby(items, key=_answered_alike):
        own = list(each)
        about = instrument.groups.get(group)
        heading = in_language(about.label, language) if about and group != last else ""
        last = group
        found.append(
            Run(
                heading=with_numbers(heading, numbers, language=language),
                codes=codes_of(instrument, own[0], language=language) if choice_list else (),
                many=many,
                rows=tuple(
                    _row(instrument, item, typed=typed, language=language, numbers=numbers)
                    for item in own
                ),
            )
        )
    return found


def codes_of(instrument: Instrument, item: Item, *, language: str) -> tuple[tuple[str, str], ...]:
    """List what is typed for each choice, with its label."""
    labels = {
        choice.name: in_language(choice.label, language)
        for choice in instrument.choices[item.choice_list]
    }
    return tuple(
        (code, labels.get(name, "no answer"))
        for code, name in short_codes(instrument, item).items()
    )


def meaning(instrument: Instrument, item: Item, value: str, *, language: str) -> str:
    """Say a stored answer in words; "" where nothing was answered."""
    if not item.choice_list or not value:
        return value
    labels = dict(codes_of(instrument, item, language=language))
    codes = {name: code for code, name in short_codes(instrument, item).items()}
    return ", ".join(labels.get(codes.get(name, ""), name) for name in value.split(" "))


def code_fields(
    instrument: Instrument, typed: Typed, *, language: str, only: tuple[str, ...] = ()
) -> list[CodeField]:
    """List the fields of the codes of a sheet: the card's, and the self-made one's elements.

    Args:
        instrument: What is printed on the sheet.
        typed: What was keyed so far.
        language: Of the labels.
        only: Just these fields, by CARD, or ELEMENT and the name of an element.
    """
    form, problems = typed.form, typed.problems
    found = [
        CodeField(
            field="card",
            label="Code of the card",
            hint="such as 7KM2-9Q4",
            kept=bool(form.card),
            problem=problems.get(CARD, ""),
        )
    ]
    for each in instrument.code.elements if instrument.code else ():
        found.append(
            CodeField(
                field=f"code.{each.name}",
                label=in_language(each.label, language),
                hint="one letter" if each.kind == "letter" else "a number",
                kept=bool(form.code.get(each.name)),
                problem=problems.get(ELEMENT + each.name, ""),
            )
        )
    wanted = {"card" if name == CARD else name.replace(ELEMENT, "code.", 1) for name in only}
    return [each for each in found if not only or each.field in wanted]


def cautions(instrument: Instrument, typed: Typed, *, occasion: Occasion | None) -> list[str]:
    """Say what a screen would not have let pass, and paper cannot prevent."""
    numbers = question_numbers(instrument, occasion)
    found = [
        f"Question {numbers[name]} should have an answer, and has none here."
        for name in typed.standing.missing_required
        if name in numbers
    ]
    found += [
        f"Question {numbers[name]} was not to be answered, given the other answers. What you keyed "
        "is kept, but does not count."
        for name in typed.standing.dropped
        if name in numbers
    ]
    return found


def _read_codes(
    instrument: Instrument,
    sent: Form,
    *,
    key: bytes,
    before: KeyedForm,
    problems: dict[str, str],
) -> tuple[str, dict[str, str]]:
    card, code = before.card, dict(before.code)
    text = sent.get("card", "").strip()
    if text == TAKE_OUT:
        card = ""
    elif text:
        try:
            card = respondent_of(key, text)
        except DataError:  # what was typed is not repeated: it may be nearly somebody's code
            problems[CARD] = "this is no code of a card. Compare each letter and number"
    for each in instrument.code.elements if instrument.code else ():
        text = sent.get(f"code.{each.name}", "").strip()
        if text == TAKE_OUT:
            code[each.name] = ""
        elif text and not tidy_element(each, text):
            what = "a letter" if each.kind == "letter" else f"a number {each.low}-{each.high}"
            problems[ELEMENT + each.name] = f"type {what}; or leave it empty"
        elif text and instrument.code:
            code |= {each.name: hashed_elements(key, instrument.code, {each.name: text})[each.name]}
    return card, {name: value for name, value in code.items() if value}


def _answered_alike(item: Item) -> tuple[str, str, bool]:
    return item.group, item.choice_list, item.many


def _row(
    instrument: Instrument,
    item: Item,
    *,
    typed: Typed,
    language: str,
    numbers: Mapping[str, int],
) -> Row:
    value = typed.form.answers.get(item.name, "")
    label = with_numbers(in_language(item.label, language), dict(numbers), language=language)
    return Row(
        field=f"item.{item.name}",
        number=numbers[item.name],
        label=label,
        value=typed.texts.get(item.name, ""),
        said=meaning(instrument, item, value, language=language) if item.choice_list else "",
        problem=typed.problems.get(item.name, ""),
        hidden=item.name in typed.standing.dropped,
        lines="multiline" in item.appearance.split(),
        example={"integer": "a whole number", "decimal": "a number", "date": "2026-03-31"}.get(
            item.type, ""
        ),
    )
