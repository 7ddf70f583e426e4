import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.design_change import design_change
from outcomes.stats.raking import Margin, raking
from outcomes.stats.replicate_weights import (
    given_replicates,
    jackknife_1,
    jackknife_n,
    rao_wu_bootstrap,
)
from outcomes.stats.survey_design import calibrated, survey_design
from outcomes.stats.survey_difference import survey_difference
from outcomes.stats.survey_mean import mean_statistic, survey_mean
from outcomes.stats.survey_proportion import survey_proportion
from outcomes.stats.survey_quantile import survey_quantile
from outcomes.stats.survey_ratio import ratio_statistic, survey_ratio
from outcomes.stats.survey_total import survey_total, total_statistic

RNG = np.random.default_rng(8)
ROWS = 300
CLUSTER = np.arange(ROWS) // 6
STRATUM = CLUSTER // 10
WEIGHTS = RNG.uniform(1, 5, ROWS)
VALUES = RNG.normal(3, 1, ROWS) + RNG.normal(0, 0.5, 50)[CLUSTER] + STRATUM
DESIGN = survey_design(WEIGHTS, strata=STRATUM, clusters=[CLUSTER])
WORDS = {"term": "trust", "unit": "points"}


def test_a_mean_of_equal_clusters_has_the_textbook_standard_error() -> None:
    # Cochran (1977), 9.2: equal clusters are one observation each
    found = mean_statistic(VALUES, survey_design(rows=ROWS, clusters=[CLUSTER]), term="trust")
    means = VALUES.reshape(50, 6).mean(axis=1)
    assert found.se == pytest.approx(means.std(ddof=1) / np.sqrt(50))
    assert found.df == 49


def test_a_stratified_total_has_the_textbook_variance() -> None:
    # Cochran (1977), 5.4: sum over strata of N^2 (1 - n/N) s^2 / n
    sizes, taken = np.array([900.0, 400.0]), np.array([3, 4])
    stratum = np.repeat([0, 1], taken)
    values = np.array([1.0, 3, 8, 2, 5, 6, 9])
    design = survey_design(strata=stratum, populations=[sizes[stratum]])
    found = total_statistic(values, design, term="calls")
    parts = [values[stratum == h].var(ddof=1) / taken[h] for h in (0, 1)]
    variance = (sizes**2 * (1 - taken / sizes) * parts).sum()
    assert found.se == pytest.approx(np.sqrt(variance))
    assert found.value == pytest.approx(900 * 4 + 400 * 5.5)


def test_a_sample_of_everybody_in_a_stratum_has_no_sampling_error_there() -> None:
    stratum = np.array([0, 1, 1, 1])
    design = survey_design(strata=stratum, populations=[np.array([1.0, 30, 30, 30])])
    found = total_statistic([7.0, 1, 2, 3], design, term="calls")
    assert found.se == pytest.approx(np.sqrt(30**2 * 0.9 / 3))


def test_a_share_of_the_population_says_the_same_as_its_size() -> None:
    sizes = survey_design(WEIGHTS, strata=STRATUM, clusters=[CLUSTER], populations=[[40] * ROWS])
    shares = survey_design(WEIGHTS, strata=STRATUM, clusters=[CLUSTER], populations=[[0.25] * ROWS])
    both = [mean_statistic(VALUES, each, term="x").se for each in (sizes, shares)]
    assert both[0] == pytest.approx(both[1])
    assert both[0] == pytest.approx(np.sqrt(0.75) * mean_statistic(VALUES, DESIGN, term="x").se)


def test_scaling_the_weights_changes_totals_only() -> None:
    other = survey_design(50 * WEIGHTS, strata=STRATUM, clusters=[CLUSTER])
    for statistic in (
        mean_statistic,
        lambda *a, **k: ratio_statistic(VALUES, WEIGHTS, design=a[1], **k),
    ):
        one, two = (statistic(VALUES, each, term="x") for each in (DESIGN, other))
        assert (two.value, two.se, two.deff) == pytest.approx((one.value, one.se, one.deff))
    one, two = (total_statistic(VALUES, each, term="x") for each in (DESIGN, other))
    assert (two.value, two.se) == pytest.approx((50 * one.value, 50 * one.se))


