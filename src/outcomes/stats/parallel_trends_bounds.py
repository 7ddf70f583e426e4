"""What is left of a change if places would not have moved alike: bounds by relative magnitude."""

from dataclasses import dataclass
from itertools import combinations
from math import comb, inf, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from outcomes.errors import DataError
from outcomes.stats.drift_bounds import largest_multiple

Floats = NDArray[np.float64]
FIRST_STAGE = 0.1  # share of alpha spent on the least favorable test, as the authors advise
DRAWS = 10_000  # of the least favorable critical value
SEED = 2023  # the same numbers must give the same bounds
GRID, FINE = 601, 65  # values tried in a first pass, and between two of them
WIDENED = 6  # times that a pass is widened in search of a bound
MOST_CORNERS = 20_000  # of the dual, beyond which periods should be joined into blocks
TINY = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTimes:
    """Event-study coefficients around a start; the last period before it is 0 by definition."""

    values: Floats  # shape (k,): those before the start, then those after it, in order of time
    covariance: Floats  # shape (k, k)
    before: int  # how many lie before the start, without the period that is 0
    weights: Floats  # shape (k - before,): the average of those after the start in question


def event_times(
    values: ArrayLike, covariance: ArrayLike, *, before: int, weights: ArrayLike | None = None
) -> EventTimes:
    """Check event-study coefficients.

    Args:
        values: Coefficients before and after the start, shape (k,), without the period that is 0.
        covariance: Of them, shape (k, k).
        before: How many lie before the start.
        weights: Of those after the start in the change asked for; the first one alone if omitted.

    Raises:
        DataError: Shapes differ, a number is missing, the covariance is not that of k numbers
            which vary, or none lies on one of the sides.
    """
    numbers, spread = np.asarray(values, dtype=float), np.asarray(covariance, dtype=float)
    k = numbers.size
    if numbers.ndim != 1 or spread.shape != (k, k) or not 0 < before < k:
        raise DataError(
            "coefficients before and after the start and their covariance are needed, got shapes "
            f"{numbers.shape} and {spread.shape} with {before} before"
        )
    first = np.eye(k - before)[0]
    weight = first if weights is None else np.asarray(weights, dtype=float)
    if weight.shape != (k - before,) or not weight.any():
        raise DataError(f"{k - before} weights are needed, not all 0, got {weight.shape}")
    if not (np.isfinite(numbers).all() and np.isfinite(spread).all()):
        raise DataError("a coefficient or its covariance is not a number")
    if not np.allclose(spread, spread.T) or np.linalg.eigvalsh(spread)[0] <= 0:
        raise DataError("the covariance must be symmetric and leave each coefficient free to vary")
    return EventTimes(values=numbers, covariance=spread, before=before, weights=weight)


def relative_magnitude_bounds(
    times: EventTimes, *, most: float, level: float = 0.95
) -> tuple[float, float]:
    """Bound a change if places moved apart after the start no faster than some times before it.

    Args:
        times: Coefficients by time since the start, from many places: their errors are taken as
            normal. For a few places see ``drift_bounds``.
        most: How many times the largest step between two periods before the start (beyond the
            other places) a step after it may be; 0: places would have moved alike.
        level: Confidence level.

    Raises:
        DataError: ``most`` is negative, or there are too many periods after the start.

    Source:
        Rambachan & Roth (2023), Rev. Econ. Stud. 90: 2555-2591, the set of relative magnitudes;
        test: Andrews, Roth & Pakes (2023), Rev. Econ. Stud. 90: 2763-2791, hybrid of the
        conditional and the least favorable test. Agrees with R's HonestDiD but for its grid and
        its draws.
    """
    if not most >= 0:
        raise DataError(f"how many times must be 0 or more, got {most}")
    after = times.weights @ times.values[times.before :]
    se = sqrt(times.weights @ times.covariance[times.before :, times.before :] @ times.weights)
    margin = float(norm.ppf((1 + level) / 2)) * se
    if most == 0:
        return float(after - margin), float(after + margin)
    far = np.cumsum(np.abs(times.weights[::-1])).sum()  # how often each step after it counts
    reach = 6 * margin + most * far * float(np.abs(_earlier_steps(times) @ times.values).max())
    bounds = [
        _accepted(problem, around=float(after), reach=reach, level=level)
        for problem in _problems(times, most=most)
    ]
    found = [one for one in bounds if one is not None]
    return min(low for low, _ in found), max(high for _, high in found)


