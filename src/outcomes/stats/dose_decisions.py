"""Many studies of doses, judged at once as one of them is judged by itself."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.path_arrangements import Floats
from outcomes.stats.swapped_studies import swapped_p, swaps
from outcomes.stats.two_way_effects import COLLINEAR


def found_by_dose(values: Floats, paths: ArrayLike, *, level: float = 0.95) -> NDArray[np.bool_]:
    """Say which studies find that the outcome goes with the dose, by swapping whole paths.

    Args:
        values: The outcome, shape (studies, places, periods); no NaN.
        paths: The dose of each place and period, the same in all studies, shape (places, periods).
        level: Confidence level.

    Returns:
        Shape (studies,).

    Raises:
        DataError: The doses are the same in all places, or never change within one.

    Source:
        As ``path_test``, for every place and period observed and alike in weight.
    """
    dose = np.asarray(paths, dtype=float)
    rows, member = np.unique(dose, axis=0, return_inverse=True)
    left = dose - dose.mean(axis=1, keepdims=True)
    left = left - left.mean(axis=0)
    if (left**2).sum() <= COLLINEAR**2 * ((dose - dose.mean()) ** 2).sum():
        raise DataError(
            "cannot tell: the doses are the same in all places, or never change within a place, "
            "so that nothing is left to compare"
        )
    kinds = rows - rows.mean(axis=1, keepdims=True)
    own = values - values.mean(axis=1, keepdims=True)
    as_if = (own @ kinds.T).reshape(len(values), -1)
    places = np.arange(len(dose))
    observed = as_if.reshape(len(values), len(dose), -1)[:, places, member.ravel()].sum(axis=1)
    p = swapped_p(observed, as_if, arrangements=swaps(member.ravel()))
    return np.asarray(p <= 1 - level + 1e-9, dtype=bool)


def dose_slopes(values: Floats, paths: ArrayLike) -> Floats:
    """Give the slope on the dose within places and periods of each study, shape (studies,)."""
    left = np.asarray(paths, dtype=float)
    left = left - left.mean(axis=1, keepdims=True)
    left = left - left.mean(axis=0)
    slopes: Floats = (values * left).sum(axis=(1, 2)) / (left**2).sum()
    return slopes
