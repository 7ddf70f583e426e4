"""The parts of an instrument: choices, items, groups, scales, code elements."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from outcomes.declarations import Declaration
from outcomes.errors import one_of
from outcomes.measures import find, require_outcome

WRITTEN_TYPES = ("integer", "decimal", "date", "text")  # the respondent writes the answer
SILENT_TYPES = ("note", "calculate")  # nobody answers: shown, or worked out
SIMPLE_TYPES = (*WRITTEN_TYPES, *SILENT_TYPES)
META_COLUMNS = ("respondent", "place", "weight", "wave")  # columns of an answers file
Occasion = Literal["pre", "post", "follow-up"]
Privacy = Literal["answer", "describes the person", "free text"]


def _code(value: Any) -> Any:
    """Take 5 and "5" for the same code; refuse what YAML has changed on the way."""
    if isinstance(value, bool):
        raise ValueError("YAML reads an unquoted yes or no as true or false. Put quotes around it")  # noqa: TRY004
    if isinstance(value, float):
        raise ValueError("YAML reads this as a number with decimals. Put quotes around it")  # noqa: TRY004
    return str(value) if isinstance(value, int) else value


def _words(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("YAML reads an unquoted yes or no as true or false. Put quotes around it")  # noqa: TRY004
    return value


AnswerCode = Annotated[str, BeforeValidator(_code), StringConstraints(min_length=1)]
Words = Annotated[
    str, BeforeValidator(_words), StringConstraints(strip_whitespace=True, min_length=1)
]
Texts = dict[str, Words]  # language -> text
_TRANSLATED = ("title", "notice", "thanks", "label", "hint", "intro", "constraint_message")


class Translated(Declaration):
    """A part whose texts stand once for each language, written ``label::en``, ``label::es``."""

    @model_validator(mode="before")
    @classmethod
    def _gather_languages(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        gathered: dict[str, Any] = {}
        for key, value in data.items():
            name, colons, language = str(key).partition("::")
            if colons:
                gathered.setdefault(name, {})[language] = value
            elif name in _TRANSLATED and not isinstance(value, dict):
                raise ValueError(f"{name!r} does not say its language. Write {name}::en")
            else:
                gathered[name] = value
        return gathered


class Choice(Translated):
    """One answer that can be chosen; scored items need a whole number as its name."""

    name: AnswerCode
    label: Texts


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=60)]


class Item(Translated):
    """One question; or a note, or a value that is worked out."""

    name: Name
    type: str  # "select_one LIST", "select_multiple LIST", or one of SIMPLE_TYPES
    label: Texts = Field(default_factory=dict)  # every type but calculate needs one
    hint: Texts = Field(default_factory=dict)
    required: bool = False  # asked for by a form; an import takes an empty cell for no answer
    relevant: str = ""  # XLSForm expression: asked only where it is true
    constraint: str = ""  # XLSForm expression about . (the answer): refused where it is false
    constraint_message: Texts = Field(default_factory=dict)
    calculation: str = ""  # XLSForm expression, for type calculate
    appearance: str = ""  # XLSForm's word for how it is shown, such as "likert" or "multiline"
    group: str = ""  # the group it stands in
    waves: tuple[Occasion, ...] = ()  # the occasions on which it is asked; none: always
    privacy: Privacy = "answer"  # how near it comes to saying who answered
    looks_back_on: str = ""  # the item whose answer before the class it asks for again, afterwards

    @field_validator("type")
    @classmethod
    def _type_is_known(cls, text: str) -> str:
        if text not in SIMPLE_TYPES and not re.fullmatch(r"select_(one|multiple) \S+", text):
            known = ("select_one LIST", "select_multiple LIST", *SIMPLE_TYPES)
            raise ValueError(f"{text!r} is not a type of item. {one_of(text, known)}")
        return text

    @field_validator("name")
    @classmethod
    def _name_is_free(cls, name: str) -> str:
        if name in META_COLUMNS:
            raise ValueError(
                f"{name!r} is a column that every answers file may have. Rename the item"
            )
        return name

    @property
    def choice_list(self) -> str:
        """The name of its list of choices; empty where the answer is written."""
        return self.type.partition(" ")[2]

    @property
    def many(self) -> bool:
        """Whether several choices may be taken."""
        return self.type.startswith("select_multiple ")

    @property
    def asked(self) -> bool:
        """Whether somebody answers it."""
        return self.type not in SILENT_TYPES


class Group(Translated):
    """Items that stand together: a page of a form, or a grid of rows with the same choices."""

    label: Texts = Field(default_factory=dict)
    relevant: str = ""  # XLSForm expression for all of its items
    appearance: str = ""  # "matrix" (XLSForm: table-list), "field-list", or nothing
    group: str = ""  # the group around it


class CodeElement(Translated):
    """One part of the code that a respondent makes anew on each occasion."""

    name: Name
    label: Texts
    hint: Texts = Field(default_factory=dict)
    kind: Literal["letter", "number"]
    low: int | None = None  # of a number
    high: int | None = None


class SelfCode(Translated):
    """A code that a respondent makes from things that the agency does not hold."""

    intro: Texts
    elements: Annotated[tuple[CodeElement, ...], Field(min_length=1)]


class Paper(Declaration):
    """How the printed form looks."""

    columns: Literal[1, 2] = 1
    points: int = Field(default=11, ge=9, le=20)  # size of letters; large print is 16 or more


class Scale(Declaration):
    """Several items that measure one thing, and how they become one score."""

    label: Words  # what the scale measures, for staff
    items: Annotated[tuple[str, ...], Field(min_length=1)]
    reversed: tuple[str, ...] = ()  # items where agreeing means less of what is measured
    measure: str = ""  # registered survey outcome; a scale without one is scored, not evaluated
    score: Literal["mean"] = "mean"  # the mean of the answered items
    min_answered: int | None = Field(default=None, ge=1)  # default: half of the items, rounded up

    @field_validator("measure")
    @classmethod
    def _measure_comes_from_surveys(cls, code: str) -> str:
        if code and require_outcome(code).stream != "surveys":
            raise ValueError(
                f"{code} belongs to the stream {find(code).stream}, not to surveys. "
                "List the measures with: outcomes measures"
            )
        return code

    @property
    def needed(self) -> int:
        """How many items a respondent must have answered to be scored."""
        return self.min_answered or (len(self.items) + 1) // 2


class Basis(Declaration):
    """Where the construct comes from, and whose words the items are."""

    concept: Words = Field(alias="construct")  # pydantic keeps the name `construct` for itself
    literature: tuple[Words, ...] = ()
    items: Words  # for example "own items, not the published scale"
