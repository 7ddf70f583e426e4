"""How an outcome moves by itself among places and months: learned from the past, then simulated."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError

Floats = NDArray[np.float64]
FEWEST_PERIODS = 4
MOST_SERIAL = 0.9  # a correlation from month to month above this cannot be learned from few months


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSpread:
    """How an outcome moves by itself, in the unit of the outcome."""

    means: Floats  # of each past place
    spread: float  # standard deviation of a month within a place, shared months taken away
    serial: float  # correlation of a month with the next, within a place
    counts: bool  # whether it is a count, so that chance alone spreads it as a Poisson does
    latent: float  # for counts: standard deviation of what moves their rate, on the log scale
    latent_serial: float  # and its correlation from month to month
    shared: float  # for counts: the same of what moves all places alike in a month
    periods: int


def place_spread(past: ArrayLike, *, counts: bool) -> PlaceSpread:
    """Learn from the past of several places how an outcome moves when nothing is done.

    Args:
        past: A row a place, a column a period before any start, shape (G, T); periods that some
            place did not report are left out.
        counts: Whether the outcome is a count.

    Raises:
        DataError: Fewer than two places or four periods that all places reported, a negative
            count, or an outcome that does not move.

    Source:
        Moments of an AR(1) within places after place and period means; the correlation is set
        right for short series as in Nickell (1981), Econometrica 49: 1417-1426. Counts: a
        Poisson whose log rate moves as an AR(1) (Zeger 1988, Biometrika 75: 621-629).
    """
    grid = np.asarray(past, dtype=float)
    if grid.ndim == 2:
        grid = grid[:, np.isfinite(grid).all(axis=0)]
    if grid.ndim != 2 or grid.shape[0] < 2 or grid.shape[1] < FEWEST_PERIODS:
        raise DataError(
            "cannot tell: the spread is learned from two places or more over four periods or more "
            f"before the start, each reported by every place, and there are {grid.shape}"
        )
    if counts and (grid < 0).any():
        raise DataError("a count cannot be negative")
    places, periods = grid.shape
    means = grid.mean(axis=1)
    left = grid - means[:, None] - grid.mean(axis=0) + grid.mean()
    if np.abs(left).max() <= 1e-9 * max(1.0, float(np.abs(grid).max())):
        raise DataError("cannot tell: the outcome did not move by itself before the start")
    serial = _serial(left)
    variance = float((left**2).sum()) / ((places - 1) * _kept(serial, periods))
    extra = max(variance - float(means.mean()), 0.0) if counts else 0.0
    square = float((means**2).mean()) if counts else 1.0
    return PlaceSpread(
        means=means,
        spread=float(np.sqrt(variance)),
        serial=serial,
        counts=counts,
        latent=float(np.sqrt(np.log1p(extra / square))) if extra else 0.0,
        latent_serial=min(serial * variance / extra, MOST_SERIAL) if extra else 0.0,
        shared=_shared(grid, variance=variance) if counts and means.mean() > 0 else 0.0,
        periods=periods,
    )


def simulated_changes(
    spread: PlaceSpread,
    *,
    runs: int,
    places: int,
    before: int,
    after: int,
    rng: np.random.Generator,
) -> Floats:
    """Simulate studies in which nothing is done: mean after minus mean before of each place.

    Args:
        spread: How the outcome moves.
        runs: How many studies.
        places: How many places each has.
        before: Periods before the start.
        after: Periods from the start on.
        rng: The source of chance.

    Returns:
        Shape (runs, places), as ``simulated_panels`` gives them.
    """
    moved = simulated_panels(spread, shape=(runs, places, before + after), rng=rng)
    changes: Floats = moved[:, :, before:].mean(axis=2) - moved[:, :, :before].mean(axis=2)
    return changes


def simulated_panels(
    spread: PlaceSpread, *, shape: tuple[int, int, int], rng: np.random.Generator
) -> Floats:
    """Simulate studies in which nothing is done, place by place and period by period.

    Args:
        spread: How the outcome moves.
        shape: How many studies, places in each, and periods.
        rng: The source of chance.

    Returns:
        The outcome, of that shape. A shift that all places share is in it only for counts, where
        it does not cancel; otherwise it cancels in the comparison.
    """
    if not spread.counts:
        return spread.spread * _ar1(shape, spread.serial, rng)
    runs, places, periods = shape
    mean = rng.choice(spread.means, (runs, places, 1))
    log = spread.latent * _ar1(shape, spread.latent_serial, rng)
    log += spread.shared * rng.standard_normal((runs, 1, periods))
    center = (spread.latent**2 + spread.shared**2) / 2
    return rng.poisson(mean * np.exp(log - center)).astype(float)


def with_changes(
    values: Floats, where: Floats, *, sizes: Floats, counts: bool, seed: int
) -> Iterator[Floats]:
    """Add changes of rising size to simulated studies, one size after the other.

    Args:
        values: As ``simulated_panels`` gives them, shape (runs, places, periods).
        where: Which part of the change each place and period gets, shape (places, periods).
        sizes: Rising, from 0 or more.
        counts: What is added is then itself a count.
        seed: Of what is added to counts.

    Yields:
        For each size, the values with it: the same array, filled anew.
    """
    rng, changed = np.random.default_rng(seed), values.copy()
    for step in np.diff(sizes, prepend=0.0):
        more = step * where
        changed += rng.poisson(np.broadcast_to(more, values.shape)) if counts else more
        yield changed


def _serial(left: Floats) -> float:
    """Correlate a period with the next within places, set right for the means taken away."""
    periods = left.shape[1]
    slope = float((left[:, 1:] * left[:, :-1]).sum() / (left[:, :-1] ** 2).sum())
    mended = (slope * (periods - 1) + 1) / (periods - 2)
    return float(np.clip(mended, 0.0, MOST_SERIAL))


def _kept(serial: float, periods: int) -> float:
    """Say how many periods' worth of variance is left once a place's mean is taken away."""
    apart = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    return float(periods - (serial**apart).sum() / periods)


def _shared(grid: Floats, *, variance: float) -> float:
    """Learn how far all places move alike in a month, on the log scale."""
    months = grid.mean(axis=0)
    beyond = float(months.var(ddof=1)) - variance / len(grid)
    return float(np.sqrt(np.log1p(max(beyond, 0.0) / float(grid.mean()) ** 2)))


def _ar1(shape: tuple[int, int, int], serial: float, rng: np.random.Generator) -> Floats:
    """Draw standard AR(1) series along the last axis."""
    drawn = rng.standard_normal(shape)
    scale = np.sqrt(1 - serial**2)
    for period in range(1, shape[2]):
        drawn[:, :, period] = serial * drawn[:, :, period - 1] + scale * drawn[:, :, period]
    return drawn
