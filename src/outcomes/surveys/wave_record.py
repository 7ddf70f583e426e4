"""What a study's own records hold of one wave: the ground of its disclosure block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outcomes.settings import About, Wave
from outcomes.surveys.dispositions import Fieldwork
from outcomes.surveys.instrument import Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How precise the mean of one scale is."""

    label: str
    n: int  # respondents with a score
    half_width: float  # of the 95 % interval; NaN where there is none
    low: int  # of the possible scores
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What is known of the weights in a wave's answers."""

    lowest: float
    highest: float
    design_effect: float  # Kish's


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """What the study's own records hold of a wave."""

    about: About
    wave: Wave
    floor: int  # people below which no count is told
    places: tuple[str, ...]  # names, of waves whose answers bear a place
    instrument: Instrument
    text: str  # hash of the instrument's text
    state: str  # planned, open, closed, frozen
    started: int
    finished: int
    withdrawn: int
    corrected: int  # forms with a correction
    ways: Mapping[str, int]  # of finished forms
    languages: Mapping[str, int]  # of finished forms
    days: tuple[str, str] | None  # the first and the last on which a form was finished
    files: Sequence[tuple[int, int]]  # imported: rows read and refused
    people: int  # whose answers are stored
    imported: int  # of them, by an import
    precision: Sequence[Precision]
    unscored: str  # why there are no scores; "" where there are, or where there is no scale
    weights: Weights | None
    cards: Fieldwork | None  # None where there is no response rate
