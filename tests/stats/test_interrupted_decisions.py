import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.interrupted import interrupted
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.ar1_reml import ar1_errors, ar1_reml
from outcomes.stats.interrupted_decisions import level_tests
from outcomes.stats.segmented_series import segmented_series
from outcomes.stats.simulated_critical_values import simulated_critical_values
from outcomes.stats.wording import direction

BEFORE, AFTER = 16, 10


def drawn(many: int, *, jump: np.ndarray | float = 0.0) -> np.ndarray:
    times = np.arange(1.0, BEFORE + AFTER + 1)
    rng = np.random.default_rng(4)
    return ar1_errors(times, phi=0.4, many=many, rng=rng) + np.outer(times > BEFORE, jump)


def whole_answer(series: np.ndarray, *, before: int = BEFORE) -> Estimate:
    panel = PanelTable(
        outcome=pd.DataFrame([series], index=["all"], columns=range(1, series.size + 1)),
        name="y",
        unit="units",
        start={"all": before + 1},
    )
    return interrupted(panel)[0]


def judged_by_itself(series: np.ndarray) -> bool:
    return direction(whole_answer(series)) != "cannot tell"


def test_each_series_is_judged_as_it_is_by_itself() -> None:
    """By the whole design that the plan names; series near the edge, some found and some not."""
    series = drawn(5, jump=np.linspace(1, 5, 5))
    together = level_tests(series, before=BEFORE).found(0.0)
    assert together.tolist() == [judged_by_itself(one) for one in series.T]
    assert 0 < together.sum() < 5


def test_the_fit_and_the_critical_value_are_those_of_each_series() -> None:
    """Phi is found to the nearest 0.02 where many are fitted, so an edge can differ."""
    series, times = drawn(60, jump=np.linspace(0, 6, 60)), np.arange(1.0, BEFORE + AFTER + 1)
    parts = segmented_series(times, start=BEFORE + 1.0)
    alone = []
    for one in series.T:
        fit = ar1_reml(one, parts.design, times=times)
        level = parts.contrasts[0]
        chance = simulated_critical_values(
            fit.phi, parts.design, times=times, contrasts=parts.contrasts
        )
        ratio = level @ fit.coefficients / np.sqrt(level @ fit.covariance @ level)
        alone.append(abs(ratio) > chance.critical(0, level=0.95))
    together = level_tests(series, before=BEFORE).found(0.0)
    assert 10 < together.sum() < 50
    assert (together == np.array(alone)).sum() >= 59


def test_a_change_that_is_added_afterwards_is_judged_as_one_that_was_there() -> None:
    plain, moved = drawn(200), drawn(200, jump=2.5)
    assert (
        level_tests(plain, before=BEFORE).found(2.5) == level_tests(moved, before=BEFORE).found(0.0)
    ).mean() >= 0.995


def test_as_many_series_without_a_change_are_called_changed_as_may_be() -> None:
    assert level_tests(drawn(2000), before=BEFORE).found(0.0).mean() == pytest.approx(
        0.05, abs=0.02
    )


def test_what_is_refused_is_refused_by_itself_too_and_is_never_found() -> None:
    """Ten periods, so that a change of 3 is told from a drift in some and in some not."""
    times = np.arange(1.0, 11)
    series = ar1_errors(times, phi=0.0, many=1000, rng=np.random.default_rng(2))
    tests = level_tests(series, before=4)
    found, refused = tests.verdicts(3.0)
    assert not (found & refused).any()
    assert 10 < refused.sum() < found.sum()
    clear = np.abs(tests.ratio + 3 * tests.per_unit) > tests.critical
    assert ((found | refused) == clear).all()
    chosen = [*np.flatnonzero(refused)[:5], *np.flatnonzero(found)[:5]]
    moved = series + 3.0 * (times > 4)[:, None]
    alone = [whole_answer(moved[:, which], before=4).p is None for which in chosen]
    # phi to the nearest 0.02: an edge can differ
    assert (np.array(alone) == refused[chosen]).sum() >= 9


def test_a_series_too_short_for_a_trend_is_refused() -> None:
    with pytest.raises(DataError, match="before and after the start"):
        level_tests(drawn(5)[:18], before=BEFORE)
