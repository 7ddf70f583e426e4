"""Before one interrupted series: how large a change of level at the start would it find?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.analyses.interrupted import FEWEST
from outcomes.analyses.interrupted_warnings import FEW
from outcomes.analyses.power_told import Asked, Power, Told, power_told
from outcomes.errors import DataError
from outcomes.stats.ar1_reml import ar1_errors, ar1_reml
from outcomes.stats.interrupted_decisions import LevelTests, level_tests
from outcomes.stats.minimum_detectable import Floats
from outcomes.stats.simulated_critical_values import simulated_critical_values

WORTH_SAYING = 0.005  # share of studies that are refused
ALONE = (
    "the series will move around its trend as much as it did before, and as slowly",
    "the level changes at once and stays, and the slope is as it was",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSeries:
    """One series that is planned, and its past."""

    past: ArrayLike  # the values before the start, in order, shape (n,); no NaN
    before: int  # periods before the start in the planned study
    after: int  # from the start on
    name: str  # of the outcome
    unit: str
    places: int  # that the series is made of, and compared with
    measure: str = ""
    when: str = "month"


def power_interrupted(planned: PlannedSeries, asked: Asked) -> Power:
    """Simulate the series with the past's spread, and test its level as ``interrupted`` does.

    How long a month carries on into the next is learned by REML around a trend, and set right
    for short series as the test itself does. Series that the test refuses, because a drift makes
    as much as the change, count as not found.

    Args:
        planned: The series.
        asked: What is asked.

    Raises:
        DataError: Cannot tell: the past or the planned series is too short, or does not move.
    """
    times = np.arange(1.0, planned.before + planned.after + 1)
    if times.size < FEWEST:
        raise DataError(
            f"cannot tell: a series of {times.size} {planned.when}s is too short to tell a change "
            f"from a trend; {FEWEST} are the fewest, and {2 * FEW} would be needed to be sure"
        )
    values = np.asarray(planned.past, dtype=float)
    phi, spread = _learned(values, when=planned.when)
    rng = np.random.default_rng(asked.seed)
    errors = spread * ar1_errors(times, phi=phi, many=asked.runs, rng=rng)
    tests = level_tests(errors, before=planned.before, level=asked.level)
    error = float(np.median(1 / tests.per_unit))

    def decide(sizes: Floats) -> Iterator[np.ndarray]:
        return (tests.found(float(size)) for size in sizes)

    told = Told(
        name=planned.name,
        setting=f"one series of {planned.before} {planned.when}s before and {planned.after} after",
        who=f"one series of {planned.before} and {planned.after} {planned.when}s",
        unit=planned.unit,
        test="the level of a segmented regression with AR(1) errors, simulated critical values, a "
        "series that is refused (cannot tell a change from a drift) counts as not found",
        n=planned.places,
        level=asked.level,
        runs=asked.runs,
        measure=planned.measure,
        assumptions=ALONE,
        warnings=(
            *_short(values.size, when=planned.when),
            *_refused(tests, error=error, effect=asked.effect),
        ),
    )
    return power_told(decide, told, error=error, effect=asked.effect)


def _learned(values: Floats, *, when: str) -> tuple[float, float]:
    """Give the correlation from one period to the next, and the spread around the trend."""
    if values.ndim != 1 or values.size < FEWEST or not np.isfinite(values).all():
        raise DataError(
            f"cannot tell: the spread of a series is learned from {FEWEST} {when}s or more before "
            f"the start, none of them missing, and there are {int(np.isfinite(values).sum())}"
        )
    times = np.arange(1.0, values.size + 1)
    design = np.column_stack([np.ones(times.size), times])
    if np.ptp(values - np.polyval(np.polyfit(times, values, 1), times)) <= 1e-9 * max(
        1.0, float(np.abs(values).max())
    ):
        raise DataError("cannot tell: the series did not move by itself before the start")
    fit = ar1_reml(values, design, times=times)
    chance = simulated_critical_values(
        fit.phi, design, times=times, contrasts=np.array([[0.0, 1.0]])
    )
    return chance.unbiased, fit.sd


def _short(periods: int, *, when: str) -> tuple[str, ...]:
    if periods >= 2 * FEW:
        return ()
    return (
        f"the past is only {periods} {when}s of one series, so its spread and how long it carries "
        "on are uncertain, and the true answer may well be half or twice as large",
    )


def _refused(tests: LevelTests, *, error: float, effect: float | None) -> tuple[str, ...]:
    """Say how many studies with a change would be refused; without one given, the most of any."""
    sizes = error * np.arange(1.0, 6.0) if effect is None else np.array([effect])
    most = max(float(tests.verdicts(float(size))[1].mean()) for size in sizes)
    if most < WORTH_SAYING:
        return ()
    size = "a change" if effect is None else f"a change of {effect:g}"
    return (
        f"in {most:.0%} of studies {size} would not be told from a drift, so that no test is "
        "possible and they count as not having found it: more periods on each side help most",
    )
