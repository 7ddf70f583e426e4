from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.paired import mean_change

# Student (1908), hours of sleep gained with two drugs; R's data set `sleep`.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
# Lakens (2013), Front. Psychol. 4: 863, table 1: ratings of two movies by ten people.
MOVIE_1 = [9, 7, 8, 9, 8, 9, 9, 10, 9, 9]
MOVIE_2 = [9, 6, 7, 8, 7, 9, 8, 8, 8, 7]

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
scores = st.lists(
    st.tuples(st.integers(4, 20), st.integers(4, 20)), min_size=3, max_size=40
).filter(lambda pairs: len({after - before for before, after in pairs}) > 1)


def change(before: object, after: object, *, level: float = 0.95) -> Estimate:
    return mean_change(before, after, term="sleep", unit="hours", level=level)  # type: ignore[arg-type]


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    before, after = np.array(pairs, dtype=float).T / 4
    return before, after


def test_students_sleep_data_give_the_numbers_of_r() -> None:
    # R 4.2.2: t.test(sleep$extra[11:20], sleep$extra[1:10], paired = TRUE)
    # t = 4.0621, df = 9, p-value = 0.002833, 95 percent interval 0.7001142 2.4598858, mean 1.58
    found = change(FIRST, SECOND)
    assert found.value == pytest.approx(1.58, abs=1e-12)
    assert found.value / found.se == pytest.approx(4.06212768338, rel=1e-10)
    assert found.p == pytest.approx(0.00283289019738, rel=1e-10)
    assert (found.low, found.high) == pytest.approx((0.700114236723, 2.45988576328), rel=1e-10)
    assert (found.n, found.dropped, found.warnings) == (10, 0, ())


def test_lakens_movie_ratings_give_the_t_of_r() -> None:
    found = change(MOVIE_2, MOVIE_1)
    assert found.value == pytest.approx(1.0)
    assert found.value / found.se == pytest.approx(4.74341649025, rel=1e-10)


@STEADY
@given(pairs=scores)
def test_any_scores_give_what_scipy_gives_for_related_samples(
    pairs: list[tuple[int, int]],
) -> None:
    before, after = columns(pairs)
    theirs = stats.ttest_rel(after, before)
    found = change(before, after, level=0.9)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)
    interval = theirs.confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


@STEADY
@given(pairs=scores, by=st.integers(-40, 40))
def test_shifting_all_scores_leaves_the_change_alone(pairs: list[tuple[int, int]], by: int) -> None:
    before, after = columns(pairs)
    here, there = change(before, after), change(before + by, after + by)
    assert (there.value, there.low, there.high) == pytest.approx((here.value, here.low, here.high))
    assert there.p == pytest.approx(here.p)


@STEADY
@given(pairs=scores, times=st.sampled_from([0.01, 0.5, 3, 1000]))
def test_scaling_all_scores_scales_the_change_and_not_its_p(
    pairs: list[tuple[int, int]], times: float
) -> None:
    before, after = columns(pairs)
    here, there = change(before, after), change(before * times, after * times)
    assert (there.value, there.se) == pytest.approx((here.value * times, here.se * times))
    assert there.p == pytest.approx(here.p)


@STEADY
@given(pairs=scores)
def test_swapping_before_and_after_turns_the_sign(pairs: list[tuple[int, int]]) -> None:
    before, after = columns(pairs)
    here, there = change(before, after), change(after, before)
    assert (there.value, there.low, there.high) == pytest.approx(
        (-here.value, -here.high, -here.low)
    )


@STEADY
@given(pairs=scores, seed=st.integers(0, 100))
def test_the_order_of_respondents_does_not_matter(pairs: list[tuple[int, int]], seed: int) -> None:
    before, after = columns(pairs)
    order = np.random.default_rng(seed).permutation(before.size)
    here, there = change(before, after), change(before[order], after[order])
    assert (there.value, there.low, there.p) == pytest.approx((here.value, here.low, here.p))


def test_the_interval_covers_a_planted_change_at_its_nominal_rate() -> None:
    """2,000 studies of 15 people; 99.9 % of binomial counts lie between 93.3 and 96.6 %."""
    rng = np.random.default_rng(1908)
    covered = 0
    for _ in range(2000):
        person = rng.normal(3, 0.6, 15)
        before, after = person + rng.normal(0, 0.4, 15), person + 0.35 + rng.normal(0, 0.5, 15)
        found = change(before, after)
        covered += found.low <= 0.35 <= found.high
    low, high = stats.binom.interval(0.999, 2000, 0.95)
    assert low <= covered <= high


def test_respondents_without_one_score_are_left_out_and_counted() -> None:
    found = change([*FIRST, nan, 2.0, nan], [*SECOND, 1.0, nan, nan])
    assert (found.n, found.dropped) == (10, 3)
    assert found.value == pytest.approx(1.58)
    assert found.warnings == (
        "3 of 13 respondents (23%) lack a score on one occasion, "
        "and those who stayed may differ from those who left",
    )


def test_a_few_lost_respondents_are_counted_without_a_warning() -> None:
    found = change([*FIRST, nan], [*SECOND, 1.0])
    assert (found.dropped, found.warnings) == (1, ())


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ([1, 2, 3], [1, 2], r"one score per respondent.*got shapes \(3,\) and \(2,\)"),
        ([[1, 2], [3, 4]], [[1, 2], [3, 5]], "one score per respondent"),
        ([1], [2], "need two respondents or more with both scores, got 1"),
        ([], [], "got 0"),
        ([1, nan, 3], [nan, 2, 4], "with both scores, got 1"),
        ([1, 2, 3], [2, 3, 4], "all 3 respondents changed by exactly 1, which leaves no spread"),
        ([3, 3], [3, 3], "changed by exactly 0"),
        ([1, 2, float("inf")], [2, 3, 4], "a score is infinite"),
    ],
)
def test_scores_that_cannot_answer_are_refused(
    before: list[float], after: list[float], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        change(before, after)


def test_equal_changes_are_refused_though_binary_fractions_differ() -> None:
    """3.6 - 3.2 and 3.8 - 3.4 differ in the 16th digit, which is no evidence of anything."""
    with pytest.raises(DataError, match=r"changed by exactly 0\.4"):
        change([3.2, 3.4, 2.1], [3.6, 3.8, 2.5])
