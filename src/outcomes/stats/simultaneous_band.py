"""A band that holds several estimates at once, as an event study needs it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import Floats

DRAWS = 9_999
SEED = 2019  # the same data must give the same band


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Limits that hold all at once, and a p of each that allows for having looked at all."""

    low: Floats  # (a,)
    high: Floats  # (a,)
    p: Floats  # (a,), never 0; below 1 - level exactly where the band leaves out 0
    each: float  # level of each interval by itself that makes the band hold its own


def simultaneous_band(
    value: ArrayLike,
    se: ArrayLike,
    *,
    correlation: ArrayLike,
    df: ArrayLike = np.inf,
    level: float = 0.95,
) -> Band:
    """Widen intervals until all of them hold at once with the level asked for.

    With twenty intervals of 95 %, one leaves the truth out by chance. Here the estimates' joint
    chance is drawn, and the intervals widened alike. Without degrees of freedom the draws are
    those of the multiplier bootstrap with normal multipliers, which clusters enter only through
    the covariance; with them, each is divided by a spread of its own, as found from so few: one
    spread for all would make the band too narrow where estimates hardly go together.

    Args:
        value: a estimates.
        se: Their standard errors, shape (a,), all above 0.
        correlation: Of the estimates, shape (a, a).
        df: Degrees of freedom, one or one an estimate.
        level: Confidence level of the band.

    Raises:
        DataError: The shapes differ, or a standard error is not above 0.

    Source:
        Montiel Olea & Plagborg-Moller (2019), J. Appl. Econometrics 34: 1-17, algorithm 1; the
        smallest p in place of the largest t, where degrees of freedom differ, after Westfall &
        Young (1993). Callaway & Sant'Anna (2021), algorithm 1, for the multiplier bootstrap.
    """
    values, errors = np.asarray(value, dtype=float), np.asarray(se, dtype=float)
    joint = np.asarray(correlation, dtype=float)
    if values.ndim != 1 or values.shape != errors.shape or joint.shape != (len(values),) * 2:
        raise DataError(
            f"one standard error an estimate and a square of correlations are needed, got "
            f"{values.shape}, {errors.shape} and {joint.shape}"
        )
    if not (errors > 0).all() or not np.isfinite(joint).all():
        raise DataError("a standard error is not above 0, so no band can be drawn")
    freedom = np.broadcast_to(np.asarray(df, dtype=float), values.shape)
    smallest = _smallest(joint, freedom)
    alone = 2 * stats.t.sf(np.abs(values) / errors, freedom)
    rank = np.searchsorted(smallest, alone * (1 + 1e-12), side="right")
    at = max(int((1 - level) * (DRAWS + 1)) - 1, 0)
    cut = float(smallest[at])
    margin = stats.t.isf(cut / 2, freedom) * errors
    return Band(
        low=values - margin,
        high=values + margin,
        p=np.minimum((1 + rank) / (1 + DRAWS), 1.0),
        each=1 - cut,
    )


def _smallest(joint: Floats, df: Floats) -> Floats:
    """Draw the smallest p of the estimates, were all of them 0 in truth; sorted."""
    rng = np.random.default_rng(SEED)
    drawn = _normal(rng, joint)
    score = _normal(rng, joint**2)  # spreads found from the same places go together as squares do
    kinds, of = np.unique(df, return_inverse=True)
    for number, kind in enumerate(kinds):
        if np.isfinite(kind):
            drawn[:, of == number] /= _estimated_over_true(score[:, of == number], kind)
    found: Floats = np.sort((2 * stats.t.sf(np.abs(drawn), df)).min(axis=1))
    return found


def _normal(rng: np.random.Generator, joint: Floats) -> Floats:
    """Draw normal numbers of that correlation, shape (draws, a)."""
    roots, vectors = np.linalg.eigh(joint)
    drawn: Floats = (
        rng.standard_normal((DRAWS, len(joint))) @ (vectors * np.sqrt(np.maximum(roots, 0))).T
    )
    return drawn


def _estimated_over_true(score: Floats, df: float) -> Floats:
    """Give the standard error over the true one that normal scores stand for, by a fine table."""
    table = np.linspace(-5, 5, 401)
    root = np.sqrt(stats.chi2.ppf(stats.norm.cdf(table), df) / df)
    found: Floats = np.interp(score, table, root)
    return found
