"""Before a study of doses: how large a difference that goes with the dose would it find?"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power_past import short_past, spread_of_past
from outcomes.analyses.power_told import AS_BEFORE, Asked, Power, Told, power_told
from outcomes.errors import DataError
from outcomes.stats.dose_decisions import dose_slopes, found_by_dose
from outcomes.stats.inference_choice import MANY, choose_inference
from outcomes.stats.minimum_detectable import Floats
from outcomes.stats.place_spread import simulated_panels, with_changes

SAME = "a unit of dose goes with the same difference everywhere, in the same period"


def power_dose(past: PanelTable, doses: ArrayLike, asked: Asked, *, counts: bool) -> Power:
    """Simulate the planned study with the spread of the past, and test it as ``dose`` does.

    Args:
        past: The outcome before any dose, of the same places or of others like them.
        doses: How much each place is to get in each period, shape (places, periods); no NaN.
        asked: What is asked. The smallest change worth having is the one at the mean dose of
            places and periods that get any.
        counts: Whether the outcome is a count.

    Raises:
        DataError: Cannot tell: the past is too short, or doses do not differ enough among places
            for any test; with what is needed.
    """
    paths = np.asarray(doses, dtype=float)
    _check(paths, level=asked.level)
    mean = float(paths[paths > 0].mean())
    spread = spread_of_past(past, counts=counts)
    shape = (asked.runs, *paths.shape)
    nothing = simulated_panels(spread, shape=shape, rng=np.random.default_rng(asked.seed))

    def decide(sizes: Floats) -> Iterator[np.ndarray]:
        changed = with_changes(nothing, paths / mean, sizes=sizes, counts=counts, seed=asked.seed)
        return (found_by_dose(values, paths, level=asked.level) for values in changed)

    places, periods = paths.shape
    told = Told(
        name=past.name,
        setting=f"{places} places that get different doses over {periods} {past.when}s",
        who=f"{places} places with different doses",
        unit=f"{past.unit} a {past.when} in each {past.whole}, at the mean dose of {mean:,.4g}",
        test="permutation of whole paths of doses",
        n=places,
        level=asked.level,
        runs=asked.runs,
        measure=past.measure,
        assumptions=(AS_BEFORE, SAME),
        warnings=short_past(spread),
    )
    error = float(dose_slopes(nothing, paths / mean).std())
    return power_told(decide, told, error=error, effect=asked.effect)


def _check(paths: Floats, *, level: float) -> None:
    if paths.ndim != 2 or min(paths.shape) < 2 or not np.isfinite(paths).all():
        raise DataError("the doses need a row a place and a column a period, none of them missing")
    if (paths < 0).any() or not (paths > 0).any():
        raise DataError("doses must be 0 or more, and somewhere above 0")
    if len(paths) >= MANY:
        raise DataError(
            f"cannot tell: doses are simulated for fewer than {MANY} places, got {len(paths)}"
        )
    _, alike = np.unique(paths, axis=0, return_counts=True)
    dosed = int((paths > 0).any(axis=1).sum())
    choose_inference(
        design="dose",
        treated=dosed,
        untreated=len(paths) - dosed,
        periods=paths.shape[1],
        alike=alike.tolist(),
        level=level,
    )
