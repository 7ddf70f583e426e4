"""The outcome of a dose design as numbers to be regressed: weighed by how well each is known."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from outcomes.analyses.dose_grid import DoseGrid
from outcomes.estimate import Estimate
from outcomes.stats.cluster_design import ClusterDesign, cluster_design
from outcomes.stats.cluster_robust import cluster_robust, clustered_slope
from outcomes.stats.extra_variance import extra_variance
from outcomes.stats.inference_choice import MANY
from outcomes.stats.poisson_fixed_effects import PoissonFixedEffects, poisson_fixed_effects
from outcomes.stats.two_way_effects import TwoWaySlopes, two_way_effects, two_way_slopes

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is told of a slope."""

    term: str
    unit: str
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is regressed on what, a row a place and a column a period."""

    values: Floats  # NaN where not observed; for counts the log rate each points to
    regressors: Floats  # shape (G, T, k)
    weights: Floats | None
    ratio: bool  # slopes are on the log scale
    errors: Floats | None = None  # standard error with which each value was measured
    between: float = 0.0  # variance of values beyond it
    fit: PoissonFixedEffects | None = None

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Where there is a value."""
        return np.isfinite(self.values)

    @property
    def rows(self) -> tuple[Integers, Integers]:
        """Place and period of each value."""
        where, when = np.nonzero(self.seen)
        return where, when


def response(grid: DoseGrid, regressors: Floats, *, window: slice) -> Response:
    """Prepare the outcome of a window of periods for a regression on the regressors.

    Counts (an exposure is given) become a Poisson regression's working values and weights.
    Values that are themselves estimates are weighed by one over their whole variance.
    """
    outcome = grid.outcome[:, window]
    columns = regressors[:, :, None] if regressors.ndim == 2 else regressors
    if grid.exposure is not None:
        fit = poisson_fixed_effects(outcome, columns, exposure=grid.exposure[:, window])
        return Response(
            values=fit.working,
            regressors=columns[fit.places][:, fit.periods],
            weights=fit.expected,
            ratio=True,
            fit=fit,
        )
    plain = Response(values=outcome, regressors=columns, weights=None, ratio=False)
    if grid.se is None:
        return plain
    return _weighed(plain, grid.se[:, window])


def slopes(response: Response, asked: Asked, *, terms: list[str]) -> list[Estimate]:
    """Estimate each regressor's slope with errors clustered by place, as many places ask for."""
    unit, level = asked.unit, asked.level
    if len(response.values) < MANY:
        design, y = designed(response), response.values[response.seen]
        found = [
            cluster_robust(y, design, term=term, unit=unit, which=which, level=level)
            for which, term in enumerate(terms)
        ]
    else:
        fitted = within(response)
        found = [
            clustered_slope(
                fitted, cluster=response.rows[0], term=term, unit=unit, which=which, level=level
            )
            for which, term in enumerate(terms)
        ]
    if response.errors is not None:
        found = [widened(one, response, which=which) for which, one in enumerate(found)]
    return [_of_counts(as_ratio(one)) for one in found] if response.ratio else found


def designed(response: Response) -> ClusterDesign:
    """Prepare the errors that hold with few places."""
    where, when = response.rows
    weights = None if response.weights is None else response.weights[response.seen]
    return cluster_design(
        response.regressors[response.seen], cluster=where, effects=(where, when), weights=weights
    )


def within(response: Response) -> TwoWaySlopes:
    """Fit slopes within places and periods, for any number of places."""
    where, when = response.rows
    weights = None if response.weights is None else response.weights[response.seen]
    effects = two_way_effects(where, when, weights=weights)
    return two_way_slopes(
        response.values[response.seen], response.regressors[response.seen], effects=effects
    )


def widened(estimate: Estimate, response: Response, *, which: int = 0) -> Estimate:
    """Widen limits to what measurement error alone would make, where they are narrower."""
    if response.errors is None or response.weights is None:
        return estimate
    fitted = within(response)
    own = fitted.regressors @ fitted.bread[which] * response.weights[response.seen]
    alone = float(np.sqrt((own**2 * response.errors[response.seen] ** 2).sum()))
    margin = float(stats.norm.ppf((1 + estimate.level) / 2)) * alone
    p = 2 * float(stats.norm.sf(abs(estimate.value) / alone)) if alone > 0 else 0.0
    return replace(
        estimate,
        low=min(estimate.low, estimate.value - margin),
        high=max(estimate.high, estimate.value + margin),
        p=None if estimate.p is None else max(estimate.p, p),
        method=f"{estimate.method}, values weighed by their measurement error and a variance of "
        f"{response.between:.3g} beyond it",
    )


def as_ratio(estimate: Estimate) -> Estimate:
    """Turn a slope on the log scale into a ratio."""
    with np.errstate(over="ignore"):
        value, low, high = (
            float(np.exp(part)) for part in (estimate.value, estimate.low, estimate.high)
        )
    return replace(estimate, value=value, low=low, high=high, se=float("nan"))


def _of_counts(estimate: Estimate) -> Estimate:
    said = estimate.method.replace(" within units and periods", "")
    said = said.replace("least squares", "Poisson regression within places and periods")
    return replace(estimate, method=said)


def _weighed(plain: Response, errors: Floats) -> Response:
    """Weigh each value by one over its measurement variance and the variance beyond it."""
    seen = plain.seen
    own = errors[seen]
    if not own.any():
        return plain
    # a value said to be without error must not rule alone
    own = np.maximum(own, 0.1 * float(np.median(own[own > 0])))

    def left(weights: Floats) -> Floats:
        grid = np.full(plain.values.shape, np.nan)
        grid[seen] = weights
        return within(replace(plain, weights=grid)).residual

    beyond = extra_variance(left, se=own, parameters=within(plain).parameters)
    weights = np.full(plain.values.shape, np.nan)
    weights[seen] = 1 / (beyond + own**2)
    return replace(plain, weights=weights, errors=errors, between=beyond)
