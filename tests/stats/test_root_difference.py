"""How far two small counts are apart, on a scale that does not depend on their size."""

import math

import numpy as np
import pytest

from outcomes.errors import DataError
from outcomes.stats.root_difference import BEYOND, root_difference


@pytest.mark.parametrize(("now", "before", "size"), [(9, 4, 2.0), (4, 16, -4.0), (0, 0, 0.0)])
def test_it_is_twice_the_difference_of_the_roots(now: float, before: float, size: float) -> None:
    assert root_difference(now, before) == size


@pytest.mark.parametrize("mean", [8, 30, 200])
def test_counts_of_independent_events_vary_by_about_one_whatever_their_size(mean: int) -> None:
    counts = np.random.default_rng(9).poisson(mean, size=4_000)
    sizes = [root_difference(float(count), float(mean)) for count in counts]
    assert np.std(sizes) == pytest.approx(1, abs=0.08)  # Bartlett (1936)
    assert np.mean(np.abs(sizes) > BEYOND) < 0.01


@pytest.mark.parametrize("wrong", [-1, math.nan])
def test_what_is_no_count_is_refused(wrong: float) -> None:
    with pytest.raises(DataError, match="0 or more"):
        root_difference(wrong, 3)
    with pytest.raises(DataError, match="0 or more"):
        root_difference(3, wrong)
