"""The designs on real tables, against numbers of R and of published papers."""

import json
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from outcomes.analyses.own_table import compare_table, prepost_table
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.permutation import permutation_p

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REFDATA.is_dir(), reason="the reference data are not beside the project"
    ),
]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(REFDATA / name)


def in_two_rows(table: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """Lay a table with one row a person out as one row a person and time."""
    return pd.concat(
        [
            pd.DataFrame({"id": table.index, "time": time, "value": table[name]})
            for time, name in enumerate((before, after))
        ]
    )


def stores() -> pd.DataFrame:
    """Card & Krueger's 410 stores in both waves, each wave in the same order of stores."""
    table = read("causal/njmin3.csv")
    return table.assign(store=table.groupby("d").cumcount())


def test_students_sleep_data_give_the_numbers_of_r() -> None:
    # README of refdata/stats: t = -4.0621, df 9, p = .002833; effectsize d -1.28 [-2.12, -0.41]
    table = read("stats/r_sleep.csv")
    (hours, _) = prepost_table(table, "extra", unit="ID", time="group")
    assert hours.value / hours.se == pytest.approx(4.0621, abs=5e-5)
    assert hours.p == pytest.approx(0.002833, abs=5e-7)
    reference = json.loads((REFDATA / "stats" / "ref_change.json").read_text())["sleep"]
    assert [-hours.high, -hours.low] == pytest.approx(reference["ci"], rel=1e-9)


def test_the_control_group_of_the_anorexia_trial_gives_the_interval_of_r() -> None:
    # R 4.2.2, the 90 percent interval of the paired t test: -3.12616779926 2.22616779926
    table = read("stats/MASS_anorexia.csv")
    control = table[table["Treat"] == "Cont"].reset_index(drop=True)
    long = in_two_rows(control, "Prewt", "Postwt")
    (pounds, _) = prepost_table(long, "value", unit="id", time="time", level=0.9)
    assert (pounds.low, pounds.high) == pytest.approx((-3.12616779926, 2.22616779926), rel=1e-9)
    assert (pounds.n, pounds.dropped) == (26, 0)


def test_a_made_panel_of_eight_places_gives_the_cr2_numbers_of_r() -> None:
    # R clubSandwich 0.6.0, CR2 with Satterthwaite df, on two-way fixed effects: b -0.644259833333,
    # SE 0.407150761951, df 6, p .164653906339: the same as collapsing, here 4 against 4 places
    (found,) = compare_table(
        read("causal/panel8x12.csv"), "y", unit="nb", time="mo", treated="treat"
    )
    assert found.value == pytest.approx(-0.644259833333, abs=1e-11)
    assert found.se == pytest.approx(0.407150761951, rel=1e-10)
    p_of_t = 2 * stats.t.sf(abs(found.value / found.se), 6)
    assert p_of_t == pytest.approx(0.164653906339, rel=1e-9)
    assert found.n == 8
    assert found.p is not None
    assert found.p * 70 == pytest.approx(round(found.p * 70))  # one of the 70 assignments


def test_card_and_kruegers_stores_give_their_balanced_difference_of_changes() -> None:
    # Card & Krueger (1994), Am. Econ. Rev. 84: 772-793, table 3, row 5: -2.28, 0.47, 2.75 (1.34);
    # their standard error lets the two states spread differently, ours does not
    table = stores().assign(raised=lambda rows: rows["nj"] * rows["d"])
    (found,) = compare_table(table, "fte", unit="store", time="d", treated="raised")
    assert found.value == pytest.approx(2.75, abs=0.005)
    assert (found.n, found.dropped) == (384, 26)
    change = table.drop_duplicates("store").set_index("store")[["nj", "demp"]].dropna()
    theirs = stats.ttest_ind(
        change.loc[change["nj"] == 1, "demp"], change.loc[change["nj"] == 0, "demp"]
    )
    interval = theirs.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert "sampled permutation p" in found.method
    assert found.p == pytest.approx(theirs.pvalue, abs=0.01)
    assert found.p == permutation_p(change["demp"], change["nj"] == 1)


def test_the_published_2_7536_is_over_stores_that_answered_once_too() -> None:
    """Difference of four means (20.44, 23.33, 21.03, 21.17): our design pairs, and says so."""
    means = stores().groupby(["nj", "d"])["fte"].mean()
    apart = means[1, 1] - means[1, 0] - (means[0, 1] - means[0, 0])
    assert apart == pytest.approx(2.75360578298, rel=1e-10)
    (found,) = compare_table(
        stores().assign(raised=lambda rows: rows["nj"] * rows["d"]),
        "fte",
        unit="store",
        time="d",
        treated="raised",
    )
    assert found.warnings[0] == "26 store without a value on one side of the start are left out"


def seattle(table: pd.DataFrame) -> list[Estimate]:
    return compare_table(table, "any_crime", unit="treated", time="time", treated="on")


def test_one_treated_area_against_one_is_refused_with_the_reason() -> None:
    """Seattle's drug market initiative, summed over 39 treated and 9,603 other blocks."""
    table = read("domain/seattledmi_treated_control_quarter.csv")
    table["on"] = ((table["treated"] == 1) & (table["time"] > 12)).astype(int)
    with pytest.raises(
        DataError,
        match="three places or more are needed, at least one of each kind; "
        "got 1 treated and 1 for comparison",
    ):
        seattle(table)


def test_a_column_that_marks_who_is_treated_rather_than_when_is_refused_with_the_mend() -> None:
    table = read("domain/seattledmi_treated_control_quarter.csv")
    with pytest.raises(DataError, match="must be 0 in a treated unit until its treatment starts"):
        seattle(table.assign(on=table["treated"]))


def test_the_blocks_of_seattle_one_by_one_give_the_difference_of_mean_changes() -> None:
    """39 treated against 9,603 other blocks: plain differences, which microsynth improves upon."""
    table = read("domain/seattledmi_block_quarter.csv.gz")
    (found,) = compare_table(table, "any_crime", unit="ID", time="time", treated="Intervention")
    assert (found.n, found.dropped, found.period) == (9642, 0, "1 to 16")
    treated = table.groupby("ID")["Intervention"].transform("max")
    means = table.groupby([treated, table["time"] > 12])["any_crime"].mean()
    apart = means[1, True] - means[1, False] - (means[0, True] - means[0, False])
    assert found.value == pytest.approx(apart)
    assert "sampled permutation p" in found.method
