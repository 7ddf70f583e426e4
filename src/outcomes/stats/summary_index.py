"""A summary index: several outcomes of the same places as one, each piece of news counted once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from outcomes.errors import DataError

Floats = NDArray[np.float64]
SINGULAR = 1e8  # condition of a covariance above which an outcome repeats others


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryIndex:
    """The index of each place and period, and what each outcome weighs in it."""

    values: Floats  # (places, periods), in standard deviations before the start; NaN if none seen
    weights: Floats  # (k,), summing to 1
    equal: bool  # whether all weigh the same, because too few cells were seen before the start


def summary_index(
    outcomes: ArrayLike, *, before: ArrayLike, better: ArrayLike | None = None
) -> SummaryIndex:
    """Combine outcomes into one index with inverse-covariance weights.

    Each outcome is turned so that more is better, and put on a common scale: the standard
    deviation of its movements within places before the start, after what all places share in a
    period is taken away. Outcomes that move together share their weight, so that the same news
    told twice counts once. Scale and weights rest on the periods before the start alone and on all
    places alike: they know nothing of which places were treated, or of what came after, so that a
    permutation test of the index is as exact as one of a single outcome.

    Args:
        outcomes: Shape (k, places, periods); NaN where not observed.
        before: Which periods lie before the start, shape (periods,).
        better: 1 where more is better, -1 where less is better, shape (k,); all 1 if not given.

    Returns:
        The index: the weighted mean of the outcomes that were observed there, each as its distance
        from its mean before the start. No weight is below 0: an outcome that tells nothing beyond
        the others weighs nothing. Equal weights, and ``equal`` true, where fewer than two cells
        an outcome lie before the start with nothing missing.

    Raises:
        DataError: Fewer than two outcomes, shapes that differ, fewer than two places or three
            periods before the start, or an outcome that does not move before it.

    Source:
        Anderson (2008), J. Am. Stat. Assoc. 103: 1481-1495, appendix A, with the standard
        deviation within places before the start in place of that of the control group, and
        weights kept from falling below 0 (Jagannathan & Ma 2003, J. Finance 58: 1651-1683).
    """
    grids, early = np.asarray(outcomes, dtype=float), np.asarray(before, dtype=bool)
    if grids.ndim != 3 or early.shape != grids.shape[2:] or len(grids) < 2:
        raise DataError(
            "two outcomes or more of the same places and periods are needed, got shapes "
            f"{grids.shape} and {early.shape}"
        )
    if grids.shape[1] < 2 or early.sum() < 3:
        raise DataError(
            "cannot tell: an index needs two places and three periods before the start or more"
        )
    signs = np.ones(len(grids)) if better is None else np.asarray(better, dtype=float)
    if signs.shape != (len(grids),) or not np.isin(signs, (-1, 1)).all():
        raise DataError("better must be 1 or -1 for each outcome")
    within = _within(grids[:, :, early])
    spread = np.array([_deviation(each) for each in within])
    size = np.nanmax(np.abs(grids), axis=(1, 2))
    if not (spread > 1e-9 * size).all():
        raise DataError("cannot tell: an outcome did not move before the start, or was not seen")
    turned = (signs / spread)[:, None, None]
    middle = np.nanmean(grids[:, :, early], axis=(1, 2))[:, None, None]
    weights, equal = _weights(within * turned)
    return SummaryIndex(
        values=_weighted((grids - middle) * turned, weights), weights=weights, equal=equal
    )


def _within(grids: Floats) -> Floats:
    """Take from each outcome what a place, and what a period, has in common; gaps stay gaps."""
    left = grids.copy()
    for _ in range(200):  # one round where nothing is missing
        seen = np.isfinite(left)
        for axis in (2, 1):
            count = np.maximum(seen.sum(axis=axis, keepdims=True), 1)
            left = left - np.where(seen, left, 0).sum(axis=axis, keepdims=True) / count
        rest = np.where(seen, left, 0).sum(axis=2) / np.maximum(seen.sum(axis=2), 1)
        if np.abs(rest).max() <= 1e-12 * max(1.0, float(np.nanmax(np.abs(left), initial=0))):
            break
    return left


def _deviation(within: Floats) -> float:
    """Give the standard deviation, for the means that were taken away."""
    seen = np.isfinite(within)
    df = seen.sum() - seen.any(axis=1).sum() - seen.any(axis=0).sum() + 1
    return float(np.sqrt(np.nansum(within**2) / df)) if df > 0 else 0.0


def _weights(scaled: Floats) -> tuple[Floats, bool]:
    """Weigh each outcome by the sum of its row of the inverse covariance, never below 0.

    These weights give the index the smallest spread, which is what least squares finds too.
    """
    k = len(scaled)
    flat = scaled.reshape(k, -1)
    flat = flat[:, np.isfinite(flat).all(axis=0)]
    same = np.full(k, 1 / k)
    if flat.shape[1] < 2 * k:
        return same, True
    covariance = flat @ flat.T / flat.shape[1]
    if np.linalg.cond(covariance) > SINGULAR:  # the same outcome twice shares its weight
        covariance += np.eye(k) * np.trace(covariance) / k / SINGULAR
    root = np.linalg.cholesky(covariance)
    rows, _ = optimize.nnls(root.T, np.linalg.solve(root, np.ones(k)))
    return rows / rows.sum(), False


def _weighted(scaled: Floats, weights: Floats) -> Floats:
    seen = np.isfinite(scaled)
    held = np.where(seen, weights[:, None, None], 0)
    total = held.sum(axis=0)
    summed = (np.where(seen, scaled, 0) * held).sum(axis=0)
    return np.where(total > 0, summed / np.where(total > 0, total, 1), np.nan)
