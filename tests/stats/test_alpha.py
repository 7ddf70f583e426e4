import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.stats.alpha import cronbach_alpha, feldt_interval
from outcomes.stats.item_moments import item_moments


def answers(n: int = 200, k: int = 5, *, seed: int = 1, gaps: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = np.clip(np.round(3 + rng.normal(size=(n, 1)) + rng.normal(size=(n, k))), 1, 5)
    values[rng.random(values.shape) < gaps] = np.nan
    return values


def test_the_interval_is_the_one_that_psych_prints() -> None:
    # psych::alpha(attitude)$feldt of R: 30 rows, 7 items
    low, high = feldt_interval(0.843142769565, n=30, items=7)
    assert low == pytest.approx(0.739375685643, abs=1e-9)
    assert high == pytest.approx(0.91577307216, abs=1e-9)


def test_parallel_items_give_the_formula_of_spearman_and_brown() -> None:
    rng = np.random.default_rng(2)
    raw = rng.normal(size=(500, 4))
    white = (raw - raw.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T))).T
    values = white @ np.linalg.cholesky(0.4 + 0.6 * np.eye(4)).T  # every correlation is 0.4
    assert cronbach_alpha(values, term="t").value == pytest.approx(4 * 0.4 / (1 + 3 * 0.4))


def test_pairwise_moments_are_those_of_pandas(tmp_path) -> None:
    import pandas as pd

    values = answers(9_000, gaps=0.1) + 1e6  # far from 0: digits must not be lost
    moments = item_moments(values)
    np.testing.assert_allclose(moments.covariance, pd.DataFrame(values).cov(), rtol=1e-8)
    np.testing.assert_allclose(moments.mean, np.nanmean(values, axis=0), rtol=1e-12)
    whole = values[~np.isnan(values).any(axis=1)]
    listwise = item_moments(values, missing="listwise")
    np.testing.assert_allclose(listwise.covariance, np.cov(whole.T), rtol=1e-8)
    assert (listwise.n, moments.n) == (len(whole), 9_000)


@given(seed=st.integers(0, 1000), factor=st.floats(0.1, 100), shift=st.floats(-50, 50))
@settings(max_examples=25, deadline=None)
def test_alpha_knows_no_unit_and_no_order_of_rows(seed, factor, shift) -> None:
    values = answers(40, seed=seed, gaps=0.05)
    one = cronbach_alpha(values, term="t").value
    other = cronbach_alpha((values * factor + shift)[::-1], term="t").value
    assert other == pytest.approx(one, abs=1e-9)


def test_the_interval_covers_the_reliability_of_the_population() -> None:
    rng = np.random.default_rng(3)
    true, covered = 4 * 0.5 / (1 + 3 * 0.5), 0
    for _ in range(400):
        values = rng.normal(size=(30, 1)) + rng.normal(size=(30, 4))
        found = cronbach_alpha(values, term="t")
        covered += found.low <= true <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_rows_without_any_answer_are_dropped_and_counted() -> None:
    values = answers(60)
    values[:7] = np.nan
    found = cronbach_alpha(values, term="t")
    assert (found.n, found.dropped) == (53, 7)


def test_items_that_point_against_each_other_give_a_warning() -> None:
    values = answers(50, k=2)
    values[:, 1] = 6 - values[:, 1]
    found = cronbach_alpha(values, term="t")
    assert found.value < 0
    assert "check the reversed" in found.warnings[0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.ones((10, 3)) * [[1, 2, 3]], "everybody answered item 1 alike"),
        (
            np.array([[1.0, np.nan], [np.nan, 2], [3, np.nan], [np.nan, 4]]),
            "items 1 and 2 were both answered by 0",
        ),
        (np.array([[1.0, np.inf], [2.0, 3.0]]), "infinite"),
        (np.ones(5), "table of respondents"),
        (np.array([[1.0, 5.0], [2.0, 4.0], [3.0, 3.0]]), "cancel each other out"),
    ],
)
def test_what_has_no_alpha_is_refused(values, words) -> None:
    with pytest.raises(DataError, match=words):
        cronbach_alpha(values, term="t")
