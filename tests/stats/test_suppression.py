from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.stats.suppression import suppress

FLOOR = 5
STEADY = settings(deadline=None, derandomize=True, max_examples=60)
cells = st.lists(
    st.tuples(st.sampled_from(["eastbank", "millrow", "northgate"]), st.integers(0, 12)),
    min_size=1,
    max_size=12,
)
Cells = list[tuple[str, int]]


def table(rows: Cells) -> pd.DataFrame:
    laid = pd.DataFrame(rows, columns=["place", "n"])
    return laid.assign(share=laid["n"] / 100, kind=np.arange(len(laid)))


def shown(rows: Cells, *, smallest: int = FLOOR) -> pd.DataFrame:
    return suppress(table(rows), count="n", values=["share"], groups=["place"], smallest=smallest)


def hidden(*counts: int, smallest: int = FLOOR) -> list[str]:
    found = shown([("eastbank", n) for n in counts], smallest=smallest)
    return found["withheld"].tolist()


def ways_to_fill(cells: int, *, total: int) -> list[tuple[int, ...]]:
    """What somebody who knows the total can think the withheld cells hold: each has somebody."""
    return [way for way in product(range(1, total + 1), repeat=cells) if sum(way) == total]


def test_a_small_cell_takes_the_smallest_other_of_its_group_with_it() -> None:
    # the textbook pattern of Duncan, Elliot & Salazar-Gonzalez (2011), chapter 4: primary, then
    # complementary suppression in a row with a published total
    assert hidden(3, 20, 8, 0) == ["withheld", "", "withheld", ""]


def test_what_is_withheld_is_blank_and_what_is_not_stays() -> None:
    found = shown([("eastbank", 3), ("eastbank", 20), ("eastbank", 8), ("millrow", 9)])
    assert found["n"].isna().tolist() == [True, False, True, False]
    assert found["share"].isna().tolist() == [True, False, True, False]
    assert found.loc[3, ["place", "n", "share"]].tolist() == ["millrow", 9, 0.09]


def test_two_small_cells_protect_one_another_where_they_could_be_a_large_one() -> None:
    assert hidden(2, 4, 40, 9) == ["withheld", "withheld", "", ""]  # 6: one may hold 5


@pytest.mark.parametrize("counts", [(1, 1, 40, 9), (2, 3, 40, 9), (1, 3, 40, 9)])
def test_small_cells_that_are_few_people_together_are_hidden_deeper(
    counts: tuple[int, ...],
) -> None:
    """The total tells what they hold together, and that is a cell of few people too."""
    assert hidden(*counts) == ["withheld", "withheld", "", "withheld"]


def test_the_complement_of_a_large_cell_is_a_cell_too() -> None:
    """97 of 100 would tell of 3."""
    assert hidden(97, 3) == ["withheld", "withheld"]
    assert hidden(97, 2, 1) == ["withheld", "withheld", "withheld"]
    assert hidden(90, 3, 4, 3) == ["", "withheld", "withheld", "withheld"]


def test_without_known_totals_only_small_cells_are_withheld() -> None:
    rows = [("eastbank", 3), ("eastbank", 20)]
    found = suppress(table(rows), count="n", values=["share"], smallest=FLOOR)
    assert found["withheld"].tolist() == ["small", ""]


def test_where_totals_are_known_nobody_is_told_which_blank_cell_is_the_small_one() -> None:
    assert set(hidden(3, 20, 8)) == {"withheld", ""}


def test_the_floor_is_ten_unless_another_is_set() -> None:
    found = suppress(table([("eastbank", 9), ("millrow", 10)]), count="n", values=["share"])
    assert found["withheld"].tolist() == ["small", ""]


