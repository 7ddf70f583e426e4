"""Another yardstick: what people say afterwards of how they were before (B5)."""

from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.analyses.prepost import partners, require_linked
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import require_outcome
from outcomes.stats.paired import mean_change

YARDSTICK = "response shift"  # name of the analysis
NOT_A_PRETEST = (
    "looking back is no pretest: people wish to have learned something, and rate the past lower. "
    "It never stands in for the answer given before"
)


def response_shift(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: tuple[str, str],
    group: str,
    looking_back: pd.DataFrame,
    links: pd.DataFrame | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare how people rate their past self afterwards with what they answered then.

    Where the two differ, people may have come to judge by another yardstick in the class, and the
    plain change mixes that with what they learned. The answers that look back are taken from a
    table of their own, so that they can never pass for a pretest.

    Args:
        measures: The measures table with the true answers of both waves, on the same scale.
        measure: A registered outcome.
        waves: The wave before and the wave after.
        group: What the class is called.
        looking_back: Answers about the time before, given in the wave after: ``unit`` (as in that
            wave), ``period`` (that wave) and ``value``.
        links: As in ``prepost``.
        level: Confidence level.

    Returns:
        Looking back less the answer given before: below 0 where people afterwards think that they
        had been lower.

    Raises:
        DataError: An answer that looks back carries another wave than the one after, somebody has
            two, fewer than two people have both, or all differ by the same amount.

    Source:
        Howard (1980), Evaluation Review 4: 93-106.
    """
    registered = require_outcome(measure)
    pre, post = waves
    if strangers := sorted({str(wave) for wave in looking_back["period"]} - {post}):
        raise DataError(
            f"{registered.name}: answers that look back must come from the wave after, {post!r}; "
            f"some carry {strangers[0]!r}. An answer given before is a pretest"
        )
    if looking_back["unit"].duplicated().any():
        raise DataError(f"{registered.name}: somebody looked back twice in {post}")
    then = dict(zip(looking_back["unit"], looking_back["value"].astype(float), strict=True))
    rows = measures[(measures["measure"] == measure) & (measures["period"] == pre)]
    before = dict(zip(rows["unit"], rows["value"], strict=True))
    was = {name: name for name in then} if links is None else partners(links, pre, post)
    pairs = np.array(
        [(before[was[who]], value) for who, value in then.items() if was.get(who) in before]
    ).reshape(-1, 2)
    require_linked(pairs, about=registered.name)
    shift = mean_change(
        *pairs.T,
        term=f"{registered.name}: looking back less what was answered before, {group}",
        unit=registered.unit,
        level=level,
    )
    return [
        replace(
            shift,
            dropped=len(then) - len(pairs),
            analysis=YARDSTICK,
            measure=measure,
            place=group,
            period=f"{pre} to {post}",
            warnings=(*shift.warnings, *_reading(shift), NOT_A_PRETEST),
        )
    ]


def _reading(shift: Estimate) -> tuple[str, ...]:
    if shift.low <= 0 <= shift.high:
        return ()
    lower = shift.value < 0
    side, plain = ("lower", "too small") if lower else ("higher", "too large")
    return (
        f"people rate their past selves {side} than they did at the time, so the plain change may "
        f"be {plain} if their yardstick moved",
    )
