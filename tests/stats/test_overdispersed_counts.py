import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.overdispersed_counts import negative_binomial_fixed_effects

COUNTS = np.array(
    [
        [12, 3, 25, 40, 8, 22],
        [5, 17, 3, 1, 9, 14],
        [30, 8, 45, 31, 70, 18],
        [22, 50, 15, 9, 33, 60],
    ],
    dtype=float,
)
DOSE = np.array(
    [[0, 1, 2, 4, 1, 3], [2, 0, 1, 0, 3, 1], [3, 1, 4, 2, 6, 0], [0, 2, 1, 0, 1, 3]], dtype=float
)
PEOPLE = np.repeat([100.0, 50.0, 200.0, 150.0], 6).reshape(4, 6)


def test_slope_and_spread_are_those_of_the_largest_likelihood_in_r() -> None:
    # R 4.2.2: dnbinom maximised over theta, with the mean fitted anew by Fisher scoring
    found = negative_binomial_fixed_effects(COUNTS, DOSE, exposure=PEOPLE)
    assert found.slope == pytest.approx(0.322710119492708, abs=1e-7)
    assert found.model_se == pytest.approx(0.071546988247179, abs=1e-8)
    assert found.theta == pytest.approx(6.415342763361430, rel=1e-6)


def test_a_planted_slope_and_spread_are_found_again() -> None:
    rng = np.random.default_rng(11)
    dose = rng.poisson(3, (12, 60)).astype(float)
    mean = np.exp(rng.normal(3, 0.5, (12, 1)) + 0.1 * dose)
    counts = rng.poisson(mean * rng.gamma(4, 1 / 4, mean.shape)).astype(float)
    found = negative_binomial_fixed_effects(counts, dose)
    assert abs(found.slope - 0.1) < 3 * found.model_se
    assert abs(found.theta - 4) < 4 * found.theta_se


def test_counts_that_jump_no_more_than_chance_have_no_spread_to_find() -> None:
    rng = np.random.default_rng(2)
    even = np.round(20 + rng.uniform(-1, 1, (6, 12)))
    with pytest.raises(DataError, match="no more than independent events: use the Poisson model"):
        negative_binomial_fixed_effects(even, rng.poisson(3, (6, 12)).astype(float))


def test_too_many_places_are_refused() -> None:
    rng = np.random.default_rng(2)
    counts = rng.negative_binomial(2, 0.2, (500, 3)).astype(float)
    with pytest.raises(DataError, match="at most 400 effects"):
        negative_binomial_fixed_effects(counts, rng.poisson(3, (500, 3)).astype(float))
