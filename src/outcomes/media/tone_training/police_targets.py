"""Sentences about others with police in the place of their target, for a teacher to judge."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import Field

from outcomes.declarations import Declaration, read_toml
from outcomes.media.tone_training.material import TargetRow

_DETERMINED = re.compile(  # the [company], Boston's [company]; not: there's [Smith]
    r"\b(?i:the|an?|his|her|its|their|our|my|your|this|these|those)\s$"
    r"|\b(?!(?:It|He|She|That|There|What|Who|Here)\b)[A-Z][\w-]*['\u2019]s\s$"
)
_BEGINS = re.compile(r"(?:^|[.!?:]|[.!?:][\"'\u201d\u2019])\s*[\"'\u201c\u2018(]*$")
_INSIDE_A_NAME = re.compile(r"\b(?:[A-Z][\w'\u2019-]*\.?|-)\s?$")  # Senator [Smith], pro-[Smith]
_NAME_GOES_ON = re.compile(r"\s[A-Z]|[\w-]")  # [Smith] Tower


class PoliceWords(Declaration):
    """What names law enforcement; see police_targets.toml."""

    bare: tuple[str, ...] = Field(min_length=1)
    with_the: tuple[str, ...] = Field(min_length=1)


@cache
def police_words() -> PoliceWords:
    """Read the shipped words."""
    return read_toml(Path(__file__).with_name("police_targets.toml"), PoliceWords)


def police_targets(rows: Sequence[TargetRow], *, most: int, seed: int) -> list[TargetRow]:
    """Put police in the place of the targets of rows.

    Args:
        rows: The rows; one whose target is only a part of a name is passed over.
        most: How many to make; they are drawn by chance where there are more rows.
        seed: Of the draw, and of the words.

    Returns:
        Rows of the same group, whose tone says nothing: only a teacher can tell it.
    """
    if not most:
        return []
    draw = np.random.default_rng([seed, 1])
    fitting = [row for row in rows if _stands_alone(row)]
    chosen = sorted(draw.permutation(len(fitting))[:most])
    return [_with_police(fitting[place], draw) for place in chosen]


def _stands_alone(row: TargetRow) -> bool:
    before = row.text[: row.start]
    if _NAME_GOES_ON.match(row.text, row.end):
        return False
    return bool(_DETERMINED.search(before)) or not _INSIDE_A_NAME.search(before)


def _with_police(row: TargetRow, draw: np.random.Generator) -> TargetRow:
    words, before = police_words(), row.text[: row.start]
    if _DETERMINED.search(before):
        who = str(draw.choice(words.with_the))
    else:
        place = int(draw.integers(len(words.bare) + len(words.with_the)))
        who = (*words.bare, *(f"the {noun}" for noun in words.with_the))[place]
    if _BEGINS.search(before):
        who = who[0].upper() + who[1:]
    return replace(
        row,
        text=before + who + row.text[row.end :],
        end=row.start + len(who),
        tone=0,
    )
