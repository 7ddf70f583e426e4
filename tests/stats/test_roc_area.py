import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from outcomes.errors import DataError
from outcomes.stats.roc_area import roc_area


def test_the_area_of_four_rows_is_the_one_counted_by_hand():
    # of the four pairs, 0.8 beats both others, 0.3 ties with one and beats none
    assert roc_area([0.8, 0.3, 0.3, 0.5], [1, 1, 0, 0]) == pytest.approx([2.5 / 4])


@pytest.mark.parametrize("seed", range(5))
def test_the_area_is_that_of_scikit_learn_with_ties_and_weights(seed):
    rng = np.random.default_rng(seed)
    score, has = rng.integers(0, 8, 50) / 8, np.r_[1, 0, rng.integers(0, 2, 48)]
    often = rng.integers(0, 4, 50) + np.r_[1, 1, np.zeros(48)]
    found = roc_area(score, has, weights=np.array([np.ones(50), often]))
    assert found == pytest.approx(
        [roc_auc_score(has, score), roc_auc_score(has, score, sample_weight=often)]
    )


def test_where_all_rows_are_of_one_side_there_is_no_area():
    assert np.isnan(roc_area([0.1, 0.2], [1, 1])).all()
    assert np.isnan(roc_area([], [])).all()


@pytest.mark.parametrize(("score", "has"), [([0.1], [1, 0]), ([np.nan, 0.1], [1, 0])])
def test_what_is_no_score_is_refused(score, has):
    with pytest.raises(DataError):
        roc_area(score, has)
