import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.simultaneous_band import simultaneous_band


@pytest.mark.parametrize("df", [3.0, 8.5, np.inf])
def test_the_band_of_one_estimate_is_its_interval(df: float) -> None:
    """9,999 draws give the level of 95 % within 0.22 points (1 SE)."""
    found = simultaneous_band([1.0], [0.5], correlation=[[1.0]], df=df)
    assert found.each == pytest.approx(0.95, abs=0.008)
    assert found.high[0] - 1 == pytest.approx(stats.t.ppf((1 + found.each) / 2, df) * 0.5)


def test_independent_estimates_give_the_level_of_sidak() -> None:
    found = simultaneous_band(np.zeros(8), np.ones(8), correlation=np.eye(8))
    assert found.each == pytest.approx(0.95 ** (1 / 8), abs=0.0012)


def test_estimates_that_go_together_need_no_wider_band() -> None:
    found = simultaneous_band(np.zeros(8), np.ones(8), correlation=np.ones((8, 8)))
    assert found.each == pytest.approx(0.95, abs=0.008)


@settings(deadline=None, derandomize=True, max_examples=25)
@given(seed=st.integers(0, 9999), level=st.sampled_from([0.8, 0.9, 0.95]))
def test_p_says_whether_the_band_leaves_out_zero_and_is_never_0(seed: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(4, 4))
    joint = half @ half.T
    scale = np.sqrt(np.diag(joint))
    value, se = rng.normal(0, 3, 4), rng.uniform(0.5, 2, 4)
    found = simultaneous_band(
        value, se, correlation=joint / np.outer(scale, scale), df=rng.uniform(4, 40, 4), level=level
    )
    out = (found.low > 0) | (found.high < 0)
    assert (out == (found.p <= 1 - level + 1e-9)).all()
    assert (found.p > 0).all()
    assert ((found.high + found.low) / 2) == pytest.approx(value)


@pytest.mark.parametrize("together", [0.0, 0.5, 0.9])
def test_a_band_holds_all_of_its_truths_at_once(together: float) -> None:
    """4,000 sets of ten, each error found from the same 6 remainders; 95 % within 3.5 SE."""
    rng = np.random.default_rng(19)
    joint = together + (1 - together) * np.eye(10)
    band = simultaneous_band(np.zeros(10), np.ones(10), correlation=joint, df=6.0)
    half = np.linalg.cholesky(joint).T
    value = rng.normal(size=(4000, 10)) @ half
    se = np.sqrt(((rng.normal(size=(4000, 6, 10)) @ half) ** 2).mean(axis=1))
    held = (np.abs(value) <= band.high * se).all(axis=1).mean()
    assert 0.938 <= held <= 0.962


@pytest.mark.parametrize(
    ("se", "correlation", "sentence"),
    [
        ([1.0], np.eye(2), "one standard error an estimate"),
        ([1.0, 1.0], np.eye(3), "one standard error an estimate"),
        ([1.0, 0.0], np.eye(2), "a standard error is not above 0"),
        ([1.0, 1.0], np.full((2, 2), np.nan), "a standard error is not above 0"),
    ],
)
def test_what_cannot_be_banded_is_refused(
    se: list[float], correlation: np.ndarray, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        simultaneous_band([1.0, 2.0], se, correlation=correlation)
