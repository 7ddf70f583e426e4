"""Double entry of paper forms: what two people keyed is compared field by field before it counts.

Pure: an entry is what one person keyed of one sheet, and nothing here knows of users or the store.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from outcomes.errors import DataError
from outcomes.surveys.instrument import Instrument, answer_names
from outcomes.surveys.numbering import question_numbers
from outcomes.surveys.odk_values import written_moment
from outcomes.surveys.parts import Item, Occasion

CARD = "code card"  # the field of the code on a card; no item can have this name, nor a colon
ELEMENT = "code:"  # stands before the name of an element of the self-made code
_LONGEST_SHORT_CODE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedForm:
    """What one person keyed of one sheet; codes are hashes already."""

    answers: Mapping[str, str] = field(default_factory=dict)  # of answered items only
    code: Mapping[str, str] = field(default_factory=dict)  # element of the self-made code: hash
    card: str = ""  # keyed hash of the code on the card; "" where there was none


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One field in which the two entries of a sheet differ."""

    item: str  # the item; or CARD, or ELEMENT and the name of an element of the self-made code
    number: int  # as printed beside the question; 0 for codes
    first: str  # "" means: left empty
    second: str

    @property
    def of_code(self) -> bool:
        """Whether a code differs: only hashes are kept, so it must be keyed again."""
        return self.number == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """One typed answer: as it is stored, or why it cannot be."""

    value: str
    problem: str = ""  # a sentence with what is allowed; "" where the answer may stand


def short_codes(instrument: Instrument, item: Item) -> dict[str, str]:
    """Say what is typed for each choice of an item: its own name where that is short.

    Names that are long to type, such as ``strongly_agree``, are numbered from 1 in the order in
    which they are printed. Codes that mean no answer keep their name.

    Returns:
        Short code -> name of the choice, in printed order, the missing codes at the end.
    """
    names = answer_names(instrument, item)
    real = [name for name in names if name not in instrument.missing]
    if all(len(name) <= _LONGEST_SHORT_CODE for name in real):
        return {name: name for name in names}
    numbered = {str(number): name for number, name in enumerate(real, start=1)}
    if numbered.keys() & set(names):
        return {name: name for name in names}  # a number would be read as another choice's name
    return numbered | {name: name for name in names if name in instrument.missing}


def keyed_answer(instrument: Instrument, item: Item, text: str) -> Keyed:
    """Read what was typed for one item, and write it the one way in which it is stored.

    Two people who mean the same then keyed the same: ``3 1`` and ``1, 3``, ``07`` and ``7``.
    Conditions and constraints of the form are not looked at here.
    """
    typed = " ".join(text.split())
    if not typed or typed in instrument.missing:
        return Keyed(value=typed)
    if item.choice_list:
        return _keyed_choices(instrument, item, typed)
    if item.type == "integer":
        return _keyed_number(typed, r"[+-]?\d{1,15}", example="a whole number, such as 3")
    if item.type == "decimal":
        return _keyed_number(typed, r"[+-]?(\d{1,15}\.?\d{0,6}|\.\d{1,6})", example="such as 2.5")
    if item.type == "date" and written_moment(typed) is None:
        problem = f"{typed!r} is no date. Type it as 2026-03-31; or leave it empty"
        return Keyed(value=typed, problem=problem)
    return Keyed(value=typed)


def keyed_as(instrument: Instrument, item: Item, value: str) -> str:
    """Say what is typed for a stored answer: its short codes, or the answer itself."""
    if not item.choice_list:
        return value
    typed = {name: code for code, name in short_codes(instrument, item).items()}
    return " ".join(typed.get(name, name) for name in value.split(" "))


