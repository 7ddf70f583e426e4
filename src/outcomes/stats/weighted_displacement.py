"""What police analysts compute: counts before and after, less a comparison area, and who moved."""

from dataclasses import dataclass
from math import inf, isfinite, sqrt

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.t_limits import t_limits

TAKEN_FOR_INDEPENDENT = (
    "this takes counted events for independent of each other. Where counts jump from month to "
    "month (8 places, 20 events a month), it raised false alarms in about {percent} % of "
    "simulated studies without any change, not in 5 %, so its p and limits must not decide"
)
FALSE_ALARMS = 43  # percent, 4 of 8 places treated; 40 with 1 of 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """What was counted in an area before and after the start."""

    before: float
    after: float
    size: float = 1.0  # of the area, in any unit: places, people, square kilometers

    def __post_init__(self) -> None:
        counts = (self.before, self.after)
        if not all(isfinite(count) and count >= 0 for count in counts):
            raise DataError(f"counts must be numbers of 0 or more, got {counts}")
        if not (isfinite(self.size) and self.size > 0):
            raise DataError(f"the size of an area must be above 0, got {self.size}")


def weighted_displacement(
    treated: BeforeAfter,
    comparison: BeforeAfter,
    *,
    displaced: tuple[BeforeAfter, BeforeAfter] | None = None,
    lengths: tuple[float, float] = (1.0, 1.0),
    term: str,
    unit: str,
    level: float = 0.95,
) -> Estimate:
    """Work out the weighted displacement difference, and warn of its false alarms.

    Args:
        treated: Counts of the treated area.
        comparison: Counts of an area without the engagement.
        displaced: The area events may have moved to, and one that compares with that.
        lengths: How long the time before, and that after, was, in any unit.
        term: What is compared, in words.
        unit: What was counted.
        level: Confidence level.

    Returns:
        By how many the treated area's count, and that of the displacement area, changed beyond
        those they are compared with, for one unit of size and length. Limits and p take all events
        for independent. Never lead with it.

    Raises:
        DataError: A length is not above 0, or nothing was counted anywhere.

    Source:
        Wheeler & Ratcliffe (2018), Crime Science 7: 11. Agrees with ``ptools::wdd`` of R.
    """
    if not all(isfinite(length) and length > 0 for length in lengths):
        raise DataError(f"both lengths must be above 0, got {lengths}")
    areas = (treated, comparison, *(displaced or ()))
    value = variance = 0.0
    for sign, area in zip((1, -1, 1, -1), areas, strict=False):
        value += sign * (area.after / lengths[1] - area.before / lengths[0]) / area.size
        variance += (area.after / lengths[1] ** 2 + area.before / lengths[0] ** 2) / area.size**2
    if variance == 0:
        raise DataError(f"{term}: nothing was counted in any area, so nothing can change")
    se = sqrt(variance)
    return Estimate(
        term=term,
        **t_limits(value, se=se, df=inf, level=level),
        n=len(areas),
        unit=unit,
        method="weighted displacement difference, normal, events taken for independent",
        assumptions=("events are independent of each other, and arise at a steady rate",),
        warnings=(TAKEN_FOR_INDEPENDENT.format(percent=FALSE_ALARMS),),
    )
