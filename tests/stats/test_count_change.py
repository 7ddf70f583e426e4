"""Two stretches of counts are compared as R compares them, and wider where counts jump."""

from math import inf

import numpy as np
import pytest
from statsmodels.stats import rates

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


def test_stretches_of_different_length_are_weighed_as_r_weighs_them():
    # the example of R's ?poisson.test: poisson.test(c(11, 6+8+7), c(800, 1083+1050+878))
    found = compared(np.r_[np.ones(21), np.zeros(2990)], np.r_[np.ones(11), np.zeros(789)])
    assert found.value == pytest.approx(1.971488, abs=1e-6)
    assert found.p == pytest.approx(0.07967, abs=1e-5)
    assert (found.low, found.high) == pytest.approx((0.8584264, 4.2772659), abs=1e-6)


@pytest.mark.parametrize(("before", "after"), [(2, 6), (9, 11), (20, 45), (3, 1)])
def test_it_agrees_with_the_exact_conditional_test_of_statsmodels(before, after):
    other = rates.test_poisson_2indep(after, 1, before, 1, method="exact-cond")
    assert compared([before], [after]).p == pytest.approx(other.pvalue)


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


def test_nothing_before_a_burst_counts_as_half_an_event_where_counts_jump():
    after = [1, 40, 2]
    spread = sum((x - np.mean(after)) ** 2 / np.mean(after) for x in after) / 2
    error = np.sqrt(spread * (1 / 0.5 + 1 / 43.5))
    wide = 87 * np.exp(-4.3026527 * error)  # Student's t with 2 degrees of freedom
    assert compared([0, 0, 0], after).low == pytest.approx(wide)
    assert compared([0, 0, 0], after).p > 0.05


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
