"""What a comparison of few treated places is made of: values before and after, by place."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

MOST_TREATED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Few:
    """Places by period, the treated ones first; a value that is missing is NaN."""

    panel: PanelTable
    treated: tuple[str, ...]
    others: tuple[str, ...]
    values: Floats  # (places, periods): as given, or rates told at the treated places' exposure
    counts: Floats | None  # (places, periods) as given, where it is a count
    exposure: Floats  # (places, periods): 1 where there is none; NaN where the value is
    before: int  # periods before the start

    @property
    def chosen(self) -> np.ndarray:
        """Which rows are treated."""
        return np.arange(len(self.values)) < len(self.treated)

    @property
    def missing(self) -> int:
        """How many values are missing."""
        return int(np.isnan(self.values).sum())

    @property
    def place(self) -> str:
        """What to call the treated place, or places."""
        return self.treated[0] if len(self.treated) == 1 else ", ".join(self.treated)

    @property
    def period(self) -> str:
        """From when to when."""
        return f"{self.panel.periods[0]} to {self.panel.periods[-1]}"

    def change(self) -> Floats:
        """Mean after the start less mean before it, by place."""
        after = np.nanmean(self.values[:, self.before :], axis=1)
        found: Floats = after - np.nanmean(self.values[:, : self.before], axis=1)
        return found

    def totals(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Give counts before and after, and exposure before and after, each by place."""
        given = self.values if self.counts is None else self.counts
        first, last = np.s_[:, : self.before], np.s_[:, self.before :]
        grids = (given[first], given[last], self.exposure[first], self.exposure[last])
        before, after, exposed, exposed_after = (np.nansum(grid, axis=1) for grid in grids)
        return before, after, exposed, exposed_after


def few_places(panel: PanelTable, *, counts: bool) -> Few:
    """Part a panel of few treated places that start together into before and after.

    Args:
        panel: The outcome by place and period. With ``exposure`` the outcome is taken for a count.
        counts: The outcome is a count.

    Raises:
        DataError: No treated place, more than three, or none without the engagement; different
            starts; a place without any value on one side of the start; a count that is no whole
            number, or an exposure not above 0.
    """
    treated, others = panel.treated, panel.untreated
    _check_places(panel)
    start = panel.periods.index(_common_start(panel))
    rows = [*treated, *others]
    given: Floats = panel.outcome.loc[rows].to_numpy(dtype=float)
    behind = np.ones_like(given)
    if panel.exposure is not None:
        behind = panel.exposure.loc[rows].to_numpy(dtype=float)
    known = np.isfinite(given) & np.isfinite(behind)
    counted = counts or panel.exposure is not None
    if counted:
        _check_counts(given[known], behind[known])
    given, behind = np.where(known, given, np.nan), np.where(known, behind, np.nan)
    for side in (known[:, :start], known[:, start:]):
        empty = [name for name, row in zip(rows, side, strict=True) if not row.any()]
        if empty:
            raise DataError(
                f"{panel.name} has no {panel.when} before the start, or none after it, in "
                f"{', '.join(empty)}; leave that {panel.whole} out and say so"
            )
    usual = float(np.nanmean(behind[: len(treated)]))
    return Few(
        panel=panel,
        treated=tuple(treated),
        others=tuple(others),
        values=given / behind * usual,
        counts=given if counted else None,
        exposure=behind,
        before=start,
    )


def _check_places(panel: PanelTable) -> None:
    many = len(panel.treated)
    if not many:
        raise DataError(f"no {panel.whole} is treated, so there is nothing to compare")
    if many > MOST_TREATED:
        raise DataError(
            f"this design is for one to {MOST_TREATED} treated places, got {many}: compare so "
            "many with the design for places that start together (did) or at different times "
            "(staggered)"
        )
    if not panel.untreated:
        raise DataError(
            f"cannot tell: every {panel.whole} is treated. Places without the engagement would be "
            "needed, or the design for one interrupted series"
        )


def _common_start(panel: PanelTable) -> Any:
    starts = {panel.start[place] for place in panel.treated}
    if len(starts) > 1:
        shown = ", ".join(sorted(map(str, starts)))
        raise DataError(
            f"the treated places start at {len(starts)} times ({shown}); one common start is "
            "needed here: ask for each place by itself, or for the staggered design"
        )
    start = starts.pop()
    if start not in panel.periods:
        raise DataError(f"the start {start} is none of the {panel.when}s of the table")
    return start


def _check_counts(given: Floats, behind: Floats) -> None:
    if not ((given >= 0) & (given == np.round(given))).all():
        raise DataError("counts must be whole numbers of 0 or more")
    if not (behind > 0).all():
        raise DataError("the exposure behind each count must be above 0")
