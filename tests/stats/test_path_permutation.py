from itertools import permutations
from math import factorial, inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eight_places import DOSE, MONTH, OUTCOME, PLACE, TREATED, drifting, treated_places
from outcomes.errors import DataError
from outcomes.stats.path_arrangements import (
    arrangement_p,
    count_arrangements,
    path_arrangements,
    treatment_paths,
)
from outcomes.stats.path_permutation import path_permutation, path_test
from outcomes.stats.permutation import permutation_p, smallest_p
from outcomes.stats.two_way_effects import two_way_effects, two_way_slopes

STAGGERED = treatment_paths([4, 5, 6, 7, 8, 9, -1, -1], periods=12)


def changes() -> np.ndarray:
    return OUTCOME[:, 6:].mean(axis=1) - OUTCOME[:, :6].mean(axis=1)


def test_one_common_start_gives_fishers_exact_p_of_the_changes() -> None:
    """The listing behind ``permutation_p`` is checked there against scipy and by hand."""
    for treated in (2, 3, 4, 6):
        rows = treated_places(treated).reshape(8, 12)
        found = path_test(OUTCOME, rows)
        assert found.p == pytest.approx(permutation_p(changes(), rows.any(axis=1)))
        assert found.smallest_p == pytest.approx(smallest_p(treated=treated, untreated=8 - treated))
        assert found.arrangements == count_arrangements([treated, 8 - treated])


def test_the_slope_is_that_of_fixest() -> None:
    """R: feols(y ~ x | place + month): -.644259833333 and -.0381534280314."""
    assert path_test(OUTCOME, TREATED).slope == pytest.approx(-0.644259833333, rel=1e-11)
    assert path_test(OUTCOME, DOSE).slope == pytest.approx(-0.0381534280314, rel=1e-11)


