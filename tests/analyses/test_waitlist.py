import numpy as np
import pandas as pd
import pytest
from survey_answers import answers, people

from outcomes.analyses.waitlist import NOT_BY_LOT, ONE_CLASS, waitlist
from outcomes.errors import DataError
from outcomes.stats.baseline_adjusted import difference_of_changes

WAVES = (("pre", "post"), ("wait-pre", "wait-post"))


def two_groups(*, more: float = 0.5, ahead: float = 0.0, seed: int = 1) -> pd.DataFrame:
    """A class of 18 and 14 who wait; everybody gains 0.2, the class ``more``."""
    rng = np.random.default_rng(seed)
    attended, waiting = rng.normal(3 + ahead, 0.6, 18), rng.normal(3, 0.6, 14)
    return answers(
        {
            "pre": people(attended),
            "post": people(attended + 0.2 + more + rng.normal(0, 0.3, 18)),
            "wait-pre": people(waiting, prefix="w"),
            "wait-post": people(waiting + 0.2 + rng.normal(0, 0.3, 14), prefix="w"),
        }
    )


def test_what_happened_to_both_drops_out() -> None:
    found = waitlist(two_groups(), "trust", waves=WAVES, group="spring")
    for each in found:
        assert each.low < 0.5 < each.high
        assert each.low > 0
        assert (each.measure, each.place, each.period) == ("trust", "spring", "pre to post")
        assert each.n == 32


def test_the_difference_of_changes_leads_unless_a_lot_was_drawn() -> None:
    table = two_groups()
    chosen = waitlist(table, "trust", waves=WAVES, group="spring")
    drawn = waitlist(table, "trust", waves=WAVES, group="spring", by_lot=True)
    assert [each.analysis for each in chosen] == ["waitlist", "waitlist, other form"]
    assert chosen[0].method.startswith("Welch's t")
    assert drawn[0].method.startswith("analysis of covariance")
    assert drawn[0].value == chosen[1].value
    assert NOT_BY_LOT in chosen[0].warnings
    assert NOT_BY_LOT not in drawn[0].warnings
    assert ONE_CLASS in drawn[0].warnings


def test_the_numbers_are_those_of_the_changes_of_linked_people() -> None:
    table = two_groups()
    by = table.pivot_table(index="unit", columns="period", values="value")
    changes = (by["post"] - by["pre"]).fillna(by["wait-post"] - by["wait-pre"])
    group = changes.index.str.startswith("r")
    direct = difference_of_changes(changes.to_numpy(), group, term="x", unit="points")
    found = waitlist(table, "trust", waves=WAVES, group="spring")[0]
    assert (found.value, found.low, found.high) == pytest.approx(
        (direct.value, direct.low, direct.high)
    )


def test_groups_that_began_apart_are_told_of() -> None:
    found = waitlist(two_groups(ahead=1.0), "trust", waves=WAVES, group="spring")[0]
    assert any("SD higher than those who waited" in text for text in found.warnings)


def test_groups_that_cannot_be_compared_are_refused() -> None:
    table = two_groups()
    with pytest.raises(DataError, match="no wave twice"):
        waitlist(table, "trust", waves=(("pre", "post"), ("pre", "wait-post")), group="spring")
    few = table[~table["unit"].isin([f"w{number}" for number in range(2, 14)])]
    with pytest.raises(DataError, match="18 people of the class and 2 of the others"):
        waitlist(few, "trust", waves=WAVES, group="spring")
    with pytest.raises(DataError, match="an outcome is asked for"):
        waitlist(table, "walks", waves=WAVES, group="spring")


def test_where_all_began_alike_the_difference_of_changes_is_still_told() -> None:
    rng = np.random.default_rng(6)
    table = answers(
        {
            "pre": people(np.full(9, 1.0)),
            "post": people(rng.integers(1, 4, 9)),
            "wait-pre": people(np.full(8, 1.0), prefix="w"),
            "wait-post": people(rng.integers(1, 3, 8), prefix="w"),
        }
    )
    (alone,) = waitlist(table, "trust", waves=WAVES, group="spring", by_lot=True)
    assert alone.analysis == "waitlist"
    assert alone.method.startswith("Welch's t")
    assert any(text.startswith("people who began alike could not") for text in alone.warnings)
