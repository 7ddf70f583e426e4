"""Repeated cross-sections: how did residents of each place answer in each wave? (E1, E8, D9)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import require_outcome, select
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.survey_mean import survey_mean, survey_proportion

NONRESPONSE = "residents who answered stand for those who did not"
FEW = 30  # answers in a place and wave below which the result says so


def place_means(
    measures: pd.DataFrame, measure: str, *, waves: Sequence[str], level: float = 0.95
) -> list[Estimate]:
    """Describe each place's mean answer in each wave, with a t interval.

    Args:
        measures: The measures table; one row a respondent.
        measure: A registered outcome.
        waves: Wave labels.
        level: Confidence level.

    Returns:
        One estimate a place and wave. Places with fewer than two answers, or where all answered
        exactly alike, are left out: no interval can be told for them.

    Source:
        As ``survey_mean`` and, for shares, ``survey_proportion``.
    """
    registered = require_outcome(measure)
    found = []
    rows = select(measures, measure, periods=waves)
    groups = {key: group["value"].to_numpy() for key, group in rows.groupby(["place", "period"])}
    for place, period in sorted(groups, key=lambda key: (key[0], list(waves).index(key[1]))):
        values = groups[place, period]
        share = registered.unit == "share"
        if values.size < 2 or (np.ptp(values) == 0 and not share):
            continue
        term = f"{registered.name}: mean answer, {place}, {period}"
        estimate = (
            survey_proportion(values, term=term, level=level)
            if share
            else survey_mean(values, term=term, unit=registered.unit, level=level)
        )
        few = (f"only {values.size} answers",) if values.size < FEW else ()
        found.append(
            replace(
                estimate,
                assumptions=(*estimate.assumptions, NONRESPONSE),
                warnings=few,
                analysis="place means",
                measure=measure,
                place=str(place),
                period=str(period),
            )
        )
    return found


def compare_changes(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: tuple[str, str],
    focus: Sequence[str],
    comparison: Sequence[str],
    level: float = 0.95,
) -> Estimate:
    """Compare the change of mean answers in focus places with that in comparison places.

    The place, not the respondent, is the unit: neighbors share what happened in their
    neighborhood, and counting them as independent raises false alarms in 11 to 28 % of studies.

    Raises:
        DataError: A place lacks answers in a wave, or there are too few places.
    """
    registered = require_outcome(measure)
    pre, post = waves
    rows = select(measures, measure, periods=waves)
    places = [*focus, *comparison]
    rows = rows[rows["place"].isin(places)]
    means = rows.groupby(["place", "period"])["value"].mean().unstack("period")
    means = means.reindex(index=places, columns=[pre, post])
    if means.isna().to_numpy().any():
        where = ", ".join(means.index[means.isna().any(axis=1)])
        raise DataError(f"{measure}: no answers in one of the two waves in {where}")
    estimate = collapsed_change(
        (means[post] - means[pre]).to_numpy(),
        np.isin(places, list(focus)),
        term=f"{registered.name}: change in focus places beyond the change in comparison places",
        unit=registered.unit,
        level=level,
    )
    return replace(
        estimate,
        analysis="crossection",
        measure=measure,
        period=f"{pre} to {post}",
        warnings=(
            *estimate.warnings,
            "places are compared, not single answers, for neighbors share what happened to them",
        ),
    )
