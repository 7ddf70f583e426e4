from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.dose import dose
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate, tidy, untidy

CAUSAL = ("reduced", "increased", "because of", "effect of", "impact", "caused")
WALKS = (100.0, "walk minutes")


def drifting(rng: np.random.Generator, *, places: int, months: int, together: float) -> np.ndarray:
    """Errors of places that hang together from month to month, sd 1."""
    found = rng.normal(size=(places, months))
    for month in range(1, months):
        found[:, month] *= np.sqrt(1 - together**2)
        found[:, month] += together * found[:, month - 1]
    return found


def panel(
    *, places: int = 6, months: int = 12, slope: float = 0.0, seed: int = 1, together: float = 0.6
) -> PanelTable:
    """Tips by month, and minutes walked, which drift as a random walk cut at 0."""
    rng = np.random.default_rng(seed)
    minutes = 60 * np.maximum(rng.normal(size=(places, months)).cumsum(axis=1) + 3, 0)
    tips = drifting(rng, places=places, months=months, together=together)
    tips += rng.normal(20, 2, (places, 1)) + rng.normal(0, 0.5, (1, months)) + slope * minutes / 100
    names = [f"P{number:02d}" for number in range(places)]
    when = [f"{2020 + month // 12}-{month % 12 + 1:02d}" for month in range(months)]
    frames = [pd.DataFrame(grid, index=names, columns=when) for grid in (tips, minutes)]
    return PanelTable(
        outcome=frames[0],
        dose=frames[1],
        name="tips received",
        unit="tips a month",
        start={},
        measure="tips_received",
        whole="place",
        when="month",
    )


