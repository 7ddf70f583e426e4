"""Trimming: hold weights within limits, and share out what was cut off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.sampling_stages import Floats
from outcomes.stats.survey_design import checked_weights

ROUNDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimming:
    """Limits for weights."""

    low: float
    high: float

    def reweight(self, weights: Floats) -> Floats:
        """Trim weights; rows of weight 0 are not in the sample and stay so."""
        sampled = weights > 0
        found = weights.copy()
        found[sampled] = trim_weights(weights[sampled], low=self.low, high=self.high)
        return found


def trim_weights(weights: ArrayLike, *, low: float, high: float, strict: bool = True) -> Floats:
    """Cut weights to limits and share out the difference evenly over the others.

    Args:
        weights: Shape (n,).
        low: Lowest weight, 0 or more.
        high: Highest weight.
        strict: Whether to go on until all weights lie within the limits; otherwise one round,
            after which a weight that was within them may lie outside.

    Returns:
        Weights with the same sum.

    Raises:
        DataError: The limits do not hold the mean weight between them, so that no weights with
            the same sum lie within them.

    Source:
        Potter (1990), Proc. ASA Survey Research Methods: 225-230. Agrees with ``trimWeights`` of
        R's survey with ``strict = FALSE``.
    """
    found = checked_weights(weights).copy()
    total, mean = found.sum(), found.mean()
    if not 0 <= low <= mean <= high:
        raise DataError(
            f"limits for weights must hold their mean ({mean:.6g}) between them, got {low:g} to "
            f"{high:g}"
        )
    held = np.zeros(found.size, dtype=bool)
    for _ in range(ROUNDS):
        outside = (found < low) | (found > high)
        if not outside.any() or (outside | held).all():
            break
        held |= outside
        found = np.clip(found, low, high)
        found[~held] += (total - found.sum()) / (~held).sum()
        if not strict:
            break
    if strict:
        found = _even_out(np.clip(found, low, high), total=total, low=low, high=high)
    return found


def _even_out(weights: Floats, *, total: float, low: float, high: float) -> Floats:
    """Restore the sum where all weights were held: move all towards the limit that has room."""
    left = total - weights.sum()
    if abs(left) <= 1e-12 * total:
        return weights
    room = high - weights if left > 0 else weights - low
    found: Floats = weights + left * room / room.sum()
    return found
