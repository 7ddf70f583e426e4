"""Change of treated places beyond a mix of others, in periods that were alike: no common level."""

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.stats.simplex_weights import Floats

Kind = Literal["synthetic difference", "synthetic control", "plain difference"]
STEPS_FIRST, STEPS = 100, 10_000  # of each search: to see which weights matter, and then
STOP = 1e-5  # of the noise: a step that gains less than its square is the last
LITTLE = 1e-6  # of the noise: how much the weights of periods, or of a control, are evened out
MOST_PLACEBOS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticDifference:
    """The change of treated places beyond others, and what was weighted how."""

    value: float
    places: Floats  # weights of the others
    periods: Floats  # weights of the periods before the start


def synthetic_difference(
    treated: ArrayLike, others: ArrayLike, *, before: int, kind: Kind = "synthetic difference"
) -> SyntheticDifference:
    """Estimate by how much treated places changed beyond a mix of others.

    Others are weighted so that they ran parallel to the treated places before the start (their
    level may differ), and periods before the start so that they foretell those after it.

    Args:
        treated: The outcome of the treated places, shape (treated, periods).
        others: The same of places without the engagement, shape (places, periods), no NaN.
        before: How many of the periods, the first ones, lie before the start.
        kind: ``"synthetic difference"``: as above. ``"synthetic control"``: the level must be
            met too, and periods do not count. ``"plain difference"``: all count alike.

    Returns:
        The change with its weights. It tells nothing of chance: see ``placebo_differences``.

    Raises:
        DataError: Shapes differ, a value is missing, fewer than two others, or fewer than two
            periods before the start or none after.

    Source:
        Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), Am. Econ. Rev. 111: 4088-4118,
        with the steps of Frank & Wolfe and the stopping rule of R's ``synthdid``, on which the
        published figures rest beyond their third digit.
    """
    own, rest = _checked(treated, others, before=before)
    target, ahead = own.mean(axis=0), rest[:, before:].mean(axis=1)
    count, length = len(rest), before
    places: Floats = np.full(count, 1 / count)
    periods: Floats = np.full(length, 1 / length)
    if kind == "plain difference":
        return _difference(target, rest, places=places, periods=periods)
    noise = float(np.diff(rest[:, :before], axis=1).std(ddof=1))
    if kind == "synthetic control":
        places = _weights(rest[:, :before].T, target[:before], even=LITTLE * noise, noise=noise)
        return _difference(target, rest, places=places, periods=np.zeros(length))
    even = (len(own) * (own.shape[1] - before)) ** 0.25 * noise
    periods = _weights(rest[:, :before], ahead, even=LITTLE * noise, noise=noise, parallel=True)
    places = _weights(rest[:, :before].T, target[:before], even=even, noise=noise, parallel=True)
    return _difference(target, rest, places=places, periods=periods)


def placebo_differences(
    others: ArrayLike, *, before: int, many: int = 1, kind: Kind = "synthetic difference"
) -> Floats:
    """Take untreated places in turn for treated ones, and give the change each time.

    Args:
        others: Places without the engagement, shape (places, periods), no NaN.
        before: How many of the periods, the first ones, lie before the start.
        many: How many places are taken at a time: as many as were truly treated.
        kind: As ``synthetic_difference``.

    Returns:
        The change of every choice of so many places, or of 200 choices drawn at random, always
        the same ones, where there are more.

    Raises:
        DataError: As ``synthetic_difference``, or too few places to leave two for comparison.
    """
    table = np.asarray(others, dtype=float)
    if table.ndim != 2 or len(table) < many + 2 or many < 1:
        raise DataError(f"cannot tell: {many + 2} untreated places are needed at least")
    if comb(len(table), many) <= MOST_PLACEBOS:
        choices = [list(one) for one in combinations(range(len(table)), many)]
    else:
        rng = np.random.default_rng(MOST_PLACEBOS)
        choices = [list(rng.choice(len(table), many, replace=False)) for _ in range(MOST_PLACEBOS)]
    return np.array(
        [
            synthetic_difference(
                table[one], np.delete(table, one, axis=0), before=before, kind=kind
            ).value
            for one in choices
        ]
    )


