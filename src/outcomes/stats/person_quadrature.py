"""Likelihood of ordered answers when people differ: adaptive Gauss-Hermite quadrature."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from outcomes.stats.item_moments import Floats
from outcomes.stats.link_functions import Chances, Link, chances

Ints = NDArray[np.int64]
_STEPS = 60
_CLOSE = 1e-10
_FARTHEST = 40.0  # that a person can stand from the middle, in SD


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Ordered answers, sorted by person."""

    level: Ints  # (n,) from 0
    levels: int
    predictors: Floats  # (n, q)
    person: Ints  # (n,) from 0, never falling
    first: Ints  # (people,) row at which each person begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A logarithm of likelihood and its slopes."""

    log_likelihood: float
    by_cut: Floats  # (levels - 1,)
    by_slope: Floats  # (q,)
    by_spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What the answers are judged by."""

    link: Link
    cuts: Floats  # (levels - 1,), rising
    slopes: Floats  # (q,)
    spread: float  # SD between people on the scale of the link


def likelihood(answers: Answers, model: Model, *, nodes: int) -> Fit:
    """Integrate over where each person stands.

    Args:
        answers: The data.
        model: Cut points, slopes and spread.
        nodes: Points of the quadrature for each person.

    Returns:
        The likelihood of all answers with its slopes: each is the mean over where the person may
        stand, given the answers (Fisher's identity).
    """
    ends = np.r_[-np.inf, model.cuts, np.inf]
    mean = answers.predictors @ model.slopes
    lower, upper = ends[answers.level] - mean, ends[answers.level + 1] - mean
    if model.spread == 0:
        plain = chances(model.link, lower=lower, upper=upper)
        return _summed(answers, plain, weight=np.ones_like(plain.log), at=np.zeros_like(plain.log))
    at, weight, total, here = _spread_out(answers, model, lower, upper, nodes)
    found = _summed(answers, here, weight=weight, at=at)
    return Fit(
        log_likelihood=total,
        by_cut=found.by_cut,
        by_slope=found.by_slope,
        by_spread=found.by_spread,
    )


def _spread_out(
    answers: Answers, model: Model, lower: Floats, upper: Floats, nodes: int
) -> tuple[Floats, Floats, float, Chances]:
    """Lay nodes around each person's likeliest place; return them with their weights."""
    middle, width = _likeliest(answers, model, lower, upper)
    points, shares = _nodes(nodes)
    stands = middle[:, None] + width[:, None] * points
    shift = model.spread * stands[answers.person]
    here = chances(model.link, lower=lower[:, None] - shift, upper=upper[:, None] - shift)
    log = np.add.reduceat(here.log, answers.first, axis=0)
    log += 0.5 * (points**2 - stands**2) + np.log(shares) - 0.5 * np.log(2 * np.pi)
    log += np.log(width)[:, None]
    best = log.max(axis=1, keepdims=True)
    own = best[:, 0] + np.log(np.exp(log - best).sum(axis=1))
    weight = np.exp(log - own[:, None])
    return stands[answers.person], weight[answers.person], float(own.sum()), here


@lru_cache(maxsize=8)
def _nodes(count: int) -> tuple[Floats, Floats]:
    points, shares = np.polynomial.hermite_e.hermegauss(count)
    return points, shares


def _likeliest(
    answers: Answers, model: Model, lower: Floats, upper: Floats
) -> tuple[Floats, Floats]:
    """Find where each person most likely stands, and how sure that is, both in SD of people."""
    stands = np.zeros(answers.first.size)
    bend, low, high = np.ones_like(stands), stands - _FARTHEST, stands + _FARTHEST
    moved = high - low
    for _ in range(_STEPS):
        shift = model.spread * stands[answers.person]
        here = chances(model.link, lower=lower - shift, upper=upper - shift)
        pull = model.spread * np.add.reduceat(here.by_mean, answers.first) - stands
        bend = 1 - model.spread**2 * np.add.reduceat(here.curve, answers.first)
        low, high = np.where(pull > 0, stands, low), np.where(pull > 0, high, stands)
        step = pull / bend
        there = stands + step
        # where people differ much, plain Newton steps would leap to and fro over the best place,
        # so each must be half the one before; who is there already stays in spite of rounding
        nearer = (low < there) & (there < high) & (np.abs(step) <= moved / 2)
        there = np.where(nearer | (np.abs(step) < _CLOSE), there, (low + high) / 2)
        moved = np.abs(there - stands)
        stands = there
        if float(moved.max()) < _CLOSE:
            break
    return stands, 1 / np.sqrt(bend)


def _summed(answers: Answers, here: Chances, *, weight: Floats, at: Floats) -> Fit:
    """Sum the slopes over rows, each node with its weight."""

    def over_nodes(values: Floats) -> Floats:
        weighed = weight * values
        return weighed if weighed.ndim == 1 else np.asarray(weighed.sum(axis=1))

    levels = answers.levels
    upper = np.bincount(answers.level, over_nodes(here.by_upper), levels)[:-1]
    lower = np.bincount(answers.level, over_nodes(here.by_lower), levels)[1:]
    return Fit(
        log_likelihood=float(here.log.sum()),
        by_cut=np.asarray(upper + lower, dtype=np.float64),
        by_slope=answers.predictors.T @ over_nodes(here.by_mean),
        by_spread=float((over_nodes(here.by_mean * at)).sum()),
    )
