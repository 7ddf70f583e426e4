import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.newey_west import false_alarms, newey_west


def made() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    columns = np.column_stack([np.ones(40), np.arange(40.0), np.arange(40) >= 20])
    values = rng.normal(size=40).cumsum()
    rest = values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]
    return values, columns, columns * rest[:, None]


@pytest.mark.parametrize("lag", [0, 1, 5])
def test_it_is_the_covariance_that_statsmodels_gives(lag: int) -> None:
    """OLS(...).fit(cov_type="HAC", use_correction=True); Sicily's numbers of R: tests/real."""
    import statsmodels.api as sm

    values, columns, scores = made()
    theirs = sm.OLS(values, columns).fit(
        cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": True}
    )
    found = newey_west(scores, np.linalg.inv(columns.T @ columns), lag=lag)
    assert found == pytest.approx(theirs.cov_params(), rel=1e-7)


def test_the_usual_lag_grows_with_the_series() -> None:
    _, columns, scores = made()
    inverse = np.linalg.inv(columns.T @ columns)
    assert np.array_equal(newey_west(scores, inverse), newey_west(scores, inverse, lag=2))


def test_its_false_alarms_are_told_for_the_nearest_length_that_was_measured() -> None:
    assert false_alarms(20) == false_alarms(24) == (26, 35)
    assert false_alarms(500) == false_alarms(120)


def test_too_few_periods_or_a_lag_below_zero_are_refused() -> None:
    _, columns, scores = made()
    inverse = np.linalg.inv(columns.T @ columns)
    with pytest.raises(DataError, match="got 40 periods, 3 coefficients and lag -1"):
        newey_west(scores, inverse, lag=-1)
    with pytest.raises(DataError, match="got 3 periods"):
        newey_west(scores[:3], inverse)
