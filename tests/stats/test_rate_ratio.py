"""The rate ratio of four counts: as R's Poisson regression, and with its warning."""

import pytest

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.rate_ratio import rate_ratio
from outcomes.stats.weighted_displacement import BeforeAfter


def ratio(treated: tuple[float, float], comparison: tuple[float, float]) -> Estimate:
    sides = [BeforeAfter(before=one[0], after=one[1]) for one in (treated, comparison)]
    return rate_ratio(*sides, term="robberies", unit="robberies")


def test_it_is_the_interaction_of_rs_poisson_regression() -> None:
    # R 4.2.2, glm(count ~ treated * after, family = poisson) on 207, 110, 308, 318
    found = ratio((207, 110), (308, 318))
    assert found.value == pytest.approx(0.514690243977, abs=5e-13)
    assert (found.low, found.high) == pytest.approx((0.389250224886, 0.680554641484), abs=5e-8)
    assert found.p == pytest.approx(3.15930186711e-06, rel=1e-5)  # R stops its steps early


def test_a_longer_time_and_a_larger_area_drop_out() -> None:
    assert ratio((10, 20), (30, 60)).value == pytest.approx(1)
    assert ratio((10, 20), (30, 60)).p == pytest.approx(1)
    assert ratio((10, 40), (30, 60)).value == pytest.approx(2)


def test_a_count_of_zero_is_given_half_an_event_and_so_are_the_others() -> None:
    assert ratio((4, 0), (9, 9)).value == pytest.approx((0.5 / 4.5) / 1)


def test_it_always_says_how_often_it_is_wrong() -> None:
    assert "false alarms in about 41 %" in ratio((10, 20), (30, 60)).warnings[0]


def test_without_any_event_in_an_area_there_is_no_ratio() -> None:
    with pytest.raises(DataError, match="nothing was counted in one of the areas"):
        ratio((0, 0), (3, 4))
