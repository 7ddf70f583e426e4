"""Repeated cross-sections: how did answers change, where some residents answered both times?"""

from dataclasses import replace
from functools import partial

import pandas as pd

from outcomes.analyses.crossection import FEW, NONRESPONSE, with_weights
from outcomes.analyses.prepost import NO_COMPARISON
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import find, require_outcome, select
from outcomes.stats.overlapping_change import (
    OverlappingChange,
    combined_change,
    overlapping_change,
)

ANALYSIS = "place changes"
OTHERS = "nobody answered in both waves"
WORTH_SAYING = 0.01  # of an interval's width


def place_changes(
    measures: pd.DataFrame,
    measure: str,
    *,
    waves: tuple[str, str],
    links: pd.DataFrame | None = None,
    weights: pd.DataFrame | None = None,
    level: float = 0.95,
) -> list[Estimate]:
    """Describe by how much each place's mean answer changed, and that of all places together.

    Args:
        measures: The measures table; one row a respondent.
        measure: A registered outcome.
        waves: The wave before and the wave after.
        links: Who answered both times: ``pre_wave``, ``post_wave``, ``pre_respondent``,
            ``post_respondent``; people whose place differs count as two. None: other people were
            asked in each wave.
        weights: As in ``place_means``.
        level: Confidence level.

    Returns:
        All places together first, each counting by its share of the people in both waves, so that
        a change of who was asked where is no change of opinion; then each place. The first one
        says how many answered both times. Places with fewer than two answers in a wave, or where
        all answered alike in one, are left out and counted.

    Raises:
        DataError: The measure is no outcome, a wave has none of it, or no place can be told.

    Source:
        As ``overlapping_change``.
    """
    registered = require_outcome(measure)
    rows = with_weights(select(measures, measure, periods=waves), weights)
    rows = rows.assign(person=_people(rows, waves, links), weight=rows["weight"].fillna(1.0))
    term = f"{registered.name}: change of the mean answer"
    changes: dict[str, OverlappingChange] = {}
    groups = dict(iter(rows.groupby("place")))
    for place, own in groups.items():
        if _can_be_told(own, waves):
            changes[str(place)] = _change(own, waves, term=f"{term}, {place}")
    if not changes:
        raise DataError(f"{measure}: no place has two answers that differ in each of the two waves")
    describe = partial(
        _described, measure=measure, waves=waves, linked=links is not None, level=level
    )
    found = [describe(each, place=place) for place, each in changes.items()]
    whole = next(iter(changes.values()))
    if len(changes) > 1:
        shares = _shares(rows[rows["place"].isin(list(changes))], waves)
        whole = combined_change(list(changes.values()), [shares[place] for place in changes])
        found = [describe(whole, place=""), *found]
    said = (
        *(_overlap(whole) if links is not None else ()),
        *_left_out(len(groups) - len(changes), of=len(groups)),
    )
    return [replace(found[0], warnings=(*found[0].warnings, *said)), *found[1:]]


def _people(rows: pd.DataFrame, waves: tuple[str, str], links: pd.DataFrame | None) -> pd.Series:
    """Name the person behind each row: the same in both waves where the two are linked."""
    alone = rows["period"] + "/" + rows["unit"]
    if links is None:
        return alone
    own = links[(links["pre_wave"] == waves[0]) & (links["post_wave"] == waves[1])]
    if own["pre_respondent"].duplicated().any() or own["post_respondent"].duplicated().any():
        raise DataError(f"{waves[0]} to {waves[1]}: somebody is linked to two people")
    before = dict(zip(own["post_respondent"], own["pre_respondent"], strict=True))
    known = rows["unit"].map(before).where(rows["period"] == waves[1])
    return alone.where(known.isna(), waves[0] + "/" + known.astype("str"))


def _can_be_told(rows: pd.DataFrame, waves: tuple[str, str]) -> bool:
    sides = [rows.loc[rows["period"] == wave, "value"] for wave in waves]
    return all(side.nunique() > 1 for side in sides)


def _change(rows: pd.DataFrame, waves: tuple[str, str], *, term: str) -> OverlappingChange:
    wide = rows.pivot(index="person", columns="period", values=["value", "weight"])
    first, second = (wide["value", wave].to_numpy(dtype=float) for wave in waves)
    weights = [wide["weight", wave].fillna(1.0).to_numpy(dtype=float) for wave in waves]
    return overlapping_change(first, second, weights=(weights[0], weights[1]), term=term)


def _shares(rows: pd.DataFrame, waves: tuple[str, str]) -> pd.Series:
    """Give each place's share of the people, the mean of its shares in both waves."""
    sums = rows.pivot_table(index="place", columns="period", values="weight", aggfunc="sum")
    return (sums[list(waves)] / sums[list(waves)].sum()).mean(axis=1)


def _described(
    change: OverlappingChange,
    *,
    measure: str,
    place: str,
    waves: tuple[str, str],
    linked: bool,
    level: float,
) -> Estimate:
    registered = find(measure)
    where = place or "all places together"
    estimate = change.estimate(
        term=f"{registered.name}: change of the mean answer, {where}",
        unit=registered.unit,
        level=level,
    )
    few = min(change.before, change.after)
    return replace(
        estimate,
        assumptions=(*estimate.assumptions, NONRESPONSE, *(() if linked else (OTHERS,))),
        warnings=(*((f"only {few} answers in a wave",) if few < FEW else ()), NO_COMPARISON),
        analysis=ANALYSIS,
        measure=measure,
        place=place,
        period=f"{waves[0]} to {waves[1]}",
    )


def _overlap(change: OverlappingChange) -> tuple[str, ...]:
    """Say how many answered both times, and what that did to the interval."""
    if not change.both:
        return ("nobody is known to have answered both times: the waves count as two samples",)
    known = f"{change.both} of {change.people} people are known to have answered both times"
    if abs(change.narrower) < WORTH_SAYING:
        return (f"{known}, which leaves the interval as wide as that of two samples",)
    way = "narrower" if change.narrower > 0 else "wider"
    return (f"{known}, which makes the interval {abs(change.narrower):.0%} {way} than without",)


def _left_out(count: int, *, of: int) -> tuple[str, ...]:
    if not count:
        return ()
    return (
        f"{count} of {of} places left out: each wave needs two answers there, and not all alike",
    )
