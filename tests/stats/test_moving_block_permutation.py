"""Moving the start through one series: p, and limits that are the same test turned round."""

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.moving_block_permutation import moving_block

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def series(seed: int, *, months: int = 36, together: float = 0.6) -> Floats:
    rng = np.random.default_rng(seed)
    found = np.empty(months)
    found[0] = rng.normal()
    for month in range(1, months):
        fresh = np.sqrt(1 - together**2) * rng.normal()
        found[month] = together * found[month - 1] + fresh
    return found


def test_six_months_give_the_p_that_can_be_counted_by_hand() -> None:
    # after-months of the six starts: 3 1 | 1 2 | 2 1 | 1 9 | 9 3 | and so on, around the year
    found = moving_block([2, 1, 1, 2, 9, 8], before=4)
    assert found.value == pytest.approx(8.5 - 1.5)
    assert found.p == pytest.approx(1 / 6)
    assert found.smallest_p == pytest.approx(1 / 6)
    # only its own start lies as far: p is above 0.05 for every change, so there are no limits
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_a_start_in_the_middle_has_a_mirror_image_that_lies_as_far() -> None:
    found = moving_block([0, 1, 0, 5, 6, 5], before=3)
    assert [found.p, found.smallest_p] == pytest.approx([1 / 3, 1 / 3])


def test_the_limits_hold_just_the_changes_that_taken_off_again_are_no_surprise() -> None:
    for seed in range(5):
        values = series(seed)
        values[24:] += 1
        found = moving_block(values, before=24)
        after = np.arange(36) >= 24
        for inside in (found.low + 1e-6, found.high - 1e-6, found.value):
            assert moving_block(values - inside * after, before=24).p > 0.05
        for outside in (found.low - 1e-6, found.high + 1e-6):
            assert moving_block(values - outside * after, before=24).p <= 0.05


def test_false_alarms_are_few_where_months_go_together_moderately() -> None:
    alarms = [moving_block(series(seed), before=24).p <= 0.05 for seed in range(400)]
    assert np.mean(alarms) <= 0.08  # 4.8 % in 1,000 studies


def test_a_clear_jump_reaches_the_smallest_p_whatever_its_scale_and_level() -> None:
    values = series(3)
    values[24:] += 20
    plain = moving_block(values, before=24)
    assert plain.p == plain.smallest_p == pytest.approx(1 / 36)
    other = moving_block(60 * values - 1000, before=24)
    assert other.p == plain.p
    assert (other.low, other.high) == pytest.approx((60 * plain.low, 60 * plain.high))


def test_too_short_a_side_and_a_missing_value_are_refused() -> None:
    for values, before, words in (
        ([1, 2, 3], 2, "two periods"),
        ([1, 2, 3], 1, "two periods"),
        ([1, 2, np.nan, 4], 2, "not a number"),
    ):
        with pytest.raises(DataError, match=words):
            moving_block(values, before=before)
