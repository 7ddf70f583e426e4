"""A panel collapsed around its start: one change a place, and the gap between the two kinds."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.permutation import smallest_p

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollapsedPanel:
    """The outcome of each place before the first start and after the last one."""

    places: list[str]
    treated: NDArray[np.bool_]  # shape (g,)
    before: Floats  # shape (g, periods before the first start); NaN where missing
    after: Floats  # shape (g, periods from the last start on)
    apart: float  # periods from the middle of the time before to the middle of that after
    name: str
    unit: str
    word: str  # what a period is called: "month", "week" or "period"

    @property
    def change(self) -> Floats:
        """The mean after minus the mean before, one a place."""
        return mean_of(self.after) - mean_of(self.before)


def collapse(panel: PanelTable) -> CollapsedPanel:
    """Part a panel into before and after; where starts differ, what lies between is left out.

    Raises:
        DataError: No place is treated, or none is not, or a place has no value before or after.
    """
    unknown = {str(start) for start in panel.start.values()} - {str(one) for one in panel.periods}
    if unknown:
        raise DataError(f"{panel.name}: the start {min(unknown)} is none of the periods")
    first = panel.first_treated()
    treated = first >= 0
    if not treated.any() or treated.all():
        raise DataError(
            f"{panel.name}: places with and without a start are needed, got {int(treated.sum())} "
            f"with one among {treated.size}"
        )
    start, last = int(first[treated].min()), int(first[treated].max())
    grid = panel.outcome.to_numpy(dtype=float)
    before, after = grid[:, :start], grid[:, last:]
    seen = np.isfinite(before).any(axis=1) & np.isfinite(after).any(axis=1)
    if not seen.all():
        where = ", ".join(
            place for place, there in zip(panel.places, seen, strict=True) if not there
        )
        raise DataError(f"{panel.name} has no {word_of(panel)} before, or none after, in {where}")
    return CollapsedPanel(
        places=panel.places,
        treated=treated,
        before=before,
        after=after,
        apart=(last + grid.shape[1] - 1) / 2 - (start - 1) / 2,
        name=panel.name,
        unit=panel.unit,
        word=word_of(panel),
    )


def word_of(panel: PanelTable) -> str:
    """Say what a period of a panel is called."""
    labels = [str(period) for period in panel.periods]
    for shape, word in ((r"\d{4}-(0[1-9]|1[0-2])", "month"), (r"\d{4}-W\d\d", "week")):
        if all(re.fullmatch(shape, label) for label in labels):
            return word
    return panel.when if panel.when.isalpha() else "period"


def mean_of(block: Floats) -> Floats:
    """Average what was observed of each place, shape (g,); NaN where nothing was."""
    seen = np.isfinite(block)
    sums, counts = np.where(seen, block, 0.0).sum(axis=1), seen.sum(axis=1)
    means = np.divide(sums, counts, out=np.full(len(block), np.nan), where=counts > 0)
    return np.asarray(means)


def gap(collapsed: CollapsedPanel, block: Floats) -> Floats:
    """Give treated minus other places by period, shape (periods,); NaN where one kind has none."""
    chosen = collapsed.treated
    return mean_of(block[chosen].T) - mean_of(block[~chosen].T)


def change_beyond(
    collapsed: CollapsedPanel, numbers: Floats, *, level: float, leave_out: int | None = None
) -> Estimate:
    """Compare one number a place between the two kinds of places; one place can be left out.

    Raises:
        DataError: Too few places, or nothing to judge chance by.
    """
    keep = np.arange(numbers.size) != (-1 if leave_out is None else leave_out)
    return collapsed_change(
        numbers[keep],
        collapsed.treated[keep],
        term=collapsed.name,
        unit=collapsed.unit,
        level=level,
    )


def is_told(estimate: Estimate, collapsed: CollapsedPanel) -> bool:
    """Say whether a direction may be claimed: by the interval, and by a test that is possible."""
    k = int(collapsed.treated.sum())
    least = smallest_p(treated=k, untreated=collapsed.treated.size - k)
    allowed = 1 - estimate.level + 1e-9
    tested = estimate.p is None or estimate.p <= allowed
    return leaves_out_zero(estimate) and tested and least <= allowed


def leaves_out_zero(estimate: Estimate) -> bool:
    """Say whether the interval leaves out zero."""
    return estimate.low > 0 or estimate.high < 0
