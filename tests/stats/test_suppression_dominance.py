"""Sums that one contributor dominates are withheld, and cannot be worked out closely."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from outcomes.errors import DataError
from outcomes.stats.dominance import dominance_reach, p_percent_reach
from outcomes.stats.suppression import Sensitive, suppress

# what acro 1.0.2 (UK Data Service and Health Data Research UK, MIT) says of these contributions
# with its defaults, (n, k) = (2, 0.9) and p = 0.1; run by hand on 2026-11-22
CELLS = {
    "B": ([500, 3, *[2] * 9], True, True),
    "C": ([10] * 12, False, False),
    "D": ([50, 40, *[1] * 10], True, False),
    "E": ([300, 200, *[30] * 9], False, False),
    "F": ([100, *[20] * 11], False, False),
}


def sums_and_largest() -> tuple[np.ndarray, np.ndarray]:
    parts = [sorted(found, reverse=True) for found, _, _ in CELLS.values()]
    return np.array([sum(each) for each in parts]), np.array([each[:2] for each in parts])


def test_the_rules_agree_with_acro() -> None:
    sums, largest = sums_and_largest()
    by_n_k = dominance_reach(sums, largest, percent=90, contributors=2) > 0
    by_p = p_percent_reach(sums, largest, percent=10) > 0
    # cell D is at 90% exactly: the rule as printed asks for more than that, acro takes it in
    by_n_k_acro = np.array([nk for _, nk, _ in CELLS.values()])
    assert by_n_k.tolist() == [True, False, False, False, False]
    assert by_n_k_acro.tolist() == [True, False, True, False, False]
    assert by_p.tolist() == [p for _, _, p in CELLS.values()]


def test_the_reach_is_how_much_the_sum_lacks() -> None:
    # Hundepool et al. (2012), section 4.2: 100/k times the largest n, less the sum; and p% of the
    # largest, less what the second largest cannot account for
    assert dominance_reach([100], [[80, 15]], percent=75).tolist() == pytest.approx(
        [80 / 0.75 - 100]
    )
    assert p_percent_reach([100], [[80, 15]], percent=10).tolist() == pytest.approx([3.0])


def test_what_is_added_to_protect_a_sum_leaves_it_uncertain_enough() -> None:
    """Enough people in every cell, but a sum that would be known to within half a unit."""
    frame = pd.DataFrame(
        {"place": ["a"] * 4, "n": [12, 15, 20, 30], "minutes": [521.0, 0.5, 90.0, 300.0]}
    )
    reach = np.array([30.0, 0, 0, 0])
    sums = Sensitive(amount="minutes", reach=reach)
    found = suppress(frame, count="n", values=["minutes"], groups=["place"], sensitive=sums)
    blank = found["withheld"].ne("").to_numpy()
    assert found["minutes"].isna().equals(found["withheld"].ne(""))
    hidden = frame["minutes"].to_numpy()[blank]
    aim = np.eye(hidden.size)[0]
    low, high = (
        sign * linprog(sign * aim, A_eq=np.ones((1, hidden.size)), b_eq=[hidden.sum()]).fun
        for sign in (1, -1)
    )
    assert low <= 521 - 30
    assert high >= 521 + 30
    assert blank.sum() < 4


@pytest.mark.parametrize(
    ("amounts", "largest", "options", "sentence"),
    [
        ([10], [[5, 4]], {"percent": 0}, "between 0 and 100%"),
        ([10], [[5, 4]], {"percent": 100}, "between 0 and 100%"),
        ([10], [[4, 5]], {"percent": 10}, "the largest first"),
        ([10], [[9, 8]], {"percent": 10}, "exceed its sum"),
        ([10], [[9]], {"percent": 10}, "needs the 2 largest"),
        ([np.nan], [[9, 1]], {"percent": 10}, "is missing"),
        ([-1], [[0, 0]], {"percent": 10}, "0 or more"),
    ],
)
def test_contributions_that_make_no_sense_are_refused(
    amounts: list[float], largest: list[list[float]], options: dict[str, float], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        p_percent_reach(amounts, largest, **options)


def test_an_amount_that_is_missing_is_refused() -> None:
    frame = pd.DataFrame({"place": ["a", "a"], "n": [12, 15], "minutes": [5.0, np.nan]})
    sums = Sensitive(amount="minutes", reach=np.array([30.0, 0]))
    with pytest.raises(DataError, match="an amount of 0 or more in 'minutes'"):
        suppress(frame, count="n", values=[], groups=["place"], sensitive=sums)
