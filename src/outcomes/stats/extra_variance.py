"""How much values vary beyond the error with which each was measured (Paule and Mandel)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError

Floats = NDArray[np.float64]
HALVINGS = 100
NEAR = 1e-10  # of the answer


def extra_variance(
    residual: Callable[[Floats], Floats], *, se: ArrayLike, parameters: int
) -> float:
    """Estimate the variance that values of a regression have beyond their measurement errors.

    It is the one at which squared residuals, each divided by its whole variance, come to as many
    as chance leaves over. Badly measured values hardly count for it, which a plain difference of
    variances cannot claim.

    Args:
        residual: Gives the residuals, shape (n,), of a fit in which values count by the weights
            it is called with, shape (n,).
        se: Standard error with which each value was measured, shape (n,), above 0.
        parameters: How many the fit has.

    Returns:
        The variance, 0 where measurement error explains all. Values of one place that go together
        make it somewhat too small, which only matters for weights.

    Raises:
        DataError: An error is not a number above 0, or the fit leaves nothing over.

    Source:
        Paule & Mandel (1982), J. Res. Natl. Bur. Stand. 87: 377-385; for regressions DerSimonian
        & Kacker (2007), Contemp. Clin. Trials 28: 105-114. Agrees with ``rma(method = "PM")`` of
        R's metafor.
    """
    error = np.asarray(se, dtype=float)
    if error.ndim != 1 or not (np.isfinite(error) & (error > 0)).all():
        raise DataError("a measurement error must be a number above 0")
    over = error.size - parameters
    if over < 1:
        raise DataError("the fit leaves nothing over: no spread to judge chance by")

    def excess(variance: float) -> float:
        weights = 1 / (variance + error**2)
        return float((weights * residual(weights) ** 2).sum()) - over

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float((residual(np.ones(error.size)) ** 2).sum() / over)
    while excess(high) > 0:
        low, high = high, 2 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
        if high - low <= NEAR * high:
            break
    return high
