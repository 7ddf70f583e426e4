"""Group-time effects among places alike in what was known before: doubly robust changes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import CohortPanel, Floats
from outcomes.stats.group_time_effects import GroupTimes

Adjustment = Literal["doubly robust", "outcome regression"]
_ROUNDS = 50  # of the logistic regression
_SURE = 0.999  # a probability of being treated above which no place is comparable


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """Effects adjusted for covariates, and how much each place moves them."""

    value: Floats  # (m,), in the order of the group-time effects
    influence: Floats  # (n, m); the covariance of the values is influence' influence / n^2

    @property
    def se(self) -> Floats:
        """Standard errors, shape (m,)."""
        found: Floats = np.sqrt((self.influence**2).sum(axis=0)) / len(self.influence)
        return found


def adjusted_effects(
    panel: CohortPanel,
    effects: GroupTimes,
    *,
    covariates: ArrayLike,
    adjustment: Adjustment = "doubly robust",
) -> Adjusted:
    """Compare the change of each cohort with that of places alike in what was known before.

    Args:
        panel: The places by cohort.
        effects: Who is compared when, as ``group_time_effects`` gives it.
        covariates: One row a place, one column a covariate that does not change, shape (n, q).
        adjustment: ``outcome regression`` foretells the change from the covariates in comparison
            places; ``doubly robust`` also weighs these by how like the treated they are, and is
            right where one of both is.

    Raises:
        DataError: A covariate is missing or does not vary, a comparison has too few places for
            so many covariates, or the covariates tell treated from comparison places.

    Source:
        Sant'Anna & Zhao (2020), J. Econometrics 219: 101-122, equations 3.1 and following; agrees
        with ``est_method = "dr"`` and ``"reg"`` of R's did.
    """
    given = np.asarray(covariates, dtype=float)
    if given.ndim != 2 or len(given) != panel.n or not np.isfinite(given).all():
        raise DataError("each covariate needs a number for every place")
    design = np.column_stack([np.ones(panel.n), given])
    value, influence = np.empty(len(effects.value)), np.zeros((panel.n, len(effects.value)))
    for m in range(len(effects.value)):
        change = panel.outcome[:, effects.period[m]] - panel.outcome[:, effects.base[m]]
        treated = panel.member == effects.cohort[m]
        used = treated | (effects.shares[m] > 0)[panel.member]
        value[m], part = _change(change[used], treated[used], design[used], adjustment=adjustment)
        influence[used, m] = part * panel.n / used.sum()
    return Adjusted(value=value, influence=influence)


def averaged_influence(panel: CohortPanel, effects: GroupTimes, adjusted: Adjusted) -> Adjusted:
    """Average all effects after a start, larger cohorts counting for more.

    Returns:
        One value, with the influence of each place, that on the sizes of cohorts included.
    """
    size = np.where(effects.after, panel.sizes[effects.cohort], 0.0)
    weights = size / size.sum()
    value = float(weights @ adjusted.value)
    apart = np.where(effects.after, adjusted.value - value, 0.0)
    by_cohort = np.bincount(effects.cohort, weights=apart, minlength=len(panel.starts))
    through = by_cohort[panel.member] * panel.n / size.sum()
    influence = adjusted.influence @ weights + through
    return Adjusted(value=np.array([value]), influence=influence[:, None])


def _change(
    change: Floats, treated: NDArray[np.bool_], x: Floats, *, adjustment: Adjustment
) -> tuple[float, Floats]:
    """Give one adjusted difference of changes and its influence function."""
    others, n = ~treated, len(change)
    if others.sum() <= x.shape[1] or np.linalg.matrix_rank(x[others]) < x.shape[1]:
        raise DataError(
            f"cannot tell: {int(others.sum())} comparison places are too few, or too alike, for "
            f"{x.shape[1] - 1} covariates; use fewer covariates"
        )
    bread = np.linalg.inv((x * others[:, None]).T @ x / n)
    slopes = bread @ (x * others[:, None]).T @ change / n
    left = change - x @ slopes
    of_slopes = (others * left)[:, None] * x @ bread  # influence on the slopes
    share = treated.mean()
    value = float(left[treated].mean())
    influence = treated * (left - value) / share - of_slopes @ x[treated].mean(axis=0)
    if adjustment == "outcome regression":
        return value, influence
    chance, of_chance = _chance(treated, x)
    odds = np.where(treated, 0.0, chance / (1 - chance))
    mean = odds.mean()
    taken = float(odds @ left / odds.sum())
    with_chance = (odds * (left - taken)) @ x / n
    rest = odds * (left - taken) + of_chance @ with_chance - of_slopes @ (odds @ x / n)
    return value - taken, influence - rest / mean


def _chance(treated: NDArray[np.bool_], x: Floats) -> tuple[Floats, Floats]:
    """Fit the probability of being treated by logistic regression, and its influence function."""
    slopes: Floats = np.zeros(x.shape[1])
    step: Floats = np.ones(x.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(x @ slopes, -30, 30)))
        doubt = chance * (1 - chance)
        bend = (x * doubt[:, None]).T @ x
        if np.abs(step).max() < 1e-10 * (1 + np.abs(slopes).max()):
            break
        if chance[~treated].max() > _SURE or doubt.max() < 1 - _SURE:
            step = np.full_like(step, np.inf)  # they are told apart
            break
        step = np.asarray(
            np.linalg.lstsq(bend, x.T @ (treated - chance), rcond=None)[0], dtype=np.float64
        )
        slopes = slopes + step
    if not np.abs(step).max() < 1e-6 * (1 + np.abs(slopes).max()):
        raise DataError(
            "cannot tell: the covariates tell treated from comparison places, so that none is "
            "comparable; use fewer covariates"
        )
    scores = (treated - chance)[:, None] * x
    return chance, scores @ np.linalg.inv(bend) * len(x)
