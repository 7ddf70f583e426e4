"""A form from another tool, gathered part by part until it is an instrument with its report."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from outcomes.surveys.exchange.formulas import quoted
from outcomes.surveys.exchange.mapping import Fate, Mapped
from outcomes.surveys.parts import META_COLUMNS, Texts

_LONGEST_NAME = 60
LOST = "not-translated"  # a function that no evaluator has


@dataclass(slots=True, kw_only=True)
class Draft:
    """What an import has gathered so far: parts as the schema names them, and their fates."""

    tool: str
    language: str = "en"  # of texts that do not say theirs
    items: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    mapping: list[Mapped] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)  # names of items and groups, in small letters
    reserved: set[str] = field(default_factory=set)  # names of questions still to come
    lost: dict[str, str] = field(default_factory=dict)  # names of dropped questions, and why

    def mapped(self, part: str, became: str, *, why: str = "") -> None:
        """Report a part that is here now."""
        self._report(part, "mapped", became=became, why=why)

    def dropped(self, part: str, why: str) -> None:
        """Report a part that a rule leaves out."""
        self._report(part, "dropped by rule", why=why)

    def error(self, part: str, why: str) -> None:
        """Report a part that cannot be taken although it should be."""
        self._report(part, "error", why=why)

    def _report(self, part: str, fate: Fate, *, became: str = "", why: str = "") -> None:
        self.mapping.append(Mapped(part=part, fate=fate, became=became, why=why))

    def new_name(self, original: str, *, fallback: str = "q", made_up: bool = False) -> str:
        """Make a name that is allowed here and not taken, as near to the original as can be.

        A name that is ``made_up`` here, or names a group, leaves the names of questions to them.
        """
        wanted = legal_name(original, fallback=fallback)
        name, number = wanted, 2
        while name.lower() in self.taken or (made_up and name.lower() in self.reserved):
            ending = f"_{number}"
            name, number = wanted[: _LONGEST_NAME - len(ending)] + ending, number + 1
        self.taken.add(name.lower())
        return name

    def add_choices(self, wanted: str, listed: list[dict[str, Any]]) -> str:
        """Keep a list of choices under a free name; the same list twice is kept once."""
        for name, known in self.choices.items():
            if known == listed:
                return name
        name, number = wanted, 2
        while name in self.choices:
            name, number = f"{wanted}_{number}", number + 1
        self.choices[name] = listed
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands once for the whole form."""

    id: str
    version: str = "1"
    title: Texts
    notice: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)  # keys that a file of ours says itself


def legal_name(original: str, *, fallback: str = "q") -> str:
    """Spell a name with the letters that are allowed here; columns of answer files are avoided."""
    plain = unicodedata.normalize("NFKD", original).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("_") or fallback
    if original.startswith("_") and re.fullmatch(r"[A-Za-z0-9_.-]+", original):
        name = original  # an underscore in front is allowed, and may tell two names apart
    if not re.match(r"[A-Za-z_]", name):
        name = f"{fallback}_{name}"
    if name in (*META_COLUMNS, "meta"):
        name = f"{name}_answer"
    return name[:_LONGEST_NAME]


def legal_code(value: str) -> str:
    """Spell the name of a choice without blanks and quotes, which expressions cannot hold."""
    return re.sub(r"[\s'\"]+", "_", value.strip()).strip("_") or "_"


def legal_id(original: str) -> str:
    """Spell the id of an instrument."""
    plain = unicodedata.normalize("NFKD", original).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_-]+", "_", plain).lstrip("_-").rstrip("_")[:40] or "form"


def lost_condition(condition: str) -> str:
    """Put a condition that cannot be said here where no evaluator can take it for one."""
    return f"{LOST}({quoted(condition.replace('${', '{'))})"
