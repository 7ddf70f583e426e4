"""Many studies with staggered starts, judged at once as one of them is judged by itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from outcomes.stats.cohort_panel import NEVER, Floats, cohort_panel
from outcomes.stats.group_time_effects import aggregated, group_time_effects
from outcomes.stats.pooled_spread import under_independence
from outcomes.stats.swapped_studies import swapped_p, swaps


@dataclass(frozen=True, slots=True, kw_only=True)
class StaggeredTest:
    """What the test of one design needs, whatever the outcome."""

    member: NDArray[np.int64]  # the cohort of each place, (n,)
    weights: Floats  # of one place of each cohort, (cohorts, periods): the overall average
    own: Floats  # which place is treated when, (n, periods)
    scale: Floats  # of each cohort's remainders in the squared standard error, (cohorts,)
    margin: float  # the quantile of t
    assigned: Floats  # which cohort each place gets, (n x cohorts, assignments)
    level: float


def staggered_test(start: ArrayLike, *, periods: int, level: float = 0.95) -> StaggeredTest:
    """Work out what the test of a design needs: weights, degrees of freedom, assignments.

    Args:
        start: The position of each place's first treated period, from 1; -1 where it never starts.
        periods: How many periods there are.
        level: Confidence level.

    Raises:
        DataError: No place starts, or nobody is left for comparison.

    Source:
        As ``group_time_effects``, ``pooled_spread`` and ``adoption_permutation``: the overall
        change of ``analyses.staggered`` with fewer than 40 places.
    """
    first = np.asarray(start, dtype=float)
    first = np.where(first < 0, NEVER, first)
    panel = cohort_panel(np.zeros((first.size, periods)), first)
    overall = aggregated(panel, group_time_effects(panel), together="simple")[0]
    weights = overall.weights[0]
    each = weights / panel.sizes[:, None]
    own = overall.then[0] > 0
    cells = np.stack([own, panel.treated & ~own]).astype(float)
    mean, df = under_independence(panel, weights, cells=cells, forms=np.stack([each, each]))
    true = float(((weights**2).sum(axis=1) / panel.sizes).sum())
    return StaggeredTest(
        member=panel.member,
        weights=each,
        own=panel.treated[panel.member].astype(float),
        scale=panel.sizes * true / mean,
        margin=float(stats.t.ppf((1 + level) / 2, df)),
        assigned=swaps(panel.member),
        level=level,
    )


def found_by_staggered(values: Floats, test: StaggeredTest) -> NDArray[np.bool_]:
    """Say which studies find a change: the t interval leaves out 0, and swapping dates agrees.

    Args:
        values: Shape (studies, places, periods); no NaN.
        test: As ``staggered_test`` gives it for these places and periods.

    Returns:
        Shape (studies,).
    """
    estimate, as_if = staggered_values(values, test)
    left = values - estimate[:, None, None] * test.own
    left = left - left.mean(axis=1, keepdims=True)
    squares = ((left @ test.weights.T) ** 2).sum(axis=1)
    error = np.sqrt(squares @ test.scale)
    found: NDArray[np.bool_] = np.abs(estimate) > test.margin * error
    p = swapped_p(estimate[found], as_if[found], arrangements=test.assigned)
    found[found] = p <= 1 - test.level + 1e-9
    return found


def staggered_values(values: Floats, test: StaggeredTest) -> tuple[Floats, Floats]:
    """Give the overall change of each study, and what each place would add in each cohort.

    Returns:
        Shapes (studies,) and (studies, places x cohorts).
    """
    centered = values - values.mean(axis=1, keepdims=True)
    as_if = centered @ test.weights.T
    places = np.arange(values.shape[1])
    return as_if[:, places, test.member].sum(axis=1), as_if.reshape(len(values), -1)
