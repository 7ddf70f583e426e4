"""What a planned study could find, for every design beside the one with a common start."""

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.power import TTestIndPower, TTestPower

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power import Design
from outcomes.analyses.power_crossection import STILL, PlannedWaves, power_crossection
from outcomes.analyses.power_dose import power_dose
from outcomes.analyses.power_few import power_few
from outcomes.analyses.power_interrupted import PlannedSeries, power_interrupted
from outcomes.analyses.power_prepost import PlannedClass, power_prepost
from outcomes.analyses.power_staggered import Starts, power_staggered
from outcomes.analyses.power_told import Asked, Power
from outcomes.errors import DataError
from outcomes.stats import interrupted_decisions
from outcomes.stats.dose_decisions import found_by_dose

RUNS = 600
ASKED = Asked(effect=6, runs=RUNS)


def past(*, places: int = 8, periods: int = 24, mean: float = 20) -> PanelTable:
    grid = np.random.default_rng(1).poisson(mean, (places, periods)).astype(float)
    return PanelTable(
        outcome=pd.DataFrame(grid, index=[f"place-{n}" for n in range(places)]),
        name="Tips received",
        unit="tips",
        start={},
        whole="place",
        when="month",
    )


def scores(people: int = 40) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.multivariate_normal([3, 3.2], [[0.5, 0.3], [0.3, 0.5]], people)


def series(months: int = 24) -> np.ndarray:
    return 20 + 2 * np.random.default_rng(5).standard_normal(months)


def answers(*, waves: tuple[str, ...] = ("one",), own: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        [
            {"place": f"p{place}", "period": wave, "value": value}
            for place in range(8)
            for wave in waves
            for value in rng.normal(3 + own * rng.standard_normal(), 1, 50)
        ]
    )


def waves(**how: object) -> PlannedWaves:
    return PlannedWaves(
        **{  # type: ignore[arg-type]
            "focus": 4, "comparison": 4, "people": 50, "past": answers(),
            "name": "Feeling safe", "unit": "points", **how,
        }
    )  # fmt: skip


def klass(people: int = 24, past: object = None) -> PlannedClass:
    given = scores() if past is None else past
    return PlannedClass(people=people, past=given, name="Trust", unit="points")  # type: ignore[arg-type]


def one_series(before: int = 16, after: int = 10, past: object = None) -> PlannedSeries:
    given = series() if past is None else past
    return PlannedSeries(
        past=given, before=before, after=after, name="Tips", unit="tips", places=2,  # type: ignore[arg-type]
    )  # fmt: skip


def doses(places: int = 6, periods: int = 12) -> np.ndarray:
    return np.random.default_rng(1).gamma(2, 100, (places, periods)).round()


STAGGERED = Starts(first=(4, 4, 7), untreated=3, periods=12)
FEW = Design(treated=1, untreated=1, before=12, after=8, swapping=False)


@cache
def found(design: str) -> Power:
    return {
        "staggered": lambda: power_staggered(past(), STAGGERED, ASKED, counts=True),
        "interrupted": lambda: power_interrupted(one_series(), ASKED),
        "dose": lambda: power_dose(past(), doses(), Asked(effect=2, runs=RUNS), counts=True),
        "few-treated": lambda: power_few(past(), FEW, ASKED, counts=True),
        "prepost": lambda: power_prepost(klass(), Asked(effect=0.3, runs=RUNS)),
        "crossection": lambda: power_crossection(waves(), Asked(effect=0.4, runs=RUNS)),
    }[design]()


ALL = ("staggered", "interrupted", "dose", "few-treated", "prepost", "crossection")


@pytest.mark.parametrize("design", ALL)
def test_what_is_told_is_the_detectable_change_the_power_and_the_false_alarms(design: str) -> None:
    power = found(design)
    first, asked, alarms = power.estimates
    assert first is power.detectable
    assert "smallest change that 80% of studies would find" in first.term
    assert first.low < first.value < first.high
    assert f"would find a change of {power.effect:g}" in asked.term
    assert "although there is none" in alarms.term
    assert f"{RUNS} simulated studies, each tested at the 95% level by" in first.method
    assert power.curve.power[0] == alarms.value


