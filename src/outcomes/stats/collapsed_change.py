"""Difference of mean changes between treated and untreated places, one number a place."""

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.inference_choice import fewest_places
from outcomes.stats.permutation import is_exact, permutation_p, smallest_p
from outcomes.stats.t_limits import t_limits

ROUNDING = 1e-9  # of the largest change: a smaller spread comes from binary fractions alone


def collapsed_change(
    change: ArrayLike, treated: ArrayLike, *, term: str, unit: str, level: float = 0.95
) -> Estimate:
    """Estimate by how much more treated places changed than untreated ones.

    Each place's series is first collapsed to one change (after minus before), so that months of
    one place are never mistaken for independent evidence. In simulations with serial correlation
    this keeps its 5 % false-alarm rate with 4 to 20 places, where two-way fixed effects with
    plain errors raise false alarms in 25 % of studies.

    Args:
        change: After minus before, one a place, shape (g,).
        treated: Which places were treated, shape (g,).
        term: What is being estimated, in words.
        unit: Of a change.
        level: Confidence level.

    Returns:
        The difference of mean changes with a t(g-2) interval; ``p`` is the permutation p, exact
        where the assignments can be listed. A warning says so where that p cannot reach 1 -
        level at all, so that no test is possible.

    Raises:
        DataError: Fewer than three places, none on one of the two sides, a change that is not a
            number, or all places of each side changing alike.

    Source:
        Bertrand, Duflo & Mullainathan (2004), Q. J. Econ. 119: 249-275, section IV.D (collapsing);
        Donald & Lang (2007), Rev. Econ. Stat. 89: 221-233. Agrees with ``t.test(var.equal =
        TRUE)`` of R on the changes.
    """
    values, chosen = np.asarray(change, dtype=float), np.asarray(treated, dtype=bool)
    if values.shape != chosen.shape or values.ndim != 1:
        raise DataError(f"one change a place is needed, got {values.shape} and {chosen.shape}")
    if not np.isfinite(values).all():
        raise DataError("a change is not a number; leave that place out and say so")
    k, rest = int(chosen.sum()), int((~chosen).sum())
    if k < 1 or rest < 1 or k + rest < 3:
        raise DataError(
            f"three places or more are needed, at least one of each kind; got {k} treated "
            f"and {rest} for comparison"
        )
    df = k + rest - 2
    spread = ((values[chosen] - values[chosen].mean()) ** 2).sum()
    spread += ((values[~chosen] - values[~chosen].mean()) ** 2).sum()
    if np.sqrt(spread) <= ROUNDING * np.abs(values).max():
        raise DataError("all places of each kind changed alike: no spread to judge chance by")
    value = float(values[chosen].mean() - values[~chosen].mean())
    se = float(np.sqrt(spread / df * (1 / k + 1 / rest)))
    limits = t_limits(value, se=se, df=df, level=level)
    limits["p"] = permutation_p(values, chosen)
    return Estimate(
        term=term,
        **limits,
        n=k + rest,
        unit=unit,
        method=f"difference of changes collapsed by place, t({df}) interval, "
        f"{'exact' if is_exact(treated=k, untreated=rest) else 'sampled'} permutation p",
        assumptions=(
            "without the engagement, both kinds of place would have changed alike on average",
            "changes of places are independent, near normal and equally spread",
        ),
        warnings=_too_few_places(treated=k, untreated=rest, level=level),
    )


def _too_few_places(*, treated: int, untreated: int, level: float) -> tuple[str, ...]:
    least = smallest_p(treated=treated, untreated=untreated)
    if least <= 1 - level + 1e-9:  # 1 - 0.9 is a little below 0.1
        return ()
    return (
        f"no test is possible with {treated} against {untreated} places: even the clearest "
        f"difference would arise by chance with probability {least:.2g}. "
        f"{fewest_places(treated, level=level)}",
    )
