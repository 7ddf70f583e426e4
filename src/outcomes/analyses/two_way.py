"""Two-way fixed effects with staggered starts, shown with what speaks against it."""

import numpy as np
from scipy import stats

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.staggered_grid import Grid
from outcomes.analyses.staggered_warnings import NO_FORESIGHT, PARALLEL
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.adoption_permutation import adoption_permutation
from outcomes.stats.inference_choice import MANY
from outcomes.stats.pooled_spread import ROUNDING
from outcomes.stats.two_way_weights import two_way_weights


def two_way_for_comparison(panel: PanelTable, grid: Grid, *, level: float) -> Estimate:
    """Give the two-way fixed effects estimate with what speaks against it."""
    places = grid.panel
    found = two_way_weights(places)
    if found.se <= ROUNDING * float(np.abs(places.outcome).max()):
        raise DataError(f"cannot tell: {panel.name} moved alike in all places")
    margin = float(stats.t.ppf((1 + level) / 2, places.n - 1)) * found.se
    few = places.n < MANY
    p = float(2 * stats.t.sf(abs(found.value) / found.se, places.n - 1))
    if few:
        p = adoption_permutation(places, found.contrast)
    warnings = [
        f"for comparison with older studies only: {found.already_treated:.0%} of it compares with "
        f"places already treated, and {found.negative:.0%} of the changes it averages count with "
        f"a minus (their weights sum to {found.negative_sum:.2f})"
    ]
    if few:
        warnings.append(
            f"its interval rests on errors clustered by {places.n} places, which is too narrow "
            "with few places on one side"
        )
    return Estimate(
        term=f"{panel.name}: change on treatment within places and periods",
        value=found.value,
        se=found.se,
        low=found.value - margin,
        high=found.value + margin,
        level=level,
        p=max(p, float(np.finfo(float).tiny)),
        n=places.n,
        dropped=grid.dropped,
        unit=panel.unit,
        method=f"two-way fixed effects, clustered by place, t({places.n - 1}) interval"
        + (", permutation p over the starting dates" if few else " and p"),
        assumptions=(PARALLEL, NO_FORESIGHT, "the change is the same in all places and periods"),
        warnings=(*warnings, *grid.warnings),
        analysis="staggered",
        measure=panel.measure,
        period=f"{grid.labels[0]} to {grid.labels[-1]}",
    )