def like(given: PanelTable, grid: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(grid, index=given.outcome.index, columns=given.outcome.columns)


def counted(*, slope: float = 0.0, seed: int = 1, spread: float = 0.3) -> PanelTable:
    """Complaints among a thousand people a place, with more spread than independent events."""
    given = panel(seed=seed)
    rng = np.random.default_rng([seed, 2])
    assert given.dose is not None
    jumps = spread * drifting(rng, places=6, months=12, together=0.6)
    mean = np.exp(np.log(20) + slope * given.dose.to_numpy() / 100 + jumps)
    people = like(given, np.full((6, 12), 1000.0))
    return replace(given, outcome=like(given, rng.poisson(mean).astype(float)), exposure=people)


def p_of(estimate: Estimate) -> float:
    assert estimate.p is not None
    return estimate.p


def one(found: list[Estimate], words: str) -> Estimate:
    (only,) = [each for each in found if words in each.term]
    return only


def test_the_slope_on_the_dose_leads_and_others_stand_beside_it() -> None:
    found = dose(panel(slope=2.0), step=WALKS)
    assert found[0].term == (
        "tips received: difference that goes with 100 walk minutes more, within places and periods"
    )
    assert found[0].low < 2 < found[0].high
    assert found[0].p == pytest.approx(1 / 720)
    assert "exact permutation of paths (720 ways)" in found[0].method
    assert found[0].unit == "tips a month, per 100 walk minutes"
    kinds = ["so far", "check: the dose of 1 period after", "errors of places", "one slope a place"]
    assert [each.term for each in found[1:]] == [
        next(each.term for each in found if kind in each.term) for kind in kinds
    ]
    assert {each.analysis for each in found} == {"dose"}
    assert {each.measure for each in found} == {"tips_received"}
    assert {each.period for each in found} == {"2020-01 to 2020-12"}
    assert {each.n for each in found} == {6}


def test_it_is_called_an_association_unless_the_dose_was_assigned() -> None:
    told = dose(panel())[0].warnings
    assert any("this is an association" in text for text in told)
    assert any("do not correlate raw places and periods" in text for text in told)
    assert not any("association" in text for text in dose(panel(), assigned=True)[0].warnings)


def test_no_word_claims_a_cause_and_a_table_can_be_read_back() -> None:
    for found in (dose(panel(slope=2.0)), dose(counted(slope=0.3))):
        said = " ".join(
            text for each in found for text in (each.term, *each.warnings, *each.assumptions)
        )
        assert not [word for word in CAUSAL if word in said.lower()]
        assert [each.term for each in untidy(tidy(found))] == [each.term for each in found]
        assert all(each.p is not None and each.p > 0 for each in found)


def test_names_order_shifts_and_scale_do_not_matter() -> None:
    given = panel(slope=1.0)
    first = dose(given)[0]
    turned = replace(
        given,
        outcome=5 * given.outcome.iloc[::-1] + 100 + np.arange(12.0),
        dose=given.dose,  # aligned by its labels
    )
    second = dose(turned)[0]
    for name in ("value", "low", "high"):
        assert getattr(second, name) == pytest.approx(5 * getattr(first, name))
    assert second.p == pytest.approx(first.p)


def test_raw_drifts_alone_raise_a_false_alarm_as_often_as_they_may() -> None:
    """Doses and outcomes wander without any tie: raw correlation calls a third of these real."""
    alarms = []
    for seed in range(120):
        found = dose(panel(seed=seed, together=0.9), leads=())
        alarms.append([p_of(each) <= 0.05 for each in (found[0], one(found, "errors of places"))])
    leading, beside = np.mean(alarms, axis=0)
    assert 0.01 < leading < 0.10
    assert beside < 0.10


def test_overdispersed_counts_raise_a_false_alarm_as_often_as_they_may() -> None:
    alarms = []
    for seed in range(40):
        found = dose(counted(seed=seed), leads=())
        own = one(found, "own errors: Poisson")
        alarms.append([p_of(each) <= 0.05 for each in (found[0], own)])
    leading, poisson = np.mean(alarms, axis=0)
    assert leading <= 0.125
    assert poisson > 0.2  # what the warning beside it says


def test_lags_are_added_up_and_told_apart() -> None:
    given = panel(months=24)
    assert given.dose is not None
    late = given.outcome + 2 * given.dose.shift(1, axis="columns").fillna(0) / 100
    found = dose(replace(given, outcome=late), lags=(0, 1), step=WALKS)
    assert "(the same period and 1 period before added up)" in found[0].term
    same, before = one(found, "only the dose of the same"), one(found, "only the dose of 1 period")
    assert same.low < 0 < same.high
    assert before.low < 2 < before.high
    assert before.low > 0


def test_an_outcome_that_moves_before_the_dose_is_told() -> None:
    given = panel(months=24, together=0.0)
    assert given.dose is not None
    ahead = given.outcome + 4 * given.dose.shift(-1, axis="columns").ffill(axis="columns") / 100
    found = dose(replace(given, outcome=ahead))
    assert any("the outcome moves before the dose does" in text for text in found[0].warnings)
    assert not any("moves before" in text for text in dose(given)[0].warnings)


def test_a_dose_that_builds_up_shows_in_the_dose_so_far() -> None:
    given = panel()
    assert given.dose is not None
    found = dose(replace(given, outcome=given.outcome + given.dose.cumsum(axis="columns") / 100))
    sofar = one(found, "dose so far")
    assert sofar.low < 0.01 < sofar.high
    assert sofar.p is not None
    assert sofar.p < 0.01


def test_verified_dose_stands_beside_and_its_share_is_told() -> None:
    given = panel(slope=2.0)
    assert given.dose is not None
    found = dose(given, verified=given.dose * 0.8, step=WALKS)
    assert one(found, "verified dose").value == pytest.approx(found[0].value / 0.8)
    assert "80% of the reported dose is verified" in found[0].warnings


def test_values_known_badly_count_less_and_limits_are_no_narrower_than_their_errors() -> None:
    given = panel(slope=2.0)
    errors = np.full((6, 12), 0.1)
    errors[:, :4] = 30.0
    rng = np.random.default_rng(3)
    noisy = replace(given, outcome=given.outcome + rng.normal(0, errors), se=like(given, errors))
    plain, weighed = (dose(each, step=WALKS)[0] for each in (replace(noisy, se=None), noisy))
    assert weighed.low < 2 < weighed.high
    assert weighed.high - weighed.low < (plain.high - plain.low) / 4
    assert "weighed by their measurement error" in weighed.method
    large = dose(replace(given, se=like(given, np.full((6, 12), 500.0))), step=WALKS)[0]
    assert large.high - large.low > 500
    assert large.p is not None
    assert large.p > 0.9


def test_counts_give_a_ratio_that_covers_the_planted_one() -> None:
    found = dose(counted(slope=0.5, spread=0.0), step=WALKS)
    assert found[0].low < np.exp(0.5) < found[0].high
    assert found[0].low > 1
    assert found[0].unit == "times as many tips a month, per 100 walk minutes"
    assert "Poisson regression within places and periods" in found[0].method
    assert "permutation p over paths of doses" in found[0].method
    own = one(found, "own errors: Poisson")
    assert "for comparison only" in own.warnings[0]


def test_jumping_counts_are_also_told_by_the_negative_binomial() -> None:
    found = dose(counted(spread=0.8))
    assert one(found, "own errors: negative binomial").value > 0


def test_a_check_that_cannot_be_made_leaves_its_reason_with_what_leads() -> None:
    given = panel()
    assert given.dose is not None
    first = given.dose * 0
    first.iloc[:4, 0] = [1.0, 2.0, 3.0, 4.0]
    found = dose(replace(given, dose=first))
    said, shown = found[0].warnings, [each.term for each in found[1:]]
    for what, term in (("the dose so far", "so far"), ("the check of later doses", "check")):
        assert any(text.startswith(f"{what} cannot be shown: ") for text in said)
        assert not any(term in each for each in shown)
    given.dose.iloc[2:] = 0.0
    assert any("one slope a place cannot be shown: " in text for text in dose(given)[0].warnings)
    together = like(given, np.arange(6)[:, None] * np.arange(12.0))
    said = dose(replace(given, dose=together), lags=(0, 1))[0].warnings
    assert any("each lag by itself cannot be shown: " in text for text in said)


def test_counts_that_do_not_jump_say_why_no_negative_binomial_is_shown() -> None:
    steady = counted(spread=0.0)
    near = np.random.default_rng(7).integers(19, 22, (6, 12))
    last = dose(replace(steady, outcome=like(steady, near.astype(float))))[-1]
    assert "quasi-Poisson" in last.term
    assert last.warnings[-1].startswith("a negative binomial cannot be shown: counts jump no more")


def test_a_place_without_any_event_is_left_out_of_ratios_and_told() -> None:
    given = counted()
    given.outcome.iloc[2] = 0.0
    found = dose(given)[0]
    assert found.n == 5
    assert any("1 places in which nothing was ever counted" in text for text in found.warnings)


def test_missing_doses_take_the_fewer_values_with_them_and_missing_outcomes_none() -> None:
    given = panel()
    assert given.dose is not None
    given.dose.iloc[1, 3] = np.nan  # a place has twelve values, a month six
    given.outcome.iloc[0, 0] = np.nan
    found = dose(given, leads=())[0]
    assert (found.n, found.dropped) == (6, 0)
    assert any("1 of 12 periods are left out" in text for text in found.warnings)
    assert any("1 values are missing" in text for text in found.warnings)
    with pytest.raises(DataError, match="do not follow each other without a gap"):
        dose(given, lags=(0, 1))
    given.dose.iloc[1] = np.nan
    assert (dose(given)[0].n, dose(given)[0].dropped) == (5, 1)


def test_a_gap_leaves_the_check_of_later_doses_out_and_says_so() -> None:
    given = panel()
    assert given.dose is not None
    given.dose.iloc[:, 3] = np.nan
    found = dose(given)
    assert not [each for each in found if "check" in each.term]
    assert any("could not be checked" in text for text in found[0].warnings)


def test_many_places_are_told_by_clustered_errors() -> None:
    found = dose(panel(places=300, slope=1.0), step=WALKS)
    assert "CR1" in found[0].method
    assert found[0].low < 1 < found[0].high
    assert not [each for each in found if "errors of places" in each.term]


def test_a_ratio_that_rests_on_few_places_says_so() -> None:
    given = counted()
    assert given.dose is not None
    given.dose.iloc[2:] = np.minimum(given.dose.iloc[2:], [1.0] + [0.0] * 11)
    found = dose(given)[0]
    assert any("rests on few places" in text for text in found.warnings)


def test_one_dosed_place_of_a_few_cannot_be_told() -> None:
    given = panel()
    assert given.dose is not None
    given.dose.iloc[1:] = 0.0
    with pytest.raises(DataError, match=r"cannot tell: with 6 places .* probability 0\.17"):
        dose(given)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"lags": ()}, "lags are numbers of periods of 0 or more"),
        ({"lags": (-1,)}, "lags are numbers of periods of 0 or more"),
        ({"leads": (0,)}, "leads are numbers of periods of 1 or more"),
        ({"step": (0.0, "minutes")}, "the step of the dose must be above 0"),
        ({"lags": (11,)}, "too few to compare, lags allowed for"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        dose(panel(), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("counts", [True, False])
def test_an_outcome_that_moved_alike_everywhere_has_no_certain_slope_of_zero(counts: bool) -> None:
    given = counted() if counts else panel()
    months = np.tile(np.arange(3.0, 15.0), (6, 1))
    for grid in (months * 0 + 5, months):
        with pytest.raises(DataError, match="cannot tell: tips received moved alike in all places"):
            dose(replace(given, outcome=like(given, grid)))


def test_doses_that_cannot_be_are_refused() -> None:
    given = panel()
    with pytest.raises(DataError, match="there is no dose"):
        dose(replace(given, dose=None))
    assert given.dose is not None
    with pytest.raises(DataError, match="a dose is below 0"):
        dose(replace(given, dose=-given.dose - 1))
    with pytest.raises(DataError, match="no dose is recorded anywhere"):
        dose(replace(given, dose=given.dose * np.nan))
    alike = like(given, np.tile(np.arange(12.0), (6, 1)))
    with pytest.raises(DataError, match="cannot tell: all places went the same way"):
        dose(replace(given, dose=alike))
