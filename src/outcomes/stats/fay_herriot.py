"""Fay-Herriot: a model estimate for small areas, which borrows from areas that are like them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.sampling_stages import Floats

MODEL = "model estimate (Fay-Herriot, REML), not a direct one"
_ASSUMPTIONS = (
    "areas differ from what their covariates predict as if by chance, normally distributed",
    "the direct standard errors are known",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FayHerriot:
    """The fitted model and what it says of each area."""

    between: float  # variance of areas around what their covariates predict
    coefficients: Floats  # (covariates,)
    values: Floats  # (areas,) shrunk towards the prediction
    mse: Floats  # (areas,) mean squared error
    own: Floats  # (areas,) weight of the direct estimate, 0 to 1


def fay_herriot(direct: ArrayLike, se: ArrayLike, covariates: ArrayLike) -> FayHerriot:
    """Combine direct estimates with what areas like each other have in common.

    Args:
        direct: Direct estimates, shape (areas,).
        se: Their standard errors, above 0, shape (areas,).
        covariates: What is known of each area, shape (areas, k), a column of ones included.

    Returns:
        Best linear predictions with the variance between areas by restricted maximum
        likelihood, and the mean squared error of Prasad and Rao, which knows that this variance
        was estimated.

    Raises:
        DataError: Shapes differ, a value is missing, a standard error is not above 0, there are
            too few areas for the covariates, or these depend on each other.

    Source:
        Fay and Herriot (1979), JASA 74: 269-277; Prasad and Rao (1990), JASA 85: 163-171; Datta
        and Lahiri (2000), Statistica Sinica 10: 613-627, for restricted maximum likelihood.
    """
    y, spread = np.asarray(direct, dtype=float).ravel(), np.asarray(se, dtype=float).ravel()
    x = np.asarray(covariates, dtype=float)
    _check(y, spread, x)
    sampling = spread**2
    between = _between(y, sampling, x)
    weights = 1 / (between + sampling)
    normal = np.linalg.inv(x.T @ (x * weights[:, None]))
    coefficients = normal @ (x.T @ (weights * y))
    predicted = x @ coefficients
    own = between * weights
    lost = 1 - own
    prediction = lost**2 * np.einsum("ij,jk,ik->i", x, normal, x)
    of_between = 2 / (weights**2).sum() * lost**2 * weights
    return FayHerriot(
        between=between,
        coefficients=coefficients,
        values=own * y + lost * predicted,
        mse=own * sampling + prediction + 2 * of_between,
        own=own,
    )


def fay_herriot_estimates(
    found: FayHerriot, *, terms: list[str], sizes: list[int], unit: str, level: float = 0.95
) -> list[Estimate]:
    """Put model estimates into words that say what they are.

    Args:
        found: The fitted model.
        terms: What each estimate is of, one an area.
        sizes: Answers of each area.
        unit: Of a value.
        level: Confidence level.
    """
    reach = float(stats.norm.ppf((1 + level) / 2))
    synthetic = (
        ("the areas vary no more than chance explains, so this is what the covariates predict",)
        if found.between == 0
        else ()
    )
    rows = zip(terms, found.values, np.sqrt(found.mse), sizes, found.own, strict=True)
    return [
        Estimate(
            term=term,
            value=float(value),
            se=float(error),
            low=float(value - reach * error),
            high=float(value + reach * error),
            level=level,
            n=n,
            unit=unit,
            method=f"{MODEL}, {100 * own:.0f} % the area's own answers",
            assumptions=_ASSUMPTIONS,
            warnings=synthetic,
        )
        for term, value, error, n, own in rows
    ]


def _check(y: Floats, spread: Floats, x: Floats) -> None:
    if x.ndim != 2 or not y.size == spread.size == x.shape[0]:
        raise DataError("every area needs one direct estimate, one standard error, its covariates")
    if not (np.isfinite(y).all() and np.isfinite(spread).all() and np.isfinite(x).all()):
        raise DataError("an area lacks a direct estimate, a standard error or a covariate")
    if (spread <= 0).any():
        raise DataError("every direct standard error must be above 0; leave such areas out")
    if y.size < x.shape[1] + 3:
        raise DataError(
            f"{y.size} areas are too few for {x.shape[1]} covariates; three more are needed"
        )
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise DataError("the covariates depend on each other; leave one out")


def _between(y: Floats, sampling: Floats, x: Floats) -> float:
    """Maximize the restricted likelihood over variances of 0 and more."""

    def less_likely(variance: float) -> float:
        weights = 1 / (variance + sampling)
        normal = x.T @ (x * weights[:, None])
        rest = y - x @ np.linalg.solve(normal, x.T @ (weights * y))
        logs = -np.log(weights).sum() + np.linalg.slogdet(normal)[1]
        return float(logs + weights @ rest**2)

    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    top = 10 * float(rest @ rest) / (y.size - x.shape[1]) + 1e-12
    grid = np.concatenate([[0.0], np.geomspace(top * 1e-8, top, 80)])
    best = int(np.argmin([less_likely(each) for each in grid]))
    if best == 0:
        return 0.0
    low, high = grid[best - 1], grid[min(best + 1, grid.size - 1)]
    found = optimize.minimize_scalar(
        less_likely, bounds=(low, high), method="bounded", options={"xatol": 1e-12 * high}
    )
    return float(found.x) if found.fun < less_likely(0.0) else 0.0
