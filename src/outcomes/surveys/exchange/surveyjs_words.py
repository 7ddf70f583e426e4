"""Parts of an expression in SurveyJS's words: numbers, texts, conditions, and when they hold.

XLSForm and SurveyJS differ where answers are empty (XPath counts them as not-a-number, SurveyJS
often as 0), in letters (SurveyJS takes A for a) and in types. Each part is therefore said with its
kind and with the condition under which it holds a value; what would mean something else is refused.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from outcomes.errors import DataError

# a figure is a number that was worked out: ODK stores it as text, so it is true even where it is 0
Kind = Literal["number", "figure", "code", "many", "text", "date", "truth"]
_NUMERIC = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A part of an expression in SurveyJS's words."""

    kind: Kind
    words: str
    given: str = ""  # condition under which it holds a value; empty: always
    blank: str = (
        ""  # condition under which it is an empty text, as an answer not given; empty: never
    )
    mixed: bool = False  # a number that may come from a choice, whose 0 ODK takes for true
    codes: frozenset[str] | None = None  # of a code or a text: what it can be; None: anything
    name: str = ""  # of an answer: its name in SurveyJS
    literal: bool = False


def answer_said(name: str, *, kind: Kind, codes: frozenset[str] | None = None) -> Said:
    """Say an answer by its name; ``#`` keeps SurveyJS from reading the code 05 as the number 5."""
    as_text = kind in {"code", "text", "date", "many"}
    return Said(
        kind=kind,
        words=f"{{#{name}}}" if as_text else f"{{{name}}}",
        given=f"{{{name}}} notempty",
        blank=f"{{{name}}} empty",
        codes=codes,
        name=name,
    )


def quoted(words: str) -> str:
    """Put a text between quotes."""
    if "\\" in words:
        raise DataError("it compares with a text that holds a backslash. Take it out")
    if words.strip().lower() == "undefined":
        raise DataError("SurveyJS takes 'undefined' for no answer. Rename the choice")
    return "'" + words.replace("'", r"\'") + "'"


def equality(left: Said, right: Said) -> str:
    """Say that two values are equal, as numbers if one is a number, otherwise as texts."""
    for one, other in ((left, right), (right, left)):
        if one.literal and one.codes == frozenset({""}):
            return is_empty(other)
    kinds = {left.kind, right.kind}
    if "truth" in kinds:
        return _same_truth(as_truth(left), as_truth(right))
    if "many" in kinds:
        raise DataError("it compares several choices at once. Write selected(...)")
    timed = any(each.kind == "date" and "(" in each.words for each in (left, right))
    if kinds & {"number", "figure"} or timed:
        return _equal_numbers(left, right)
    refuse_same_letters(left, right)
    return f"{left.words} = {right.words}"


def _equal_numbers(left: Said, right: Said) -> str:
    one, other = (
        replace(each, words=f"{{{each.name}}}")
        if each.kind == "code" and each.name and beside.literal
        else as_number(each)
        for each, beside in ((left, right), (right, left))
    )
    words = f"{one.words} = {other.words}"
    plain = [each.literal or bool(each.name) for each in (one, other)]
    if all(plain):  # SurveyJS takes two empty answers for equal, as ODK does
        return words
    words = together([one.given, other.given], words)
    if one.blank and other.blank:
        return f"({words} or {together([one.blank, other.blank])})"
    return words


def is_empty(said: Said) -> str:
    """Say that nothing was answered or worked out."""
    if said.kind == "text" and not said.name:
        return f"({said.words}) empty"
    return said.blank or "false"


def refuse_same_letters(left: Said, right: Said) -> None:
    """Refuse two texts that SurveyJS would take for equal though they differ: Yes and yes."""
    if left.kind == right.kind == "date":
        return
    if left.codes is None or right.codes is None:
        known = right.codes if left.codes is None else left.codes
        if known is None or any(code.lower() != code.upper() for code in known):
            raise DataError(
                "SurveyJS takes capital and small letters for the same. Ask with choices, or "
                "compare with digits"
            )
        return
    for code in left.codes:
        for other in right.codes:
            if code != other and code.strip().lower() == other.strip().lower():
                raise DataError(
                    f"SurveyJS takes {code!r} and {other!r} for the same. Rename one of them"
                )


def _same_truth(left: Said, right: Said) -> str:
    for one, other in ((left, right), (right, left)):
        if one.words in {"true", "false"}:
            return other.words if one.words == "true" else negated(other.words)
    both = together([left.words, right.words])
    neither = together([negated(left.words), negated(right.words)])
    return f"({both} or {neither})"


def as_truth(said: Said) -> Said:
    """Say a value as a condition: a text that is not empty, a number that is not 0."""
    if said.kind == "truth":
        return said
    if said.mixed:
        raise DataError("it takes a number that may be 0 for true. Compare it with a number")
    if said.kind == "number":
        if said.literal:
            return Said(kind="truth", words="true" if float(said.words) else "false")
        return Said(kind="truth", words=together([said.given], f"{said.words} <> 0"))
    if said.literal:
        return Said(kind="truth", words="false" if said.codes == frozenset({""}) else "true")
    return Said(kind="truth", words=said.given or negated(is_empty(said)))


def as_number(said: Said) -> Said:
    """Say a value as a number: a date as days since 1970, a code by its digits."""
    if said.kind in {"number", "figure"}:
        return said
    if said.kind == "truth":
        return Said(kind="number", words=f"iif({without_brackets(said)}, 1, 0)")
    if said.kind == "date":
        days = f"diffDays('1970-01-01', {said.words})"
        if "(" not in said.words:  # not today(): may lie before 1970, and diffDays has no sign
            days = f"iif({said.words} < '1970-01-01', 0 - {days}, {days})"
        return Said(kind="number", words=days, given=said.given)
    wrong = [code for code in sorted(said.codes or {"?"}) if not _NUMERIC.fullmatch(code)]
    wrong = [code for code in wrong if code or not said.given]
    if said.kind == "many" or wrong:
        what = "several choices" if said.kind == "many" else f"a text such as {wrong[0]!r}"
        raise DataError(f"it counts {what} as a number. Use an item of type integer or decimal")
    if said.literal:
        return Said(kind="number", words="".join(said.codes or ()), literal=True)
    return replace(said, kind="number", words=f"{{{said.name}}}" if said.name else said.words)


def negated(words: str) -> str:
    """Say that a condition does not hold."""
    return f"!({without_brackets(words)})"


def together(conditions: list[str], words: str = "") -> str:
    """Join conditions, and what holds under them, by and; each is named once."""
    parts = list(dict.fromkeys(part for part in (*conditions, words) if part))
    return f"({' and '.join(parts)})" if len(parts) > 1 else "".join(parts)


def without_brackets(said: Said | str) -> str:
    """Take off the brackets around a whole condition."""
    words = said if isinstance(said, str) else said.words
    inner, depth = words[1:-1], 0
    if not (words.startswith("(") and words.endswith(")")) or "'" in inner:
        return words
    for letter in inner:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            return words
    return inner
