import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.pipeline.compare import compare_file


@pytest.fixture
def panel(tmp_path):
    rng = np.random.default_rng(3)
    rows = [
        {"place": f"p{place}", "month": month, "walks": int(place < 3 and month >= 7),
         "tips": 10 + place + 4 * (place < 3 and month >= 7) + rng.normal(0, 0.5)}
        for place in range(8)
        for month in range(1, 13)
    ]  # fmt: skip
    path = tmp_path / "panel.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


WAYS = {"outcome": "tips", "unit": "place", "time": "month"}


def test_a_planted_change_is_found_in_a_table_of_ones_own(panel):
    (row,) = compare_file(panel, "did", **WAYS, treated="walks").to_dict("records")
    assert row["low"] < 4 < row["high"]
    assert row["p"] == pytest.approx(1 / 56)
    assert (row["n"], row["dropped"]) == (8, 0)


def test_month_10_follows_month_9(panel, tmp_path):
    table = pd.read_csv(panel)
    text = table.assign(month=[f"m{month:02}" for month in table["month"]])
    text.to_csv(tmp_path / "text.csv", index=False)
    first = compare_file(panel, "did", **WAYS, treated="walks")
    second = compare_file(tmp_path / "text.csv", "did", **WAYS, treated="walks")
    assert first["value"].tolist() == pytest.approx(second["value"].tolist())


def test_excel_and_parquet_give_the_same_as_csv(panel, tmp_path):
    table = pd.read_csv(panel)
    table.to_excel(tmp_path / "panel.xlsx", index=False)
    table.to_parquet(tmp_path / "panel.parquet", index=False)
    values = [
        compare_file(path, "did", **WAYS, treated="walks")["value"].item()
        for path in (panel, tmp_path / "panel.xlsx", tmp_path / "panel.parquet")
    ]
    assert values[1:] == pytest.approx([values[0]] * 2)


def test_did_needs_to_know_who_was_treated(panel):
    with pytest.raises(DataError, match="did needs --treated"):
        compare_file(panel, "did", **WAYS)


def test_an_unknown_column_is_answered_with_those_there_are(panel):
    with pytest.raises(DataError, match="there is no column 'week'; there are place, month"):
        compare_file(panel, "did", outcome="tips", unit="place", time="week", treated="walks")