def compare(
    first: KeyedForm,
    second: KeyedForm,
    instrument: Instrument,
    *,
    occasion: Occasion | None = None,
) -> list[Discrepancy]:
    """Find every field in which two entries of one sheet differ.

    Of written words, spaces and capital letters do not count: the first entry's spelling stands.

    Args:
        first: What the first person keyed.
        second: What another person keyed, without having seen the first.
        instrument: What was asked; its order is the order of the result, codes first.
        occasion: Whose printed numbers to give.

    Source:
        Kawado and others (2003), Controlled Clinical Trials 24: 560-569: keying twice and
        comparing finds nearly all slips of the fingers; reading aloud from the sheets finds fewer.
    """
    numbers = question_numbers(instrument, occasion)
    found = []
    if first.card != second.card:
        found.append(Discrepancy(item=CARD, number=0, first=first.card, second=second.card))
    for each in instrument.code.elements if instrument.code else ():
        one, other = first.code.get(each.name, ""), second.code.get(each.name, "")
        if one != other:
            name = ELEMENT + each.name
            found.append(Discrepancy(item=name, number=0, first=one, second=other))
    for item in instrument.items:
        one, other = first.answers.get(item.name, ""), second.answers.get(item.name, "")
        if item.name in numbers and not _same(item, one, other):
            number = numbers[item.name]
            found.append(Discrepancy(item=item.name, number=number, first=one, second=other))
    return found


def fields_of(instrument: Instrument, occasion: Occasion | None = None) -> int:
    """Count the fields of a sheet: its questions, the parts of the self-made code, and the card."""
    elements = len(instrument.code.elements) if instrument.code else 0
    return len(question_numbers(instrument, occasion)) + elements + 1


def settle(
    first: KeyedForm, found: Sequence[Discrepancy], chosen: Mapping[str, str]
) -> tuple[KeyedForm, tuple[Discrepancy, ...]]:
    """Put what was chosen after a look at the paper in place of what differed.

    Args:
        first: The first entry; it holds all that did not differ.
        found: What differed, from :func:`compare`.
        chosen: By field, the value that stands on the paper ("" for none); it may also name a
            field that both keyed alike, and wrong.

    Returns:
        The form, and what still differs; the form may count only where nothing does.
    """
    answers, code, card = dict(first.answers), dict(first.code), first.card
    for name, value in chosen.items():
        if name == CARD:
            card = value
        elif name.startswith(ELEMENT):
            code[name.removeprefix(ELEMENT)] = value
        else:
            answers[name] = value
    form = KeyedForm(
        answers={name: value for name, value in answers.items() if value}, code=code, card=card
    )
    return form, tuple(each for each in found if each.item not in chosen)


def _same(item: Item, one: str, other: str) -> bool:
    return one == other or (item.type == "text" and one.casefold() == other.casefold())


def _keyed_choices(instrument: Instrument, item: Item, typed: str) -> Keyed:
    codes = short_codes(instrument, item)
    by_name = {name.casefold(): name for name in codes.values()}
    words = [word for word in re.split(r"[\s,;]+", typed) if word]
    taken = [codes.get(word) or by_name.get(word.casefold()) for word in words]
    if None in taken:
        wrong = words[taken.index(None)]
        return Keyed(value=typed, problem=f"{wrong!r} is no answer here. {_allowed(codes)}")
    if not item.many and len(taken) > 1:
        problem = f"only one answer can stand here. {_allowed(codes)}"
        return Keyed(value=typed, problem=problem)
    order = list(codes.values())
    chosen = sorted({name for name in taken if name}, key=order.index)
    return Keyed(value=" ".join(chosen))


def _allowed(codes: Mapping[str, str]) -> str:
    """List what may be typed: ``1-5, -9`` where numbers follow one another."""
    typed = list(codes)
    numbers = [int(code) for code in typed if code.isdecimal()]
    run = len(numbers) > 2 and all(b - a == 1 for a, b in pairwise(numbers))
    if run:
        rest = [code for code in typed if not code.isdecimal()]
        shown = ", ".join((f"{numbers[0]}-{numbers[-1]}", *rest))
    else:
        shown = ", ".join(typed)
    return f"Type one of {shown}; or leave it empty"


def _keyed_number(typed: str, pattern: str, *, example: str) -> Keyed:
    if not re.fullmatch(pattern, typed):
        problem = f"{typed!r} is no number. Type {example}; or leave it empty"
        return Keyed(value=typed, problem=problem)
    number = Decimal(typed).normalize() + 0  # no -0
    return Keyed(value=f"{number:f}")


def sheet_number(text: str) -> str:
    """Read a sheet number as it was typed.

    Raises:
        DataError: It is empty, too long, or holds what is printed on no sheet.
    """
    number = text.strip()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}", number):
        raise DataError(
            f"{number[:30]!r} is no sheet number. Type the number printed beside the square "
            "pattern, such as 0007, or scan the pattern into the field"
        )
    return number
