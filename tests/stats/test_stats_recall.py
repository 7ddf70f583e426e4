"""Recall from samples of what a search found and of what it passed over."""

import numpy as np
import pytest
from scipy.stats import binomtest

from outcomes.errors import DataError
from outcomes.stats.recall import stratified_recall

FOUND = frozenset(["found"])


def recall(found: list[float], rest: list[float], sizes: tuple[int, int]) -> object:
    return stratified_recall(
        [*found, *rest],
        strata=["found"] * len(found) + ["rest"] * len(rest),
        sizes={"found": sizes[0], "rest": sizes[1]},
        found=FOUND,
        term="recall",
    )


def test_the_limits_of_a_stratum_are_those_of_clopper_and_pearson() -> None:
    one = recall([1.0] * 10, [1.0] + [0.0] * 49, (10, 10**9))
    limits = binomtest(1, 50).proportion_ci(0.95, method="exact")
    missed = np.array([limits.high, 0.02, limits.low]) * 10**9
    assert [one.low, one.value, one.high] == pytest.approx(list(10 / (10 + missed)), rel=1e-4)


def test_everything_judged_leaves_nothing_to_chance() -> None:
    one = recall([1, 1, 1, 0], [1, 0, 0], (4, 3))
    assert (one.low, one.value, one.high) == (0.75, 0.75, 0.75)


def test_nothing_missed_in_a_small_sample_still_leaves_room() -> None:
    few = recall([1.0] * 40, [0.0] * 40, (200, 2000))
    many = recall([1.0] * 40, [0.0] * 1500, (200, 2000))
    assert few.value == many.value == 1
    assert few.low < 0.75  # up to about 175 of the 2,000 may have been missed
    assert many.low > 0.95
    assert few.high == 1


def test_unjudged_units_are_left_out_and_counted() -> None:
    one = recall([1, np.nan, 1], [0, 0], (10, 10))
    assert (one.n, one.dropped) == (4, 1)


@pytest.mark.parametrize(("precision", "missed"), [(0.95, 0.01), (0.8, 0.05), (0.6, 0.2)])
def test_the_interval_covers_the_truth_as_often_as_it_says(precision: float, missed: float) -> None:
    rng = np.random.default_rng(5)
    hits, rounds = 0, 600
    piles = [np.zeros(300), np.zeros(900)]
    piles[0][: int(300 * precision)] = 1
    piles[1][: int(900 * missed)] = 1
    truth = piles[0].sum() / (piles[0].sum() + piles[1].sum())
    for _ in range(rounds):
        drawn = [list(rng.choice(pile, 50, replace=False)) for pile in piles]
        one = recall(drawn[0], drawn[1], (300, 900))
        hits += one.low <= truth <= one.high
    assert 0.93 <= hits / rounds <= 0.995


def test_where_none_is_there_recall_cannot_be_told() -> None:
    with pytest.raises(DataError, match="cannot be told"):
        recall([0, 0], [0, 0], (5, 5))


def test_where_all_were_missed_recall_is_nothing() -> None:
    one = recall([0.0] * 5, [1.0] * 5, (50, 50))
    assert one.value == one.low == 0
    assert one.high < 0.6


def test_a_group_that_nobody_judged_is_refused() -> None:
    with pytest.raises(DataError, match="nobody judged one of the 7 units"):
        recall([1, 1], [np.nan], (5, 7))