def test_the_order_of_rows_and_the_names_of_clusters_change_nothing() -> None:
    order = np.random.default_rng(2).permutation(ROWS)
    names = np.array([f"school {at}" for at in range(50)])[CLUSTER[order]]
    other = survey_design(WEIGHTS[order], strata=STRATUM[order], clusters=[names])
    one = mean_statistic(VALUES, DESIGN, term="x")
    two = mean_statistic(VALUES[order], other, term="x")
    assert (two.value, two.se, two.df) == pytest.approx((one.value, one.se, one.df))


def test_clusters_numbered_anew_in_each_stratum_are_told_apart_when_that_is_said() -> None:
    again = survey_design(WEIGHTS, strata=STRATUM, clusters=[CLUSTER % 10], nest=True)
    assert mean_statistic(VALUES, again, term="x").se == pytest.approx(
        mean_statistic(VALUES, DESIGN, term="x").se
    )
    with pytest.raises(DataError, match=r"the cluster '0' lies in two strata.*\(--nest\)"):
        survey_design(WEIGHTS, strata=STRATUM, clusters=[CLUSTER % 10])


def test_a_group_keeps_the_whole_design() -> None:
    """Throwing the others away would forget that the size of the group is a matter of chance."""
    inside = CLUSTER % 3 == 0
    whole = mean_statistic(VALUES, DESIGN, term="x", domain=inside)
    alone = mean_statistic(
        VALUES[inside],
        survey_design(WEIGHTS[inside], strata=STRATUM[inside], clusters=[CLUSTER[inside]]),
        term="x",
    )
    assert whole.value == pytest.approx(alone.value)
    assert whole.se != pytest.approx(alone.se, rel=1e-3)
    made = jackknife_n(DESIGN)
    told = mean_statistic(VALUES, made, term="x", domain=inside)
    assert told.se == pytest.approx(whole.se, rel=0.05)


def test_rows_of_weight_0_are_as_if_they_were_not_there() -> None:
    weights = np.where(CLUSTER % 7 == 0, 0, WEIGHTS)
    there = weights > 0
    whole = survey_design(weights, strata=STRATUM, clusters=[CLUSTER])
    alone = survey_design(weights[there], strata=STRATUM[there], clusters=[CLUSTER[there]])
    one = mean_statistic(VALUES, whole, term="x")
    two = mean_statistic(VALUES[there], alone, term="x")
    assert (one.value, one.se, one.df, one.n) == pytest.approx((two.value, two.se, two.df, two.n))
    rows = mean_statistic(VALUES, survey_design(weights), term="x")
    plain = mean_statistic(VALUES[there], survey_design(weights[there]), term="x")
    assert (rows.se, rows.df) == pytest.approx((plain.se, plain.df))


def test_jackknife_and_bootstrap_come_near_the_linearized_standard_error() -> None:
    linear = mean_statistic(VALUES, DESIGN, term="x").se
    assert mean_statistic(VALUES, jackknife_n(DESIGN), term="x").se == pytest.approx(
        linear, rel=0.02
    )
    boot = rao_wu_bootstrap(DESIGN, count=400, seed=3)
    assert mean_statistic(VALUES, boot, term="x").se == pytest.approx(linear, rel=0.12)
    finite = survey_design(WEIGHTS, strata=STRATUM, clusters=[CLUSTER], populations=[[20] * ROWS])
    half = rao_wu_bootstrap(finite, count=400, seed=3)
    assert mean_statistic(VALUES, half, term="x").se == pytest.approx(
        linear * np.sqrt(0.5), rel=0.12
    )


def test_the_same_seed_draws_the_same_bootstrap() -> None:
    one, two, three = (
        mean_statistic(VALUES, rao_wu_bootstrap(DESIGN, count=50, seed=seed), term="x").se
        for seed in (1, 1, 2)
    )
    assert one == two != three


def test_replicates_are_raked_as_the_sample_was() -> None:
    codes = RNG.integers(0, 3, ROWS)
    ages = Margin(name="age", codes=codes, labels=tuple("abc"), totals=np.full(3, 300.0))
    design = survey_design(WEIGHTS, clusters=[CLUSTER])
    raked = jackknife_1(calibrated(design, raking([ages])))
    found = mean_statistic(codes.astype(float), raked, term="age")
    assert found.value == pytest.approx(1)
    assert found.se == 0  # every replicate meets the margin


