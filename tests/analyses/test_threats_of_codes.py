"""A count whose codes change is warned about, one whose numbers change is not."""

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.threats_of_codes import code_changes, other_codes
from outcomes.errors import DataError

MONTHS = [str(each) for each in pd.period_range("2025-01", periods=24, freq="M")]
START = 12
CODES = ["FOOT PATROL", "WALKING BEAT", "BIKE"]


def calls(seed: int, *, planted: str = "", unsteady: float = 0.3) -> pd.DataFrame:
    """Calls under three codes; twice as many from the start on, however they are coded.

    Args:
        seed: Of the study.
        planted: ``begins``, ``stops``, ``renamed`` or ``jumps``.
        unsteady: How far shares wander from month to month, in logarithms; half as far again.
    """
    rng = np.random.default_rng(seed)
    drift = rng.normal(size=(3, 24))
    for month in range(1, 24):
        drift[:, month] = 0.6 * drift[:, month - 1] + 0.8 * drift[:, month]
    share = np.exp(np.log([[0.5], [0.3], [0.2]]) + unsteady * drift)
    if planted in ("begins", "renamed"):
        share[2, :START] = 0
    if planted in ("stops", "renamed"):
        share[1, START:] = 0
    if planted == "jumps":
        share[1, START:] *= 5
    many = 40 * (1 + (np.arange(24) >= START))
    totals = rng.negative_binomial(5, 5 / (5 + many)) + 5
    made = [
        rng.multinomial(n, p) for n, p in zip(totals, (share / share.sum(axis=0)).T, strict=True)
    ]
    return pd.DataFrame(np.transpose(made), index=CODES, columns=MONTHS)


@pytest.mark.parametrize(
    ("planted", "code", "kind"),
    [
        ("begins", "BIKE", "begins"),
        ("stops", "WALKING BEAT", "stops"),
        ("jumps", "WALKING BEAT", "rises"),
    ],
)
def test_a_code_that_begins_stops_or_takes_over_is_named_with_its_month(planted, code, kind):
    found = {each.code: each for each in code_changes(calls(1, planted=planted))}
    assert found[code].kind == kind
    assert abs(MONTHS.index(found[code].period) - START) <= 1


def test_a_code_that_takes_the_place_of_another_shows_as_both() -> None:
    found = {each.code: each.kind for each in code_changes(calls(2, planted="renamed"))}
    assert found["BIKE"] == "begins"
    assert found["WALKING BEAT"] == "stops"


def test_the_warning_says_it_in_words_and_keeps_codes_inside_the_agency() -> None:
    (said,) = other_codes(calls(1, planted="stops"), name="Time on walks")
    assert said.startswith("the codes behind time on walks changed in this time, so that the same")
    outside, _, inside = said.partition(" [")
    assert "WALKING BEAT" not in outside
    assert "'WALKING BEAT' stops from 2026-01 on (" in inside
    assert "% of calls before, 0% after)" in inside
    assert "; " not in said


def test_planted_changes_are_found_and_more_walks_alone_are_none() -> None:
    """200 studies: 0 to 3 % false with shares this unsteady, 94 to 100 % found in 24 months."""
    for planted in ("begins", "stops", "renamed"):
        assert all(code_changes(calls(seed, planted=planted)) for seed in range(8))
    assert sum(bool(code_changes(calls(seed))) for seed in range(40)) <= 4


def test_the_order_of_codes_and_an_empty_month_make_no_difference() -> None:
    table = calls(3, planted="begins")
    found = code_changes(table)
    assert code_changes(table.iloc[::-1]) == found
    empty = table.copy()
    empty.insert(5, "2025-05x", 0)
    assert code_changes(empty) == found


def test_one_code_few_months_or_a_rare_code_tell_nothing() -> None:
    table = calls(1, planted="stops")
    assert code_changes(table.loc[["WALKING BEAT"]]) == []
    assert code_changes(table[MONTHS[9:16]]) == []
    rare = pd.DataFrame(
        [[400] * 24, [0] * 12 + [20] * 12], index=["FOOT PATROL", "BIKE"], columns=MONTHS
    )
    assert code_changes(rare) == []
    assert [each.kind for each in code_changes(rare.mul([1, 4], axis=0))] == ["begins"]
    assert other_codes(calls(4), name="x") == ()


def test_shares_are_looked_at_and_not_numbers() -> None:
    table = pd.DataFrame([[20] * 24, [20] * 12 + [5] * 12], index=["A", "B"], columns=MONTHS)
    assert [(each.code, each.kind) for each in code_changes(table)] == [
        ("A", "rises"),
        ("B", "falls"),
    ]
    assert code_changes(table.iloc[[0, 0]].set_axis(["A", "B"]) * ([1] * 12 + [9] * 12)) == []


def test_what_was_not_recorded_is_refused_rather_than_taken_for_none() -> None:
    with pytest.raises(DataError, match="missing or below 0"):
        code_changes(calls(1).astype(float).mask(calls(1) == calls(1).iloc[0, 0]))
