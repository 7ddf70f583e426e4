"""Before the study: how large a change would it find, as places and months move by themselves?"""

from dataclasses import dataclass, replace
from math import isinf

import numpy as np
from scipy import stats

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power_past import short_past, spread_of_past
from outcomes.analyses.power_told import (
    RUNS,
    SEED,
    STEPS,
    Power,
    Told,
    check_asked,
)
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
from outcomes.stats.place_spread import simulated_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The study that is planned: how many places and periods."""

    treated: int
    untreated: int
    before: int  # periods before the start
    after: int  # from the start on
    swapping: bool = True  # whether the permutation must agree with the t interval, as in did


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonStart(Power):
    """What a planned study with one common start can find."""

    planned: Design
    design: Design  # the planned one, or the nearest that can find anything


def power(
    past: PanelTable,
    design: Design,
    *,
    effect: float | None = None,
    counts: bool = True,
    level: float = 0.95,
    runs: int = RUNS,
    seed: int = SEED,
) -> CommonStart:
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
    spread = spread_of_past(past, counts=counts)
    warnings = short_past(spread)
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
    words = _told(past, able, level=level, runs=runs, warnings=warnings)
    figures = words.figures(curve, effect=effect)
    return CommonStart(
        estimates=[*hopeless, *figures],
        detectable=figures[0],
        curve=curve,
        effect=effect,
        title=_title(words, planned=design, able=able),
        planned=design,
        design=able,
    )


def _told(
    past: PanelTable, design: Design, *, level: float, runs: int, warnings: tuple[str, ...]
) -> Told:
    return Told(
        name=past.name,
        setting=f"{design.treated} treated and {design.untreated} other places, {design.before} "
        f"{past.when}s before and {design.after} after",
        who=f"{design.treated} places against {design.untreated}",
        unit=f"{past.unit} a {past.when} in each {past.whole}",
        test="t interval and permutation of places" if design.swapping else "t interval",
        n=design.treated + design.untreated,
        level=level,
        runs=runs,
        measure=past.measure,
        warnings=warnings,
    )


def _title(words: Told, *, planned: Design, able: Design) -> str:
    if planned == able:
        return words.title
    few = f"{planned.treated} against {planned.untreated}"
    return f"{words.title}\n(the planned {few} can find nothing)"


def _check(design: Design, *, effect: float | None, runs: int) -> None:
    if min(design.before, design.after) < 1:
        raise DataError("cannot tell: a period before the start and one after are needed at least")
    if min(design.treated, design.untreated) < 1:
        raise DataError(
            "cannot tell: a comparison needs treated places and others, and there are "
            f"{design.treated} and {design.untreated}"
        )
    check_asked(effect=effect, runs=runs)


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
    words = _told(past, design, level=level, runs=0, warnings=(told,))
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
