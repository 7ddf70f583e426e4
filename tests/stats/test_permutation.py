from itertools import combinations
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.permutation import is_exact, permutation_p, smallest_p

STEADY = settings(deadline=None, derandomize=True, max_examples=80)
changes = st.lists(st.integers(-30, 30), min_size=3, max_size=9)


def sides(size: int, treated: int) -> np.ndarray:
    return np.arange(size) < treated


def difference(treated: np.ndarray, others: np.ndarray, axis: int = -1) -> np.ndarray:
    apart: np.ndarray = np.mean(treated, axis=axis) - np.mean(others, axis=axis)
    return apart


def test_fishers_exact_listing_of_a_small_table_is_counted_right() -> None:
    """By hand: of the 10 ways to choose 2 of 5 places, {4, 5} and {1, 2} part them as far."""
    assert permutation_p([1, 2, 3, 4, 5], [False, False, False, True, True]) == 2 / 10


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("treated", [2, 3, 4])
def test_the_p_is_that_of_scipys_exact_permutation_test(seed: int, treated: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, 8)
    parts = values[:treated], values[treated:]
    theirs = stats.permutation_test(
        parts, lambda a, b, axis: np.abs(difference(a, b, axis)), alternative="greater"
    )
    assert permutation_p(values, sides(8, treated)) == pytest.approx(theirs.pvalue)


@STEADY
@given(values=changes, treated=st.integers(1, 3))
def test_the_p_is_the_share_of_a_plain_enumeration_in_whole_numbers(
    values: list[int], treated: int
) -> None:
    """Exact arithmetic on integers, so that ties count as ties."""
    g, k = len(values), min(treated, len(values) - 1)
    total = sum(values)

    def apart(chosen: tuple[int, ...]) -> int:
        own = sum(values[index] for index in chosen)
        return abs(own * (g - k) - (total - own) * k)

    every = [apart(chosen) for chosen in combinations(range(g), k)]
    share = sum(each >= apart(tuple(range(k))) for each in every) / len(every)
    assert permutation_p(np.array(values) / 7, sides(g, k)) == pytest.approx(share)


@STEADY
@given(values=changes, treated=st.integers(1, 8), seed=st.integers(0, 50))
def test_shift_scale_sign_order_and_naming_of_sides_do_not_matter(
    values: list[int], treated: int, seed: int
) -> None:
    change = np.array(values, dtype=float)
    chosen = sides(change.size, min(treated, change.size - 1))
    p = permutation_p(change, chosen)
    order = np.random.default_rng(seed).permutation(change.size)
    assert permutation_p(change + 1000, chosen) == p
    assert permutation_p(change * 1e-4, chosen) == p
    assert permutation_p(-change, chosen) == p
    assert permutation_p(change, ~chosen) == p
    assert permutation_p(change[order], chosen[order]) == p


@STEADY
@given(values=changes, treated=st.integers(1, 8))
def test_the_p_is_never_below_the_smallest_it_can_reach(values: list[int], treated: int) -> None:
    k = min(treated, len(values) - 1)
    least = smallest_p(treated=k, untreated=len(values) - k)
    assert least - 1e-12 <= permutation_p(values, sides(len(values), k)) <= 1


@pytest.mark.parametrize(
    ("treated", "untreated", "p"),
    [(4, 4, 2 / 70), (2, 2, 1 / 3), (1, 7, 1 / 8), (3, 3, 1 / 10), (3, 4, 1 / 35), (2, 5, 1 / 21)],
)
def test_the_clearest_difference_reaches_the_smallest_p(
    treated: int, untreated: int, p: float
) -> None:
    assert smallest_p(treated=treated, untreated=untreated) == pytest.approx(p)
    spread = np.arange(treated + untreated) / 1000
    clearest = np.where(sides(spread.size, treated), 10 + spread, spread)
    assert permutation_p(clearest, sides(spread.size, treated)) == pytest.approx(p)


def test_places_that_all_changed_alike_speak_for_nothing() -> None:
    assert permutation_p([0.3 - 0.1, 0.2, 0.4 - 0.2, 0.2], sides(4, 2)) == 1


@pytest.mark.parametrize("scale", [1e-200, 1e-13, 1.0, 1e200])
def test_a_clear_difference_is_as_clear_in_any_unit(scale: float) -> None:
    assert permutation_p(np.arange(8.0) * scale, sides(8, 4)) == pytest.approx(2 / 70)
    alike = np.array([0.3 - 0.1, 0.2, 0.4 - 0.2, 0.2]) * scale
    assert permutation_p(alike, sides(4, 2)) == 1


def test_more_assignments_than_can_be_listed_are_drawn_the_same_way_each_time() -> None:
    rng = np.random.default_rng(9)
    values, chosen = rng.normal(0, 1, 40), sides(40, 15)
    values[:15] += 0.5
    first = permutation_p(values, chosen)
    assert not is_exact(treated=15, untreated=25)
    assert permutation_p(values, chosen) == first
    # with normal values the t test is a near stand-in; 3 standard errors of 20,000 draws are 0.5 %
    assert first == pytest.approx(stats.ttest_ind(values[:15], values[15:]).pvalue, abs=0.01)


def test_a_drawn_p_is_never_zero() -> None:
    values = np.where(sides(40, 20), 100.0, 0.0) + np.arange(40) / 100
    assert permutation_p(values, sides(40, 20)) == 1 / 20_000
    assert smallest_p(treated=20, untreated=20) == 1 / 20_000


@pytest.mark.parametrize(
    ("values", "treated", "sentence"),
    [
        ([1, 2, 3], [False] * 3, "needs treated and untreated places, got 0 of 3"),
        ([1, 2, 3], [True] * 3, "got 3 of 3 treated"),
        ([], [], "got 0 of 0"),
        ([1, nan, 3], [True, False, False], "a change is not a number"),
        ([1, 2, 3], [True, False], r"one change a place is needed, got \(3,\) and \(2,\)"),
    ],
)
def test_places_that_cannot_be_compared_are_refused(
    values: list[float], treated: list[bool], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        permutation_p(values, treated)
