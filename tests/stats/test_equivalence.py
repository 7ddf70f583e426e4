from dataclasses import replace
from math import inf, log

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.equivalence import Verdict, Wanted, equivalence
from outcomes.stats.paired import mean_change

# SAS/STAT, PROC TTEST, example of equivalence: area under the curve, test and reference drug.
TEST = [103.4, 59.92, 68.17, 94.54, 69.48, 72.17, 74.37, 84.44, 96.74, 94.26, 48.52, 95.68]
REFERENCE = [90.11, 77.71, 77.71, 97.51, 58.21, 101.3, 79.84, 96.06, 89.3, 97.22, 61.62, 85.8]


def change(value: float, *, se: float = 0.1, df: float = 24, level: float = 0.95) -> Estimate:
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return Estimate(
        term="trust",
        value=value,
        se=se,
        low=value - half,
        high=value + half,
        level=level,
        n=25,
        unit="points",
        method="paired t",
    )


def drugs() -> Estimate:
    return mean_change(np.log(REFERENCE), np.log(TEST), term="log AUC", unit="log")


def test_the_two_drugs_of_sas_are_equivalent_with_its_published_limits() -> None:
    # PROC TTEST prints the ratio .9412 with 90 % limits .8634 and 1.0260; R 4.2.2 the rest
    found = equivalence(drugs(), smallest=(log(0.8), log(1.25)))
    assert found.verdict == "as good as no change"
    assert np.exp([found.low, found.high]) == pytest.approx([0.8634, 1.0260], abs=5e-5)
    assert found.p_low == pytest.approx(0.00305933854056, rel=1e-9)
    assert found.p_high == pytest.approx(5.12477332633e-05, rel=1e-9)
    assert found.p == found.p_low
    assert found.df == pytest.approx(11)


def test_the_p_is_that_of_statsmodels() -> None:
    p, *_ = ttost_paired(np.log(TEST), np.log(REFERENCE), log(0.9), log(1.2))
    assert equivalence(drugs(), smallest=(log(0.9), log(1.2))).p == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize(
    ("value", "wanted", "verdict"),
    [
        (0.0, "up", "as good as no change"),
        (0.2, "up", "cannot tell"),
        (0.4, "up", "cannot tell"),
        (0.6, "up", "worth having"),
        (-0.6, "up", "worth avoiding"),
        (-0.6, "down", "worth having"),
        (0.6, "down", "worth avoiding"),
        (-0.6, "either", "worth having"),
        (0.6, "either", "worth having"),
    ],
)
def test_the_words_follow_from_where_the_interval_lies(
    value: float, wanted: Wanted, verdict: Verdict
) -> None:
    assert equivalence(change(value), smallest=0.3, wanted=wanted).verdict == verdict


def test_the_verdict_is_read_off_the_interval() -> None:
    """No change where it lies between the bounds, worth having where it lies beyond one."""
    for value in np.linspace(-1, 1, 41):
        found = equivalence(change(float(value)), smallest=0.3)
        inside = found.low > -0.3 and found.high < 0.3
        beyond = found.low > 0.3 or found.high < -0.3
        assert (found.verdict == "as good as no change") == inside
        assert (found.verdict == "worth having") == beyond
        assert (found.p < 0.05) == inside
        assert (found.p_beyond < 0.05) == beyond


def test_the_degrees_of_freedom_are_read_off_any_t_interval() -> None:
    for df in (1.0, 3.4, 24.0, 5000.0):
        for level in (0.8, 0.95, 0.99):
            found = equivalence(change(0.1, df=df, level=level), smallest=0.3)
            assert found.df == pytest.approx(df, rel=1e-5)
    assert equivalence(change(0.1, df=inf), smallest=0.3).df == inf


def test_a_change_far_beyond_the_bound_keeps_the_digits_of_its_p() -> None:
    """One less the other tail would be 0 at ten errors beyond."""
    found = equivalence(change(1.5, se=0.1, df=60), smallest=0.5, wanted="up")
    assert found.verdict == "worth having"
    assert found.p_beyond == pytest.approx(stats.t.sf(10, 60), rel=1e-6, abs=0)
    other = equivalence(change(-3.5, se=0.1, df=60), smallest=0.5, wanted="up")
    assert other.verdict == "worth avoiding"
    assert other.p_beyond == pytest.approx(stats.t.sf(30, 60), rel=1e-6, abs=0)


def test_scaling_scores_and_bound_together_changes_nothing() -> None:
    here = equivalence(change(0.1), smallest=0.3)
    there = equivalence(change(10, se=10), smallest=30)
    assert there.p == pytest.approx(here.p, rel=1e-9)


def test_a_change_just_as_large_as_the_bound_is_called_none_in_five_percent_of_studies() -> None:
    rng = np.random.default_rng(3)
    called = 0
    for _ in range(500):
        before = rng.normal(0, 1, 30)
        after = before + rng.normal(0.5, 0.6, 30)
        found = mean_change(before, after, term="x", unit="points")
        called += equivalence(found, smallest=0.5).verdict == "as good as no change"
    low, high = stats.binom.interval(0.999, 500, 0.05)
    assert low <= called <= high


@pytest.mark.parametrize("smallest", [0.0, -0.3, (0.1, 0.3), (-0.3, -0.1)])
def test_bounds_on_one_side_are_refused(smallest: float | tuple[float, float]) -> None:
    with pytest.raises(DataError, match="must lie above 0"):
        equivalence(change(0.1), smallest=smallest)


def test_an_estimate_without_a_t_interval_is_refused() -> None:
    with pytest.raises(DataError, match="symmetric t interval"):
        equivalence(replace(change(0.1), high=0.9), smallest=0.3)
    with pytest.raises(DataError, match="symmetric t interval"):
        equivalence(replace(change(0.1), se=float("nan")), smallest=0.3)
    with pytest.raises(DataError, match="wider than any t interval"):
        equivalence(replace(change(0.1), low=-99.9, high=100.1), smallest=0.3)