def test_the_interval_of_a_clustered_sample_covers_the_truth_and_a_naive_one_does_not() -> None:
    rng = np.random.default_rng(10)
    town = rng.normal(0, 0.7, (400, 1)) + rng.normal(3, 1, (400, 30))
    covered = naive = 0
    for _ in range(300):
        drawn = rng.choice(400, 25, replace=False)
        values = town[drawn].ravel()
        design = survey_design(rows=values.size, clusters=[np.repeat(drawn, 30)])
        found = survey_mean(values, design, **WORDS)
        plain = survey_mean(values, **WORDS)
        covered += found.low <= town.mean() <= found.high
        naive += plain.low <= town.mean() <= plain.high
    assert 0.92 <= covered / 300 <= 0.98
    assert naive / 300 < 0.6


@pytest.mark.parametrize("rule", ["remove", "adjust", "average"])
def test_a_stratum_with_one_cluster_is_refused_by_name_until_a_rule_is_chosen(rule) -> None:
    stratum = np.where(CLUSTER == 0, 99, STRATUM)
    how = {"strata": stratum, "clusters": [CLUSTER]}
    with pytest.raises(DataError, match="stratum '99' holds only one sampled cluster"):
        survey_design(WEIGHTS, **how)
    assert mean_statistic(VALUES, survey_design(WEIGHTS, lonely=rule, **how), term="x").se > 0


def test_where_every_stratum_has_one_cluster_there_is_nothing_to_average() -> None:
    with pytest.raises(DataError, match="nothing to average"):
        survey_design(WEIGHTS, strata=CLUSTER, clusters=[CLUSTER], lonely="average")


def test_a_difference_within_clusters_is_surer_than_one_between_them() -> None:
    within = np.arange(ROWS) % 2 == 0
    found = survey_difference(VALUES, within, design=DESIGN, **WORDS)
    other = survey_difference(VALUES, ~within, design=DESIGN, **WORDS)
    assert (other.value, other.se, other.p) == pytest.approx((-found.value, found.se, found.p))
    means = [survey_mean(VALUES, DESIGN, domain=side, **WORDS) for side in (within, ~within)]
    assert found.value == pytest.approx(means[0].value - means[1].value)
    assert found.se < np.hypot(means[0].se, means[1].se)
    told = survey_difference(VALUES, within, design=jackknife_n(DESIGN), **WORDS)
    assert told.se == pytest.approx(found.se, rel=0.05)


def test_persons_asked_twice_make_a_change_surer_and_it_says_how_many() -> None:
    rng = np.random.default_rng(12)
    before = rng.normal(3, 1, 80)
    after = before + rng.normal(0.2, 0.3, 80)
    values, later = np.concatenate([before, after]), np.repeat([False, True], 80)
    person = np.tile(np.arange(80), 2)
    found = design_change(values, later, design=survey_design(rows=160, clusters=[person]), **WORDS)
    paired = (after - before).std(ddof=1) / np.sqrt(80)
    assert found.estimate.se == pytest.approx(paired, rel=1e-9)
    assert found.estimate.value == pytest.approx((after - before).mean())
    assert (found.shared, found.clusters) == (80, 80)
    assert found.se_if_independent > 2 * found.estimate.se
    apart = design_change(
        values, later, design=survey_design(rows=160, clusters=[np.arange(160)]), **WORDS
    )
    assert apart.shared == 0
    assert "no cluster was asked in both waves" in apart.estimate.warnings[-1]


def test_the_median_of_an_unweighted_sample_is_the_middle_value() -> None:
    found = survey_quantile(np.arange(1.0, 102), 0.5, **WORDS)
    assert found.value == 51
    assert found.low < 51 < found.high
    with pytest.raises(DataError, match="too few answers beyond the quantile"):
        survey_quantile(np.arange(1.0, 12), 0.01, **WORDS)
    with pytest.raises(DataError, match="must lie between 0 and 1"):
        survey_quantile(VALUES, 1, **WORDS)


