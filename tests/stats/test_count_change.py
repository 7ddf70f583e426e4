"""Two stretches of counts are compared as R compares them, and wider where counts jump."""

from math import inf

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.count_change import count_change


def compared(before, after, **how):
    return count_change(before, after, term="contacts", unit="contacts", **how)


def test_it_agrees_with_poisson_test_of_r():
    # R: poisson.test(c(6, 2), c(3, 3)); the interval is that of Clopper and Pearson, by hand:
    # F quantiles of 8 events with 6 after
    found = compared([1, 0, 1], [2, 2, 2])
    assert found.value == 3
    assert found.p == pytest.approx(0.2890625, abs=1e-7)  # (1 + 8 + 28) * 2 / 256
    assert (found.low, found.high) == pytest.approx((0.5363, 30.395), rel=1e-3)


def test_it_agrees_with_a_quasi_poisson_regression_where_counts_jump():
    before, after = [2, 30, 1], [40, 3, 35]
    found = compared(before, after)
    # the mean squared Pearson residual with 4 degrees of freedom, as glm(quasipoisson) has it
    spread = sum((x - np.mean(s)) ** 2 / np.mean(s) for s in (before, after) for x in s) / 4
    assert spread > 10
    error = np.sqrt(spread * (1 / 33 + 1 / 78))
    assert np.log(found.value / found.low) == pytest.approx(2.7764451 * error)
    assert found.p > 0.2
    assert compared([11, 11, 11], [26, 26, 26]).p < 0.001  # as many, one by one


def test_a_change_is_claimed_wrongly_no_more_often_than_promised():
    draws = np.random.default_rng(9).negative_binomial(4, 4 / 16, size=(400, 12))
    claimed = [
        found.low > 1 or found.high < 1
        for row in draws
        if row[6:].sum()
        for found in [compared(row[6:9], row[9:], others=[row[:3], row[3:6]])]
    ]
    assert np.mean(claimed) < 0.07


def test_other_stretches_tell_how_far_counts_jump():
    calm = compared([10, 10, 10], [20, 20, 20])
    assert compared([10, 10, 10], [20, 20, 20], others=[[1, 40, 2]]).high > calm.high


def test_nothing_before_has_a_finite_lower_limit():
    found = compared([0, 0, 0], [9, 8, 9])
    assert (found.value, found.high) == (inf, inf)
    assert 1 < found.low < inf


@pytest.mark.parametrize(
    ("before", "after"), [([0, 0], [0, 0]), ([], [1]), ([1.5], [1]), ([-1], [1]), ([np.nan], [1])]
)
def test_what_cannot_be_compared_is_refused(before, after):
    with pytest.raises(DataError):
        compared(before, after)
