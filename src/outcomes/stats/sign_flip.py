"""Paired permutation test: could these differences as well have had the other sign?"""

from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError

MOST = 16  # pairs up to which all signs are tried
DRAWS = 19_999
SEED = 1935  # the same differences must give the same p


def sign_flip_p(differences: ArrayLike) -> float:
    """Say how often chance alone would move the mean of paired differences as far (two-sided).

    If the two sides of each pair are interchangeable, every difference could as well have had the
    other sign. Up to ``MOST`` pairs all signs are tried; beyond, ``DRAWS`` are drawn, always the
    same ones for as many pairs. The true ones count too, so the answer is never zero.

    Args:
        differences: Shape (n,), no NaN.

    Returns:
        The p, above 0 and at most 1; 1 where there is no pair or no difference.

    Raises:
        DataError: A difference is not a number.

    Source:
        Fisher (1935), The Design of Experiments, ch. 3. Agrees with
        ``scipy.stats.permutation_test(permutation_type="samples")``.
    """
    values = np.asarray(differences, dtype=float)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise DataError("paired differences must be a list of numbers")
    if not values.size or not np.abs(values).max() > 0:
        return 1.0
    exact = values.size <= MOST
    signs = _listed(values.size) if exact else _drawn(values.size)
    means = np.abs(signs @ values)
    as_far = means >= abs(values.sum()) - 1e-9 * float(np.abs(values).max())
    return float(as_far.mean() if exact else (1 + as_far.sum()) / (1 + DRAWS))


def _listed(n: int) -> np.ndarray:
    return np.array(list(product((-1.0, 1.0), repeat=n)))


def _drawn(n: int) -> np.ndarray:
    rng = np.random.default_rng([SEED, n])
    return np.where(rng.random((DRAWS, n)) < 0.5, -1.0, 1.0)
