"""Each guard is silent where nothing is planted, and speaks of the trouble that is."""

from dataclasses import replace
from math import nan

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.collapsed_panel import collapse
from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.threats import Surroundings, guarded, threats
from outcomes.analyses.threats_of_cause import reverse_direction
from outcomes.errors import DataError
from outcomes.stats.collapsed_change import collapsed_change

PLACES = [f"p{number}" for number in range(8)]
MONTHS = [str(month) for month in pd.period_range("2024-01", periods=24, freq="M")]


def numbers(seed=1, *, effect=0.0):
    """Places and months that differ, and errors of 2 around them; the first four start in 2025."""
    rng = np.random.default_rng(seed)
    grid = 20 + 2 * rng.normal(size=(8, 24)) + 3 * rng.normal(size=(8, 1)) + rng.normal(size=24)
    grid[:4, 12:] += effect
    return grid


def panel(grid, *, dose=None, exposure=None, treated=4, start=12):
    def laid_out(each):
        return pd.DataFrame(each, index=PLACES[: len(grid)], columns=MONTHS[: grid.shape[1]])

    return PanelTable(
        outcome=laid_out(grid),
        name="Tips received",
        unit="tips",
        start=dict.fromkeys(PLACES[:treated], MONTHS[start]),
        dose=None if dose is None else laid_out(dose),
        exposure=None if exposure is None else laid_out(exposure),
        measure="tips_received",
        whole="place",
    )


def spoken(found, words):
    return [text for text in found if words in text]


def test_on_clean_data_all_guards_together_speak_in_fewer_than_one_study_of_six() -> None:
    loud = sum(bool(threats(panel(numbers(seed)))) for seed in range(100))
    assert loud <= 16  # 7 % were measured (benchmarks/guards.py), plus three standard errors


def test_a_peak_just_before_the_start_is_told_whichever_way_it_stood() -> None:
    for shift, way in ((8, "high"), (-8, "low")):
        grid = numbers()
        grid[:4, 9:12] += shift
        found = threats(panel(grid))
        assert spoken(found, f"stood unusually {way} in the last 3 months before the start")
        assert not spoken(found, "had moved away")


def test_what_moved_before_the_start_and_stayed_is_no_peak_but_came_too_early() -> None:
    grid = numbers()
    grid[:4, 9:] += 8
    found = threats(panel(grid))
    assert spoken(found, "had moved away from the others already in the last 3 months")
    assert not spoken(found, "stood unusually")


def test_a_rise_that_all_places_shared_is_no_peak() -> None:
    grid = numbers()
    grid[:, 9:12] += 30
    assert threats(panel(grid)) == threats(panel(numbers()))


def test_with_few_months_before_the_start_only_their_number_is_told() -> None:
    assert threats(panel(numbers()[:, 6:], start=6))[0].startswith(
        "only 6 months before the start: a place chosen when it was at a peak"
    )


def test_a_place_that_decides_the_result_is_named() -> None:
    grid = numbers()
    grid[0, 12:] += 60
    (told,) = spoken(threats(panel(grid), around=Surroundings(names={"p0": "Eastbank"})), "hangs")
    assert told.startswith("the result hangs on one place: it turns without Eastbank [")


def test_a_claim_that_one_place_carries_is_told_and_one_that_all_carry_is_not() -> None:
    grid = numbers(effect=6)
    assert not spoken(threats(panel(grid)), "the result hangs")
    change = np.array([4.0, 4.2, 3.8, 4, 0, 0.2, -0.2, 5.0])  # p7 stands against the rest
    level = np.zeros((8, 24)) + np.arange(8)[:, None]
    level[:, 12:] += change[:, None]
    level[:, ::2] += 0.01
    whole = collapsed_change(change, np.arange(8) < 4, term="x", unit="tips")
    assert whole.low < 0
    assert spoken(threats(panel(level)), "it turns without p7 [+4, from")


def test_little_drift_undoes_a_small_claim_and_the_number_stands_by_a_strong_one() -> None:
    weak = threats(panel(numbers(effect=4)))
    assert spoken(weak, "no faster than before the start, either way, would be enough to undo it")
    rng = np.random.default_rng(4)
    grid = 20 + 0.2 * rng.normal(size=(8, 24))
    grid[:4, 12:] += 30
    plain = collapsed_change(collapse(panel(grid)).change, np.arange(8) < 4, term="x", unit="tips")
    found = guarded(plain, panel(grid))
    assert found.warnings == ()
    assert spoken(found.assumptions, "no drift of focus places")
    assert spoken(found.assumptions, "2 times or more, is not there [E-value")


def test_a_small_ratio_can_be_undone_by_something_unmeasured() -> None:
    found = threats(panel(numbers(effect=6)))
    assert spoken(found, "each by less than 2 times, would be enough to undo it [E-value 1.")
    below_zero = threats(panel(numbers(effect=6) - 20))  # no ratio: in standard deviations
    assert not spoken(below_zero, "something unmeasured")


