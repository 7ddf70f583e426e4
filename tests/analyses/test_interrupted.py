"""Did level or slope change at the start?"""

from dataclasses import replace
from functools import cache
from math import inf, isnan

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.interrupted import interrupted
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate, tidy, untidy
from outcomes.stats.ar1_reml import ar1_errors
from outcomes.stats.wording import direction

LENGTH, START = 36, 19


def months(length: int = LENGTH) -> list[str]:
    return [f"{2021 + month // 12}-{month % 12 + 1:02d}" for month in range(length)]


def panel(  # one place and, if asked, three others, with the same weather
    *, level: float = 0.0, slope: float = 0.0, others: int = 0, seed: int = 1, length: int = LENGTH
) -> PanelTable:
    times = np.arange(1, length + 1.0)
    rng = np.random.default_rng(seed)
    grid = ar1_errors(times, phi=0.3, many=1 + others, rng=rng).T + 50 + 0.1 * times
    start = min(START, length // 2 + 1)
    grid[0] += (times >= start) * (level + slope * (times - start + 1))
    names = ["east", *(f"other {number}" for number in range(others))]
    return PanelTable(
        outcome=pd.DataFrame(grid, index=names, columns=months(length)),
        name="tips received",
        unit="tips",
        start={"east": months(length)[start - 1]},
        measure="tips_received",
        whole="place",
    )


@cache
def clear_change() -> list[Estimate]:
    """A jump that nobody could overlook; asked for once, used by several tests."""
    return interrupted(panel(level=6))


def drawn(phi: float, *, seed: int, length: int = 24, others: int = 0) -> PanelTable:
    """A series without any change whose errors hang together so much, and quiet others."""
    times = np.arange(1, length + 1.0)
    rng = np.random.default_rng(seed)
    grid = [
        ar1_errors(times, phi=phi, many=1, rng=rng)[:, 0],
        *(0.01 * rng.normal(size=length) for _ in range(others)),
    ]
    of = panel(length=length, others=others)
    return replace(of, outcome=of.outcome * 0 + np.array(grid))


def refusals(found: list[Estimate]) -> list[bool]:
    return [one.warnings[0].startswith("no test is possible") for one in found[:3]]


def told(found: list[Estimate]) -> str:
    return " | ".join(found[0].warnings)


def test_a_planted_jump_and_slope_are_found_and_the_level_leads() -> None:
    found = interrupted(panel(level=6, slope=0.5))
    level, slope, end, without = found[:4]
    assert refusals(found) == [False] * 3
    assert "change of level at the start (2022-07), beyond the trend" in level.term
    assert level.low <= 6 <= level.high
    assert slope.low <= 0.5 <= slope.high
    assert end.low <= 6 + 18 * 0.5 <= end.high
    assert without.low <= 50 + 0.1 * 36 <= without.high
    assert (without.p, slope.unit) == (None, "tips, each further period")
    assert level.p is not None
    assert 0 < level.p <= 0.01
    assert {one.analysis for one in found} == {"interrupted"}
    assert {one.measure for one in found} == {"tips_received"}
    assert (level.place, level.period, level.n) == ("east", "2021-01 to 2023-12", 1)
    assert "18 periods before and 18 after" in level.method


def test_where_nothing_changed_the_intervals_hold_zero() -> None:
    level, slope, end = interrupted(panel(seed=2))[:3]
    for one in (level, slope, end):
        assert one.low < 0 < one.high
        assert one.p is not None
        assert one.p > 0.05


def test_what_happened_everywhere_is_no_change_once_other_places_are_taken_off() -> None:
    shared = panel(others=3, seed=4)
    shared.outcome.iloc[:, START - 1 :] += 8
    beyond = interrupted(shared)[0]
    alone = interrupted(shared, control=False)[0]
    assert beyond.low < 0 < beyond.high
    assert alone.low > 4
    assert beyond.n == 4
    assert "less the mean of 3 untreated" in beyond.method
    assert "whatever else changed at the start is in this number" in told([alone])
    assert "whatever else" not in told([beyond])
    assert len(interrupted(shared)) == 4  # no level where the trend alone would have led


def test_each_place_can_be_asked_for_by_itself_with_its_own_start() -> None:
    both = panel(others=2, level=6)
    both = replace(both, start={"east": "2022-07", "other 0": "2022-10"})
    with pytest.raises(DataError, match=r"start at 2 times \(2022-07, 2022-10\)"):
        interrupted(both)
    found = interrupted(both, each=True)
    assert [one.place for one in found] == ["east"] * 4 + ["other 0"] * 4
    assert "(2022-10)" in found[4].term


def test_scaling_shifting_and_renaming_change_nothing_else() -> None:
    here = interrupted(panel(level=2, others=2))
    of = panel(level=2, others=2)
    moved = replace(
        of,
        outcome=(of.outcome * 100 + 7).rename(index=lambda name: f"new {name}")[::-1],
        start={"new east": "2022-07"},
    )
    for one, other in zip(here[:3], interrupted(moved)[:3], strict=True):
        assert [other.value, other.low, other.high] == pytest.approx(
            [100 * one.value, 100 * one.low, 100 * one.high], rel=1e-5
        )
        assert other.p == pytest.approx(one.p, abs=0.0005)
    later = of.outcome.set_axis([f"{int(name[:4]) + 30}{name[4:]}" for name in months()], axis=1)
    shifted = interrupted(replace(of, outcome=later, start={"east": "2052-07"}))
    assert [one.value for one in shifted] == [one.value for one in here]
    assert [one.p for one in shifted] == [one.p for one in here]


def test_a_season_is_taken_out_and_asked_for_where_it_is_not() -> None:
    wave = 10 * np.sin(2 * np.pi * np.arange(LENGTH) / 12)
    of = panel(level=6)
    of.outcome.loc["east"] += wave
    level = interrupted(of, season=12)[0]
    assert level.low <= 6 <= level.high
    assert level.high - level.low < 6
    assert "2 pairs of waves of season" in level.method
    assert "no season was taken out" in told(interrupted(of))
    assert "no season was taken out" not in told([level])


def test_periods_of_a_phase_in_are_left_out_and_it_is_said() -> None:
    slow = panel(level=6)
    slow.outcome.iloc[0, START - 1 : START + 2] -= 6  # nothing yet in the first three
    found = interrupted(slow, phase_in=3)[0]
    assert found.low <= 6 <= found.high
    assert found.warnings[0] == ("the first 3 periods from the start on are left out (phase-in)")
    assert "18 periods before and 15 after" in found.method


def test_a_change_that_fades_is_said_to_fade_and_when_it_would_be_gone() -> None:
    assert "the change of level fades: at its pace it would be gone 19 periods after" in told(
        interrupted(panel(level=20, slope=-1.0, seed=6))
    )
    assert "fades" not in told(interrupted(panel(level=20, slope=1.0, seed=6)))


def test_counts_are_told_as_ratios_and_customary_models_stand_behind_with_their_alarms() -> None:
    rng = np.random.default_rng(5)
    mean = np.where(np.arange(LENGTH) >= START - 1, 60, 120)
    of = replace(
        panel(), outcome=pd.DataFrame([rng.poisson(mean)], index=["east"], columns=months())
    )
    found = interrupted(of, counts=True)
    level, slope, _, without = found[:4]
    assert level.unit == "times as many tips"
    assert level.low <= 0.5 <= level.high < 0.8
    assert slope.low <= 1 <= slope.high
    assert without.low <= 120 <= without.high
    names = [one.term for one in found[4:]]
    assert "Newey-West" in names[0]
    assert "quasi-Poisson, treated places alone" in names[1]
    for one in found[4:]:
        assert "without any change" in one.warnings[0]
        assert one.value == pytest.approx(level.value, rel=0.05)


@pytest.mark.parametrize("start", ["2099-01", "2020-12", 7])
def test_a_start_that_is_no_period_is_refused_in_plain_words(start: object) -> None:
    with pytest.raises(DataError, match=f"the start {start} is none of the periods, which run"):
        interrupted(replace(panel(), start={"east": start}))


def test_a_high_level_hides_no_spread() -> None:
    """At 100,000,000 a double still tells a step of 0.00000002."""
    given = panel(level=6)
    given.outcome.loc["east"] += 0.1
    far = interrupted(replace(given, outcome=given.outcome + 1e8))[0]
    assert far.value == pytest.approx(clear_change()[0].value, rel=1e-4)


def test_a_count_model_that_cannot_be_fitted_leaves_its_reason_beside() -> None:
    rng = np.random.default_rng(5)
    rows = {
        "steady": np.round(rng.normal(100, 2, LENGTH)),  # jump less than independent events
        "stopped": np.where(np.arange(LENGTH) >= START - 1, 0, rng.poisson(20, LENGTH)),
        "started": np.where(np.arange(LENGTH) < START - 1, 0, rng.poisson(20, LENGTH)),
    }
    last = {}
    for name, row in rows.items():
        outcome = pd.DataFrame([row], index=["east"], columns=months())
        last[name] = interrupted(replace(panel(), outcome=outcome), counts=True)[-1]
    assert "quasi-Poisson" in last["steady"].term
    assert last["steady"].warnings[-1] == (
        "a negative binomial cannot be shown: counts jump no more than independent events: use the "
        "Poisson model"
    )
    for name in ("stopped", "started"):
        assert "Newey-West" in last[name].term
        assert "count models cannot be shown: the count model finds" in last[name].warnings[-1]


def test_small_counts_with_zeros_are_told_as_differences() -> None:
    rng = np.random.default_rng(3)
    counts = pd.DataFrame([rng.poisson(1.5, LENGTH)], index=["east"], columns=months())
    exposure = pd.DataFrame(np.full((1, LENGTH), 900.0), index=["east"], columns=months())
    found = interrupted(replace(panel(), outcome=counts, exposure=exposure))
    assert found[0].unit == "tips"
    assert found[0].low < 0 < found[0].high


def test_an_outcome_that_is_itself_an_estimate_carries_its_error_into_the_interval() -> None:
    known = panel(seed=9)
    errors = known.outcome * 0 + 0.6
    for one, other in zip(
        interrupted(known)[:3], interrupted(replace(known, se=errors))[:3], strict=True
    ):
        assert other.value == one.value
        assert other.high - other.low > 1.02 * (one.high - one.low)
        assert "with counting or measurement error" in other.method
        assert "hides how errors hang together: with fewer than 48 periods" in told([other])
        assert "hides how" not in told([one])


def test_a_larger_break_elsewhere_is_named() -> None:
    of = panel(length=48, seed=3)
    of.outcome.loc["east", months(48)[34:]] += 9
    assert "the largest break of the series lies elsewhere, in 2023-11, 16 periods after" in told(
        interrupted(replace(of, start={"east": "2022-07"}))
    )


def test_a_break_at_the_start_says_what_p_it_had_if_the_start_was_picked_for_it() -> None:
    found = clear_change()[0]
    assert "elsewhere" not in told([found])
    assert any(
        "had the start been picked for it, p would be 0.0" in text for text in found.assumptions
    )


def test_short_and_lopsided_series_are_warned_about() -> None:
    short = told(interrupted(panel(length=16)))
    assert "only 8 periods" in short
    assert "it was seen to hold from 24 on" in short
    late = replace(panel(), start={"east": "2021-07"})
    text = told(interrupted(late))
    assert "only 6 periods before the start" in text
    assert "a trend known from 6 periods is carried on for 30" in text


def test_gaps_and_names_without_distance_are_told() -> None:
    of = panel()
    of.outcome.loc["east", "2021-05"] = np.nan
    found = interrupted(of)
    assert found[0].dropped == 1
    assert "1 values of places are missing" in told(found)
    names = [f"round {number:02d}" for number in range(LENGTH)]
    named = replace(
        panel(), outcome=panel().outcome.set_axis(names, axis=1), start={"east": names[18]}
    )
    assert "the names of periods tell no distance" in told(interrupted(named))


def test_a_series_that_drifts_is_said_to_be_hard_to_tell_from_a_change() -> None:
    of = panel()
    of.outcome.loc["east"] = np.random.default_rng(12).normal(size=LENGTH).cumsum()
    assert "a drift and a change can hardly be told apart" in told(interrupted(of))


def test_results_can_be_laid_out_and_read_back_and_use_no_words_of_cause() -> None:
    found = clear_change()
    again = untidy(tidy(found))
    assert [one.term for one in again] == [one.term for one in found]
    assert [one.warnings for one in again] == [one.warnings for one in found]
    text = " ".join(
        " ".join((one.term, one.method, one.unit, *one.assumptions, *one.warnings)) for one in found
    ).lower()
    for word in ("effect", "reduced", "increased", "caused", "impact", "because of"):
        assert word not in text


def test_a_short_series_that_drifts_is_refused_where_the_drift_makes_as_much() -> None:
    """Phi 0.95 and 24 periods: beside the trends it seems 0.70, and without them 0.98."""
    found = interrupted(drawn(0.95, seed=26))
    assert refusals(found) == [False, True, True]
    level, slope, end = found[:3]
    assert level.p is not None
    for one in (slope, end):
        assert one.p is None
        assert (one.low, one.high) == (-inf, inf)
        assert isnan(one.se)
        assert direction(one) == "cannot tell"
        assert one.warnings[0] == (
            "no test is possible of this change with 24 periods: it is clear only if they hang "
            "together as little as they seem to beside it (0.70), and without any change they "
            "would hang together more (0.98), so that a drift makes as much. Needed: more periods "
            "before and after the start, or places to compare with"
        )
    assert abs(slope.value) > 0.05  # what was seen is still told
    again = untidy(tidy(found))
    assert [(one.low, one.high, one.p) for one in again[:3]] == [
        (one.low, one.high, one.p) for one in found[:3]
    ]


def test_a_series_that_hangs_together_little_is_not_refused() -> None:
    """Phi 0.3 and 24 periods, also where chance alone makes the slope look changed."""
    for seed in range(6):
        assert refusals(interrupted(drawn(0.3, seed=seed))) == [False] * 3
    found = interrupted(drawn(0.3, seed=18))
    assert refusals(found) == [False] * 3
    assert direction(found[1]) != "cannot tell"


def test_a_series_with_others_beside_it_is_told_that_more_places_would_help() -> None:
    found = interrupted(drawn(0.95, seed=26, others=2))
    assert found[1].warnings[0].endswith("or more places to compare with")


@pytest.mark.parametrize("scale", [-1.0, 40.0])
def test_what_is_refused_depends_on_neither_sign_nor_scale(scale: float) -> None:
    for seed in (26, 36, 38):
        of = drawn(0.95, seed=seed)
        moved = replace(of, outcome=scale * of.outcome + 9)
        assert refusals(interrupted(moved)) == refusals(interrupted(of))


def test_a_ratio_of_counts_that_is_refused_has_no_limit_but_zero() -> None:
    rng = np.random.default_rng(27)
    wave = ar1_errors(np.arange(1, 25.0), phi=0.9, many=1, rng=rng)[:, 0]
    of = panel(length=24)
    counts = of.outcome * 0 + rng.poisson(20 * np.exp(0.25 * wave))
    found = interrupted(replace(of, outcome=counts), counts=True)
    assert refusals(found) == [False, True, True]
    assert (found[1].low, found[1].high, found[1].p) == (0.0, inf, None)
    assert 0 < found[1].value < inf


@pytest.mark.parametrize(
    ("of", "how", "sentence"),
    [
        (panel(length=7), {}, "cannot tell: a series of 7 periods is too short .* 24 would"),
        (replace(panel(), start={}), {}, "no place is treated"),
        (replace(panel(), start={"east": "2021-02"}), {}, "got 1 and 35"),
        (panel(length=20), {"season": 12}, "2 full seasons of 12 periods are needed"),
        (
            panel(length=9),
            {"season": 4, "phase_in": 1},
            "7 coefficients need 9 values or more, got 8",
        ),
        (panel(), {"level": 0.99999}, "rarer chances"),
        (replace(panel(), outcome=panel().outcome * 0 + 3), {}, "exactly on its trend"),
    ],
)
def test_series_that_tell_nothing_are_refused_with_what_would_be_needed(
    of: PanelTable, how: dict[str, float], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        interrupted(of, **how)  # type: ignore[arg-type]
