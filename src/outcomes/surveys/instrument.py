"""An instrument: the questions, answers and scales of one survey, as plain text (YAML).

The words are XLSForm's (type, name, label::en, hint, required, choices), and beside them stands
what XLSForm lacks: scales with reversed items, codes that mean no answer, and where the construct
comes from.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from outcomes.declarations import Declaration, read_yaml
from outcomes.errors import DataError, one_of
from outcomes.measures import find, require_outcome
from outcomes.settings import Code
from outcomes.surveys.faults import faults, first_fault

SIMPLE_TYPES = ("integer", "decimal", "date", "text")
META_COLUMNS = ("respondent", "place", "weight", "wave")  # columns of an answers file


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
_TRANSLATED = ("title", "notice", "label", "hint")


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


class Item(Translated):
    """One question."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=60)]
    type: str  # "select_one LIST", or one of SIMPLE_TYPES
    label: Texts
    hint: Texts = Field(default_factory=dict)
    required: bool = False  # asked for by a form; an import takes an empty cell for no answer

    @field_validator("type")
    @classmethod
    def _type_is_known(cls, text: str) -> str:
        if text not in SIMPLE_TYPES and not re.fullmatch(r"select_one \S+", text):
            known = ("select_one LIST", *SIMPLE_TYPES)
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
        return self.type.removeprefix("select_one ") if " " in self.type else ""


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


class Instrument(Translated):
    """A whole survey: what respondents read, and how their answers become scores."""

    id: Code
    version: AnswerCode
    title: Texts
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    population: Words  # who is asked: residents, academy participants, personnel
    source: Basis
    licence: Words
    notice: Texts  # what respondents are told before they answer (A10)
    choices: dict[str, Annotated[tuple[Choice, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    scales: dict[str, Scale] = Field(default_factory=dict)
    missing: tuple[AnswerCode, ...] = ()  # answers that mean no answer, such as -9

    def score_range(self, scale: str) -> tuple[int, int]:
        """Say the lowest and the highest score of a scale, whose items all share one range."""
        item = item_named(self, self.scales[scale].items[0])
        names = [name for name in answer_names(self, item) if name not in self.missing]
        return min(map(int, names)), max(map(int, names))


def read_instrument(path: Path) -> Instrument:
    """Read an instrument that may be fielded: it keeps the schema and makes sense as a whole.

    Raises:
        FileError: The file breaks the schema (says the line) or a part contradicts another (says
            the item or scale, and how many more faults there are).
    """
    instrument = read_yaml(path, Instrument)
    if found := faults(instrument):
        raise first_fault(path, found)
    return instrument


def content_hash(instrument: Instrument) -> str:
    """Hash what the instrument says, so that a later change of its words can be seen.

    Comments, line breaks and the order of keys do not count. Parts left at their default are left
    out, so that a schema with more keys does not change the hash of instruments fielded before.
    """
    content = instrument.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def item_named(instrument: Instrument, name: str) -> Item:
    """Find an item; a wrong name is answered with the right ones."""
    for item in instrument.items:
        if item.name == name:
            return item
    known = [item.name for item in instrument.items]
    raise DataError(f"{instrument.id} has no item {name!r}. {one_of(name, known)}")


def answer_names(instrument: Instrument, item: Item) -> tuple[str, ...]:
    """List what may stand in a cell of a select_one item, the missing codes at the end."""
    names = [choice.name for choice in instrument.choices[item.choice_list]]
    real = [name for name in names if name not in instrument.missing]
    return (*real, *instrument.missing)


def allowed_answers(instrument: Instrument, item: Item) -> str:
    """Say for a message what may stand in a cell of a select_one item."""
    names = answer_names(instrument, item)
    real = ", ".join(name for name in names if name not in instrument.missing)
    none = f"; {', '.join(instrument.missing)} for no answer" if instrument.missing else ""
    return f"Allowed: {real}{none}; or leave the cell empty"


def scored_items(instrument: Instrument) -> tuple[str, ...]:
    """List the items that some scale needs, in the order of the instrument."""
    needed = {name for scale in instrument.scales.values() for name in scale.items}
    return tuple(item.name for item in instrument.items if item.name in needed)
