import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.holm import holm


def test_the_adjusted_values_are_those_of_r() -> None:
    # R 4: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])


def test_nothing_is_adjusted_beyond_one_and_nothing_at_all_may_be_given() -> None:
    np.testing.assert_array_equal(holm([0.6, 1.0]), [1, 1])
    assert holm([]).size == 0


@pytest.mark.parametrize("wrong", [[0.1, np.nan], [-0.1], [1.5]])
def test_what_is_no_probability_is_refused(wrong) -> None:
    with pytest.raises(DataError, match="from 0 to 1"):
        holm(wrong)