def largest_relative_magnitude(times: EventTimes, *, level: float = 0.95) -> float:
    """Say up to how many times the earlier steps the interval still leaves out zero.

    Returns:
        The largest such number, to about 0.01: 0 where the interval holds zero at once, ``MOST``
        where it never does.
    """
    low, high = relative_magnitude_bounds(times, most=0, level=level)
    if low <= 0 <= high:
        return 0.0

    def leaves_out(most: float) -> bool:
        problems = _problems(times, most=most)
        return not any(_keeps(one, np.zeros(1), level=level)[0] for one in problems)

    return largest_multiple(leaves_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """Moments that must not be positive, for one largest earlier step and its sign."""

    fixed: Floats  # shape (K,): the moments where the change is 0
    slope: Floats  # shape (K,): how they fall with the change
    spread: Floats  # shape (K, K)
    corners: Floats  # shape (V, K): of the dual; the test looks at their largest


def _problems(times: EventTimes, *, most: float) -> list[_Problem]:
    k, before = times.values.size, times.before
    after = k - before
    if comb(2 * after, after) > MOST_CORNERS:
        raise DataError(f"{after} periods after the start are too many; join them into blocks")
    earlier, later = _earlier_steps(times), np.diff(np.eye(k), axis=0)[before - 1 :]
    later[0] = np.eye(k)[before]  # from the period that is 0
    turn = np.vstack([times.weights, _rest_of_basis(times.weights)])
    back = np.linalg.inv(turn)
    found = []
    for largest in earlier:
        for sign in (1, -1):
            rows = np.vstack([later, -later]) - most * sign * largest
            load = rows[:, before:] @ back
            spread = rows @ times.covariance @ rows.T
            corners = _corners(load[:, 1:], np.sqrt(np.diag(spread)))
            found.append(
                _Problem(
                    fixed=rows @ times.values, slope=load[:, 0], spread=spread, corners=corners
                )
            )
    return found


def _earlier_steps(times: EventTimes) -> Floats:
    """Lay out the steps between periods before the start; the last one goes to the 0."""
    steps = np.diff(np.eye(times.values.size), axis=0)[: times.before - 1]
    last = -np.eye(times.values.size)[times.before - 1]
    return np.vstack([steps, last])


def _rest_of_basis(weights: Floats) -> Floats:
    """Complete the weights to as many independent rows as there are periods."""
    keep = np.arange(weights.size) != int(np.abs(weights).argmax())
    rows: Floats = np.eye(weights.size)[keep]
    return rows


def _corners(loads: Floats, sd: Floats) -> Floats:
    """List the corners of {v >= 0: v'sd = 1, v'loads = 0}, which the changes left free allow."""
    count, free = loads.shape
    equations = np.column_stack([sd, loads]).T
    right = np.eye(free + 1)[0]
    found = []
    for chosen in combinations(range(count), free + 1):
        square = equations[:, chosen]
        if np.linalg.matrix_rank(square) < free + 1:
            continue
        part = np.linalg.solve(square, right)
        if part.min() >= -TINY:
            corner = np.zeros(count)
            corner[list(chosen)] = part.clip(min=0)
            found.append(corner)
    return np.unique(np.round(np.array(found), 12), axis=0)


def _keeps(problem: _Problem, changes: Floats, *, level: float) -> NDArray[np.bool_]:
    """Say which values of the change the hybrid test does not reject, shape (n,)."""
    alpha = 1 - level
    first = FIRST_STAGE * alpha
    draws = np.random.default_rng(SEED).multivariate_normal(
        np.zeros(len(problem.fixed)), problem.spread, size=DRAWS, method="svd"
    )
    ceiling = float(np.quantile((draws @ problem.corners.T).max(axis=1), 1 - first))
    size = (alpha - first) / (1 - first)
    moments = problem.fixed[:, None] - problem.slope[:, None] * changes
    sums = problem.corners @ moments
    highest, at = sums.max(axis=0), sums.argmax(axis=0)
    kept = highest <= ceiling
    for corner in np.unique(at[kept]):
        here = kept & (at == corner)
        limits = _critical_values(
            problem, moments[:, here], corner=corner, ceiling=ceiling, size=size
        )
        kept[here] = highest[here] <= limits
    return np.asarray(kept)


def _critical_values(
    problem: _Problem, moments: Floats, *, corner: int, ceiling: float, size: float
) -> Floats:
    """Give the conditional critical values, shape (n,), where this corner has the largest sum."""
    weight = problem.corners[corner]
    variance = float(weight @ problem.spread @ weight)
    if variance <= TINY * float(np.diag(problem.spread).max()):
        return np.zeros(moments.shape[1])
    share = problem.spread @ weight / variance
    rest = problem.corners @ (moments - share[:, None] * (weight @ moments))
    room = 1 - problem.corners @ share
    more, less = room > TINY, room < -TINY
    low = np.max(rest[more] / room[more][:, None], axis=0, initial=-inf)
    high = np.min(rest[less] / room[less][:, None], axis=0, initial=ceiling)
    sd = sqrt(variance)
    return np.asarray(np.clip(sd * _upper_point(low / sd, high / sd, size=size), 0, None))


def _upper_point(low: Floats, high: Floats, *, size: float) -> Floats:
    """Give what a normal number between two limits exceeds with probability ``size``."""
    beyond = (1 - size) * ndtr(-high) + size * ndtr(-low)  # upper tails keep their digits
    return np.asarray(np.clip(-ndtri(beyond), low, np.maximum(low, high)))


def _accepted(
    problem: _Problem, *, around: float, reach: float, level: float
) -> tuple[float, float] | None:
    """Find the least and the largest change that are not rejected; None where all are."""
    low, high = around - reach, around + reach
    for _ in range(WIDENED):
        tried = np.linspace(low, high, GRID)
        kept = np.flatnonzero(_keeps(problem, tried, level=level))
        if not kept.size:
            return None
        first, last = int(kept[0]), int(kept[-1])
        if first > 0 and last < GRID - 1:
            left = np.linspace(tried[first - 1], tried[first], FINE)
            right = np.linspace(tried[last], tried[last + 1], FINE)
            return (
                float(left[_keeps(problem, left, level=level)][0]),
                float(right[_keeps(problem, right, level=level)][-1]),
            )
        low, high = low - 2 * reach, high + 2 * reach
        reach *= 3
    raise DataError("no bound was found: the errors are too large for the steps before the start")
