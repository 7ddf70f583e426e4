"""Restricted wild cluster bootstrap: could the slope be chance, if whole places had flipped?"""

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.cluster_design import ClusterDesign
from outcomes.stats.cluster_robust import HANGS_ON_ONE, outcome_rows, require_spread

Floats = NDArray[np.float64]
Signs = Literal["rademacher", "webb"]
DRAWS = 9_999
SEED = 1935  # the same data must give the same p
TIE = 1e-9  # of a statistic: what differs by less is the same but for rounding
DOUBLINGS = 16  # of the distance at which a limit is sought: farther off, digits run out
HALVINGS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scores:
    """What a slope and its error become when whole clusters flip, for any null value.

    The residuals under a null value are linear in it, so every array comes in two parts: at 0,
    and what one unit of the null value takes away.
    """

    slope: float
    error: float  # CR0
    flipped: tuple[Floats, Floats]  # shape (G,): each cluster's part in the slope
    crossed: tuple[Floats, Floats]  # shape (G, G): its part in each cluster's score
    signs: Floats  # shape (B, G)
    exact: bool


def smallest_wild_p(clusters: int, *, draws: int = DRAWS) -> float:
    """Say the smallest p that flipping the signs of so many clusters can reach.

    With 3 clusters there are 8 ways to flip signs, and each has a mirror image: 0.25.
    """
    return 2 / 2**clusters if is_enumerated(clusters, draws=draws) else 1 / (1 + draws)


def is_enumerated(clusters: int, *, draws: int = DRAWS) -> bool:
    """Say whether all signs of so many clusters are few enough to be tried."""
    return clusters < 60 and 2**clusters <= draws


def wild_cluster_p(
    y: ArrayLike,
    design: ClusterDesign,
    *,
    null: float = 0.0,
    draws: int = DRAWS,
    signs: Signs = "rademacher",
) -> float:
    """Say how often flipping whole clusters would give a t at least as large (two-sided).

    Args:
        y: The outcome, shape (n,).
        design: From ``cluster_design``, with one regressor of interest.
        null: The slope under which chance is judged.
        draws: How many signs are drawn where all of them are more.
        signs: ``"rademacher"`` (1 and -1), or ``"webb"`` (six values, always drawn): for few
            clusters it has more values of p, at the price of a few more false alarms (6 to 8 %).

    Returns:
        The p. The signs as they are count too, and what ties counts as as large, so that it is
        never below ``smallest_wild_p``.

    Raises:
        DataError: As for ``cluster_errors``; or several regressors of interest.

    Source:
        Cameron, Gelbach & Miller (2008), Rev. Econ. Stat. 90: 414-427; Webb (2023), Can. J. Econ.
        56: 839-858; the score form: MacKinnon (2023), Econometrics and Statistics. Agrees with
        ``boottest(type = "11")`` of R fwildclusterboot but for its ties, which count for nothing
        there (p = 0 with 3 clusters).
    """
    return _p(_scores(y, design, draws=draws, signs=signs), null)


def wild_cluster(
    y: ArrayLike,
    design: ClusterDesign,
    *,
    term: str,
    unit: str,
    level: float = 0.95,
    draws: int = DRAWS,
    signs: Signs = "rademacher",
) -> Estimate:
    """Estimate a slope with the interval of all values that the bootstrap does not reject.

    Args:
        y: The outcome, shape (n,).
        design: From ``cluster_design``, with one regressor of interest.
        term: What is being estimated, in words.
        unit: Of the slope.
        level: Confidence level.
        draws: How many signs are drawn where all of them are more.
        signs: As for ``wild_cluster_p``.

    Raises:
        DataError: Cannot tell: too few clusters for any p below 1 - level, or the slope hangs on
            one place, or no value far off is rejected, or the fit leaves nothing over. Otherwise as
            for ``wild_cluster_p``.

    Source:
        As for ``wild_cluster_p``.
    """
    g = design.clusters
    if design.alone.any():
        raise DataError(HANGS_ON_ONE)
    least = smallest_wild_p(g, draws=draws) if signs == "rademacher" else 1 / (1 + draws)
    if least > 1 - level:
        raise DataError(
            f"cannot tell: with {g} places the smallest p of the wild bootstrap is {least:.3g}, "
            f"above {1 - level:.2g}; {_needed(level)} places are the fewest that can reach it"
        )
    scores = _scores(y, design, draws=draws, signs=signs)
    require_spread(scores.error, outcome=outcome_rows(y, design), weights=design.weights[:, 0])
    tried = f"all {2**g} signs" if scores.exact else f"{draws:,} drawn signs"
    return Estimate(
        term=term,
        value=scores.slope,
        se=scores.error,
        low=_limit(scores, -1.0, level=level),
        high=_limit(scores, 1.0, level=level),
        level=level,
        p=_p(scores, 0.0),
        n=g,
        unit=unit,
        method=f"least squares, restricted wild cluster bootstrap over {tried}",
        assumptions=(
            "places are independent of each other",
            "a place could as well have strayed from the others by as much the other way",
        ),
    )


