import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable

from outcomes.errors import DataError
from outcomes.stats.marginal_homogeneity import marginal_homogeneity

# Stuart (1953, 1955): unaided distance vision of 7,477 women, right eye by left eye.
VISION = [[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]]


def test_stuarts_vision_table_gives_the_published_numbers() -> None:
    # Stuart (1955): 11.957 on 3 df; 12 digits by coin::mh_test and R 4.2.2
    found = marginal_homogeneity(VISION)
    assert found.stuart_maxwell == pytest.approx(11.956569623, rel=1e-10)
    assert found.p_stuart_maxwell == pytest.approx(0.0075334250548, rel=1e-10)
    assert found.bhapkar == pytest.approx(11.9757201555, rel=1e-10)
    assert found.p_bhapkar == pytest.approx(0.00746679746972, rel=1e-10)
    assert (found.df, found.n, found.moved) == (3, 7477, 2181)


def test_swapping_answers_at_random_agrees_with_chi_square_where_many_moved() -> None:
    found = marginal_homogeneity(VISION)
    assert found.p_swapped == pytest.approx(found.p_stuart_maxwell, abs=0.003)


def test_two_answers_give_mcnemars_test() -> None:
    # ?mcnemar.test of R (Agresti 1990): 17.356 without correction
    found = marginal_homogeneity([[794, 150], [86, 570]])
    assert found.stuart_maxwell == pytest.approx(17.3559322034, rel=1e-10)
    assert found.p_stuart_maxwell == pytest.approx(3.09929344105e-05, rel=1e-9)


@settings(deadline=None, derandomize=True, max_examples=15)
@given(cells=st.lists(st.integers(1, 30), min_size=16, max_size=16), seed=st.integers(0, 99))
def test_it_is_the_test_of_statsmodels_and_the_order_of_answers_does_not_matter(
    cells: list[int], seed: int
) -> None:
    table = np.array(cells).reshape(4, 4)
    found = marginal_homogeneity(table)
    square = SquareTable(table, shift_zeros=False)
    for name in ("stuart_maxwell", "bhapkar"):
        peer = square.homogeneity(method=name)
        assert getattr(found, name) == pytest.approx(peer.statistic, rel=1e-8, abs=1e-9)
    order = np.random.default_rng(seed).permutation(4)
    again = marginal_homogeneity(table[np.ix_(order, order)])
    turned = marginal_homogeneity(table.T)
    for other in (again, turned):
        assert other.stuart_maxwell == pytest.approx(found.stuart_maxwell, rel=1e-8, abs=1e-9)


def test_an_answer_that_nobody_left_or_came_to_changes_nothing() -> None:
    """Statsmodels cannot invert its matrix here and gives no number."""
    table = np.array([[5, 9, 0], [2, 7, 0], [0, 0, 6]])
    found, without = marginal_homogeneity(table), marginal_homogeneity(table[:2, :2])
    assert (found.stuart_maxwell, found.df) == (pytest.approx(without.stuart_maxwell), 1)


def test_p_is_never_zero() -> None:
    found = marginal_homogeneity([[0, 5000], [0, 0]])
    assert min(found.p_stuart_maxwell, found.p_bhapkar, found.p_swapped) > 0


def test_swapping_holds_its_level_with_few_people() -> None:
    """300 classes of 15 whose answers come from one source; at most as 99.9 % of counts at 5 %."""
    rng = np.random.default_rng(7)
    false = 0
    for _ in range(300):
        answers = rng.choice(4, size=(15, 2), p=[0.1, 0.3, 0.4, 0.2])
        table = np.zeros((4, 4))
        np.add.at(table, (answers[:, 0], answers[:, 1]), 1)
        false += marginal_homogeneity(table).p_swapped < 0.05
    assert false <= stats.binom.ppf(0.9995, 300, 0.05)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([[1, 2, 3], [1, 2, 3]], "one row and one column"),
        ([[4]], "one row and one column"),
        ([[1, -2], [3, 4]], "counts of people"),
        ([[1, 0.5], [3, 4]], "counts of people"),
        ([[1, np.nan], [3, 4]], "counts of people"),
        ([[3, 0], [0, 4]], "nobody's two answers differ"),
    ],
)
def test_tables_that_cannot_say_are_refused(table: list[list[float]], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        marginal_homogeneity(table)
