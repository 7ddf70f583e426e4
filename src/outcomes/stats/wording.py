"""How strong a word a result has earned: a graded scale, and why not a stronger one."""

from dataclasses import dataclass
from typing import Literal

from outcomes.estimate import Estimate

Direction = Literal["rose", "fell", "cannot tell"]
Grade = Literal["describes", "changed", "goes with", "changed more", "because"]

CANNOT_TELL: Direction = "cannot tell"
NO_TEST = "no test is possible"  # how a warning begins that takes every direction away
EXPLORATORY = "exploratory"  # how a warning begins that a frozen plan does not cover
BY_LOT = "chance alone said which places are treated"  # an assumption that a study can earn
# an assumption of one interrupted series that has others beside it
BESIDE_OTHERS = "without the start, treated and other places would have stayed apart"

GRADES: tuple[Grade, ...] = ("describes", "changed", "goes with", "changed more", "because")

# analysis: what it compares; one that is not named here only describes
_CHANGED = (
    *("prepost", "prepost paired", "prepost unpaired", "linking threshold", "prepost ordinal"),
    *("prepost moved", "follow-up", "follow-up since", "worth having", "interrupted"),
    "place changes",
)
_GOES_WITH = ("dose",)
_COMPARED = (
    *(
        "panel",
        "did",
        "crossection",
        "staggered",
        "small areas",
        "few treated",
        "combination",
        "waitlist",
    ),
    *("waitlist, other form", "specification curve", "specification"),
)

_WHY: dict[Grade, str] = {
    "describes": "nothing is compared here, so this says what was, not what moved it",
    "changed": (
        "nothing without the engagement stands beside it, so whatever else happened in that time "
        "may have moved it"
    ),
    "goes with": (
        "nobody drew by lot who got how much, so places that got more may differ in other ways, "
        "or the outcome may have moved first"
    ),
    "changed more": (
        "places were not drawn by lot, so something else that differs between them may have moved "
        "it"
    ),
    "because": "chance alone said which places got the engagement, and the plan was frozen before",
}
_WORDS: dict[Grade, str] = {
    "describes": "is described",
    "changed": "{}",
    "goes with": "{} where more was done",
    "changed more": "{} against the comparison",
    "because": "{} because of the engagement",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What may be said of a result."""

    grade: Grade
    direction: Direction
    words: str  # the strongest words earned, such as "rose against the comparison"
    at_most: str  # what a clear answer of this design would say, such as "changed against ..."
    reasons: tuple[str, ...]  # why no stronger ones


def direction(estimate: Estimate) -> Direction:
    """Say what the data allow: "rose", "fell", or "cannot tell".

    A direction is claimed only where the interval leaves out no change, the test (if there is one)
    agrees at the same level, and no test was found impossible with so few places.
    """
    none = no_change(estimate.unit)
    if any(warning.startswith(NO_TEST) for warning in estimate.warnings):
        return CANNOT_TELL
    if estimate.p is not None and estimate.p > 1 - estimate.level:
        return CANNOT_TELL
    if estimate.low > none:
        return "rose"
    return "fell" if estimate.high < none else CANNOT_TELL


def no_change(unit: str) -> float:
    """Give the value that stands for no change: 1 for a ratio ("times as many"), 0 otherwise."""
    return 1.0 if unit.startswith("times ") else 0.0


def claim(estimate: Estimate) -> Claim:
    """Say how strong a word a result has earned, from its design and what speaks against it.

    Args:
        estimate: With ``analysis``, ``assumptions`` and ``warnings`` as its design set them.

    Returns:
        The grade that the design allows; "because" only where places were drawn by lot and the
        plan was frozen before. A result that cannot be told has the same grade and reasons: a
        null result is laid out like any other.

    Source:
        Shadish, Cook & Campbell (2002), Experimental and Quasi-Experimental Designs, chapter 1;
        Haber et al. (2022), Am. J. Epidemiol. 191: 2084-2097, on words stronger than a design.
    """
    grade, seen = _grade(estimate), direction(estimate)
    reasons = [_WHY[grade]]
    if any(text.startswith(EXPLORATORY) for text in estimate.warnings):
        reasons.append("no plan that was frozen before asks this, so it is exploratory")
    words: str = CANNOT_TELL
    if grade == "describes":
        words = _WORDS[grade]
    elif seen != CANNOT_TELL:
        words = _WORDS[grade].format(seen)
    return Claim(
        grade=grade,
        direction=seen,
        words=words,
        at_most=_WORDS[grade].format("changed"),
        reasons=tuple(reasons),
    )


def is_tested(estimate: Estimate) -> bool:
    """Say whether a result answers a question, and so is either planned or exploratory."""
    return _design(estimate) != "describes"


def _grade(estimate: Estimate) -> Grade:
    grade = _design(estimate)
    planned = not any(text.startswith(EXPLORATORY) for text in estimate.warnings)
    tested = not any(text.startswith(NO_TEST) for text in estimate.warnings)
    if grade == "changed more" and BY_LOT in estimate.assumptions and planned and tested:
        return "because"
    return grade


def _design(estimate: Estimate) -> Grade:
    beside = any(text.startswith(BESIDE_OTHERS) for text in estimate.assumptions)
    if estimate.analysis in _COMPARED or (estimate.analysis == "interrupted" and beside):
        return "changed more"
    if estimate.analysis in _GOES_WITH:
        return "goes with"
    return "changed" if estimate.analysis in _CHANGED else "describes"
