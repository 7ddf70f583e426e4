"""Ratio of counts after over before in treated places, over that in others, one number a place."""

from dataclasses import replace
from math import exp, nan

import numpy as np
from numpy.typing import ArrayLike

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.t_limits import t_p

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

HALF = 0.5  # of an event is added to every count, so that a place without any can stay


def log_ratios(
    before: ArrayLike,
    after: ArrayLike,
    *,
    exposure_before: ArrayLike = 1.0,
    exposure_after: ArrayLike = 1.0,
) -> Floats:
    """Give each place's logarithm of the rate after over that before.

    Args:
        before: Events counted in each place before the start, shape (places,).
        after: The same after it.
        exposure_before: What they could arise from before: people, or months. Shape (places,),
            or one number for all.
        exposure_after: The same after.

    Raises:
        DataError: Shapes differ, a count is no whole number of 0 or more, an exposure is not
            above 0, or a place has no event at all.
    """
    first, last = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.ndim != 1 or first.shape != last.shape:
        raise DataError(f"two counts a place are needed, got {first.shape} and {last.shape}")
    both = np.stack([first, last])
    if not (np.isfinite(both) & (both >= 0) & (both == np.round(both))).all():
        raise DataError("counts must be whole numbers of 0 or more")
    if (both.sum(axis=0) == 0).any():
        raise DataError(
            "a place has no event at all, before or after, so no ratio exists; leave it out and "
            "say so"
        )
    behind = [np.asarray(one, dtype=float) for one in (exposure_before, exposure_after)]
    if any(one.shape not in ((), first.shape) for one in behind):
        raise DataError(f"one exposure a place is needed, or one for all, for {first.size} places")
    if not all((np.isfinite(one) & (one > 0)).all() for one in behind):
        raise DataError("the exposure behind each count must be above 0")
    ratios: Floats = np.log((last + HALF) / behind[1]) - np.log((first + HALF) / behind[0])
    return ratios


def log_ratio_change(
    ratios: ArrayLike, treated: ArrayLike, *, term: str, unit: str, level: float = 0.95
) -> Estimate:
    """Estimate how many times as many were counted, beyond what other places show.

    Places are the independent units, so counts may jump from month to month and go together
    within a place: with overdispersed counts of 8 places this raised false alarms in 5 % of
    simulated studies, 4 or 1 of them treated, where tests that take events for independent raised
    them in 40 %.

    Args:
        ratios: As ``log_ratios`` gives them, shape (places,).
        treated: Which places were treated, shape (places,).
        term: What is compared, in words.
        unit: What was counted.
        level: Confidence level.

    Returns:
        The mean ratio of treated places over that of others: 1 is no difference. Limits and p
        are those of t(places - 2) on the logarithms.

    Raises:
        DataError: As ``collapsed_change``.

    Source:
        Donald & Lang (2007), Rev. Econ. Stat. 89: 221-233. Agrees with ``t.test(var.equal =
        TRUE)`` of R on the logarithms.
    """
    found = collapsed_change(ratios, treated, term=term, unit="logarithm", level=level)
    return replace(
        found,
        value=exp(found.value),
        se=nan,
        low=exp(min(found.low, 700.0)),
        high=exp(min(found.high, 700.0)),
        p=collapsed_t_p(found),
        unit=f"times as many {unit}",
        method=f"ratio of counts by place, t({found.n - 2}) on logarithms of it",
        assumptions=(
            "without the engagement, counts of both kinds of place would have changed by the same "
            "factor on average",
            "logarithms of the ratios of places are independent, near normal and equally spread",
        ),
        warnings=(),
    )


def collapsed_t_p(change: Estimate) -> float:
    """Give the two-sided p of t(places - 2) for what ``collapsed_change`` estimated; never 0."""
    return t_p(change.value / change.se, df=change.n - 2)
