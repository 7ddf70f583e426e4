import numpy as np
import pytest
from scipy.stats import bootstrap

from outcomes.errors import DataError
from outcomes.stats.group_bootstrap import group_bootstrap
from outcomes.stats.resampled_units import Resampling


def mean_of(values):
    return lambda often: (often @ values) / often.sum(axis=1)


def estimate(values, groups, **more):
    return group_bootstrap(
        mean_of(np.asarray(values, dtype=float)), groups, term="t", unit="share", **more
    )


def test_where_every_row_is_its_own_group_the_limits_are_those_of_scipy():
    values = np.random.default_rng(1).random(80)
    ours = estimate(values, np.arange(80), how=Resampling(draws=4000))
    theirs = bootstrap(
        (values,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)
    assert ours.value == pytest.approx(values.mean())


def test_rows_that_are_copies_of_each_other_promise_no_more_than_one_of_them():
    values = np.random.default_rng(3).random(40)
    alone = estimate(values, np.arange(40))
    copied = estimate(np.repeat(values, 5), np.repeat(np.arange(40), 5))
    as_if_free = estimate(np.repeat(values, 5), np.arange(200))
    assert copied.high - copied.low == pytest.approx(alone.high - alone.low)
    assert as_if_free.high - as_if_free.low < 0.6 * (alone.high - alone.low)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        share = np.clip(rng.normal(0.7, 0.15, 40), 0, 1)
        rows = rng.random((40, 4)) < share[:, None]
        found = estimate(rows.ravel(), np.repeat(np.arange(40), 4), how=Resampling(draws=200))
        held += found.low <= 0.698 <= found.high
    assert 0.88 <= held / 200 <= 0.99


def test_where_nothing_goes_wrong_the_interval_still_has_the_width_of_as_many_groups():
    found = estimate(np.ones(20), np.repeat(np.arange(10), 2))
    assert found.low == pytest.approx(0.7225, abs=1e-3)
    assert (found.value, found.high, found.n) == (1, 1, 20)
    assert estimate(np.zeros(20), np.arange(20), share=False).high == 0


def test_a_figure_that_drawing_pushes_up_is_moved_back():
    values = np.random.default_rng(5).normal(0, 1, 60)

    def size_of_mean(often):
        return np.abs((often @ values) / often.sum(axis=1))

    plain = group_bootstrap(size_of_mean, np.arange(60), term="t", unit="u", share=False)
    moved = group_bootstrap(
        size_of_mean, np.arange(60), term="t", unit="u", share=False, biased=True
    )
    assert moved.high < plain.high
    assert moved.low >= 0


def test_few_groups_are_said_to_be_few_and_the_same_rows_give_the_same_limits():
    found = estimate([0, 1, 1, 0], [1, 1, 2, 3])
    assert found.warnings
    assert found == estimate([0, 1, 1, 0], [1, 1, 2, 3])
    assert estimate(np.arange(12) % 2, np.arange(12)).warnings == ()


def test_no_rows_and_figures_that_do_not_exist_are_refused():
    with pytest.raises(DataError, match="no row"):
        estimate([], [])
    with pytest.raises(DataError, match="nothing to count"):
        group_bootstrap(lambda often: np.full(len(often), np.nan), [1, 2], term="t", unit="u")
