"""By how much others matched to places that had more fall back: they had it partly by chance."""

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.regression_to_mean import regression_to_mean


def counted(*, places=4_000, group=20, seed=1):
    """Counts whose means last and are gamma distributed; a group has twice as many on average."""
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2, 2, places)
    mean[:group] = rng.gamma(4, 2, group)
    counts = rng.poisson(np.outer(mean, np.ones(9))).astype(float)
    return counts[:, :5], counts[:, 5:], np.arange(places) < group


def test_children_keep_two_thirds_of_what_their_parents_are_above_the_mean():
    """Galton (1886): two thirds; so a group of four, 3 inches above, loses an inch each."""
    parents = np.array([-2.0, -1, 0, 1, 2, 3, 3, 3, 3]) + 68
    children = 68 + 2 / 3 * (parents - 68)
    group = np.arange(9) >= 5
    found = regression_to_mean(parents[:, None], children[:, None], group)
    assert found.back == pytest.approx([4.0])
    assert found.times == pytest.approx(71 / 68)
    assert found.apart == pytest.approx(3 / (np.sqrt(2) / np.sqrt(4)))


def test_what_is_lost_is_the_share_of_chance_in_what_was_counted():
    """Reliability of a mean of 5 counts: variance of means 8, of counting 4 / 5."""
    before, after, group = counted()
    found = regression_to_mean(before, after, group)
    excess = before[group].mean() - before[~group].mean()
    expected = group.sum() * excess * 0.8 / 8.8
    assert found.back == pytest.approx([expected] * 4, rel=0.3)
    assert found.back.mean() == pytest.approx(expected, rel=0.15)


def test_a_lasting_trait_that_is_matched_too_leaves_less_to_fall_back():
    rng = np.random.default_rng(2)
    homes = rng.gamma(2, 2, 4_000)
    homes[:20] = rng.gamma(4, 2, 20)
    counts = rng.poisson(np.outer(homes, np.ones(6))).astype(float)
    group = np.arange(4_000) < 20
    alone = regression_to_mean(counts[:, :3], counts[:, 3:], group).back.sum()
    beside = regression_to_mean(counts[:, :3], counts[:, 3:], group, also=homes[:, None]).back.sum()
    assert beside < alone / 2


def test_scale_and_order_of_places_change_nothing_and_fewer_turns_the_sign():
    before, after, group = counted(places=400)
    found = regression_to_mean(before, after, group)
    scaled = regression_to_mean(3 * before[::-1], 3 * after[::-1], group[::-1])
    assert scaled.back == pytest.approx(3 * found.back)
    assert scaled.apart == pytest.approx(found.apart)
    grown = regression_to_mean(before, 2 * after, group)
    assert grown.back == pytest.approx(2 * found.back)
    turned = regression_to_mean(50 - before, 50 - after, group)
    assert (turned.back < 0).any()
    assert turned.apart == pytest.approx(-found.apart)


def test_nothing_falls_back_where_everything_lasts_or_runs_ahead():
    level = np.arange(1.0, 41)
    group = level > 35
    same = np.outer(level, np.ones(3))
    assert regression_to_mean(same, same, group).back == pytest.approx(0, abs=1e-9)
    ahead = regression_to_mean(same, level[:, None] * 2 - 10, group)
    assert ahead.back.tolist() == [0.0]


def test_tables_that_do_not_fit_are_refused():
    before, after, group = counted(places=60)
    with pytest.raises(DataError, match="a row a place is needed"):
        regression_to_mean(before[:-1], after, group)
    with pytest.raises(DataError, match="a value is not a number"):
        regression_to_mean(before, np.where(after == 3, np.nan, after), group)
    with pytest.raises(DataError, match="a group and others beside it"):
        regression_to_mean(before, after, group | True)
