"""How many times as many after as before, over the same ratio elsewhere, from four counts."""

from math import exp, inf, log, sqrt

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.t_limits import t_limits
from outcomes.stats.weighted_displacement import TAKEN_FOR_INDEPENDENT, BeforeAfter

FALSE_ALARMS = 41  # percent, 4 of 8 places treated; 38 with 1 of 8
HALF = 0.5  # of an event is added to all counts where one is 0, so that logarithms exist


def rate_ratio(
    treated: BeforeAfter, comparison: BeforeAfter, *, term: str, unit: str, level: float = 0.95
) -> Estimate:
    """Work out the ratio of two ratios of counts, and warn of its false alarms.

    Sizes of areas and lengths of time drop out, as both areas were counted for the same time.

    Args:
        treated: Counts of the treated area.
        comparison: Counts of an area without the engagement.
        term: What is compared, in words.
        unit: What was counted.
        level: Confidence level.

    Returns:
        After over before in the treated area, over the same elsewhere: 1 is no difference. Limits
        and p take all events for independent. Never lead with it.

    Raises:
        DataError: Nothing was counted in one of the areas.

    Source:
        Rothman, Greenland & Lash (2008), Modern Epidemiology, chapter 14. Agrees with the
        interaction in ``glm(count ~ treated * after, family = poisson)`` of R.
    """
    counts = [treated.after, treated.before, comparison.after, comparison.before]
    if not sum(counts[:2]) or not sum(counts[2:]):
        raise DataError(f"{term}: nothing was counted in one of the areas, so no ratio exists")
    if min(counts) == 0:
        counts = [count + HALF for count in counts]
    middle = log(counts[0] / counts[1]) - log(counts[2] / counts[3])
    error = sqrt(sum(1 / count for count in counts))
    limits = t_limits(middle, se=error, df=inf, level=level)
    return Estimate(
        term=term,
        value=exp(middle),
        low=exp(limits["low"]),
        high=exp(limits["high"]),
        level=level,
        p=limits["p"],
        n=2,
        unit=f"times as many {unit}",
        method="ratio of Poisson rates, normal on logarithms, events taken for independent",
        assumptions=("events are independent of each other, and arise at a steady rate",),
        warnings=(TAKEN_FOR_INDEPENDENT.format(percent=FALSE_ALARMS),),
    )