def test_walks_that_follow_the_outcome_are_told_and_walks_of_their_own_are_not() -> None:
    rng, grid = np.random.default_rng(2), numbers()
    dose = np.zeros((8, 24))
    dose[:4, 12:] = 200 + rng.normal(size=(4, 12))
    assert reverse_direction(panel(grid, dose=dose)) == ()
    dose[:4, 13:] += 5 * (grid[:4, 12:-1] - 20)
    (told,) = reverse_direction(panel(grid, dose=dose))
    assert told.startswith("more of the output followed a period after the outcome rose")
    assert reverse_direction(panel(grid)) == ()


def test_two_drifting_series_are_not_taken_for_cause_and_consequence() -> None:
    rng, told = np.random.default_rng(8), 0
    for _ in range(200):
        grid, dose = (np.cumsum(rng.normal(size=(8, 24)), axis=1) for _ in range(2))
        told += bool(reverse_direction(panel(grid, dose=50 + dose)))
    assert told <= 2 + 6  # 1 % of 200, and more than three standard errors


def test_a_neighbor_of_a_focus_place_is_named_with_the_comparison_without_it() -> None:
    around = Surroundings(names={"p4": "Northgate"}, next_to={"p0": ["p4", "p1"]})
    grid = numbers(effect=6)
    (told,) = spoken(threats(panel(grid), around=around), "borders on a focus place")
    change = np.delete(collapse(panel(grid)).change, 4)
    without = collapsed_change(change, np.arange(7) < 4, term="x", unit="tips")
    assert told.startswith("Northgate borders on a focus place")
    assert f"[without it {without.value:+.3g}, from {without.low:+.3g}" in told
    far = Surroundings(next_to={"p4": ["p5"], "p0": ["p1"]})
    assert not spoken(threats(panel(grid), around=far), "border")


def test_where_all_comparison_places_are_neighbors_none_is_left_to_compare() -> None:
    around = Surroundings(next_to={place: ["p0"] for place in PLACES[4:]})
    assert spoken(
        threats(panel(numbers()), around=around), "[too few places are left without them]"
    )


def test_people_and_reports_that_changed_are_told_by_place() -> None:
    people = np.full((8, 24), 1000.0)
    people[2, 12:] = 1200
    people[3, 12:] = 1050
    assert spoken(threats(panel(numbers(), exposure=people)), "more than 10% (p2 +20%)")
    grid = numbers()
    grid[5, 14:20] = nan
    assert spoken(threats(panel(grid)), "(months reported: p5 100% before and 50% after)")


def test_walks_that_were_not_done_are_told_and_a_claim_is_also_given_as_if_they_were() -> None:
    around = Surroundings(delivered={"p0": 0.6, "p1": 0.4}, names={"p0": "Eastbank"})
    quiet = threats(panel(numbers()), around=around)
    assert spoken(quiet, "less than 80% of the required walks were done by the rules [Eastbank 60%")
    assert not spoken(quiet, "further from zero")
    nearly = Surroundings(delivered={"p0": 0.7978}, names={"p0": "Eastbank"})
    assert spoken(threats(panel(numbers()), around=nearly), "less than 80% of the required walks")
    assert spoken(threats(panel(numbers()), around=nearly), "[Eastbank 79.8%]")
    loud = panel(numbers(effect=6))
    change = collapse(loud).change
    twice = 2 * (change[:4].mean() - change[4:].mean())
    assert spoken(threats(loud, around=around), f"further from zero [{twice:+.3g}, from")
    assert not spoken(threats(loud, around=Surroundings(delivered={"p0": 0.9})), "walks")


def test_a_guard_that_already_spoke_is_not_repeated_and_events_stand_last() -> None:
    study = panel(numbers()[:, 6:], start=6)
    around = Surroundings(context=("New lights (2025-10-06) could have moved it too",))
    plain = collapsed_change(collapse(study).change, np.arange(8) < 4, term="x", unit="tips")
    once = guarded(plain, study, around=around)
    assert once.warnings[-1] == around.context[0]
    assert guarded(once, study, around=around) == once


def test_relabelling_places_shifting_time_and_scaling_leave_the_words_as_they_are() -> None:
    grid = numbers(effect=6)
    grid[:4, 9:12] += 8
    study = panel(grid)
    told = [text.partition(" [")[0] for text in threats(study)]
    turned = replace(study, outcome=study.outcome.iloc[::-1])
    later = [str(month) for month in pd.period_range("2031-05", periods=24, freq="M")]
    moved = replace(
        study,
        outcome=study.outcome.set_axis(later, axis=1) * 1000,
        start=dict.fromkeys(PLACES[:4], later[12]),
    )
    for other in (turned, moved):
        assert [text.partition(" [")[0] for text in threats(other)] == told


def test_starts_at_different_times_are_compared_before_the_first_and_after_the_last() -> None:
    study = panel(numbers())
    study = replace(study, start={**study.start, "p0": MONTHS[10]})
    assert (collapse(study).before.shape[1], collapse(study).after.shape[1]) == (10, 12)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(DataError, match="places with and without a start are needed"):
        threats(panel(numbers(), treated=8))
    grid = numbers()
    grid[2, 12:] = nan
    with pytest.raises(DataError, match="no month before, or none after, in p2"):
        threats(panel(grid))
    with pytest.raises(DataError, match="the start 2030-01 is none of the periods"):
        threats(replace(panel(numbers()), start={"p0": "2030-01"}))
