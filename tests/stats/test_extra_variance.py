from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize

from outcomes.errors import DataError
from outcomes.stats.extra_variance import extra_variance

# Thirteen trials of the BCG vaccine (Colditz et al. 1994): cases and others, vaccinated and not.
TRIALS = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)


def mean_of(values: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda weights: values - np.average(values, weights=weights)


def test_the_trials_of_the_bcg_vaccine_vary_by_the_root_of_the_equation() -> None:
    # Paule & Mandel (1982), on the data dat.bcg of Viechtbauer (2010), J. Stat. Softw. 36(3). The
    # number is the root of their equation, searched for here in another way and not in R
    a, b, c, d = TRIALS.T
    ratio = np.log(a / (a + b) / (c / (c + d)))
    se = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))

    def too_far(extra: float) -> float:
        weights = 1 / (se**2 + extra)
        mean = (weights * ratio).sum() / weights.sum()
        return float((weights * (ratio - mean) ** 2).sum() - (len(TRIALS) - 1))

    found = extra_variance(mean_of(ratio), se=se, parameters=1)
    assert found == pytest.approx(optimize.brentq(too_far, 0, 5, xtol=1e-12), rel=1e-6)
    assert found == pytest.approx(0.318068, abs=1e-6)


def test_a_planted_variance_is_found_again_although_some_values_are_known_badly() -> None:
    rng = np.random.default_rng(4)
    se = np.where(np.arange(60) < 20, 30.0, 0.5)
    found = [
        extra_variance(mean_of(values), se=se, parameters=1)
        for values in rng.normal(0, np.sqrt(3 + se**2), (200, 60))
    ]
    assert np.mean(found) == pytest.approx(3, abs=0.2)


def test_scale_does_not_matter() -> None:
    values, se = np.array([1.0, 5.0, 2.0, 9.0]), np.array([0.5, 1.0, 0.7, 0.9])
    once = extra_variance(mean_of(values), se=se, parameters=1)
    assert extra_variance(mean_of(10 * values), se=10 * se, parameters=1) == pytest.approx(
        100 * once
    )


def test_where_measuring_explains_all_nothing_is_beyond_it() -> None:
    assert extra_variance(mean_of(np.array([0.1, -0.1])), se=[3.0, 3.0], parameters=1) == 0


@pytest.mark.parametrize(
    ("se", "parameters", "sentence"),
    [
        ([1.0, 0.0], 1, "a number above 0"),
        ([1.0, np.nan], 1, "a number above 0"),
        ([1.0, 1.0], 2, "the fit leaves nothing over"),
    ],
)
def test_what_tells_no_variance_is_refused(se: list[float], parameters: int, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        extra_variance(mean_of(np.array([1.0, 2.0])), se=se, parameters=parameters)
