"""How far two groups of points lie apart, and whether chance alone would part them as far."""

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.energy_distance import energy_distance, pairwise_distances
from outcomes.stats.two_sample_shift import two_sample_shift


def two_groups(first, second):
    points = np.vstack([first, second])
    return pairwise_distances(points), np.arange(len(points)) >= len(first)


def test_on_a_line_it_is_the_energy_distance_of_scipy():
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=40), rng.normal(0.7, 1.5, size=25)
    apart, second = two_groups(one[:, None], other[:, None])
    weights = rng.uniform(0.2, 3, 65)
    found = energy_distance(apart, second, weights=weights)
    biased = stats.energy_distance(one, other, weights[:40], weights[40:]) ** 2
    first, last = (weights * ~second / weights[:40].sum(), weights * second / weights[40:].sum())
    between = first @ apart @ last
    bias = sum(w @ apart @ w * (1 / (1 - w @ w) - 1) for w in (first, last))
    assert found == pytest.approx((biased - bias) / (2 * between))


def test_distances_are_those_of_euclid():
    points = np.random.default_rng(2).normal(size=(30, 4))
    assert pairwise_distances(points) == pytest.approx(
        np.linalg.norm(points[:, None] - points[None], axis=2), abs=1e-6
    )


def test_two_places_lie_as_far_apart_as_can_be_and_one_place_not_at_all():
    apart, second = two_groups(np.zeros((5, 2)), np.ones((4, 2)))
    assert energy_distance(apart, second, weights=np.ones(9)) == pytest.approx(1)
    assert energy_distance(0 * apart, second, weights=np.ones(9)) == 0


def test_a_small_group_does_not_seem_farther_away_than_a_large_one():
    rng = np.random.default_rng(3)
    found = []
    for _ in range(400):
        apart, second = two_groups(rng.normal(size=(8, 3)), rng.normal(size=(6, 3)))
        found.append(energy_distance(apart, second, weights=np.ones(14)))
    assert np.mean(found) == pytest.approx(0, abs=3 * np.std(found) / 20)


def test_the_p_is_that_of_scipys_permutation_test():
    rng = np.random.default_rng(4)
    one, other = rng.normal(size=7), rng.normal(1.2, 1, size=6)
    apart, second = two_groups(one[:, None], other[:, None])
    exact = stats.permutation_test(
        (one, other),
        stats.energy_distance,
        permutation_type="independent",
        alternative="greater",
        n_resamples=np.inf,
    ).pvalue
    found = two_sample_shift(apart, second, draws=9_999)
    assert found.p == pytest.approx(exact, abs=0.02)
    assert (found.first, found.second) == (7, 6)


def rejected(make, *, weights=None, times=300, level=0.1):
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(times):
        first, second_points = make(rng)
        apart, second = two_groups(first, second_points)
        weight = None if weights is None else np.r_[weights(first), np.ones(len(second_points))]
        found += two_sample_shift(apart, second, weights=weight, draws=199).p <= level
    return found / times


def test_without_a_shift_it_finds_one_as_rarely_as_it_says():
    assert rejected(lambda rng: (rng.normal(size=(20, 2)), rng.normal(size=(30, 2)))) < 0.14


def test_with_a_shift_it_mostly_finds_it():
    found = rejected(
        lambda rng: (rng.normal(size=(30, 2)), rng.normal(0.9, 1, size=(30, 2))), times=60
    )
    assert found > 0.9


def drawn_by_size(rng):
    """A sample in which far points were drawn five times as often, and one drawn at random."""
    news = rng.normal(size=(600, 1))
    chance = np.where(np.abs(news[:, 0]) > 1, 0.2, 0.04)
    return news[rng.random(600) < chance], rng.normal(size=(40, 1))


def test_weights_make_good_for_unequal_chances_of_being_drawn():
    weights = lambda first: np.where(np.abs(first[:, 0]) > 1, 1.0, 5.0)  # noqa: E731
    assert rejected(drawn_by_size, weights=weights) < 0.14
    assert rejected(drawn_by_size) > 0.3


def test_the_same_numbers_give_the_same_p():
    apart, second = two_groups(*np.random.default_rng(6).normal(size=(2, 20, 2)))
    assert two_sample_shift(apart, second).p == two_sample_shift(apart, second).p


@pytest.mark.parametrize(
    ("apart", "second", "weights", "said"),
    [
        (np.zeros((3, 3)), [False, True], [1, 1], "one distance a pair"),
        (np.zeros((3, 3)), [False, True, True], [1, 1, 1], "two points or more"),
        (np.full((4, 4), np.nan), [0, 0, 1, 1], [1, 1, 1, 1], "must be numbers"),
        (np.zeros((4, 4)), [0, 0, 1, 1], [1, 1, 1, 0], "weights above 0"),
    ],
)
def test_what_is_no_comparison_is_refused(apart, second, weights, said):
    with pytest.raises(DataError, match=said):
        energy_distance(apart, second, weights=weights)
    with pytest.raises(DataError, match=said):
        two_sample_shift(apart, second, weights=weights)


def test_too_few_draws_and_gaps_in_points_are_refused():
    with pytest.raises(DataError, match="99 draws"):
        two_sample_shift(np.zeros((4, 4)), [0, 0, 1, 1], draws=10)
    with pytest.raises(DataError, match="without gaps"):
        pairwise_distances([[1.0, np.nan]])
