from itertools import pairwise
from math import nan

import numpy as np
import pytest
from scipy import sparse

from eight_places import DOSE, MONTH, OUTCOME, PLACE
from outcomes.errors import DataError
from outcomes.stats import two_way_effects as module
from outcomes.stats.numbered_labels import numbered
from outcomes.stats.two_way_effects import two_way_effects, two_way_slopes, without_effects


def on_dummies(
    values: np.ndarray, unit: np.ndarray, period: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """The same residuals by plain least squares on one column an effect."""
    dummies = np.hstack([unit[:, None] == np.unique(unit), period[:, None] == np.unique(period)])
    root = np.sqrt(weight)
    fitted = np.linalg.lstsq(dummies * root[:, None], values * root, rcond=None)[0]
    left: np.ndarray = values - dummies @ fitted
    return left


def test_the_slope_is_that_of_fixest() -> None:
    """R: feols(y ~ dose | place + month) on the panel of ``eight_places``."""
    fitted = two_way_slopes(OUTCOME.ravel(), DOSE.ravel(), effects=two_way_effects(PLACE, MONTH))
    assert fitted.slope[0] == pytest.approx(-0.0381534280314, rel=1e-11)
    assert fitted.parameters == 8 + 12 - 1 + 1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("weighted", [False, True])
def test_the_residuals_are_those_on_one_dummy_an_effect(seed: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    unit, period = rng.integers(0, 9, 70), rng.integers(0, 6 + seed, 70)
    values = rng.normal(size=70) + 100
    weight = rng.uniform(0.1, 3, 70) if weighted else np.ones(70)
    effects = two_way_effects(unit, period, weights=weight if weighted else None)
    left = without_effects(values, effects)
    np.testing.assert_allclose(left, on_dummies(values, unit, period, weight), atol=1e-11)


@pytest.mark.parametrize("by_time", [False, True])
def test_a_balanced_panel_in_any_order_gives_the_same(by_time: bool) -> None:
    rng = np.random.default_rng(3)
    order = np.lexsort((PLACE, MONTH)) if by_time else rng.permutation(PLACE.size)
    left = without_effects(OUTCOME.ravel(), two_way_effects(PLACE, MONTH))
    effects = two_way_effects(PLACE[order], MONTH[order])
    again = without_effects(OUTCOME.ravel()[order], effects)
    np.testing.assert_allclose(again, left[order], atol=1e-13)
    assert np.abs(left.reshape(8, 12).sum(axis=0)).max() < 1e-12
    assert np.abs(left.reshape(8, 12).sum(axis=1)).max() < 1e-12


def test_a_panel_that_hangs_by_a_thread_keeps_its_digits() -> None:
    """Two blocks of units and periods tied by one row: rounds of demeaning would crawl."""
    rng = np.random.default_rng(4)
    unit = np.concatenate([rng.integers(0, 20, 300), rng.integers(20, 40, 300), [0]])
    period = np.concatenate([rng.integers(0, 10, 300), rng.integers(10, 20, 300), [15]])
    values = rng.normal(size=601)
    effects = two_way_effects(unit, period)
    assert effects.dimension == 40 + 20 - 1
    expected = on_dummies(values, unit, period, np.ones(601))
    np.testing.assert_allclose(without_effects(values, effects), expected, atol=1e-11)


def test_a_long_chain_of_units_keeps_its_last_digits() -> None:
    """Each unit shares a period with the next alone: what is tied so loosely is solved twice."""
    unit = np.repeat(np.arange(400), 3)
    period = unit + np.tile([0, 1, 0], 400)
    values = np.random.default_rng(0).normal(size=1_200)
    left = without_effects(values, two_way_effects(unit, period))
    assert np.abs(np.bincount(unit, left)).max() < 5e-15
    assert np.abs(np.bincount(period, left)).max() < 5e-15


def test_parts_without_a_common_unit_or_period_take_one_parameter_less_each() -> None:
    unit, period = np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.array([0, 1, 0, 1, 2, 3, 2, 3])
    assert two_way_effects(unit, period).dimension == 4 + 4 - 2


@pytest.mark.parametrize("most_solved", [10, 1_500])
def test_more_effects_than_fit_a_table_are_kept_sparse_or_solved_by_iteration(
    monkeypatch: pytest.MonkeyPatch, most_solved: int
) -> None:
    rng = np.random.default_rng(5)
    unit, period = rng.integers(0, 80, 900), rng.integers(0, 70, 900)
    values = rng.normal(size=900)
    exact = without_effects(values, two_way_effects(unit, period))
    monkeypatch.setattr(module, "MOST_SOLVED", most_solved)
    monkeypatch.setattr(module, "MOST_CELLS", 10)
    effects = two_way_effects(unit, period)
    assert sparse.issparse(effects.cells)
    assert (effects.factor is None) == (most_solved == 10)
    np.testing.assert_allclose(without_effects(values, effects), exact, atol=1e-10)


@pytest.mark.parametrize("factor", [1e-6, 1.0, 1e6])
def test_shift_and_scale_of_outcome_and_dose_carry_over(factor: float) -> None:
    effects = two_way_effects(PLACE, MONTH)
    plain = two_way_slopes(OUTCOME.ravel(), DOSE.ravel(), effects=effects)
    scaled = two_way_slopes(
        OUTCOME.ravel() * factor + 1000 * factor, DOSE.ravel() / factor + 5, effects=effects
    )
    assert scaled.slope[0] == pytest.approx(plain.slope[0] * factor**2, rel=1e-7)


def test_labels_of_any_kind_and_place_give_the_same() -> None:
    names = np.array([f"place {number}" for number in PLACE])
    plain = two_way_slopes(OUTCOME.ravel(), DOSE.ravel(), effects=two_way_effects(PLACE, MONTH))
    for unit, period in ((names, MONTH + 2_000_000), (PLACE - 100, MONTH / 7), (7 - PLACE, MONTH)):
        other = two_way_slopes(OUTCOME.ravel(), DOSE.ravel(), effects=two_way_effects(unit, period))
        assert other.slope[0] == pytest.approx(plain.slope[0], rel=1e-12)


def test_several_slopes_are_recovered_beside_effects() -> None:
    rng = np.random.default_rng(7)
    unit, period = rng.integers(0, 30, 2_000), rng.integers(0, 15, 2_000)
    x = rng.normal(size=(2_000, 3)) + unit[:, None]
    y = x @ [2.0, -1.0, 0.5] + 10 * unit + np.sin(period)
    fitted = two_way_slopes(y, x, effects=two_way_effects(unit, period))
    np.testing.assert_allclose(fitted.slope, [2.0, -1.0, 0.5], atol=1e-9)


def test_labels_are_numbered_without_gaps() -> None:
    codes, levels = numbered([5, 9, 5, 7])
    assert (codes.tolist(), levels) == ([0, 2, 0, 1], 3)
    sizes = [numbered(labels)[1] for labels in (["b", "a"], [10**9, 3, 3], np.arange(4))]
    assert sizes == [2, 2, 4]
    assert all(a <= b for a, b in pairwise(numbered(["a", "b", "c"])[0]))


@pytest.mark.parametrize(
    "labels",
    [[1.0, nan, nan], ["a", None, "b"], np.array(["2026-01", "NaT"], dtype="datetime64[M]")],
)
def test_rows_without_a_label_are_not_taken_for_one_more_unit(labels: list[object]) -> None:
    with pytest.raises(DataError, match="has no label"):
        numbered(labels)


@pytest.mark.parametrize(
    ("dose", "sentence"),
    [
        (np.repeat(np.arange(8.0), 12), "never changes within a unit"),
        (np.tile(np.arange(12.0), 8), "the same for all units in each period"),
        (np.column_stack([DOSE.ravel(), 3 * DOSE.ravel() + PLACE]), "a sum of the others"),
        (np.full(96, nan), "a value is not a number"),
        (np.arange(5.0), r"one value a row is needed, got \(5, 1\) for 96"),
        (np.zeros((2, 2, 2)), "the regressors a list or a table"),
    ],
)
def test_regressors_that_leave_nothing_to_compare_are_refused(
    dose: np.ndarray, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        two_way_slopes(OUTCOME.ravel(), dose, effects=two_way_effects(PLACE, MONTH))


def test_broken_labels_weights_and_too_few_rows_are_refused() -> None:
    with pytest.raises(DataError, match="each row needs a unit and a period, got 96 and 2"):
        two_way_effects(PLACE, [1, 2])
    with pytest.raises(DataError, match="at least one row"):
        two_way_effects([], [])
    for weights in (np.zeros(96), np.full(96, nan), np.ones(3)):
        with pytest.raises(DataError, match="one number above 0 a row"):
            two_way_effects(PLACE, MONTH, weights=weights)
    effects = two_way_effects([0, 0, 1, 1], [0, 1, 0, 1])
    with pytest.raises(DataError, match="4 rows are too few for 3 effects"):
        two_way_slopes([1, 2, 3, 9], [0, 0, 0, 1], effects=effects)
