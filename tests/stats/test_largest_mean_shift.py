"""Which of several means differs most between two groups, and is that chance?"""

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.largest_mean_shift import largest_mean_shift


def test_one_column_gives_the_permutation_test_of_scipy():
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=6), rng.normal(1.0, 1, size=7)
    exact = stats.permutation_test(
        (one, other), lambda a, b: abs(a.mean() - b.mean()), alternative="greater",
        n_resamples=np.inf,
    ).pvalue  # fmt: skip
    found = largest_mean_shift(np.r_[one, other][:, None], np.arange(13) >= 6, draws=9_999)
    assert found.p == pytest.approx(exact, abs=0.02)
    assert found.shifts[0] == pytest.approx((other.mean() - one.mean()) / np.r_[one, other].std())


def test_it_names_the_column_that_differs_and_its_direction():
    rng = np.random.default_rng(2)
    table = rng.normal(size=(80, 12))
    second = np.arange(80) >= 40
    table[second, 7] -= 1.5
    found = largest_mean_shift(table, second)
    assert found.largest == 7
    assert found.shifts[7] < 0
    assert found.p < 0.01


def test_many_columns_do_not_make_a_finding_likelier():
    rng = np.random.default_rng(3)
    second = np.arange(40) >= 20
    found = [largest_mean_shift(rng.normal(size=(40, 30)), second, draws=199).p for _ in range(200)]
    assert np.mean(np.array(found) <= 0.1) < 0.16


def test_a_column_that_never_differs_counts_for_nothing():
    table = np.column_stack([np.full(10, 3.7), np.arange(10.0)])
    found = largest_mean_shift(table, np.arange(10) >= 5)
    assert found.shifts[0] == 0
    assert found.largest == 1


def test_weights_count():
    table = np.array([[0.0], [1.0], [0.0], [1.0]])
    found = largest_mean_shift(table, [0, 0, 1, 1], weights=[3, 1, 1, 1])
    assert found.shifts[0] == pytest.approx((0.5 - 0.25) / table.std())


@pytest.mark.parametrize(
    ("table", "second", "said"),
    [
        ([[1.0], [2.0]], [0, 1, 1], "one row"),
        ([[1.0], [np.nan], [2.0], [3.0]], [0, 0, 1, 1], "without gaps"),
        ([[1.0], [2.0], [3.0]], [0, 1, 1], "two points"),
    ],
)
def test_what_cannot_be_compared_is_refused(table, second, said):
    with pytest.raises(DataError, match=said):
        largest_mean_shift(table, second)
