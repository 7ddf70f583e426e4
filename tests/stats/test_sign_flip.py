import numpy as np
import pytest
from scipy.stats import permutation_test

from outcomes.errors import DataError
from outcomes.stats.sign_flip import sign_flip_p


def test_three_equal_differences_are_as_far_in_two_of_eight_cases():
    assert sign_flip_p([1.0, 1.0, 1.0]) == 2 / 8


def test_the_exact_p_is_that_of_scipy():
    differences = np.random.default_rng(5).normal(0.4, 1, 10)
    theirs = permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    assert sign_flip_p(differences) == pytest.approx(theirs.pvalue)


def test_a_clear_direction_is_found_in_many_pairs_and_none_where_there_is_none():
    rng = np.random.default_rng(6)
    assert sign_flip_p(rng.normal(0.5, 1, 60)) < 0.01
    assert sign_flip_p(rng.normal(0.0, 1, 60) * np.tile([1, -1], 30)) > 0.05


def test_without_any_difference_there_is_no_direction():
    assert sign_flip_p([0.0, 0.0]) == 1
    assert sign_flip_p([]) == 1


@pytest.mark.parametrize("wrong", [[np.nan, 1.0], [[1.0, 2.0]]])
def test_what_is_no_list_of_differences_is_refused(wrong):
    with pytest.raises(DataError):
        sign_flip_p(wrong)
