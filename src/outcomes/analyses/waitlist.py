"""Waiting list: did a class change more than people who waited for theirs meanwhile? (B5)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from outcomes.analyses.prepost import paired_scores
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import require_outcome
from outcomes.stats.baseline_adjusted import baseline_adjusted_difference, difference_of_changes

WAITLIST, BESIDE = "waitlist", "waitlist, other form"  # names of analyses
APART = 0.25  # SD between the groups before, from which the result says so
NOT_BY_LOT = (
    "people were not put on the waiting list by lot, so the two groups may have been bound to "
    "change differently"
)
ONE_CLASS = (
    "one class and one waiting list were compared, so what happened to either as a group cannot "
    "be told from the class itself"
)


def waitlist(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: tuple[tuple[str, str], tuple[str, str]],
    group: str,
    links: pd.DataFrame | None = None,
    by_lot: bool = False,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare the change of a class with that of people who waited over the same time.

    What else happened between the two dates happened to both, and so did answering twice. Only
    people whose two answers are linked enter.

    Args:
        measures: The measures table; ``unit`` is the respondent, ``period`` the wave.
        measure: A registered outcome.
        waves: The waves of the class, before and after, and those of the people who waited, at
            about the same dates.
        group: What the class is called.
        links: As in ``prepost``.
        by_lot: Whether chance alone said who had to wait: analysis of covariance then leads, which
            tells more. Otherwise the difference of changes leads.
        level: Confidence level.

    Returns:
        The form that leads, and the other beside it; the difference of changes alone, which says
        why, where the scores before leave nothing to adjust by.

    Raises:
        DataError: A wave has no scores, the waves are not four, or a group has fewer than three
            people with both scores.
    """
    registered = require_outcome(measure)
    attended, waiting = waves
    if len({*attended, *waiting}) != 4:
        raise DataError("a class and its waiting list need two waves each, and no wave twice")
    sides = [
        paired_scores(measures, measure, pre=pre, post=post, links=links) for pre, post in waves
    ]
    before, after = np.vstack(sides).T
    treated = np.repeat([True, False], [len(side) for side in sides])
    term = f"{registered.name}: change of {group} beyond the change of those who waited"
    how: dict[str, Any] = {"unit": registered.unit, "level": level}
    plain = difference_of_changes(after - before, treated, term=term, **how)
    alike = f"{term}, among people who began alike"
    forms: list[Estimate] = [plain]
    untold: tuple[str, ...] = ()
    try:
        adjusted = baseline_adjusted_difference(before, after, treated, term=alike, **how)
    except DataError as error:  # the difference of changes can still be told
        untold = (f"people who began alike could not be compared: {error}",)
    else:
        forms = [adjusted, plain] if by_lot else [plain, adjusted]
    own = (*untold, *_apart(before, after, treated), *(() if by_lot else (NOT_BY_LOT,)), ONE_CLASS)
    return [
        replace(
            each,
            analysis=analysis,
            measure=measure,
            place=group,
            period=f"{attended[0]} to {attended[1]}",
            warnings=(*each.warnings, *own),
        )
        for analysis, each in zip((WAITLIST, BESIDE), forms, strict=False)
    ]


def _apart(before: np.ndarray, after: np.ndarray, treated: np.ndarray) -> tuple[str, ...]:
    """Say so where the two groups did not begin alike."""
    known = ~np.isnan(before) & ~np.isnan(after)
    first, second = before[known & treated], before[known & ~treated]
    spread = float(np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2))
    if spread == 0:
        return ()
    apart = float(first.mean() - second.mean()) / spread
    if abs(apart) < APART:
        return ()
    side = "higher" if apart > 0 else "lower"
    return (
        f"the class began {abs(apart):.1f} SD {side} than those who waited, and groups that begin "
        "apart draw nearer by chance alone",
    )
