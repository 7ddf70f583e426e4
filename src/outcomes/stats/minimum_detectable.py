"""How often a comparison of places would find a change of a given size, and the smallest it can."""

from dataclasses import dataclass
from math import comb, inf

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.permutation import SEED, assignments

Floats = NDArray[np.float64]
WANTED = 0.8  # the usual power at which a change counts as detectable
MOST_WAYS = 2_000  # assignments up to which all are tried in every simulated study
DRAWS = 1_999


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerCurve:
    """The share of simulated studies that find a change, by its size."""

    effects: Floats  # sizes, rising from 0
    power: Floats  # share of studies that find it
    low: Floats  # what the number of simulated studies leaves open (Wilson, 95 %)
    high: Floats
    runs: int


def found_by_test(
    changes: ArrayLike, treated: ArrayLike, *, level: float = 0.95, swapping: bool = True
) -> NDArray[np.bool_]:
    """Say which studies find a difference, by the rule that ``collapsed_change`` is read by.

    Args:
        changes: After minus before, shape (studies, g).
        treated: Which places are treated, shape (g,).
        level: Confidence level.
        swapping: Whether, beside the t(g-2) interval, the permutation p must agree.

    Returns:
        Shape (studies,). Where there are more than ``MOST_WAYS`` assignments, the permutation is
        by ``DRAWS`` of them, the same ones for every study.

    Raises:
        DataError: The shapes differ, fewer than three places, or one kind is missing.
    """
    values, chosen = np.asarray(changes, dtype=float), np.asarray(treated, dtype=bool)
    if values.ndim != 2 or chosen.shape != values.shape[1:]:
        raise DataError(f"one change a place is needed, got {values.shape} and {chosen.shape}")
    k, rest = int(chosen.sum()), int((~chosen).sum())
    if k < 1 or rest < 1 or k + rest < 3:
        raise DataError(f"three places or more of two kinds are needed, got {k} and {rest}")
    one, other = values[:, chosen], values[:, ~chosen]
    difference = np.abs(one.mean(axis=1) - other.mean(axis=1))
    squares = one.var(axis=1) * k + other.var(axis=1) * rest
    margin = stats.t.ppf((1 + level) / 2, k + rest - 2)
    found = difference > margin * np.sqrt(squares / (k + rest - 2) * (1 / k + 1 / rest))
    if swapping and found.any():
        ways, listed = _ways(k, rest)
        found[found] = _permuted(values[found], difference[found], ways=ways, listed=listed) <= (
            1 - level + 1e-9
        )
    return np.asarray(found, dtype=bool)


def power_curve(
    changes: ArrayLike,
    treated: ArrayLike,
    *,
    effects: ArrayLike,
    periods: int = 0,
    level: float = 0.95,
    swapping: bool = True,
    seed: int = SEED,
) -> PowerCurve:
    """Add changes of rising size to simulated studies, and count how many are found.

    Args:
        changes: Of studies in which nothing is done, shape (studies, g).
        treated: Which places are treated, shape (g,).
        effects: Sizes of the change, from 0 up, shape (e,), in the unit of ``changes``.
        periods: For counts, the number of periods after the start: what is added is then itself
            a count of that many periods. 0 for other outcomes.
        level: As for ``found_by_test``.
        swapping: As for ``found_by_test``.
        seed: Of what is added to counts.

    Raises:
        DataError: The sizes do not rise from 0 or more, or as for ``found_by_test``.
    """
    values, sizes = np.asarray(changes, dtype=float).copy(), np.asarray(effects, dtype=float)
    chosen = np.asarray(treated, dtype=bool)
    if sizes.ndim != 1 or not sizes.size or sizes[0] < 0 or (np.diff(sizes) <= 0).any():
        raise DataError("the sizes of the change must rise, from 0 or more")
    rng = np.random.default_rng(seed)
    share = np.empty(sizes.size)
    shape = (len(values), int(chosen.sum()))
    for at, step in enumerate(np.diff(sizes, prepend=0.0)):
        more = rng.poisson(step * periods, shape) / periods if periods else step
        values[:, chosen] += more
        share[at] = found_by_test(values, chosen, level=level, swapping=swapping).mean()
    return curve_of_shares(sizes, share, runs=len(values))


def curve_of_shares(effects: ArrayLike, shares: ArrayLike, *, runs: int) -> PowerCurve:
    """Put the shares of studies that find changes of rising size together, with their limits.

    Args:
        effects: Sizes of the change, shape (e,).
        shares: The share of the studies that find each, shape (e,).
        runs: How many studies there are.
    """
    share = np.asarray(shares, dtype=float)
    low, high = _wilson(share, runs)
    sizes = np.asarray(effects, dtype=float)
    return PowerCurve(effects=sizes, power=share, low=low, high=high, runs=runs)


def minimum_detectable(effects: ArrayLike, power: ArrayLike, *, wanted: float = WANTED) -> float:
    """Find the smallest size that is found in the wanted share of studies.

    Args:
        effects: Rising sizes, shape (e,).
        power: The share of studies that find each, shape (e,).
        wanted: The share wanted.

    Returns:
        The size, between two sizes by a straight line; infinite where none reaches it.

    Source:
        Bloom (1995), Evaluation Review 19: 547-556.
    """
    sizes = np.asarray(effects, dtype=float)
    reached = np.maximum.accumulate(np.asarray(power, dtype=float))
    above = np.flatnonzero(reached >= wanted)
    if not above.size:
        return inf
    at = int(above[0])
    if at == 0:
        return float(sizes[0])
    part = (wanted - reached[at - 1]) / (reached[at] - reached[at - 1])
    return float(sizes[at - 1] + part * (sizes[at] - sizes[at - 1]))


def _ways(treated: int, untreated: int) -> tuple[Floats, bool]:
    """Give the assignments as weights that turn changes into differences, shape (g, ways)."""
    g = treated + untreated
    listed = comb(g, treated) <= MOST_WAYS
    if listed:
        chosen = assignments(treated=treated, untreated=untreated)
    else:
        rng = np.random.default_rng(SEED)
        chosen = np.argsort(rng.random((DRAWS, g)), axis=1)[:, :treated]
    weights = np.full((len(chosen), g), -1 / untreated)
    np.put_along_axis(weights, chosen, 1 / treated, axis=1)
    return weights.T, listed


def _permuted(values: Floats, difference: Floats, *, ways: Floats, listed: bool) -> Floats:
    tie = 1e-9 * np.abs(values).max(axis=1) + 1e-12
    as_far = (np.abs(values @ ways) >= (difference - tie)[:, None]).sum(axis=1)
    p: Floats = as_far / ways.shape[1] if listed else (1 + as_far) / (1 + ways.shape[1])
    return p


def _wilson(share: Floats, n: int) -> tuple[Floats, Floats]:
    z = float(stats.norm.ppf(0.975))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return np.clip(middle - margin, 0, 1), np.clip(middle + margin, 0, 1)
