"""What the simulator plants, the analyses find at nominal rates, and nothing where nothing is.

Bounds are 99.9 % ranges of the binomial count at the nominal rate; seeds are fixed.
"""

from datetime import date
from math import nan

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.analyses.crossection import compare_changes
from outcomes.analyses.panel import compare_places
from outcomes.analyses.prepost import prepost
from outcomes.estimate import Estimate
from outcomes.measures import check
from outcomes.report.words import CANNOT_TELL, conclusion
from outcomes.simulate.codes import CODES
from outcomes.simulate.neighborhoods import counts
from outcomes.simulate.people import academy_class, expected_change, residents
from outcomes.simulate.scenario import CodeForm, ScaleForm, Scenario
from outcomes.surveys.linking.link_plan import LinkPlan
from outcomes.surveys.linking.links import link_tables

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
FOUR = ["eastbank", "millrow", "northgate", "harbor-hill"]
EIGHT = [*FOUR[:2], "oldtown", "riverside", *FOUR[2:], "westend", "southpark"]
WAVES = ("pre", "post")
ACADEMY = {
    scale: ScaleForm(
        items=tuple(f"{scale}_{number}" for number in range(1, 4)),
        reversed=frozenset({f"{scale}_2"}),
        low=1,
        high=5,
    )
    for scale in ("trust", "support", "understanding")
}
SAFE = ScaleForm(items=("safe_1", "safe_2", "safe_3"), reversed=frozenset(), low=1, high=5)
CODE = tuple(
    CodeForm(name=f"e{place}", kind=kind, first="A" if kind in {"letter", "place"} else "0")
    for place, kind in enumerate(CODES["D7"])
)
CLASSES, IDLE_CLASSES, COUNTED, SURVEYED = 200, 150, 200, 150  # studies generated


def rate_range(studies: int, rate: float) -> tuple[float, float]:
    low, high = stats.binom.interval(0.999, studies, rate)
    return low / studies, high / studies


def mean_scores(answers: pd.DataFrame, form: ScaleForm) -> np.ndarray:
    """Score plainly: the mean of the items that were answered, after turning reversed ones."""
    items = answers[list(form.items)].to_numpy(dtype=object)
    values = np.where(np.isin(items, ["", "-9"]), "nan", items).astype(float)
    turned = [item in form.reversed for item in form.items]
    values[:, turned] = form.low + form.high - values[:, turned]
    asked = ~np.isnan(values).all(axis=1)
    scores = np.full(len(values), nan)
    scores[asked] = np.nanmean(values[asked], axis=1)
    return scores


def scored(waves: tuple[pd.DataFrame, pd.DataFrame], forms: dict[str, ScaleForm]) -> pd.DataFrame:
    parts = [
        (
            wave,
            scale,
            answers["respondent"].tolist(),
            answers.get("place"),
            mean_scores(answers, form),
        )
        for wave, answers in zip(WAVES, waves, strict=True)
        for scale, form in forms.items()
    ]
    return check(
        pd.DataFrame(
            {
                "stream": "surveys",
                "unit": [unit for _, _, units, _, _ in parts for unit in units],
                "place": [
                    place
                    for _, _, units, places, _ in parts
                    for place in (["agency"] * len(units) if places is None else places)
                ],
                "period": [wave for wave, _, units, _, _ in parts for _ in units],
                "measure": [scale for _, scale, units, _, _ in parts for _ in units],
                "value": np.concatenate([scores for *_, scores in parts]),
                "se": nan,
                "n": 1,
            }
        ).dropna(subset="value")
    )


