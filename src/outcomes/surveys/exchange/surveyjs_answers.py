"""What an expression of SurveyJS may ask about, and the fixed values that it is compared with."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from outcomes.surveys.exchange.formulas import NotTranslatable
from outcomes.surveys.exchange.surveyjs_grammar import Part

AnswerKind = Literal["one", "many", "yes or no", "number", "date", "text"]
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an expression may ask about: a question, or a value that is worked out."""

    name: str  # of the item here
    kind: AnswerKind
    codes: Mapping[str, str] = field(default_factory=dict)  # a choice's value there -> name here
    counted: bool = False  # asked is how many choices were taken

    @property
    def words(self) -> str:
        """Its value as an XLSForm expression."""
        return f"count-selected(${{{self.name}}})" if self.counted else f"${{{self.name}}}"


Find = Callable[[str], Answer]  # raises NotTranslatable for what is not here


def literal_of(part: Part) -> str:
    """Give the fixed value that stands in an expression; raises NotTranslatable for others."""
    if part.kind not in {"text", "number", "truth"}:
        raise NotTranslatable("a fixed value is needed there")
    return part.word


def code_of(answer: Answer, part: Part) -> str:
    """Find the choice that a value means: SurveyJS takes A for a, and 01 for 1."""
    literal = literal_of(part)
    for there, code in answer.codes.items():
        if there.strip().lower() == literal.strip().lower():
            return code
    if NUMBER.fullmatch(literal):
        for there, code in answer.codes.items():
            if NUMBER.fullmatch(there) and float(there) == float(literal):
                return code
    return literal


def of_date(function: str, day: str) -> str:
    """Say age(), year() or month() of a day."""
    if function == "age":  # digits of both days as numbers: exact on birthdays too
        now, then = (f"number(format-date({each}, '%Y%m%d'))" for each in ("today()", day))
        return f"int(({now} - {then}) div 10000)"
    return f"number(format-date({day}, '{'%m' if function == 'month' else '%Y'}'))"
