from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.panel_table import PanelTable, panel_of_table
from outcomes.analyses.staggered import staggered
from outcomes.errors import DataError
from outcomes.estimate import tidy, untidy

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]
CAUSAL = ("reduced", "increased", "because of", "effect of", "impact")


def tips(
    *, places: int = 8, starts: tuple[int, ...] = (3, 4, 5, 6, 7, 8), change: float = 0.0
) -> PanelTable:
    """Tips of places by month; the first of them start in the months given, counted from 0."""
    names = [f"P{number:02d}" for number in range(places)]
    grid = np.random.default_rng(3).normal(20, 3, (places, 12))
    for row, first in enumerate(starts):
        grid[row, first:] += change
    return PanelTable(
        outcome=pd.DataFrame(grid, index=names, columns=MONTHS),
        name="tips received",
        unit="tips a month",
        start={names[row]: MONTHS[first] for row, first in enumerate(starts)},
        measure="tips_received",
        whole="place",
    )


def many(*, change: float = 0.5, cohorts: tuple[int, ...] = (4, 6, 9)) -> PanelTable:
    """Sixty units, a quarter of which starts at each time, or never."""
    rng = np.random.default_rng(8)
    rows = []
    for unit in range(60):
        first = [*cohorts, 0][unit % 4]
        level = rng.normal()
        for time in range(1, 13):
            on = first > 0 and time >= first
            rows.append((f"u{unit:02d}", time, level + rng.normal(0, 0.5) + change * on, first))
    table = pd.DataFrame(rows, columns=["unit", "time", "calls", "first"])
    return panel_of_table(table, "calls", unit="unit", time="time", start="first")


def test_the_overall_change_leads_and_the_months_follow_in_words() -> None:
    found = staggered(tips(change=6))
    assert found[0].term.startswith("tips received: change of places after their start")
    assert found[0].period == "2026-01 to 2026-12"
    periods = [one.period for one in found[1:]]
    assert periods[0] == "8 months before the start"
    assert "1 month after the start" in periods
    assert "the month of the start" in periods
    assert "1 month before the start" not in periods  # the month from which the change counts
    assert all(one.place == "" and one.analysis == "staggered" for one in found)
    assert all(one.measure == "tips_received" and one.n == 8 for one in found)
    checks = [one for one in found if one.period.endswith("before the start")]
    assert all("check before the start" in one.term for one in checks)


def test_a_planted_change_is_found_and_none_is_not() -> None:
    clear, none = staggered(tips(change=9))[0], staggered(tips())[0]
    assert clear.low > 0
    assert clear.value == pytest.approx(none.value + 9)
    assert clear.p is not None
    assert clear.p <= 0.01
    assert none.low < 0 < none.high


def test_few_places_are_judged_by_one_spread_and_by_swapping_dates() -> None:
    found = staggered(tips())
    assert "permutation p over the starting dates" in found[0].method
    assert "t(28.7) interval from the spread of all places" in found[0].method
    assert "95% band over 16 estimates" in found[1].method
    assert any("6 starting dates have one place only" in text for text in found[0].warnings)
    assert any("only 3 months before the first start" in text for text in found[0].warnings)
    assert all(one.se > 0 for one in found)


def test_many_places_are_judged_by_the_spread_in_each_cohort() -> None:
    found = staggered(many())[0]
    assert "from the spread in each cohort" in found.method
    assert found.low <= 0.5 <= found.high
    assert found.p is not None
    assert 0 < found.p < 0.001


def test_no_estimate_uses_causal_words_and_each_survives_the_table() -> None:
    for panel, estimator in ((tips(change=3), "group-time"), (tips(), "two-way"),
                             (many(), "efficient")):  # fmt: skip
        found = staggered(panel, estimator=estimator)  # type: ignore[arg-type]
        assert untidy(tidy(found)) == found
        for one in found:
            text = " ".join((one.term, one.method, *one.assumptions, *one.warnings)).lower()
            assert not any(word in text for word in CAUSAL)


def test_relabelling_shifting_and_scaling_do_what_they_should() -> None:
    panel = tips(change=4)
    other = replace(
        panel,
        outcome=panel.outcome.iloc[::-1] * 10 + 5,
    )
    years = {label: f"20{26 + 3}{label[4:]}" for label in MONTHS}
    later = replace(
        panel,
        outcome=panel.outcome.rename(columns=years),
        start={place: years[month] for place, month in panel.start.items()},
    )
    here, scaled, moved = (staggered(one)[0] for one in (panel, other, later))
    assert scaled.value == pytest.approx(here.value * 10)
    assert (scaled.low, scaled.high) == pytest.approx((here.low * 10, here.high * 10))
    assert scaled.p == here.p
    assert (moved.value, moved.low, moved.p) == pytest.approx((here.value, here.low, here.p))


