"""Repeated cross-sections: how did residents of each place answer in each wave? (E1, E8, D9)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import require_outcome, select
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.survey_mean import survey_mean
from outcomes.stats.survey_proportion import survey_proportion

NONRESPONSE = "residents who answered stand for those who did not"
FEW = 30  # answers in a place and wave below which the result says so


def place_means(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: Sequence[str],
    weights: pd.DataFrame | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Describe each place's mean answer in each wave, with a t interval.

    Args:
        measures: The measures table; one row a respondent.
        measure: A registered outcome.
        waves: Wave labels.
        weights: How many people each respondent stands for: ``unit``, ``period``, ``weight``, one
            row a respondent and wave; a wave without any counts all alike. None weighs nobody.
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
    rows = with_weights(rows, weights)
    groups = dict(iter(rows.groupby(["place", "period"])))
    for place, period in sorted(groups, key=lambda key: (key[0], list(waves).index(key[1]))):
        values = groups[place, period]["value"].to_numpy()
        stands_for = groups[place, period]["weight"].to_numpy()
        counted = None if np.isnan(stands_for).any() else stands_for
        share = registered.unit == "share"
        if values.size < 2 or (np.ptp(values) == 0 and not share):
            continue
        term = f"{registered.name}: mean answer, {place}, {period}"
        estimate = (
            survey_proportion(values, counted, term=term, level=level)
            if share
            else survey_mean(values, counted, term=term, unit=registered.unit, level=level)
        )
        few = (f"only {values.size} answers",) if values.size < FEW else ()
        found.append(
            replace(
                estimate,
                assumptions=(*estimate.assumptions, NONRESPONSE),
                warnings=(*few, *(text for text in estimate.warnings if "worth" in text)),
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
    weights: pd.DataFrame | None = None,
    level: float = 0.95,
) -> Estimate:
    """Compare the change of mean answers in focus places with that in comparison places.

    The place, not the respondent, is the unit: neighbors share what happened in their
    neighborhood, and counting them as independent raises false alarms in 11 to 28 % of studies.

    Args:
        measures: The measures table; one row a respondent.
        measure: A registered outcome.
        waves: The wave before and the wave after.
        focus: Places that were engaged.
        comparison: Places that were not.
        weights: As in ``place_means``; a place's mean is then weighted.
        level: Confidence level.

    Raises:
        DataError: A place lacks answers in a wave, or there are too few places.
    """
    registered = require_outcome(measure)
    pre, post = waves
    rows = select(measures, measure, periods=waves)
    places = [*focus, *comparison]
    rows = with_weights(rows[rows["place"].isin(places)], weights)
    rows = rows.assign(weight=rows["weight"].fillna(1.0))
    rows = rows.assign(value=rows["value"] * rows["weight"])
    sums = rows.groupby(["place", "period"])[["value", "weight"]].sum()
    means = (sums["value"] / sums["weight"]).unstack("period")
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


def with_weights(rows: pd.DataFrame, weights: pd.DataFrame | None) -> pd.DataFrame:
    """Set each respondent's weight beside the answer; NaN in a wave that was not weighted.

    Raises:
        DataError: Some respondents of a weighted wave have no weight, or one has two.
    """
    if weights is None:
        return rows.assign(weight=np.nan)
    known = weights.dropna(subset=["weight"])
    if known.duplicated(["unit", "period"]).any():
        raise DataError("a respondent has two weights in one wave")
    found = rows.merge(known[["unit", "period", "weight"]], on=["unit", "period"], how="left")
    weighted = found["period"].isin(known["period"].unique())
    if found.loc[weighted, "weight"].isna().any():
        wave = found.loc[weighted & found["weight"].isna(), "period"].iloc[0]
        raise DataError(f"some respondents of {wave} have a weight and some have none")
    return found
