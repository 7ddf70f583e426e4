"""Chances of an ordered answer between two cut points, and how they change with the mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from outcomes.stats.item_moments import Floats

LinkName = Literal["logit", "probit"]
_SMALLEST = 1e-300  # chance below which the logarithm would overflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A distribution behind the answers: its cumulated chance, density and slope of the density."""

    below: Callable[[Floats], Floats]
    density: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Logarithms of chances, and their derivatives; every array has one shape."""

    log: Floats
    by_upper: Floats  # d log / d upper cut point
    by_lower: Floats  # d log / d lower cut point
    by_mean: Floats  # d log / d mean
    curve: Floats  # second derivative by the mean: never positive


def _logistic_density(at: Floats) -> Floats:
    return np.asarray(special.expit(at) * special.expit(-at))


def _logistic_slope(at: Floats) -> Floats:
    return np.asarray(_logistic_density(at) * (special.expit(-at) - special.expit(at)))


def _normal_density(at: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * at * at) / np.sqrt(2 * np.pi))


def _normal_slope(at: Floats) -> Floats:
    # the ends of the scale lie infinitely far out, where infinity times nothing is nothing
    return np.asarray(-np.where(np.isfinite(at), at, 0.0) * _normal_density(at))


LINKS: dict[LinkName, Link] = {
    "logit": Link(below=special.expit, density=_logistic_density, slope=_logistic_slope),
    "probit": Link(below=special.ndtr, density=_normal_density, slope=_normal_slope),
}


def chances(link: Link, *, lower: Floats, upper: Floats) -> Chances:
    """Find the chance of an answer between two cut points that are given less the mean.

    Args:
        link: Which distribution.
        lower: Cut point below the answer less the mean; minus infinity for the lowest answer.
        upper: Cut point above it less the mean; infinity for the highest answer.
    """
    # the same interval on the other side of the middle, where rounding takes no digits
    other = lower > 0
    chance = link.below(np.where(other, -lower, upper)) - link.below(np.where(other, -upper, lower))
    chance = np.maximum(chance, _SMALLEST)
    by_upper, by_lower = link.density(upper) / chance, -link.density(lower) / chance
    by_mean = -(by_upper + by_lower)
    bend = (link.slope(upper) - link.slope(lower)) / chance
    return Chances(
        log=np.log(chance),
        by_upper=by_upper,
        by_lower=by_lower,
        by_mean=by_mean,
        curve=np.minimum(bend - by_mean**2, 0.0),
    )
