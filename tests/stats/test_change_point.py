from itertools import permutations

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.change_point import change_point


def test_a_sudden_change_is_found_where_it_was() -> None:
    rng = np.random.default_rng(1)
    found = change_point(np.arange(80), (np.arange(80) >= 50) + rng.normal(0, 0.3, 80), draws=499)
    assert found.time == pytest.approx(50, abs=2)
    assert (found.before, found.after) == (pytest.approx(0, abs=0.15), pytest.approx(1, abs=0.15))
    assert found.p == 1 / 500


def test_the_p_is_that_of_all_orders_where_they_can_be_written_out() -> None:
    values = np.array([0, 0, 1, 0, 1, 1, 1.0])
    orders = np.array(list(permutations(values)))
    most = np.abs(np.cumsum(orders - values.mean(), axis=1)).max(axis=1)
    exact = (most >= np.abs(np.cumsum(values - values.mean())).max() - 1e-12).mean()
    assert change_point(np.arange(7), values).p == pytest.approx(exact, abs=0.02)


def test_where_nothing_changes_one_in_twenty_seems_to() -> None:
    rng = np.random.default_rng(2)
    seeming = [
        change_point(np.sort(rng.integers(0, 30, 40)), rng.random(40) < 0.15, draws=199).p <= 0.05
        for _ in range(400)
    ]
    assert 0.02 <= np.mean(seeming) <= 0.08


def test_values_of_one_time_stay_together_and_their_order_does_not_matter() -> None:
    times, values = np.repeat([3, 1, 2], 10), np.repeat([1.0, 0, 0], 10)
    mixed = np.random.default_rng(3).permutation(30)
    one, other = change_point(times, values), change_point(times[mixed], values[mixed])
    assert one == other
    assert (one.time, one.before, one.after) == (3, 0, 1)


def test_one_odd_value_cannot_seem_certain_wherever_it_stands() -> None:
    for place in (0, 20, 38, 39):
        values = np.zeros(40)
        values[place] = 1
        assert change_point(np.arange(40), values).p > 0.04  # the first or the last: 2 of 40


@pytest.mark.parametrize(("times", "values"), [([1, 1, 1], [0, 1, 0]), ([1, 2, 3], [1, 1, 1])])
def test_where_times_or_values_never_differ_there_is_no_change(times, values) -> None:
    found = change_point(times, values)
    assert found.p == 1
    assert np.isnan(found.time)


@pytest.mark.parametrize(
    ("times", "values", "draws", "sentence"),
    [
        ([1, 2], [1], 99, "one value a time"),
        ([], [], 99, "one value a time"),
        ([1, np.nan], [1, 2], 99, "is missing"),
        ([1, 2], [1, 2], 50, "99 draws or more"),
    ],
)
def test_what_cannot_be_tested_is_refused(times, values, draws, sentence) -> None:
    with pytest.raises(DataError, match=sentence):
        change_point(times, values, draws=draws)
