from math import inf, nan

import numpy as np
import pytest
from scipy import stats

from outcomes.stats.paired import mean_change
from outcomes.stats.partially_matched import partially_matched_change
from outcomes.stats.t_limits import SMALLEST, t_limits, t_p


def test_limits_and_p_are_those_of_the_t_test_of_scipy() -> None:
    values = np.array([0.3, 1.1, -0.4, 0.9, 2.0])
    theirs = stats.ttest_1samp(values, 0)
    limits = theirs.confidence_interval(0.9)
    found = t_limits(values.mean(), se=stats.sem(values), df=4, level=0.9)
    assert (found["low"], found["high"]) == pytest.approx((limits.low, limits.high))
    assert found["p"] == pytest.approx(theirs.pvalue)


def test_with_infinite_degrees_of_freedom_it_is_the_normal() -> None:
    found = t_limits(3.0, se=2.0, df=inf, level=0.95)
    assert found["high"] == pytest.approx(3 + 2 * stats.norm.ppf(0.975))
    assert found["p"] == pytest.approx(2 * stats.norm.sf(1.5))


def test_no_p_is_zero_however_far_out() -> None:
    assert t_p(1e6, df=inf) == t_p(-1e6, df=300.0) == SMALLEST > 0
    before, after = np.random.default_rng(1).normal(size=(2, 400))
    after += 1e6
    assert mean_change(before, after, term="a", unit="b").p == SMALLEST
    for some in (before, np.where(np.arange(400) < 50, nan, before)):
        assert (partially_matched_change(some, after, term="a", unit="b").p or 0) > 0
