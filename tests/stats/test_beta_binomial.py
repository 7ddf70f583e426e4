"""Is somebody right less often than before, when the earlier share is uncertain too?"""

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.beta_binomial import beta_binomial_p


def test_with_very_many_earlier_cases_it_is_the_exact_binomial_test():
    exact = stats.binomtest(15, 25, 0.85, alternative="less").pvalue
    found = beta_binomial_p(15, 25, right_before=8.5e7, of_before=1e8)
    assert found == pytest.approx(exact, rel=1e-3)


def test_few_earlier_cases_make_it_more_careful():
    p = [beta_binomial_p(15, 25, right_before=0.85 * n, of_before=n) for n in (30, 100, 10_000)]
    assert p == sorted(p, reverse=True)


def test_where_nothing_changed_it_speaks_as_rarely_as_it_says():
    rng = np.random.default_rng(1)
    before, now = rng.binomial(60, 0.85, 2000), rng.binomial(25, 0.85, 2000)
    p = [
        beta_binomial_p(k, 25, right_before=b, of_before=60)
        for b, k in zip(before, now, strict=True)
    ]
    assert np.mean(np.array(p) <= 0.05) < 0.06


def test_weighed_cases_are_rounded_to_the_careful_side():
    assert beta_binomial_p(14.2, 25, right_before=85, of_before=100) == beta_binomial_p(
        15, 25, right_before=85, of_before=100
    )
    assert beta_binomial_p(15 + 1e-12, 25, right_before=85, of_before=100) == beta_binomial_p(
        15, 25, right_before=85, of_before=100
    )


@pytest.mark.parametrize("now", [(0, 0), (5, 4), (-1, 4)])
def test_shares_that_cannot_be_are_refused(now):
    with pytest.raises(DataError, match="shares of cases"):
        beta_binomial_p(*now, right_before=8, of_before=10)
