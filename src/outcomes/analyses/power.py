"""Before the study: how large a change would it find, as places and months move by themselves?"""

from dataclasses import dataclass, replace
from math import isinf

import numpy as np
from scipy import stats

from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.inference_choice import fewest_untreated
from outcomes.stats.minimum_detectable import (
    WANTED,
    PowerCurve,
    minimum_detectable,
    power_curve,
)
from outcomes.stats.permutation import smallest_p
from outcomes.stats.place_spread import PlaceSpread, place_spread, simulated_changes

RUNS = 2_000
SEED = 2008
STEPS = 24
ANALYSIS = "power"
MOST_EFFECT = 1e12  # no outcome moves by more, and no larger counts can be drawn
FEW_PERIODS = 12  # past periods below which the result says so
_ASSUMPTIONS = (
    "places and months will move by themselves as much as they did in the past",
    "the change comes at once, is the same in all treated places, and stays",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The study that is planned: how many places and periods."""

    treated: int
    untreated: int
    before: int  # periods before the start
    after: int  # from the start on
    swapping: bool = True  # whether the permutation must agree with the t interval, as in did


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What a planned study can find."""

    estimates: list[Estimate]  # the one that leads first
    detectable: Estimate  # the smallest change that 80 % of studies would find
    curve: PowerCurve
    planned: Design
    design: Design  # the planned one, or the nearest that can find anything
    effect: float | None  # the smallest change worth having
    name: str  # of the outcome


def power(
    past: PanelTable,
    design: Design,
    *,
    effect: float | None = None,
    counts: bool = True,
    level: float = 0.95,
    runs: int = RUNS,
    seed: int = SEED,
) -> Power:
    """Simulate the planned study many times with the spread of the past, and test each one.

    Args:
        past: The outcome before any start, of the same places or of others like them.
        design: The planned study.
        effect: The smallest change worth having, in the unit of the outcome in each period.
        counts: Whether the outcome is a count.
        level: Confidence level of the planned test.
        runs: How many studies are simulated.
        seed: The same one gives the same answer.

    Returns:
        The smallest change that 80 % of the studies find, the power at ``effect``, and the share
        of false alarms; with the curve for a figure. Where the planned numbers of places allow no
        test, the first Estimate says so, its power is 0, and all else is of the same study with as
        many untreated places as a test needs.

    Raises:
        DataError: The past is too short or does not move, there is no period on a side, or fewer
            than one place of each kind.
    """
    _check(design, effect=effect, runs=runs)
    early = [
        period for period in past.periods if not past.start or period < min(past.start.values())
    ]
    spread = place_spread(past.outcome[early].to_numpy(dtype=float), counts=counts)
    warnings = _past_warnings(spread)
    able, hopeless = _able(design, level=level, past=past)
    changes = simulated_changes(
        spread,
        runs=runs,
        places=able.treated + able.untreated,
        before=able.before,
        after=able.after,
        rng=np.random.default_rng(seed),
    )
    curve = _curve(changes, able, effect=effect, counts=counts, level=level)
    words = _Words(past=past, design=able, level=level, runs=runs, warnings=warnings)
    detectable = _detectable(curve, words)
    asked = [] if effect is None else [_at(curve, effect, words)]
    return Power(
        estimates=[*hopeless, detectable, *asked, _false_alarms(curve, words)],
        detectable=detectable,
        curve=curve,
        planned=design,
        design=able,
        effect=effect,
        name=past.name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    past: PanelTable
    design: Design
    level: float
    runs: int
    warnings: tuple[str, ...]

    def estimate(self, term: str, value: float, *, low: float, high: float, unit: str) -> Estimate:
        test = "t interval and permutation of places" if self.design.swapping else "t interval"
        return Estimate(
            term=f"{self.past.name}: {term}, with {self.design.treated} treated and "
            f"{self.design.untreated} other places, {self.design.before} {self.past.when}s before "
            f"and {self.design.after} after",
            value=value,
            low=low,
            high=high,
            n=self.design.treated + self.design.untreated,
            unit=unit,
            method=f"{self.runs:,} simulated studies, each tested at the {self.level:.0%} level by "
            f"{test}, limits for the number of simulated studies",
            assumptions=_ASSUMPTIONS,
            warnings=self.warnings,
            analysis=ANALYSIS,
            measure=self.past.measure,
        )


def _check(design: Design, *, effect: float | None, runs: int) -> None:
    if effect is not None and not 0 < effect < MOST_EFFECT:
        raise DataError(
            f"the smallest change worth having must be a number above 0, got {effect:g}"
        )
    if min(design.before, design.after) < 1:
        raise DataError("cannot tell: a period before the start and one after are needed at least")
    if min(design.treated, design.untreated) < 1:
        raise DataError(
            "cannot tell: a comparison needs treated places and others, and there are "
            f"{design.treated} and {design.untreated}"
        )
    if runs < 100:
        raise DataError(f"fewer than 100 simulated studies say too little, got {runs}")


def _past_warnings(spread: PlaceSpread) -> tuple[str, ...]:
    if spread.periods >= FEW_PERIODS:
        return ()
    return (
        f"the past is only {spread.periods} periods of {len(spread.means)} places, so the spread "
        "is itself uncertain, and the true answer may well be half or twice as large",
    )


def _able(design: Design, *, level: float, past: PanelTable) -> tuple[Design, list[Estimate]]:
    """Give the design if it allows a test; else what it would need, with a plain refusal."""
    least = smallest_p(treated=design.treated, untreated=design.untreated)
    enough = design.treated + design.untreated >= 5
    if not design.swapping and enough:
        return design, []
    if least <= 1 - level + 1e-9:
        return design, []
    more = fewest_untreated(design.treated, level=level)
    told = (
        f"with {design.treated} against {design.untreated} places no test can find a change of any "
        f"size: even the clearest difference would arise by chance with probability {least:.2f}. "
        f"With {design.treated} treated places, {more} others would be needed"
    )
    words = _Words(past=past, design=design, level=level, runs=0, warnings=(told,))
    none = words.estimate(
        "share of studies that would find a change of any size",
        0.0,
        low=0.0,
        high=0.0,
        unit="share of studies",
    )
    exact = replace(none, method="permutation of places, known without simulation", se=0.0)
    return replace(design, untreated=more), [exact]


def _curve(
    changes: np.ndarray, design: Design, *, effect: float | None, counts: bool, level: float
) -> PowerCurve:
    """Try sizes up to well beyond what a t test would find in 80 % of studies."""
    k, rest = design.treated, design.untreated
    error = float(changes.std()) * np.sqrt(1 / k + 1 / rest)
    margin = stats.t.ppf((1 + level) / 2, k + rest - 2) + stats.t.ppf(WANTED, k + rest - 2)
    chosen = np.arange(k + rest) < k
    top = 1.6 * float(margin) * error
    for _ in range(3):
        sizes = np.linspace(0, top, STEPS + 1)
        if effect is not None:
            sizes = np.unique([*sizes, effect])
        curve = power_curve(
            changes,
            chosen,
            effects=sizes,
            periods=design.after if counts else 0,
            level=level,
            swapping=design.swapping,
        )
        if not isinf(minimum_detectable(curve.effects, curve.low)):
            break
        top *= 2
    return curve


def _detectable(curve: PowerCurve, words: _Words) -> Estimate:
    value, low, high = (
        minimum_detectable(curve.effects, share) for share in (curve.power, curve.high, curve.low)
    )
    return words.estimate(
        f"smallest change that {WANTED:.0%} of studies would find",
        value,
        low=low,
        high=high,
        unit=f"{words.past.unit} a {words.past.when} in each {words.past.whole}",
    )


def _at(curve: PowerCurve, effect: float, words: _Words) -> Estimate:
    at = int(np.argmin(np.abs(curve.effects - effect)))
    return words.estimate(
        f"share of studies that would find a change of {effect:g}",
        float(curve.power[at]),
        low=float(curve.low[at]),
        high=float(curve.high[at]),
        unit="share of studies",
    )


def _false_alarms(curve: PowerCurve, words: _Words) -> Estimate:
    return words.estimate(
        "share of studies that would find a change although there is none",
        float(curve.power[0]),
        low=float(curve.low[0]),
        high=float(curve.high[0]),
        unit="share of studies",
    )
