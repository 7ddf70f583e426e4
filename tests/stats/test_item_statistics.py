import numpy as np
import pytest

from outcomes.stats.alpha import cronbach_alpha
from outcomes.stats.item_moments import item_moments
from outcomes.stats.item_statistics import end_shares, item_statistics


def with_correlations(wanted: np.ndarray, *, n: int = 400) -> np.ndarray:
    """Answers whose correlations are exactly those wanted."""
    raw = np.random.default_rng(1).normal(size=(n, len(wanted)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    return white @ np.linalg.cholesky(wanted).T


@pytest.fixture
def good() -> np.ndarray:
    """Ten items with alpha 0.910, of which the last goes less with the others."""
    wanted = np.full((10, 10), 0.5609)
    wanted[9, :] = wanted[:, 9] = 0.2703
    np.fill_diagonal(wanted, 1)
    return with_correlations(wanted)


def test_an_unreversed_item_hides_from_alpha_but_not_from_its_sign(good) -> None:
    # the size of a case in the Item Response Warehouse: 0.867 with one item unreversed, 0.910 after
    wrong = good * np.where(np.arange(10) == 9, -1, 1)
    assert cronbach_alpha(good, term="t").value == pytest.approx(0.910, abs=5e-4)
    assert cronbach_alpha(wrong, term="t").value == pytest.approx(0.867, abs=5e-4)
    assert not item_statistics(item_moments(good)).against.any()
    found = item_statistics(item_moments(wrong))
    assert list(np.flatnonzero(found.against)) == [9]
    assert not found.perhaps_chance[9]
    assert found.alpha_if_dropped[9] > 0.867


def test_several_unreversed_items_are_all_named(good) -> None:
    wrong = good * np.where(np.isin(np.arange(10), (1, 4, 6)), -1, 1)
    assert list(np.flatnonzero(item_statistics(item_moments(wrong)).against)) == [1, 4, 6]


def test_an_item_with_nothing_in_common_is_called_chance() -> None:
    wanted = np.full((5, 5), 0.5)
    wanted[4, :] = wanted[:, 4] = -0.02
    np.fill_diagonal(wanted, 1)
    found = item_statistics(item_moments(with_correlations(wanted, n=100)))
    assert found.against[4]
    assert found.perhaps_chance[4]


def test_item_rest_is_the_correlation_with_the_sum_of_the_others(good) -> None:
    found = item_statistics(item_moments(good))
    rest = good.sum(axis=1) - good[:, 2]
    assert found.item_rest[2] == pytest.approx(np.corrcoef(good[:, 2], rest)[0, 1])
    assert found.item_total[2] == pytest.approx(np.corrcoef(good[:, 2], good.mean(axis=1))[0, 1])
    without = cronbach_alpha(np.delete(good, 2, axis=1), term="t").value
    assert found.alpha_if_dropped[2] == pytest.approx(without)


def test_of_two_items_none_can_be_dropped() -> None:
    pair = with_correlations(np.array([[1, 0.5], [0.5, 1]]))
    assert np.isnan(item_statistics(item_moments(pair)).alpha_if_dropped).all()


def test_shares_at_the_ends_count_who_answered() -> None:
    floor, ceiling = end_shares([[1, 5], [1, np.nan], [3, 4], [5, np.nan]], low=1, high=5)
    np.testing.assert_allclose(floor, [0.5, 0])
    np.testing.assert_allclose(ceiling, [0.25, 0.5])
