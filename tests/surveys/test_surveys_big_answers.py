from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import FileError, RowsRefused
from outcomes.sheets import Reading
from outcomes.surveys.big_answers import LARGE, read_scored_answers
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.scoring import score

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def academy():
    return read_instrument(ROOT / "surveys" / "academy.yaml")


@pytest.fixture
def table(academy) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    cells = {"respondent": [f"S-{at}" for at in range(80)], "place": "eastbank"}
    cells |= {"weight": rng.choice(["0.5", "1.25"], 80), "unit": rng.choice(["a", ""], 80)}
    for scale in academy.scales.values():
        cells |= {item: rng.choice(["1", "2", "5", "-9", ""], 80) for item in scale.items}
    return pd.DataFrame(cells)


def both_ways(path: Path, academy, **how):
    """What the careful and the fast reader make of a file."""
    return [read_scored_answers(path, academy, large=large, **how) for large in (10**12, 0)]


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({name: "str" for name in frame.columns if name != "weight"})


def test_a_clean_file_is_read_alike_both_ways(table, academy, tmp_path) -> None:
    table.to_csv(tmp_path / "a.csv", index=False)
    careful, fast = both_ways(tmp_path / "a.csv", academy, keep=("unit",))
    columns = ["respondent", "place", "weight", "unit", "trust_1", "support_4"]
    pd.testing.assert_frame_equal(as_text(fast.table[columns]), as_text(careful.table[columns]))
    assert isinstance(fast.table["trust_1"].dtype, pd.CategoricalDtype)  # it was the fast one
    one, other = (score(found.table, academy) for found in (careful, fast))
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.account == other.account


def test_parquet_with_numbers_is_read_alike(table, academy, tmp_path) -> None:
    items = [item for scale in academy.scales.values() for item in scale.items]
    numbers = table.assign(
        **{item: pd.to_numeric(table[item]).astype(float) for item in items},
        weight=table["weight"].astype(float),
    )
    numbers.to_parquet(tmp_path / "a.parquet")
    careful, fast = both_ways(tmp_path / "a.parquet", academy)
    assert isinstance(fast.table["trust_1"].dtype, pd.CategoricalDtype)
    one, other = (score(found.table, academy).table for found in (careful, fast))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    "change",
    [
        {"trust_1": "9"},
        {"respondent": "S-0"},
        {"respondent": "Jane Doe"},
        {"respondent": ""},
        {"weight": "0"},
    ],
)
def test_a_row_that_breaks_a_rule_is_named_although_the_file_is_large(
    table, academy, tmp_path, change
) -> None:
    for name, cell in change.items():
        table.loc[41, name] = cell
    table.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(RowsRefused, match="row 43"):
        read_scored_answers(tmp_path / "a.csv", academy, large=0)


def test_refused_rows_may_be_left_out_of_a_large_file(table, academy, tmp_path) -> None:
    table.loc[41, "trust_1"] = "9"
    table.to_csv(tmp_path / "a.csv", index=False)
    how = Reading(leave_out_refused=True)
    found = read_scored_answers(tmp_path / "a.csv", academy, reading=how, large=0)
    assert (len(found.table), len(found.refusals)) == (79, 1)


@pytest.mark.parametrize("cell", ["4.0", " 4", "2 "])
def test_cells_that_need_a_closer_look_get_it(table, academy, tmp_path, cell) -> None:
    table.loc[3, "trust_2"] = cell
    table.to_csv(tmp_path / "a.csv", index=False)
    careful, fast = both_ways(tmp_path / "a.csv", academy)
    pd.testing.assert_frame_equal(careful.table, fast.table)
    assert fast.table.loc[3, "trust_2"] == cell.strip().removesuffix(".0")


def test_other_separators_missing_columns_and_broken_files_go_the_careful_way(
    table, academy, tmp_path
) -> None:
    table.to_csv(tmp_path / "a.csv", index=False, sep=";")
    careful, fast = both_ways(tmp_path / "a.csv", academy)
    pd.testing.assert_frame_equal(careful.table, fast.table)
    table.drop(columns="trust_3").to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(FileError, match="trust_3"):
        read_scored_answers(tmp_path / "b.csv", academy, large=0)
    (tmp_path / "c.csv").write_text("respondent,trust_1\nS-1\n", encoding="utf-8")
    with pytest.raises(FileError):
        read_scored_answers(tmp_path / "c.csv", academy, large=0)
    with pytest.raises(FileError, match="no such file"):
        read_scored_answers(tmp_path / "d.csv", academy, large=0)


def test_small_files_are_always_read_with_care(table, academy, tmp_path) -> None:
    table.to_csv(tmp_path / "a.csv", index=False)
    assert (tmp_path / "a.csv").stat().st_size < LARGE
    found = read_scored_answers(tmp_path / "a.csv", academy)
    assert not isinstance(found.table["trust_1"].dtype, pd.CategoricalDtype)
