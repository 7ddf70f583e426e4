import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.alpha import cronbach_alpha
from outcomes.stats.omega import MOST_RESAMPLED, mcdonald_omega
from outcomes.stats.one_factor import one_factor

LOADINGS = np.array([0.4, 0.6, 0.8, 0.9, 0.7])
RESIDUALS = np.array([0.5, 0.7, 0.4, 0.6, 0.5])
TRUE = LOADINGS.sum() ** 2 / (LOADINGS.sum() ** 2 + RESIDUALS.sum())


def answers(n: int, *, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) * LOADINGS + rng.normal(size=(n, 5)) * np.sqrt(RESIDUALS)


def test_a_covariance_made_of_one_factor_gives_that_factor_back() -> None:
    fit = one_factor(np.outer(LOADINGS, LOADINGS) + np.diag(RESIDUALS), n=100)
    np.testing.assert_allclose(fit.loadings, LOADINGS, atol=1e-8)
    np.testing.assert_allclose(fit.residuals, RESIDUALS, atol=1e-8)
    assert fit.omega == pytest.approx(TRUE)
    assert (fit.chi_square, fit.df) == (pytest.approx(0, abs=1e-8), 5)
    assert fit.standardized().loadings[0] == pytest.approx(0.4 / np.sqrt(0.66))


def test_three_items_are_reproduced_without_any_misfit() -> None:
    # with three items loadings have a closed form: l1^2 = s12 s13 / s23
    fit = one_factor(np.array([[1, 0.4, 0.5], [0.4, 1, 0.6], [0.5, 0.6, 1]]), n=50)
    assert fit.loadings[0] ** 2 == pytest.approx(0.4 * 0.5 / 0.6)
    assert fit.df == 0


def test_omega_is_above_alpha_where_items_are_unequal() -> None:
    values = answers(5000)
    assert mcdonald_omega(values, term="t").value > cronbach_alpha(values, term="t").value


def test_the_delta_interval_covers_and_the_bootstrap_agrees_with_it() -> None:
    covered = sum(
        found.low <= TRUE <= found.high
        for found in (mcdonald_omega(answers(150, seed=seed), term="t") for seed in range(300))
    )
    assert 0.91 <= covered / 300 <= 0.98
    values = answers(400)
    delta = mcdonald_omega(values, term="t")
    drawn = mcdonald_omega(values, term="t", interval="bootstrap", draws=300)
    assert drawn.value == delta.value
    assert drawn.se == pytest.approx(delta.se, rel=0.2)
    assert "seed 1" in drawn.method


def test_the_same_seed_draws_the_same_interval() -> None:
    how = {"term": "t", "interval": "bootstrap", "draws": 100}
    one, other = (mcdonald_omega(answers(100), seed=5, **how) for _ in range(2))
    assert (one.low, one.high) == (other.low, other.high)
    assert mcdonald_omega(answers(100), seed=6, **how).low != one.low


def test_rows_with_a_gap_are_left_out_and_counted() -> None:
    values = answers(100)
    values[:4, 0] = np.nan
    found = mcdonald_omega(values, term="t")
    assert (found.n, found.dropped) == (96, 4)


def test_an_item_against_the_others_gives_a_warning() -> None:
    values = answers(300) * [1, 1, 1, 1, -1]
    assert "loads against" in mcdonald_omega(values, term="t").warnings[0]


def test_a_heywood_case_is_refused_and_not_given_as_a_number() -> None:
    with pytest.raises(DataError, match=r"item 1 an error variance of -.*Heywood"):
        one_factor(np.array([[1, 0.8, 0.8], [0.8, 1, 0.4], [0.8, 0.4, 1]]), n=100)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (answers(50)[:, :2], "three items or more"),
        (answers(5), "needs more rows than items"),
        (np.column_stack([answers(50), answers(50)[:, 0]]), "told exactly from the others"),
        (answers(50) * [0, 1, 1, 1, 1], "alike"),
    ],
)
def test_what_has_no_omega_is_refused(values, words) -> None:
    with pytest.raises(DataError, match=words):
        mcdonald_omega(values, term="t")


def test_too_many_rows_or_too_few_draws_are_not_resampled() -> None:
    with pytest.raises(DataError, match="too many to resample"):
        mcdonald_omega(answers(MOST_RESAMPLED + 1), term="t", interval="bootstrap")
    with pytest.raises(DataError, match="100 draws or more"):
        mcdonald_omega(answers(50), term="t", interval="bootstrap", draws=20)


def test_a_scale_with_no_factor_behind_it_gets_no_interval_from_chance() -> None:
    values = np.random.default_rng(4).normal(size=(25, 4))
    with pytest.raises(DataError, match=r"Heywood|no best fit|no fit|told apart|resamples"):
        mcdonald_omega(values, term="t", interval="bootstrap", draws=100)
