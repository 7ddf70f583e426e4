from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.stats.alpha import cronbach_alpha
from outcomes.stats.invariance import longitudinal_invariance
from outcomes.surveys.answer_quality import answer_quality
from outcomes.surveys.instrument import Instrument, scored_items
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.scale_meaning import scale_meaning
from outcomes.surveys.scale_quality import Reckoning, quality_of_scale, scale_quality
from outcomes.surveys.scoring import item_scores, recorded_names, score, turned_numbers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def academy() -> Instrument:
    return read_instrument(ROOT / "surveys" / "academy.yaml")


def answers(instrument: Instrument, n: int = 120, *, seed: int = 1) -> pd.DataFrame:
    """Respondents whose answers to the reversed items run the other way, with some gaps."""
    rng = np.random.default_rng(seed)
    table = {"respondent": [f"S-{at}" for at in range(n)]}
    for scale in instrument.scales.values():
        factor = rng.normal(size=n)
        for item in scale.items:
            cells = np.clip(np.round(3 + factor + rng.normal(size=n)), 1, 5).astype(int)
            cells = 6 - cells if item in scale.reversed else cells
            table[item] = np.where(rng.random(n) < 0.03, "-9", cells.astype(str))
    return pd.DataFrame(table)


def items_of(instrument: Instrument) -> list[str]:
    return [item for scale in instrument.scales.values() for item in scale.items]


def without_scales(instrument: Instrument, **changes: object) -> Instrument:
    """The instrument with the scale of trust alone, changed."""
    trust = instrument.scales["trust"].model_copy(update=changes)
    return instrument.model_copy(update={"scales": {"trust": trust}})


def test_each_scale_has_a_row_and_each_item_its_own(academy) -> None:
    found = scale_quality(answers(academy), academy)
    assert list(found.scales["scale"]) == ["trust", "support", "understanding"]
    assert list(found.scales.columns[:8]) == (
        ["scale", "alpha", "low", "high", "omega", "omega_low", "omega_high", "n"]
    )
    numbers = found.scales.drop(columns=["scale", "method", "note"]).astype(float)
    assert np.isfinite(numbers).all(axis=None)
    assert len(found.items) == 15
    assert (found.items["sign_warning"] == "").all()
    assert found.notes == ()


def test_reversed_items_are_turned_first_and_have_a_recorded_name(academy) -> None:
    table = answers(academy)
    found = scale_quality(table, academy)
    turned = turned_numbers(table, academy, scale="trust")
    assert found.scales.loc[0, "alpha"] == cronbach_alpha(turned, term="t").value
    assert list(found.items["item"][:5]) == [
        "trust_1",
        "trust_2",
        "trust_3",
        "trust_4_r",
        "trust_5",
    ]
    fourth = found.items.loc[3]
    assert fourth["mean"] == pytest.approx(np.nanmean(turned[:, 3]))
    assert fourth["missing"] == np.isnan(turned[:, 3]).sum()
    assert fourth["floor"] == pytest.approx(
        np.nanmean(np.where(np.isnan(turned[:, 3]), np.nan, turned[:, 3] == 1))
    )


def test_ordinal_reliability_is_above_that_of_the_coarse_answers(academy) -> None:
    row = scale_quality(answers(academy, 400), academy).scales.loc[0]
    assert row["ordinal_alpha"] > row["alpha"]
    assert row["ordinal_omega"] > row["omega"]


def test_an_item_that_was_not_reversed_is_named(academy) -> None:
    forgotten = without_scales(academy, reversed=())
    found = scale_quality(answers(academy), forgotten)
    assert list(found.items.loc[found.items["sign_warning"] != "", "item"]) == ["trust_4"]
    assert any("trust_4 points against the other items" in note for note in found.notes)


def test_an_item_that_everybody_answers_alike_is_named_and_gives_no_number(academy) -> None:
    table = answers(academy).assign(trust_3="4")
    found = scale_quality(table, academy)
    assert np.isnan(found.scales.loc[0, "alpha"])
    assert "no alpha: everybody answered item trust_3 alike" in found.scales.loc[0, "note"]
    assert found.scales.loc[1, "alpha"] > 0.5
    assert found.items.loc[2, "mean"] == 4


def test_two_items_have_alpha_and_no_omega_and_one_item_has_neither(academy) -> None:
    pair = without_scales(academy, items=("trust_1", "trust_2"), reversed=())
    row = scale_quality(answers(academy), pair).scales.loc[0]
    assert row["alpha"] > 0
    assert np.isnan(row["omega"])
    assert row["note"].count("three items") == 1
    one = without_scales(academy, items=("trust_1",), reversed=())
    row = scale_quality(answers(academy), one).scales.loc[0]
    assert np.isnan(row["alpha"])
    assert "one item alone" in row["note"]
    with pytest.raises(DataError, match="one item alone"):
        quality_of_scale(answers(academy), one, scale="trust", which=("alpha", "omega"))


def test_nobody_at_all_is_a_note_and_not_a_crash(academy) -> None:
    found = scale_quality(answers(academy).head(0), academy)
    assert found.scales["alpha"].isna().all()
    assert found.scales["note"].str.startswith("no alpha").all()


def test_a_bootstrap_interval_says_so(academy) -> None:
    how = Reckoning(interval="bootstrap", draws=100, seed=3)
    row = scale_quality(answers(academy), without_scales(academy), how=how).scales.loc[0]
    assert "100 draws, seed 3" in row["method"]
    assert row["omega_low"] < row["omega"] < row["omega_high"]


