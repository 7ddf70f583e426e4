"""Shares that add up to one, and the net tone: positive articles minus negative ones."""

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt

from outcomes.estimate import Estimate

NET_UNIT = "share of articles, positive minus negative"
_ROUNDS = 10


def adding_up(shares: Sequence[Estimate]) -> list[Estimate]:
    """Shift shares that were estimated one by one so that they add up to 1.

    What is missing is laid on each in proportion to its variance, and the limits move along: a
    share that is known well hardly moves.

    Args:
        shares: Of all classes of one period.
    """
    values = [each.value for each in shares]
    weights = [each.se**2 for each in shares]
    if not sum(weights) > 0:
        return list(shares)
    for _ in range(_ROUNDS):
        missing = 1 - sum(values)
        free = [
            weight if value > 0 or missing > 0 else 0.0
            for value, weight in zip(values, weights, strict=True)
        ]
        total = sum(free) or 1.0
        values = [
            min(max(value + missing * part / total, 0.0), 1.0)
            for value, part in zip(values, free, strict=True)
        ]
    return [_moved(each, value) for each, value in zip(shares, values, strict=True)]


def _moved(share: Estimate, value: float) -> Estimate:
    by = value - share.value
    return replace(
        share,
        value=value,
        low=min(max(share.low + by, 0.0), value),
        high=max(min(share.high + by, 1.0), value),
    )


def net_tone(negative: Estimate, neutral: Estimate, positive: Estimate) -> Estimate:
    """Estimate positive minus negative from the three shares of one period and their limits.

    Args:
        negative: Shares of the same codes, which add up to 1, as are the others.
        neutral: With the others it tells how the two move together.
        positive: See above.

    Source:
        Zou & Donner (2008), Statistics in Medicine 27: 1693-1702, 'MOVER', with the covariance
        that follows from positive + negative = 1 - neutral.
    """
    value = positive.value - negative.value
    both = 2 * positive.se * negative.se
    together = (neutral.se**2 - positive.se**2 - negative.se**2) / both if both > 0 else 0.0
    together = min(max(together, -1.0), 1.0)
    down = _reach(positive.value - positive.low, negative.high - negative.value, together)
    up = _reach(positive.high - positive.value, negative.value - negative.low, together)
    square = positive.se**2 + negative.se**2 - together * both
    return _as_net(
        positive, value=value, se=sqrt(max(square, 0.0)), low=value - down, high=value + up
    )


def net_of(shares: Sequence[Estimate], *, se: float, low: float, high: float) -> Estimate:
    """Make the net tone of the shares negative, neutral and positive, its interval being known.

    Args:
        shares: Of one period; they add up to 1.
        se: Standard error of the net tone.
        low: Its distance from the net tone to the lower limit.
        high: Its distance to the upper limit.
    """
    value = shares[2].value - shares[0].value
    return _as_net(shares[2], value=value, se=se, low=value - low, high=value + high)


def _reach(one: float, other: float, together: float) -> float:
    return sqrt(max(one**2 + other**2 - 2 * together * one * other, 0.0))


def _as_net(share: Estimate, *, value: float, se: float, low: float, high: float) -> Estimate:
    about = share.term.partition("about law enforcement")[2]
    return replace(
        share,
        term=f"positive minus negative articles about law enforcement{about}",
        value=value,
        se=se,
        low=max(low, -1.0),
        high=min(high, 1.0),
        unit=NET_UNIT,
        measure="net_tone",
    )
