from math import nan

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.analyses.crossection import compare_changes, place_means
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import check

WAVES = ("residents-pre", "residents-post")
FOCUS = ["eastbank", "millrow", "oldtown", "riverside"]
COMPARISON = ["northgate", "harbor-hill", "westend", "southpark"]
# R's help of t.test on `sleep`: one sample, all 20 values: t = 3.413, df = 19, p = 0.002918,
# 95 percent interval 0.5955845 2.4844155, mean 1.54
SLEEP = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP += [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def answers(values: dict[tuple[str, str], list[float]]) -> pd.DataFrame:
    """Answers by place and wave; every answer is another resident's."""
    return check(
        pd.DataFrame(
            [
                {
                    "stream": "surveys",
                    "unit": f"{place}-{wave}-{index}",
                    "place": place,
                    "period": wave,
                    "measure": "feeling_safe",
                    "value": value,
                    "se": nan,
                    "n": 1,
                }
                for (place, wave), given in values.items()
                for index, value in enumerate(given)
            ]
        )
    )


def generated(*, seed: int = 1, places: int = 8, effect: float = 0.0) -> pd.DataFrame:
    rng, half = np.random.default_rng(seed), places // 2
    return answers(
        {
            (place, wave): list(
                rng.normal(3, 0.8, 20) + effect * (place in FOCUS and wave == WAVES[1])
            )
            for place in [*FOCUS[:half], *COMPARISON[:half]]
            for wave in WAVES
        }
    )


def compare(table: pd.DataFrame, *, places: int = 8, **how: object) -> Estimate:
    half = places // 2
    options: dict[str, object] = {
        "waves": WAVES,
        "focus": FOCUS[:half],
        "comparison": COMPARISON[:half],
        **how,
    }
    return compare_changes(table, "feeling_safe", **options)  # type: ignore[arg-type]


def test_the_mean_of_a_place_gives_the_interval_of_r() -> None:
    (found,) = place_means(
        answers({("eastbank", WAVES[0]): SLEEP}), "feeling_safe", waves=[WAVES[0]]
    )
    theirs = stats.ttest_1samp(SLEEP, 0).confidence_interval(0.95)
    assert found.value == pytest.approx(1.54)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert found.value / found.se == pytest.approx(3.413, abs=5e-4)
    assert (found.place, found.period, found.n) == ("eastbank", "residents-pre", 20)
    assert found.warnings == ("only 20 answers",)


def test_a_place_where_no_interval_can_be_told_is_left_out() -> None:
    """One answer, or answers all alike, would give an interval of no width."""
    table = answers(
        {
            ("eastbank", WAVES[0]): [3.0],
            ("millrow", WAVES[0]): [4.0, 4.0],
            ("northgate", WAVES[0]): [1.0, 2.0],
        }
    )
    found = place_means(table, "feeling_safe", waves=[WAVES[0]])
    assert [each.place for each in found] == ["northgate"]


@pytest.mark.parametrize("seed", range(4))
def test_places_are_compared_by_the_t_test_on_their_mean_changes(seed: int) -> None:
    table = generated(seed=seed, effect=0.5)
    means = table.groupby(["place", "period"])["value"].mean().unstack()
    change = means[WAVES[1]] - means[WAVES[0]]
    theirs = stats.ttest_ind(change[FOCUS], change[COMPARISON]).confidence_interval(0.95)
    found = compare(table)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert (found.n, found.unit, found.analysis) == (8, "points", "crossection")
    assert found.period == "residents-pre to residents-post"


def test_many_residents_of_one_place_weigh_no_more_than_few_of_another() -> None:
    values = {(place, wave): [2.0, 4.0] for place in FOCUS + COMPARISON for wave in WAVES}
    values["eastbank", WAVES[1]] = [3.0, 5.0]
    few = compare(answers(values))
    values["eastbank", WAVES[1]] = [3.0, 5.0] * 50
    assert compare(answers(values)).value == pytest.approx(few.value) == pytest.approx(0.25)


def test_places_outside_the_comparison_do_not_enter() -> None:
    elsewhere = answers({("elsewhere", wave): SLEEP for wave in WAVES})
    alone, beside = compare(generated()), compare(pd.concat([generated(), elsewhere]))
    assert (beside.value, beside.n) == (alone.value, alone.n)


def test_the_result_says_that_places_are_what_is_compared() -> None:
    assert compare(generated()).warnings[-1].startswith("places are compared, not single answers")


def test_swapping_the_sides_turns_the_sign() -> None:
    table = generated(effect=0.4)
    here, there = compare(table), compare(table, focus=COMPARISON, comparison=FOCUS)
    assert (there.value, there.low) == pytest.approx((-here.value, -here.high))


def test_two_places_against_two_allow_no_test_and_it_says_so() -> None:
    found = compare(generated(places=4, effect=3), places=4)
    assert found.warnings[0].startswith("no test is possible with 2 against 2 places")


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"focus": ["atlantis"]}, "no answers in one of the two waves in atlantis"),
        ({"waves": (WAVES[0], "later")}, "feeling_safe has no period 'later'"),
        ({"focus": [], "comparison": COMPARISON}, "got 0 treated and 4 for comparison"),
        ({"focus": FOCUS[:1], "comparison": COMPARISON[:1]}, "three places or more"),
    ],
)
def test_places_that_cannot_be_compared_are_refused(how: dict[str, object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        compare(generated(), **how)


def test_an_output_is_refused_where_an_outcome_is_asked_for() -> None:
    with pytest.raises(DataError, match="walks is an output, but an outcome is asked for"):
        place_means(generated(), "walks", waves=WAVES)
    with pytest.raises(DataError, match="walks is an output, but an outcome is asked for"):
        compare_changes(generated(), "walks", waves=WAVES, focus=FOCUS, comparison=COMPARISON)


def with_weights(table: pd.DataFrame, *, seed: int = 3) -> pd.DataFrame:
    weights = np.random.default_rng(seed).uniform(0.5, 4, len(table))
    return table[["unit", "period"]].assign(weight=weights)


def test_the_mean_of_a_place_counts_respondents_by_their_weights() -> None:
    table = generated()
    weights = with_weights(table)
    found = place_means(table, "feeling_safe", waves=WAVES, weights=weights)
    joined = table.merge(weights, on=["unit", "period"])
    for each in found:
        here = joined[(joined["place"] == each.place) & (joined["period"] == each.period)]
        assert each.value == pytest.approx(np.average(here["value"], weights=here["weight"]))
        assert each.method.startswith("weighted mean")


def test_places_are_compared_by_their_weighted_means() -> None:
    table = generated(effect=0.5)
    weights = with_weights(table)
    joined = table.merge(weights, on=["unit", "period"])
    means = joined.groupby(["place", "period"])[["value", "weight"]].apply(
        lambda rows: np.average(rows["value"], weights=rows["weight"])
    )
    change = means.unstack()[WAVES[1]] - means.unstack()[WAVES[0]]
    theirs = stats.ttest_ind(change[FOCUS], change[COMPARISON]).confidence_interval(0.95)
    found = compare(table, weights=weights)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    equal = compare(table, weights=weights.assign(weight=7.0))
    assert equal.value == pytest.approx(compare(table).value)


def test_a_wave_without_weights_counts_all_alike_and_half_a_wave_is_refused() -> None:
    table = generated()
    first = with_weights(table).query("period == @WAVES[0]")
    found = place_means(table, "feeling_safe", waves=WAVES, weights=first)
    assert {each.period: each.method.split()[0] for each in found} == {
        WAVES[0]: "weighted",
        WAVES[1]: "unweighted",
    }
    with pytest.raises(DataError, match="some respondents of residents-pre have a weight and some"):
        place_means(table, "feeling_safe", waves=WAVES, weights=first.iloc[1:])
    with pytest.raises(DataError, match="two weights in one wave"):
        compare(table, weights=pd.concat([first, first]))
