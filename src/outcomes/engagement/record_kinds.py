"""The kinds of engagement records: which fields each has. Counts and roles, never people's names.

Each kind is one table of ``record_kinds.toml``: an agency's own strategies are added there (D33).
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from outcomes.declarations import Declaration, read_toml
from outcomes.errors import DataError, one_of
from outcomes.measures import find
from outcomes.measures.registry import Role

BASE = ("day", "place", "community")  # of every record
FieldKind = Literal[
    "count", "text", "note", "choice", "choices", "yes or no", "date", "time", "organisation"
]


class RecordField(Declaration):
    """One field of a kind of record."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    label: str  # the question on the page
    kind: FieldKind
    needed: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""  # under the question

    @model_validator(mode="after")
    def _choices_go_with_choice(self) -> "RecordField":
        if bool(self.choices) != (self.kind in {"choice", "choices"}):
            raise ValueError(
                f"{self.name}: choices go with the kinds choice and choices, and with no other. "
                "Add or remove choices"
            )
        return self


class Counted(Declaration):
    """One measure that records of a kind are counted into, by place and month."""

    measure: str  # code in the registry of measures
    of: str = ""  # a count field whose values are added up; none: each record counts one
    where: str = ""  # only records in which this field ...
    equals: tuple[str, ...] = ()  # ... holds one of these
    filled: str = ""  # only records in which this field is filled in
    until: str = ""  # a date: the record counts in every month up to it, without end while empty

    _measure_is_known = field_validator("measure")(lambda code: find(code).code)


class RecordKind(Declaration):
    """One kind of record: what it asks, and which measures it gives."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    name: str  # one of them, in words: "event"
    many: str  # "events"
    requirement: str = ""  # ids: "B2, B3"
    about: str = ""  # a sentence for whoever fills it in
    fields: tuple[RecordField, ...] = Field(min_length=1)
    key: tuple[str, ...] = ()  # fields that, with day, place and community, tell one from another
    counted: tuple[Counted, ...] = ()
    has_result: bool = False  # an outcome, never shown as something done (D14)
    is_context: bool = False  # what surrounds both; it counts for nothing by itself

    @model_validator(mode="after")
    def _fields_named_are_there(self) -> "RecordKind":
        names = [field.name for field in self.fields]
        for field in self.fields:
            if names.count(field.name) > 1 or field.name in BASE:
                raise ValueError(f"{self.code}: {field.name} stands twice. Rename one of the two")
        named = [*self.key]
        for one in self.counted:
            named += [name for name in (one.where, one.filled) if name]
            self._require(one.of, "count")
            self._require(one.until, "date")
            if bool(one.where) != bool(one.equals):
                raise ValueError(f"{self.code}: where and equals go together. Add or remove one")
        for name in named:
            if name not in names:
                raise ValueError(f"{self.code} has no field {name!r}. {one_of(name, names)}")
        return self

    def _require(self, name: str, kind: FieldKind) -> None:
        """Refuse a field that is named, and is of another kind."""
        known = [field.name for field in self.fields if field.kind == kind]
        if name and name not in known:
            raise ValueError(
                f"{self.code}: {name!r} is no field for a {kind}. {one_of(name, known)}"
            )

    def field(self, name: str) -> RecordField:
        """Find a field by its name; a wrong name is answered with the right ones."""
        for field in self.fields:
            if field.name == name:
                return field
        names = [field.name for field in self.fields]
        raise DataError(f"{self.code} has no field {name!r}. {one_of(name, names)}")

    @property
    def roles(self) -> tuple[Role, ...]:
        """Say what its measures are: output, outcome or context; empty where it gives none."""
        return tuple(dict.fromkeys(find(one.measure).role for one in self.counted))


class RecordKinds(Declaration):
    """All of record_kinds.toml."""

    kinds: tuple[RecordKind, ...] = Field(min_length=1)


@cache
def shipped_kinds() -> dict[str, RecordKind]:
    """Read the kinds that the product knows, by their code."""
    found = read_toml(Path(__file__).with_name("record_kinds.toml"), RecordKinds)
    return {kind.code: kind for kind in found.kinds}


def record_kind(code: str) -> RecordKind:
    """Find a kind by its code; a wrong code is answered with the right ones."""
    kinds = shipped_kinds()
    if code not in kinds:
        raise DataError(f"no kind of record is called {code!r}. {one_of(code, list(kinds))}")
    return kinds[code]
