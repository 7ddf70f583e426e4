"""Holm's correction: p values that allow for several questions having been asked."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.class_calibration import Floats


def holm(p: ArrayLike) -> Floats:
    """Adjust p values so that the chance of one false finding among all stays at the level.

    Args:
        p: Shape (k,), each from 0 to 1; perhaps none.

    Returns:
        The adjusted values in the same order, shape (k,).

    Raises:
        DataError: A value is not between 0 and 1.

    Source:
        Holm (1979), Scand. J. Stat. 6: 65-70. Agrees with ``p.adjust(method = "holm")`` of R.
    """
    values = np.asarray(p, dtype=float)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise DataError("p values to be adjusted must be a list of numbers from 0 to 1")
    order = np.argsort(values)
    steps = values[order] * np.arange(values.size, 0, -1)
    adjusted = np.empty(values.size)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
