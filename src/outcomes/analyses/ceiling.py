"""Ceiling: how many people had no room to rise, before and after (B5)."""

from dataclasses import replace

import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import require_outcome, select
from outcomes.stats.wilson import wilson_interval

AT_TOP = "ceiling"  # name of the analysis
MANY = 0.3  # share at the best score before, above which a change can hardly show


def ceiling(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: tuple[str, ...],
    group: str,
    best: float | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Say in each wave what share of people had the best score there is.

    Args:
        measures: The measures table; ``unit`` is the respondent, ``period`` the wave.
        measure: A registered outcome.
        waves: Wave labels, the first one before.
        group: What the class is called.
        best: The best score that the scale allows; None takes the best one seen in any wave.
        level: Confidence level.

    Returns:
        One share a wave, with Wilson's interval.

    Raises:
        DataError: A wave has no scores, or a score lies beyond the best.
    """
    registered = require_outcome(measure)
    rows = select(measures, measure, periods=waves)
    lower = registered.direction == "lower better"
    seen = float(rows["value"].min() if lower else rows["value"].max())
    top = seen if best is None else float(best)
    if (seen < top) if lower else (seen > top):
        raise DataError(f"{registered.name}: a score of {seen:g} lies beyond the best, {top:g}")
    found = []
    for wave in waves:
        values = rows.loc[rows["period"] == wave, "value"]
        share = float((values == top).mean())
        low, high = wilson_interval(share, n=values.size, confidence=level)
        estimate = Estimate(
            term=f"{registered.name}: share with the best score ({top:g}), {group}, {wave}",
            value=share,
            low=low,
            high=high,
            level=level,
            n=int(values.size),
            unit="share of people",
            method="share, Wilson interval",
            assumptions=("people are independent of one another",),
            analysis=AT_TOP,
            measure=measure,
            place=group,
            period=wave,
        )
        if wave == waves[0] and share > MANY:
            estimate = replace(
                estimate,
                warnings=("many had no room for a better score, so a change can hardly show",),
            )
        found.append(estimate)
    return found
