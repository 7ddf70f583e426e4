"""Silences that are too long to be chance, in days on which something happens or does not."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError

FEWEST_DAYS = 10  # on which something happened: fewer do not tell how often it usually does


def long_silences(days: ArrayLike, *, last: int, level: float = 0.001) -> list[tuple[int, int]]:
    """Find stretches without anything that are too long to be chance.

    Each day is taken for the throw of a coin: something happens or does not, as often as on the
    days outside the stretches that are found. What comes at regular distances, such as a weekly
    paper, is more even than coins are; for it the answer errs towards silence being usual.

    Args:
        days: The days on which something happened, counted from 0; any order, may repeat.
        last: The last day looked at; the stretches before the first and after the last of
            ``days`` count too.
        level: How likely a stretch as long as this may be, among all stretches, and still count as
            too long for chance.

    Returns:
        First and last day of each silence, in order. None where something happened on fewer than
        ten days, which do not tell what is usual.

    Raises:
        DataError: A day lies outside 0 to ``last``.

    Source:
        The longest run of failures: Feller (1968), An Introduction to Probability Theory, XIII.7;
        here by the bound of Šidák over the stretches.
    """
    known = np.unique(np.asarray(days, dtype=np.int64))
    if len(known) and (known[0] < 0 or known[-1] > last):
        raise DataError(f"days must lie between 0 and {last}, got {known[0]} to {known[-1]}")
    if len(known) < FEWEST_DAYS:
        return []
    edges = np.concatenate(([-1], known, [last + 1]))
    lengths = np.diff(edges) - 1
    silent = np.zeros(len(lengths), dtype=bool)
    while True:
        awake = last + 1 - int(lengths[silent].sum())
        quiet = 1 - len(known) / awake
        chance = -np.expm1(len(lengths) * np.log1p(-np.minimum(quiet**lengths, 1 - 1e-12)))
        found = (chance < level) & (lengths > 0)
        if (found == silent).all() or not (found & ~silent).any():
            break
        silent |= found
    return [(int(edges[k]) + 1, int(edges[k + 1]) - 1) for k in np.flatnonzero(silent)]
