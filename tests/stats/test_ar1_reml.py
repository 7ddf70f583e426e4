import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import Ar1Regression, ar1_errors, ar1_reml, ar1_reml_many

STEADY = settings(deadline=None, derandomize=True, max_examples=15)

# luteinizing hormone in blood of a woman, every 10 minutes: R's data set `lh`
LH = np.fromstring(
    """
        2.4 2.4 2.4 2.2 2.1 1.5 2.3 2.3 2.5 2.0 1.9 1.7 2.2 1.8 3.2 3.2 2.7 2.2 2.2 1.9 1.9 1.8
        2.7 3.0 2.3 2.0 2.0 2.9 2.9 2.7 2.7 2.3 2.6 2.4 1.8 1.7 1.5 1.4 2.1 3.3 3.5 3.5 3.1 2.6
        2.1 3.4 3.0 2.9
        """,
    sep=" ",
)


def columns(n: int, start: int) -> np.ndarray:
    time = np.arange(1, n + 1.0)
    after = time > start
    return np.column_stack([np.ones(n), time, after, after * (time - start)])


def errors_of(fit: Ar1Regression) -> np.ndarray:
    return np.sqrt(np.diag(fit.covariance))


def test_a_series_of_hormones_gives_the_numbers_of_nlme() -> None:
    # R 4.2.2, nlme 3.1-162: gls(y ~ x + s + sl, correlation = corAR1(form = ~x), "REML")
    fit = ar1_reml(LH, columns(48, 24))
    theirs = [2.123474696372254, 0.017160154931548, -0.546985717360266, 0.022205195692938]
    assert fit.coefficients == pytest.approx(theirs, rel=2e-6)
    theirs = [0.463482845079018, 0.030178192047692, 0.450161051243542, 0.048397113494956]
    assert errors_of(fit) == pytest.approx(theirs, rel=2e-6)
    assert fit.phi == pytest.approx(0.66092258651048, rel=1e-6)
    assert fit.sd == pytest.approx(0.60296358995137, rel=1e-6)
    assert fit.log_likelihood == pytest.approx(-34.563900004069, abs=1e-9)
    assert fit.df == 44


def dense(
    values: np.ndarray, design: np.ndarray, times: np.ndarray, phi: float
) -> tuple[np.ndarray, float]:
    """Coefficients and restricted likelihood by the whole correlation matrix."""
    matrix = phi ** np.abs(times[:, None] - times[None, :])
    inverse = np.linalg.inv(matrix)
    square = design.T @ inverse @ design
    beta = np.linalg.solve(square, design.T @ inverse @ values)
    rest, df = values - design @ beta, len(values) - design.shape[1]
    variance = rest @ inverse @ rest / df
    logs = np.linalg.slogdet(matrix)[1] + np.linalg.slogdet(square)[1]
    return beta, float(-0.5 * (df * np.log(2 * np.pi * variance) + df + logs))


@STEADY
@given(seed=st.integers(0, 10_000), missing=st.integers(0, 8))
def test_with_any_periods_missing_the_fit_is_that_of_the_whole_matrix(
    seed: int, missing: int
) -> None:
    rng = np.random.default_rng(seed)
    kept = np.sort(rng.permutation(30)[missing:])
    times, design = kept + 1.0, columns(30, 15)[kept]
    values = rng.normal(size=30).cumsum()[kept]
    fit = ar1_reml(values, design, times=times)
    beta, likelihood = dense(values, design, times, fit.phi)
    assert fit.coefficients == pytest.approx(beta, rel=1e-7, abs=1e-8)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-8)
    for away in (-0.01, 0.01):  # no phi nearby is likelier
        near = np.clip(fit.phi + away, -0.8, 0.98)
        assert dense(values, design, times, near)[1] <= likelihood + 1e-6


@STEADY
@given(
    seed=st.integers(0, 10_000), times=st.sampled_from([0.001, 7, 1e6]), by=st.integers(-99, 999)
)
def test_scaling_and_shifting_a_series_scales_and_shifts_the_fit(
    seed: int, times: float, by: int
) -> None:
    values = np.random.default_rng(seed).normal(size=24)
    here = ar1_reml(values, columns(24, 12))
    there = ar1_reml((values + by) * times, columns(24, 12), times=np.arange(24) + 500)
    assert there.phi == pytest.approx(here.phi, abs=1e-5)
    assert there.coefficients[1:] == pytest.approx(here.coefficients[1:] * times, rel=1e-4)
    assert errors_of(there) == pytest.approx(errors_of(here) * times, rel=1e-4)


def test_many_series_at_once_are_fitted_as_one_by_one() -> None:
    rng, times, design = np.random.default_rng(3), np.arange(1, 31.0), columns(30, 12)
    series = ar1_errors(times, phi=0.5, many=40, rng=rng)
    both = ar1_reml_many(series, design, times=times, contrasts=np.eye(4)[2:])
    for number, each in enumerate(series.T):
        one = ar1_reml(each, design)
        assert both.phi[number] == pytest.approx(one.phi, abs=0.011)  # half a step of the grid
        ratios = (one.coefficients / errors_of(one))[2:]
        assert both.ratios[:, number] == pytest.approx(ratios, abs=0.12)


def test_a_planted_phi_and_change_are_found_in_a_long_series() -> None:
    times = np.arange(1, 2001.0)
    design = columns(2000, 900)
    wave = ar1_errors(times, phi=0.7, many=1, rng=np.random.default_rng(8))[:, 0]
    fit = ar1_reml(design @ [5, 0.01, 4, -0.02] + wave, design)
    assert fit.phi == pytest.approx(0.7, abs=4 * np.sqrt((1 - 0.7**2) / 2000))
    assert abs(fit.coefficients - [5, 0.01, 4, -0.02]).tolist() < (4 * errors_of(fit)).tolist()
    assert fit.sd == pytest.approx(1, abs=0.1)


def test_drawn_errors_are_as_correlated_as_asked_over_gaps_too() -> None:
    drawn = ar1_errors(np.array([1, 2, 5.0]), phi=0.8, many=100_000, rng=np.random.default_rng(1))
    assert np.cov(drawn) == pytest.approx(
        np.array([[1, 0.8, 0.8**4], [0.8, 1, 0.8**3], [0.8**4, 0.8**3, 1]]), abs=0.02
    )


@pytest.mark.parametrize(
    ("values", "design", "times", "sentence"),
    [
        (LH[:5], columns(5, 2), None, "4 coefficients need 6 values or more, got 5"),
        (LH, columns(47, 20), None, r"got \(48,\), \(47, 4\)"),
        (np.where(LH > 3, np.nan, LH), columns(48, 24), None, "a number is missing"),
        (LH, columns(48, 24), np.arange(48)[::-1], "whole numbers that rise"),
        (LH, columns(48, 24), np.arange(48) / 2, "whole numbers that rise"),
        (LH, np.ones((48, 2)), None, "depend on one another"),
        (3 + 2 * np.arange(48), columns(48, 24), None, "exactly on its trend"),
        (np.full(48, 0.1), columns(48, 24), None, "exactly on its trend"),
    ],
)
def test_series_that_cannot_be_fitted_are_refused(
    values: np.ndarray, design: np.ndarray, times: np.ndarray | None, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        ar1_reml(values, design, times=times)
