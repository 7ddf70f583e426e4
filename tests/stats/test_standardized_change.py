from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.standardized_change import (
    Kind,
    noncentral_t_limits,
    shared_df,
    small_sample_factor,
    standardized_change,
)

# Student (1908), hours of sleep gained with two drugs; R's data set `sleep`.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
# Lakens (2013), Front. Psychol. 4: 863, table 1.
MOVIE_1 = [9, 7, 8, 9, 8, 9, 9, 10, 9, 9]
MOVIE_2 = [9, 6, 7, 8, 7, 9, 8, 8, 8, 7]
BOTH: list[Kind] = ["d_av", "d_z", "g_av"]

STEADY = settings(deadline=None, derandomize=True, max_examples=40)
scores = st.lists(
    st.tuples(st.integers(4, 20), st.integers(4, 20)), min_size=4, max_size=30
).filter(lambda pairs: len({after - before for before, after in pairs}) > 1)


def size(before: object, after: object, *, kind: Kind = "d_av", level: float = 0.95) -> Estimate:
    return standardized_change(before, after, term="sleep", kind=kind, level=level)  # type: ignore[arg-type]


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    before, after = np.array(pairs, dtype=float).T / 4
    return before, after


def test_d_z_of_students_sleep_data_gives_the_numbers_of_r() -> None:
    # R effectsize 0.8.3: cohens_d(..., paired = TRUE): 1.28 [0.41, 2.12]; limits by uniroot of pt
    found = size(FIRST, SECOND, kind="d_z")
    assert found.value == pytest.approx(1.28455756259, rel=1e-10)
    assert (found.low, found.high) == pytest.approx((0.41462775638, 2.11801651398), rel=1e-5)
    assert (found.n, found.unit) == (10, "SD")


def test_d_av_of_students_sleep_data_gives_the_number_of_r() -> None:
    # R 4.2.2: mean(y - x) / sqrt((var(x) + var(y)) / 2)
    assert size(FIRST, SECOND).value == pytest.approx(0.83218108135, rel=1e-10)


def test_lakens_movie_ratings_give_his_published_numbers() -> None:
    # Lakens (2013) prints d_z 1.50; his d_av of 1.13 divides by the mean of the SDs, ours by
    # their root mean square: 1.12588 (R 4.2.2), the same to two decimals
    assert size(MOVIE_2, MOVIE_1, kind="d_z").value == pytest.approx(1.5, abs=1e-12)
    assert size(MOVIE_2, MOVIE_1).value == pytest.approx(1.12587993756, rel=1e-10)


@pytest.mark.parametrize(("t", "df"), [(0.0, 9), (0.3, 4), (4.06, 9), (2.5, 27), (12.0, 400)])
def test_the_limits_are_those_at_which_t_stands_at_either_end(t: float, df: int) -> None:
    """Compared with a root search over scipy's noncentral t distribution."""
    found = noncentral_t_limits(t, df=df, level=0.95)
    searched = tuple(
        optimize.brentq(lambda shift, q=q: stats.nct.cdf(t, df, shift) - q, -30, 30)
        for q in (0.975, 0.025)
    )
    assert found == pytest.approx(searched, rel=1e-4, abs=1e-6)


def test_the_limits_of_a_negative_t_are_those_of_the_positive_one_mirrored() -> None:
    low, high = noncentral_t_limits(2.5, df=27, level=0.95)
    assert noncentral_t_limits(-2.5, df=27, level=0.95) == (-high, -low)


def test_limits_that_cannot_be_found_are_refused() -> None:
    with pytest.raises(DataError, match="no noncentral t limits could be found"):
        noncentral_t_limits(nan, df=9, level=0.95)


@pytest.mark.parametrize("kind", BOTH)
@STEADY
@given(pairs=scores, by=st.integers(-9, 9), times=st.sampled_from([0.02, 0.5, 8, 300]))
def test_shifting_and_scaling_all_scores_leaves_the_size_alone(
    kind: Kind, pairs: list[tuple[int, int]], by: int, times: float
) -> None:
    before, after = columns(pairs)
    here = size(before, after, kind=kind)
    there = size(before * times + by, after * times + by, kind=kind)
    assert (there.value, there.low, there.high) == pytest.approx(
        (here.value, here.low, here.high), rel=1e-6, abs=1e-6
    )


@pytest.mark.parametrize("kind", BOTH)
@STEADY
@given(pairs=scores, seed=st.integers(0, 100))
def test_swapping_sides_turns_the_sign_and_the_order_of_respondents_does_not_matter(
    kind: Kind, pairs: list[tuple[int, int]], seed: int
) -> None:
    before, after = columns(pairs)
    order = np.random.default_rng(seed).permutation(before.size)
    here, there = size(before, after, kind=kind), size(after[order], before[order], kind=kind)
    assert (there.value, there.low, there.high) == pytest.approx(
        (-here.value, -here.high, -here.low), rel=1e-6, abs=1e-6
    )
    assert here.low <= here.value <= here.high