@pytest.mark.parametrize("design", ALL)
def test_without_a_change_no_more_studies_find_one_than_may(design: str) -> None:
    """Within the simulation's error of 5 %; tests by swapping and by moving may stay below."""
    curve = found(design).curve
    assert curve.low[0] <= 0.05
    assert curve.power[0] >= 0.01


@pytest.mark.parametrize("design", ALL)
def test_larger_changes_are_found_more_often(design: str) -> None:
    power = found(design).curve.power
    assert (np.diff(power) >= -0.03).all()
    assert power[-1] > 0.85  # of steps in counts a drift may make as much, and they are refused


def test_series_that_would_be_refused_count_as_not_found_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where every clear change is refused, none is found, however large."""
    monkeypatch.setattr(
        interrupted_decisions,
        "restricted_critical_many",
        lambda series, *_, **__: np.full(series.shape[1], np.inf),
    )
    power = power_interrupted(one_series(), ASKED)
    assert (power.curve.power == 0).all()
    assert "a series that is refused (cannot tell a change from a drift)" in power.detectable.method
    (said,) = [text for text in power.detectable.warnings if "told from a drift" in text]
    refused = re.match(r"in (\d+)% of studies a change of 6 would not be told from a drift", said)
    assert refused is not None
    assert int(refused[1]) > 50


def test_the_power_of_a_class_is_that_of_the_paired_t_test() -> None:
    """Where everybody is linked, statsmodels' closed form, to the error of the simulation."""
    linked = scores()
    sd = np.diff(linked, axis=1).std(ddof=1)
    for people in (12, 30):
        power = power_prepost(klass(people, linked), Asked(effect=0.3, runs=2_000))
        exact = TTestPower().power(0.3 / sd, people, 0.05)
        assert power.estimates[1].low <= exact <= power.estimates[1].high
        needed = TTestPower().solve_power(nobs=people, power=0.8, alpha=0.05) * sd
        assert power.detectable.value == pytest.approx(needed, rel=0.05)


def test_the_power_of_residents_comes_near_that_of_a_t_test_of_places() -> None:
    """With many places swapping them hardly costs power: the closed form of two samples."""
    given = answers()
    within = given.groupby("place")["value"].var().mean()
    power = power_crossection(waves(focus=12, comparison=12), Asked(effect=0.25, runs=2_000))
    exact = TTestIndPower().power(0.25 / np.sqrt(2 * within / 50), 12, 0.05)
    assert power.estimates[1].value == pytest.approx(exact, abs=0.03)


def test_the_change_named_for_doses_is_found_in_four_of_five_new_studies() -> None:
    paths, size = doses(), found("dose").detectable.value
    fresh = np.random.default_rng(8).poisson(20 + size * paths / paths.mean(), (2_000, 6, 12))
    assert found_by_dose(fresh.astype(float), paths).mean() == pytest.approx(0.8, abs=0.08)


def test_more_people_places_or_months_find_smaller_changes() -> None:
    small = found("prepost").detectable.value
    assert power_prepost(klass(96), Asked(runs=RUNS)).detectable.value < 0.6 * small
    more = Starts(first=(4, 4, 4, 7, 7, 7), untreated=6, periods=12)
    wider = power_staggered(past(), more, ASKED, counts=True)
    assert wider.detectable.value < 0.85 * found("staggered").detectable.value
    many = power_dose(past(), doses(12), Asked(runs=RUNS), counts=True)
    assert many.detectable.value < 0.8 * found("dose").detectable.value
    places = power_crossection(waves(focus=10, comparison=10), Asked(runs=RUNS))
    assert places.detectable.value < 0.7 * found("crossection").detectable.value


def test_people_who_cannot_be_linked_cost_power() -> None:
    """Of 3,000 people every third left two scores that nobody can tell to be the same person's."""
    whole = scores(3_000)
    linked, apart = whole[:2_000], whole[2_000:].copy()
    before, after = apart.copy(), apart.copy()
    before[:, 1], after[:, 0] = np.nan, np.nan
    power = power_prepost(klass(24, np.vstack([linked, before, after])), Asked(runs=RUNS))
    assert "24 people before and after, 16 of them linked" in power.detectable.term
    assert "partially matched t" in power.detectable.method
    all_linked = power_prepost(klass(24, whole), Asked(runs=RUNS))
    assert "paired t" in all_linked.detectable.method
    assert power.detectable.value > 1.05 * all_linked.detectable.value


