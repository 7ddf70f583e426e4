"""Cumulative-link model of ordered answers, with or without people who differ."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from outcomes.errors import DataError
from outcomes.stats.item_moments import Floats
from outcomes.stats.link_functions import LINKS, LinkName
from outcomes.stats.person_quadrature import Answers, Model, likelihood

NODES = 20  # 10 do where people differ little; slopes and likelihood then agree less
_CLOSE = 1e-7  # slope of the log likelihood at which a fit is taken as found
_CLOSE_ENOUGH = 1e-4
_CLOSE_HELD, _ENOUGH_HELD = 1e-3, 0.1  # for a likelihood alone, which hardly depends on the rest
_GOAL = 1e-5  # of the climb, before Newton steps take over
_STEP = 1e-4  # for differences of slopes
_POLISH = 6
_UNBOUNDED = 12.0  # a slope or spread beyond is heading for infinity


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeLink:
    """A fitted model: log odds (or probits) of answering at or below each cut point."""

    cuts: Floats  # (levels - 1,)
    slopes: Floats  # (q,): positive where answers are higher
    spread: float  # SD between people on the scale of the link; 0 where none was asked for
    se: Floats  # (levels - 1 + q [+ 1],) of cuts, slopes and spread; NaN where it has none
    log_likelihood: float


def cumulative_link(
    answers: ArrayLike,
    predictors: ArrayLike,
    *,
    people: ArrayLike | None = None,
    link: LinkName = "logit",
    nodes: int = NODES,
) -> CumulativeLink:
    """Fit by how much predictors shift ordered answers, without taking steps for equal.

    Args:
        answers: Shape (n,); any numbers, of which the order counts alone.
        predictors: Shape (n, q), or (n,) for one; no constant.
        people: Who gave each answer, shape (n,): each person may then stand higher or lower
            throughout. None takes all answers for independent.
        link: ``logit`` (odds) or ``probit``.
        nodes: Points of the adaptive Gauss-Hermite quadrature for each person.

    Returns:
        The likeliest model.

    Raises:
        DataError: Shapes differ, all answers are alike, or no finite model is likeliest.

    Source:
        McCullagh (1980), JRSS B 42: 109-142; people: Hedeker & Gibbons (1994), Biometrics 50:
        933-944; quadrature: Liu & Pierce (1994), Biometrika 81: 624-629. Agrees with ``clm`` and
        ``clmm(nAGQ = )`` of R's ordinal, ``polr`` of MASS, and statsmodels' OrderedModel.
    """
    data = sorted_answers(answers, predictors, people=people)
    fitted = LinkFit(data=data, link=link, nodes=nodes, people=people is not None)
    found, log_likelihood = fitted.best()
    cuts, slopes, spread = fitted.parts(found)
    _require_finite(slopes, spread)
    return CumulativeLink(
        cuts=cuts,
        slopes=slopes,
        spread=abs(spread),
        se=fitted.standard_errors(found),
        log_likelihood=log_likelihood,
    )


def sorted_answers(
    answers: ArrayLike, predictors: ArrayLike, *, people: ArrayLike | None
) -> Answers:
    """Put answers in the order of people, and number both.

    Raises:
        DataError: Shapes differ, something is no number, or there are not two answers that differ.
    """
    given = np.asarray(answers, dtype=float)
    columns = np.asarray(predictors, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    who = np.arange(given.size) if people is None else np.asarray(people)
    if given.ndim != 1 or columns.shape[0] != given.size or who.shape != given.shape:
        raise DataError(
            "answers, predictors and people must have one row an answer; "
            f"got {given.shape}, {columns.shape} and {who.shape}"
        )
    if not (np.isfinite(given).all() and np.isfinite(columns).all()):
        raise DataError("an answer or a predictor is not a number; leave such rows out")
    known, level = np.unique(given, return_inverse=True)
    if known.size < 2:
        raise DataError(f"need two different answers or more, all {given.size} are alike")
    _, number = np.unique(who, return_inverse=True)
    order = np.argsort(number, kind="stable")
    person = number[order].astype(np.int64)
    return Answers(
        level=level[order].astype(np.int64),
        levels=int(known.size),
        predictors=columns[order],
        person=person,
        first=np.flatnonzero(np.diff(person, prepend=-1)).astype(np.int64),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFit:
    """The likelihood as a function of free numbers: the first cut, logs of gaps, slopes, spread."""

    data: Answers
    link: LinkName
    nodes: int
    people: bool

    def best(
        self,
        *,
        held: tuple[int, float] | None = None,
        near: tuple[Floats, Floats] | None = None,
    ) -> tuple[Floats, float]:
        """Climb to the likeliest numbers, one slope perhaps held; return them and the likelihood.

        Args:
            held: Which slope is held, and at what.
            near: Numbers to start from, with the curve there.

        Raises:
            DataError: No likeliest model was found.
        """
        start = self._start() if near is None else near[0].copy()
        free = np.ones(start.size, dtype=bool)
        if held is not None:
            at = self.data.levels - 1 + held[0]
            start[at], free[at] = held[1], False

        def whole(part: Floats) -> Floats:
            theta = start.copy()
            theta[free] = part
            return theta

        def misfit(part: Floats) -> tuple[float, Floats]:
            value, slope = self.misfit(whole(part))
            return value, slope[free]

        shape = None if near is None else _inverse(near[1][np.ix_(free, free)])
        close, enough = (_CLOSE, _CLOSE_ENOUGH) if held is None else (_CLOSE_HELD, _ENOUGH_HELD)
        options = {"hess_inv0": shape, "gtol": max(close, _GOAL)}
        found = optimize.minimize(misfit, start[free], jac=True, method="BFGS", options=options).x
        if held is None:  # a likelihood held elsewhere needs no such digits
            found = _polished(lambda part: misfit(part)[1], found)
        value, slope = misfit(found)
        if not np.isfinite(value) or np.abs(slope).max() > enough:
            raise DataError(
                "cannot tell: no likeliest change of the odds was found, for nearly all answers "
                "lie on one side. The change in points says what there is"
            )
        return whole(found), -value

    def misfit(self, theta: Floats) -> tuple[float, Floats]:
        """Give minus the log likelihood and its slopes by the free numbers."""
        cuts, slopes, spread = self.parts(theta)
        model = Model(link=LINKS[self.link], cuts=cuts, slopes=slopes, spread=spread)
        fit = likelihood(self.data, model, nodes=self.nodes)
        after = np.cumsum(fit.by_cut[::-1])[::-1]  # each gap moves all cuts above it
        gaps = after * np.r_[1.0, np.exp(theta[1 : cuts.size])]
        rest = [fit.by_spread] if self.people else []
        return -fit.log_likelihood, -np.r_[gaps, fit.by_slope, rest]

    def curve(self, theta: Floats) -> Floats:
        """Give the second derivatives of minus the log likelihood by the free numbers."""
        return _curve(lambda at: self.misfit(at)[1], theta)

    def parts(self, theta: Floats) -> tuple[Floats, Floats, float]:
        """Take cuts, slopes and spread out of the free numbers."""
        count, width = self.data.levels - 1, self.data.predictors.shape[1]
        cuts = np.cumsum(np.r_[theta[0], np.exp(theta[1:count])])
        return cuts, theta[count : count + width], float(theta[-1]) if self.people else 0.0

    def standard_errors(self, theta: Floats) -> Floats:
        """Take standard errors of cuts, slopes and spread from the curve at the best fit."""
        count = self.data.levels - 1
        turn = np.eye(theta.size)
        turn[:count, 0] = 1.0
        turn[:count, 1:count] = np.tril(np.ones((count, count)))[:, 1:] * np.exp(theta[1:count])
        curve = self.curve(theta)
        if np.linalg.cond(curve) > 1e12:
            return np.full(theta.size, np.nan)
        variance = np.diag(turn @ np.linalg.inv(curve) @ turn.T)
        return np.asarray(np.sqrt(np.where(variance > 0, variance, np.nan)))

    def _start(self) -> Floats:
        count = self.data.levels
        shares = (
            np.cumsum(np.bincount(self.data.level, minlength=count))[:-1] / self.data.level.size
        )
        cuts = np.log(shares / (1 - shares))
        gaps = np.log(np.diff(cuts))
        rest = np.zeros(self.data.predictors.shape[1])
        return np.asarray(np.r_[cuts[0], gaps, rest, [1.0] if self.people else []])


def _polished(slope: Callable[[Floats], Floats], at: Floats) -> Floats:
    """Take Newton steps from a near best fit for as long as they bring the slope down."""
    here = slope(at)
    for _ in range(_POLISH):
        if np.abs(here).max() < _CLOSE:
            break
        curve = _curve(slope, at)
        if not np.isfinite(curve).all() or np.linalg.cond(curve) > 1e12:
            break
        there = at - np.linalg.solve(curve, here)
        new = slope(there)
        if not np.abs(new).max() < np.abs(here).max():
            break
        at, here = there, new
    return at


def _curve(slope: Callable[[Floats], Floats], at: Floats) -> Floats:
    steps = _STEP * np.eye(at.size)
    rows = np.array([(slope(at + step) - slope(at - step)) / (2 * _STEP) for step in steps])
    return np.asarray((rows + rows.T) / 2)


def _inverse(curve: Floats) -> Floats:
    """Invert, taking directions in which nothing bends for slightly bent."""
    bends, ways = np.linalg.eigh(curve)
    found = (ways / np.maximum(bends, 1e-3 * max(float(bends.max()), 1e-3))) @ ways.T
    return np.asarray((found + found.T) / 2)


def _require_finite(slopes: Floats, spread: float) -> None:
    if np.abs(slopes).max(initial=0) > _UNBOUNDED or abs(spread) > _UNBOUNDED:
        raise DataError(
            "cannot tell: the odds grow without bound, for nearly everybody moved the same way or "
            "nobody moved at all. The change in points says what there is"
        )
