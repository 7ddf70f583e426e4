"""Places that start at the same time as one cohort: what every staggered method needs of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError

Floats = NDArray[np.float64]
NEVER = np.inf  # the start of a place that does not start within the periods


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPanel:
    """A full grid of places and periods, and the cohort of each place.

    Cohorts are in the order of their starts; places that never start are the last one.
    """

    outcome: Floats  # (n, periods)
    times: Floats  # (periods,), rising
    member: NDArray[np.int64]  # the cohort of each place, (n,)
    starts: Floats  # (cohorts,), NEVER for places that do not start
    sizes: Floats  # places in each, (cohorts,)
    means: Floats  # (cohorts, periods)

    @property
    def n(self) -> int:
        """Places."""
        return len(self.outcome)

    @property
    def treated(self) -> NDArray[np.bool_]:
        """Which cohort is treated when, shape (cohorts, periods)."""
        found: NDArray[np.bool_] = self.times[None, :] >= self.starts[:, None]
        return found


def cohort_panel(
    outcome: ArrayLike, start: ArrayLike, *, times: ArrayLike | None = None
) -> CohortPanel:
    """Group places by the time at which they start.

    Args:
        outcome: One row a place, one column a period, shape (n, periods); no NaN.
        start: The time of each place's start, shape (n,); infinite (or after the last time) where
            a place does not start within the periods.
        times: When the periods are, rising, shape (periods,); 0, 1, 2, ... where not given.

    Raises:
        DataError: The shapes differ, a number is missing, times do not rise, or a place was
            treated from the first period on, so that nothing is known of it without treatment.
    """
    grid, first = np.asarray(outcome, dtype=float), np.asarray(start, dtype=float)
    when = np.arange(grid.shape[-1], dtype=float) if times is None else np.asarray(times, float)
    if grid.ndim != 2 or first.shape != grid.shape[:1] or when.shape != grid.shape[1:]:
        raise DataError(
            f"a grid of places by periods needs one start a place and one time a period, got "
            f"{grid.shape}, {first.shape} and {when.shape}"
        )
    if not grid.size or not np.isfinite(grid).all() or np.isnan(first).any():
        raise DataError("a value of the grid is missing; leave that place or period out and say so")
    if (np.diff(when) <= 0).any():
        raise DataError("the times of the periods must rise")
    if (first <= when[0]).any():
        raise DataError(
            f"{int((first <= when[0]).sum())} places were treated from the first period on; "
            "nothing is known of them without treatment, so leave them out and say so"
        )
    first = np.where(first > when[-1], NEVER, first)
    starts, member = np.unique(first, return_inverse=True)
    sizes = np.bincount(member).astype(float)
    means = np.stack([grid[member == k].mean(axis=0) for k in range(len(starts))])
    return CohortPanel(
        outcome=grid,
        times=when,
        member=member.astype(np.int64),
        starts=starts,
        sizes=sizes,
        means=means,
    )


def cohort_covariances(panel: CohortPanel) -> Floats:
    """Give the covariance of the periods within each cohort, shape (cohorts, periods, periods).

    A cohort of one place has no spread of its own; it is given that of all others together, so
    that it never looks as if it were known exactly. Divisor: places - 1.

    Raises:
        DataError: Every cohort is of one place.
    """
    if (panel.sizes < 2).all():
        raise DataError(
            "cannot tell: every place starts at a time of its own, so no spread within a start "
            "can be seen, which this method needs: two places that start together at least"
        )
    periods = len(panel.times)
    products = np.empty((len(panel.starts), periods, periods))
    for k in range(len(panel.starts)):
        centered = panel.outcome[panel.member == k] - panel.means[k]
        products[k] = centered.T @ centered
    df = panel.sizes - 1
    pooled = products.sum(axis=0) / df.sum()
    found = products / np.maximum(df, 1)[:, None, None]
    found[df < 1] = pooled
    return found