def test_a_class_that_begins_at_the_top_is_told_to_find_less() -> None:
    whole = scores()
    whole[:8, 0] = 5.0
    full = PlannedClass(people=24, past=whole, name="Trust", unit="points", best=5.0)
    power = power_prepost(full, Asked(runs=RUNS))
    assert power.detectable.warnings[0].startswith("20% of earlier classes began with the best")
    assert power_prepost(klass(24, whole), Asked(runs=RUNS)).detectable.warnings == ()


def test_places_that_move_by_themselves_cost_power_and_one_wave_cannot_show_it() -> None:
    assert STILL in found("crossection").detectable.warnings
    moving = waves(past=answers(waves=("one", "two"), own=0.3))
    power = power_crossection(moving, Asked(runs=RUNS))
    assert power.detectable.warnings == ()
    assert power.detectable.value > 1.3 * found("crossection").detectable.value


def test_a_larger_unit_of_the_outcome_gives_a_larger_change() -> None:
    one = power_interrupted(one_series(), Asked(runs=RUNS))
    ten = power_interrupted(one_series(past=10 * series() + 7), Asked(runs=RUNS))
    assert ten.detectable.value == pytest.approx(10 * one.detectable.value)


def test_the_change_that_goes_with_a_dose_is_told_at_its_mean() -> None:
    """Twice the dose is another unit: the change at the mean dose stays what it was."""
    twice = power_dose(past(), 2 * doses(), Asked(effect=2, runs=RUNS), counts=True)
    assert twice.detectable.value == pytest.approx(found("dose").detectable.value)
    assert f"at the mean dose of {2 * doses().mean():,.4g}" in twice.detectable.unit


@pytest.mark.parametrize(
    ("simulate", "told"),
    [
        (lambda: power_prepost(klass(past=scores(4)), ASKED), "only 4 people of earlier classes"),
        (lambda: power_prepost(klass(2), ASKED), "of 2 people only 2 would be linked"),
        (
            lambda: power_prepost(klass(past=np.tile([3.0, 4.0], (9, 1))), ASKED),
            "all the same Trust, or changed by the same amount",
        ),
        (lambda: power_interrupted(one_series(past=series(6)), ASKED), "8 months or more before"),
        (lambda: power_interrupted(one_series(past=[3.0] * 12), ASKED), "did not move by itself"),
        (lambda: power_interrupted(one_series(before=4, after=3), ASKED), "7 months is too short"),
        (
            lambda: power_staggered(
                past(), Starts(first=(2, 4), untreated=2, periods=8), ASKED, counts=True
            ),
            "too few ways to swap dates",
        ),
        (
            lambda: power_staggered(
                past(), Starts(first=(3, 3), untreated=2, periods=8), ASKED, counts=True
            ),
            "with 2 against 2 places there is no test",
        ),
        (
            lambda: power_staggered(
                past(), Starts(first=(0, 4, 5), untreated=5, periods=8), ASKED, counts=True
            ),
            "each start needs a period before it",
        ),
        (
            lambda: power_dose(past(), np.tile(doses()[0], (6, 1)), ASKED, counts=True),
            "cannot tell: ",
        ),
        (lambda: power_dose(past(), doses(3), ASKED, counts=True), "too few ways to swap"),
        (lambda: power_dose(past(periods=3), doses(), ASKED, counts=True), "four periods or more"),
        (
            lambda: power_few(
                past(), Design(treated=1, untreated=1, before=6, after=6), ASKED, counts=True
            ),
            "5 places would be needed, or 16 months",
        ),
        (lambda: power_crossection(waves(focus=1, comparison=2), ASKED), "there is no test"),
        (
            lambda: power_crossection(waves(past=answers().assign(value=3.0)), ASKED),
            "all answered alike",
        ),
        (lambda: Asked(effect=-1), "worth having must be a number above 0"),
        (lambda: Asked(runs=20), "fewer than 100"),
    ],
)
def test_what_cannot_be_told_is_refused_in_a_sentence_with_what_is_needed(
    simulate: object, told: str
) -> None:
    with pytest.raises(DataError, match=told):
        simulate()  # type: ignore[operator]
