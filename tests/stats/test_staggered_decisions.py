import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.staggered import staggered
from outcomes.errors import DataError
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.staggered_decisions import (
    found_by_staggered,
    staggered_test,
    staggered_values,
)
from outcomes.stats.wording import direction

DESIGNS = [
    ([3, 3, 5, 5, -1, -1, -1], 9),  # 210 ways: all are listed
    ([4, 4, 4, 4, -1, -1, -1, -1], 8),  # one start
    ([2, 3, 4, 5, 6, -1], 8),  # 720 ways, every date another
]


def drawn(start: list[int], periods: int, *, many: int, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    fresh = rng.standard_normal((many, len(start), periods))
    return fresh + 0.4 * fresh.cumsum(axis=2)


def panel(values: np.ndarray, start: list[int]) -> PanelTable:
    names = [f"place-{row}" for row in range(len(start))]
    return PanelTable(
        outcome=pd.DataFrame(values, index=names, columns=range(1, values.shape[1] + 1)),
        name="y",
        unit="units",
        start={name: at + 1 for name, at in zip(names, start, strict=True) if at >= 0},
        whole="place",
        when="month",
    )


@pytest.mark.parametrize(("start", "periods"), DESIGNS)
def test_each_study_is_judged_as_it_is_by_itself(start: list[int], periods: int) -> None:
    """The same estimate to all digits and the same verdict as the design of the plan gives."""
    test = staggered_test(start, periods=periods)
    values = drawn(start, periods, many=12)
    values += np.linspace(0, 6, 12)[:, None, None] * test.own
    found = found_by_staggered(values, test)
    alone = [staggered(panel(one, start))[0] for one in values]
    assert staggered_values(values, test)[0] == pytest.approx([each.value for each in alone])
    assert found.tolist() == [direction(each) != "cannot tell" for each in alone]
    assert 0 < found.sum() < 12


def test_with_one_start_it_is_the_t_test_of_the_last_month_before_and_the_mean_after() -> None:
    start, periods = DESIGNS[1]
    test = staggered_test(start, periods=periods)
    values = drawn(start, periods, many=1)
    change = values[0, :, 4:].mean(axis=1) - values[0, :, 3]
    by_t = collapsed_change(change, np.array(start) > 0, term="x", unit="units")
    assert staggered_values(values, test)[0][0] == pytest.approx(by_t.value)
    edge = by_t.high - by_t.value  # half of the interval
    inside, outside = (values + (factor * edge - by_t.value) * test.own for factor in (0.999, 2))
    assert not found_by_staggered(inside, test)[0]
    assert found_by_staggered(outside, test)[0]


def test_without_any_change_no_more_are_found_than_may_be() -> None:
    start, periods = DESIGNS[0]
    test = staggered_test(start, periods=periods)
    assert 0.02 <= found_by_staggered(drawn(start, periods, many=3000), test).mean() <= 0.06


def test_a_design_that_leaves_nobody_to_compare_with_is_refused() -> None:
    with pytest.raises(DataError, match="no place starts"):
        staggered_test([-1] * 6, periods=8)
    with pytest.raises(DataError, match="place that had not started"):
        staggered_test([4] * 6, periods=8)
