"""The five levels of a relationship: definitions, indicators and guidance, read from levels.toml.

A level is what people judge it to be. Nothing here computes one (1B).
"""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from outcomes.declarations import Declaration, read_toml
from outcomes.measures import MEASURES

Evidence = Literal["records", "surveys", "media"]
CODES = tuple(f"B{number}" for number in range(1, 19))


class Level(Declaration):
    """One of the five: what it is like, and what usually leads on from it."""

    number: int = Field(ge=1, le=5)
    name: str
    definition: str
    next: tuple[str, ...] = Field(min_length=1)  # activities that lead toward the next one


class Strand(Declaration):
    """One of the four that broad-based engagement keeps up without a gap (A12)."""

    name: str
    kinds: tuple[str, ...] = Field(min_length=1)  # of records
    walks: bool = False  # whether walks show it too
    weeks: int = Field(ge=1, le=520)  # without any record, from which on it is a gap


class Indicator(Declaration):
    """One of B1 to B18: which measures show it, and at which levels it is looked at."""

    code: str
    levels: tuple[int, ...] = Field(min_length=1)
    name: str
    measures: tuple[str, ...] = Field(min_length=1)
    evidence: Evidence = "records"
    caution: str = ""

    @model_validator(mode="after")
    def _measures_are_registered(self) -> "Indicator":
        for code in self.measures:
            if code not in MEASURES:
                raise ValueError(f"{self.code}: no measure is called {code!r}")
        return self


class Levels(Declaration):
    """All of levels.toml."""

    judges: tuple[str, ...] = Field(min_length=1)  # offices and groups, never names
    levels: tuple[Level, ...]
    strands: tuple[Strand, ...]
    indicators: tuple[Indicator, ...]

    @model_validator(mode="after")
    def _nothing_is_missing(self) -> "Levels":
        if [level.number for level in self.levels] != [1, 2, 3, 4, 5]:
            raise ValueError("the levels are 1 to 5, in that order")
        if tuple(each.code for each in self.indicators) != CODES:
            raise ValueError(f"the indicators are {CODES[0]} to {CODES[-1]}, in that order")
        return self

    def level(self, number: int) -> Level:
        """Give the level of a number, 1 to 5."""
        return self.levels[number - 1]


@cache
def shipped_levels() -> Levels:
    """Read the levels that the product knows."""
    return read_toml(Path(__file__).with_name("levels.toml"), Levels)
