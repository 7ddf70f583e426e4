import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.holm import holm
from outcomes.stats.permutation import permutation_p
from outcomes.stats.westfall_young import westfall_young

CHANGES = [
    [4.1, 3.2, 5.0, 1.1, 0.3, -0.4, 0.9, 1.6],
    [2.0, 0.4, 2.9, 0.2, -0.8, 0.1, 1.3, 0.6],
    [-0.5, 1.4, 0.2, 0.9, 0.7, -1.1, 0.3, 0.8],
]
THREE_OF_EIGHT = np.arange(8) < 3


def drawn(seed: int, *, places: int = 8, outcomes: int = 3, alike: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shared = rng.standard_normal(places)
    return np.sqrt(alike) * shared + np.sqrt(1 - alike) * rng.standard_normal((outcomes, places))


def test_the_adjusted_values_are_those_of_a_full_listing_in_r() -> None:
    """R 4.2.2, base: t.test(var.equal = TRUE) over combn(8, 3), step-down maxima as in mt.maxT."""
    expected = [0.0178571428571429, 0.1607142857142857, 0.9642857142857143]
    np.testing.assert_allclose(westfall_young(CHANGES, THREE_OF_EIGHT), expected, rtol=1e-13)


@pytest.mark.parametrize("places", [7, 8, 22])
def test_one_outcome_alone_has_the_p_of_the_permutation_test(places: int) -> None:
    changes = drawn(1, places=places, outcomes=1)
    treated = np.arange(places) < places // 2
    (p,) = westfall_young(changes, treated)
    assert p == pytest.approx(permutation_p(changes[0], treated), rel=1e-12)


def test_the_same_outcome_twice_costs_nothing_where_holm_would_double() -> None:
    once = np.array(CHANGES[:1])
    twice = np.vstack([once, 3 * once + 7])
    single = westfall_young(once, THREE_OF_EIGHT)[0]
    np.testing.assert_allclose(westfall_young(twice, THREE_OF_EIGHT), single)
    assert holm([single, single])[0] == pytest.approx(2 * single)


@pytest.mark.parametrize("seed", range(4))
def test_neither_the_order_of_places_nor_unit_nor_sign_matters(seed: int) -> None:
    changes, rng = drawn(seed), np.random.default_rng(seed)
    order = rng.permutation(8)
    turned = changes[:, order] * np.array([[3.0], [-1.0], [100.0]]) + np.array([[5.0], [0], [-2]])
    found = westfall_young(turned, THREE_OF_EIGHT[order])
    np.testing.assert_allclose(found, westfall_young(changes, THREE_OF_EIGHT))


@pytest.mark.parametrize("seed", range(4))
def test_it_never_falls_below_the_p_by_itself(seed: int) -> None:
    changes = drawn(seed)
    alone = [permutation_p(row, THREE_OF_EIGHT) for row in changes]
    assert (westfall_young(changes, THREE_OF_EIGHT) >= np.array(alone) - 1e-12).all()


def test_of_studies_without_any_change_at_most_one_in_twenty_finds_one() -> None:
    treated = np.arange(9) < 3  # 84 assignments
    found = [
        westfall_young(drawn(seed, places=9, outcomes=4), treated).min() <= 0.05
        for seed in range(600)
    ]
    assert 0.02 <= np.mean(found) <= 0.07
    naive = [
        min(permutation_p(row, treated) for row in drawn(seed, places=9, outcomes=4)) <= 0.05
        for seed in range(300)
    ]
    assert np.mean(naive) > 0.09


@pytest.mark.parametrize(
    ("changes", "treated", "words"),
    [
        ([1.0, 2.0, 3.0], [True, False, False], "a row an outcome"),
        ([[1.0, 2.0, 3.0]], [True, False], "a row an outcome"),
        ([[1.0, np.nan, 3.0]], [True, False, False], "same places"),
        ([[1.0, 2.0, 3.0]], [True, True, True], "at least one of each kind"),
        ([[1.0, 2.0]], [True, False], "three places or more"),
        ([[1.0, 2.0, 3.0], [4.1, 4.1, 4.1]], [True, False, False], "changed alike"),
    ],
)
def test_what_cannot_be_tested_is_refused(changes, treated, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=words):
        westfall_young(changes, treated)
