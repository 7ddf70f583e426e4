"""How did the mean change between two waves that some of the people answered both times?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.paired import rounding
from outcomes.stats.t_limits import t_limits

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlappingChange:
    """A change between two waves, and what those who answered twice did to its error."""

    value: float  # later less earlier
    se: float
    df: float
    both: int  # people with an answer in both waves
    before: int  # with one in the earlier wave
    after: int
    se_apart: float  # as if nobody had answered twice

    @property
    def people(self) -> int:
        """Count everybody once."""
        return self.before + self.after - self.both

    @property
    def narrower(self) -> float:
        """By which share the overlap narrows the standard error; below 0 where it widens it."""
        return 1 - self.se / self.se_apart

    def estimate(self, *, term: str, unit: str, level: float = 0.95) -> Estimate:
        """Give the change with its t interval."""
        limits = t_limits(self.value, se=self.se, df=self.df, level=level)
        return Estimate(
            term=term,
            **limits,
            n=self.people,
            unit=unit,
            method="change of means, who answered twice is one person, Satterthwaite t interval",
            assumptions=(
                "people are independent of one another",
                "the mean change is near normal, which 20 or more respondents usually ensure",
            ),
        )


def overlapping_change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    weights: tuple[ArrayLike, ArrayLike] | None = None,
    term: str,
) -> OverlappingChange:
    """Estimate by how much a mean changed, where some of the people answered in both waves.

    The two means move together through the people whom they share: the variance of their
    difference is the sum of both variances less twice that covariance. Each squared deviation is
    raised by what a weighted mean takes away from it, so that the interval covers with ten answers
    a wave too.

    Args:
        before: Answers in the earlier wave, shape (people,), 0 and 1 for a share; NaN for people
            who did not answer then.
        after: Answers in the later wave, the same people in the same order.
        weights: How many each stands for in the earlier and in the later wave, two of shape
            (people,), above 0 wherever there is an answer. None weighs all alike.
        term: What is being estimated, in words; for messages.

    Returns:
        The change. Where all answered twice and weigh alike it is that of the paired t test; where
        none did, that of Welch's test.

    Raises:
        DataError: Shapes differ, a wave has fewer than two answers, a weight is missing or not
            above 0, or nothing varies.

    Source:
        Kish (1965), Survey Sampling, 12.4, by linearization with the person as the unit; agrees
        with ``svyglm`` of R's survey, but for its factor n / (n - 1) over both waves. The factors
        here are those that make each wave's variance right on average (Bell & McCaffrey 2002,
        Survey Methodology 28: 169-181); degrees of freedom are Satterthwaite's (1946), of the
        effective numbers of people.
    """
    waves = [np.asarray(each, dtype=float) for each in (before, after)]
    if waves[0].ndim != 1 or waves[0].shape != waves[1].shape:
        raise DataError(
            f"{term}: one answer a person and wave is needed, got {waves[0].shape} and "
            f"{waves[1].shape}"
        )
    given = (None, None) if weights is None else weights
    parts = [_part(answers, each, term=term) for answers, each in zip(waves, given, strict=True)]
    moved = parts[1].influence - parts[0].influence
    seen = [~np.isnan(answers) for answers in waves]
    groups = (seen[0] & seen[1], seen[0] & ~seen[1], ~seen[0] & seen[1])
    lost = [part.lost for part in parts]
    expected = parts[0].expected + parts[1].expected
    sums, steady = 0.0, 0.0
    for group, gone in zip(groups, (sum(lost) / 2, *lost), strict=True):
        if group.any():
            size = np.sqrt(expected[group]).sum() ** 2 / expected[group].sum()
            part = float((moved[group] ** 2).sum())
            sums, steady = sums + part, steady + part**2 / (size * (1 - gone))
    scale = rounding(waves[0][seen[0]], waves[1][seen[1]])
    if np.sqrt(sums) <= scale:
        raise DataError(f"{term}: all answers changed alike, which leaves no spread to judge by")
    return OverlappingChange(
        value=parts[1].mean - parts[0].mean,
        se=float(np.sqrt(sums)),
        df=float(sums**2 / steady),
        both=int(groups[0].sum()),
        before=int(seen[0].sum()),
        after=int(seen[1].sum()),
        se_apart=float(np.sqrt(sum((part.influence**2).sum() for part in parts))),
    )


def combined_change(changes: Sequence[OverlappingChange], shares: ArrayLike) -> OverlappingChange:
    """Average the changes of groups that have nobody in common, such as neighborhoods.

    Args:
        changes: One a group.
        shares: What share of the population each stands for, the same in both waves: a change of
            who was asked where must not look like a change of opinion. They are made to sum to 1.

    Raises:
        DataError: There is no group, or a share is missing, infinite or negative, or all are 0.
    """
    share = np.asarray(shares, dtype=float)
    fits = bool(changes) and share.shape == (len(changes),) and np.isfinite(share).all()
    if not fits or (share < 0).any() or share.sum() <= 0:
        raise DataError(f"one share a group is needed, 0 or more, got {share} for {len(changes)}")
    share = share / share.sum()
    parts = share**2 * np.array([each.se**2 for each in changes])
    apart = share**2 * np.array([each.se_apart**2 for each in changes])
    df = np.array([each.df for each in changes])
    return OverlappingChange(
        value=float(share @ [each.value for each in changes]),
        se=float(np.sqrt(parts.sum())),
        df=float(parts.sum() ** 2 / (parts**2 / df).sum()),
        both=sum(each.both for each in changes),
        before=sum(each.before for each in changes),
        after=sum(each.after for each in changes),
        se_apart=float(np.sqrt(apart.sum())),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One wave."""

    mean: float
    influence: Floats  # (people,) what each moves the mean by; 0 for who did not answer
    expected: Floats  # (people,) the variance of that, where all vary alike
    lost: float  # share of the degrees of freedom that the mean itself takes


def _part(answers: Floats, weights: ArrayLike | None, *, term: str) -> _Part:
    seen = ~np.isnan(answers)
    if seen.sum() < 2:
        raise DataError(f"{term}: two answers or more are needed in each wave, got {seen.sum()}")
    if not np.isfinite(answers[seen]).all():
        raise DataError(f"{term}: an answer is infinite; answers must be numbers")
    weight = np.ones(answers.size) if weights is None else np.asarray(weights, dtype=float)
    if weight.shape != answers.shape:
        raise DataError(f"{term}: {answers.size} people but {weight.size} weights")
    if not (np.isfinite(weight[seen]) & (weight[seen] > 0)).all():
        raise DataError(f"{term}: everybody who answered needs a weight above 0")
    share = np.where(seen, weight, 0.0)
    share = share / share.sum()
    mean = float(share @ np.where(seen, answers, 0.0))
    squares = float((share**2).sum())
    raised = squares / (squares - 2 * float((share**3).sum()) + squares**2)
    apart = np.where(seen, answers - mean, 0.0)
    return _Part(
        mean=mean,
        influence=np.sqrt(raised) * share * apart,
        expected=raised * share**2,
        lost=squares,
    )
