"""How strong a word a result has earned: a graded scale, and why not a stronger one."""

from dataclasses import dataclass, replace
from math import inf, nan
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


def refused(estimate: Estimate, reason: str) -> Estimate:
    """Take limits, p and verdict off a figure that no test holds for; it still says what was seen.

    Args:
        estimate: With its unit, which says whether it is a ratio.
        reason: Why, and what would be needed: what follows "no test is possible".
    """
    return replace(
        estimate,
        se=nan,
        low=_lowest(estimate.unit),
        high=inf,
        p=None,
        warnings=(f"{NO_TEST} {reason}", *estimate.warnings),
    )


def drift_or_change(*, periods: int, when: str, beside: float, without: float, needed: str) -> str:
    """Say why no test tells a change in one series from a drift, after "no test is possible".

    Args:
        periods: How many the series has.
        when: What one is called.
        beside: How much they hang together in a fit with the change.
        without: The same in a fit without it.
        needed: What would help beside more periods.
    """
    return (
        f"of this change with {periods} {when}s: it is clear only if they hang together as little "
        f"as they seem to beside it ({beside:.2f}), and without any change they would hang "
        f"together more ({without:.2f}), so that a drift makes as much. Needed: more {when}s "
        f"before and after the start, or {needed}"
    )


def has_limits(estimate: Estimate) -> bool:
    """Say whether the interval leaves out anything at all."""
    return estimate.high < inf or estimate.low > _lowest(estimate.unit)


def _lowest(unit: str) -> float:
    """The lowest value there can be: a ratio is never below 0."""
    return 0.0 if no_change(unit) else -inf


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