@pytest.mark.parametrize("missing", [0, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_arrangement_is_what_refitting_the_swapped_paths_gives(
    missing: int, weighted: bool
) -> None:
    rng = np.random.default_rng(missing)
    y, x = rng.normal(size=(5, 4)), rng.poisson(2, size=(5, 4)).astype(float)
    y.ravel()[rng.choice(20, missing, replace=False)] = nan
    weight = rng.uniform(0.5, 2, (5, 4)) if weighted else np.ones((5, 4))
    seen = np.isfinite(y)
    effects = two_way_effects(*np.nonzero(seen), weights=weight[seen])
    found = []
    for order in permutations(range(5)):
        fitted = two_way_slopes(y[seen], x[list(order)][seen], effects=effects)
        found.append(fitted.slope[0] / np.sqrt(fitted.bread[0, 0]))  # slope x length of the path
    share = np.mean(np.abs(found) >= abs(found[0]) * (1 - 1e-9))
    tested = path_test(y, x, weights=weight if weighted else None)
    assert tested.p == pytest.approx(share)
    assert tested.arrangements == factorial(5)


@pytest.mark.parametrize("paths", [TREATED, DOSE, STAGGERED])
@pytest.mark.parametrize("missing", [False, True])
def test_the_interval_holds_exactly_the_shifts_that_are_not_rejected(
    paths: np.ndarray, missing: bool
) -> None:
    y = np.where(missing & (PLACE == 2) & (MONTH == 3), nan, OUTCOME.ravel()).reshape(8, 12)
    found = path_test(y, paths)
    step = 1e-7 * (found.high - found.low)
    for inside, outside in (
        (found.low + step, found.low - step),
        (found.high - step, found.high + step),
    ):
        assert path_test(y - inside * paths, paths).p > 0.05
        assert path_test(y - outside * paths, paths).p <= 0.05


@settings(deadline=None, derandomize=True, max_examples=25)
@given(
    seed=st.integers(0, 1000),
    shift=st.floats(-50, 50),
    scale=st.sampled_from([-3.0, 1e-4, 1e5]),
)
def test_relabelling_places_shifting_time_and_scaling_do_not_matter(
    seed: int, shift: float, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.poisson(2, (5, 6)).astype(float), rng.normal(size=(5, 6))
    x[0, 0] += 10
    plain = path_test(y, x)
    places, months = rng.permutation(5), rng.permutation(6)
    other = path_test((y * scale + shift)[places][:, months], (x * 7 + 2)[places][:, months])
    assert other.p == plain.p
    assert other.slope == pytest.approx(plain.slope * scale / 7, rel=1e-6)
    sides = sorted([plain.low * scale / 7, plain.high * scale / 7])
    assert [other.low, other.high] == pytest.approx(sides, rel=1e-6)


@pytest.mark.parametrize("missing", [False, True])
def test_a_high_level_of_doses_or_a_steep_common_trend_does_not_matter(missing: bool) -> None:
    """Without its level taken off, a dose of 100,000 and more once gave p = 0."""
    rng = np.random.default_rng(8)
    y, dose = rng.normal(size=(6, 8)), rng.normal(size=(6, 8))
    if missing:
        y[1, 3] = y[4, 6] = nan
    found = path_test(y, dose)
    for high in (1e7, 1e6 * np.arange(8.0)):
        other = path_test(y, dose + high)
        assert (other.p, other.smallest_p) == (found.p, found.smallest_p) != (0, 0)
        assert [other.low, other.high] == pytest.approx([found.low, found.high], rel=1e-6)


def test_an_infinite_outcome_is_not_taken_for_a_missing_one() -> None:
    y = OUTCOME.copy()
    y[2, 3] = inf
    with pytest.raises(DataError, match="an outcome is infinite"):
        path_test(y, DOSE)


def test_adoption_dates_are_swapped_among_places() -> None:
    found = path_test(OUTCOME, STAGGERED)
    assert found.arrangements == factorial(8) // 2
    assert found.exact
    assert found.smallest_p == pytest.approx(1 / found.arrangements)
    said = path_permutation(OUTCOME, STAGGERED, term="change", unit="points")
    assert said.method.endswith("exact permutation of paths (20,160 ways)")
    assert (said.p, said.low, said.high, said.n) == (found.p, found.low, found.high, 8)


def test_paths_that_differ_only_by_level_count_as_the_same() -> None:
    """A place treated throughout and one never treated cannot be told apart within places."""
    paths = treatment_paths([0, -1, 3, 4], periods=6)
    rng = np.random.default_rng(0)
    assert path_test(rng.normal(size=(4, 6)), paths).smallest_p == pytest.approx(2 / 24)


def test_every_different_arrangement_is_listed_once() -> None:
    kinds = np.array([3, 1, 1, 2, 3, 1])
    listed = path_arrangements(kinds)
    rows = {tuple(row) for row in kinds[listed.order].tolist()}
    assert len(rows) == len(listed.order) == count_arrangements([3, 2, 1]) == 60
    assert all(sorted(row) == sorted(kinds) for row in rows)
    assert all(sorted(order) == list(range(6)) for order in listed.order.tolist())


def test_a_statistic_of_ones_own_can_be_permuted() -> None:
    treated = np.arange(8) < 3
    listed = path_arrangements(treated)
    chosen = treated[listed.order]
    gaps = [changes()[row].mean() - changes()[~row].mean() for row in chosen]
    observed = changes()[treated].mean() - changes()[~treated].mean()
    assert arrangement_p(observed, gaps) == pytest.approx(permutation_p(changes(), treated))


def test_more_arrangements_than_can_be_listed_are_drawn_and_never_give_zero() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(12, 6))
    y = 50 * x + rng.normal(size=(12, 6))
    found = path_test(y, x, draws=499)
    assert not found.exact
    assert found.p == 1 / 500
    assert found.low < 50 < found.high
    assert path_test(y, x, draws=499) == found
    said = path_permutation(y, x, term="slope", unit="points", draws=499)
    assert said.method.endswith("permutation of paths (499 of them drawn)")


def test_random_walks_of_dose_raise_false_alarms_in_five_percent_of_studies() -> None:
    """800 studies with errors together at .9; 3 errors of 800 are 2.3 points."""
    rng, found = np.random.default_rng(2), []
    for _ in range(800):
        walk = np.cumsum(rng.normal(size=(6, 12)), axis=1)
        found.append(path_test(drifting(rng, together=0.9, size=(6, 12)), walk).p)
    assert 0.027 < np.mean(np.array(found) <= 0.05) < 0.073


def test_a_true_slope_lies_in_the_interval_in_95_percent_of_studies() -> None:
    rng, inside = np.random.default_rng(3), []
    for _ in range(500):
        y = drifting(rng, together=0.6, size=(6, 12)) + 0.8 * STAGGERED[:6]
        found = path_test(y, STAGGERED[:6])
        inside.append(found.low <= 0.8 <= found.high)
    assert 0.92 < np.mean(inside) < 0.98


def test_one_treated_place_has_a_smallest_p_and_no_interval() -> None:
    one = treated_places(1).reshape(8, 12)
    found = path_test(OUTCOME, one)
    assert (found.smallest_p, found.low, found.high) == (1 / 8, -inf, inf)
    with pytest.raises(DataError, match=r"cannot tell: .* with probability 0\.12, above 0\.05"):
        path_permutation(OUTCOME, one, term="change", unit="points")


@pytest.mark.parametrize(
    ("y", "paths", "sentence"),
    [
        (OUTCOME, DOSE[:7], r"all alike, got \(8, 12\), \(7, 12\)"),
        (OUTCOME[:2], DOSE[:2], "three places and two periods"),
        (OUTCOME[:, :1], DOSE[:, :1], "three places and two periods"),
        (OUTCOME, np.where(DOSE > 7, nan, DOSE), "a path has a missing value"),
        (OUTCOME, np.tile(DOSE[0], (8, 1)), "the paths are the same in all places"),
        (OUTCOME, np.repeat(DOSE[:, :1], 12, axis=1), "never change within a place"),
        (np.vstack([OUTCOME[:7], np.full((1, 12), nan)]), DOSE, "a place has no value at all"),
    ],
)
def test_grids_that_cannot_be_compared_are_refused(
    y: np.ndarray, paths: np.ndarray, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        path_test(y, paths)


def test_broken_weights_starts_and_paths_are_refused() -> None:
    with pytest.raises(DataError, match="one number above 0 for each value"):
        path_test(OUTCOME, DOSE, weights=np.zeros((8, 12)))
    for broken in ([3, 12], [3, nan], [3, 2.5], [3, -2]):
        with pytest.raises(DataError, match="one start from 0 to 11, or -1 for never"):
            treatment_paths(broken, periods=12)
    with pytest.raises(DataError, match="a path has a missing value"):
        path_arrangements([1.0, nan])
    with pytest.raises(DataError, match="2 to 2,000 places, got 1"):
        path_arrangements([1.0])
