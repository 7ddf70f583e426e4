"""What established programs of disclosure control say of the same tables.

They need an environment of their own, so their answers are typed in: pytauargus 0.6.0 (the engine
of tau-ARGUS, EUPL), ``protect(micro, ["d0", "d1"], response="one", safety_rules="FREQ(10,100)",
suppress="OPT(1)")``, where each person is a row with one = 1; and acro 1.0.2 (MIT),
``ACRO().crosstab(d0, d1)``, whose threshold is 10. Both were run by hand on 2026-11-22.
U: below the floor. M: withheld to protect others.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from outcomes.stats.suppression import possible_counts, suppress
from outcomes.stats.table_totals import crossed_totals

TAU_ARGUS = [
    (
        [[30, 12, 166, 11], [6, 60, 19, 20], [1, 15, 31, 4], [44, 7, 26, 3]],
        [".M.M", "U..M", "UM.U", "MU.U"],
    ),
    (
        [
            [21, 30, 1, 0, 14, 45],
            [27, 24, 95, 171, 78, 0],
            [67, 1, 30, 17, 89, 9],
            [18, 64, 3, 7, 31, 32],
            [57, 6, 14, 49, 47, 15],
        ],
        ["MMU...", "......", ".U.M.U", "M.UU..", ".UM..M"],
    ),
]


def with_margins(inner: list[list[int]]) -> pd.DataFrame:
    rows, columns = ([*map(str, range(n)), "total"] for n in (len(inner), len(inner[0])))
    table = np.array(inner)
    full = np.block([[table, table.sum(1, keepdims=True)], [table.sum(0), table.sum()]])
    frame = pd.DataFrame(list(product(rows, columns)), columns=["d0", "d1"])
    return frame.assign(n=full.ravel())


@pytest.mark.parametrize(("inner", "said"), TAU_ARGUS)
def test_as_much_is_withheld_as_by_the_optimum_of_tau_argus(
    inner: list[list[int]], said: list[str]
) -> None:
    frame = with_margins(inner)
    relations = crossed_totals(frame, ["d0", "d1"])
    found = suppress(frame, count="n", values=[], relations=relations)
    blank = found["withheld"].ne("")
    theirs = pd.Series(list("".join(f"{row}." for row in said) + "." * (len(inner[0]) + 1))).ne(".")
    assert blank.sum() == theirs.sum()
    assert frame.loc[blank, "n"].sum() == frame.loc[theirs, "n"].sum()


@pytest.mark.parametrize(("inner", "said"), TAU_ARGUS)
def test_the_cells_below_the_floor_are_those_of_tau_argus_and_its_pattern_passes_our_audit(
    inner: list[list[int]], said: list[str]
) -> None:
    frame = with_margins(inner)
    counts, codes = frame["n"].to_numpy(), [*"".join(f"{row}." for row in said)]
    codes += ["."] * (counts.size - len(codes))
    small = (counts > 0) & (counts < 10)
    assert [code == "U" for code in codes] == small.tolist()
    blank = np.array([code != "." for code in codes])
    relations = crossed_totals(frame, ["d0", "d1"])
    low, high = possible_counts(counts, blank, relations=relations)
    assert (low[small] <= 1 + 1e-6).all()
    assert (high[small] >= 10 - 1e-6).all()


def test_the_cells_below_the_floor_are_those_of_acro_and_known_totals_give_them_away() -> None:
    """acro 1.0.2 blanks the cell 0, 0 alone, and adds its margins up without it.

    Whoever knows the true totals recovers it; so more must go.
    """
    frame = with_margins([[3, 20, 30], [25, 18, 40]])
    alone = np.arange(len(frame)) == 0  # what ACRO(suppress=True).crosstab blanked
    assert frame["n"].between(1, 9).equals(pd.Series(alone))
    relations = crossed_totals(frame, ["d0", "d1"])
    low, high = possible_counts(frame["n"].to_numpy(), alone, relations=relations)
    assert (low[0], high[0]) == pytest.approx((3, 3))
    found = suppress(frame, count="n", values=[], relations=relations)
    assert found["withheld"].ne("").sum() == 4
