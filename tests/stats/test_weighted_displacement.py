"""The weighted displacement difference: published values, and the warning it never goes without."""

import math

import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.t_limits import SMALLEST
from outcomes.stats.weighted_displacement import BeforeAfter, weighted_displacement

Counts = tuple[float, float]


def wdd(
    control: Counts,
    treated: Counts,
    *more: Counts,
    lengths: Counts = (1, 1),
    sizes: tuple[float, ...] = (1, 1, 1, 1),
    level: float = 0.95,
) -> Estimate:
    """Take counts in the order of ptools: control, treated, displacement control and treated."""
    areas = [
        BeforeAfter(before=counts[0], after=counts[1], size=size)
        for counts, size in zip((control, treated, *more), sizes, strict=False)
    ]
    return weighted_displacement(
        areas[1],
        areas[0],
        displaced=(areas[3], areas[2]) if more else None,
        lengths=lengths,
        term="robberies",
        unit="robberies",
        level=level,
    )


def test_the_example_of_the_r_package_is_told_again() -> None:
    # ptools 2.0.0, ?wdd: -10 (8.366600), z -1.195229
    found = wdd((20, 20), (20, 10))
    assert found.value == -10
    assert found.se == pytest.approx(8.366600, abs=5e-7)
    assert found.value / found.se == pytest.approx(-1.195229, abs=5e-7)


def test_the_values_of_the_paper_and_of_the_tests_of_the_r_package_are_told_again() -> None:
    # Wheeler & Ratcliffe (2018) by ptools, tests/testthat/test-wdd.R
    paper = ((308, 318), (207, 110), (150, 140), (178, 157))
    found = wdd(*paper)
    assert (found.value, found.se) == pytest.approx((-118, math.sqrt(1568)))
    assert (found.low, found.high) == pytest.approx((-196, -40), abs=0.5)
    assert found.value / found.se == pytest.approx(-2.98, abs=0.005)
    assert wdd((20, 20), (20, 20), (20, 20), (20, 10)).value == -10
    assert wdd((20, 20), (20, 10), (20, 20), (20, 10)).value == -20
    timed = wdd((100, 50), (80, 20), lengths=(2, 1))
    assert (timed.value, timed.se) == pytest.approx((-20, math.sqrt(115)))
    sized = wdd(*paper, sizes=(0.9, 1.2, 1.6, 1.5))
    assert (sized.value, sized.se) == pytest.approx((-99.69444444, 35.4280755), abs=5e-8)
    assert (sized.low, sized.high) == pytest.approx((-169.1321965, -30.25669241), abs=5e-8)


@pytest.mark.parametrize(
    ("control", "treated", "value", "se"),
    [
        ((133, 91), (130, 74), -14, 20.688161),
        ((388, 305), (327, 202), -42, 34.957117),
        ((148, 97), (398, 190), -157, 28.861739),
        ((86, 64), (144, 92), -30, 19.646883),
        ((94, 67), (183, 96), -60, 20.976177),
    ],
)
def test_the_worked_examples_of_crimepy_are_told_again(
    control: Counts, treated: Counts, value: float, se: float
) -> None:
    # apwheele/crimepy, notebooks/WDD_Examples.ipynb
    found = wdd(control, treated)
    assert (found.value, found.se) == pytest.approx((value, se), abs=5e-7)


def test_a_longer_time_and_a_larger_area_count_for_what_they_are() -> None:
    # crimepy: 90 % limits of the example with twice as long before
    found = wdd((200, 100), (100, 20), lengths=(2, 1), level=0.9)
    assert (found.value, round(found.se, 1)) == (-30, 14.0)
    assert (found.low, found.high) == pytest.approx((-53.0, -7.0), abs=0.05)
    twice = wdd((40, 40), (40, 20), sizes=(2, 2))
    assert twice.value == wdd((20, 20), (20, 10)).value


def test_it_always_says_how_often_it_is_wrong() -> None:
    found = wdd((20, 20), (20, 10))
    assert "false alarms in about 43 %" in found.warnings[0]
    assert "must not decide" in found.warnings[0]
    assert found.n == 2
    assert wdd((20, 20), (20, 20), (20, 20), (20, 10)).n == 4


def test_p_is_that_of_the_normal_and_never_zero() -> None:
    found = wdd((20, 20), (20, 10))
    assert found.p == pytest.approx(2 * stats.norm.sf(1.195229), abs=1e-6)
    assert wdd((10**6, 10**6), (10**6, 10)).p == SMALLEST


def test_what_is_no_count_no_size_and_no_length_is_refused() -> None:
    with pytest.raises(DataError, match="0 or more"):
        BeforeAfter(before=-1, after=2)
    with pytest.raises(DataError, match="size of an area"):
        BeforeAfter(before=1, after=2, size=0)
    with pytest.raises(DataError, match="lengths must be above 0"):
        wdd((20, 20), (20, 10), lengths=(0, 1))
    with pytest.raises(DataError, match="nothing was counted"):
        wdd((0, 0), (0, 0))
