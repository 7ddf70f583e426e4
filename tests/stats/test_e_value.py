"""E-values against published ones."""

from math import exp, inf, nan, sqrt

import pytest

from outcomes.errors import DataError
from outcomes.stats.e_value import e_value, e_value_of_interval, ratio_of_standardized


def test_published_examples_come_out() -> None:
    """VanderWeele & Ding (2017): breast-feeding 3.9 (1.8 to 8.7), E-values 7.26 and 3.0; and
    leukemia 0.80 (0.71 to 0.91), E-values 1.8 and 1.43."""
    assert round(e_value(3.9), 2) == 7.26
    assert round(e_value_of_interval(1.8, 8.7), 1) == 3.0
    assert round(e_value(0.80), 1) == 1.8
    assert round(e_value_of_interval(0.71, 0.91), 2) == 1.43


def test_a_ratio_and_its_inverse_have_the_same_e_value() -> None:
    assert e_value(0.4) == pytest.approx(e_value(2.5))
    assert e_value_of_interval(0.5, 0.8) == pytest.approx(e_value_of_interval(1.25, 2))


def test_an_interval_that_holds_one_needs_nothing_to_be_explained() -> None:
    assert e_value(1) == 1
    assert e_value_of_interval(0.9, 3) == 1


def test_causes_of_that_strength_would_just_explain_the_ratio() -> None:
    """The bound of Ding & VanderWeele (2016): E x E / (E + E - 1) is the ratio."""
    for ratio in (1.1, 2.0, 7.0):
        strength = e_value(ratio)
        assert strength**2 / (2 * strength - 1) == pytest.approx(ratio)


def test_a_difference_in_standard_deviations_becomes_a_ratio() -> None:
    assert ratio_of_standardized(0.5) == pytest.approx(exp(0.455))
    assert e_value(ratio_of_standardized(0)) == 1
    assert e_value(ratio_of_standardized(1)) == pytest.approx(
        exp(0.91) + sqrt(exp(0.91) * (exp(0.91) - 1))
    )


@pytest.mark.parametrize("ratio", [0, -1, nan, inf])
def test_what_is_no_ratio_is_refused(ratio: float) -> None:
    with pytest.raises(DataError, match="above 0"):
        e_value(ratio)


def test_limits_the_wrong_way_around_and_endless_differences_are_refused() -> None:
    with pytest.raises(DataError, match="low must not exceed high"):
        e_value_of_interval(2, 1)
    with pytest.raises(DataError, match="standard deviations"):
        ratio_of_standardized(nan)
