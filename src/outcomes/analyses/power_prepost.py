"""Before a class: how large a change of the same people would it find?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.analyses.power_told import Asked, Power, Told, power_told
from outcomes.analyses.prepost import CEILING
from outcomes.errors import DataError
from outcomes.stats.minimum_detectable import Floats
from outcomes.stats.partially_matched import partially_matched_change

FEWEST_PAIRS = 5  # linked people of earlier classes, below which no spread can be learned
FEW_PAIRS = 20  # below which the result says so
FEWEST_PEOPLE = 4
ALIKE = (
    "people of the planned class will answer as unevenly as those of earlier classes",
    "everybody changes by as much, and scores are near normal, away from the ends of the scale",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedClass:
    """A class that is planned, and what earlier ones tell of it."""

    people: int  # who will answer before or after
    past: ArrayLike  # scores before and after of people of earlier classes, (n, 2); NaN: missing
    name: str  # of the outcome
    unit: str  # of a score
    measure: str = ""  # the registered code, where there is one
    best: float | None = None  # the best score that the scale allows; None: not known


def power_prepost(planned: PlannedClass, asked: Asked) -> Power:
    """Simulate a class many times with the spread of earlier classes, and test each one.

    As many people as earlier cannot be linked, and the change is that of ``prepost``: partially
    matched, which is the paired t where everybody is linked. Adding the same change to all
    answers afterwards moves its estimate and nothing else, so each class is analysed once.

    Args:
        planned: The class, with scores of earlier ones.
        asked: What is asked.

    Raises:
        DataError: Cannot tell: too few linked people in the past or too few planned, or scores
            that do not differ.
    """
    name, runs = planned.name, asked.runs
    scores = np.asarray(planned.past, dtype=float).reshape(-1, 2)
    linked = scores[~np.isnan(scores).any(axis=1)]
    covariance = _spread(linked, name=name)
    both, first, second = _kinds(scores, planned.people)
    rng = np.random.default_rng(asked.seed)
    root = np.linalg.cholesky(covariance)
    limits = np.empty((runs, 2))
    for run in range(runs):
        drawn = rng.standard_normal((both + first + second, 2)) @ root.T
        drawn[both : both + first, 1] = np.nan
        drawn[both + first :, 0] = np.nan
        found = partially_matched_change(*drawn.T, term=name, unit=planned.unit, level=asked.level)
        limits[run] = found.low, found.high

    def decide(sizes: Floats) -> Iterator[np.ndarray]:
        return ((limits[:, 0] + size > 0) | (limits[:, 1] + size < 0) for size in sizes)

    told = Told(
        name=name,
        setting=f"{planned.people} people before and after, {both} of them linked",
        who=f"a class of {planned.people} people",
        unit=planned.unit,
        test="partially matched t" if first + second else "paired t",
        n=planned.people,
        level=asked.level,
        runs=runs,
        measure=planned.measure,
        assumptions=ALIKE,
        warnings=(*_full(scores, planned.best), *_warnings(len(linked))),
    )
    return power_told(decide, told, error=float(limits.mean(axis=1).std()), effect=asked.effect)


def _spread(linked: Floats, *, name: str) -> Floats:
    if len(linked) < FEWEST_PAIRS:
        raise DataError(
            f"cannot tell: only {len(linked)} people of earlier classes have {name} before and "
            f"after, and {FEWEST_PAIRS} are needed to see how far answers of the same person move"
        )
    covariance: Floats = np.cov(linked.T)
    change = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    if min(covariance[0, 0], covariance[1, 1], change) <= 1e-12 * max(covariance.max(), 1e-300):
        raise DataError(
            f"cannot tell: people of earlier classes had all the same {name}, or changed by the "
            "same amount, so that nothing shows how far answers move by themselves"
        )
    raised: Floats = covariance + 1e-12 * np.trace(covariance) * np.eye(2)
    return raised


def _kinds(scores: Floats, people: int) -> tuple[int, int, int]:
    """Say how many planned people will be linked, and how many single scores there will be.

    Somebody who could not be linked left one score before and one after, which nobody can tell
    to be the same person's.
    """
    there = ~np.isnan(scores)
    linked, first, second = (
        int(kind.sum())
        for kind in (there.all(axis=1), there[:, 0] & ~there[:, 1], ~there[:, 0] & there[:, 1])
    )
    share = people / (linked + max(first, second))
    both, first, second = (round(share * many) for many in (linked, first, second))
    if both < FEWEST_PEOPLE:
        raise DataError(
            f"cannot tell: of {people} people only {both} would be linked, as many as "
            f"earlier, and {FEWEST_PEOPLE} are needed for a test"
        )
    return both, first, second


def _full(scores: Floats, best: float | None) -> tuple[str, ...]:
    """Say so where many of earlier classes began where they could not improve."""
    first = scores[~np.isnan(scores[:, 0]), 0]
    share = 0.0 if best is None else float((first == best).mean())
    if share <= CEILING:
        return ()
    return (
        f"{share:.0%} of earlier classes began with the best score there is: so many cannot "
        "improve, and the planned class would find less than this says",
    )


def _warnings(pairs: int) -> tuple[str, ...]:
    if pairs >= FEW_PAIRS:
        return ()
    return (
        f"the past is only {pairs} linked people, so the spread is itself uncertain, and the true "
        "answer may well be half or twice as large",
    )
