"""What a simulation of a planned study tells, in the same words for every design."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isinf

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.minimum_detectable import (
    WANTED,
    Floats,
    PowerCurve,
    curve_of_shares,
    minimum_detectable,
)

RUNS = 2_000
SEED = 2008
STEPS = 24
ANALYSIS = "power"
MOST_EFFECT = 1e12  # no outcome moves by more, and no larger counts can be drawn
FEWEST_RUNS = 100
LASTS = "the change comes at once, is the same in all treated places, and stays"
AS_BEFORE = "places and months will move by themselves as much as they did in the past"

Decide = Callable[[Floats], Iterable[NDArray[np.bool_]]]  # rising sizes: which studies find each


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a simulation.

    Raises:
        DataError: The change worth having is no number above 0, or the studies are too few.
    """

    effect: float | None = None  # the smallest change worth having
    level: float = 0.95  # confidence level of the planned test
    runs: int = RUNS  # how many studies are simulated
    seed: int = SEED  # the same one gives the same answer

    def __post_init__(self) -> None:
        check_asked(effect=self.effect, runs=self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What a planned study can find."""

    estimates: list[Estimate]  # the one that leads first
    detectable: Estimate  # the smallest change that 80 % of studies would find
    curve: PowerCurve
    effect: float | None  # the smallest change worth having
    title: str  # of the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said with every figure of one simulation."""

    name: str  # of the outcome
    setting: str  # the planned study, after "with"
    who: str  # the same in short, for the picture: "4 places against 4"
    unit: str  # of the change
    test: str  # by which each simulated study is judged
    n: int  # places, or people
    level: float
    runs: int
    measure: str = ""
    assumptions: tuple[str, ...] = (AS_BEFORE, LASTS)
    warnings: tuple[str, ...] = ()

    def estimate(self, term: str, value: float, *, low: float, high: float, unit: str) -> Estimate:
        """Put one figure in words, with what the number of simulated studies leaves open."""
        return Estimate(
            term=f"{self.name}: {term}, with {self.setting}",
            value=value,
            low=low,
            high=high,
            n=self.n,
            unit=unit,
            method=f"{self.runs:,} simulated studies, each tested at the {self.level:.0%} level by "
            f"{self.test}, limits for the number of simulated studies",
            assumptions=self.assumptions,
            warnings=self.warnings,
            analysis=ANALYSIS,
            measure=self.measure,
        )

    def figures(self, curve: PowerCurve, *, effect: float | None) -> list[Estimate]:
        """Tell the smallest detectable change, the power at ``effect``, and the false alarms."""
        value, low, high = (
            minimum_detectable(curve.effects, share)
            for share in (curve.power, curve.high, curve.low)
        )
        smallest = f"smallest change that {WANTED:.0%} of studies would find"
        found = [self.estimate(smallest, value, low=low, high=high, unit=self.unit)]
        asked = [] if effect is None else [(effect, f"find a change of {effect:g}")]
        for size, what in (*asked, (0.0, "find a change although there is none")):
            at = int(np.argmin(np.abs(curve.effects - size)))
            found.append(
                self.estimate(
                    f"share of studies that would {what}",
                    float(curve.power[at]),
                    low=float(curve.low[at]),
                    high=float(curve.high[at]),
                    unit="share of studies",
                )
            )
        return found

    @property
    def title(self) -> str:
        """The title of the picture."""
        return f"{self.name}: what {self.who} could find"


def power_told(decide: Decide, told: Told, *, error: float, effect: float | None) -> Power:
    """Find the share of simulated studies that find changes of rising size.

    Args:
        decide: Says for rising sizes which simulated studies find each.
        told: What is said with the figures.
        error: By how much the estimate of a study misses by chance: sizes are tried from 0 to
            well beyond what would show clearly.
        effect: The smallest change worth having.
    """
    top = 6 * error
    for _ in range(3):
        sizes = np.linspace(0, top, STEPS + 1)
        if effect is not None:
            sizes = np.unique([*sizes, effect])
        shares = [float(np.mean(found)) for found in decide(sizes)]
        curve = curve_of_shares(sizes, shares, runs=told.runs)
        if not isinf(minimum_detectable(curve.effects, curve.low)):
            break
        top *= 2
    figures = told.figures(curve, effect=effect)
    return Power(
        estimates=figures, detectable=figures[0], curve=curve, effect=effect, title=told.title
    )


def check_asked(*, effect: float | None, runs: int) -> None:
    """Refuse a change worth having that is none, and simulations too few to tell a share by.

    Raises:
        DataError: One of them is so.
    """
    if effect is not None and not 0 < effect < MOST_EFFECT:
        raise DataError(
            f"the smallest change worth having must be a number above 0, got {effect:g}"
        )
    if runs < FEWEST_RUNS:
        raise DataError(f"fewer than {FEWEST_RUNS} simulated studies say too little, got {runs}")