@STEADY
@given(rows=cells, smallest=st.integers(3, 7))
def test_no_withheld_cell_can_be_worked_out_from_the_total_of_its_group(
    rows: Cells, smallest: int
) -> None:
    """Unless the group has nothing else to hide it behind: all its people are withheld."""
    found, truth = shown(rows, smallest=smallest), table(rows)
    for place, group in found.groupby("place"):
        own = truth.loc[truth["place"] == place, "n"]
        blank = group["withheld"].ne("")
        if not blank.any() or blank.sum() == (own > 0).sum():
            continue
        rest = int(own[blank].sum())
        small = own[blank] < smallest
        if blank.sum() <= 4:
            ways = np.array(ways_to_fill(int(blank.sum()), total=rest))
            assert (ways[:, small].min(axis=0) == 1).all()
            assert (ways[:, small].max(axis=0) >= smallest).all()


@STEADY
@given(rows=cells, smallest=st.integers(2, 9))
def test_the_floor_is_kept_and_empty_cells_stay(rows: Cells, smallest: int) -> None:
    found, truth = shown(rows, smallest=smallest), table(rows)["n"]
    small = (truth > 0) & (truth < smallest)
    assert found.loc[small, "withheld"].eq("withheld").all()
    assert found.loc[small, ["n", "share"]].isna().to_numpy().all()
    assert found.loc[truth == 0, "withheld"].eq("").all()
    assert found.loc[truth == 0, "n"].eq(0).all()
    assert found["n"].isna().equals(found["withheld"].ne(""))


@STEADY
@given(rows=cells)
def test_no_large_cell_is_withheld_without_need(rows: Cells) -> None:
    """Showing any one of them again would leave too few to hide the small ones among."""
    found, truth = shown(rows), table(rows)["n"]
    large = found["withheld"].ne("") & (truth >= FLOOR)
    for place in found.loc[large, "place"].unique():
        own = found["place"].eq(place) & found["withheld"].ne("")
        assert (truth[own] < FLOOR).any()
        assert truth[own].sum() - truth[own & large].min() <= FLOOR


@STEADY
@given(rows=cells)
def test_checking_a_checked_table_changes_nothing(rows: Cells) -> None:
    once = shown(rows)
    twice = suppress(once, count="n", values=["share"], groups=["place"], smallest=FLOOR)
    pd.testing.assert_frame_equal(once, twice)


@STEADY
@given(rows=cells, seed=st.integers(0, 50))
def test_the_order_of_cells_does_not_matter_for_how_much_is_withheld(
    rows: Cells, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(rows))
    here, there = shown(rows), shown([rows[index] for index in order])
    assert sorted(here["withheld"]) == sorted(there["withheld"])


def test_the_table_that_was_given_is_not_changed() -> None:
    given_table = table([("eastbank", 2), ("eastbank", 9)])
    before = given_table.copy()
    suppress(given_table, count="n", values=["share"], groups=["place"])
    pd.testing.assert_frame_equal(given_table, before)


@pytest.mark.parametrize(
    ("change", "options", "sentence"),
    [
        ({}, {"count": "people"}, r"lacks the column\(s\) people"),
        ({}, {"groups": ["beat"], "values": ["rate"]}, r"lacks the column\(s\) rate, beat"),
        ({}, {"smallest": 1}, "a floor below 2 protects nobody, got 1"),
        ({"n": [-1, 5]}, {}, "a count of 0 or more in 'n'"),
        ({"n": [np.nan, 5]}, {}, "a count of 0 or more in 'n'"),
        ({"n": [np.inf, 5]}, {}, "a count of 0 or more in 'n'"),
        ({"n": ["few", "5"]}, {}, "a count of 0 or more in 'n'"),
        ({"n": [np.nan, 5], "withheld": ["", ""]}, {}, "a count of 0 or more in 'n'"),
    ],
)
def test_a_table_that_cannot_be_checked_is_refused(
    change: dict[str, list[object]], options: dict[str, object], sentence: str
) -> None:
    broken = table([("eastbank", 9), ("millrow", 9)]).assign(**change)
    with pytest.raises(DataError, match=sentence):
        suppress(broken, **{"count": "n", "values": ["share"], **options})  # type: ignore[arg-type]
