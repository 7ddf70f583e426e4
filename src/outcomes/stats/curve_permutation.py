"""Permutation test of many ways of making one comparison, all at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.permutation import SEED, assignments

Floats = NDArray[np.float64]
MOST_WAYS = 5_000  # assignments up to which all are tried; each makes a curve of its own
TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveTest:
    """The middle of a curve of t-values, and how often chance alone makes one as far from 0."""

    median_t: float
    p: float
    exact: bool
    assignments: int


def curve_permutation(
    changes: ArrayLike, treated: ArrayLike, *, leave_out: bool = False
) -> CurveTest:
    """Test by its median t whether a whole curve of comparisons lies away from zero.

    For each choice of equally many treated places that could have been, all ways of comparing
    are run anew: with all places, and without each untreated one in turn.

    Args:
        changes: One change a place and way of measuring it, shape (ways, g), no NaN.
        treated: Which places were treated, shape (g,).
        leave_out: Whether the curve also holds each way without each untreated place.

    Returns:
        The true assignment counts too, so that ``p`` is never zero.

    Raises:
        DataError: The shapes differ, a change is not a number, or too few places of a kind.

    Source:
        Simonsohn, Simmons & Nelson (2020), Nat. Hum. Behav. 4: 1208-1214.
    """
    values, chosen = np.asarray(changes, dtype=float), np.asarray(treated, dtype=bool)
    if values.ndim != 2 or values.shape[1:] != chosen.shape or not values.size:
        raise DataError(f"one change a way and place is needed, got {values.shape}")
    if not np.isfinite(values).all():
        raise DataError("a change is not a number; leave that place out and say so")
    k, g = int(chosen.sum()), chosen.size
    if not 0 < k < g or g < 3 + leave_out or (leave_out and g - k < 2):
        raise DataError(f"too few places: {k} treated of {g}")
    values = values - values.mean(axis=1, keepdims=True)  # keeps digits
    others = assignments(treated=k, untreated=g - k)
    exact = len(others) <= MOST_WAYS
    if not exact:
        rng = np.random.default_rng(SEED)
        others = others[rng.choice(len(others), MOST_WAYS - 1, replace=False)]
    masks = np.zeros((len(others), g), dtype=bool)
    np.put_along_axis(masks, others, values=True, axis=1)
    observed = float(_median_t(values, chosen[None, :], leave_out=leave_out)[0])
    drawn = np.abs(_median_t(values, masks, leave_out=leave_out))
    as_far = int((drawn >= abs(observed) * (1 - TIE)).sum())
    p = as_far / len(masks) if exact else (1 + as_far) / (1 + len(masks))
    return CurveTest(median_t=observed, p=p, exact=exact, assignments=len(masks))


def _median_t(values: Floats, masks: NDArray[np.bool_], *, leave_out: bool) -> Floats:
    """Give the median t of each assignment's curve, shape (assignments,)."""
    k, rest = int(masks[0].sum()), int((~masks[0]).sum())
    inside = masks.astype(float)
    sums, squares = inside @ values.T, inside @ (values**2).T  # shape (assignments, ways)
    others, other_squares = values.sum(axis=1) - sums, (values**2).sum(axis=1) - squares
    # along the last axis: all places, then without each untreated one in turn
    away = np.zeros((len(masks), len(values), 1))
    if leave_out:
        untreated = np.nonzero(~masks)[1].reshape(len(masks), rest)
        single = np.moveaxis(values[:, untreated], 0, 1)
        away = np.concatenate([away, single], axis=2)
    count = np.where(np.arange(away.shape[2]) > 0, rest - 1, rest)
    left = others[:, :, None] - away
    within = (squares - sums**2 / k)[:, :, None] + other_squares[:, :, None] - away**2
    within = np.maximum(within - left**2 / count, TIE * (values**2).sum(axis=1)[:, None])
    se = np.sqrt(within / (k + count - 2) * (1 / k + 1 / count))
    found = (sums[:, :, None] / k - left / count) / se
    return np.asarray(np.median(found.reshape(len(masks), -1), axis=1))
