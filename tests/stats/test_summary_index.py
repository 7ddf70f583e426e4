import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.permutation import permutation_p
from outcomes.stats.summary_index import summary_index

EARLY = np.arange(12) < 6


def past(seed: int, *, alike: float = 0.0) -> np.ndarray:
    """Three outcomes of eight places over twelve months; the first two go together."""
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal((3, 8, 12))
    drawn[1] = alike * drawn[0] + np.sqrt(1 - alike**2) * drawn[1]
    return drawn


def test_the_weights_are_those_worked_out_in_r() -> None:
    """R 4.2.2, base: rowSums(solve(Z Z')) of three outcomes of 3 places x 4 periods, centred."""
    outcomes = np.array(
        [
            [[1, 6, 2, 1], [4, 3, 2, 4], [2, 5, 7, 8]],
            [[2, 5, 4, 2], [3, 1, 1, 2], [3, 6, 5, 9]],
            [[5, 2, 1, 7], [1, 2, 4, 2], [3, 6, 3, 2]],
        ],
        dtype=float,
    )
    periods = np.concatenate([outcomes, outcomes], axis=2)
    found = summary_index(periods, before=np.arange(8) < 4, better=[1, 1, -1])
    expected = [0.290280024948190, 0.284922114109006, 0.424797860942804]
    np.testing.assert_allclose(found.weights, expected, rtol=1e-12)
    assert not found.equal


def test_news_told_twice_counts_once() -> None:
    found = summary_index(past(1, alike=0.98), before=EARLY)
    assert found.weights[2] == pytest.approx(0.5, abs=0.1)
    assert found.weights[:2].sum() == pytest.approx(0.5, abs=0.1)
    outcomes = past(1)
    outcomes[1] = 4 * outcomes[0] + 1
    same = summary_index(outcomes, before=EARLY).weights
    assert same[0] == pytest.approx(same[1], rel=1e-3)
    assert same[2] == pytest.approx(0.5, abs=0.1)
    apart = summary_index(past(1), before=EARLY)
    np.testing.assert_allclose(apart.weights, 1 / 3, atol=0.12)


def test_the_unit_of_an_outcome_and_the_names_of_places_do_not_matter() -> None:
    outcomes, order = past(2, alike=0.5), np.random.default_rng(0).permutation(8)
    found = summary_index(outcomes, before=EARLY)
    scaled = outcomes * np.array([1, 60, 0.01])[:, None, None] + 5
    np.testing.assert_allclose(summary_index(scaled, before=EARLY).values, found.values, atol=1e-9)
    moved = summary_index(outcomes[:, order], before=EARLY)
    np.testing.assert_allclose(moved.values, found.values[order])


def test_turning_an_outcome_round_is_the_same_as_saying_that_less_is_better() -> None:
    outcomes = past(3)
    turned = outcomes * np.array([1, -1, 1])[:, None, None]
    one = summary_index(outcomes, before=EARLY)
    other = summary_index(turned, before=EARLY, better=[1, -1, 1])
    np.testing.assert_allclose(one.values, other.values)


def test_what_happens_after_the_start_leaves_scale_and_weights_alone() -> None:
    outcomes = past(4)
    later = outcomes.copy()
    later[:, :4, 6:] += np.array([5.0, 0, -3])[:, None, None]
    before, after = (summary_index(each, before=EARLY) for each in (outcomes, later))
    np.testing.assert_array_equal(before.weights, after.weights)
    np.testing.assert_array_equal(before.values[:, :6], after.values[:, :6])


def test_a_change_of_every_outcome_is_clearer_in_the_index_than_in_each() -> None:
    treated = np.arange(8) < 4
    found = {"index": 0, "alone": 0.0}
    for seed in range(150):
        outcomes = past(seed)
        outcomes[:, :4, 6:] += 0.8
        index = summary_index(outcomes, before=EARLY).values
        for name, grids in (("index", index[None]), ("alone", outcomes)):
            change = grids[:, :, 6:].mean(axis=2) - grids[:, :, :6].mean(axis=2)
            found[name] += np.mean([permutation_p(row, treated) <= 0.05 for row in change])
    assert found["index"] > 1.3 * found["alone"]


def test_the_permutation_test_of_the_index_keeps_its_level() -> None:
    treated = np.arange(8) < 3  # 56 assignments: 2 of them are below 0.05
    false = []
    for seed in range(500):
        index = summary_index(past(seed, alike=0.6), before=EARLY).values
        change = index[:, 6:].mean(axis=1) - index[:, :6].mean(axis=1)
        false.append(permutation_p(change, treated) <= 0.05)
    assert 0.015 <= np.mean(false) <= 0.06


def test_a_gap_is_bridged_by_the_other_outcomes_and_no_value_is_made_up() -> None:
    outcomes = past(5)
    outcomes[0, 2, 8] = np.nan
    outcomes[:, 3, 9] = np.nan
    found = summary_index(outcomes, before=EARLY)
    assert np.isfinite(found.values[2, 8])
    assert np.isnan(found.values[3, 9])
    outcomes[1, 0, 2] = np.nan  # before the start too
    assert np.isfinite(summary_index(outcomes, before=EARLY).values[0, 2])


def test_an_outcome_that_would_be_subtracted_weighs_nothing() -> None:
    rng = np.random.default_rng(6)
    first, second = rng.standard_normal((2, 8, 12))
    third = first + second
    found = summary_index(np.array([first, second, third]), before=EARLY)
    assert (found.weights >= 0).all()
    assert found.weights[2] == 0
    assert not found.equal


def test_too_few_cells_before_the_start_give_equal_weights_and_say_so() -> None:
    outcomes = past(7)
    for outcome in range(3):
        outcomes[outcome, np.arange(8) % 3 != outcome, :6] = np.nan
    found = summary_index(outcomes, before=EARLY)
    assert found.equal
    np.testing.assert_allclose(found.weights, 1 / 3)


@pytest.mark.parametrize(
    ("outcomes", "before", "better", "words"),
    [
        (past(0)[:1], EARLY, None, "two outcomes or more"),
        (past(0)[0], EARLY, None, "two outcomes or more"),
        (past(0), EARLY[:5], None, "two outcomes or more"),
        (past(0), np.arange(12) < 2, None, "three periods before"),
        (past(0), EARLY, [1, 0, 1], "1 or -1"),
        (past(0) * np.array([1, 0, 1])[:, None, None], EARLY, None, "did not move"),
    ],
)
def test_what_cannot_be_combined_is_refused(outcomes, before, better, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=words):
        summary_index(outcomes, before=before, better=better)
