"""Did one series, whose errors hang together, move to another level at a start?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import ar1_reml
from outcomes.stats.restricted_critical_values import restricted_critical
from outcomes.stats.simulated_critical_values import simulated_critical_values

FEWEST, FEWEST_A_SIDE = 16, 3  # periods; with 8 to 12 in all, false alarms reach 7 %


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """How far the level after the start lies from the one before."""

    value: float
    se: float  # of the fit, which takes phi for known: the limits do not
    low: float
    high: float
    p: float
    phi: float  # how errors hang together from period to period, as it is found
    judged_at: float  # the largest phi that it was judged by
    without: float | None = None  # phi of a fit without the step, where a drift makes as much


def step_change(
    series: ArrayLike,
    *,
    times: ArrayLike,
    start: float,
    noise: float = 0.0,
    level: float = 0.95,
) -> StepChange:
    """Compare the level of a series from a start on with its level before.

    For one place and one to compare with, months are all there is. They are not independent, so
    the limits come from simulated series whose errors hang together as long. A step that is clear
    only so, and not where errors hang together as they would without it, is no step that could be
    told from a drift: ``without`` says so, and p and limits must not be shown. With 16 to 60
    periods that called 3 to 6 % of series without a change changed, errors hanging together at 0
    to 0.9, and 1 to 7 % of differences of counts. Moving the start through the series, which does
    not need a model, called 13 to 17 % of them changed at 0.9, and found fewer changes
    (``benchmarks/small_counts.py``).

    Args:
        series: One number a period, such as one place less another, shape (n,).
        times: Whole numbers that rise, shape (n,); a period that is missing leaves a gap.
        start: The first time that counts as after.
        noise: The variance of a value that is counting error, fresh in each period; 0 if none.
        level: Confidence level.

    Raises:
        DataError: Cannot tell: fewer than 16 periods, or fewer than 3 before or after; shapes
            differ, a value is not a number, or the series does not move on either side.

    Source:
        Box & Tiao (1975), J. Am. Stat. Assoc. 70: 70-79, with a step and AR(1) errors, judged as
        in ``simulated_critical_values``. Without correlation it is the two-sample t test.
    """
    when = np.asarray(times, dtype=float)
    after = when >= start
    sides = int((~after).sum()), int(after.sum())
    if min(sides) < FEWEST_A_SIDE or sum(sides) < FEWEST:
        raise DataError(
            f"cannot tell: {FEWEST} periods would be needed to see how long one series drifts, "
            f"{FEWEST_A_SIDE} of them before and {FEWEST_A_SIDE} after the start; got {sides[0]} "
            f"and {sides[1]}"
        )
    design, step = np.column_stack([np.ones(when.size), after]), np.array([0.0, 1.0])
    fit = ar1_reml(series, design, times=when)
    chance = simulated_critical_values(
        fit.phi, design, times=when, contrasts=step[None], noise=min(noise / fit.sd**2, 1.0)
    )
    value, se = float(fit.coefficients[1]), float(np.sqrt(fit.covariance[1, 1]))
    critical = chance.critical(0, level=level)
    without = None
    if abs(value / se) > critical:
        drift = restricted_critical(
            np.asarray(series, dtype=float),
            design,
            times=when,
            contrasts=step[None],
            which=0,
            noise=noise,
            level=level,
        )
        without = None if abs(value / se) > drift.critical else drift.phi
    margin = critical * se
    return StepChange(
        value=value,
        se=se,
        low=value - margin,
        high=value + margin,
        p=chance.p(0, value / se),
        phi=fit.phi,
        judged_at=chance.phi,
        without=without,
    )
