"""Two groups' changes compared: as they stand (Welch), and beside where each person began."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.item_moments import Floats
from outcomes.stats.paired import attrition_warning, rounding
from outcomes.stats.t_limits import t_limits

FEWEST = 3  # people of a group, below which its own spread is a guess
SMALL = 10
ASSUMPTIONS = (
    "people are independent of one another",
    "mean changes are near normal, which 20 or more people a group usually ensure",
    "without the class both groups would have changed alike",
)
ONE_SLOPE = "how a later score follows from an earlier one is the same line in both groups"


def difference_of_changes(
    change: ArrayLike, treated: ArrayLike, *, term: str, unit: str, level: float = 0.95
) -> Estimate:
    """Estimate by how much more one group changed than another, with variances of their own.

    Args:
        change: Each person's score after less before, shape (n,); NaN where one is missing.
        treated: Who was in the class, shape (n,), true or false.
        term: What is being estimated, in words.
        unit: Of the scores.
        level: Confidence level.

    Returns:
        Mean change of the class less that of the others.

    Raises:
        DataError: Shapes differ, a group has fewer than three people, or nobody's change differs.

    Source:
        Welch (1947), Biometrika 34: 28-35. Agrees with ``t.test`` of R on the changes.
    """
    values, group = np.asarray(change, dtype=float), np.asarray(treated, dtype=bool)
    if values.ndim != 1 or values.shape != group.shape:
        raise DataError(f"need a change and a group a person, got {values.shape}, {group.shape}")
    known = np.isfinite(values)
    sides = values[known & group], values[known & ~group]
    _require_enough(sides)
    if max(np.ptp(side) for side in sides) <= rounding(values[known], values[known]):
        raise DataError("everybody in each group changed alike, which leaves no spread to judge by")
    value = float(sides[0].mean() - sides[1].mean())
    # not by scipy, which warns of lost digits where all of one group changed alike
    parts = np.array([side.var(ddof=1) / side.size for side in sides])
    shares = parts / parts.sum()  # so that tiny scores do not vanish when squared
    df = float(1 / sum(shares**2 / [side.size - 1 for side in sides]))
    return Estimate(
        term=term,
        **t_limits(value, se=float(np.sqrt(parts.sum())), df=df, level=level),
        n=int(known.sum()),
        dropped=int((~known).sum()),
        unit=unit,
        method=f"Welch's t on changes, {df:.1f} df",
        assumptions=ASSUMPTIONS,
        warnings=_warnings(sides, dropped=int((~known).sum())),
    )


def baseline_adjusted_difference(
    before: ArrayLike,
    after: ArrayLike,
    treated: ArrayLike,
    *,
    term: str,
    unit: str,
    level: float = 0.95,
) -> Estimate:
    """Estimate how much higher one group ends than another, among people who began alike.

    Analysis of covariance with an error that holds when the groups spread differently (HC3). Where
    chance assigned the groups it tells more than the difference of changes; where people chose,
    both can be off in different ways, so they are shown side by side.

    Args:
        before: Shape (n,); NaN where missing.
        after: Shape (n,), the same people.
        treated: Who was in the class, shape (n,), true or false.
        term: What is being estimated, in words.
        unit: Of the scores.
        level: Confidence level.

    Raises:
        DataError: Shapes differ, a group has fewer than three people with both scores, or the
            first scores leave no spread.

    Source:
        Fisher (1932), Statistical Methods for Research Workers, 4th ed.; HC3: MacKinnon & White
        (1985), J. Econometrics 29: 305-325, against t with n - 3 df. Agrees with statsmodels'
        ``OLS(...).fit(cov_type="HC3", use_t=True)``.
    """
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    group = np.asarray(treated, dtype=bool)
    if first.ndim != 1 or not first.shape == second.shape == group.shape:
        raise DataError(
            "need a score before, a score after and a group for each person, "
            f"got {first.shape}, {second.shape}, {group.shape}"
        )
    known = np.isfinite(first) & np.isfinite(second)
    sides = second[known & group], second[known & ~group]
    _require_enough(sides)
    columns = np.column_stack([group[known], np.ones(known.sum()), first[known]]).astype(float)
    columns[:, 2] -= columns[:, 2].mean()
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise DataError("scores before leave no spread within the groups to adjust by")
    value, se = _hc3(columns, second[known])
    df = int(known.sum()) - columns.shape[1]
    dropped = int((~known).sum())
    return Estimate(
        term=term,
        **t_limits(value, se=se, df=df, level=level),
        n=int(known.sum()),
        dropped=dropped,
        unit=unit,
        method=f"analysis of covariance with the score before, HC3 errors, t({df})",
        assumptions=(*ASSUMPTIONS, ONE_SLOPE),
        warnings=_warnings(sides, dropped=dropped),
    )


def _hc3(columns: Floats, outcome: Floats) -> tuple[float, float]:
    """Regress, and take the first coefficient with its HC3 error."""
    inverse = np.linalg.inv(columns.T @ columns)
    fitted = columns @ inverse @ columns.T
    left, lever = outcome - fitted @ outcome, np.diag(fitted)
    if (1 - lever).min() <= 1e-9 or np.abs(left).max() <= rounding(outcome, outcome):
        raise DataError("cannot tell: the scores lie exactly on a line, or one person decides it")
    own = (inverse @ columns.T)[0]
    return float(own @ outcome), float(np.sqrt(((own * left / (1 - lever)) ** 2).sum()))


def _require_enough(sides: tuple[Floats, Floats]) -> None:
    if min(side.size for side in sides) < FEWEST:
        raise DataError(
            f"cannot tell: {sides[0].size} people of the class and {sides[1].size} of the others "
            f"have both scores, and {FEWEST} or more of each would be needed"
        )


def _warnings(sides: tuple[Floats, Floats], *, dropped: int) -> tuple[str, ...]:
    few = min(side.size for side in sides)
    told = attrition_warning(dropped=dropped, total=sides[0].size + sides[1].size + dropped)
    if few < SMALL:
        told = (*told, f"one group has only {few} people, so its own spread is hardly known")
    return told
