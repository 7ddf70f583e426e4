import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from outcomes.errors import DataError
from outcomes.stats import macro_f1 as figures

TRUE = [0, 0, 0, 1, 1, 1, 1, 1, 2, 2]
CALLED = [0, 1, 0, 1, 1, 1, 2, 1, 2, 0]


def counts(true, called, classes=3):
    return figures.confusion_counts(true, called, classes=classes).sum(axis=0)


def test_the_figures_of_a_small_table_are_those_computed_by_hand():
    # negative: 2 of 3 found, 2 of 3 called are right; neutral: 4 of 5, 4 of 5; positive: 1 of 2
    table = counts(TRUE, CALLED)
    np.testing.assert_allclose(figures.recall(table), [2 / 3, 4 / 5, 1 / 2])
    np.testing.assert_allclose(figures.precision(table), [2 / 3, 4 / 5, 1 / 2])
    np.testing.assert_allclose(figures.f1(table), [2 / 3, 4 / 5, 1 / 2])
    assert figures.macro_f1(table) == pytest.approx((2 / 3 + 4 / 5 + 1 / 2) / 3)
    assert figures.accuracy(table) == pytest.approx(0.7)


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_are_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    true, called = rng.integers(0, 3, 60), rng.integers(0, 3, 60)
    table = counts(true, called)
    assert figures.macro_f1(table) == pytest.approx(f1_score(true, called, average="macro"))
    assert figures.accuracy(table) == pytest.approx(accuracy_score(true, called))
    np.testing.assert_allclose(figures.f1(table), f1_score(true, called, average=None))
    np.testing.assert_allclose(figures.recall(table), recall_score(true, called, average=None))
    np.testing.assert_allclose(
        figures.precision(table), precision_score(true, called, average=None)
    )


def test_a_class_that_neither_is_there_nor_was_called_does_not_pull_the_mean_down():
    table = counts([0, 1, 1], [0, 1, 1])
    assert figures.macro_f1(table) == 1
    assert np.isnan(figures.f1(table)[2])
    assert np.isnan(figures.recall(table)[2])


def test_a_row_of_which_no_class_was_called_is_missed():
    table = counts([0, 0, 1], [0, 3, 1])
    assert figures.accuracy(table) == pytest.approx(2 / 3)
    np.testing.assert_allclose(figures.recall(table)[:2], [0.5, 1.0])
    np.testing.assert_allclose(figures.precision(table)[:2], [1.0, 1.0])


def test_a_row_that_is_drawn_twice_counts_twice():
    cells = figures.confusion_counts([0, 1], [0, 0], classes=3)
    assert figures.accuracy(np.array([[3.0, 1.0]]) @ cells) == pytest.approx([0.75])


@pytest.mark.parametrize(
    ("true", "called"), [([0, 1], [0]), ([0, 3], [0, 1]), ([0, -1], [0, 1]), ([0, 1], [0, 4])]
)
def test_what_is_no_class_is_refused(true, called):
    with pytest.raises(DataError):
        figures.confusion_counts(true, called, classes=3)
