from math import nan

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.analyses.own_table import compare_table, prepost_table
from outcomes.errors import DataError
from outcomes.estimate import Estimate

# Student (1908), hours of sleep gained with two drugs; R's data set `sleep`.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
SLEEP = pd.DataFrame({"extra": FIRST + SECOND, "drug": [1] * 10 + [2] * 10, "ID": [*range(10)] * 2})


def panel(*, seed: int = 1, units: int = 8, treated: int = 4, effect: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        [(unit, year) for unit in range(units) for year in range(2015, 2021)],
        columns=["beat", "year"],
    )
    table["on"] = ((table["beat"] < treated) & (table["year"] >= 2018)).astype(int)
    return table.assign(calls=rng.normal(50, 5, len(table)) + effect * table["on"])


def did(table: pd.DataFrame, **how: str) -> Estimate:
    names = {"unit": "beat", "time": "year", "treated": "on", **how}
    (found,) = compare_table(table, "calls", **names)  # type: ignore[arg-type]
    return found


def prepost(table: pd.DataFrame, **how: str) -> list[Estimate]:
    return prepost_table(table, "extra", **{"unit": "ID", "time": "drug", **how})  # type: ignore[arg-type]


def test_students_sleep_data_give_the_numbers_of_r() -> None:
    # R 4.2.2: t = 4.0621, df = 9, p-value = 0.002833, 95 percent interval 0.7001142 2.4598858
    hours, sd = prepost(SLEEP)
    assert hours.p == pytest.approx(0.00283289019738, rel=1e-10)
    assert (hours.low, hours.high) == pytest.approx((0.700114236723, 2.45988576328), rel=1e-10)
    assert sd.value == pytest.approx(0.83218108135, rel=1e-10)
    assert (hours.term, hours.period, hours.analysis) == ("extra: 2 - 1", "1 to 2", "prepost")


def test_rows_may_stand_in_any_order_and_units_without_a_pair_are_counted() -> None:
    more = pd.concat([SLEEP, pd.DataFrame({"extra": [9.0], "drug": [1], "ID": [99]})])
    hours, _ = prepost(more.sample(frac=1, random_state=1))
    assert (hours.n, hours.dropped) == (10, 1)
    assert hours.value == pytest.approx(1.58)


def test_values_read_as_text_are_numbers_and_blank_is_missing() -> None:
    text = SLEEP.assign(extra=SLEEP["extra"].astype(str))
    text.loc[3, "extra"] = " "
    assert (prepost(text)[0].n, prepost(text)[0].dropped) == (9, 1)
    text.loc[3, "extra"] = nan
    assert (prepost(text)[0].n, prepost(text)[0].dropped) == (9, 1)


@pytest.mark.parametrize("seed", range(4))
def test_a_comparison_is_the_t_test_on_the_changes_of_units(seed: int) -> None:
    table = panel(seed=seed, effect=6)
    wide = table.pivot(index="beat", columns="year", values="calls")
    change = wide[[2018, 2019, 2020]].mean(axis=1) - wide[[2015, 2016, 2017]].mean(axis=1)
    theirs = stats.ttest_ind(change[:4], change[4:]).confidence_interval(0.95)
    found = did(table)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert (found.n, found.dropped, found.analysis) == (8, 0, "did")
    assert (found.period, found.warnings) == ("2015 to 2020", ())


def test_a_comparison_equals_two_way_fixed_effects_in_a_balanced_panel() -> None:
    """With one start, regressing on unit and time dummies and treatment gives the same number."""
    table = panel(effect=6)
    dummies = pd.get_dummies(table[["beat", "year"]].astype(str), drop_first=True).astype(float)
    design = np.column_stack([np.ones(len(table)), table["on"], dummies])
    coefficients = np.linalg.lstsq(design, table["calls"], rcond=None)[0]
    assert did(table).value == pytest.approx(coefficients[1])


def test_the_order_of_rows_does_not_matter() -> None:
    here, there = did(panel()), did(panel().sample(frac=1, random_state=2))
    assert (there.value, there.p) == pytest.approx((here.value, here.p))


def test_a_unit_without_a_value_before_is_left_out_and_counted() -> None:
    table = panel()
    found = did(table[(table["beat"] != 7) | (table["year"] >= 2018)])
    assert (found.n, found.dropped) == (7, 1)
    assert found.warnings == ("1 beat without a value on one side of the start are left out",)


def test_a_missing_value_is_counted_and_not_filled_in() -> None:
    found = did(panel().drop(index=2))
    assert found.warnings == (
        "1 values are missing, and each mean rests on the times that are there",
    )


def test_one_unit_against_one_is_refused() -> None:
    with pytest.raises(DataError, match=r"three places or more .* got 1 treated and 1"):
        did(panel(units=2, treated=1))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"on": 0}, "'on' is 1 nowhere, so no beat is treated"),
        ({"on": 2}, "'on' must be 0 or 1 in every row"),
        ({"on": nan}, "'on' must be 0 or 1 in every row"),
        ({"calls": "many"}, "'calls' holds 'many', which is no number"),
        ({"beat": ""}, "'beat' is blank in a row"),
        ({"year": nan}, "'year' is blank in a row"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        did(panel().assign(**change))


def test_one_blank_treatment_is_refused_and_not_taken_for_untreated() -> None:
    table = panel().astype({"on": float})
    table.loc[4, "on"] = nan
    with pytest.raises(DataError, match="must be 0 or 1 in every row"):
        did(table)


def test_designs_that_are_others_are_refused() -> None:
    table = panel()
    late = table.assign(on=table["on"].where((table["beat"] > 0) | (table["year"] > 2018), 0))
    with pytest.raises(DataError, match="treated units start at 2 different times"):
        did(late)
    with pytest.raises(DataError, match="'on' returns to 0 in a treated unit"):
        did(table.assign(on=table["on"].where(table["year"] < 2020, 0)))
    with pytest.raises(DataError, match="no year lies before the start, 2015: 'on' must be 0"):
        did(table.assign(on=(table["beat"] < 4).astype(int)))


@pytest.mark.parametrize("name", ["unit", "time", "treated"])
def test_a_column_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(DataError, match=r"there is no column 'beats'\. Did you mean 'beat'"):
        did(panel(), **{name: "beats"})


def test_a_unit_that_stands_twice_at_one_time_is_refused() -> None:
    with pytest.raises(DataError, match="a ID stands twice at one drug"):
        prepost(pd.concat([SLEEP, SLEEP.head(1)]))


def test_other_than_two_times_are_refused() -> None:
    with pytest.raises(DataError, match="compares two times, 'year' has 6: 2015, 2016"):
        prepost_table(panel(), "calls", unit="beat", time="year")
