"""Intervals of agreement: units drawn again, with two imaginary ones among them.

Coders agree on most units, so agreement rests on few disagreements. A plain bootstrap never sees
more of them than there were: where two coders agree on everything its interval has no width. As
two successes and two failures mend the interval of a share, two units that are coded without
looking mend this one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats
from outcomes.stats.unit_codes import UnitCodes, imaginary_units

IMAGINARY = 2.0  # units
METHOD = "units resampled with 2 imaginary ones"
_AT_ONCE = 4_000_000  # numbers
ASSUMPTIONS = (
    "coders did not see each other's codes",
    "the units coded twice are a random draw of all, with the probabilities given",
    "units are independent of each other: the same story in several outlets is not",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How an interval is drawn."""

    draws: int = 1000
    seed: int = 1
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.draws < 100:
            raise DataError(f"an interval needs 100 draws or more, got {self.draws}")
        if not 0 < self.confidence < 1:
            raise DataError(f"the confidence must lie between 0 and 1, got {self.confidence}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The limits of an estimate, and its standard error."""

    low: float
    high: float
    se: float


def resampled_interval(
    units: UnitCodes,
    *,
    parts: Callable[[UnitCodes], Floats],
    value_of: Callable[[Floats], Floats],
    how: Resampling,
) -> Interval:
    """Give the limits of a statistic that is a function of sums over units.

    Args:
        units: As they were coded.
        parts: What each unit adds to the sums, shape (n, f).
        value_of: The statistic, from sums of shape (..., f); NaN where it does not exist.
        how: Draws, seed and confidence.

    Returns:
        Percentiles over the draws, widened to hold the statistic itself; the standard error is
        the spread of the draws.

    Source:
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13; the imaginary units
        after Agresti & Coull (1998), Am. Stat. 52: 119-126. With 20 to 100 units and few or many
        disagreements the intervals of alpha hold the truth in 93 to 99 % of simulations, those of
        a plain bootstrap in 33 to 96 %: benchmarks/agreement_intervals.py. Issue 7, agreement.
    """
    own = parts(units) * units.weight[:, None]
    kinds, often = np.unique(own, axis=0, return_counts=True)
    imagined = parts(imaginary_units(units.categories))
    rows = np.vstack([kinds, imagined])
    each = np.full(len(imagined), IMAGINARY / len(imagined))
    chance = np.concatenate([often, each])
    drawn = _drawn(rows, chance / chance.sum(), n=len(own), how=how)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = value_of(drawn)
        middle = float(value_of(own.sum(axis=0)))
    found = found[np.isfinite(found)]
    tail = (1 - how.confidence) / 2
    low, high = np.quantile(found, [tail, 1 - tail])
    return Interval(
        low=min(float(low), middle), high=max(float(high), middle), se=float(found.std(ddof=1))
    )


def _drawn(rows: Floats, chance: Floats, *, n: int, how: Resampling) -> Floats:
    """Draw n units again and again, and sum what they add, shape (draws, f)."""
    rng = np.random.default_rng(how.seed)
    step = max(1, _AT_ONCE // len(rows))
    sums = []
    for start in range(0, how.draws, step):
        size = min(step, how.draws - start)
        sums.append(rng.multinomial(n, chance, size=size) @ rows)
    return np.concatenate(sums)
