"""Mixes of others: the nearest one, what it left, and how often others leave theirs as far."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from outcomes.errors import DataError
from outcomes.stats.simplex_weights import simplex_weights
from outcomes.stats.synthetic_control import placebo_test, synthetic_control
from outcomes.stats.synthetic_control_predictors import matched_control, mix_of_importance

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
STEADY = settings(deadline=None, derandomize=True, max_examples=40)


def together(rng: np.random.Generator, *, places: int, months: int) -> Floats:
    """Outcomes without any change, months of a place going together at 0.6."""
    errors = np.empty((places, months))
    errors[:, 0] = rng.normal(size=places)
    for month in range(1, months):
        errors[:, month] = 0.6 * errors[:, month - 1] + 0.8 * rng.normal(size=places)
    return errors + rng.normal(size=(places, 1)) + 0.5 * rng.normal(size=(1, months))


@STEADY
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 12))
def test_the_mix_meets_the_conditions_of_the_best_one_whatever_the_numbers(
    seed: int, rows: int, others: int
) -> None:
    # Karush, Kuhn & Tucker: no other place could be given weight to come nearer
    rng = np.random.default_rng(seed)
    target, mixed = rng.normal(size=rows) * 50, rng.normal(size=(rows, others)) * 50 + 20
    weights = simplex_weights(target, mixed)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    slope = mixed.T @ (mixed @ weights - target)
    scale = np.abs(mixed).max() ** 2 * rows
    assert (slope >= weights @ slope - 1e-9 * scale).all()


def test_the_mix_is_the_one_a_general_optimizer_creeps_up_to() -> None:
    rng = np.random.default_rng(4)
    target, mixed = rng.normal(size=12), rng.normal(size=(12, 5))
    crept = minimize(
        lambda weights: ((mixed @ weights - target) ** 2).sum(),
        np.full(5, 0.2),
        method="SLSQP",
        bounds=[(0, 1)] * 5,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        options={"ftol": 1e-14},
    )
    assert simplex_weights(target, mixed) == pytest.approx(crept.x, abs=1e-6)


def test_a_place_that_is_a_mix_of_two_others_is_told_apart_from_a_jump() -> None:
    rest = np.random.default_rng(5).normal(size=(6, 30)).cumsum(axis=1)
    own = 0.7 * rest[1] + 0.3 * rest[4]
    own[20:] += 5
    found = synthetic_control(own, rest, before=20)
    assert found.weights == pytest.approx([0, 0.7, 0, 0, 0.3, 0], abs=1e-9)
    assert found.change == pytest.approx(5, abs=1e-8)
    assert found.fit == pytest.approx(0, abs=1e-8)


def test_a_common_level_a_scale_and_the_order_of_places_change_the_mix_in_no_way() -> None:
    table = together(np.random.default_rng(6), places=7, months=24)
    plain = placebo_test(table[0], table[1:], before=16)
    for other in (table + 1000, table * 60):
        found = placebo_test(other[0], other[1:], before=16)
        assert found.control.weights == pytest.approx(plain.control.weights, abs=1e-8)
        assert found.p == plain.p
    turned = placebo_test(table[0], table[:0:-1], before=16)
    assert turned.control.change == pytest.approx(plain.control.change)
    assert turned.p == plain.p


def test_the_treated_place_is_first_of_eight_as_often_as_chance_would_have_it() -> None:
    # the customary rank, where the treated place has one more to be mixed from, gives 18 %
    rng = np.random.default_rng(7)
    first = inside = 0
    for _ in range(1000):
        table = together(rng, places=8, months=24)
        found = placebo_test(table[0], table[1:], before=12)
        first += found.p <= 1 / 8 + 1e-9
        inside += abs(found.control.change) <= 2.446912 * found.se  # t(6)
    assert 0.095 <= first / 1000 <= 0.15
    assert 0.93 <= inside / 1000 <= 0.97


def test_a_jump_that_is_large_beside_the_drift_of_others_comes_first_and_is_never_zero() -> None:
    table = together(np.random.default_rng(8), places=20, months=36)
    table[0, 24:] += 12
    found = placebo_test(table[0], table[1:], before=24)
    assert (found.p, found.smallest_p) == (0.05, 0.05)
    low, high = found.left_out
    assert 9 < low <= found.control.change <= high < 15


def test_a_place_that_counts_is_left_out_of_the_mix_to_see_what_hangs_on_it() -> None:
    rest = np.random.default_rng(9).normal(size=(5, 20)).cumsum(axis=1)
    own = 0.5 * rest[0] + 0.5 * rest[3]
    found = placebo_test(own, rest, before=14)
    gaps = [
        synthetic_control(own, np.delete(rest, one, axis=0), before=14).change for one in (0, 3)
    ]
    assert found.left_out == pytest.approx((min(gaps), max(gaps)))


def test_predictors_that_foretell_the_outcome_get_the_importance() -> None:
    rng = np.random.default_rng(10)
    telling, noise = rng.normal(size=11), rng.normal(size=11)
    telling[0], noise[0] = np.median(telling), 5.0  # nothing can match the noise
    table = 10 + 3 * telling[:, None] + rng.normal(0, 0.05, (11, 20))
    found = matched_control(
        table[0], table[1:], before=12, predictors=np.stack([telling, noise]), starts=2
    )
    assert found.importance is not None
    assert found.importance[0] > 0.95
    assert found.fit < 0.2
    again = mix_of_importance(np.stack([telling, noise]), found.importance)
    assert again == pytest.approx(found.weights, abs=1e-6)


def test_more_starts_never_follow_worse() -> None:
    rng = np.random.default_rng(11)
    table, predictors = rng.normal(size=(9, 16)).cumsum(axis=1), rng.normal(size=(4, 9))
    fits = [
        matched_control(table[0], table[1:], before=12, predictors=predictors, starts=starts).fit
        for starts in (1, 4)
    ]
    assert fits[1] <= fits[0]


SERIES = np.arange(12.0).reshape(3, 4) ** 1.5


@pytest.mark.parametrize(
    ("own", "rest", "before", "words"),
    [
        (SERIES[0], SERIES[1:2], 2, "two places"),
        (SERIES[0], SERIES[1:], 1, "two periods before"),
        (SERIES[0], SERIES[1:], 4, "one after"),
        (SERIES[0, :3], SERIES[1:], 2, "row of periods"),
        (SERIES[0], SERIES[1:] * np.nan, 2, "not a number"),
    ],
)
def test_what_cannot_be_mixed_is_refused(
    own: Floats, rest: Floats, before: int, words: str
) -> None:
    with pytest.raises(DataError, match=words):
        synthetic_control(own, rest, before=before)


def test_mixes_are_not_judged_by_two_places_nor_by_predictors_that_do_not_fit() -> None:
    with pytest.raises(DataError, match=r"cannot tell: 2 untreated .* 19 for a p of 0\.05"):
        placebo_test(SERIES[0], SERIES[1:], before=2)
    for predictors, words in (
        (np.ones((2, 3)), "same in all places"),
        (np.ones((2, 4)), "column for each of 3 places"),
        (np.full((1, 3), np.nan), "not a number"),
    ):
        with pytest.raises(DataError, match=words):
            matched_control(SERIES[0], SERIES[1:], before=2, predictors=predictors)
    with pytest.raises(DataError, match="importance"):
        mix_of_importance(SERIES[:, :3], [0, 0, 0])
    with pytest.raises(DataError, match="row of others"):
        simplex_weights([1.0, 2.0], np.ones((3, 2)))
    with pytest.raises(DataError, match="not a number"):
        simplex_weights([1.0, np.inf], np.ones((2, 2)))


def test_a_target_that_is_one_of_the_others_is_that_one() -> None:
    assert simplex_weights([1.0, 2.0], [[3.0, 1.0], [1.0, 2.0]]).tolist() == [0, 1]
