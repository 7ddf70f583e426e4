from math import log, nan

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.cumulative_link import cumulative_link
from outcomes.stats.odds_change import odds_change


def class_of(people: int, *, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    stands = rng.normal(0, 1.5, people)
    before, after = (
        np.digitize(stands + by + rng.logistic(size=people), [-3, -1, 1, 3]).astype(float)
        for by in (0.0, shift)
    )
    return before, after


def odds(before: object, after: object, **how: object) -> Estimate:
    return odds_change(before, after, term="trust", **how)  # type: ignore[arg-type]


def test_the_ratio_is_that_of_the_model_and_its_limits_lie_where_the_likelihood_has_fallen() -> (
    None
):
    before, after = class_of(30, shift=1.0, seed=1)
    found = odds(before, after)
    later, people = np.repeat([0.0, 1.0], 30), np.tile(range(30), 2)
    answers = np.r_[before, after]
    best = cumulative_link(answers, later, people=people)
    assert log(found.value) == pytest.approx(best.slopes[0], abs=1e-6)
    # with n - 1 = 29 df, limits near those of the standard error
    half = stats.t.ppf(0.975, 29) * best.se[4]
    assert (log(found.low), log(found.high)) == pytest.approx(
        (best.slopes[0] - half, best.slopes[0] + half), abs=0.15 * half
    )
    assert (found.n, found.dropped) == (30, 0)
    assert found.method.endswith("against t(29)")


def test_the_interval_leaves_one_out_where_p_lies_below_five_percent() -> None:
    for seed in range(4):
        found = odds(*class_of(20, shift=0.9, seed=seed))
        assert found.p is not None
        assert 0 < found.p <= 1
        assert (found.low > 1 or found.high < 1) == (found.p < 0.05)
        assert found.low < found.value < found.high


def test_swapping_the_occasions_turns_the_ratio_over() -> None:
    before, after = class_of(25, shift=0.8, seed=2)
    here, there = odds(before, after), odds(after, before)
    assert there.value == pytest.approx(1 / here.value, rel=1e-5)
    assert (there.low, there.high) == pytest.approx((1 / here.high, 1 / here.low), rel=1e-3)


def test_the_order_of_people_and_the_numbers_on_the_steps_do_not_matter() -> None:
    before, after = class_of(25, shift=0.8, seed=3)
    order = np.random.default_rng(1).permutation(25)
    here, there = odds(before, after), odds(np.exp(before[order]), np.exp(after[order]))
    assert (there.value, there.low, there.high) == pytest.approx(
        (here.value, here.low, here.high), rel=1e-3
    )


def test_who_answered_once_counts_for_what_that_tells() -> None:
    before, after = class_of(30, shift=1.0, seed=4)
    before[:4], after[4:7], before[29], after[29] = nan, nan, nan, nan
    found = odds(before, after)
    linked = odds(before[7:29], after[7:29])
    assert (found.n, found.dropped) == (29, 1)
    assert found.value != pytest.approx(linked.value, rel=1e-3)
    assert any("linked" in text for text in found.assumptions)
    assert not any("linked" in text for text in linked.assumptions)


def test_a_probit_shift_is_in_sd_and_zero_is_no_change() -> None:
    before, after = class_of(40, shift=1.5, seed=5)
    found = odds(before, after, link="probit")
    assert found.unit == "SD of one person's answers"
    # a logistic SD is 1.8 normal ones, and so, about, is the ratio of the two shifts
    assert log(odds(before, after).value) / found.value == pytest.approx(1.75, abs=0.2)


def test_the_interval_covers_a_planted_shift() -> None:
    """14 classes of 15 (more in benchmarks/pre_post.py); 99.9 % of counts: 10 and more."""
    covered = 0
    for seed in range(14):
        found = odds(*class_of(15, shift=0.8, seed=100 + seed))
        covered += found.low <= np.exp(0.8) <= found.high
    assert covered >= stats.binom.ppf(0.0005, 14, 0.95)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ([1, 2], [1, 2, 3], "one answer per person"),
        ([1, 2, nan], [2, nan, 3], "answered on both occasions, got 1"),
        ([1, 2, np.inf], [2, 2, 3], "infinite"),
        ([1, 1, 1, 1], [1, 1, 1, 1], "alike"),
        (list(range(11)), list(range(11)), "11 different answers"),
        ([1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2], "cannot tell"),
        ([1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3], "cannot tell"),
    ],
)
def test_answers_that_cannot_say_are_refused(
    before: list[float], after: list[float], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        odds(before, after)
