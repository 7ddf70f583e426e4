"""Change of ordered answers between two occasions, as odds, with a profile interval."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.cumulative_link import (
    NODES,
    CumulativeLink,
    LinkFit,
    cumulative_link,
    sorted_answers,
)
from outcomes.stats.item_moments import Floats
from outcomes.stats.link_functions import LinkName
from outcomes.stats.partially_matched import FEWEST_LINKED, LINKED_AT_RANDOM

MOST_LEVELS = 10  # beyond, there are too few answers at each to learn the cut points from
SMALLEST_P = float(np.finfo(float).tiny)
FARTHEST = 20.0  # on the scale of the link, as a limit: odds of nearly 500 million
_UNITS: dict[LinkName, str] = {
    "logit": "times the odds of a higher answer",
    "probit": "SD of one person's answers",
}
_SHAPES: dict[LinkName, str] = {"logit": "cumulative logit", "probit": "cumulative probit"}
ASSUMPTIONS = (
    "people are independent of one another",
    "the shift is the same at every step of the scale (proportional odds)",
    "people differ from one another by a normal amount, the same on both occasions",
)


def odds_change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    term: str,
    link: LinkName = "logit",
    level: float = 0.95,
) -> Estimate:
    """Estimate by how much the odds of a higher answer changed for one and the same person.

    For answers such as "agree" and "strongly agree": only their order counts, not how far the
    steps lie apart. Who answered on one occasion only counts for what that tells.

    Args:
        before: Answers on the first occasion, shape (n,); NaN where missing.
        after: Answers on the second, the same person's in the same place; NaN where missing.
        term: What is being estimated, in words.
        link: ``logit`` for odds; ``probit`` for a shift in SD of one person's answers.
        level: Confidence level.

    Returns:
        With ``logit`` the ratio of odds, after to before: above 1 where answers rose, with 1 for
        no change. With ``probit`` the shift, 0 for no change. Limits and p are by the profile
        likelihood, set against t instead of the normal distribution: with few people that keeps
        the level.

    Raises:
        DataError: Shapes differ, fewer than three people answered twice, there are more than ten
            different answers, or nearly everybody moved the same way.

    Source:
        As ``cumulative_link``. Profile limits: Venzon & Moolgavkar (1988), Appl. Stat. 37: 87-94.
    """
    first, second = _two_columns(before, after)
    rows = np.flatnonzero(~np.isnan(np.r_[first, second]))
    answers = np.r_[first, second][rows]
    later, people = (rows >= first.size).astype(float), rows % first.size
    _require_few_levels(answers)
    fitted = cumulative_link(answers, later, people=people, link=link)
    data = sorted_answers(answers, later, people=people)
    curve = Profile(fit=LinkFit(data=data, link=link, nodes=NODES, people=True), best=fitted)
    df = int(min((later == 0).sum(), later.sum())) - 1
    shift = float(fitted.slopes[0])
    away = float(stats.t.ppf((1 + level) / 2, df)) ** 2
    low, high = (curve.limit(away, up=up) for up in (False, True))
    odds = link == "logit"
    return Estimate(
        term=term,
        value=float(np.exp(shift)) if odds else shift,
        low=float(np.exp(low)) if odds else low,
        high=float(np.exp(high)) if odds else high,
        level=level,
        p=max(float(2 * stats.t.sf(np.sqrt(max(curve.fall(0.0), 0.0)), df)), SMALLEST_P),
        n=np.unique(people).size,
        dropped=int((np.isnan(first) & np.isnan(second)).sum()),
        unit=_UNITS[link],
        method=f"{_SHAPES[link]} mixed model, profile likelihood against t({df})",
        assumptions=(*ASSUMPTIONS, *_at_random(first, second)),
        warnings=_warnings(fitted, answers, later),
    )


class Profile:
    """How far the likelihood falls when the change is held at another value."""

    def __init__(self, *, fit: LinkFit, best: CumulativeLink) -> None:
        """Start from the best fit."""
        self._fit = fit
        self._shift = float(best.slopes[0])
        self._top = best.log_likelihood
        self._step = _step(best)
        near = np.r_[best.cuts[0], np.log(np.diff(best.cuts)), best.slopes, best.spread]
        self._near = (near, fit.curve(near))

    def fall(self, shift: float) -> float:
        """Twice the loss of log likelihood with the change held at ``shift``."""
        try:
            _, there = self._fit.best(held=(0, shift), near=self._near)
        except DataError:  # far from the best, its own start can be the better one
            _, there = self._fit.best(held=(0, shift))
        return 2 * (self._top - there)

    def limit(self, away: float, *, up: bool) -> float:
        """Find the change, above or below the best, at which the likelihood fell by ``away``."""
        sign = 1.0 if up else -1.0
        step = self._step
        while self.fall(self._shift + sign * step) < away:
            step *= 1.5
            if step > FARTHEST:
                raise DataError(
                    "cannot tell: the odds have no limit on one side, for nearly everybody moved "
                    "the same way. The change in points says what there is"
                )

        def short(far: float) -> float:  # nearly a straight line, on which a search is quick
            return float(np.sqrt(max(self.fall(self._shift + sign * far), 0.0)) - np.sqrt(away))

        reach = optimize.brentq(short, 0.0, step, xtol=1e-5)
        return self._shift + sign * float(reach)


def _step(best: CumulativeLink) -> float:
    se = float(best.se[best.cuts.size])
    return 2.2 * se if np.isfinite(se) else 1.0


def _two_columns(before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.ndim != 1 or first.shape != second.shape:
        raise DataError(
            "before and after must be one answer per person, in the same order, NaN where there "
            f"is none; got shapes {first.shape} and {second.shape}"
        )
    if np.isinf(first).any() or np.isinf(second).any():
        raise DataError("an answer is infinite; answers must be numbers, or NaN where missing")
    linked = int((~np.isnan(first) & ~np.isnan(second)).sum())
    if linked < FEWEST_LINKED:
        raise DataError(
            f"need {FEWEST_LINKED} people or more who answered on both occasions, got {linked}"
        )
    return first, second


def _require_few_levels(answers: Floats) -> None:
    levels = np.unique(answers).size
    if levels > MOST_LEVELS:
        raise DataError(
            f"there are {levels} different answers, and the odds can be told for {MOST_LEVELS} at "
            "most. Take single items, or the change in points"
        )


def _at_random(first: Floats, second: Floats) -> tuple[str, ...]:
    return (LINKED_AT_RANDOM,) if np.isnan(first + second).any() else ()


def _warnings(fitted: CumulativeLink, answers: Floats, later: Floats) -> tuple[str, ...]:
    levels, counts = np.unique(answers, return_counts=True)
    told = []
    if few := int((counts < 3).sum()):
        told.append(f"{few} of {levels.size} different answers were given fewer than three times")
    if fitted.spread > 4:
        told.append(
            "most people answered alike on both occasions, so the odds rest on the few who moved"
        )
    if answers.size < 40 or min(later.sum(), (1 - later).sum()) < 20:
        told.append("with fewer than 20 people such odds lie somewhat too far from 1 on average")
    return tuple(told)
