import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.dose import dose
from outcomes.analyses.own_table import compare_table
from outcomes.analyses.panel_table import panel_of_table
from outcomes.simulate.monthly_calls import generated_calls

STARTS = {f"place {n}": 13 * (n <= 20) for n in range(1, 41)}


def test_the_same_seed_gives_the_same_table_and_another_does_not() -> None:
    table = generated_calls(STARTS, change=-3)
    pd.testing.assert_frame_equal(table, generated_calls(STARTS, change=-3))
    assert not table.equals(generated_calls(STARTS, change=-3, seed=8))
    assert list(table) == ["place", "month", "calls", "began", "on", "hours"]
    assert len(table) == 40 * 24
    assert (table["on"] == ((table["began"] > 0) & (table["month"] >= table["began"]))).all()


def test_the_planted_change_is_all_that_differs_and_is_found_again() -> None:
    with_it, without = (generated_calls(STARTS, change=change) for change in (-3.0, 0.0))
    moved = with_it["calls"] - without["calls"]
    np.testing.assert_allclose(moved, -3.0 * with_it["on"], atol=1e-9)
    found = compare_table(with_it, "calls", unit="place", time="month", treated="on")[0]
    assert abs(found.value + 3) < 4 * found.se


def test_ten_walk_hours_move_a_month_by_the_change_whatever_the_start() -> None:
    table = generated_calls(dict.fromkeys(STARTS, 0), change=-3.0, mean_hours=6)
    assert table["hours"].mean() == pytest.approx(6, rel=0.1)
    panel = panel_of_table(table, "calls", unit="place", time="month", dose="hours")
    found = dose(panel, step=(10.0, "walk hours"))[0]
    assert found.low < -3 < found.high


def test_errors_of_a_place_last_from_month_to_month() -> None:
    table = generated_calls(STARTS, change=0.0, months=120)
    wide = table.pivot(index="month", columns="place", values="calls")
    own = wide.sub(wide.mean(axis=1), axis=0)
    lasting = np.mean([own[place].autocorr() for place in own])
    assert 0.3 < lasting < 0.5
