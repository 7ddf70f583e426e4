"""Test of one change at an unknown time: do values lie higher or lower from some time on?"""

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError

DRAWS = 4_999
_AT_ONCE = 2_000_000  # numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """The likeliest time of a change, and how often chance alone would show as clear a one."""

    time: float  # the first time after the change; NaN where nothing ever changes
    before: float  # mean
    after: float  # mean
    p: float


def change_point(
    times: ArrayLike, values: ArrayLike, *, draws: int = DRAWS, seed: int = 1
) -> ChangePoint:
    """Find from which time on values differ from those before, and test that they do at all.

    Nothing is assumed of the values: they are dealt out anew to the same times, again and again.
    With few values, or one odd one among many, nothing can seem certain. A slow change is found as
    well as a sudden one. As the time is chosen for the difference, the two means lie
    somewhat farther apart than they are in truth.

    Args:
        times: When each value arose, shape (n,); only their order counts.
        values: Shape (n,).
        draws: How often values are dealt out.
        seed: Of the dealing; the same seed gives the same p.

    Returns:
        The change with a p (two-sided); p is 1 where times or values never differ.

    Raises:
        DataError: The shapes differ, there is none, a number is missing, or fewer than 99 draws.

    Source:
        The greatest sum of deviations from the mean up to any time: Page (1954), Biometrika 41:
        100-115; Pettitt (1979), Applied Statistics 28: 126-135, with ranks. Here by permutation:
        Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9: 39.
    """
    when, what = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    if when.ndim != 1 or when.shape != what.shape or not when.size:
        raise DataError(f"one value a time is needed, got {when.shape} and {what.shape}")
    if not (np.isfinite(when).all() and np.isfinite(what).all()):
        raise DataError("a time or a value is missing; leave it out and say so")
    if draws < 99:
        raise DataError(f"a permutation test needs 99 draws or more, got {draws}")
    order = np.argsort(when, kind="stable")
    when, what = when[order], what[order]
    ends = np.flatnonzero(np.diff(when) > 0)  # values of one time stay together
    if not ends.size or np.ptp(what) == 0:
        return ChangePoint(time=nan, before=float(what.mean()), after=float(what.mean()), p=1.0)
    away = what - what.mean()
    sums = np.abs(np.cumsum(away)[ends])
    last = int(ends[sums.argmax()])
    return ChangePoint(
        time=float(when[last + 1]),
        before=float(what[: last + 1].mean()),
        after=float(what[last + 1 :].mean()),
        p=_p(away, ends, observed=float(sums.max()), draws=draws, rng=np.random.default_rng(seed)),
    )


def _p(
    away: np.ndarray, ends: np.ndarray, *, observed: float, draws: int, rng: np.random.Generator
) -> float:
    tolerance = 1e-9 * float(np.abs(away).sum())
    step, as_far = max(1, _AT_ONCE // away.size), 0
    for start in range(0, draws, step):
        dealt = rng.permuted(np.tile(away, (min(step, draws - start), 1)), axis=1)
        most = np.abs(np.cumsum(dealt, axis=1)[:, ends]).max(axis=1)
        as_far += int((most >= observed - tolerance).sum())
    return (1 + as_far) / (1 + draws)
