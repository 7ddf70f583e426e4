import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.fay_herriot import fay_herriot, fay_herriot_estimates
from outcomes.stats.small_area import small_areas
from outcomes.stats.survey_design import survey_design
from outcomes.stats.survey_mean import mean_statistic


def areas(rng: np.random.Generator, *, between: float, count: int = 60) -> tuple:
    known = np.column_stack([np.ones(count), rng.normal(0, 1, count)])
    truth = known @ [3.0, 0.5] + rng.normal(0, np.sqrt(between), count)
    se = rng.uniform(0.2, 0.8, count)
    return truth, truth + rng.normal(0, se), se, known


def test_equal_standard_errors_give_the_answer_that_can_be_had_by_hand() -> None:
    # with one variance D and a mean alone, the restricted estimate of A is s2 - D, and every area
    # is drawn to the mean by D / (A + D)
    direct = np.array([2.0, 3.0, 5.0, 6.0, 9.0])
    found = fay_herriot(direct, np.ones(5), np.ones((5, 1)))
    spread = direct.var(ddof=1)
    assert found.between == pytest.approx(spread - 1, rel=1e-6)
    lost = 1 / spread
    assert found.values == pytest.approx(5 + (1 - lost) * (direct - 5), rel=1e-6)
    # Prasad and Rao: g1 + g2 + 2 g3, with V(A) = 2 (A + D)^2 / m
    parts = (1 - lost) + lost**2 * spread / 5 + 2 * lost**2 / spread * 2 * spread**2 / 5
    assert found.mse == pytest.approx(np.full(5, parts), rel=1e-5)


def test_the_variance_between_areas_and_the_slopes_are_recovered() -> None:
    fits = [
        fay_herriot(*areas(np.random.default_rng(seed), between=0.25)[1:]) for seed in range(60)
    ]
    assert np.mean([fit.between for fit in fits]) == pytest.approx(0.25, abs=0.03)
    assert np.mean([fit.coefficients for fit in fits], axis=0) == pytest.approx([3, 0.5], abs=0.03)


def test_the_model_is_nearer_the_truth_than_the_direct_estimates_and_knows_how_near() -> None:
    model, direct, told, covered = [], [], [], []
    for seed in range(60):
        truth, found, se, known = areas(np.random.default_rng(seed), between=0.1)
        fit = fay_herriot(found, se, known)
        model.append(((fit.values - truth) ** 2).mean())
        direct.append(((found - truth) ** 2).mean())
        told.append(fit.mse.mean())
        covered.append((abs(fit.values - truth) <= 1.96 * np.sqrt(fit.mse)).mean())
    assert np.mean(model) < 0.5 * np.mean(direct)
    assert np.mean(told) == pytest.approx(np.mean(model), rel=0.1)
    assert 0.93 <= np.mean(covered) <= 0.97


def test_areas_that_differ_by_chance_alone_get_the_prediction_and_it_says_so() -> None:
    direct = np.array([3.0, 3.01, 2.99, 3.0, 3.0])
    fit = fay_herriot(direct, np.ones(5), np.ones((5, 1)))
    assert fit.between == 0
    assert fit.values == pytest.approx(np.full(5, 3.0))
    told = fay_herriot_estimates(fit, terms=list("abcde"), sizes=[9] * 5, unit="points")
    assert "the areas vary no more than chance explains" in told[0].warnings[0]


def test_a_model_estimate_is_called_one() -> None:
    _, direct, se, known = areas(np.random.default_rng(1), between=0.2, count=8)
    fit = fay_herriot(direct, se, known)
    told = fay_herriot_estimates(fit, terms=list("abcdefgh"), sizes=[20] * 8, unit="points")
    assert all(each.method.startswith("model estimate (Fay-Herriot") for each in told)
    assert all(each.low < each.value < each.high for each in told)


@pytest.mark.parametrize(
    ("direct", "se", "known", "said"),
    [
        ([1.0, 2], [1, 1], np.ones((3, 1)), "one direct estimate"),
        ([1.0, 2, np.nan], [1, 1, 1], np.ones((3, 1)), "lacks a direct estimate"),
        ([1.0, 2, 3], [1, 0, 1], np.ones((3, 1)), "must be above 0"),
        ([1.0, 2, 3], [1, 1, 1], np.ones((3, 1)), "3 areas are too few for 1 covariates"),
        ([1.0, 2, 3, 4, 5, 6], [1] * 6, np.ones((6, 2)), "depend on each other"),
    ],
)
def test_a_model_that_cannot_be_fitted_is_refused(direct, se, known, said) -> None:
    with pytest.raises(DataError, match=said):
        fay_herriot(direct, se, known)


def test_every_area_is_told_what_to_do_with_it() -> None:
    rng = np.random.default_rng(3)
    sizes = {"few": 6, "rough": 12, "fair": 30, "large": 900}
    place = np.repeat(list(sizes), list(sizes.values()))
    values = (rng.random(place.size) < 0.4).astype(float)
    values[np.flatnonzero(place == "rough")] = [1] + [0] * 11
    design = survey_design(rows=place.size)
    found = {each.area: each for each in small_areas(values, place, design=design, share=True)}
    assert [found[name].advice for name in sizes] == [
        "suppress",
        "pool",
        "publish with caution",
        "publish",
    ]
    assert found["few"].why == "6 answers, fewer than 10"
    assert 0 <= found["rough"].interval[0] <= found["rough"].interval[1] <= 1
    large = mean_statistic(values, design, term="x", domain=place == "large")
    assert found["large"].variation == pytest.approx(large.se / min(large.value, 1 - large.value))


def test_an_area_where_all_answered_alike_is_pooled() -> None:
    place = np.repeat(["a", "b"], 20)
    values = np.where(place == "a", 1.0, np.arange(40) % 2)
    first, second = small_areas(values, place, design=survey_design(rows=40), share=True)
    assert (first.advice, first.why) == ("pool", "all answers are alike")
    assert second.advice == "publish with caution"
