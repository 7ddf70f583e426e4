"""What is left of a change after staggered starts if places went on drifting as before them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import CohortPanel, Floats
from outcomes.stats.drift_bounds import largest_multiple
from outcomes.stats.group_time_effects import Contrasts, GroupTimes, aggregated
from outcomes.stats.pooled_spread import Spread

FEWEST_BEFORE = 4  # periods before a start that make two halves of two


@dataclass(frozen=True, slots=True, kw_only=True)
class StaggeredDrift:
    """The overall change, and how far places would have moved meanwhile at their earlier pace."""

    change: Contrasts  # one
    pace: Floats  # weights of the cohort means, (cohorts, periods)
    moved: float  # what they come to
    spread: Callable[[Contrasts], Spread]  # what chance alone moves a contrast by

    def bounds(self, *, most: float, level: float = 0.95) -> tuple[float, float]:
        """Bound the change if places drifted up to some times as fast as before their start.

        Args:
            most: How many times as fast, either way; 0 gives the interval of the change itself.
            level: Confidence level: it holds whenever the drift stays within ``most`` times.

        Raises:
            DataError: ``most`` is negative.
        """
        if not most >= 0:
            raise DataError(f"how many times must be 0 or more, got {most}")
        limits = [self._interval(times, level=level) for times in (most, -most)]
        return min(low for low, _ in limits), max(high for _, high in limits)

    def largest(self, *, level: float = 0.95) -> float:
        """Say up to how many times the earlier pace the interval still leaves out zero.

        Returns:
            To about 0.01: 0 where the interval holds zero at once, ``MOST`` where it never does.
        """

        def leaves_out(most: float) -> bool:
            low, high = self.bounds(most=most, level=level)
            return low > 0 or high < 0

        return largest_multiple(leaves_out) if leaves_out(0.0) else 0.0

    def _interval(self, times: float, *, level: float) -> tuple[float, float]:
        """Give the t interval of the change less some times the pace.

        The pace goes with the weights of the base periods: what is taken off treated periods, to
        see how places move without it, is then the change that is left.
        """
        left = Contrasts(
            at=self.change.at,
            value=self.change.value - times * self.moved,
            then=self.change.then,
            base=self.change.base + times * self.pace,
            by_share=self.change.by_share,
        )
        found = self.spread(left)
        margin = float(stats.t.ppf((1 + level) / 2, found.df[0]) * found.se[0])
        return float(left.value[0]) - margin, float(left.value[0]) + margin


def staggered_drift(
    panel: CohortPanel, effects: GroupTimes, *, spread: Callable[[Contrasts], Spread]
) -> StaggeredDrift | None:
    """Measure at what pace places moved against those they are compared with, before their start.

    Each cohort's time before its start is cut in two halves; how far it moved from one to the
    other, beyond the very places with which each of its periods after the start is compared, is
    its pace. It is taken on from the last period before the start to that period, and averaged as
    the effects are: were each cohort to drift on at its own pace, the change would be just that.
    A cohort with fewer than ``FEWEST_BEFORE`` periods before its start is given the pace of the
    others.

    Args:
        panel: The places by cohort.
        effects: What ``group_time_effects`` gave of them.
        spread: How chance is judged, as for the change itself.

    Returns:
        The drift; None where no cohort's earlier time can be cut in two.

    Source:
        The set of relative magnitudes of Rambachan & Roth (2023), Rev. Econ. Stud. 90: 2555-2591,
        with one step before each start and one after it, on the estimates of Callaway & Sant'Anna
        (2021). Where all start together, equal to ``collapsed_bounds``.
    """
    size = np.where(effects.after, panel.sizes[effects.cohort], 0.0)
    reach = size / size.sum() * (panel.times[effects.period] - panel.times[effects.base])
    weights, known = np.zeros_like(panel.means), 0.0
    for cohort in np.unique(effects.cohort[effects.after]):
        own = effects.after & (effects.cohort == cohort)
        pace = _pace_of(panel, before=int(effects.base[own][0]) + 1)
        if pace is not None:
            against = -(reach[own] @ effects.shares[own])
            against[cohort] += reach[own].sum()
            weights += np.outer(against, pace)
            known += reach[own].sum()
    if known == 0:
        return None
    weights *= reach.sum() / known
    change, _ = aggregated(panel, effects, together="simple")
    return StaggeredDrift(
        change=change,
        pace=weights,
        moved=float((weights * panel.means).sum()),
        spread=spread,
    )


def _pace_of(panel: CohortPanel, *, before: int) -> Floats | None:
    """Give weights of the periods whose sum is a movement a unit of time, shape (periods,)."""
    if before < FEWEST_BEFORE:
        return None
    half = before // 2
    found = np.zeros(len(panel.times))
    found[:half], found[half:before] = -1 / half, 1 / (before - half)
    apart: Floats = found / (found @ panel.times)
    return apart
