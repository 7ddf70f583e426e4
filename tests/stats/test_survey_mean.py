import numpy as np
import pytest
import statsmodels.api as sm

from outcomes.errors import DataError
from outcomes.stats.design_effect import kish_design_effect
from outcomes.stats.survey_mean import survey_mean
from outcomes.stats.survey_proportion import survey_proportion

RNG = np.random.default_rng(7)
VALUES = RNG.normal(3, 1, 80)
WEIGHTS = RNG.uniform(0.5, 3, 80)


def test_it_agrees_with_the_robust_intercept_of_statsmodels() -> None:
    # svymean's linearized variance is White's HC1 for an intercept alone (MacKinnon, White 1985).
    fit = sm.WLS(VALUES, np.ones(80), weights=WEIGHTS).fit(cov_type="HC1", use_t=True)
    found = survey_mean(VALUES, WEIGHTS, term="trust", unit="points")
    assert found.value == pytest.approx(fit.params[0], rel=1e-12)
    assert found.se == pytest.approx(fit.bse[0], rel=1e-12)
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int()[0]), rel=1e-12)


def test_a_group_counts_the_whole_sample_in_its_standard_error() -> None:
    inside = np.arange(80) < 30
    weights = np.where(inside, WEIGHTS, 0)
    fit = sm.WLS(VALUES, np.ones(80), weights=weights).fit(cov_type="HC1")
    found = survey_mean(VALUES, WEIGHTS, term="trust", unit="points", domain=inside)
    assert found.value == pytest.approx(fit.params[0], rel=1e-12)
    assert found.se == pytest.approx(fit.bse[0], rel=1e-12)
    assert found.n == 30


def test_without_weights_it_is_the_textbook_mean_with_its_t_interval() -> None:
    found = survey_mean(VALUES, term="trust", unit="points")
    assert found.value == pytest.approx(VALUES.mean())
    assert found.se == pytest.approx(VALUES.std(ddof=1) / np.sqrt(80))
    assert found.method == "unweighted mean, linearized, t(n-1)"


def test_the_interval_covers_the_mean_of_an_unequal_population() -> None:
    rng = np.random.default_rng(11)
    size = rng.uniform(1, 4, 20_000)
    trust = 2 + 0.5 * size + rng.normal(0, 1, 20_000)
    covered = 0
    for _ in range(400):
        drawn = rng.choice(20_000, 150, p=size / size.sum())
        found = survey_mean(trust[drawn], 1 / size[drawn], term="trust", unit="points")
        covered += found.low <= trust.mean() <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_the_logit_interval_covers_a_rare_share_and_stays_between_0_and_1() -> None:
    rng = np.random.default_rng(12)
    covered = 0
    for _ in range(400):
        victims = rng.random(120) < 0.06
        found = survey_proportion(victims, rng.uniform(1, 2, 120), term="victims")
        assert 0 <= found.low <= found.high <= 1
        covered += found.low <= 0.06 <= found.high
    assert 0.92 <= covered / 400 <= 0.99


def test_scaling_the_weights_or_the_order_of_people_changes_nothing() -> None:
    order = np.random.default_rng(3).permutation(80)
    found = survey_mean(VALUES, WEIGHTS, term="trust", unit="points")
    other = survey_mean(VALUES[order], 100 * WEIGHTS[order], term="trust", unit="points")
    assert (other.value, other.se) == pytest.approx((found.value, found.se))


def test_missing_values_are_left_out_and_counted() -> None:
    values = VALUES.copy()
    values[:5] = np.nan
    found = survey_mean(values, WEIGHTS, term="trust", unit="points")
    assert (found.n, found.dropped) == (75, 5)
    assert found.value == pytest.approx(np.average(VALUES[5:], weights=WEIGHTS[5:]))


def test_a_sample_that_is_half_of_its_population_is_surer() -> None:
    small = survey_mean(VALUES, term="trust", unit="points")
    half = survey_mean(VALUES, term="trust", unit="points", population=160)
    assert half.se == pytest.approx(small.se * np.sqrt(0.5))


def test_a_share_of_none_gets_the_exact_interval_and_a_warning() -> None:
    found = survey_proportion(np.zeros(50), term="victims")
    # binom.test(0, 50) of R: 0 to 0.07112174
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.07112174, abs=1e-8)
    assert "everyone answered alike" in found.warnings[0]
    whole = survey_proportion(np.ones(50), term="victims")
    assert whole.low == pytest.approx(1 - 0.07112174, abs=1e-8)


def test_the_design_effect_is_kish_and_a_large_one_is_a_warning() -> None:
    assert kish_design_effect([2, 2, 2]) == 1
    assert kish_design_effect([1, 1, 2]) == pytest.approx(3 * 6 / 16)
    weights = np.where(np.arange(80) < 8, 20.0, 1.0)
    found = survey_mean(VALUES, weights, term="trust", unit="points")
    assert "Kish design effect" in found.method
    assert "unequal weights make 80 answers worth" in found.warnings[0]


@pytest.mark.parametrize(
    ("values", "weights", "how", "said"),
    [
        ([1.0], None, {}, "two answers or more are needed, got 1"),
        ([1.0, 2.0], [1.0], {}, "2 values but 1 weights"),
        ([1.0, 2.0], [1.0, -1.0], {}, "every weight must be a number, 0 or more"),
        ([1.0, 2.0], [1.0, np.nan], {}, "every weight must be a number, 0 or more"),
        ([2.0, 2.0], None, {}, "all values are equal"),
        ([1.0, 2.0], None, {"domain": [True]}, "1 marks of who is in the group"),
        ([1.0, 2.0], None, {"population": 1}, "larger than its population"),
    ],
)
def test_what_cannot_be_estimated_is_refused(values, weights, how, said) -> None:
    with pytest.raises(DataError, match=said):
        survey_mean(values, weights, term="trust", unit="points", **how)


def test_a_proportion_refuses_what_is_neither_true_nor_false() -> None:
    with pytest.raises(DataError, match="needs values that are 0 or 1"):
        survey_proportion([0, 1, 2], term="victims")
