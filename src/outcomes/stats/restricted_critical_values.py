"""Critical values by how errors hang together if there was no change: a fit without it tells."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from outcomes.stats.ar1_reml import Floats, ar1_reml, ar1_reml_many
from outcomes.stats.simulated_critical_values import (
    DRAWS,
    MOST_NOISE,
    PEAK,
    PHIS,
    Setting,
    place_of,
    ratios_by_chance,
    setting_of,
    unchanged_series,
)

NOISES = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)  # true shares of noise that are simulated
DRAWS_SEEN = 499  # series that tell what a fit without the change finds on average
BEYOND = 1.08  # times as large a ratio where noise hides whether phi lies above all of PHIS
ERRORS = 1.5  # standard errors above phi up to which it is judged where noise hides it


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedCritical:
    """How large the ratio of a change must be, had the series moved as it did without any."""

    critical: float
    phi: float  # how errors would hang together without the change: what it is judged by


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a fit without the change finds on average, by PHIS and true share of noise."""

    phi: Floats  # (PHIS, noises)
    share: Floats  # (PHIS, noises): noise by the variance that is found; never falling


def restricted_critical(
    values: Floats,
    design: Floats,
    *,
    times: Floats,
    contrasts: Floats,
    which: int,
    noise: float,
    level: float,
) -> RestrictedCritical:
    """Ask whether a change stays clear if errors hang together as they would without it.

    Level and slope take up what a long drift does to a short series, so beside them errors seem
    to hang together less than they do. A change found in this way can be the drift itself: in
    series of 24 periods with phi 0.9, slopes were called real in 9 %, and 99 in 100 of these alarms
    came from series in which phi was found below 0.7. A fit without the change sees the drift.
    Where only the fit with it makes the change clear, no test tells the two apart.

    Args:
        values: The series, shape (n,).
        design: Shape (n, k), the change included.
        times: Whole numbers that rise, shape (n,).
        contrasts: Weights of the coefficients, shape (q, k).
        which: The contrast that is the change.
        noise: The variance of a value that is counting or measurement error. It hides phi, and
            the drift that the trend takes up makes it look larger than it is: both are set right
            for each phi, and phi is taken 1.5 standard errors higher.
        level: Confidence level.

    Raises:
        DataError: As ``ar1_reml``, or the level asks for rarer series than were simulated.

    Source:
        Null imposed on what is simulated: Davidson & MacKinnon (1999), Econometric Theory 15:
        361-376; phi by matching what is found on average: MacKinnon & Smith (1998), J.
        Econometrics 85: 205-230, and Gourieroux, Monfort & Renault (1993), J. Appl. Econometrics
        8: S85-S118.
    """
    without = without_change(design, contrasts[which])
    fit = ar1_reml(values, without, times=times)
    whole = setting_of(design, times=times, contrasts=contrasts, noise=0.0)
    share = min(noise / fit.sd**2, 1.0)
    return _judged(fit.phi, whole, share=share, which=which, level=level)


def restricted_critical_many(
    series: Floats,
    design: Floats,
    *,
    times: Floats,
    contrasts: Floats,
    which: int,
    noise: Floats,
    level: float,
) -> Floats:
    """Give the same for many series at once, phi to the nearest 0.02.

    Args:
        series: One a column, shape (n, r).
        design: As ``restricted_critical``.
        times: Likewise.
        contrasts: Likewise.
        which: Likewise.
        noise: Of each series, shape (r,); its share is taken to the nearest 0.02.
        level: Confidence level.
    """
    without = without_change(design, contrasts[which])
    fits = ar1_reml_many(series, without, times=times, contrasts=np.eye(without.shape[1])[:1])
    whole = setting_of(design, times=times, contrasts=contrasts, noise=0.0)
    shares = np.round(50 * np.minimum(noise / fits.sd**2, 1.0)) / 50
    seen, back = np.unique(np.array([fits.phi, shares]), axis=1, return_inverse=True)
    found = [
        _judged(float(phi), whole, share=float(share), which=which, level=level).critical
        for phi, share in seen.T
    ]
    return np.array(found)[back.ravel()]