def test_where_all_start_the_last_months_have_nobody_to_compare_with() -> None:
    found = staggered(tips(places=6))
    assert any(
        "after the month 2026-08 no place that had not started was left" in text
        for text in found[0].warnings
    )
    with pytest.raises(DataError, match="every place starts within the periods"):
        staggered(tips(places=6), comparison="never treated")


def test_few_places_that_never_start_are_warned_about_when_only_they_compare() -> None:
    found = staggered(tips(), comparison="never treated")[0]
    assert any("only 2 places never start" in text for text in found.warnings)


def test_places_treated_from_the_first_month_are_left_out_and_counted() -> None:
    panel = tips(places=9)
    panel = replace(panel, start={**panel.start, "P08": "2025-11"})
    found = staggered(panel)[0]
    assert (found.n, found.dropped) == (8, 1)
    assert any("1 of the places were treated from the first month on" in t for t in found.warnings)
    assert found.value == pytest.approx(staggered(tips(places=9), level=0.9)[0].value, abs=2)


def test_a_start_after_the_last_month_is_none_yet() -> None:
    panel = tips()
    later = replace(panel, start={**panel.start, "P07": "2027-02"})
    assert staggered(later)[0].value == staggered(panel)[0].value


def test_what_is_missing_is_left_out_where_it_costs_least_and_said() -> None:
    panel = tips(change=6)
    grid = panel.outcome.copy()
    grid.loc["P01", "2026-02"] = np.nan
    found = staggered(replace(panel, outcome=grid))
    assert (found[0].n, found[0].dropped) == (8, 0)
    assert any("1 of 12 months left out: a value is missing" in t for t in found[0].warnings)
    # a gap in the months does not move the clock
    assert "8 months before the start" in [one.period for one in found]
    grid.loc["P07"] = np.nan
    (first, *_) = staggered(replace(panel, outcome=grid))
    assert (first.n, first.dropped) == (7, 1)
    assert any("1 of 8 rows of a place left out" in text for text in first.warnings)
    grid.loc["P01", "2026-03":] = np.nan
    (first, *_) = staggered(replace(panel, outcome=grid))
    assert (first.n, first.dropped) == (6, 2)


def test_weeks_and_years_are_named_and_other_times_are_periods() -> None:
    weeks = [f"2026-W{week:02d}" for week in range(48, 54)] + [
        f"2027-W{w:02d}" for w in range(1, 7)
    ]
    for labels, word in (
        (weeks, "week"),
        (list(range(2010, 2022)), "year"),
        (list(range(1, 13)), "period"),
        ([f"wave {letter}" for letter in "abcdefghijkl"], "period"),
    ):
        panel = tips()
        names = dict(zip(MONTHS, labels, strict=True))
        moved = replace(
            panel,
            outcome=panel.outcome.rename(columns=names),
            start={place: names[month] for place, month in panel.start.items()},
        )
        found = staggered(moved)
        assert found[0].value == pytest.approx(staggered(panel)[0].value)
        assert f"1 {word} after the start" in [one.period for one in found]


def test_a_movement_before_the_start_is_warned_about() -> None:
    panel = many(change=0)
    grid = panel.outcome.copy()
    for place, first in panel.start.items():
        grid.loc[place] += [0.8 * (time - 12) if time < first else 0.8 * (first - 12)
                            for time in panel.periods]  # fmt: skip
    found = staggered(replace(panel, outcome=grid))[0]
    assert found.warnings[0].startswith("places had moved apart before their start")
    assert not any("moved apart" in text for text in staggered(panel)[0].warnings)


def drifting(*, slope: float, change: float) -> PanelTable:
    """Tips where places that start at some time, each by itself, had moved up all along."""
    panel = tips(places=12, starts=(6, 6, 7, 7, 8, 8), change=change)
    moving = np.array([place in panel.start for place in panel.places])
    return replace(panel, outcome=panel.outcome + slope * moving[:, None] * np.arange(12))


def test_a_told_change_says_up_to_which_drift_it_stands() -> None:
    firm, *rest = staggered(drifting(slope=0, change=12))
    assert firm.assumptions[-1].startswith("no drift of places that start against the others that")
    assert not any("drift" in text for one in rest for text in (*one.warnings, *one.assumptions))
    weak = staggered(drifting(slope=1.5, change=0))[0]
    assert weak.low > 0  # nothing but the drift
    assert weak.warnings[-1].startswith("a drift of places that start against the others no faster")
    assert "would be enough to undo it [from 0." in weak.warnings[-1]


