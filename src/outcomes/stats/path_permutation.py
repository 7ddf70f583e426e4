"""Permutation of whole paths (who was treated, from when, how much) among places."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.cluster_design import orthonormal_basis
from outcomes.stats.path_arrangements import TIE, arrangement_p, path_arrangements
from outcomes.stats.permutation import DRAWS
from outcomes.stats.two_way_effects import COLLINEAR, two_way_effects, without_effects

Floats = NDArray[np.float64]
AT_A_TIME = 1_024  # arrangements whose sums are held at once


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTest:
    """What the permutation of paths says of a slope."""

    slope: float
    p: float
    low: float  # -inf or inf where no value is rejected
    high: float
    smallest_p: float  # that any outcome could have reached with these paths
    arrangements: int
    exact: bool
    places: int


def path_test(
    y: ArrayLike,
    paths: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
) -> PathTest:
    """Say what swapping whole paths among places says of the slope within places and periods.

    Args:
        y: The outcome, shape (G, T): a row a place, a column a period; NaN where not observed.
        paths: Dose or treatment of each place and period, shape (G, T), no NaN.
        weights: How much each value of y counts, shape (G, T), above 0.
        level: Confidence level of the interval: every constant shift per unit of dose that is
            not rejected, found exactly.
        draws: How many arrangements are drawn where they are too many to list.

    Raises:
        DataError: Shapes differ, fewer than three places or two periods, a path has a missing
            value, an outcome is infinite, or nothing is left of the paths within places and
            periods.

    Source:
        Fisher (1935), The Design of Experiments; inversion: Rosenbaum (2002), Observational
        Studies, section 2.6; paths: Ganong & Jaeger (2018), J. Econ. Soc. Meas. 43: 1-31. With
        one common start it agrees with ``permutation_p`` of the changes.
    """
    outcome, dose, weight = _grids(y, paths, weights)
    seen = np.isfinite(outcome)
    where, when = np.nonzero(seen)
    effects = two_way_effects(where, when, weights=None if weights is None else weight[seen])
    own = _grid(without_effects(outcome[seen], effects), seen, weight=weight)
    left = without_effects(dose[seen], effects)
    moved = _grid(left, seen, weight=weight)
    length = float((left**2 * weight[seen]).sum())
    if length <= (COLLINEAR**2) * float(((dose - dose.mean()) ** 2).sum()):
        raise DataError(
            "the paths are the same in all places, or never change within a place: nothing is "
            "left to compare"
        )
    found = path_arrangements(dose, draws=draws)
    # levels of paths, and what all paths share, drop out: taken off, they cost no digits
    dose = dose - dose.mean(axis=1, keepdims=True)
    dose = dose - dose.mean(axis=0)
    lengths = _lengths(dose, found.order, seen=seen, weight=weight, length=length)
    slopes = _summed(dose @ own.T, found.order) / lengths
    likeness = _summed(dose @ moved.T, found.order) / lengths
    slope = float((dose * own).sum()) / length
    low, high = _interval(slope, slopes, likeness=likeness, level=level)
    return PathTest(
        slope=slope,
        p=arrangement_p(slope, slopes),
        low=low,
        high=high,
        smallest_p=float((np.abs(likeness) >= 1 - TIE).mean()),
        arrangements=len(found.order),
        exact=found.exact,
        places=dose.shape[0],
    )


def path_permutation(
    y: ArrayLike,
    paths: ArrayLike,
    *,
    term: str,
    unit: str,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
) -> Estimate:
    """Estimate the slope on dose or treatment with p and interval from swapping whole paths.

    Args:
        y: As for ``path_test``.
        paths: As for ``path_test``; for starts see ``treatment_paths``.
        term: What is being estimated, in words.
        unit: Of the slope.
        weights: As for ``path_test``.
        level: Confidence level.
        draws: As for ``path_test``.

    Raises:
        DataError: Cannot tell: no p below 1 - level can be reached with these paths, so that
            there is no interval. Otherwise as for ``path_test``.

    Source:
        As for ``path_test``.
    """
    found = path_test(y, paths, weights=weights, level=level, draws=draws)
    if not (isfinite(found.low) and isfinite(found.high)):
        raise DataError(
            f"cannot tell: with these {found.places} places even the clearest difference would "
            f"arise by chance with probability {found.smallest_p:.2g}, above {1 - level:.2g}. "
            "More places, or more different starts or doses, would be needed"
        )
    ways = f"{found.arrangements if found.exact else found.arrangements - 1:,}"
    return Estimate(
        term=term,
        value=found.slope,
        low=found.low,
        high=found.high,
        level=level,
        p=found.p,
        n=found.places,
        dropped=int(np.isnan(np.asarray(y, dtype=float)).sum()),
        unit=unit,
        method="least squares within places and periods, "
        + (f"exact permutation of paths ({ways} ways)" if found.exact else "")
        + ("" if found.exact else f"permutation of paths ({ways} of them drawn)"),
        assumptions=(
            "any place could as well have had the path of any other",
            "a unit of dose moves the outcome by the same amount everywhere",
        ),
    )


def _grids(
    y: ArrayLike, paths: ArrayLike, weights: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    outcome, dose = np.asarray(y, dtype=float), np.asarray(paths, dtype=float)
    weight = np.ones(dose.shape) if weights is None else np.asarray(weights, dtype=float)
    if outcome.ndim != 2 or outcome.shape != dose.shape or weight.shape != dose.shape:
        raise DataError(
            f"outcome, paths and weights need a row a place and a column a period, all alike, got "
            f"{outcome.shape}, {dose.shape} and {weight.shape}"
        )
    if outcome.shape[0] < 3 or outcome.shape[1] < 2:
        raise DataError("three places and two periods are needed at least")
    if not np.isfinite(dose).all():
        raise DataError("a path has a missing value, and cannot be given to another place")
    if np.isinf(outcome).any():
        raise DataError("an outcome is infinite; NaN stands for what was not observed")
    seen = np.isfinite(outcome)
    if not (np.isfinite(weight) & (weight > 0))[seen].all():
        raise DataError("weights must be one number above 0 for each value")
    if not seen.any(axis=1).all():
        raise DataError("a place has no value at all; leave it out and say so")
    return outcome, dose, np.where(seen, weight, 0.0)


def _grid(left: Floats, seen: NDArray[np.bool_], *, weight: Floats) -> Floats:
    """Lay residuals out as a grid, times their weights; 0 where nothing was observed."""
    grid = np.zeros(seen.shape)
    grid[seen] = left * weight[seen]
    return grid


def _summed(each: Floats, order: NDArray[np.intp]) -> Floats:
    """Add up what path i gives at place g, shape (G, G), along each arrangement, shape (B,)."""
    found = np.zeros(len(order))
    for place in range(each.shape[1]):
        found += each[order[:, place], place]
    return found


def _lengths(
    dose: Floats,
    order: NDArray[np.intp],
    *,
    seen: NDArray[np.bool_],
    weight: Floats,
    length: float,
) -> Floats:
    """Give by what each arrangement's sum is divided.

    With every value observed and alike in weight it is one number. Otherwise what is left of the
    paths within places and periods differs by arrangement: the sum is then scaled to the length
    of what is left, so that an arrangement with little of it does not look like a large slope.
    """
    if seen.all() and np.ptp(weight) == 0:
        return np.full(len(order), length)
    where, when = np.nonzero(seen)
    root = np.sqrt(weight)
    dummies = np.hstack([where[:, None] == np.unique(where), when[:, None] == np.unique(when)])
    basis = orthonormal_basis(dummies * root[seen][:, None])
    basis = basis * root[seen][:, None]
    parts = [dose[:, when[where == place]] @ basis[where == place] for place in range(len(dose))]
    whole = _summed(dose**2 @ weight.T, order)
    left = whole - _squares(parts, order)
    nothing = left <= TIE * whole
    return np.where(nothing, inf, np.sqrt(np.where(nothing, 1.0, left) * length))


def _squares(parts: Sequence[Floats], order: NDArray[np.intp]) -> Floats:
    """Add up rows of parts along each arrangement, and square the sums, few at a time (cache)."""
    found = np.empty(len(order))
    for first in range(0, len(order), AT_A_TIME):
        rows = order[first : first + AT_A_TIME]
        added = np.zeros((len(rows), parts[0].shape[1]))
        for place, part in enumerate(parts):
            added += part[rows[:, place]]
        found[first : first + AT_A_TIME] = (added**2).sum(axis=1)
    return found


def _interval(
    slope: float, slopes: Floats, *, likeness: Floats, level: float
) -> tuple[float, float]:
    """Find every shift per unit of dose that is not rejected.

    Under a shift of t a unit, an arrangement gives slope - t x likeness, and the true one
    slope - t. The former is as large for every t between two points on either side of the slope,
    so that the limits are points of these lists and need no search.
    """
    same = np.abs(likeness) >= 1 - TIE
    like = np.where(same, 0.0, likeness)
    points = np.stack([(slope - slopes) / (1 - like), (slope + slopes) / (1 + like)])
    highs = np.where(same, inf, points.max(axis=0))
    lows = np.where(same, -inf, points.min(axis=0))
    allowed = int(np.floor((1 - level) * slopes.size + 1e-9))
    return float(np.sort(lows)[allowed]), float(np.sort(highs)[::-1][allowed])
