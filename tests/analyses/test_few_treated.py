"""One to three treated places: what leads, what stands beside it, and what cannot be told."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.few_treated import few_treated
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate, tidy, untidy
from outcomes.stats.ar1_reml import ar1_errors
from outcomes.stats.log_ratio_change import log_ratio_change, log_ratios
from outcomes.stats.synthetic_difference import placebo_differences, synthetic_difference
from outcomes.stats.weighted_displacement import BeforeAfter, weighted_displacement


def panel(
    *,
    treated: int = 1,
    places: int = 8,
    months: int = 24,
    start: int = 14,
    lift: float = 0.0,
    seed: int = 1,
) -> PanelTable:
    """Monthly counts near 40, `lift` times as many more in the treated places after the start."""
    rng = np.random.default_rng(seed)
    rates = 40 * np.exp(0.2 * rng.normal(size=(places, 1)) + 0.1 * rng.normal(size=(1, months)))
    rates[:treated, start:] *= 1 + lift
    names = [f"place {number}" for number in range(places)]
    columns = [f"{2021 + month // 12}-{month % 12 + 1:02d}" for month in range(months)]
    return PanelTable(
        outcome=pd.DataFrame(rng.poisson(rates).astype(float), index=names, columns=columns),
        name="tips received",
        unit="tips",
        start=dict.fromkeys(names[:treated], columns[start]),
        measure="tips_received",
        whole="place",
        when="month",
    )


def by_method(found: list[Estimate], word: str) -> Estimate:
    (one,) = [each for each in found if word in each.method]
    return one


def about(one: Estimate) -> tuple[str, str, frozenset[str]]:
    return one.method.split(",")[0], one.unit, frozenset(one.place.split(", "))


def test_for_counts_the_ratio_leads_and_what_analysts_compute_comes_last_with_its_warning() -> None:
    found = few_treated(panel(lift=0.8), counts=True)
    assert [one.method.split(",")[0].split(" of ")[0] for one in found] == [
        "ratio",
        "exact permutation over places",
        "difference",
        "synthetic control",
        "synthetic difference in differences",
        "weighted displacement difference",
        "ratio",
    ]
    lead = found[0]
    assert lead.low <= 1.8 <= lead.high
    assert (lead.n, lead.unit, lead.place) == (8, "times as many tips", "place 0")
    assert "t(6)" in lead.method
    for naive in found[-2:]:
        assert "false alarms in about 4" in naive.warnings[0]


def test_the_parts_are_those_that_the_statistics_give_by_themselves() -> None:
    given = panel(lift=0.5)
    found = few_treated(given, counts=True)
    numbers, chosen = given.outcome.to_numpy(), np.arange(8) < 1
    before, after = numbers[:, :14].sum(axis=1), numbers[:, 14:].sum(axis=1)
    ratios = log_ratios(before, after, exposure_before=14, exposure_after=10)
    alone = log_ratio_change(ratios, chosen, term="tips", unit="tips")
    assert (found[0].value, found[0].p) == pytest.approx((alone.value, alone.p))
    own = BeforeAfter(before=before[0], after=after[0])
    rest = BeforeAfter(before=before[1:].sum(), after=after[1:].sum(), size=7)
    naive = weighted_displacement(own, rest, lengths=(14, 10), term="tips", unit="tips")
    assert (found[-2].value, found[-2].se) == pytest.approx((naive.value, naive.se))
    change = numbers[:, 14:].mean(axis=1) - numbers[:, :14].mean(axis=1)
    assert found[2].value == pytest.approx(change[0] - change[1:].mean())


def test_every_part_says_what_it_is_about_and_can_be_laid_out_as_a_table() -> None:
    found = few_treated(panel(treated=2), counts=True)
    assert {one.analysis for one in found} == {"few treated"}
    assert {one.measure for one in found} == {"tips_received"}
    assert {one.period for one in found} == {"2021-01 to 2022-12"}
    assert [one.place for one in found[3:5]] == ["place 0", "place 1"]
    assert [str(one) for one in untidy(tidy(found))] == [str(one) for one in found]
    assert all(one.p is None or one.p > 0 for one in found)
    words = " ".join(one.term + one.method for one in found)
    assert not any(word in words for word in ("reduced", "increased", "because of", "effect of"))


def test_one_of_eight_places_is_told_that_swapping_places_can_never_confirm_it() -> None:
    found = few_treated(panel(lift=5), counts=True)
    assert found[0].p is not None
    assert found[0].p < 0.001
    assert "smallest p it can reach with 1 against 7 places is 0.125" in " ".join(found[0].warnings)
    swapped, mix = found[1], by_method(found, "synthetic control")
    assert (swapped.p, mix.p) == (0.125, 0.125)
    assert swapped.warnings[0].startswith("cannot tell by swapping places")
    assert mix.warnings[0].startswith("cannot tell by placebo ranks")
    assert "19 places without the engagement are the fewest" in mix.warnings[0]


def test_with_one_of_twenty_places_ranks_can_reach_five_percent_and_do() -> None:
    found = few_treated(panel(places=20, months=36, start=24, lift=3), counts=True)
    assert by_method(found, "synthetic control").p == pytest.approx(0.05)
    assert found[1].p == pytest.approx(0.05)
    assert not any("cannot tell" in " ".join(one.warnings) for one in found)


def test_an_outcome_that_is_no_count_leads_with_the_difference_and_has_no_naive_tests() -> None:
    found = few_treated(panel(lift=0.5))
    assert found[0].method == "difference of changes collapsed by place, t(6)"
    assert len(found) == 4
    assert found[0].low <= 20 <= found[0].high


def test_one_place_against_one_is_judged_by_months_alone_or_not_at_all() -> None:
    few = panel(places=2, months=36, start=24, lift=1.5)
    found = few_treated(few, counts=True)
    assert "step of one series of 36 months, AR(1) errors by REML" in found[0].method
    assert found[0].method.endswith("simulated critical values with counting error")
    assert found[0].p <= 0.001
    assert 0 < found[0].low < found[0].value < found[0].high < 100
    assert [one.n for one in found] == [2, 2, 2]
    plain = few_treated(few)[0]
    assert plain.value == found[0].value
    assert plain.high - plain.low < found[0].high - found[0].low
    assert "counting error" not in " ".join((*plain.warnings, plain.method))
    for months, start, got in ((15, 9, "9 and 6"), (24, 22, "22 and 2")):
        with pytest.raises(DataError, match=f"1 against 1 .* cannot tell: 16 .* got {got}. Or 5"):
            few_treated(panel(places=2, months=months, start=start, lift=1.5), counts=True)


def test_a_step_of_two_places_that_a_drift_makes_too_is_refused() -> None:
    """Counts of 20 over drifts of 0.9, 24 months; nothing changed."""
    months = np.arange(1, 25.0)
    rng = np.random.default_rng(12)
    drift = ar1_errors(months, phi=0.9, many=2, rng=rng)
    few = panel(places=2, months=24, start=14)
    counts = few.outcome * 0 + rng.poisson(20 * np.exp(0.25 * drift)).T
    found = few_treated(replace(few, outcome=counts), counts=True)[0]
    assert (found.p, found.low, found.high) == (None, -np.inf, np.inf)
    assert found.warnings[0].startswith("no test is possible of this change with 24 months")
    assert found.warnings[0].endswith(
        "Needed: more months before and after the start, or 5 places at least"
    )


@pytest.mark.parametrize(("level", "fewest"), [(0.95, 19), (0.97, 33), (0.9, 9)])
def test_the_places_that_a_rank_would_need_are_enough_and_no_more(
    level: float, fewest: int
) -> None:
    found = few_treated(panel(places=8), level=level)
    (said,) = [text for text in by_method(found, "synthetic control").warnings if "ranks" in text]
    assert f"however clear the difference. {fewest} places" in said
    assert 1 / (1 + fewest) <= 1 - level + 1e-9 < 1 / fewest


def test_limits_beyond_a_mix_know_that_the_gaps_of_other_places_hang_together() -> None:
    """6 of 7 gaps are free: with t(7), limits held in 93 to 94 % of simulated studies."""
    mix = by_method(few_treated(panel(places=8)), "synthetic control")
    assert (mix.high - mix.low) / 2 == pytest.approx(2.446912 * mix.se, rel=1e-6)
    assert "t(6)" in mix.method


@pytest.mark.parametrize(("treated", "df", "quantile"), [(1, 4, 2.776445), (2, 5, 2.570582)])
def test_limits_beyond_a_parallel_mix_are_those_that_held_in_simulated_studies(
    treated: int, df: int, quantile: float
) -> None:
    """With t(6), those of one of 8 places held in 92 to 94 %; two of 8: 96.6 %."""
    given = panel(treated=treated)
    mix = by_method(few_treated(given), "synthetic difference")
    assert f"t({df})" in mix.method
    assert (mix.high - mix.low) / 2 == pytest.approx(quantile * mix.se, rel=1e-6)
    others = given.outcome.to_numpy()[treated:]
    placebos = placebo_differences(others, before=14, many=treated)
    places = len(others)
    fewer = (1 / treated + 1 / places) / (1 / treated + 1 / (places - treated))
    assert mix.se == pytest.approx(np.sqrt((placebos**2).mean() * fewer))


def test_the_rank_beyond_a_parallel_mix_leaves_both_places_out() -> None:
    given = panel(lift=0.3, seed=4)
    numbers = given.outcome.to_numpy()
    mix = by_method(few_treated(given), "synthetic difference")
    far = 0
    for one in range(1, 8):
        rest = np.delete(numbers, [0, one], axis=0)
        own, other = (
            abs(synthetic_difference(numbers[[each]], rest, before=14).value) for each in (0, one)
        )
        far += other >= own
    assert mix.p == (1 + far) / 8
    assert by_method(few_treated(panel(treated=2)), "synthetic difference").p is None


def test_a_mix_that_never_followed_the_place_is_said_to_say_little() -> None:
    far = panel()
    far.outcome.iloc[0] += 300
    mix = by_method(few_treated(far, counts=True), "synthetic control")
    assert any("does not follow place 0 before the start" in text for text in mix.warnings)
    near = by_method(few_treated(panel(places=12, months=36, start=24)), "synthetic control")
    assert not any("does not follow" in text for text in near.warnings)


def test_values_that_were_not_reported_are_counted_and_never_taken_for_zero() -> None:
    holes = panel(lift=0.5)
    holes.outcome.iloc[3, 2] = np.nan
    found = few_treated(holes, counts=True)
    assert found[0].dropped == 1
    assert "missing, not zero" in " ".join(found[0].warnings)
    assert by_method(found, "synthetic control").n == 7
    assert by_method(found, "synthetic control").dropped == 1


def test_the_people_behind_a_count_turn_it_into_a_rate() -> None:
    given = panel(lift=0.5, places=5)
    people = pd.DataFrame(1000.0, index=given.outcome.index, columns=given.outcome.columns)
    plain = few_treated(given, counts=True)
    behind = few_treated(replace(given, exposure=people))
    assert behind[0].value == pytest.approx(plain[0].value)
    assert behind[2].value == pytest.approx(plain[2].value)
    people.iloc[1:] *= 2  # twice the people behind the same counts, before as after
    assert few_treated(replace(given, exposure=people))[0].value == pytest.approx(plain[0].value)


def test_the_order_and_names_of_places_and_the_time_of_the_study_change_nothing() -> None:
    given = panel(treated=2, lift=0.5)
    order = np.random.default_rng(3).permutation(8)
    mixed = replace(given, outcome=given.outcome.iloc[order])
    later = given.outcome.set_axis([f"x{number:02d}" for number in range(24)], axis=1)
    moved = replace(given, outcome=later, start=dict.fromkeys(given.start, "x14"))
    here = {about(one): one.value for one in few_treated(given, counts=True)}
    for other in (mixed, moved):
        there = {about(one): one.value for one in few_treated(other, counts=True)}
        assert there == pytest.approx(here, rel=1e-4)
        assert len(there) == 8


def test_another_unit_of_the_outcome_scales_every_difference_and_no_p() -> None:
    given = panel(lift=0.5, places=6)
    scaled = replace(given, outcome=given.outcome * 60)
    for small, large in zip(few_treated(given), few_treated(scaled), strict=True):
        assert large.value == pytest.approx(60 * small.value, rel=1e-6)
        assert (large.low, large.high) == pytest.approx((60 * small.low, 60 * small.high), rel=1e-6)
        assert large.p == pytest.approx(small.p)


def test_two_treated_places_share_a_lead_and_each_has_a_mix_with_a_word_on_testing_twice() -> None:
    found = few_treated(panel(treated=2, lift=0.8), counts=True)
    assert found[0].place == "place 0, place 1"
    assert found[0].low <= 1.8 <= found[0].high
    assert found[1].p == pytest.approx(1 / 28)
    assert any("multiply the smallest p by 2" in text for text in found[3].warnings)
    assert found[5].p is None


def test_a_place_where_nothing_was_ever_counted_is_named() -> None:
    silent = panel()
    silent.outcome.iloc[4] = 0.0
    with pytest.raises(DataError, match="place 4: no tips at all"):
        few_treated(silent, counts=True)


def test_placebos_without_any_spread_give_no_interval_rather_than_one_of_no_width() -> None:
    few = panel(treated=2, lift=0.5)
    for level, given in ((5.1, 2), (np.arange(6.0)[:, None] + 0.1, 4)):  # 4: levels differ
        outcome = few.outcome.copy()
        outcome.iloc[2:] = level + np.zeros((6, 24))
        found = few_treated(replace(few, outcome=outcome))
        assert len(found) == given
        assert all(one.low < one.value < one.high for one in found)


def test_a_result_that_hangs_on_one_place_of_the_mix_says_so() -> None:
    given, rng = panel(places=5), np.random.default_rng(5)
    table = rng.normal(size=(5, 24))
    table[0] = table[1] + 0.1 * rng.normal(size=24)  # only one other place is like the treated one
    table[0, 14:] += 5
    alone, common = table.copy(), table.copy()
    alone[2:, 14:] += 5  # without that place, nothing is left
    for numbers, hangs in ((alone, True), (common, False)):
        frame = pd.DataFrame(numbers, index=given.places, columns=given.periods)
        mix = by_method(few_treated(replace(given, outcome=frame)), "synthetic control")
        assert mix.value == pytest.approx(5, abs=1)
        assert any("hangs on one place" in text for text in mix.warnings) is hangs


def _four(one: PanelTable) -> PanelTable:
    return replace(one, start=dict.fromkeys(one.places[:4], one.periods[14]))


def _two_starts(one: PanelTable) -> PanelTable:
    return replace(one, start={"place 0": one.periods[14], "place 1": one.periods[15]})


def _all(one: PanelTable) -> PanelTable:
    few = replace(one, outcome=one.outcome.iloc[:2])
    return replace(few, start=dict.fromkeys(few.places, one.periods[14]))


def _at_once(one: PanelTable) -> PanelTable:
    return replace(one, start={"place 0": one.periods[0]})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: replace(one, start={}), "no place is treated"),
        (_four, "one to 3 treated places, got 4"),
        (_two_starts, "start at 2 times"),
        (_all, "every place is treated"),
        (_at_once, "no month before the start"),
        (lambda one: replace(one, start={"place 0": "1999-01"}), "none of the months"),
        (lambda one: replace(one, outcome=one.outcome + 0.5), "whole numbers"),
        (lambda one: replace(one, exposure=one.outcome * 0), "exposure behind each count"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    change: Callable[[PanelTable], PanelTable], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        few_treated(change(panel()), counts=True)