def test_a_share_that_the_strata_fix_has_no_width_and_says_so() -> None:
    found = survey_proportion(STRATUM == 0, DESIGN, term="first stratum")
    fixed = survey_proportion(
        STRATUM == 0, survey_design(np.ones(ROWS), strata=STRATUM), term="first stratum"
    )
    assert found.se > 0
    assert (fixed.low, fixed.value, fixed.high) == pytest.approx((0.2, 0.2, 0.2))
    assert "the strata fix this share" in fixed.warnings[0]


def test_the_methods_say_how_they_were_found() -> None:
    assert "t(clusters - strata)" in survey_mean(VALUES, DESIGN, **WORDS).method
    found = survey_total(VALUES, jackknife_n(DESIGN), **WORDS)
    assert found.method.startswith("weighted total, jackknife (JKn), t(45)")
    ratio = survey_ratio(VALUES, WEIGHTS, design=DESIGN, **WORDS)
    assert ratio.assumptions[0] == "clusters were drawn independently of each other"


REFUSED = {
    "all 0": ({"weights": [0, 0]}, "all weights are 0"),
    "negative": ({"weights": [1, -1]}, "every weight must be a number, 0 or more"),
    "lengths": ({"weights": [1, 1], "strata": [1, 1, 1]}, "has 3 rows, not 2"),
    "missing": ({"strata": np.array(["a", None])}, "the strata are missing in entry 2"),
    "too many": (
        {"populations": [[9, 9], [9, 9]]},
        "2 populations, but 1 stages of sampling",
    ),
    "varies": ({"populations": [[9, 8]]}, "differs within 'all'"),
    "too small": ({"rows": 3, "populations": [[2, 2, 2]]}, r"the sample \(3\) is larger than"),
    "not a number": ({"populations": [[np.nan, 8]]}, "must be a number above 0"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_design_that_cannot_be_is_refused(what) -> None:
    how, said = REFUSED[what]
    with pytest.raises(DataError, match=said):
        survey_design(**how)


def test_what_cannot_be_estimated_is_refused_in_one_sentence() -> None:
    with pytest.raises(DataError, match="how many people each row stands for"):
        survey_total(VALUES, survey_design(rows=ROWS), **WORDS)
    with pytest.raises(DataError, match="add up to 0"):
        survey_ratio(VALUES, np.zeros(ROWS), **WORDS)
    with pytest.raises(DataError, match="one of the two groups has nobody"):
        survey_difference(VALUES, np.ones(ROWS), design=DESIGN, **WORDS)
    with pytest.raises(DataError, match="names no clusters"):
        design_change(VALUES, STRATUM > 2, design=survey_design(WEIGHTS), **WORDS)
    with pytest.raises(DataError, match="more clusters than strata"):
        survey_mean(VALUES[:6], survey_design(WEIGHTS[:6], clusters=[CLUSTER[:6]]), **WORDS)
    with pytest.raises(DataError, match="300 values but 6 rows in the design"):
        survey_mean(VALUES, survey_design(WEIGHTS[:6]), **WORDS)


def test_replicates_that_cannot_be_are_refused() -> None:
    with pytest.raises(DataError, match="JK1 is for a sample without strata"):
        jackknife_1(DESIGN)
    with pytest.raises(DataError, match="2 replicates or more, got 1"):
        rao_wu_bootstrap(DESIGN, count=1, seed=1)
    with pytest.raises(DataError, match="two columns or more"):
        given_replicates(DESIGN, np.ones((ROWS, 1)), kind="brr")
    with pytest.raises(DataError, match="every replicate weight must be a number"):
        given_replicates(DESIGN, -np.ones((ROWS, 2)), kind="brr")
    with pytest.raises(DataError, match="too many to hold"):
        jackknife_1(survey_design(rows=20_000))
    alone = given_replicates(
        survey_design(rows=4), np.array([[2, 0], [2, 0], [0, 2], [0, 2]]), kind="brr"
    )
    with pytest.raises(DataError, match="leaves nobody to estimate from"):
        mean_statistic([1.0, 2, 3, 4], alone, term="x", domain=[True, True, False, False])
