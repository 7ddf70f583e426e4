"""The designs for a table that is not a study: any columns, one row a unit and time."""

from dataclasses import replace
from typing import Any

import pandas as pd

from outcomes.analyses.panel_table import wide_table
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.log_ratio_change import log_ratio_change, log_ratios
from outcomes.stats.paired import mean_change
from outcomes.stats.standardized_change import standardized_change


def prepost_table(
    table: pd.DataFrame, outcome: str, *, unit: str, time: str, level: float = 0.95
) -> list[Estimate]:
    """Compare the earlier with the later of two times, within the same units.

    Args:
        table: One row a unit and time; other columns are left alone.
        outcome: The numeric column that is compared.
        unit: The column that names who was observed.
        time: A column with exactly two values; the smaller is the earlier.
        level: Confidence level.

    Raises:
        DataError: A column is missing, there are not two times, or a unit stands twice in one.
    """
    wide = wide_table(table, outcome, unit=unit, time=time)
    if wide.shape[1] != 2:
        shown = ", ".join(map(str, wide.columns[:6]))
        raise DataError(f"prepost compares two times, {time!r} has {wide.shape[1]}: {shown}")
    pre, post = wide.columns
    term = f"{outcome}: {post} - {pre}"
    found = [
        mean_change(wide[pre], wide[post], term=term, unit=outcome, level=level),
        standardized_change(wide[pre], wide[post], term=f"{term}, in SD", level=level),
    ]
    return [replace(estimate, analysis="prepost", period=f"{pre} to {post}") for estimate in found]


def compare_table(
    table: pd.DataFrame, outcome: str, *, unit: str, time: str, treated: str, level: float = 0.95
) -> list[Estimate]:
    """Compare the change of treated units with that of untreated ones (difference in differences).

    Args:
        table: One row a unit and time.
        outcome: The numeric column that is compared.
        unit: The column that names the places.
        time: The column of times; they are put in order.
        treated: A column of 0 and 1: 1 from the time on at which a unit is treated. Every treated
            unit must start at the same time and stay treated.
        level: Confidence level.

    Raises:
        DataError: A column is missing or blank, starts are staggered, nothing precedes the start,
            a treatment ends, or there are too few units.
    """
    wide = wide_table(table, outcome, unit=unit, time=time)
    ever, before, after = _split(table, wide, unit=unit, time=time, treated=treated)
    change = wide[after].mean(axis=1) - wide[before].mean(axis=1)
    known = change.notna()
    estimate = collapsed_change(
        change[known].to_numpy(),
        ever[known].to_numpy(),
        term=f"{outcome}: change of treated units beyond the change of the others",
        unit=outcome,
        level=level,
    )
    estimate = replace(estimate, period=f"{before[0]} to {after[-1]}")
    return [_with_gaps(estimate, wide, known=known, unit=unit)]


def compare_counts(
    table: pd.DataFrame,
    outcome: str,
    *,
    unit: str,
    time: str,
    treated: str,
    exposure: str,
    level: float = 0.95,
) -> list[Estimate]:
    """Compare how many times as many were counted after the start, in treated units and others.

    Args:
        table: As for ``compare_table``.
        outcome: The column of counts.
        unit: As for ``compare_table``.
        time: As for ``compare_table``.
        treated: As for ``compare_table``.
        exposure: The column of people, households or days behind each count.
        level: Confidence level.

    Raises:
        DataError: As for ``compare_table``; a count is no whole number, an exposure is not above
            0, or a unit has no event at all.
    """
    wide = wide_table(table, outcome, unit=unit, time=time)
    ever, before, after = _split(table, wide, unit=unit, time=time, treated=treated)
    behind = wide_table(table, exposure, unit=unit, time=time)
    known = wide[before].notna().any(axis=1) & wide[after].notna().any(axis=1)
    counts, behind = wide[known], behind[known].where(wide[known].notna())
    ratios = log_ratios(
        counts[before].sum(axis=1).to_numpy(),
        counts[after].sum(axis=1).to_numpy(),
        exposure_before=behind[before].sum(axis=1, skipna=True).to_numpy(),
        exposure_after=behind[after].sum(axis=1, skipna=True).to_numpy(),
    )
    estimate = log_ratio_change(
        ratios,
        ever[known].to_numpy(),
        term=f"{outcome}: ratio of treated units beyond that of the others",
        unit=outcome,
        level=level,
    )
    estimate = replace(estimate, period=f"{before[0]} to {after[-1]}")
    return [_with_gaps(estimate, wide, known=known, unit=unit)]


def _split(
    table: pd.DataFrame, wide: pd.DataFrame, *, unit: str, time: str, treated: str
) -> tuple[pd.Series, list[Any], list[Any]]:
    """Say which units are treated, and which times lie before and after their common start."""
    dose = wide_table(table, treated, unit=unit, time=time)
    if not pd.to_numeric(table[treated], errors="coerce").isin([0, 1]).all():
        raise DataError(f"{treated!r} must be 0 or 1 in every row")
    ever = (dose == 1).any(axis=1)
    start = _common_start(dose[ever], unit=unit, treated=treated)
    before = [label for label in wide.columns if label < start]
    after = [label for label in wide.columns if label >= start]
    if (dose.loc[ever, after] == 0).to_numpy().any():
        raise DataError(f"{treated!r} returns to 0 in a treated unit; an end is another design")
    if not before:
        raise DataError(
            f"no {time} lies before the start, {start}: {treated!r} must be 0 in a treated unit "
            "until its treatment starts, and 1 from then on"
        )
    return ever, before, after


def _common_start(dose: pd.DataFrame, *, unit: str, treated: str) -> Any:
    """Find the one time at which every treated unit starts."""
    if dose.empty:
        raise DataError(f"{treated!r} is 1 nowhere, so no {unit} is treated")
    starts = {dose.columns[row.argmax()] for row in (dose == 1).to_numpy()}
    if len(starts) != 1:
        raise DataError(
            f"treated units start at {len(starts)} different times; one common start is needed, "
            "because averaging over staggered starts can mislead. Use --design staggered"
        )
    return starts.pop()


def _with_gaps(estimate: Estimate, wide: pd.DataFrame, *, known: pd.Series, unit: str) -> Estimate:
    """Say beside the answer which units are left out, and what is missing in the others."""
    return replace(
        estimate,
        analysis="did",
        dropped=int((~known).sum()),
        warnings=(*estimate.warnings, *_gap_warnings(wide, known=known, unit=unit)),
    )


def _gap_warnings(wide: pd.DataFrame, *, known: pd.Series, unit: str) -> tuple[str, ...]:
    warnings = []
    if (lost := int((~known).sum())) > 0:
        warnings.append(f"{lost} {unit} without a value on one side of the start are left out")
    if (gaps := int(wide[known].isna().to_numpy().sum())) > 0:
        warnings.append(
            f"{gaps} values are missing, and each mean rests on the times that are there"
        )
    return tuple(warnings)