def test_a_change_that_is_not_told_says_nothing_of_drift() -> None:
    found = staggered(drifting(slope=0, change=0))[0]
    assert found.low < 0 < found.high
    assert not any("drift" in text for text in (*found.warnings, *found.assumptions))


def test_where_nothing_lies_before_a_start_but_one_month_no_check_is_possible() -> None:
    found = staggered(tips(starts=(1, 1, 1, 1)))
    assert found[0].warnings[0].startswith("nothing before the starts could be checked")
    assert any("all places that start do so together" in text for text in found[0].warnings)


def test_the_efficient_estimator_is_more_exact_and_asks_for_dates_drawn_by_lot() -> None:
    plain, efficient = (
        staggered(many(), estimator=estimator)[0] for estimator in ("group-time", "efficient")
    )
    assert efficient.se < plain.se
    assert efficient.low <= 0.5 <= efficient.high
    assert "drawn by lot" in efficient.assumptions[0]
    with pytest.raises(DataError, match="cannot tell: the efficient estimator needs 40 places"):
        staggered(tips(), estimator="efficient")


def test_two_way_fixed_effects_are_shown_with_their_weights() -> None:
    (found,) = staggered(tips(change=6), estimator="two-way")
    assert "for comparison with older studies only" in found.warnings[0]
    assert "count with a minus" in found.warnings[0]
    assert "too narrow with few places" in found.warnings[1]


def test_two_way_fixed_effects_do_not_take_binary_fractions_for_spread() -> None:
    panel = many()
    on = [[panel.start.get(unit, 99) <= time for time in panel.periods] for unit in panel.places]
    levels = 0.1 * np.arange(60)[:, None] + np.sqrt(np.arange(12))
    same = pd.DataFrame(levels + on, index=panel.outcome.index, columns=panel.outcome.columns)
    with pytest.raises(DataError, match="moved alike in all places"):
        staggered(replace(panel, outcome=same), estimator="two-way")


def test_months_in_which_nothing_moved_are_counted_not_shown_as_certain() -> None:
    panel = tips()
    grid = panel.outcome.copy() * 0
    grid.iloc[:, 6:9] = np.random.default_rng(1).poisson(2, (8, 3))
    found = staggered(replace(panel, outcome=grid))
    assert all(one.se > 0 for one in found)


@pytest.mark.parametrize(
    ("panel", "options", "sentence"),
    [
        (tips(starts=()), {}, "no place has a start"),
        (tips(places=4, starts=(3, 5)), {}, "cannot tell: with 4 places there are too few ways"),
        (tips(places=2, starts=(3,)), {}, "cannot tell"),
        (tips(places=8, starts=(4,) * 8), {}, "cannot tell"),
        (tips(places=8, starts=(0,) * 8), {}, "cannot tell: every place was treated from the"),
        (tips(), {"estimator": "twoway"}, "no estimator 'twoway'"),
        (tips(), {"comparison": "always"}, "no comparison 'always'"),
    ],
)
def test_what_cannot_be_told_is_refused(
    panel: PanelTable, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        staggered(panel, **options)  # type: ignore[arg-type]


def test_starts_written_otherwise_than_the_periods_are_refused() -> None:
    with pytest.raises(DataError, match="P00: the start 3 must be written as the periods are"):
        staggered(replace(tips(), start={"P00": 3}))


def test_an_outcome_that_never_moves_is_refused() -> None:
    panel = tips()
    with pytest.raises(DataError, match="cannot tell: tips received moved alike in all places"):
        staggered(replace(panel, outcome=panel.outcome * 0 + 4))


@pytest.mark.parametrize("panel", [tips(), many()], ids=["few", "many"])
@pytest.mark.parametrize("apart", [0.1, 1.1, 1e6])
def test_places_that_differ_and_move_alike_are_not_judged_by_binary_fractions(
    panel: PanelTable, apart: float
) -> None:
    """Squares of how far places lie apart are taken off each other: a last digit is left over."""
    places, periods = panel.outcome.shape
    alike = apart * np.arange(places)[:, None] + 0.1 * np.arange(periods)
    same = pd.DataFrame(alike, index=panel.outcome.index, columns=panel.outcome.columns)
    with pytest.raises(DataError, match="moved alike in all places"):
        staggered(replace(panel, outcome=same))


def test_a_number_added_to_all_changes_nothing() -> None:
    plain, shifted = (
        staggered(replace(panel, outcome=panel.outcome + far))[0]
        for panel, far in ((tips(change=6), 0.0), (tips(change=6), 1e10))
    )
    assert (shifted.value, shifted.se) == pytest.approx((plain.value, plain.se), rel=1e-4)
    assert shifted.p == pytest.approx(plain.p)
