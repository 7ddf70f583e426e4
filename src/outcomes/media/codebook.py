"""The codebook: what people decide about an article, by which rules, and a check of their codes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from outcomes.declarations import Declaration, read_toml

_LONGEST_NOTE, _LONGEST_TARGET = 1000, 120  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What one person decided about one article."""

    relevant: int  # 1: law enforcement acts, is acted upon or is talked about
    tone: int | None  # -1 negative, 0 neutral, 1 positive; None where not relevant
    mixed: int = 0  # 1: clearly good and clearly bad things of law enforcement
    confidence: int = 2  # 1 low, 2 medium, 3 high
    target: str = ""  # the agency that it is mostly about
    prompted: int | None = None  # 1: the agency prompted it; None: cannot be told (A8)
    self_credit: int = 0  # 1: the credit comes from law enforcement alone
    note: str = ""


class Answer(Declaration):
    """One answer that may be given."""

    value: int
    label: str = Field(min_length=1)
    key: str = Field(default="", max_length=1)  # of the keyboard


class Question(Declaration):
    """What is asked about an article."""

    name: str
    ask: str = Field(min_length=1)
    about: str = ""  # more on it
    answers: tuple[Answer, ...] = ()  # none: free text


class Example(Declaration):
    """An invented article in a few words, with its code and why."""

    text: str = Field(min_length=1)
    relevant: int = Field(ge=0, le=1)
    tone: int | None = Field(default=None, ge=-1, le=1)
    mixed: int = Field(default=0, ge=0, le=1)
    self_credit: int = Field(default=0, ge=0, le=1)
    why: str = Field(min_length=1)
    rule: str = ""  # filled in: the rule it stands under

    @model_validator(mode="after")
    def _tone_where_relevant(self) -> "Example":
        if (self.relevant == 1) != (self.tone is not None):
            raise ValueError("an example has a tone exactly where it is relevant. Mend the example")
        return self


class Rule(Declaration):
    """One rule; among those of tone, an earlier one goes before a later one."""

    id: str = Field(pattern=r"^[A-Z]\d{1,2}$")  # R1 relevance, T1 tone, M1 the other marks
    title: str = Field(min_length=1)
    text: str = Field(min_length=1)
    settles: str = ""  # which open point of the codebook before it settles
    examples: tuple[Example, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _examples_know_their_rule(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("examples"), list):
            known = [
                {**each, "rule": data.get("id", "")} if isinstance(each, dict) else each
                for each in data["examples"]
            ]
            return {**data, "examples": known}
        return data


class Codebook(Declaration):
    """A codebook: codebook.toml, or a file of the study's own."""

    version: str = Field(min_length=1, max_length=20)
    title: str = Field(min_length=1)
    unit: str = Field(min_length=1)  # what is coded: one article as published
    reading: str = Field(min_length=1)  # how a coder goes about it
    questions: tuple[Question, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> "Codebook":
        ids = [rule.id for rule in self.rules]
        for one in ids:
            if ids.count(one) > 1:
                raise ValueError(f"two rules are called {one}. Give one of them another id")
        asked = {question.name for question in self.questions}
        if lacking := {"relevant", "tone"} - asked:
            raise ValueError(
                f"no question is called {' or '.join(sorted(lacking))}. A series of tone needs both"
            )
        return self

    @property
    def examples(self) -> tuple[Example, ...]:
        """All examples, in the order of their rules."""
        return tuple(each for rule in self.rules for each in rule.examples)

    def question(self, name: str) -> Question | None:
        """Find a question by its name; None where this codebook does not ask it."""
        return next((each for each in self.questions if each.name == name), None)


@cache
def _shipped() -> Codebook:
    return read_toml(Path(__file__).with_name("codebook.toml"), Codebook)


def read_codebook(path: Path | None = None) -> Codebook:
    """Read a codebook, the shipped one unless another file is named.

    Raises:
        FileError: The file is missing, is not TOML, or breaks the schema; says line and mend.
    """
    return _shipped() if path is None else read_toml(path, Codebook)


def code_of(row: Mapping[str, Any]) -> Code:
    """Read a code from a row of a table; what a plainer row lacks has its default."""
    found = {each.name: _whole(row[each.name]) for each in fields(Code) if each.name in row}
    return Code(
        **{
            name: value
            for name, value in found.items()
            if value is not None or name in {"tone", "prompted"}
        }
    )


def _whole(value: Any) -> Any:
    """Undo that a table with gaps holds whole numbers as fractions, and gaps as NaN."""
    if isinstance(value, float):
        return None if math.isnan(value) else int(value)
    return value


def check_code(code: Code, codebook: Codebook) -> list[str]:
    """Say what is wrong with a code, one sentence each; nothing where it may be stored.

    Args:
        code: What a coder entered.
        codebook: Whose answers are allowed.
    """
    said = [*_answers(code, codebook), *_together(code)]
    if len(code.note) > _LONGEST_NOTE:
        said.append(f"The note has {len(code.note)} characters; at most {_LONGEST_NOTE} are kept.")
    if len(code.target) > _LONGEST_TARGET:
        said.append(f"The agency's name is longer than {_LONGEST_TARGET} characters; shorten it.")
    return said


def _answers(code: Code, codebook: Codebook) -> list[str]:
    usual: dict[str, tuple[int, ...]] = {
        "relevant": (0, 1),
        "tone": (-1, 0, 1),
        "mixed": (0, 1),
        "confidence": (1, 2, 3),
        "prompted": (0, 1),
        "self_credit": (0, 1),
    }
    said = []
    for name, known in usual.items():
        value, offered = getattr(code, name), set(known)
        question = codebook.question(name)
        if question and question.answers:
            offered = {answer.value for answer in question.answers}
        if value is None and name in {"tone", "prompted"}:
            continue
        allowed = [each for each in known if each in offered]
        if value not in allowed:
            rule = ", ".join(str(each) for each in allowed)
            said.append(f"{name} is {value}; it must be one of {rule}.")
    return said


def _together(code: Code) -> list[str]:
    said = []
    if code.relevant == 1 and code.tone is None:
        said.append("A relevant article needs a tone: negative, neutral or positive.")
    if code.relevant == 0 and code.tone is not None:
        said.append("An article that is not about law enforcement has no tone; leave it empty.")
    if code.relevant == 0 and (code.mixed == 1 or code.self_credit == 1):
        said.append("Mixed and self-credit are for articles about law enforcement only.")
    if code.self_credit == 1 and code.tone == -1 and code.mixed == 0:
        said.append("Self-credit in a negative article: mark it mixed too, or take it away.")
    return said
