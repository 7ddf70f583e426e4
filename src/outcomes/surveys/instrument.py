"""An instrument: the questions, answers and scales of one survey, as plain text (YAML).

The words are XLSForm's (type, name, label::en, hint, required, relevant, constraint, choices), and
beside them stands what XLSForm lacks: scales with reversed items, codes that mean no answer, the
occasions on which an item is asked, the self-made code, and where the construct comes from.
"""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field

from outcomes.errors import DataError, one_of
from outcomes.settings import Code
from outcomes.surveys.parts import (
    AnswerCode,
    Basis,
    Choice,
    Group,
    Item,
    Name,
    Paper,
    Scale,
    SelfCode,
    Texts,
    Translated,
    Words,
)

Population = Literal[
    "residents",
    "academy participants",
    "event participants",
    "personnel",
    "external partners",
    "detectives",
    "other",
]


class Instrument(Translated):
    """A whole survey: what respondents read, and how their answers become scores."""

    id: Code
    version: AnswerCode
    title: Texts
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    population: Population  # who is asked
    rank_groups: tuple[Words, ...] = ()  # for personnel: the groups that results are shown for
    source: Basis
    licence: Words
    notice: Texts  # what respondents are told before they answer (A10)
    thanks: Texts = Field(default_factory=dict)  # what they are told afterwards
    code: SelfCode | None = None  # the self-made code that links occasions
    choices: dict[str, Annotated[tuple[Choice, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    groups: dict[Name, Group] = Field(default_factory=dict)
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    scales: dict[str, Scale] = Field(default_factory=dict)
    missing: tuple[AnswerCode, ...] = ()  # answers that mean no answer, such as -9
    paper: Paper = Paper()

    def score_range(self, scale: str) -> tuple[int, int]:
        """Say the lowest and the highest score of a scale, whose items all share one range."""
        item = item_named(self, self.scales[scale].items[0])
        names = [name for name in answer_names(self, item) if name not in self.missing]
        return min(map(int, names)), max(map(int, names))


def content_hash(instrument: Instrument) -> str:
    """Hash what the instrument says, so that a later change of its words can be seen.

    Comments, line breaks and the order of keys do not count. Parts left at their default are left
    out, so that a schema with more keys does not change the hash of instruments fielded before.
    Nor does ``looks_back_on`` count: it changes no word and no score, and may so be declared of a
    survey that has been answered.
    """
    content = instrument.model_dump(
        mode="json",
        exclude_defaults=True,
        by_alias=True,
        exclude={"items": {"__all__": {"looks_back_on"}}},
    )
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
