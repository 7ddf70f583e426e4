"""All defensible ways of one comparison, listed in advance, run and summed up."""

from dataclasses import replace
from math import nan

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.specification_curve import specification_curve
from outcomes.errors import DataError
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.permutation import permutation_p

PLACES = [f"p{number}" for number in range(8)]
MONTHS = [str(month) for month in pd.period_range("2024-01", periods=32, freq="M")]
START = 18


def panel(*, seed=1, effect=0.0, places=8, treated=4, start=START):
    rng = np.random.default_rng(seed)
    grid = rng.poisson(20, (places, len(MONTHS))).astype(float)
    grid[:treated, start:] += effect
    return PanelTable(
        outcome=pd.DataFrame(grid, index=PLACES[:places], columns=MONTHS),
        name="Tips received",
        unit="tips",
        start=dict.fromkeys(PLACES[:treated], MONTHS[start]),
        measure="tips_received",
        whole="place",
    )


def ways(found):
    return {each.term.partition(": ")[2]: each for each in found[1:]}


def test_every_choice_meets_every_other_once() -> None:
    found = ways(specification_curve(panel(), names={"p5": "Northgate"}))
    assert len(found) == 3 * 2 * 2 * 2 * 5
    whole = "{} before, start month {}, {}, {} of months, {}"
    for before in ("6 months", "12 months", "all 18 months"):
        for start in ("counted", "left out"):
            for scale in ("difference", "ratio"):
                for middle in ("mean", "median"):
                    for whom in ("all comparison places", "without Northgate", "without p7"):
                        assert whole.format(before, start, scale, middle, whom) in found


def test_each_way_is_the_collapsed_change_of_its_choices() -> None:
    study = panel(effect=3)
    grid = study.outcome.to_numpy()
    found = ways(specification_curve(study))
    one = found["6 months before, start month left out, difference, median of months, without p6"]
    change = np.median(grid[:, 19:], axis=1) - np.median(grid[:, 12:18], axis=1)
    plain = collapsed_change(np.delete(change, 6), np.arange(7) < 4, term="x", unit="tips")
    assert (one.value, one.low, one.high, one.p) == pytest.approx(
        (plain.value, plain.low, plain.high, plain.p)
    )
    assert (one.n, one.unit, one.period) == (7, "tips a month in each place", "2025-01 to 2026-08")


def test_a_ratio_is_told_in_the_unit_of_the_outcome() -> None:
    study = panel()
    study = replace(study, outcome=pd.DataFrame(
        np.array([[10.0] * 18 + [30] * 14, [20.0] * 18 + [60.6] * 14, [10.0] * 18 + [15] * 14,
                  [30.0] * 18 + [45.3] * 14]), index=PLACES[:4], columns=MONTHS),
        start=dict.fromkeys(PLACES[:2], MONTHS[18]))  # fmt: skip
    found = ways(specification_curve(study))
    ratio = found["all 18 months before, start month counted, ratio, mean of months, "
                  "all comparison places"]  # fmt: skip
    # treated places tripled where the others had half as much again: half of 45.3 is their own
    assert ratio.value == pytest.approx(45.3 / 2, rel=0.01)


def test_the_summary_tells_the_median_the_share_of_one_sign_and_a_p_of_the_whole() -> None:
    curve, *each = specification_curve(panel(effect=12))
    assert curve.value == pytest.approx(np.median([one.value for one in each]))
    assert curve.low == pytest.approx(np.median([one.low for one in each]))
    assert curve.p == pytest.approx(2 / 70)
    assert curve.warnings[0].startswith("120 of the 120 ways of comparing point the same way")
    assert (curve.analysis, curve.measure, curve.n) == ("specification curve", "tips_received", 8)
    assert all(one.analysis == "specification" for one in each)
    assert np.mean([one.value for one in each]) == pytest.approx(12, abs=3)


def test_two_against_two_places_allow_no_test_of_the_whole_either() -> None:
    curve, *_ = specification_curve(panel(effect=40, places=4, treated=2))
    assert curve.warnings[0].startswith("no test is possible with 2 against 2 places")
    assert curve.p == pytest.approx(1 / 3)


def test_three_places_leave_none_out_and_few_months_make_fewer_windows() -> None:
    study = panel(places=3, treated=1)
    assert len(specification_curve(study)) == 1 + 3 * 8
    short = replace(study, outcome=study.outcome.iloc[:, 13:])
    assert len(specification_curve(short)) == 1 + 8  # 5 months before: only all of them


def test_where_a_place_stands_at_zero_there_is_no_ratio() -> None:
    study = panel()
    grid = study.outcome.copy()
    grid.iloc[3, :18] = 0
    assert not any(
        "ratio" in each for each in ways(specification_curve(replace(study, outcome=grid)))
    )


def test_a_missing_month_is_left_out_of_its_place_alone() -> None:
    study = panel()
    grid = study.outcome.copy()
    grid.iloc[0, 20] = nan
    found = ways(specification_curve(replace(study, outcome=grid)))
    name = "6 months before, start month counted, difference, mean of months, all comparison places"
    change = grid.iloc[:, 18:].mean(axis=1) - grid.iloc[:, 12:18].mean(axis=1)
    assert found[name].value == pytest.approx(change[:4].mean() - change[4:].mean())
    assert found[name].p == pytest.approx(permutation_p(change, np.arange(8) < 4))


def test_relabelling_shifting_and_scaling_move_nothing_but_the_unit() -> None:
    study = panel(effect=4)
    curve = specification_curve(study)[0]
    later = [str(month) for month in pd.period_range("2030-05", periods=32, freq="M")]
    other = replace(
        study,
        outcome=(10 * study.outcome.iloc[::-1]).set_axis(later, axis=1),
        start=dict.fromkeys(PLACES[:4], later[START]),
    )
    moved = specification_curve(other)[0]
    assert (moved.value / 10, moved.low / 10, moved.p) == pytest.approx(
        (curve.value, curve.low, curve.p)
    )


def test_what_has_no_such_curve_is_refused() -> None:
    study = panel()
    with pytest.raises(DataError, match="one common start is needed, got 2"):
        specification_curve(replace(study, start={**study.start, "p0": MONTHS[9]}))
    with pytest.raises(DataError, match="no month before the start"):
        specification_curve(panel(start=0))
    with pytest.raises(DataError, match="none of the periods"):
        specification_curve(replace(study, start={"p0": "1999-01"}))
    with pytest.raises(DataError, match="no way of comparing can be computed"):
        specification_curve(panel(places=4, treated=4))
    with pytest.raises(DataError, match="one common start"):
        specification_curve(replace(study, start={}))
