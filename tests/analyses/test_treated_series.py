"""One series out of a panel."""

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.treated_series import period_numbers, treated_series
from outcomes.errors import DataError

MONTHS = [f"2025-{month:02d}" for month in range(1, 11)]


def panel(**more: object) -> PanelTable:
    grid = pd.DataFrame(
        [np.arange(10.0) + 10, np.arange(10.0) + 20, np.full(10, 6.0)],
        index=["a", "b", "c"],
        columns=MONTHS,
    )
    told = {
        "outcome": grid,
        "name": "tips",
        "unit": "tips",
        "start": dict.fromkeys("ab", "2025-06"),
    }
    return PanelTable(**(told | more))  # type: ignore[arg-type]


def made(of: PanelTable, **how: object):
    return treated_series(
        of, of.treated, **({"control": True, "phase_in": 0, "counts": False} | how)
    )


def test_treated_places_are_averaged_and_the_mean_of_the_others_is_taken_off() -> None:
    assert made(panel()).values.tolist() == (np.arange(10) + 15 - 6.0).tolist()
    alone = made(panel(), control=False)
    assert alone.values.tolist() == (np.arange(10) + 15.0).tolist()
    assert (alone.others, made(panel()).others) == ((), ("c",))


def test_a_period_that_one_place_did_not_report_is_left_out_and_leaves_a_gap() -> None:
    whole = panel()
    whole.outcome.loc["c", "2025-03"] = np.nan
    found = made(whole)
    assert found.times.tolist() == [1, 2, 4, 5, 6, 7, 8, 9, 10]
    assert (found.left_out, found.start, found.labels[2]) == (1, 6, "2025-04")
    assert len(made(whole, control=False).values) == 10


def test_periods_of_the_phase_in_are_left_out_and_the_start_moves_behind_them() -> None:
    found = made(panel(), phase_in=2)
    assert found.times.tolist() == [1, 2, 3, 4, 5, 8, 9, 10]
    assert found.start == 8


def test_a_month_that_is_not_in_the_table_at_all_is_a_gap_too() -> None:
    short = panel()
    short = panel(outcome=short.outcome.drop(columns="2025-02"))
    assert made(short).times.tolist() == [1, 3, 4, 5, 6, 7, 8, 9, 10]


def test_counts_are_compared_by_logarithms_of_rates_at_the_treated_places_exposure() -> None:
    people = pd.DataFrame(
        np.outer([100.0, 300, 200], np.ones(10)), index=list("abc"), columns=MONTHS
    )
    found = made(panel(exposure=people), counts=True)
    both = np.arange(10) * 2 + 30
    assert found.logs
    assert found.values == pytest.approx(np.log(both / 400) - np.log(6 / 200))
    assert found.counts is not None
    assert found.counts.tolist() == both.tolist()
    alone = made(panel(exposure=people), counts=True, control=False)
    assert np.exp(alone.values) == pytest.approx(both / 2)  # a place of 200 people on average


def test_the_noise_of_counting_and_of_measuring_is_told() -> None:
    counted = made(panel(), counts=True)
    both = np.arange(10) * 2 + 30
    assert counted.noise == pytest.approx((1 / both).mean() + 1 / 6)
    assert made(panel(), counts=True, control=False).noise == pytest.approx((1 / both).mean())
    errors = pd.DataFrame(np.outer([3.0, 4, 2], np.ones(10)), index=list("abc"), columns=MONTHS)
    assert made(panel(se=errors)).noise == pytest.approx((9 + 16) / 4 + 4)
    assert made(panel()).noise == 0


def test_small_counts_are_compared_as_rates_because_logarithms_mislead() -> None:
    few = panel()
    few.outcome.loc["c"] = [0, 1, 2, 1, 0, 1, 2, 1, 0, 1]
    found = made(few, counts=True)
    assert not found.logs
    assert found.values == pytest.approx(np.arange(10) + 15 - few.outcome.loc["c"].to_numpy())
    assert found.noise == pytest.approx((np.arange(10) * 2 + 30).mean() / 4 + 0.9)


@pytest.mark.parametrize(
    ("periods", "numbers"),
    [
        (["2024-11", "2024-12", "2025-02"], [1, 2, 4]),
        ([202411, 202412, 202502], [1, 2, 4]),
        (["2024-Q4", "2025-Q1", "2025-Q3"], [1, 2, 4]),
        (["2020-W52", "2020-W53", "2021-W02"], [1, 2, 4]),
        (["2025-03-03", "2025-03-10", "2025-03-24"], [1, 2, 4]),
        ([2019, 2020, 2022], [1, 2, 4]),
        ([2016, 2018, 2022], [1, 2, 4]),
        (["7", "8", "10"], [1, 2, 4]),
    ],
)
def test_periods_are_numbered_by_their_distance(periods, numbers) -> None:
    found, unevenly = period_numbers(periods)
    assert found.tolist() == numbers
    assert not unevenly


@pytest.mark.parametrize(
    "periods", [["spring", "summer", "winter"], [1.5, 2, 4], ["2025-W60", "2025-W61", "2025-W62"]]
)
def test_names_that_tell_no_distance_are_counted_and_said_to_be_so(periods) -> None:
    found, unevenly = period_numbers(periods)
    assert found.tolist() == [1, 2, 3]
    assert unevenly


@pytest.mark.parametrize(
    ("more", "how", "sentence"),
    [
        ({"start": {"a": "2025-05", "b": "2025-06"}}, {}, r"at 2 times \(2025-05, 2025-06\)"),
        ({}, {"phase_in": -1}, "0 or more, got -1"),
        ({"outcome": panel().outcome * np.nan}, {}, "no period has a value of every unit"),
        ({"outcome": panel().outcome + 0.5}, {"counts": True}, "counts must be whole numbers"),
        (
            {"exposure": panel().outcome * 0},
            {"counts": True},
            "exposure behind each count must be above 0",
        ),
    ],
)
def test_panels_that_make_no_series_are_refused(more, how, sentence) -> None:
    odd = panel(**more)
    with pytest.raises(DataError, match=sentence):
        made(odd, **({"phase_in": 0} | how))
