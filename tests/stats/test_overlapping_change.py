"""A change between two waves that share some of their people."""

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.overlapping_change import combined_change, overlapping_change


def two_waves() -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """200 people asked in each wave, 100 of them in both, as they were given to R."""
    rng = np.random.default_rng(1965)
    person = rng.normal(0, 0.8, 300)
    first, second = np.arange(300) < 200, np.arange(300) >= 100
    before = np.where(first, 3 + person + rng.normal(0, 0.6, 300), np.nan).round(3)
    after = np.where(second, 3.2 + person + rng.normal(0, 0.6, 300), np.nan).round(3)
    weights = np.exp(rng.normal(0, 0.4, (2, 300))).round(3)
    return before, after, (weights[0], weights[1])


def over(answers: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(answers), np.nan, answers > 3.5)


# R 4.2.2, survey 4.1.1, of the same rows (one a person and wave):
# SE(svyglm(y ~ wave, svydesign(ids = ~person, weights = ~w))) and, for the share above 3.5,
# SE(svycontrast(svyby(~s, ~wave, design, svymean, covmat = TRUE), c(-1, 1)))
BY_R = {
    ("mean", True): (0.13979015136786, 0.100494018167811),
    ("share", True): (0.0867984107108452, 0.0464700768661265),
    ("mean", False): (0.180060000000001, 0.0863755090881333),
    ("share", False): (0.095, 0.0433258826456359),
}


@pytest.mark.parametrize(("what", "weighted"), BY_R)
def test_it_agrees_with_the_survey_package_of_r(what: str, weighted: bool) -> None:
    before, after, weights = two_waves()
    if what == "share":
        before, after = over(before), over(after)
    found = overlapping_change(before, after, weights=weights if weighted else None, term="x")
    value, se = BY_R[what, weighted]
    assert found.value == pytest.approx(value, rel=1e-12)
    factor = np.sqrt(200 / 199 * 299 / 300)  # theirs counts 300 people over both waves
    assert found.se == pytest.approx(se * factor, rel=2e-3 if weighted else 1e-12)
    assert (found.both, found.before, found.after, found.people) == (100, 200, 200, 300)


def test_where_nobody_answered_twice_it_is_the_test_of_welch() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(3, 1, 12), rng.normal(3.5, 2, 30)
    before = np.concatenate([first, np.full(30, np.nan)])
    after = np.concatenate([np.full(12, np.nan), second])
    found = overlapping_change(before, after, term="x").estimate(term="x", unit="points")
    theirs = stats.ttest_ind(second, first, equal_var=False)
    limits = theirs.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high), rel=1e-12)
    assert found.p == pytest.approx(theirs.pvalue)
    assert found.n == 42


def test_where_everybody_answered_twice_it_is_the_paired_test() -> None:
    rng = np.random.default_rng(3)
    before = rng.normal(3, 1, 25)
    after = before + rng.normal(0.2, 0.4, 25)
    change = overlapping_change(before, after, weights=(np.full(25, 7.0),) * 2, term="x")
    found = change.estimate(term="x", unit="points")
    theirs = stats.ttest_rel(after, before)
    limits = theirs.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high), rel=1e-12)
    assert change.df == pytest.approx(24)
    assert change.narrower > 0.5


def test_scaling_turning_and_reordering_leave_the_change_what_it_is() -> None:
    before, after, weights = two_waves()
    found = overlapping_change(before, after, weights=weights, term="x")
    back = overlapping_change(after, before, weights=weights[::-1], term="x")
    assert (back.value, back.se, back.df) == pytest.approx((-found.value, found.se, found.df))
    scaled = overlapping_change(
        10 * before + 5, 10 * after + 5, weights=(9 * weights[0], weights[1]), term="x"
    )
    assert (scaled.value, scaled.se) == pytest.approx((10 * found.value, 10 * found.se))
    order = np.random.default_rng(1).permutation(300)
    moved = overlapping_change(
        before[order], after[order], weights=(weights[0][order], weights[1][order]), term="x"
    )
    assert moved.se == pytest.approx(found.se)


@pytest.mark.parametrize("overlap", [0.0, 0.3, 1.0])
def test_the_interval_covers_with_few_people_unlike_weights_and_any_overlap(overlap) -> None:
    """20,000 rounds of each of 36 kinds give 94.4 to 96.4 %; 1,000 of one kind tell +-2 points."""
    rng, held, twice = np.random.default_rng(4), 0, round(overlap * 12)
    for _ in range(1000):
        person = rng.normal(size=12 + 20 - twice) * 0.8
        first, second = np.full(person.size, np.nan), np.full(person.size, np.nan)
        own = np.arange(12)
        other = np.r_[np.arange(twice), np.arange(12, person.size)]
        first[own] = person[own] + rng.normal(0, 0.6, 12)
        second[other] = person[other] + rng.normal(0, 0.6, 20)
        weights = np.exp(rng.normal(0, 0.5, (2, person.size)))
        found = overlapping_change(first, second, weights=(weights[0], weights[1]), term="x")
        one = found.estimate(term="x", unit="points")
        held += one.low <= 0 <= one.high
    assert 930 <= held <= 970


def test_places_together_count_by_their_share_and_not_by_who_was_asked_where() -> None:
    rng = np.random.default_rng(5)
    both = np.full(60, np.nan)
    changes = []
    for shift, asked in ((0.0, 40), (1.0, 20)):
        before, after = both.copy(), both.copy()
        before[:asked], after[10:asked] = rng.normal(3, 1, asked), rng.normal(3, 1, asked - 10)
        changes.append(overlapping_change(before, after + shift, term="x"))
    found = combined_change(changes, [3, 1])
    assert found.value == pytest.approx(0.75 * changes[0].value + 0.25 * changes[1].value)
    assert found.se == pytest.approx(np.hypot(0.75 * changes[0].se, 0.25 * changes[1].se))
    assert found.df > max(each.df for each in changes)
    assert (found.both, found.people) == (40, 60)
    alone = combined_change(changes[:1], [9])
    assert (alone.se, alone.df) == pytest.approx((changes[0].se, changes[0].df))


REFUSED = {
    "shapes": (([1, 2, 3], [1, 2]), {}, "one answer a person and wave"),
    "too few": (([1, 2, 3], [1, np.nan, np.nan]), {}, "two answers or more are needed in each"),
    "infinite": (([1, 2, np.inf], [1, 2, 3]), {}, "an answer is infinite"),
    "weights": (([1, 2, 3], [1, 2, 4]), {"weights": ([1, 1], [1, 1, 1])}, "3 people but 2 weights"),
    "no weight": (([1, 2], [2, 2]), {"weights": ([1, 0], [1, 1])}, "needs a weight above 0"),
    "missing": (([1, 2], [2, 2]), {"weights": ([1, np.nan], [1, 1])}, "needs a weight above 0"),
    "alike": (([1, 2, 3], [2, 3, 4]), {}, "all answers changed alike"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_no_pair_of_waves_is_refused(why: str) -> None:
    waves, how, said = REFUSED[why]
    with pytest.raises(DataError, match=said):
        overlapping_change(*waves, term="x", **how)


def test_groups_without_a_share_are_refused() -> None:
    with pytest.raises(DataError, match="one share a group"):
        combined_change([], [])
    one = overlapping_change([1.0, 2, 4], [2.0, 2, 5], term="x")
    for bad in (-1, np.nan, np.inf):
        with pytest.raises(DataError, match="one share a group"):
            combined_change([one, one], [1, bad])
