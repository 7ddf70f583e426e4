from math import comb, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.permutation import permutation_p

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
sides = st.tuples(
    st.lists(st.integers(-30, 30), min_size=2, max_size=6),
    st.lists(st.integers(-30, 30), min_size=2, max_size=6),
).filter(lambda both: len(set(both[0])) > 1 and len(set(both[1])) > 1)
Sides = tuple[list[int], list[int]]


def compare(treated: object, others: object, *, level: float = 0.95) -> Estimate:
    own, rest = np.asarray(treated, dtype=float), np.asarray(others, dtype=float)
    return collapsed_change(
        np.concatenate([own, rest]),
        np.arange(own.size + rest.size) < own.size,
        term="tips",
        unit="tips a month",
        level=level,
    )


def test_students_sleep_data_taken_as_two_groups_give_the_numbers_of_r() -> None:
    # R's help of t.test on `sleep`, with var.equal = TRUE: t = -1.8608, df = 18, p = 0.07919,
    # 95 percent interval -3.363874 0.203874
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = compare(first, second)
    assert found.value / found.se == pytest.approx(-1.8608, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((-3.363874, 0.203874), abs=5e-7)
    assert "t(18) interval, exact permutation p" in found.method


@STEADY
@given(both=sides, level=st.sampled_from([0.8, 0.95, 0.99]))
def test_any_changes_give_the_interval_of_the_t_test_with_equal_variances(
    both: Sides, level: float
) -> None:
    theirs = stats.ttest_ind(*both, equal_var=True).confidence_interval(level)
    found = compare(*both, level=level)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert found.n == len(both[0]) + len(both[1])


@STEADY
@given(both=sides)
def test_the_p_is_that_of_the_permutation_test(both: Sides) -> None:
    chosen = np.arange(len(both[0]) + len(both[1])) < len(both[0])
    assert compare(*both).p == permutation_p([*both[0], *both[1]], chosen)


@STEADY
@given(both=sides, by=st.integers(-9, 9), times=st.sampled_from([0.01, 2, 1000]))
def test_a_shift_of_all_places_changes_nothing_and_a_scale_scales(
    both: Sides, by: int, times: float
) -> None:
    own, rest = (np.array(side, dtype=float) for side in both)
    here, there = compare(own, rest), compare((own + by) * times, (rest + by) * times)
    assert (there.value, there.se, there.low) == pytest.approx(
        (here.value * times, here.se * times, here.low * times), abs=1e-9
    )
    assert there.p == here.p


@STEADY
@given(both=sides)
def test_swapping_the_sides_turns_the_sign(both: Sides) -> None:
    here, there = compare(*both), compare(both[1], both[0])
    assert (there.value, there.low, there.high) == pytest.approx(
        (-here.value, -here.high, -here.low)
    )
    assert there.p == here.p


@STEADY
@given(both=sides, seed=st.integers(0, 50))
def test_the_order_of_places_does_not_matter(both: Sides, seed: int) -> None:
    rng = np.random.default_rng(seed)
    here, there = compare(*both), compare(*(rng.permutation(side) for side in both))
    assert (there.value, there.se, there.p) == pytest.approx((here.value, here.se, here.p))


def collapse(rng: np.random.Generator, *, studies: int, effect: float = 0.0) -> np.ndarray:
    """Changes of 8 places from 12 months with AR(1) errors of rho 0.6, 4 treated from month 7."""
    errors = np.empty((studies, 8, 12))
    errors[..., 0] = rng.normal(0, 1, (studies, 8))
    for month in range(1, 12):
        fresh = rng.normal(0, np.sqrt(1 - 0.6**2), (studies, 8))
        errors[..., month] = 0.6 * errors[..., month - 1] + fresh
    weather = rng.normal(0, 0.5, (studies, 1, 12))  # what all places share
    series = rng.normal(0, 1, (studies, 8, 1)) + weather + errors
    series[:, :4, 6:] += effect
    change: np.ndarray = series[..., 6:].mean(axis=2) - series[..., :6].mean(axis=2)
    return change


def test_serial_correlation_raises_no_false_alarms() -> None:
    """3,000 studies without effect: t rejects 3.5 to 6.5 % (3.8 SE), permutation 5 % at most.

    The exact p can only be 2/70, 4/70, ... so its true rate is 2.9 %; 5 % is 7 SE above that.
    """
    found = [compare(c[:4], c[4:]) for c in collapse(np.random.default_rng(2004), studies=3000)]
    by_t = np.mean([not each.low <= 0 <= each.high for each in found])
    by_permutation = np.mean([each.p is not None and each.p <= 0.05 for each in found])
    assert 0.035 <= by_t <= 0.065
    assert by_permutation <= 0.05


def test_the_interval_covers_a_planted_difference_at_its_nominal_rate() -> None:
    """2,000 studies, 1.5 SD planted; 99.9 % of binomial counts lie between 93.3 and 96.6 %."""
    changes = collapse(np.random.default_rng(2007), studies=2000, effect=1.5)
    found = [compare(c[:4], c[4:]) for c in changes]
    covered = sum(each.low <= 1.5 <= each.high for each in found)
    low, high = stats.binom.interval(0.999, 2000, 0.95)
    assert low <= covered <= high


@pytest.mark.parametrize(
    ("treated", "untreated", "least"), [(2, 2, "0.33"), (1, 7, "0.12"), (3, 3, "0.1")]
)
def test_too_few_places_for_any_test_are_said_to_be_so(
    treated: int, untreated: int, least: str
) -> None:
    found = compare(10 + np.arange(treated), np.arange(untreated) / 10)
    assert found.warnings[0].startswith(
        f"no test is possible with {treated} against {untreated} places"
    )
    assert f"with probability {least}" in found.warnings[0]


def test_the_fewest_places_that_would_do_are_those_of_the_level_asked_for() -> None:
    """4 against 4 can reach 0.029: enough for 0.05, so 3 against 4 were no answer here."""
    found = compare(10 + np.arange(4), np.arange(4) / 10, level=0.99)
    assert "with probability 0.029" in found.warnings[0]
    assert found.warnings[0].endswith("can reach 0.01 are 4 against 5, 2 against 13 or 3 against 7")
    for treated, untreated in ((4, 5), (2, 13), (3, 7)):
        assert comb(treated + untreated, treated) >= 100 > comb(treated + untreated - 1, treated)


@pytest.mark.parametrize(
    ("treated", "untreated", "level"), [(3, 4, 0.95), (2, 5, 0.95), (1, 19, 0.95), (3, 3, 0.9)]
)
def test_places_that_are_just_enough_are_not_warned_about(
    treated: int, untreated: int, level: float
) -> None:
    assert compare(np.arange(treated), np.arange(untreated) / 10, level=level).warnings == ()


def test_many_places_are_compared_by_drawn_assignments_and_the_method_says_so() -> None:
    rng = np.random.default_rng(4)
    found = compare(rng.normal(1, 1, 20), rng.normal(0, 1, 20))
    assert "sampled permutation p" in found.method


@pytest.mark.parametrize(
    ("change", "treated", "sentence"),
    [
        ([1, 2], [True, False], "three places or more .* got 1 treated and 1 for comparison"),
        ([1, 2, 3], [True] * 3, "got 3 treated and 0 for comparison"),
        ([1, 2, 3], [False] * 3, "got 0 treated and 3 for comparison"),
        ([1, nan, 3], [True, False, False], "a change is not a number"),
        ([1, float("inf"), 3], [True, False, False], "a change is not a number"),
        ([1, 2, 3], [True, False], r"got \(3,\) and \(2,\)"),
        ([5, 5, 1, 1], [True, True, False, False], "changed alike: no spread"),
        ([0, 0, 0, 0], [True, True, False, False], "changed alike: no spread"),
        ([0.3 - 0.1, 0.4 - 0.2, 1, 1], [True, True, False, False], "changed alike: no spread"),
    ],
)
def test_places_that_cannot_be_compared_are_refused(
    change: list[float], treated: list[bool], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        collapsed_change(change, treated, term="tips", unit="tips")
