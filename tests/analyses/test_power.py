import time

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power import CommonStart, Design, power
from outcomes.errors import DataError

FOUR_OF_EIGHT = Design(treated=4, untreated=4, before=6, after=6)


def past(*, seed: int = 1, places: int = 8, periods: int = 24, mean: float = 20) -> PanelTable:
    grid = np.random.default_rng(seed).poisson(mean, (places, periods)).astype(float)
    return PanelTable(
        outcome=pd.DataFrame(grid, index=[f"place-{n}" for n in range(places)]),
        name="Tips received",
        unit="tips",
        start={},
        whole="place",
        when="month",
    )


def find(found: CommonStart, words: str) -> float:
    return next(each.value for each in found.estimates if words in each.term)


def test_the_smallest_detectable_change_leads_and_all_is_said_in_units() -> None:
    found = power(past(), FOUR_OF_EIGHT, effect=4)
    first = found.estimates[0]
    assert first.unit == "tips a month in each place"
    assert "smallest change that 80% of studies would find" in first.term
    assert "4 treated and 4 other places, 6 months before and 6 after" in first.term
    assert first.low < first.value < first.high
    assert first.n == 8
    assert find(found, "although there is none") <= 0.05
    assert 0 < find(found, "a change of 4") < 1


def test_the_change_it_names_is_found_in_four_of_five_new_studies() -> None:
    found = power(past(), FOUR_OF_EIGHT)
    rng, chosen = np.random.default_rng(9), np.arange(8) < 4
    from outcomes.stats.minimum_detectable import found_by_test

    counts = rng.poisson(20, (3000, 8, 12)).astype(float)
    counts[:, :4, 6:] += rng.poisson(found.detectable.value, (3000, 4, 6))
    changes = counts[:, :, 6:].mean(axis=2) - counts[:, :, :6].mean(axis=2)
    assert found_by_test(changes, chosen).mean() == pytest.approx(0.8, abs=0.1)


def test_more_places_and_more_months_find_smaller_changes() -> None:
    small = power(past(), FOUR_OF_EIGHT).detectable.value
    places = power(past(), Design(treated=8, untreated=8, before=6, after=6)).detectable.value
    months = power(past(), Design(treated=4, untreated=4, before=24, after=24)).detectable.value
    assert places < 0.8 * small
    assert months < 0.8 * small


def test_two_against_two_places_are_told_what_they_would_need() -> None:
    found = power(past(), Design(treated=2, untreated=2, before=6, after=6), effect=5)
    first = found.estimates[0]
    assert (first.value, first.low, first.high) == (0, 0, 0)
    assert first.warnings[0].startswith("with 2 against 2 places no test can find a change of any")
    assert "5 others would be needed" in first.warnings[0]
    assert (found.design.untreated, found.planned.untreated) == (5, 2)
    assert np.isfinite(found.detectable.value)


def test_one_treated_place_is_told_unless_its_design_rests_on_the_t_interval() -> None:
    one = Design(treated=1, untreated=7, before=6, after=6)
    assert "19 others would be needed" in power(past(), one).estimates[0].warnings[0]
    alone = Design(treated=1, untreated=7, before=6, after=6, swapping=False)
    found = power(past(), alone)
    assert found.design == alone
    assert 0.03 <= find(found, "although there is none") <= 0.075


def test_the_same_seed_gives_the_same_answer_and_a_unit_only_scales_it() -> None:
    table = past()
    one, again = (power(table, FOUR_OF_EIGHT, counts=False, runs=500) for _ in range(2))
    assert one.estimates == again.estimates
    scaled = PanelTable(
        outcome=60 * table.outcome.iloc[::-1] + 3,
        name=table.name,
        unit="minutes",
        start={},
        whole="place",
        when="month",
    )
    other = power(scaled, FOUR_OF_EIGHT, counts=False, runs=500)
    assert other.detectable.value == pytest.approx(60 * one.detectable.value)


def test_months_after_a_start_are_not_the_past() -> None:
    table = past()
    jumped = table.outcome.copy()
    jumped.iloc[:4, 12:] *= 9
    with_start = PanelTable(
        outcome=jumped,
        name=table.name,
        unit=table.unit,
        start={f"place-{n}": 12 for n in range(4)},
        whole="place",
        when="month",
    )
    before = PanelTable(
        outcome=table.outcome.iloc[:, :12],
        name=table.name,
        unit=table.unit,
        start={},
        whole="place",
        when="month",
    )
    one, other = (power(each, FOUR_OF_EIGHT, runs=300) for each in (with_start, before))
    assert one.detectable.value == other.detectable.value


def test_a_short_past_is_said_to_be_one() -> None:
    found = power(past(periods=6), FOUR_OF_EIGHT, runs=300)
    assert any("only 6 periods of 8 places" in text for text in found.detectable.warnings)


def test_two_thousand_studies_take_seconds() -> None:
    started = time.process_time()
    power(past(), Design(treated=10, untreated=10, before=12, after=12), effect=2)
    assert time.process_time() - started < 20


def test_what_cannot_be_simulated_is_refused() -> None:
    with pytest.raises(DataError, match="period before the start"):
        power(past(), Design(treated=4, untreated=4, before=0, after=6))
    with pytest.raises(DataError, match="treated places and others"):
        power(past(), Design(treated=4, untreated=0, before=6, after=6))
    for effect in (0, -1, np.nan, np.inf, 1e300):
        with pytest.raises(DataError, match="worth having must be a number above 0"):
            power(past(), FOUR_OF_EIGHT, effect=effect)
    with pytest.raises(DataError, match="fewer than 100"):
        power(past(), FOUR_OF_EIGHT, runs=10)
    with pytest.raises(DataError, match="four periods or more"):
        power(past(periods=3), FOUR_OF_EIGHT)