def test_the_item_table_keeps_the_item_beside_its_turned_version(academy) -> None:
    table = answers(academy).assign(trust_4="2")
    found = item_scores(table, academy)
    assert (found["trust_4"] == 2).all()
    assert (found["trust_4_r"] == 4).all()
    assert len(found.columns) == 1 + 15 + 3
    assert found["trust_1"].isna().sum() == (table["trust_1"] == "-9").sum()


def test_a_recorded_name_that_another_item_has_is_refused(academy) -> None:
    other = academy.items[0].model_copy(update={"name": "trust_4_r"})
    clash = academy.model_copy(update={"items": (*academy.items, other)})
    with pytest.raises(DataError, match="would be called trust_4_r"):
        recorded_names(clash, scale="trust")


def test_the_account_says_how_many_stand_at_the_ends(academy) -> None:
    table = answers(academy, 4)
    items = list(academy.scales["trust"].items)
    table.loc[0, items], table.loc[0, "trust_4"] = "5", "1"
    table.loc[1, items], table.loc[1, "trust_4"] = "1", "5"
    table.loc[2, items] = table.loc[3, items] = "3"
    found = score(table, academy)
    line = found.account[0]
    assert (line.lowest, line.highest, line.floor, line.ceiling) == (1, 5, 1, 1)
    assert "1 at the lowest possible score, 1 at the highest" in found.sentences()[0]


def test_the_same_answer_to_items_that_contradict_is_counted_and_kept(academy) -> None:
    table = answers(academy, 40)
    trust, support = (list(academy.scales[name].items) for name in ("trust", "support"))
    table.loc[0, [*trust, *support]] = "5"
    table.loc[1, trust] = "3"
    table.loc[2, trust] = ["5", "-9", "-9", "5", "-9"]  # two answers say nothing
    table.loc[3, trust] = ["4", "4", "4", "-9", "4"]  # the one that contradicts has no answer
    found = answer_quality(table, academy)
    assert list(found.straight_lined[:2]) == [2, 1]
    only_trust = table.assign(**dict.fromkeys(set(items_of(academy)) - {*trust}, ""))
    others = answer_quality(only_trust, academy)
    assert list(others.straight_lined[:4]) == [1, 1, 0, 0]
    assert found.middle >= 1
    assert found.longest_run[0] >= 10
    assert any("All of them were kept" in line for line in found.sentences())
    assert score(table, academy).account[0].scored >= 39


def test_a_run_ends_at_a_gap_and_starts_anew(academy) -> None:
    table = answers(academy, 1)
    for at, item in enumerate(scored_items(academy)):
        table[item] = "4" if at < 5 or 6 <= at < 10 else str(1 + at % 2)
    table["trust_5"] = "-9"
    assert answer_quality(table, academy).longest_run[0] == 4


def test_less_than_two_seconds_an_item_is_too_fast(academy) -> None:
    table = answers(academy, 3).replace("-9", "2")
    seconds = pd.Series([29.0, 30.0, np.nan])
    found = answer_quality(table, academy, seconds=seconds)
    assert list(found.too_fast) == [True, False, False]
    assert "1 took less than 2 seconds" in " ".join(found.sentences())
    assert set(found.columns()) == {"straight_lined", "longest_run", "too_fast"}


def test_a_form_without_reversed_items_cannot_be_checked_for_straight_lining(academy) -> None:
    plain = without_scales(academy, reversed=())
    found = answer_quality(answers(academy, 5), plain)
    assert not found.straight_lined.any()
    assert "cannot be checked" in found.sentences()[0]


def waves(n: int, *, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    factor = rng.multivariate_normal([0, 0.4], [[1, 0.6], [0.6, 1]], n)
    before = factor[:, :1] + 0.7 * rng.normal(size=(n, 4))
    after = factor[:, 1:] + 0.7 * rng.normal(size=(n, 4)) + [0, 0, 0, shift]
    return before, after


def verdict(n: int, *, shift: float = 0.0) -> str:
    before, after = waves(n, shift=shift)
    return scale_meaning(
        "trust",
        lambda: longitudinal_invariance(before, after),
        n=n,
        dropped=0,
        across="before and after",
    ).verdict


def test_the_verdict_is_a_plain_sentence() -> None:
    assert verdict(400) == "the scale seems to have meant the same before and after"
    assert "answers to some items differ by themselves" in verdict(400, shift=1.0)
    assert verdict(60) == "cannot tell: too few respondents (60, and 100 or more are needed)"


def test_a_model_without_a_fit_is_a_verdict_too() -> None:
    values = np.random.default_rng(3).normal(size=(150, 4))
    found = scale_meaning(
        "trust",
        lambda: longitudinal_invariance(values, values),
        n=150,
        dropped=2,
        across="before and after",
    )
    assert found.verdict.startswith("cannot tell: ")
    assert len(found.rows) == 1


def test_items_that_do_not_measure_one_thing_leave_the_verdict_open() -> None:
    rng = np.random.default_rng(4)
    two = rng.normal(size=(300, 2))
    before, after = (np.repeat(two, 3, axis=1) + 0.5 * rng.normal(size=(300, 6)) for _ in range(2))
    found = scale_meaning(
        "trust",
        lambda: longitudinal_invariance(before, after),
        n=300,
        dropped=0,
        across="before and after",
    )
    assert found.verdict.startswith("cannot tell: ")