@pytest.mark.parametrize("kind", BOTH)
def test_the_interval_leaves_out_zero_where_the_paired_t_test_does(kind: Kind) -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        before = rng.normal(0, 1, 12)
        after = before + rng.normal(0.4, 0.7, 12)
        found = size(before, after, kind=kind)
        p = stats.ttest_rel(after, before).pvalue
        if abs(p - 0.05) > 1e-4:
            assert (found.low > 0 or found.high < 0) == (p < 0.05)


@pytest.mark.parametrize("correlation", [0.2, 0.8])
def test_the_interval_of_d_av_covers_a_planted_size_at_its_nominal_rate(
    correlation: float,
) -> None:
    """1,500 studies of 25 people, true d_av 0.5; 99.9 % of binomial counts: 93.0 to 96.7 %."""
    rng = np.random.default_rng(2003)
    spread = [[1.0, correlation], [correlation, 1.0]]
    people = rng.multivariate_normal([0.0, 0.5], spread, size=(1500, 25))
    found = [size(study[:, 0], study[:, 1]) for study in people]
    covered = sum(each.low <= 0.5 <= each.high for each in found)
    low, high = stats.binom.interval(0.999, 1500, 0.95)
    assert low <= covered <= high


def test_the_interval_of_d_z_covers_a_planted_size_at_its_nominal_rate() -> None:
    """1,500 studies of 12 people, true d_z 0.8; 99.9 % of binomial counts: 93.0 to 96.7 %."""
    rng = np.random.default_rng(2001)
    found = [size(np.zeros(12), rng.normal(0.8, 1, 12), kind="d_z") for _ in range(1500)]
    covered = sum(each.low <= 0.8 <= each.high for each in found)
    low, high = stats.binom.interval(0.999, 1500, 0.95)
    assert low <= covered <= high


def test_hedges_factor_has_the_digits_of_r() -> None:
    # effectsize 0.8.3 and gamma() of R 4.2.2, 9 df: 0.913874891793
    assert small_sample_factor(9) == pytest.approx(0.913874891793, rel=1e-11)
    assert small_sample_factor(1e6) == pytest.approx(1, abs=1e-6)


def test_scores_that_are_the_same_count_once_and_unrelated_ones_twice() -> None:
    scores = np.arange(10.0)
    assert shared_df(scores, scores) == pytest.approx(9)
    crossed = np.array([1.0, -1.0, 1.0, -1.0])
    assert shared_df(crossed, np.array([1.0, 1.0, -1.0, -1.0])) == pytest.approx(6)


@pytest.mark.parametrize("correlation", [0.2, 0.5, 0.8])
def test_g_av_is_on_average_the_planted_size_where_d_av_lies_too_far_out(
    correlation: float,
) -> None:
    """20,000 studies of 10 people, true size 1; d_av is 4 to 6 % too large."""
    rng = np.random.default_rng(1981)
    spread = [[1.0, correlation], [correlation, 1.0]]
    people = rng.multivariate_normal([0.0, 1.0], spread, size=(20_000, 10))
    change = (people[:, :, 1] - people[:, :, 0]).mean(axis=1)
    variances = people.var(axis=1, ddof=1)
    d_av = change / np.sqrt(variances.mean(axis=1))
    shared = [shared_df(study[:, 0], study[:, 1]) for study in people[:300]]
    factor = np.mean([small_sample_factor(df) for df in shared])
    assert d_av.mean() > 1.03
    assert d_av.mean() * factor == pytest.approx(1, abs=0.015)
    study = people[0]
    here = size(study[:, 0], study[:, 1], kind="g_av")
    there = size(study[:, 0], study[:, 1])
    assert here.value == pytest.approx(there.value * small_sample_factor(shared[0]))
    assert (here.low, here.high) == (there.low, there.high)


def test_respondents_without_one_score_are_left_out_and_counted() -> None:
    found = size([*FIRST, nan, nan, nan], [*SECOND, 1.0, 2.0, 3.0])
    assert (found.n, found.dropped) == (10, 3)
    assert found.warnings[0].startswith("3 of 13 respondents (23%) lack a score")


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ([1, 2], [1, 2, 3], "one score per respondent"),
        ([1, nan], [2, 3], "with both scores, got 1"),
        ([1, 2, 3], [2, 3, 4], "the 3 respondents leave no spread"),
        ([3.2, 3.4, 2.1], [3.6, 3.8, 2.5], "leave no spread"),
        ([2, 2, 2], [2, 2, 2], "leave no spread"),
    ],
)
@pytest.mark.parametrize("kind", BOTH)
def test_scores_that_cannot_answer_are_refused(
    kind: Kind, before: list[float], after: list[float], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        size(before, after, kind=kind)
