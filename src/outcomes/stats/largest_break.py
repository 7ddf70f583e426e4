"""Where does a series break most: at the start that was told, or elsewhere?"""

from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import Floats, ar1_errors, ar1_likelihoods

DRAWS = 499  # series without a break that tell how large a break chance makes
EDGE = 4  # periods at either end within which no break is looked for
MOST = 60  # times that are tried; every second or third one in long series
SEED = 1960


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestBreak:
    """The time from which on level and slope differ most, and whether chance shows as much."""

    time: float  # the first time after the break
    p: float  # of the largest break anywhere, allowing for the choice of its time


def largest_break(
    values: Floats, columns: Floats, *, times: Floats, phi: float, draws: int = DRAWS
) -> LargestBreak:
    """Look for the largest change of level and slope at any time of a series.

    A test that supposes independent values (as ``change_point`` does) finds breaks in every series
    whose periods hang together, so that the errors' correlation is part of this one. A start that
    was picked because the series broke there has this p, not that of a start told in advance.

    Args:
        values: One a period, shape (n,).
        columns: What the series follows without a break (trend, season), shape (n, m).
        times: Whole numbers that rise, shape (n,).
        phi: Of the errors, to simulate series without a break.
        draws: How many of them.

    Returns:
        The time with its p, which is never zero.

    Raises:
        DataError: The series is shorter than 12 periods.

    Source:
        Andrews (1993), Econometrica 61: 821-856, here with simulated critical values, and the
        likelihood of AR(1) errors. On starts chosen from the data: Hansen (2001), J. Econ.
        Perspect. 15: 117-128.
    """
    n = len(values)
    if n < 3 * EDGE:
        raise DataError(f"a break is looked for in {3 * EDGE} periods or more, got {n}")
    step = -(-(n - 2 * EDGE + 1) // MOST)
    tried = range(EDGE, n - EDGE + 1, step)
    errors = ar1_errors(times, phi=phi, many=draws, rng=np.random.default_rng(SEED))
    series = np.column_stack([values, errors])
    without = ar1_likelihoods(series, columns, times=times)
    gains = np.array(
        [ar1_likelihoods(series, _broken(columns, times, at), times=times) for at in tried]
    )
    largest = gains.max(axis=0) - without
    as_large = int((largest[1:] >= largest[0] - 1e-9).sum())
    return LargestBreak(
        time=float(times[tried[int(gains[:, 0].argmax())]]), p=(1 + as_large) / (1 + draws)
    )


def _broken(columns: Floats, times: Floats, at: int) -> Floats:
    after = np.arange(len(times)) >= at
    return np.column_stack([columns, after, (times - times[at] + 1) * after])
