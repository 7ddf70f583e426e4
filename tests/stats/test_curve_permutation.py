"""The permutation test of a whole curve of comparisons."""

from itertools import combinations
from math import nan

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.curve_permutation import MOST_WAYS, curve_permutation
from outcomes.stats.permutation import permutation_p


def by_hand(changes, chosen, *, leave_out):
    """The median t of every way, one t-test after the other."""
    found = []
    for row in changes:
        others = [i for i in range(row.size) if i not in chosen]
        lists = [
            others,
            *([[i for i in others if i != out] for out in others] if leave_out else []),
        ]
        found += [stats.ttest_ind(row[list(chosen)], row[left]).statistic for left in lists]
    return np.median(found)


@pytest.mark.parametrize("leave_out", [False, True])
def test_it_is_the_share_of_all_assignments_whose_median_t_is_as_far_from_zero(leave_out) -> None:
    rng = np.random.default_rng(3)
    changes = rng.normal(size=(3, 6)) + np.where(np.arange(6) < 2, 1.0, 0)
    ours = curve_permutation(changes, np.arange(6) < 2, leave_out=leave_out)
    all_t = [by_hand(changes, each, leave_out=leave_out) for each in combinations(range(6), 2)]
    assert ours.median_t == pytest.approx(all_t[0])
    assert ours.p == pytest.approx(np.mean(np.abs(all_t) >= abs(all_t[0]) - 1e-9))
    assert (ours.exact, ours.assignments) == (True, 15)


def test_one_way_alone_gives_the_plain_permutation_p() -> None:
    change, treated = np.random.default_rng(5).normal(size=8), np.arange(8) < 4
    ours = curve_permutation(change[None, :], treated)
    assert ours.p == pytest.approx(permutation_p(change, treated))


def test_relabelling_places_and_scaling_outcomes_change_nothing() -> None:
    rng = np.random.default_rng(7)
    changes, treated, order = rng.normal(size=(4, 7)), np.arange(7) < 3, rng.permutation(7)
    plain = curve_permutation(changes, treated, leave_out=True)
    moved = curve_permutation(50 * changes[:, order] + 3, treated[order], leave_out=True)
    assert (moved.p, moved.median_t) == pytest.approx((plain.p, plain.median_t))


def test_many_assignments_are_drawn_always_the_same_and_p_is_never_zero() -> None:
    change = np.where(np.arange(18) < 6, 50.0, 0) + np.random.default_rng(1).normal(size=(2, 18))
    one, other = (curve_permutation(change, np.arange(18) < 6) for _ in range(2))
    assert one == other
    assert not one.exact
    assert one.p >= 1 / MOST_WAYS


def test_under_no_change_it_speaks_as_rarely_as_it_promises() -> None:
    rng, told = np.random.default_rng(11), 0
    for _ in range(300):
        shared = rng.normal(size=8)
        changes = shared + 0.5 * rng.normal(size=(4, 8))
        told += curve_permutation(changes, np.arange(8) < 4, leave_out=True).p <= 0.05
    assert told <= 15 + 12  # 5 % of 300 and three standard errors


def test_what_cannot_be_tested_is_refused() -> None:
    with pytest.raises(DataError, match="one change a way and place"):
        curve_permutation(np.zeros((2, 3)), np.ones(4, dtype=bool))
    with pytest.raises(DataError, match="not a number"):
        curve_permutation(np.array([[1, 2, nan]]), np.array([True, False, False]))
    with pytest.raises(DataError, match="too few places"):
        curve_permutation(np.ones((1, 3)), np.array([True, False, False]), leave_out=True)
