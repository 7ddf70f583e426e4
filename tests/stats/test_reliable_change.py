import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.reliable_change import error_of_difference, reliable_change


def test_the_errors_are_those_of_the_published_example() -> None:
    # Jacobson & Truax 1991: SD 7.5, reliability 0.80: SE 3.35, S_diff 4.74, RC (47.5 - 32.5) 3.16
    before = np.array([-7.5, 7.5]) / np.sqrt(2)
    spread = error_of_difference(before, before, reliability=0.8, error="jacobson-truax")
    assert spread == pytest.approx(4.74341649025)
    assert (47.5 - 32.5) / spread == pytest.approx(3.16227766017)


def test_the_variant_of_maassen_uses_the_spread_on_both_occasions() -> None:
    before, after = np.array([0.0, 2, 4]), np.array([0.0, 4, 8])
    spread = error_of_difference(before, after, reliability=0.75, error="maassen")
    assert spread == pytest.approx(np.sqrt((4 + 16) * 0.25))
    same = error_of_difference(before, before, reliability=0.75, error="maassen")
    assert same == error_of_difference(before, before, reliability=0.75, error="jacobson-truax")


def test_shares_add_up_and_name_the_error_that_was_used() -> None:
    before = np.tile([10.0, 20, 30], 20)
    change = np.repeat([40.0, -40, 0], [12, 18, 30])
    found = reliable_change(before, before + change, reliability=0.9, term="trust")
    assert found.counts == (12, 30, 18)
    assert (found.rose.value, found.same.value, found.fell.value) == (0.2, 0.5, 0.3)
    assert "Jacobson & Truax" in found.rose.method
    assert found.rose.low < 0.2 < found.rose.high


def test_error_alone_moves_one_in_twenty() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(0, np.sqrt(0.8), 40_000)
    waves = [true + rng.normal(0, np.sqrt(0.2), 40_000) for _ in range(2)]
    found = reliable_change(*waves, reliability=0.8, term="t")
    assert found.same.value == pytest.approx(0.95, abs=0.005)


def test_who_lacks_a_score_is_counted() -> None:
    before, after = np.arange(20.0), np.arange(20.0) + 1
    after[:8] = np.nan
    found = reliable_change(before, after, reliability=0.8, term="t")
    assert (found.rose.n, found.rose.dropped) == (12, 8)
    assert "8 of 20" in found.rose.warnings[0]


@pytest.mark.parametrize("reliability", [-0.2, 0, 1, float("nan")])
def test_a_reliability_that_cannot_be_is_refused(reliability) -> None:
    with pytest.raises(DataError, match="between 0 and 1"):
        reliable_change([1, 2, 3], [2, 3, 4], reliability=reliability, term="t")


def test_scores_without_spread_are_refused() -> None:
    with pytest.raises(DataError, match="no spread"):
        reliable_change([3, 3, 3], [3, 4, 5], reliability=0.8, term="t")
