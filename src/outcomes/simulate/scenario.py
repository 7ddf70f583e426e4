"""What is planted in the worked example, so that the truth is known."""

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleForm:
    """The shape of one scale, as its instrument gives it."""

    items: tuple[str, ...]
    reversed: frozenset[str]
    low: int  # lowest answer
    high: int  # highest answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeForm:
    """One element of the code that people make themselves, as its instrument gives it."""

    name: str
    kind: str  # how answers spread, as in ``codes.shares``
    first: str  # the first answer: a letter, or the lowest number

    def written(self, answer: int) -> str:
        """Write an answer as a person does: A, B, C or 0, 1, 2."""
        if self.first.isdigit():
            return str(int(self.first) + answer)
        return chr(ord(self.first) + answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Planted effects and sizes. Shifts are in points of one answer before rounding."""

    seed: int = 2025
    academy_shift: tuple[tuple[str, float], ...] = (
        ("trust", 0.40),
        ("support", 0.15),
        ("understanding", 0.60),
    )
    class_size: int = 28  # enrolled; some miss one of the two evenings
    without_card: float = 0.4  # share of a class that lost the card and makes a code of its own
    residents_per_place: int = 60  # answers in each place and wave
    residents_shift: tuple[tuple[str, float], ...] = (
        ("feeling_safe", 0.25),
        ("view_of_walks", 0.3),
    )
    tips_a_month: float = 3.0  # additional, in each focus place, once walks began
    complaints_a_month: float = 0.0
    coded_per_month: int = 10  # articles that the generated coder codes

    def without_effect(self) -> "Scenario":
        """Plant nothing at all, everything else alike."""
        return replace(
            self,
            academy_shift=(),
            residents_shift=(),
            tips_a_month=0.0,
            complaints_a_month=0.0,
        )

    def as_truth(self) -> dict[str, Any]:
        """Lay the planted numbers out for the truth file."""
        truth = asdict(self)
        for name in ("academy_shift", "residents_shift"):
            truth[name] = dict(truth[name])
        return truth
