"""Ceiling: how many people had no room to rise, before and after (B5)."""

from dataclasses import replace

import pandas as pd

from outcomes.analyses.prepost import CEILING, NO_ROOM
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import require_outcome, select
from outcomes.stats.wilson import wilson_interval

AT_TOP = "ceiling"  # name of the analysis


def ceiling(
    measures: pd.DataFrame,
    measure: str,
    *,
    occasions: tuple[tuple[str, ...], ...],
    group: str,
    best: float | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Say on each occasion what share of people had the best score there is.

    Args:
        measures: The measures table; ``unit`` is the respondent, ``period`` the wave.
        measure: A registered outcome.
        occasions: The waves of each occasion, the one before first: one wave for one class,
            several where classes are pooled.
        group: What the class is called.
        best: The best score that the scale allows; None takes the best one seen in any wave.
        level: Confidence level.

    Returns:
        One share an occasion, with Wilson's interval.

    Raises:
        DataError: A wave has no scores, or a score lies beyond the best.

    Source:
        Terwee and others (2007), Journal of Clinical Epidemiology 60: 34-42, for ``CEILING``.
    """
    registered = require_outcome(measure)
    rows = select(measures, measure, periods=[wave for waves in occasions for wave in waves])
    lower = registered.direction == "lower better"
    seen = float(rows["value"].min() if lower else rows["value"].max())
    top = seen if best is None else float(best)
    if (seen < top) if lower else (seen > top):
        raise DataError(f"{registered.name}: a score of {seen:g} lies beyond the best, {top:g}")
    found = []
    for waves in occasions:
        values = rows.loc[rows["period"].isin(waves), "value"]
        share = float((values == top).mean())
        low, high = wilson_interval(share, n=values.size, confidence=level)
        period = " & ".join(waves)
        estimate = Estimate(
            term=f"{registered.name}: share with the best score ({top:g}), {group}, {period}",
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
            period=period,
        )
        if waves == occasions[0] and share > CEILING:
            estimate = replace(estimate, warnings=(f"{share:.0%} {NO_ROOM}",))
        found.append(estimate)
    return found
