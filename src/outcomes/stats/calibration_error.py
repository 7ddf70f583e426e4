"""Expected calibration error: how far a model's confidence lies from how often it is right."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats

BINS = 10  # of equal width, from 0 to 1


def calibration_parts(confidence: ArrayLike, right: ArrayLike, *, bins: int = BINS) -> Floats:
    """Lay out what each row adds to the bins of confidence.

    Args:
        confidence: The probability of what the model called, 0 to 1, shape (n,).
        right: Whether it was right, shape (n,).
        bins: How many, of equal width; a bin holds its lower edge, the last one both.

    Returns:
        Shape (n, 3 * bins): rows, confidence and right of each bin. ``weights @ this`` are the
        sums that the other functions of this module take.

    Raises:
        DataError: The shapes differ, or a confidence is not between 0 and 1.
    """
    sure, hit = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if sure.ndim != 1 or sure.shape != hit.shape:
        raise DataError(f"one answer a row is needed, got {sure.shape} and {hit.shape}")
    if not ((sure >= 0) & (sure <= 1)).all():
        raise DataError("a model's confidence must lie between 0 and 1")
    place = np.minimum((sure * bins).astype(int), bins - 1)
    parts = np.zeros((sure.size, 3, bins))
    rows = np.arange(sure.size)
    parts[rows, 0, place] = 1.0
    parts[rows, 1, place] = sure
    parts[rows, 2, place] = hit
    return parts.reshape(sure.size, 3 * bins)


def expected_calibration_error(sums: Floats) -> Floats:
    """Average over rows the gap between confidence and share right of their bin.

    Args:
        sums: Of ``calibration_parts``, shape (..., 3 * bins).

    Returns:
        Shape (...): 0 (perfect) to 1. Chance alone makes it larger than it is, the more the fewer
        rows there are: see ``debiased_calibration_error``. NaN where there is no row.

    Source:
        Naeini, Cooper & Hauskrecht (2015), AAAI: 2901-2907; Guo et al. (2017), ICML: 1321-1330.
        Agrees with ``torchmetrics``' ``multiclass_calibration_error(norm="l1")``.
    """
    many, gap, _ = _bins(sums)
    return _mean(many * np.abs(gap), many)


def debiased_calibration_error(sums: Floats) -> Floats:
    """Give the calibration error less what chance alone adds to it.

    The share right of a bin of n rows is known to about sqrt(p (1 - p) / n). The mean gap that
    this noise would make on top of the observed one is taken off; what falls below 0 is 0.

    Args:
        sums: Of ``calibration_parts``, shape (..., 3 * bins).

    Returns:
        Shape (...): 0 to 1; NaN where there is no row.

    Source:
        Kumar, Liang & Ma (2019), NeurIPS, for the idea; here with the mean of the folded normal
        in closed form, on which ``get_calibration_error(p=1, debias=True)`` of their package
        ``uncertainty-calibration`` converges as its draws grow.
    """
    many, gap, noise = _bins(sums)
    size = np.abs(gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(noise > 0, size / np.where(noise > 0, noise, 1.0), np.inf)
    tail = np.where(np.isfinite(ratio), np.exp(-(np.minimum(ratio, 40.0) ** 2) / 2), 0.0)
    folded = noise * np.sqrt(2 / np.pi) * tail + size * erf(ratio / np.sqrt(2))
    found = _mean(many * (2 * size - folded), many)
    return np.asarray(np.maximum(found, 0.0), dtype=np.float64)


def _bins(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Give rows, gap and noise of the gap of each bin, shape (..., bins) each."""
    table = np.asarray(sums, dtype=float)
    many, sure, hit = np.moveaxis(table.reshape(*table.shape[:-1], 3, -1), -2, 0)
    at_least = np.where(many > 0, many, 1.0)
    share = np.clip(hit / at_least, 0.0, 1.0)
    return many, (sure - hit) / at_least, np.sqrt(share * (1 - share) / at_least)


def _mean(weighted: Floats, many: Floats) -> Floats:
    rows = many.sum(axis=-1)
    found = np.full(np.shape(rows), np.nan)
    np.divide(weighted.sum(axis=-1), rows, out=found, where=rows > 0)
    return np.asarray(found, dtype=np.float64)