def left_out_differences(treated: ArrayLike, others: ArrayLike, *, before: int) -> Floats:
    """Give the change of treated places beyond a mix without each of the others in turn.

    Beside the placebo change of the same place it is told by the same remaining places. Beside the
    whole list, the treated place would have one more to be mixed from, and in studies without any
    change it then comes first of 8 in 17 %, where 12.5 % is right (with this, in 12 %).

    Args:
        treated: As ``synthetic_difference``.
        others: As ``synthetic_difference``, three places or more.
        before: As ``synthetic_difference``.

    Returns:
        Shape (others,).

    Raises:
        DataError: As ``synthetic_difference``.

    Source:
        Both places left out as in Lei & Sudhof (2024), arXiv 2401.07152.
    """
    rest = np.asarray(others, dtype=float)
    return np.array(
        [
            synthetic_difference(treated, np.delete(rest, one, axis=0), before=before).value
            for one in range(len(rest))
        ]
    )


def _difference(
    target: Floats, rest: Floats, *, places: Floats, periods: Floats
) -> SyntheticDifference:
    gap = target - places @ rest
    before = len(periods)
    value = float(gap[before:].mean() - periods @ gap[:before])
    return SyntheticDifference(value=value, places=places, periods=periods)


def _weights(
    rows: Floats, wanted: Floats, *, even: float, noise: float, parallel: bool = False
) -> Floats:
    """Mix columns so that they come near what is wanted; `parallel` leaves the level open."""
    if parallel:
        rows, wanted = rows - rows.mean(axis=0), wanted - wanted.mean()
    start = np.full(rows.shape[1], 1 / rows.shape[1])
    search = {"ridge": len(rows) * even**2, "least": len(rows) * (STOP * noise) ** 2}
    first = _frank_wolfe(rows, wanted, start, steps=STEPS_FIRST, **search)
    first = np.where(first > first.max() / 4, first, 0.0)
    return _frank_wolfe(rows, wanted, first / first.sum(), steps=STEPS, **search)


def _frank_wolfe(
    rows: Floats, wanted: Floats, weights: Floats, *, ridge: float, least: float, steps: int
) -> Floats:
    """Step towards the best single column again and again, until two steps gain too little."""
    products = rows.T @ rows
    slope = products @ weights - rows.T @ wanted + ridge * weights
    first = True
    for _ in range(steps):
        best = int(slope.argmin())
        towards = -weights
        towards[best] += 1.0
        moved = products @ towards + ridge * towards
        bend, gain = float(towards @ moved), -float(slope @ towards)
        size = min(1.0, max(0.0, gain / bend)) if bend > 0 else 0.0
        weights = weights + size * towards
        slope = slope + size * moved
        if 2 * size * gain - size**2 * bend <= least and not first:
            break
        first = False
    return weights


def _checked(treated: ArrayLike, others: ArrayLike, *, before: int) -> tuple[Floats, Floats]:
    own, rest = np.asarray(treated, dtype=float), np.asarray(others, dtype=float)
    if own.ndim != 2 or rest.ndim != 2 or own.shape[1] != rest.shape[1] or not len(own):
        raise DataError(f"a row of periods for each place is needed, got {own.shape}, {rest.shape}")
    if len(rest) < 2:
        raise DataError("cannot tell: two places without the engagement are needed for a mix")
    if not 2 <= before < own.shape[1]:
        raise DataError(
            f"two periods before the start and one after are needed, got {before} before and "
            f"{own.shape[1] - before} after"
        )
    if not (np.isfinite(own).all() and np.isfinite(rest).all()):
        raise DataError("a value is not a number; leave that place or period out and say so")
    return own, rest
