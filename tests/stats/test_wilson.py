import pytest
from scipy.stats import binomtest

from outcomes.errors import DataError
from outcomes.stats.wilson import wilson_interval


@pytest.mark.parametrize(("k", "n"), [(15, 50), (1, 7), (0, 20), (20, 20)])
def test_the_limits_are_those_of_scipy(k, n):
    theirs = binomtest(k, n).proportion_ci(confidence_level=0.9, method="wilson")
    assert wilson_interval(k / n, n=n, confidence=0.9) == pytest.approx((theirs.low, theirs.high))


def test_a_share_of_nothing_or_of_all_keeps_its_end_and_has_width():
    assert wilson_interval(0, n=20) == pytest.approx((0, 0.1611252), abs=1e-6)
    low, high = wilson_interval(1, n=20)
    assert (low, high) == pytest.approx((0.8388748, 1), abs=1e-6)


@pytest.mark.parametrize(("share", "n"), [(1.1, 5), (-0.1, 5), (0.5, 0)])
def test_what_is_no_share_is_refused(share, n):
    with pytest.raises(DataError):
        wilson_interval(share, n=n)
