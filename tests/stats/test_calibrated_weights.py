"""Weights of 0 or more under which many units add up to given totals, as equal as can be."""

import numpy as np
import pytest
from scipy.optimize import minimize

from outcomes.errors import DataError
from outcomes.stats.calibrated_weights import calibrated_weights


def test_the_totals_are_met_exactly_and_no_weight_is_below_0() -> None:
    rng = np.random.default_rng(1)
    columns = rng.poisson(3, (2000, 8)).astype(float)
    totals = np.array([30, *(30 * columns[:200].mean(axis=0) * 1.4)])
    found = calibrated_weights(columns, totals)
    assert found.min() >= 0
    np.testing.assert_allclose([found.sum(), *(found @ columns)], totals, rtol=1e-8)


def test_they_are_the_most_equal_ones_a_general_optimizer_finds() -> None:
    rng = np.random.default_rng(2)
    columns = rng.normal(size=(14, 2))
    best = np.argsort(columns[:, 0])[-4:]  # so that some weights must be 0
    totals = np.array([4.0, *columns[best].sum(axis=0)])
    found = calibrated_weights(columns, totals)
    equal = np.full(14, 4 / 14)
    peer = minimize(
        lambda w: ((w - equal) ** 2).sum(),
        equal,
        bounds=[(0, None)] * 14,
        constraints={"type": "eq", "fun": lambda w: [w.sum() - 4, *(w @ columns - totals[1:])]},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-14},
    )
    assert peer.success
    np.testing.assert_allclose(found, peer.x, atol=1e-6)
    assert (found == 0).any()


def test_totals_of_equal_weights_leave_the_weights_equal() -> None:
    columns = np.arange(20, dtype=float)[:, None]
    found = calibrated_weights(columns, [5.0, 5 * columns.mean()])
    np.testing.assert_allclose(found, 0.25)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_units_of_a_column_do_not_matter(scale: float) -> None:
    rng = np.random.default_rng(3)
    columns = rng.gamma(2, 1, (300, 3))
    totals = np.array([12.0, *(13 * columns.mean(axis=0))])
    found = calibrated_weights(columns, totals)
    columns[:, 1] *= scale
    totals[2] *= scale
    np.testing.assert_allclose(calibrated_weights(columns, totals), found, atol=1e-7)


def test_a_column_that_says_nothing_new_changes_nothing() -> None:
    rng = np.random.default_rng(4)
    columns = rng.gamma(2, 1, (100, 2))
    totals = np.array([10.0, *(11 * columns.mean(axis=0))])
    found = calibrated_weights(columns, totals)
    doubled = calibrated_weights(columns[:, [0, 1, 1]], totals[[0, 1, 2, 2]])
    np.testing.assert_allclose(doubled, found, atol=1e-7)


@pytest.mark.parametrize(
    ("columns", "totals", "said"),
    [
        ([[1.0], [2.0]], [1.0, 3.0], "no weights of 0 or more"),
        ([[1.0], [2.0]], [1.0, -1.0], "no weights of 0 or more"),
        ([[1.0], [float("nan")]], [1.0, 1.0], "not a number"),
        ([[1.0], [2.0]], [1.0], "a total for each column"),
        (np.empty((0, 1)), [1.0, 1.0], "a total for each column"),
    ],
)
def test_what_cannot_be_weighed_is_refused(columns: object, totals: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        calibrated_weights(columns, totals)  # type: ignore[arg-type]
