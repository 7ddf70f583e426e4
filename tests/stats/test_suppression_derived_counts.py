"""No share, complement or second count gives a count of few people away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.stats.derived_counts import (
    changed_by_few,
    part_tells_few,
    share_tells_few,
    shown_counts,
)

STEADY = settings(deadline=None, derandomize=True, max_examples=60)


def test_a_share_and_its_base_tell_a_count() -> None:
    shares = [0.07, 0.95, 0.5, 0.0, 1.0, np.nan]
    found = share_tells_few(shares, [57] * 6, smallest=5)
    assert found.tolist() == [True, True, False, False, False, False]  # 4 people; all but 3


def test_a_part_of_a_whole_tells_of_the_others() -> None:
    found = part_tells_few([95, 50, 3, 100, np.nan], [100, 100, 100, 100, 100], smallest=10)
    assert found.tolist() == [True, False, True, False, False]


def test_21_and_20_people_are_both_shown_as_20() -> None:
    assert shown_counts([21, 20, 37, 20], smallest=10).tolist() == [20, 20, 37, 20]


@STEADY
@given(counts=st.lists(st.integers(0, 200), max_size=12), smallest=st.integers(2, 15))
def test_shown_counts_never_differ_by_few_and_never_exceed_the_truth(
    counts: list[int], smallest: int
) -> None:
    shown = shown_counts(counts, smallest=smallest)
    apart = np.abs(shown[:, None] - shown[None, :])
    assert ((apart == 0) | (apart >= smallest)).all()
    assert (shown <= counts).all()
    assert (np.array(counts) - shown < smallest).all()


def test_a_count_that_changed_by_few_tells_of_them() -> None:
    found = changed_by_few([21, 21, 21, 35], [20, 21, np.nan, 20], smallest=10)
    assert found.tolist() == [True, False, False, False]


def test_shares_and_parts_that_cannot_be_are_refused() -> None:
    with pytest.raises(DataError, match="divide percentages by 100"):
        share_tells_few([40], [57], smallest=10)
    with pytest.raises(DataError, match="larger than the whole"):
        part_tells_few([60], [57], smallest=10)
