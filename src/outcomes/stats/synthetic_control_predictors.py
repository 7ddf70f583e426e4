"""A mix of others that matches a place in predictors, weighted so that the outcome is followed."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from outcomes.errors import DataError
from outcomes.stats.simplex_weights import Floats, simplex_weights
from outcomes.stats.synthetic_control import SyntheticControl, checked_series

STARTS = 8  # of the search: equal importance, and so many less one drawn at random
STEPS = 3_000  # of one search
SEED = 2010  # the same data must give the same mix


def matched_control(
    treated: ArrayLike,
    others: ArrayLike,
    *,
    before: int,
    predictors: ArrayLike,
    fitted: slice | None = None,
    starts: int = STARTS,
) -> SyntheticControl:
    """Mix others so that they match one place in predictors, and see how it left them after.

    How important each predictor is, is searched for so that the mix follows the outcome before
    the start as well as it can. That search has many valleys: it starts from equal importance
    and from places drawn at random, each solved exactly within, and the best is kept. R's Synth
    stops in a higher valley on both of its published examples.

    Args:
        treated: The outcome of the place, shape (periods,).
        others: The same of places without the engagement, shape (places, periods).
        before: How many of the periods, the first ones, lie before the start.
        predictors: Shape (predictors, 1 + places), the treated place first, no NaN.
        fitted: Which periods before the start the search looks at; all of them if None.
        starts: How many starts; 1 is equal importance alone.

    Returns:
        The mix, the gap by period, and the importance of the predictors when each is divided by
        its standard deviation.

    Raises:
        DataError: As ``synthetic_control``, or predictors that do not belong to the places, are
            missing, or are the same everywhere.

    Source:
        Abadie, Diamond & Hainmueller (2010), J. Am. Stat. Assoc. 105: 493-505. With the
        importance that ``Synth::synth`` of R reports, its weights to three decimals.
    """
    own, rest = checked_series(treated, others, before=before)
    scaled = _scaled(predictors, places=len(rest))
    window = slice(0, before) if fitted is None else fitted
    wanted, mixed = own[:before][window], rest[:, :before][:, window]

    def missed(root: Floats) -> float:
        gap = wanted - _mix(scaled, root) @ mixed
        return float((gap**2).mean())

    rng = np.random.default_rng(SEED)
    count = len(scaled)
    drawn = [np.sqrt(rng.dirichlet(np.full(count, 0.5))) for _ in range(starts - 1)]
    found = [
        minimize(
            missed,
            start,
            method="Nelder-Mead",
            options={"maxfev": STEPS, "maxiter": STEPS, "xatol": 1e-7, "fatol": 1e-12}
            | {"adaptive": True},
        )
        for start in (np.ones(count), *drawn)
    ]
    best = min(found, key=lambda one: float(one.fun)).x
    weights = _mix(scaled, best)
    return SyntheticControl(
        weights=weights,
        gap=own - weights @ rest,
        before=before,
        importance=best**2 / (best**2).sum(),
    )


def mix_of_importance(predictors: ArrayLike, importance: ArrayLike) -> Floats:
    """Give the weights of the others that match in predictors of a given importance.

    Args:
        predictors: Shape (predictors, 1 + places), the treated place first.
        importance: Of each, 0 or more, shape (predictors,).
    """
    scaled = _scaled(predictors, places=np.asarray(predictors).shape[1] - 1)
    weights = np.asarray(importance, dtype=float)
    if weights.shape != scaled.shape[:1] or not (weights >= 0).all() or not weights.sum() > 0:
        raise DataError("an importance of 0 or more is needed for each predictor, not all 0")
    return _mix(scaled, np.sqrt(weights))


def _mix(scaled: Floats, root: Floats) -> Floats:
    """Match with importance root ** 2, which so is never negative."""
    size = np.sqrt((root**2).sum())
    weighted = scaled * (np.abs(root) / (size if size > 0 else 1.0))[:, None]
    return simplex_weights(weighted[:, 0], weighted[:, 1:])


def _scaled(predictors: ArrayLike, *, places: int) -> Floats:
    given = np.asarray(predictors, dtype=float)
    if given.ndim != 2 or given.shape[1] != places + 1:
        raise DataError(f"a column for each of {places + 1} places is needed, got {given.shape}")
    if not np.isfinite(given).all():
        raise DataError("a predictor is not a number; leave it or that place out and say so")
    spread = given.std(axis=1, ddof=1)
    if not (spread > 0).all():
        raise DataError("a predictor is the same in all places, so it cannot match any")
    scaled: Floats = given / spread[:, None]
    return scaled
