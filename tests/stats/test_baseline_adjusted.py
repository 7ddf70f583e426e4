from math import nan

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.baseline_adjusted import baseline_adjusted_difference, difference_of_changes


def two_groups(
    sizes: tuple[int, int], *, more: float = 0.0, seed: int = 1, spread: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    treated = np.repeat([True, False], sizes)
    before = rng.normal(3, 0.8, treated.size)
    noise = rng.normal(0, 0.6, treated.size) * np.where(treated, spread, 1.0)
    return before, 1.5 + 0.5 * before + more * treated + noise, treated


def plain(change: object, treated: object) -> Estimate:
    return difference_of_changes(change, treated, term="trust", unit="points")  # type: ignore[arg-type]


def adjusted(before: object, after: object, treated: object) -> Estimate:
    return baseline_adjusted_difference(  # type: ignore[call-overload,no-any-return]
        before, after, treated, term="trust", unit="points"
    )


def test_the_difference_of_changes_is_welchs_t_on_them() -> None:
    before, after, treated = two_groups((18, 14), more=0.5)
    found = plain(after - before, treated)
    peer = stats.ttest_ind((after - before)[treated], (after - before)[~treated], equal_var=False)
    assert found.p == pytest.approx(peer.pvalue)
    interval = peer.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.value / found.se == pytest.approx(peer.statistic)


def test_the_adjusted_difference_is_the_hc3_regression_of_statsmodels() -> None:
    before, after, treated = two_groups((18, 14), more=0.5)
    found = adjusted(before, after, treated)
    columns = np.column_stack([np.ones(32), treated, before])
    peer = sm.OLS(after, columns).fit(cov_type="HC3", use_t=True)
    assert (found.value, found.se) == pytest.approx((peer.params[1], peer.bse[1]), rel=1e-9)
    assert (found.low, found.high) == pytest.approx(peer.conf_int()[1], rel=1e-9)
    assert found.p == pytest.approx(peer.pvalues[1], rel=1e-7)


def test_the_adjusted_form_tells_more_where_chance_made_the_groups() -> None:
    before, after, treated = two_groups((200, 200), more=0.3, seed=2)
    assert adjusted(before, after, treated).se < 0.9 * plain(after - before, treated).se


def test_both_hold_their_level_and_cover_with_unequal_groups() -> None:
    """400 studies of 24 and 12 people, the class twice as spread; 99.9 % of counts."""
    low, high = stats.binom.interval(0.999, 400, 0.95)
    covered = np.zeros(2)
    for seed in range(400):
        before, after, treated = two_groups((24, 12), more=0.4, seed=seed, spread=2.0)
        both = (plain(after - before, treated), adjusted(before, after, treated))
        covered += [each.low <= 0.4 <= each.high for each in both]
    assert (covered >= low).all()
    assert (covered <= high).all()


def test_order_shift_and_scale_of_scores_do_not_matter_beyond_the_unit() -> None:
    before, after, treated = two_groups((10, 12), more=0.5)
    order = np.random.default_rng(1).permutation(22)
    here = adjusted(before, after, treated)
    there = adjusted(10 * before[order] + 3, 10 * after[order] - 7, treated[order])
    assert (there.value, there.low, there.high) == pytest.approx(
        (10 * here.value, 10 * here.low, 10 * here.high)
    )
    turned = adjusted(before, after, ~treated)
    assert (turned.value, turned.p) == (pytest.approx(-here.value), pytest.approx(here.p))


def test_people_without_a_score_are_counted() -> None:
    before, after, treated = two_groups((12, 12))
    before[0], after[20] = nan, nan
    for found in (plain(after - before, treated), adjusted(before, after, treated)):
        assert (found.n, found.dropped) == (22, 2)


def test_a_small_group_is_said() -> None:
    before, after, treated = two_groups((20, 5))
    assert "one group has only 5 people" in adjusted(before, after, treated).warnings[0]


def test_groups_that_cannot_be_compared_are_refused() -> None:
    before, after, treated = two_groups((6, 2))
    with pytest.raises(DataError, match="6 people of the class and 2 of the others"):
        plain(after - before, treated)
    with pytest.raises(DataError, match="3 or more of each would be needed"):
        adjusted(before, after, treated)
    with pytest.raises(DataError, match="got"):
        plain([1.0, 2.0], [True])
    with pytest.raises(DataError, match="got"):
        adjusted([1.0, 2.0], [1.0], [True, False])
    groups = [True, True, True, False, False, False]
    with pytest.raises(DataError, match="changed alike"):
        plain([1, 1, 1, 0, 0, 0], groups)
    with pytest.raises(DataError, match="no spread"):
        adjusted([3, 3, 3, 3, 3, 3], [1, 2, 3, 4, 5, 7], groups)
    with pytest.raises(DataError, match="exactly on a line"):
        adjusted([1, 2, 3, 1, 2, 3], [2, 3, 4, 1, 2, 3], groups)


@pytest.mark.parametrize("scale", [1e-100, 1.0, 1e9])
def test_a_group_that_all_changed_alike_is_compared_without_a_warning_of_scipy(
    scale: float,
) -> None:
    """Its spread is 0, so the t is that of the other group alone."""
    others = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    found = plain(scale * np.r_[others, np.full(4, 2.2)], np.repeat([True, False], [5, 4]))
    half = stats.t.ppf(0.975, 4) * stats.sem(others)
    assert (found.low / scale, found.high / scale) == pytest.approx((0.8 - half, 0.8 + half))
