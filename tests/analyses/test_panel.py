from datetime import date
from math import nan

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.analyses.panel import compare_places, delivered, series, split_months
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import check

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
FOCUS = ["eastbank", "millrow", "oldtown", "riverside"]
COMPARISON = ["northgate", "harbor-hill", "westend", "southpark"]
JULY = date(2025, 7, 1)


def rows(grid: pd.DataFrame, *, measure: str = "tips_received") -> pd.DataFrame:
    """Measures of places (rows) by month (columns); NaN where a place did not report."""
    long = grid.rename_axis("place").reset_index().melt("place", var_name="period").dropna()
    stream = "engagement" if measure.startswith("walk") else "records"
    return check(
        long.assign(stream=stream, unit=long["place"], measure=measure, se=nan, n=long["value"])
    )


def generated(*, seed: int = 1, places: int = 8, effect: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    half = places // 2
    grid = pd.DataFrame(
        rng.poisson(10, (places, 12)).astype(float),
        index=[*FOCUS[:half], *COMPARISON[:half]],
        columns=MONTHS,
    )
    grid.iloc[:half, 6:] += effect
    return grid


def compare(
    grid: pd.DataFrame, *, starts: dict[str, date] | None = None, **how: object
) -> Estimate:
    focus = [place for place in FOCUS if place in grid.index]
    options: dict[str, object] = {
        "starts": dict.fromkeys(focus, JULY) if starts is None else starts,
        "comparison": [place for place in COMPARISON if place in grid.index],
        "months": MONTHS,
        **how,
    }
    return compare_places(rows(grid), "tips_received", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(5))
def test_the_estimate_is_the_t_test_on_the_changes_of_places(seed: int) -> None:
    """R's t.test(var.equal = TRUE) on after minus before, here through scipy."""
    grid = generated(seed=seed, effect=4)
    change = grid[MONTHS[6:]].mean(axis=1) - grid[MONTHS[:6]].mean(axis=1)
    theirs = stats.ttest_ind(change[:4], change[4:]).confidence_interval(0.95)
    found = compare(grid)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert (found.n, found.dropped, found.unit) == (8, 0, "tips a month in each place")
    assert (found.analysis, found.measure) == ("panel", "tips_received")
    assert found.period == "2025-01 to 2025-12"


def test_a_table_worked_by_hand_gives_the_difference_of_mean_changes() -> None:
    grid = pd.DataFrame(
        [[10.0] * 6 + [14] * 6, [8] * 6 + [11] * 6, [9] * 6 + [10] * 6, [7] * 6 + [7] * 6],
        index=[*FOCUS[:2], *COMPARISON[:2]],
        columns=MONTHS,
    )
    found = compare(grid)  # (4 + 3) / 2 - (1 + 0) / 2 = 3; pooled variance 0.5
    assert found.value == pytest.approx(3)
    assert found.se == pytest.approx(np.sqrt(0.5))


def test_what_all_places_share_month_by_month_does_not_matter() -> None:
    grid = generated(effect=4)
    here, there = compare(grid), compare(grid + 3 * np.arange(12))
    assert (there.value, there.low, there.p) == pytest.approx((here.value, here.low, here.p))


def test_what_a_place_always_had_more_of_does_not_matter() -> None:
    grid = generated(effect=4)
    here, there = compare(grid), compare(grid.add(5 * np.arange(8), axis=0))
    assert (there.value, there.low, there.p) == pytest.approx((here.value, here.low, here.p))


def test_two_places_against_two_allow_no_test_and_it_says_so() -> None:
    found = compare(generated(places=4, effect=40))
    assert found.warnings[0].startswith("no test is possible with 2 against 2 places")
    assert found.p == pytest.approx(1 / 3)


def test_few_months_before_the_start_are_warned_about() -> None:
    assert any("only 6 months before the start" in text for text in compare(generated()).warnings)


def test_a_month_that_was_not_reported_is_missing_and_not_zero() -> None:
    grid = generated()
    grid.loc["eastbank", "2025-03"] = nan
    found = compare(grid)
    change = grid[MONTHS[6:]].mean(axis=1) - grid[MONTHS[:6]].mean(axis=1)
    assert found.value == pytest.approx(change[:4].mean() - change[4:].mean())
    assert found.dropped == 1
    assert any(text.startswith("1 months of places were not reported") for text in found.warnings)


def test_a_month_that_the_start_cuts_in_two_is_left_out() -> None:
    grid = generated()
    middle = date(2025, 7, 14)
    grid["2025-07"] = 1000.0
    found = compare(grid, starts=dict.fromkeys(FOCUS, middle))
    assert abs(found.value) < 10
    assert "2025-07, when the walks began, is left out" in found.warnings


def test_what_else_happened_stands_among_the_warnings() -> None:
    assert (
        compare(generated(), context=["New street lights could have moved it too"])
        .warnings[-1]
        .startswith("New street lights")
    )


def test_months_are_parted_at_the_start() -> None:
    assert split_months({"eastbank": JULY}, months=MONTHS) == (MONTHS[:6], MONTHS[6:], "")


def test_an_output_is_refused_where_an_outcome_is_asked_for() -> None:
    with pytest.raises(DataError, match="walk_minutes is an output, but an outcome is asked for"):
        compare_places(
            rows(generated(), measure="walk_minutes"),
            "walk_minutes",
            starts=dict.fromkeys(FOCUS, JULY),
            comparison=COMPARISON,
            months=MONTHS,
        )


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"starts": {}}, "no focus place has a start"),
        (
            {"starts": {"eastbank": JULY, "millrow": date(2025, 8, 1)}},
            r"start in different months \(2025-07, 2025-08\)",
        ),
        ({"starts": {"eastbank": date(2025, 1, 1)}}, "no whole month before"),
        ({"starts": {"eastbank": date(2025, 12, 20)}}, "none after, the start in 2025-12"),
        ({"starts": {"nowhere": JULY}}, "tips_received was not recorded in nowhere"),
        ({"comparison": ["atlantis"]}, "not recorded in atlantis"),
        ({"comparison": []}, "got 4 treated and 0 for comparison"),
        ({"starts": {"eastbank": JULY}, "comparison": ["northgate"]}, "three places or more"),
    ],
)
def test_places_that_cannot_be_compared_are_refused(how: dict[str, object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        compare(generated(), **how)  # type: ignore[arg-type]


def test_a_place_without_any_month_before_is_refused_by_name() -> None:
    grid = generated()
    grid.loc["northgate", MONTHS[:6]] = nan
    with pytest.raises(DataError, match="no month before, or none after, in northgate"):
        compare(grid)


def walked(**how: object) -> list[Estimate]:
    grid = generated() * 0.0
    grid.loc[FOCUS, MONTHS[6:]] = 600.0
    options: dict[str, object] = {
        "starts": dict.fromkeys(FOCUS, JULY),
        "comparison": COMPARISON,
        "months": MONTHS,
        **how,
    }
    return delivered(rows(grid, measure="walk_minutes"), "walk_minutes", **options)  # type: ignore[arg-type]


def test_what_was_delivered_is_told_exactly_for_each_kind_and_side() -> None:
    found = {(each.place, each.period): each for each in walked()}
    assert found["focus", "after"].value == 600
    assert found["focus", "before"].value == 0
    assert found["comparison", "after"].value == 0
    assert all(each.low == each.high == each.value and each.se == 0 for each in found.values())
    assert found["focus", "after"].unit == "minutes a month in each place"


def test_what_was_delivered_is_counted_from_each_places_own_start() -> None:
    grid = generated() * 0.0
    grid.loc[FOCUS[:2], MONTHS[3:]] = 600.0
    grid.loc[FOCUS[2:], MONTHS[7:]] = 300.0
    grid.loc[COMPARISON, MONTHS[3:7]] = 50.0  # neither before the first start nor after the last
    starts = {place: date(2025, 4, 1) for place in FOCUS[:2]}
    starts |= {place: date(2025, 7, 15) for place in FOCUS[2:]}
    found = {
        (each.place, each.period): (each.value, each.n)
        for each in delivered(
            rows(grid, measure="walk_minutes"),
            "walk_minutes",
            starts=starts,
            comparison=COMPARISON,
            months=MONTHS,
        )
    }
    assert found["focus", "before"] == (0, 2 * 3 + 2 * 6)
    assert found["focus", "after"] == (450, 2 * 9 + 2 * 5)
    assert found["comparison", "before"] == (0, 4 * 3)
    assert found["comparison", "after"] == (0, 4 * 5)
    with pytest.raises(DataError, match="no focus place has a start"):
        walked(starts={})


def test_what_was_delivered_is_refused_for_an_outcome_and_for_months_without_a_record() -> None:
    with pytest.raises(DataError, match="tips_received is an outcome, but an output is asked for"):
        delivered(
            rows(generated()),
            "tips_received",
            starts={"eastbank": JULY},
            comparison=[],
            months=MONTHS,
        )
    with pytest.raises(DataError, match="months without a record in comparison places"):
        walked(comparison=[*COMPARISON, "atlantis"])


def test_a_series_gives_the_mean_of_each_kind_month_by_month() -> None:
    grid = generated(effect=4)
    grid.loc["westend", "2025-05"] = nan
    found = {
        (each.place, each.period): each.value
        for each in series(
            rows(grid), "tips_received", focus=FOCUS, comparison=COMPARISON, months=MONTHS
        )
    }
    assert found["focus", "2025-09"] == pytest.approx(grid.loc[FOCUS, "2025-09"].mean())
    assert ("comparison", "2025-05") not in found
    assert len(found) == 23