def linked(waves: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """Link a class as the pipeline does: by card, and by the code of those who have none."""
    plan = LinkPlan(
        id="respondent", card="respondent", codes=tuple(f"code.{each.name}" for each in CODE)
    )
    table = link_tables(*waves, plan).table
    return pd.DataFrame(
        {
            "pre_wave": WAVES[0],
            "post_wave": WAVES[1],
            "pre_respondent": table["pre_id"],
            "post_respondent": table["post_id"],
        }
    )


def classes(scenario: Scenario, *, studies: int) -> list[dict[str, Estimate]]:
    """Evaluate classes in which four of ten lost their card, and slip in the codes they make."""
    found = []
    for seed in range(studies):
        waves = academy_class(scenario, ACADEMY, rng=np.random.default_rng(seed), code=CODE)
        table, links = scored(waves, ACADEMY), linked(waves)
        found.append(
            {
                scale: prepost(table, scale, waves=[WAVES], group="class", links=links)[0]
                for scale in ACADEMY
            }
        )
    return found


def places_compared(scenario: Scenario, places: list[str], *, studies: int) -> list[Estimate]:
    half = len(places) // 2
    starts = dict.fromkeys(places[:half], date(2025, 7, 1))
    found = []
    for seed in range(studies):
        rng = np.random.default_rng(seed)
        table = counts(scenario, starts=starts, places=places, months=MONTHS, rng=rng)
        tips = table[table["measure"] == "tips_received"].rename(columns={"month": "period"})
        measures = check(tips.assign(stream="records", unit=tips["place"], se=nan, n=tips["value"]))
        found.append(
            compare_places(
                measures, "tips_received", starts=starts, comparison=places[half:], months=MONTHS
            )
        )
    return found


def residents_compared(
    scenario: Scenario, places: list[str], *, studies: int = SURVEYED
) -> list[Estimate]:
    half, forms = len(places) // 2, {"feeling_safe": SAFE}
    found = []
    for seed in range(studies):
        rng = np.random.default_rng(seed)
        waves = residents(scenario, forms, focus=places[:half], places=places, rng=rng)
        found.append(
            compare_changes(
                scored(waves, forms),
                "feeling_safe",
                waves=WAVES,
                focus=places[:half],
                comparison=places[half:],
            )
        )
    return found


def covered(found: list[Estimate], truth: float) -> float:
    return float(np.mean([each.low <= truth <= each.high for each in found]))


def claimed(found: list[Estimate]) -> float:
    return float(np.mean([conclusion(each) != CANNOT_TELL for each in found]))


@pytest.fixture(scope="module")
def with_effect() -> list[dict[str, Estimate]]:
    return classes(Scenario(), studies=CLASSES)


@pytest.fixture(scope="module")
def without_effect() -> list[dict[str, Estimate]]:
    return classes(Scenario().without_effect(), studies=IDLE_CLASSES)


@pytest.mark.parametrize("scale", ACADEMY)
def test_the_change_of_a_class_is_covered_at_the_nominal_rate(
    scale: str, with_effect: list[dict[str, Estimate]]
) -> None:
    truth = expected_change(ACADEMY[scale], shift=dict(Scenario().academy_shift)[scale])
    found = [study[scale] for study in with_effect]
    low, high = rate_range(CLASSES, 0.95)  # 89.5 to 99 % of 200
    assert low <= covered(found, truth) <= high
    spread = np.std([each.value for each in found], ddof=1)
    assert np.mean([each.value for each in found]) == pytest.approx(
        truth, abs=4 * spread / np.sqrt(CLASSES)
    )


def test_all_scales_together_are_covered_at_the_nominal_rate(
    with_effect: list[dict[str, Estimate]],
) -> None:
    """Changes of the three scales share no error, so 600 intervals count as independent."""
    rates = [
        covered(
            [study[scale] for study in with_effect],
            expected_change(form, shift=dict(Scenario().academy_shift)[scale]),
        )
        for scale, form in ACADEMY.items()
    ]
    low, high = rate_range(3 * CLASSES, 0.95)  # 91.8 to 97.7 %
    assert low <= np.mean(rates) <= high


def test_the_standard_error_is_as_large_as_estimates_really_spread(
    with_effect: list[dict[str, Estimate]],
) -> None:
    found = [study["trust"] for study in with_effect]
    spread = np.std([each.value for each in found], ddof=1)
    assert np.mean([each.se for each in found]) == pytest.approx(spread, rel=0.15)


def test_a_class_without_effect_finds_none_but_for_five_percent(
    without_effect: list[dict[str, Estimate]],
) -> None:
    found = [estimate for study in without_effect for estimate in study.values()]
    low, high = rate_range(3 * IDLE_CLASSES, 0.05)  # 2 to 8.7 % of 450
    assert low <= claimed(found) <= high
    assert low <= np.mean([each.p is not None and each.p <= 0.05 for each in found]) <= high


def test_some_of_a_class_are_linked_by_codes_with_slips_and_some_not_at_all() -> None:
    """Else the tests above would not show what linking does to the change."""
    by: list[str] = []
    alone = 0
    for seed in range(20):
        waves = academy_class(Scenario(), ACADEMY, rng=np.random.default_rng(seed), code=CODE)
        plan = LinkPlan(
            id="respondent", card="respondent", codes=tuple(f"code.{each.name}" for each in CODE)
        )
        found = link_tables(*waves, plan)
        by += found.table["rule"].tolist()
        alone += len(found.unmatched_after)
    assert {"card", "exact", "one-off"} <= set(by)
    assert 0.2 < np.mean([rule != "card" for rule in by]) < 0.5
    assert alone > 40


def test_a_strong_effect_in_a_class_is_found_and_a_weak_one_not_always(
    with_effect: list[dict[str, Estimate]],
) -> None:
    rose = {
        scale: np.mean([conclusion(study[scale]) == "rose" for study in with_effect])
        for scale in ACADEMY
    }
    assert rose["understanding"] > 0.9
    assert rose["understanding"] > rose["trust"] > rose["support"] > 0.05
    assert rose["support"] < 0.5


def test_two_places_against_two_cover_the_planted_tips_and_never_claim_anything() -> None:
    found = places_compared(Scenario(), FOUR, studies=COUNTED)
    low, high = rate_range(COUNTED, 0.95)  # 89.5 to 99 % of 200
    assert low <= covered(found, Scenario().tips_a_month) <= high
    assert claimed(found) == 0
    assert all("no test is possible" in each.warnings[0] for each in found)


def test_four_places_against_four_cover_the_planted_tips() -> None:
    found = places_compared(Scenario(), EIGHT, studies=COUNTED)
    low, high = rate_range(COUNTED, 0.95)
    assert low <= covered(found, Scenario().tips_a_month) <= high


def test_four_places_against_four_find_a_clear_effect() -> None:
    found = places_compared(Scenario(tips_a_month=12.0), EIGHT, studies=60)
    assert np.mean([conclusion(each) == "rose" for each in found]) >= 0.98


def test_four_places_against_four_find_nothing_where_nothing_is_planted() -> None:
    """The exact p can be 2/70 at best, so at most 2.9 % of studies may claim something."""
    found = places_compared(Scenario().without_effect(), EIGHT, studies=COUNTED)
    assert claimed(found) <= 0.05
    low, high = rate_range(COUNTED, 0.95)
    assert low <= covered(found, 0.0) <= high


def test_two_places_of_residents_against_two_cover_and_never_claim_anything() -> None:
    found = residents_compared(Scenario(), FOUR)
    truth = expected_change(SAFE, shift=dict(Scenario().residents_shift)["feeling_safe"])
    low, high = rate_range(SURVEYED, 0.95)  # 88 to 99.3 % of 150
    assert low <= covered(found, truth) <= high
    assert claimed(found) == 0


def test_eight_places_of_residents_find_nothing_where_nothing_is_planted() -> None:
    found = residents_compared(
        Scenario(residents_per_place=25).without_effect(), EIGHT, studies=SURVEYED
    )
    assert claimed(found) <= 0.05
    low, high = rate_range(SURVEYED, 0.95)
    assert low <= covered(found, 0.0) <= high


def test_eight_places_of_residents_find_a_clear_effect() -> None:
    strong = Scenario(residents_per_place=40, residents_shift=(("feeling_safe", 1.0),))
    found = residents_compared(strong, EIGHT, studies=40)
    assert np.mean([conclusion(each) == "rose" for each in found]) >= 0.95
