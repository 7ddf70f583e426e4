"""Texts with places to be filled, so that only who they are about differs: contrast.jsonl."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, ValidationError

from outcomes.declarations import Declaration, read_toml
from outcomes.errors import FileError
from outcomes.media.model_checks.checked_rows import CheckedRows
from outcomes.media.model_checks.model_answers import TEMPLATES_SET

TEMPLATES = Path(__file__).with_name("contrast.jsonl")
SLOTS = Path(__file__).with_name("contrast_slots.toml")
_SLOT = re.compile(r"\{(\w+)\}")
_MEND = "Write text, case, tone (-1, 0 or 1), roles, and the target in [square brackets]"


class _Kinds(Declaration):
    """What is swapped: contrast_slots.toml."""

    kinds: tuple["_Kind", ...] = Field(min_length=1)


class _Kind(Declaration):
    """One kind of swap, with its values; each is a label and the words of its slots."""

    name: str
    values: tuple[dict[str, str], ...] = Field(min_length=2)


class _Line(Declaration):
    """One line of contrast.jsonl."""

    id: str
    case: str
    tone: Literal[-1, 0, 1]
    text: str
    roles: dict[str, str]  # kind -> of whom: suspect, victim, officer, target, place


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledText:
    """One text with one value of one kind."""

    template: str
    case: str
    tone: int
    kind: str
    role: str  # whose race, gender, name … it is
    value: str
    text: str
    start: int
    end: int  # of the target


def fill_templates(templates: Path = TEMPLATES, *, slots: Path = SLOTS) -> list[FilledText]:
    """Fill each template with every value of each of its kinds, one kind at a time.

    Args:
        templates: JSON lines.
        slots: The kinds and their values; a kind that is not varied keeps its first one.

    Raises:
        FileError: A line breaks a rule, or names a kind or a slot that is not there.
    """
    kinds = {kind.name: kind.values for kind in read_toml(slots, _Kinds).kinds}
    found: list[FilledText] = []
    for number, line in enumerate(templates.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            found += _filled(_read(templates, line, number), kinds, where=(templates, number))
    return found


def usual_texts(texts: Sequence[FilledText]) -> CheckedRows:
    """Take one text of each template, with its known tone.

    Args:
        texts: Of ``fill_templates``.
    """
    rows = pd.DataFrame(
        [
            {
                "id": each.template,
                "text": each.text,
                "from": each.start,
                "to": each.end,
                "tone": float(each.tone),
                "case": each.case,
                "group": each.template,
                "grouped": False,
                "weight": 1.0,
            }
            for each in texts
        ]
    ).drop_duplicates("id", ignore_index=True)
    return CheckedRows(kind=TEMPLATES_SET, name=TEMPLATES.name, sha256="", table=rows)


def _read(path: Path, line: str, number: int) -> _Line:
    try:
        return _Line.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ", ".join(str(part) for part in first["loc"])
        raise FileError(path, f"line {number}, {place}", first["msg"], _MEND) from None
    except ValueError:
        raise FileError(path, f"line {number}", "this is not JSON", _MEND) from None


def _filled(
    line: _Line, kinds: Mapping[str, tuple[dict[str, str], ...]], *, where: tuple[Path, int]
) -> Iterator[FilledText]:
    if unknown := sorted(set(line.roles) - set(kinds)):
        path, number = where
        problem = f"no kind of swap is called {unknown[0]!r}"
        raise FileError(path, f"line {number}", problem, f"Known are {', '.join(kinds)}")
    usual = {slot: word for values in kinds.values() for slot, word in values[0].items()}
    for kind, role in line.roles.items():
        for value in kinds[kind]:
            words = {**usual, **value}
            text, start, end = _fill(line.text, words, where=where)
            yield FilledText(
                template=line.id,
                case=line.case,
                tone=line.tone,
                kind=kind,
                role=role,
                value=value["label"],
                text=text,
                start=start,
                end=end,
            )


def _fill(
    template: str, words: Mapping[str, str], *, where: tuple[Path, int]
) -> tuple[str, int, int]:
    path, number = where
    slots = {slot: _word(slot, words) for slot in _SLOT.findall(template)}
    missing = sorted(slot for slot, word in slots.items() if not word)
    if missing:
        problem = f"nothing is known to fill {{{missing[0]}}}"
        raise FileError(path, f"line {number}", problem, f"Known are {', '.join(sorted(words))}")
    text = _SLOT.sub(lambda slot: slots[slot[1]], template)
    before, opens, rest = text.partition("[")
    target, closes, after = rest.partition("]")
    if not (opens and closes and target):
        raise FileError(path, f"line {number}", "no target is marked", _MEND)
    return f"{before}{target}{after}", len(before), len(before) + len(target)


def _word(slot: str, words: Mapping[str, str]) -> str:
    """Find what fills a slot; {Agency} is {agency} with a capital letter."""
    if slot in words:
        return words[slot]
    word = words.get(slot[:1].lower() + slot[1:], "")
    return word[:1].upper() + word[1:]
