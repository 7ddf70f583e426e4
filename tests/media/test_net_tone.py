"""Shares that add up to one, and the net tone that is made of them."""

import numpy as np
import pytest

from outcomes.estimate import Estimate
from outcomes.media.classify import TONES
from outcomes.media.hand_codes import UNIT
from outcomes.media.net_tone import adding_up, net_of, net_tone
from outcomes.stats.share import domain_share


def share(value, se, *, word="neutral", reach=2.0):
    return Estimate(
        term=f"articles {word} about law enforcement, 2026-03",
        value=value,
        se=se,
        low=max(value - reach * se, 0.0),
        high=min(value + reach * se, 1.0),
        n=12,
        unit=UNIT,
        method="a method",
        measure=f"tone_{word}",
    )


def test_what_is_missing_falls_on_the_shares_that_are_known_least():
    found = adding_up([share(0.2, 0.04), share(0.6, 0.08), share(0.1, 0.0)])
    assert [each.value for each in found] == pytest.approx([0.22, 0.68, 0.1])
    assert [each.high - each.low for each in found] == pytest.approx([0.16, 0.32, 0.0])


@pytest.mark.parametrize("values", [(0.9, 0.2, 0.01), (0.0, 0.5, 0.3), (0.01, 1.0, 0.02)])
def test_shares_that_were_estimated_one_by_one_add_up(values):
    found = adding_up(
        [share(value, se) for value, se in zip(values, (0.02, 0.3, 0.2), strict=True)]
    )
    assert sum(each.value for each in found) == pytest.approx(1)
    for each in found:
        assert 0 <= each.low <= each.value <= each.high <= 1


def test_shares_known_exactly_are_left_alone():
    exact = [share(value, 0.0) for value in (0.25, 0.5, 0.25)]
    assert adding_up(exact) == exact


def test_the_net_tone_is_the_difference_with_the_spread_of_a_difference():
    """Drawn with replacement, the variance of a difference of shares is a textbook one."""
    negative, neutral, positive = (0.2, 0.5, 0.3)
    se = [np.sqrt(value * (1 - value) / 100) for value in (negative, neutral, positive)]
    found = net_tone(share(negative, se[0]), share(neutral, se[1]), share(positive, se[2]))
    assert found.value == pytest.approx(0.1)
    assert found.se == pytest.approx(np.sqrt((0.2 + 0.3 - 0.1**2) / 100))
    assert (found.low, found.high) == pytest.approx(
        (0.1 - 2 * found.se, 0.1 + 2 * found.se), abs=1e-9
    )
    assert found.term == "positive minus negative articles about law enforcement, 2026-03"


def test_a_net_tone_whose_interval_is_known_keeps_it_around_the_difference():
    three = [share(0.1, 0.02), share(0.6, 0.02), share(0.3, 0.02)]
    found = net_of(three, se=0.03, low=0.05, high=0.07)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.15, 0.27))


def test_the_net_tone_of_a_dozen_codes_is_covered():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(300):
        truth = rng.choice([-1, 0, 1], size=200, p=[0.12, 0.78, 0.10])
        drawn = truth[rng.permutation(200)[:12]]
        three = [
            domain_share(
                (drawn == tone).astype(float),
                np.ones(12),
                probability=np.full(12, 0.06),
                term=f"articles {word} about law enforcement, 2026-03",
                unit=UNIT,
            )
            for tone, word in TONES.items()
        ]
        found = net_tone(*three)
        hits += found.low - 1e-9 <= truth.mean() <= found.high + 1e-9
    assert hits / 300 >= 0.94
