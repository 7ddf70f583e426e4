"""An intruder with all published tables and a linear program recovers no withheld cell."""

from itertools import product
from time import process_time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from outcomes.errors import DataError
from outcomes.stats.suppression import Sensitive, possible_counts, suppress
from outcomes.stats.table_totals import Total, crossed_totals, known_totals, nested_totals

FLOOR = 10
STEADY = settings(deadline=None, derandomize=True, max_examples=20)
shapes = st.sampled_from([(3, 3), (2, 4), (2, 2, 3)])
tables = shapes.flatmap(lambda shape: arrays(int, shape, elements=st.integers(0, 40)))


def with_margins(inner: np.ndarray) -> pd.DataFrame:
    full = inner
    for axis in range(inner.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    names = [[*map(str, range(size)), "total"] for size in inner.shape]
    frame = pd.DataFrame(list(product(*names)), columns=[f"by{d}" for d in range(inner.ndim)])
    return frame.assign(n=full.ravel(), rate=0.5)


def attack(
    inner: np.ndarray, blank: np.ndarray, *, of: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Bound the cells of the full table; the only unknowns are the innermost cells.

    Written apart from the product: each shown cell is one equation on the innermost cells, each
    blank one says that it holds 1 or more.
    """
    unknown = [np.eye(inner.size).reshape(*inner.shape, inner.size)]
    for axis in range(inner.ndim):
        last = unknown[-1]
        unknown.append(np.concatenate([last, last.sum(axis=axis, keepdims=True)], axis=axis))
    cells = unknown[-1].reshape(-1, inner.size)
    counts = cells @ inner.ravel()
    ends = []
    for cell in cells if of is None else cells[of]:
        found = [
            linprog(
                sign * cell,
                A_eq=cells[~blank] if (~blank).any() else None,
                b_eq=counts[~blank] if (~blank).any() else None,
                A_ub=-cells[blank] if blank.any() else None,
                b_ub=-np.ones(blank.sum()) if blank.any() else None,
            )
            for sign in (1, -1)
        ]
        ends.append([np.inf if each.status == 3 else abs(each.fun) for each in found])
    low, high = np.array(ends).T
    return low, high


@STEADY
@given(inner=tables)
def test_no_small_cell_of_a_crossed_table_can_be_told_from_one_that_is_not_small(
    inner: np.ndarray,
) -> None:
    frame = with_margins(inner)
    by = [name for name in frame if name.startswith("by")]
    found = suppress(frame, count="n", values=["rate"], relations=crossed_totals(frame, by))
    blank, counts = found["withheld"].ne("").to_numpy(), frame["n"].to_numpy()
    small = (counts > 0) & (counts < FLOOR)
    assert blank[small].all()
    assert not blank[counts == 0].any()
    if small.any():
        low, high = attack(inner, blank, of=small)
        filled = with_margins((inner > 0).astype(int))["n"][small]  # a margin holds each of them
        assert (low <= filled + 1e-6).all()
        assert (high >= FLOOR - 1e-6).all()


def test_the_attack_does_recover_cells_where_only_the_small_ones_are_blank() -> None:
    """The intruder of these tests is able to succeed."""
    inner = np.array([[3, 20, 30], [25, 18, 40], [50, 60, 70]])
    low, high = attack(inner, with_margins(inner)["n"].lt(FLOOR).to_numpy())
    assert (low[0], high[0]) == pytest.approx((3, 3))


def test_the_audit_of_the_product_finds_what_the_intruder_finds() -> None:
    inner = np.array([[3, 20, 30, 12], [25, 4, 40, 11], [50, 60, 7, 13]])
    frame = with_margins(inner)
    relations = crossed_totals(frame, ["by0", "by1"])
    blank = suppress(frame, count="n", values=[], relations=relations)["withheld"].ne("")
    ours = possible_counts(frame["n"].to_numpy(), blank.to_numpy(), relations=relations)
    theirs = attack(inner, blank.to_numpy())
    np.testing.assert_allclose(np.array(ours), np.array(theirs), atol=1e-6)


def test_what_turned_out_not_to_be_needed_is_shown_again() -> None:
    """Each small cell finds its cheapest partners; together they need fewer: 7 cells, not 8."""
    frame = with_margins(np.array([[24, 10, 38], [37, 3, 8], [8, 7, 23]]))
    relations = crossed_totals(frame, ["by0", "by1"])
    blank = suppress(frame, count="n", values=[], relations=relations)["withheld"].ne("")
    assert (blank.sum(), frame.loc[blank, "n"].sum()) == (7, 83)


def test_several_groupings_are_protected_at_once() -> None:
    """Rows alone would leave 3 and 20 in one column each, which the column totals give away."""
    frame = with_margins(np.array([[3, 20, 30], [25, 18, 40], [50, 60, 70]]))
    inner = frame[frame["by0"].ne("total") & frame["by1"].ne("total")].reset_index(drop=True)
    relations = (*known_totals(inner, ["by0"]), *known_totals(inner, ["by1"]))
    rows = suppress(inner, count="n", values=[], groups=["by0"])
    both = suppress(inner, count="n", values=[], relations=relations)
    assert rows["withheld"].ne("").sum() == 2
    assert both["withheld"].ne("").sum() == 4
    low, high = possible_counts(
        inner["n"].to_numpy(), rows["withheld"].ne("").to_numpy(), relations=relations
    )
    assert (low[0], high[0]) == pytest.approx((3, 3))


def test_a_hierarchy_is_protected_through_all_its_levels() -> None:
    units = ["city", "north", "south", "n1", "n2", "s1", "s2", "s3"]
    frame = pd.DataFrame({"unit": units, "n": [100, 33, 67, 30, 3, 20, 21, 26]})
    parents = dict(zip(units[1:], ["city", "city", *["north"] * 2, *["south"] * 3], strict=True))
    relations = nested_totals(frame, "unit", parents=parents)
    found = suppress(frame, count="n", values=[], relations=relations)
    counts, blank = frame["n"].to_numpy(), found["withheld"].ne("").to_numpy()
    low, high = possible_counts(counts, blank, relations=relations)
    assert (low[4], high[4] >= FLOOR) == (1, True)
    assert blank.sum() == 2  # n1 goes with n2; nothing higher need go


def test_where_a_margin_is_the_cheapest_to_withhold_it_goes() -> None:
    frame = with_margins(np.array([[4, 0], [0, 90]]))
    found = suppress(
        frame, count="n", values=[], relations=crossed_totals(frame, ["by0", "by1"])
    ).set_index(["by0", "by1"])
    assert found.loc[("0", "0"), "withheld"] == "withheld"
    assert found.loc[("0", "total"), "withheld"] == "withheld"
    assert found.loc[("0", "1"), "withheld"] == ""


def test_a_cell_that_is_public_already_is_no_hiding_place() -> None:
    frame = pd.DataFrame({"place": ["a"] * 4, "n": [3, 12, 20, 30]})
    known = Sensitive(public=np.array([False, True, False, False]))
    usual = suppress(frame, count="n", values=[], groups=["place"])
    found = suppress(frame, count="n", values=[], groups=["place"], sensitive=known)
    assert usual["withheld"].ne("").tolist() == [True, True, False, False]
    assert found["withheld"].ne("").tolist() == [True, False, True, False]


@pytest.mark.parametrize("seed", [0, 1])
def test_ten_by_ten_by_five_cells_with_margins_take_less_than_two_seconds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = with_margins(rng.poisson(rng.gamma(1.0, 30, (10, 10, 5))))
    begun = process_time()
    relations = crossed_totals(frame, ["by0", "by1", "by2"])
    found = suppress(frame, count="n", values=["rate"], relations=relations)
    assert process_time() - begun < 4  # 1.1 s on an idle core; machines of tests are slower
    blank, small = found["withheld"].ne("").to_numpy(), frame["n"].between(1, FLOOR - 1)
    some = np.flatnonzero(small)[::12]
    low, high = _bounds_of(frame["n"].to_numpy(), blank, relations=relations, cells=some)
    assert (low <= 1 + 1e-6).all()
    assert (high >= FLOOR - 1e-6).all()


def _bounds_of(
    counts: np.ndarray, blank: np.ndarray, *, relations: tuple[Total, ...], cells: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bound a few cells of a large table, again apart from the product."""
    hidden = np.flatnonzero(blank)
    at = {cell: place for place, cell in enumerate(hidden)}
    equations, sums = [], []
    for each in relations:
        row, rest = np.zeros(hidden.size), 0.0
        for cell, sign in [*((part, 1) for part in each.parts), (each.total, -1)]:
            if cell in at:
                row[at[cell]] += sign
            else:
                rest -= sign * counts[cell]
        equations.append(row)
        sums.append(rest)
    aims = np.eye(hidden.size)[[at[cell] for cell in cells]]
    ends = [
        [
            linprog(sign * aim, A_eq=np.array(equations), b_eq=sums, bounds=(1, None)).fun * sign
            for aim in aims
        ]
        for sign in (1, -1)
    ]
    return np.array(ends[0]), np.array(ends[1])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.assign(n=t["n"].where(t.index != 0, 5)), r"says 28, but they add up to 30"),
        (lambda t: pd.concat([t, t.iloc[[0]]]), "the cell 0, 0 stands twice"),
        (lambda t: t[t["by0"].ne("total") & t["by1"].ne("total")], "no row says 'total'"),
        (lambda t: t.drop(columns="by1"), r"lacks the column\(s\) by1"),
    ],
)
def test_crossed_tables_that_do_not_add_up_are_refused(change: object, sentence: str) -> None:
    frame = with_margins(np.array([[3, 20, 30], [25, 18, 40]])).drop(columns="rate")
    broken = change(frame)  # type: ignore[operator]
    with pytest.raises(DataError, match=sentence):
        suppress(broken, count="n", values=[], relations=crossed_totals(broken, ["by0", "by1"]))


def test_a_hierarchy_that_bites_its_tail_is_refused() -> None:
    frame = pd.DataFrame({"unit": ["a", "b"], "n": [1, 1]})
    with pytest.raises(DataError, match="'a' is a part of itself"):
        nested_totals(frame, "unit", parents={"a": "b", "b": "a"})


def test_totals_of_rows_that_are_not_there_are_refused() -> None:
    frame = pd.DataFrame({"n": [3, 20]})
    with pytest.raises(DataError, match="of 2 cells"):
        suppress(frame, count="n", values=[], relations=[Total(parts=(0, 2))])
