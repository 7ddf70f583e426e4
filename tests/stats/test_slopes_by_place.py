import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.slopes_by_place import slopes_by_place

RNG = np.random.default_rng(7)
X = RNG.poisson(3, (8, 12)).astype(float)
Y = RNG.normal(0, 1, (8, 12)) + RNG.normal(0, 2, (8, 1)) + 0.7 * X


def found(y: np.ndarray = Y, x: np.ndarray = X) -> Estimate:
    return slopes_by_place(y, x, term="tips on walks", unit="tips")


def test_it_is_the_t_of_scipy_on_one_least_squares_slope_a_place() -> None:
    y, x = Y - Y.mean(axis=0), X - X.mean(axis=0)
    slopes = [stats.linregress(x[place], y[place]).slope for place in range(8)]
    theirs = stats.ttest_1samp(slopes, 0)
    limits = theirs.confidence_interval(0.95)
    assert (found().value, found().p) == pytest.approx((np.mean(slopes), theirs.pvalue))
    assert (found().low, found().high) == pytest.approx((limits.low, limits.high))
    assert found().low < 0.7 < found().high


def test_names_and_scale_do_not_matter_and_what_all_share_is_taken_off() -> None:
    other = found(3 * Y[::-1] + np.arange(12.0) ** 2, 2 * X[::-1])
    assert (other.value, other.p) == pytest.approx((1.5 * found().value, found().p))


def test_a_place_whose_dose_never_changes_has_no_slope_and_is_counted() -> None:
    flat = X.copy()
    flat[2] = 4.0
    assert (found(x=flat).n, found(x=flat).dropped) == (7, 1)


def test_a_missing_value_is_not_taken_for_zero() -> None:
    gap = Y.copy()
    gap[0, 3] = np.nan
    assert found(gap).value == pytest.approx(found().value, abs=0.1)


@pytest.mark.parametrize(
    ("y", "x", "sentence"),
    [
        (Y[:2], X[:2], "changes within 2 places, and 3 are needed"),
        (Y, np.tile(np.arange(12.0), (8, 1)), "the same in all places in each period"),
        (Y, X[:, :5], "all alike"),
        (2 * X, X, "all places have the same slope"),
        (np.full((5, 12), 123.456), X[:5], "all places have the same slope"),
        (np.add.outer(np.arange(8.0) * 300, np.arange(12.0) * 0.7), X, "the same slope"),
        (
            np.where(X.argmax() == np.arange(96).reshape(8, 12), np.inf, Y),
            X,
            "an outcome is infinite",
        ),
    ],
)
def test_what_tells_no_slopes_is_refused(y: np.ndarray, x: np.ndarray, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        found(y, x)