def _scores(y: ArrayLike, design: ClusterDesign, *, draws: int, signs: Signs) -> _Scores:
    if design.weights.shape[1] != 1:
        raise DataError("one regressor of interest at a time: put the others among the controls")
    outcome = outcome_rows(y, design)
    if outcome.shape[1] != 1:
        raise DataError("one outcome at a time is needed here")
    known, weight = design.basis[:, : design.controls], design.weights[:, 0]
    both = np.hstack([outcome, design.regressors[:, :1]])
    both = both - known @ (known.T @ both)  # restricted residuals at 0, and per unit of null
    own = np.add.reduceat(weight[:, None] * both, design.starts, axis=0)
    ahead = np.add.reduceat(weight[:, None] * design.basis, design.starts, axis=0)
    crossed = []
    for part in range(2):
        behind = np.add.reduceat(both[:, part, None] * design.basis, design.starts, axis=0)
        crossed.append(np.diag(own[:, part]) - ahead @ behind.T)
    slope = float(weight @ outcome[:, 0])
    scores = crossed[0].sum(axis=1) - slope * crossed[1].sum(axis=1)
    g = design.clusters
    exact = signs == "rademacher" and is_enumerated(g, draws=draws)
    return _Scores(
        slope=slope,
        error=float(np.sqrt((scores**2).sum())),
        flipped=(own[:, 0], own[:, 1]),
        crossed=(crossed[0], crossed[1]),
        signs=_all_signs(g) if exact else _drawn_signs(g, draws=draws, signs=signs),
        exact=exact,
    )


def _p(scores: _Scores, null: float) -> float:
    own = scores.flipped[0] - null * scores.flipped[1]
    crossed = scores.crossed[0] - null * scores.crossed[1]
    distance = (scores.slope - null) ** 2
    # compared without dividing, so that an error of 0 is no special case
    slopes = (scores.signs @ own) ** 2
    errors = ((scores.signs @ crossed.T) ** 2).sum(axis=1)
    as_far = slopes * scores.error**2 >= distance * errors * (1 - TIE)
    if scores.exact:
        as_far[0] = True  # the signs as they are, which rounding must not leave out
        return float(as_far.mean())
    return float((1 + as_far.sum()) / (1 + as_far.size))


def _limit(scores: _Scores, side: float, *, level: float) -> float:
    """Find the first value on one side of the slope that the bootstrap rejects."""
    step, inside = scores.error, scores.slope
    for _ in range(DOUBLINGS):
        outside = scores.slope + side * step
        if _p(scores, outside) <= 1 - level + TIE:
            break
        step, inside = 2 * step, outside
    else:
        raise DataError(
            "cannot tell: no value of the slope, however far off, is rejected by the wild "
            "bootstrap, so that there is no interval"
        )
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if _p(scores, middle) <= 1 - level + TIE:
            outside = middle
        else:
            inside = middle
        if abs(outside - inside) <= 1e-9 * scores.error:
            break
    return outside


def _needed(level: float) -> int:
    clusters = 2
    while 2 / 2**clusters > 1 - level:
        clusters += 1
    return clusters


def _all_signs(clusters: int) -> Floats:
    """List every choice of signs but the mirror images, which give the same t."""
    others = list(product((1.0, -1.0), repeat=clusters - 1))
    return np.array([(1.0, *signs) for signs in others])


def _drawn_signs(clusters: int, *, draws: int, signs: Signs) -> Floats:
    rng = np.random.default_rng([SEED, clusters])
    if signs == "rademacher":
        return np.where(rng.random((draws, clusters)) < 0.5, -1.0, 1.0)
    six = np.sqrt([1.5, 1.0, 0.5])
    found: Floats = rng.choice(np.concatenate([-six, six]), size=(draws, clusters))
    return found
