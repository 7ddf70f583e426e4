"""Did a scale mean the same before and after, or to both of two groups? Invariance, step by step.

Each step holds more of the scale equal: nothing but its plan (configural), how strongly items go
with the factor (metric), where their answers start (scalar), and their error (strict). Means may
be compared where the scalar step does not fit clearly worse than the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.factor_model import FIXED, Entries, FactorModel, Numbering
from outcomes.stats.fit_indices import FitIndices, fit_indices
from outcomes.stats.group_moments import GroupMoments
from outcomes.stats.item_moments import Floats, answer_table
from outcomes.stats.moments_fit import fit_moments
from outcomes.stats.one_factor import principal_start

Step = Literal["configural", "metric", "scalar", "strict", "means"]
STEPS: tuple[Step, ...] = ("configural", "metric", "scalar", "strict")
_EQUAL: dict[Step, frozenset[str]] = {
    "configural": frozenset(),
    "metric": frozenset({"loading"}),
    "scalar": frozenset({"loading", "intercept"}),
    "strict": frozenset({"loading", "intercept", "residual"}),
    "means": frozenset({"loading", "intercept", "mean"}),
}
_BEFORE: dict[Step, Step] = {
    "metric": "configural",
    "scalar": "metric",
    "strict": "scalar",
    "means": "scalar",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InvarianceStep:
    """One step of the ladder, and how it compares with the step that it rests on."""

    step: Step
    fit: FitIndices
    d_chi_square: float = float("nan")  # NaN where there is no earlier step
    d_df: int = 0
    d_p: float = float("nan")  # of the likelihood ratio test
    d_cfi: float = float("nan")  # negative: fits worse than the earlier step
    d_rmsea: float = float("nan")  # positive: fits worse


def longitudinal_invariance(
    before: ArrayLike, after: ArrayLike, *, steps: Sequence[Step] = STEPS
) -> tuple[InvarianceStep, ...]:
    """Test whether a scale measured the same on two occasions, with the same respondents.

    Args:
        before: Answers on the first occasion, reversed items turned, shape (n, k); no NaN.
        after: Of the same respondents to the same items, in the same order.
        steps: Which steps to fit, each after the one that it is compared with.

    Returns:
        One entry a step. Each occasion has a factor of its own, and the errors of the same item
        on both occasions may go together.

    Raises:
        DataError: Fewer than three items, too few respondents, or a model without a sensible fit.

    Source:
        Widaman, Ferrer & Conger (2010), Child Development Perspectives 4: 10-18. Agrees with
        R's lavaan (ML with means). Issue 5, scoring.
    """
    first, second = answer_table(before), answer_table(after)
    if first.shape != second.shape:
        raise DataError(
            "before and after must hold the same respondents and items; "
            f"got shapes {first.shape} and {second.shape}"
        )
    k = first.shape[1]
    group = _moments(np.hstack([first, second]), factors=2)
    occasion = np.repeat([0, 1], k)
    return _ladder([group], factor_of=occasion, item_of=np.tile(np.arange(k), 2), steps=steps)


def group_invariance(
    groups: Sequence[ArrayLike],
    *,
    factor_of: Sequence[int] | None = None,
    steps: Sequence[Step] = STEPS,
) -> tuple[InvarianceStep, ...]:
    """Test whether a scale measures the same in several groups of respondents.

    Args:
        groups: Answers of each group, reversed items turned, shape (n of the group, k); no NaN.
        factor_of: The number of the factor that each item belongs to, shape (k,); None for one
            factor behind all.
        steps: Which steps to fit, each after the one that it is compared with.

    Raises:
        DataError: One group only, fewer than three items to a factor, too few respondents, or a
            model without a sensible fit.

    Source:
        Vandenberg & Lance (2000), Organizational Research Methods 3: 4-70. Agrees with
        ``cfa(group.equal = ...)`` of R's lavaan. Issue 5, scoring.
    """
    tables = [answer_table(group) for group in groups]
    if len({table.shape[1] for table in tables}) != 1 or len(tables) < 2:
        raise DataError("invariance needs two groups or more that answered the same items")
    k = tables[0].shape[1]
    factors = np.zeros(k, dtype=int) if factor_of is None else np.asarray(factor_of, dtype=int)
    moments = [_moments(table, factors=1) for table in tables]
    return _ladder(moments, factor_of=factors, item_of=np.arange(k), steps=steps)


def _moments(table: Floats, *, factors: int) -> GroupMoments:
    n, p = table.shape
    if np.isnan(table).any():
        raise DataError("invariance is tested on complete answers only: leave out rows with a NaN")
    if p // factors < 3:
        raise DataError(f"a factor needs three items or more to be told, got {p // factors}")
    if n <= p:
        raise DataError(
            f"{n} respondents are too few for {p} answers each: a factor model needs more "
            "respondents than answers, and 100 or more to tell anything"
        )
    return GroupMoments.of(table)


def _ladder(
    groups: Sequence[GroupMoments],
    *,
    factor_of: NDArray[np.int64],
    item_of: NDArray[np.int64],
    steps: Sequence[Step],
) -> tuple[InvarianceStep, ...]:
    found: dict[Step, InvarianceStep] = {}
    for step in steps:
        plan = _Plan(factor_of=factor_of, item_of=item_of, equal=_EQUAL[step])
        numbering = Numbering()
        models = [plan.model(numbering, group=at) for at in range(len(groups))]
        start = _start(models, groups, names=numbering.names)
        fit = fit_indices(fit_moments(models, groups, start=start))
        found[step] = _compared(step, fit, found.get(_BEFORE.get(step, step)))
    return tuple(found.values())


def _compared(step: Step, fit: FitIndices, earlier: InvarianceStep | None) -> InvarianceStep:
    if earlier is None:
        return InvarianceStep(step=step, fit=fit)
    chi_square = max(fit.chi_square - earlier.fit.chi_square, 0.0)
    df = fit.df - earlier.fit.df
    return InvarianceStep(
        step=step,
        fit=fit,
        d_chi_square=chi_square,
        d_df=df,
        d_p=float(stats.chi2.sf(chi_square, df)),
        d_cfi=fit.cfi - earlier.fit.cfi,
        d_rmsea=fit.rmsea - earlier.fit.rmsea,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which item rests on which factor, and what is held equal across groups or occasions."""

    factor_of: NDArray[np.int64]
    item_of: NDArray[np.int64]  # the same number: the same item, on two occasions
    equal: frozenset[str]

    def name(self, what: str, *, group: int, at: int) -> str:
        """Name a parameter of the answer ``at``; one name for all where it is held equal."""
        item = int(self.item_of[at])
        return f"{what} {item}" if what in self.equal else f"{what} {item} in {group}, {at}"

    def free(self, what: str, *, group: int, factor: int) -> bool:
        """Say whether the spread or mean of a factor is free, or sets its unit.

        Twice-asked items make factor 1 the second occasion of factor 0; otherwise the first group
        sets the unit of every factor.
        """
        held = "loading" if what == "spread" else "intercept"
        twice = len(set(self.item_of.tolist())) < len(self.item_of)
        reference = factor == 0 if twice else group == 0
        return held in self.equal and not reference and what not in self.equal

    def model(self, numbering: Numbering, *, group: int) -> FactorModel:
        """Write the model of one group."""
        p, factors = len(self.item_of), sorted(set(self.factor_of.tolist()))
        return FactorModel(
            loadings=numbering.entries(
                [
                    [
                        self.name("loading", group=group, at=at) if own == factor else FIXED
                        for factor in factors
                    ]
                    for at, own in enumerate(self.factor_of.tolist())
                ]
            ),
            factor_covariance=self._spread(numbering, factors=factors, group=group),
            residual_covariance=numbering.entries(
                [[self._residual(group=group, at=i, other=j) for j in range(p)] for i in range(p)]
            ),
            intercepts=numbering.entries(
                [self.name("intercept", group=group, at=at) for at in range(p)]
            ),
            factor_means=numbering.entries(
                [
                    f"mean {factor} in {group}"
                    if self.free("mean", group=group, factor=factor)
                    else FIXED
                    for factor in factors
                ]
            ),
        )

    def _spread(self, numbering: Numbering, *, factors: list[int], group: int) -> Entries:
        names = [
            [
                f"covariance {min(one, other)} {max(one, other)} in {group}"
                if one != other
                else f"spread {one} in {group}"
                if self.free("spread", group=group, factor=one)
                else FIXED
                for other in factors
            ]
            for one in factors
        ]
        return numbering.entries(names, fixed=np.eye(len(factors)))

    def _residual(self, *, group: int, at: int, other: int) -> str:
        if at == other:
            return self.name("residual", group=group, at=at)
        if self.item_of[at] == self.item_of[other]:  # the same item asked twice
            return f"twice {int(self.item_of[at])} in {group}"
        return FIXED


def _start(
    models: Sequence[FactorModel], groups: Sequence[GroupMoments], *, names: dict[str, int]
) -> Floats:
    """Guess every parameter from the answers; what is held equal starts at the mean guess."""
    total, times = np.zeros(len(names)), np.zeros(len(names))

    def add(entries: Entries, guesses: Floats) -> None:
        free = entries.parameter >= 0
        np.add.at(total, entries.parameter[free], guesses[free])
        np.add.at(times, entries.parameter[free], 1)

    for model, group in zip(models, groups, strict=True):
        own = model.loadings.parameter >= 0
        loadings, residuals = np.zeros(own.shape), np.zeros(len(own))
        for factor in range(own.shape[1]):
            items = np.flatnonzero(own[:, factor])
            guess = principal_start(group.covariance[np.ix_(items, items)])
            loadings[items, factor], residuals[items] = np.split(guess, 2)
        add(model.loadings, loadings)
        add(model.residual_covariance, np.diag(residuals))
        add(model.intercepts, group.mean)
        add(model.factor_covariance, np.eye(own.shape[1]) * 0.7 + 0.3)
        add(model.factor_means, np.zeros(own.shape[1]))
    return total / times
