"""Places by month: did an outcome change more where the engagement was than elsewhere?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from outcomes.analyses.threats_before import too_few_before
from outcomes.errors import DataError
from outcomes.estimate import Estimate, known_exactly
from outcomes.measures import find, require_outcome, require_output, wide
from outcomes.stats.collapsed_change import collapsed_change


def compare_places(
    measures: pd.DataFrame,
    outcome: str,
    *,
    starts: Mapping[str, date],
    comparison: Sequence[str],
    months: Sequence[str],
    context: Sequence[str] = (),
    level: float = 0.95,
) -> Estimate:
    """Compare the change of focus places with the change of comparison places.

    Args:
        measures: The measures table, with the outcome by place and month.
        outcome: A registered outcome; an output is refused (D14).
        starts: The first day of the engagement in each focus place; all in one month.
        comparison: The places without it.
        months: The months of the study, as 2026-03.
        context: What else happened that could have moved the outcome, in words.
        level: Confidence level.

    Returns:
        By how many a month focus places changed more than comparison places. A month in which
        the engagement started part-way is left out; a month that a place did not report is
        missing, never zero, and counted in ``dropped``.

    Raises:
        DataError: The measure is not an outcome, the starts lie in different months, a place has
            no month before or after, or there are too few places.
    """
    registered = require_outcome(outcome)
    before, after, note = split_months(starts, months=months)
    grid = wide(measures, outcome, rows="place", columns="period")
    places = [*starts, *comparison]
    absent = [place for place in places if place not in grid.index]
    if absent:
        raise DataError(f"{outcome} was not recorded in {', '.join(absent)}")
    grid = grid.reindex(index=places, columns=list(months))
    change = grid[after].mean(axis=1) - grid[before].mean(axis=1)
    if change.isna().any():
        where = ", ".join(change.index[change.isna()])
        raise DataError(f"{outcome} has no month before, or none after, in {where}")
    estimate = collapsed_change(
        change.to_numpy(),
        np.isin(places, list(starts)),
        term=f"{registered.name}: change in focus places beyond the change in comparison places",
        unit=f"{registered.unit} a month in each place",
        level=level,
    )
    missing = int(grid[[*before, *after]].isna().to_numpy().sum())
    return replace(
        estimate,
        dropped=missing,
        analysis="panel",
        measure=outcome,
        period=f"{before[0]} to {after[-1]}",
        warnings=(
            *estimate.warnings,
            *_panel_warnings(before, missing=missing, note=note),
            *context,
        ),
    )


def split_months(
    starts: Mapping[str, date], *, months: Sequence[str]
) -> tuple[list[str], list[str], str]:
    """Part the months into before and after; a month that the start cuts in two is left out.

    Raises:
        DataError: Places start in different months, or no month lies on one side.
    """
    if not starts:
        raise DataError("no focus place has a start; give start = YYYY-MM-DD in study.toml")
    first = {f"{start:%Y-%m}" for start in starts.values()}
    if len(first) > 1:
        raise DataError(
            f"the focus places start in different months ({', '.join(sorted(first))}); a common "
            "start is needed here, because averaging over staggered starts can mislead. Write "
            'design = "staggered" under [plan] in study.toml'
        )
    month = first.pop()
    whole = all(start.day == 1 for start in starts.values())
    before = [label for label in months if label < month]
    after = [label for label in months if label > month or (whole and label == month)]
    if not before or not after:
        raise DataError(f"the study has no whole month before, or none after, the start in {month}")
    return before, after, "" if whole else f"{month}, when the walks began, is left out"


def _panel_warnings(before: Sequence[str], *, missing: int, note: str) -> tuple[str, ...]:
    warnings = [note] if note else []
    warnings += too_few_before(len(before), word="month")
    if missing:
        warnings.append(f"{missing} months of places were not reported and are missing, not zero")
    return tuple(warnings)


def delivered(
    measures: pd.DataFrame,
    output: str,
    *,
    starts: Mapping[str, date],
    comparison: Sequence[str],
    months: Sequence[str],
) -> list[Estimate]:
    """Say how much of an output each kind of place got before and after: exact, not inferred.

    A focus place counts from its own start; a comparison place, which has none, counts before the
    first start and after the last one. Each place weighs the same.

    Raises:
        DataError: The measure is not an output, no place starts, or a place has no record of it.
    """
    registered = require_output(output)
    if not starts:
        split_months(starts, months=months)  # which says what is needed
    grid = wide(measures, output, rows="place", columns="period").reindex(columns=list(months))
    unit, found = f"{registered.unit} a month in each place", []
    own = {place: split_months({place: day}, months=months)[:2] for place, day in starts.items()}
    shared = tuple(min(labels, key=len) for labels in zip(*own.values(), strict=True))
    sides = {"focus": own, "comparison": dict.fromkeys(comparison, shared)}
    for kind, places in sides.items():
        for side, when in enumerate(("before", "after")):
            blocks = [
                grid.reindex(index=[place])[labels[side]].to_numpy(dtype=float)
                for place, labels in places.items()
            ]
            if any(np.isnan(block).any() for block in blocks):
                raise DataError(f"{output} has months without a record in {kind} places")
            value = float(np.mean([block.mean() for block in blocks]))
            size = sum(block.size for block in blocks)
            found.append(
                replace(
                    known_exactly(value, n=size, unit=unit),
                    term=f"{registered.name}: monthly mean in {kind} places, {when}",
                    analysis="delivered",
                    measure=output,
                    place=kind,
                    period=when,
                )
            )
    return found


def series(
    measures: pd.DataFrame,
    measure: str,
    *,
    focus: Sequence[str],
    comparison: Sequence[str],
    months: Sequence[str],
) -> list[Estimate]:
    """Give the monthly mean per place of each kind of place, exact, for a figure.

    A month that some place of the kind did not report is left out, not filled in.
    """
    registered = find(measure)
    grid = wide(measures, measure, rows="place", columns="period").reindex(columns=list(months))
    found = []
    for kind, places in (("focus", list(focus)), ("comparison", list(comparison))):
        block = grid.reindex(index=places)
        for month in months:
            values = block[month].to_numpy(dtype=float)
            if not values.size or np.isnan(values).any():
                continue
            unit = f"{registered.unit} in each place"
            found.append(
                replace(
                    known_exactly(float(values.mean()), n=int(values.sum()), unit=unit),
                    term=f"{registered.name}: mean of {kind} places, {month}",
                    analysis="series",
                    measure=measure,
                    place=kind,
                    period=month,
                )
            )
    return found
