"""Counts by place and period: how many times as many go with a regressor, exposure allowed for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.two_way_effects import (
    TwoWayEffects,
    two_way_effects,
    two_way_slopes,
    without_effects,
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
ROUNDS = 60
NOTHING = 1e-8  # of the mean count: an expected count below it has run off towards zero


@dataclass(frozen=True, slots=True, kw_only=True)
class PoissonFixedEffects:
    """Slopes on the log scale: a slope's exponential is a ratio of rates."""

    slope: Floats  # shape (k,); k is 0 where no regressor was given
    model_se: Floats  # of independent counts; times the root of `dispersion` is quasi-Poisson
    dispersion: float  # 1 where counts vary as independent events do (Pearson)
    df: int
    expected: Floats  # shape (places kept, periods kept); NaN where not observed
    working: Floats  # the same shape: log rate that a count points to, for errors by cluster
    counts: Floats  # the same shape
    exposure: Floats  # the same shape
    places: Flags  # shape (G,): false where nothing was ever counted
    periods: Flags  # shape (T,)


def poisson_fixed_effects(
    counts: ArrayLike, regressors: ArrayLike | None = None, *, exposure: ArrayLike | None = None
) -> PoissonFixedEffects:
    """Fit a Poisson regression with an effect of each place and of each period.

    Args:
        counts: Whole numbers, shape (G, T): a row a place, a column a period; NaN where not
            observed.
        regressors: Shape (G, T) or (G, T, k), no NaN; none for the effects alone.
        exposure: People or days behind each count, shape (G, T), above 0; 1 where None.

    Returns:
        The fit. A place, or a period, in which nothing was ever counted says nothing of a ratio
        and is left out. The errors take counts for independent events: where months of a place go
        together they raise false alarms in 41 % of studies, so show them beside a test that holds.

    Raises:
        DataError: Shapes differ, a count is no whole number of 0 or more, an exposure is not
            above 0, nothing was counted, the regressor does not vary within places and periods, or
            something is counted only where it is small (or large), so that no ratio is the best.

    Source:
        McCullagh & Nelder (1989), Generalized Linear Models, chapter 6; Hausman, Hall & Griliches
        (1984), Econometrica 52: 909-938 (the conditional form, which gives the same slope).
        Agrees with ``glm(family = poisson)`` with dummies of R and with ``fepois`` of fixest.
    """
    found, columns, behind = _checked(counts, regressors, exposure)
    places, periods = _counted(found)
    found, behind, columns = (each[places][:, periods] for each in (found, behind, columns))
    seen = np.isfinite(found)
    where, when = np.nonzero(seen)
    y, x, logs = found[seen], columns[seen], np.log(behind[seen])
    mean, working, slope, bread, effects = _fitted(y, x, logs, where=where, when=when)
    df = y.size - effects.dimension - x.shape[1]
    if df < 1:
        raise DataError(f"{y.size} counts are too few for {y.size - df} parameters")
    grids = np.full((2, *found.shape), np.nan)
    grids[0][seen], grids[1][seen] = mean, working
    return PoissonFixedEffects(
        slope=slope,
        model_se=np.sqrt(np.diag(bread)),
        dispersion=float(((y - mean) ** 2 / mean).sum() / df),
        df=df,
        expected=grids[0],
        working=grids[1],
        counts=found,
        exposure=behind,
        places=places,
        periods=periods,
    )


def _fitted(
    y: Floats, x: Floats, logs: Floats, *, where: NDArray[np.intp], when: NDArray[np.intp]
) -> tuple[Floats, Floats, Floats, Floats, TwoWayEffects]:
    """Fit by weighted least squares of the working response, round by round."""
    level = np.log((y + y.mean()) / 2) - logs
    before = np.inf
    for _ in range(ROUNDS):
        mean = np.exp(level + logs)
        effects = two_way_effects(where, when, weights=mean)
        working = level + (y - mean) / mean
        slope, bread = np.zeros(0), np.zeros((0, 0))
        if x.shape[1]:
            fit = two_way_slopes(working, x, effects=effects)
            left, slope, bread = fit.residual, fit.slope, fit.bread
        else:
            left = without_effects(working, effects)
        step = float(np.abs(working - left - level).max())
        level = working - left
        if np.exp(level + logs).min() < NOTHING * y.mean():
            break
        if step < 1e-10 or (step < 1e-7 and step >= before):  # no digit more can be had
            mean = np.exp(level + logs)
            return mean, level + (y - mean) / mean, slope, bread, effects
        before = step
    raise DataError(
        "cannot tell: somewhere nothing at all was counted, in a way that the regressor or the "
        "effects foretell without fail, so that no ratio is the best. More events would be needed: "
        "take longer periods or fewer, larger places"
    )


def _counted(found: Floats) -> tuple[Flags, Flags]:
    """Say which places and periods ever counted anything."""
    places, periods = np.nansum(found, axis=1) > 0, np.nansum(found, axis=0) > 0
    if places.sum() < 2 or periods.sum() < 2:
        raise DataError("something must have been counted in two places and two periods at least")
    return places, periods


def _checked(
    counts: ArrayLike, regressors: ArrayLike | None, exposure: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    found = np.asarray(counts, dtype=float)
    behind = np.ones(found.shape) if exposure is None else np.asarray(exposure, dtype=float)
    given = np.zeros((*found.shape, 0)) if regressors is None else np.asarray(regressors, float)
    columns: Floats = given[:, :, None] if given.ndim == 2 else given
    if found.ndim != 2 or behind.shape != found.shape or columns.shape[:2] != found.shape:
        raise DataError(
            f"counts, regressors and exposure need a row a place and a column a period, all alike, "
            f"got {found.shape}, {given.shape} and {behind.shape}"
        )
    seen = np.isfinite(found)
    if np.isinf(found).any() or not ((found >= 0) & (found == np.round(found)))[seen].all():
        raise DataError("counts must be whole numbers of 0 or more")
    if not (np.isfinite(behind) & (behind > 0))[seen].all():
        raise DataError("the exposure behind each count must be a number above 0")
    if not np.isfinite(columns[seen]).all():
        raise DataError("a regressor is not a number; leave that row out and say so")
    return found, columns, behind
