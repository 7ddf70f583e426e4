import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.count_series import count_series, negative_binomial_series

STEADY = settings(deadline=None, derandomize=True, max_examples=10)

# great inventions and discoveries a year, 1860 to 1959: R's data set `discoveries`
DISCOVERIES = np.fromstring(
    """
        5 3 0 2 0 3 2 3 6 1 2 1 2 1 3 3 3 5 2 4 4 0 2 3 7 12 3 10 9 2 3 7 7 2 3 3 6 2 4 3 5 2 2
        4 0 4 2 5 2 3 3 6 5 8 3 6 6 0 5 2 2 2 6 3 4 4 2 2 4 7 5 3 3 0 2 2 2 1 3 4 2 2 1 1 1 2 1
        4 4 3 2 1 4 1 1 1 0 0 2 0
        """,
    sep=" ",
)
EXPOSURE = 1 + np.arange(100) / 100


def stepped(n: int, start: int) -> np.ndarray:
    time = np.arange(n)
    return np.column_stack([np.ones(n), time, time >= start])


def errors_of(covariance: np.ndarray) -> np.ndarray:
    return np.sqrt(np.diag(covariance))


def test_a_series_of_discoveries_gives_the_poisson_numbers_of_r() -> None:
    # R 4.2.2: glm(y ~ t + s + offset(log(o)), family = poisson) and quasipoisson
    found = count_series(DISCOVERIES, stepped(100, 60), exposure=EXPOSURE)
    theirs = [1.20367258973965, -0.00585625898724, -0.46662078412207]
    assert found.coefficients == pytest.approx(theirs, rel=1e-9)
    theirs = [0.12812389016796, 0.00360910652051, 0.21687280784108]
    assert errors_of(found.covariance) == pytest.approx(theirs, rel=1e-5)
    assert found.dispersion == pytest.approx(1.46567758316, rel=1e-6)
    assert found.deviance == pytest.approx(149.821894313, rel=1e-10)
    assert found.df == 97


def test_the_same_series_gives_the_likeliest_negative_binomial() -> None:
    # R 4.2.2: optim of -sum(dnbinom(y, size = theta, mu = mu, log = TRUE)), reltol 1e-15
    found = negative_binomial_series(DISCOVERIES, stepped(100, 60), exposure=EXPOSURE)
    theirs = [1.218467233077, -0.006388868219, -0.439856344689]
    assert found.coefficients == pytest.approx(theirs, rel=1e-6)
    assert found.theta == pytest.approx(7.455974398856, rel=1e-6)
    plain = count_series(DISCOVERIES, stepped(100, 60), exposure=EXPOSURE)
    assert (errors_of(found.covariance) > errors_of(plain.covariance)).all()


@STEADY
@given(by=st.integers(-60, 60), times=st.sampled_from([0.01, 3, 1e5]))
def test_renaming_times_and_scaling_the_exposure_leaves_the_step_as_it_is(
    by: int, times: float
) -> None:
    here = count_series(DISCOVERIES, stepped(100, 60), exposure=EXPOSURE)
    moved = stepped(100, 60)
    moved[:, 1] += by
    there = count_series(DISCOVERIES, moved, exposure=EXPOSURE * times)
    assert there.coefficients[1:] == pytest.approx(here.coefficients[1:], rel=1e-6)
    assert errors_of(there.covariance)[1:] == pytest.approx(
        errors_of(here.covariance)[1:], rel=1e-5
    )


def test_a_planted_ratio_and_spread_are_found() -> None:
    rng = np.random.default_rng(6)
    design = stepped(4000, 2000)
    mean = np.exp(design @ [2.0, 0.0001, 0.4])
    counts = rng.negative_binomial(5, 5 / (5 + mean)).astype(float)
    found = negative_binomial_series(counts, design)
    assert found.theta == pytest.approx(5, abs=4 * found.theta_se)
    away = abs(found.coefficients - [2.0, 0.0001, 0.4])
    assert (away < 4 * errors_of(found.covariance)).all()
    assert count_series(counts, design).dispersion == pytest.approx(1 + mean.mean() / 5, rel=0.2)


@pytest.mark.parametrize("seed", [1, 123, 325, 465])
def test_the_spread_of_few_and_jumping_counts_is_the_likeliest_one(seed: int) -> None:
    """Full steps of the fit leap past the likeliest mean here, ever farther."""
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(24), np.arange(24) >= 12, rng.normal(0, 3, 24)])
    counts = rng.poisson(2 * rng.gamma(0.5, 2, 24)).astype(float)
    found = negative_binomial_series(counts, design)

    def likely(beta: np.ndarray, theta: float) -> float:
        mean = np.exp(design @ beta)
        return float(stats.nbinom.logpmf(counts, theta, theta / (theta + mean)).sum())

    best = likely(found.coefficients, found.theta)
    for one in 0.01 * np.vstack([np.eye(3), -np.eye(3)]):
        assert likely(found.coefficients + one, found.theta) < best
    assert likely(found.coefficients, found.theta * 1.02) < best
    assert likely(found.coefficients, found.theta * 0.98) < best


def test_counts_that_never_change_are_fitted_without_a_word_of_python() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = count_series([3.0] * 12, stepped(12, 6))
    assert not told
    assert found.coefficients == pytest.approx([np.log(3), 0, 0], abs=1e-9)


def test_a_column_that_others_tell_is_refused() -> None:
    twice = np.column_stack([stepped(12, 6), np.arange(12) < 6])
    with pytest.raises(DataError, match="a column of the design is a sum of the others"):
        count_series(np.arange(12.0), twice)


@pytest.mark.parametrize(
    ("counts", "exposure", "sentence"),
    [
        ([1, 2, 3, 4, 2.5, 1], None, "whole numbers of 0 or more"),
        ([1, 2, 3, 4, -2, 1], None, "whole numbers of 0 or more"),
        ([1, 2, 3, 4, np.nan, 1], None, "whole numbers of 0 or more"),
        ([0] * 6, None, "nothing was counted"),
        ([1, 2, 3, 4, 2, 1], [1, 1, 0, 1, 1, 1], "above 0"),
        ([1, 2, 3, 4, 2], None, r"got \(5,\), \(6, 3\)"),
    ],
)
def test_counts_that_cannot_be_fitted_are_refused(
    counts: list[float], exposure: list[float] | None, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        count_series(counts, stepped(6, 3), exposure=exposure)


def test_too_few_periods_for_the_columns_are_refused() -> None:
    with pytest.raises(DataError, match="3 coefficients need 5 periods or more, got 4"):
        count_series([1, 2, 3, 4], stepped(4, 2))


def test_counts_that_jump_no_more_than_chance_have_no_negative_binomial() -> None:
    steady = np.tile([9.0, 10.0, 11.0], 8)
    with pytest.raises(DataError, match="use the Poisson model"):
        negative_binomial_series(steady, stepped(24, 12))


@pytest.mark.parametrize("silent", [slice(None, 18), slice(18, None), slice(1, None)])
def test_a_side_on_which_nothing_was_counted_has_no_ratio(silent: slice) -> None:
    """R's glm warns of fitted rates of 0; a p near 1 for a series that stopped would mislead."""
    counts = np.random.default_rng(4).poisson(20, 36)
    counts[silent] = 0
    with pytest.raises(DataError, match="finds no end"):
        count_series(counts, stepped(36, 18))
