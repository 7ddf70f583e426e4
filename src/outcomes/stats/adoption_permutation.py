"""Permutation of starting dates: how often would other places in their stead have shown as much?"""

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import CohortPanel, Floats
from outcomes.stats.path_arrangements import arrangement_p, path_arrangements


def adoption_permutation(panel: CohortPanel, weights: Floats) -> float:
    """Give each place the starting date of another, and see how often the estimate is as large.

    It is a test of no change at all in any place and period. It is exact where dates were drawn
    by lot, and holds its level with few places and any pattern over time where places are alike
    but for their start; it needs no normal distribution.

    Args:
        panel: The places by cohort.
        weights: Of the cohort means, shape (cohorts, periods), as ``Contrasts.weights`` of one
            estimate.

    Returns:
        The two-sided p: the share of assignments, the true one among them and so never 0, with an
        estimate as far from zero. All assignments are listed, or always the same ones drawn.

    Raises:
        DataError: The weights fit another panel.

    Source:
        Fisher (1935), The Design of Experiments; for starting dates Roth & Sant'Anna (2023), J.
        Polit. Econ. Microecon. 1: 669-709, section 5.
    """
    if weights.shape != panel.means.shape:
        raise DataError(
            f"the weights are {weights.shape}, the panel has {panel.means.shape} cohorts by periods"
        )
    centered = panel.outcome - panel.outcome.mean(axis=0)
    as_if = centered @ (weights / panel.sizes[:, None]).T  # what a place would add in each cohort
    assigned = panel.member[path_arrangements(panel.member).order]
    found: Floats = np.zeros(len(assigned))
    for place in range(panel.n):
        found += as_if[place, assigned[:, place]]
    observed = float(as_if[np.arange(panel.n), panel.member].sum())
    return arrangement_p(observed, found)
