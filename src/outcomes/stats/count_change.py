"""How many times as often was something counted later: exact, and wider where counts jump."""

from collections.abc import Sequence
from math import exp, inf, log, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.t_limits import t_limits


def count_change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    term: str,
    unit: str,
    others: Sequence[ArrayLike] = (),
    level: float = 0.95,
) -> Estimate:
    """Estimate how many times as often something was counted after as before.

    Args:
        before: Counts of equally long periods, such as months, shape (periods before,).
        after: The same later, shape (periods after,).
        term: What is compared, in words; copied to the result.
        unit: What was counted, such as ``"contacts"``.
        others: Counts of other stretches of the same series, shape (periods,) each: they help to
            tell how far counts jump from period to period without any change.
        level: Confidence level, strictly between 0 and 1.

    Returns:
        The ratio of the mean counts, after over before: 1 is no change. Limits are those of the
        exact test that takes the counts for independent events. Where counts jump more than such
        events would (overdispersion), they are also worked out with that spread, and the wider of
        both is given: a burst of ten sign-ups at one event is not ten events. ``p`` is the larger
        one. Nothing before gives an infinite ratio with a finite lower limit.

    Raises:
        DataError: A stretch has no period, a count is no whole number of 0 or more, or nothing
            was counted at all.

    Source:
        Przyborowski & Wilenski (1940), Biometrika 31: 313-323; McCullagh & Nelder (1989),
        Generalized Linear Models, 6.2. Agrees with ``poisson.test`` and, where counts jump, with
        ``glm(family = quasipoisson)`` of R.
    """
    first, last = _counts(before), _counts(after)
    k, m = float(first.sum()), float(last.sum())
    if k + m == 0:
        raise DataError(f"{term}: nothing was counted in either stretch, so nothing can change")
    times = first.size / last.size  # what a count after weighs for its shorter or longer stretch
    low, high, p = _exact(k, m, times=times, level=level)
    spread, freedom = _spread([first, last, *map(_counts, others)])
    if spread > 1:
        wide = _quasi(k, m, times=times, spread=spread, freedom=freedom, level=level)
        low, high, p = min(low, wide[0]), max(high, wide[1]), max(p, wide[2])
    return Estimate(
        term=term,
        value=m / k * times if k else inf,
        low=low,
        high=high,
        level=level,
        p=p,
        n=first.size + last.size,
        unit=f"times as many {unit}",
        method="ratio of counts, exact" + (", and with their spread" if spread > 1 else ""),
    )


def _counts(given: ArrayLike) -> np.ndarray:
    found = np.asarray(given, dtype=float)
    if found.ndim != 1 or not found.size:
        raise DataError(f"a stretch of at least one period is needed, got shape {found.shape}")
    if not (np.isfinite(found) & (found >= 0) & (found == np.round(found))).all():
        raise DataError("counts must be whole numbers of 0 or more")
    return found


def _exact(k: float, m: float, *, times: float, level: float) -> tuple[float, float, float]:
    """Ask which share of all events fell into the later stretch, and turn it into a ratio."""
    share = 1 / (1 + times)  # that would fall there if nothing changed
    found = stats.binomtest(int(m), int(k + m), share)
    limits = found.proportion_ci(confidence_level=level, method="exact")
    low, high = (limit / (1 - limit) * times if limit < 1 else inf for limit in limits)
    return float(low), float(high), float(found.pvalue)


def _spread(stretches: Sequence[np.ndarray]) -> tuple[float, int]:
    """Estimate how much more counts vary within stretches than independent events would."""
    told = [each for each in stretches if each.sum() > 0 and each.size > 1]
    freedom = sum(each.size - 1 for each in told)
    if not freedom:
        return 1.0, 0
    excess = sum(float((((each - each.mean()) ** 2) / each.mean()).sum()) for each in told)
    return max(1.0, excess / freedom), freedom


def _quasi(
    k: float, m: float, *, times: float, spread: float, freedom: int, level: float
) -> tuple[float, float, float]:
    if k == 0 or m == 0:  # half an event on either side, so that the logarithm exists
        k, m = k + 0.5, m + 0.5
    middle, error = log(m / k * times), sqrt(spread * (1 / k + 1 / m))
    limits = t_limits(middle, se=error, df=freedom, level=level)
    return exp(limits["low"]), exp(limits["high"]), limits["p"]