def without_change(design: Floats, contrast: Floats) -> Floats:
    """Give the columns of the same series in which a change is none, shape (n, k - 1)."""
    rest = np.linalg.svd(contrast[None])[2][1:]
    columns: Floats = design @ rest.T
    return columns


def _judged(
    phi: float, whole: Setting, *, share: float, which: int, level: float
) -> RestrictedCritical:
    noises = NOISES if share else NOISES[:1]
    seen = _seen_on_average(whole, which, noises)
    true = np.array([np.interp(share, row, noises) for row in seen.share])  # by phi
    found = [np.interp(at, noises, row) for at, row in zip(true, seen.phi, strict=True)]
    average, first = np.unique(np.maximum.accumulate(found), return_index=True)
    unbiased = upper = float(np.interp(phi, average, np.array(PHIS)[first]))
    if share:
        fresh = min(float(np.interp(unbiased, PHIS, true)), MOST_NOISE)
        df = whole.shape[0] - whole.shape[1] + 1
        error = np.sqrt((1 - ((1 - fresh) * unbiased) ** 2) / df) / (1 - fresh)
        upper = min(unbiased + ERRORS * float(error), PHIS[-1])
    above = max(int(np.searchsorted(PHIS, upper)), 1)
    worst = max(int(np.searchsorted(PHIS, unbiased)), PHIS.index(PEAK))
    edges = {
        at: _edge(whole, at, noise=float(true[at]), which=which, level=level)
        for at in {above - 1, above, *range(worst, above)}
    }
    between = (upper - PHIS[above - 1]) / (PHIS[above] - PHIS[above - 1])
    mixed = (1 - between) * edges[above - 1] + between * edges[above]
    critical = max(mixed, *(edges[at] for at in range(worst, above)), 0.0)
    if share:
        critical *= float(np.interp(upper, PHIS[-2:], (1, BEYOND)))
    return RestrictedCritical(critical=critical, phi=upper)


def _edge(whole: Setting, at: int, *, noise: float, which: int, level: float) -> float:
    """The critical value at PHIS[at] and a share of noise between those that are simulated."""
    above = max(int(np.searchsorted(NOISES, noise)), 1) if noise else 0
    near = sorted({max(above - 1, 0), above})
    edges = [_ratio_at(whole, at, NOISES[one], which, level) for one in near]
    return float(np.interp(noise, [NOISES[one] for one in near], edges))


@lru_cache(maxsize=4096)
def _ratio_at(whole: Setting, at: int, noise: float, which: int, level: float) -> float:
    design, times, contrasts = whole.arrays()
    setting = setting_of(design, times=times, contrasts=contrasts, noise=noise)
    return float(ratios_by_chance(setting, at)[which, DRAWS - place_of(level, draws=DRAWS)])


@lru_cache(maxsize=64)
def _seen_on_average(whole: Setting, which: int, noises: tuple[float, ...]) -> _Seen:
    """Fit series without a change, of each phi and share of noise, without the change."""
    design, times, contrasts = whole.arrays()
    without = without_change(design, contrasts[which])
    one = np.eye(without.shape[1])[:1]
    behind = np.repeat(noises, DRAWS_SEEN)
    phi, share = np.empty((2, len(PHIS), len(noises)))
    for at in range(len(PHIS)):  # all shares of noise in one fit, whose cost hardly grows
        series = np.column_stack(
            [unchanged_series(times, at, noise=noise, many=DRAWS_SEEN, seed=2) for noise in noises]
        )
        fits = ar1_reml_many(series, without, times=times, contrasts=one)
        phi[at] = fits.phi.reshape(len(noises), -1).mean(axis=1)
        seen = np.minimum(behind / fits.sd**2, 1.0)
        share[at] = seen.reshape(len(noises), -1).mean(axis=1)
    return _Seen(phi=phi, share=np.maximum.accumulate(share, axis=1))
