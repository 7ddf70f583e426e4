"""Two-way fixed effects with staggered starts: the estimate, and what it is an average of."""

from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import CohortPanel, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWay:
    """The slope on treatment within places and periods, and the weights behind it."""

    value: float
    se: float  # clustered by place, with the corrections of R's fixest
    contrast: Floats  # weights of the cohort means that give the estimate, (cohorts, periods)
    weights: Floats  # of each cohort's change in each period, (cohorts, periods); sum 1
    negative: float  # share of treated cohorts and periods whose change counts with a minus
    negative_sum: float  # what these weights sum to, 0 or below
    already_treated: float  # share of the estimate that compares with places already treated


def two_way_weights(panel: CohortPanel) -> TwoWay:
    """Estimate the change on treatment by two-way fixed effects, and show its weights.

    The estimate is a weighted sum of the changes of each cohort in each period, in which some
    can count negatively: a change that grows over time then makes it too small, or turns its
    sign. It is shown beside other methods, never instead.

    Args:
        panel: The places by cohort.

    Returns:
        The estimate, the weights, the share of negative ones, and the share of the comparisons
        that take places already treated for untreated ones.

    Raises:
        DataError: No place starts within the periods, or all start together and none is left.

    Source:
        De Chaisemartin & D'Haultfoeuille (2020), Am. Econ. Rev. 110: 2964-2996, theorem 1;
        Goodman-Bacon (2021), J. Econometrics 225: 254-277, equation 10. The estimate and its
        error agree with ``feols(y ~ d | unit + time, cluster = ~unit)`` of R's fixest.
    """
    size = panel.sizes[:, None]
    within = panel.treated.astype(float)
    within = within - within.mean(axis=1, keepdims=True)
    within = within - (size * within).sum(axis=0) / panel.n
    spread = (size * within**2).sum()
    if spread < 1e-9 * panel.n:
        raise DataError("all places are treated alike, so there is nothing to compare")
    value = float((size * within * panel.means).sum() / spread)
    left = panel.outcome - panel.outcome.mean(axis=1, keepdims=True)
    left = left - left.mean(axis=0) - value * within[panel.member]
    scores = (left * within[panel.member]).sum(axis=1)
    cells, slopes = panel.outcome.size, 1 + len(panel.times)  # effects of places are nested
    correction = panel.n / (panel.n - 1) * (cells - 1) / max(cells - slopes, 1)
    weights = np.where(panel.treated, size * within / spread, 0.0)
    return TwoWay(
        value=value,
        se=float(np.sqrt(correction * (scores**2).sum()) / spread),
        contrast=size * within / spread,
        weights=weights,
        negative=float((weights[panel.treated] < -1e-12).mean()),
        negative_sum=float(np.minimum(weights, 0.0).sum()),
        already_treated=_already_treated(panel),
    )


def _already_treated(panel: CohortPanel) -> float:
    """Give the weight of comparing a later cohort with an earlier one that is treated already."""
    share = panel.treated.mean(axis=1)  # of the periods, by cohort; falls with the start
    pairs = panel.sizes[:, None] * panel.sizes
    earlier, later = share[:, None], share[None, :]
    clean = pairs * np.maximum(earlier - later, 0) * (1 - earlier)
    forbidden = pairs * np.maximum(earlier - later, 0) * later
    return float(forbidden.sum() / (clean.sum() + forbidden.sum()))
