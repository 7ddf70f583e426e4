import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from outcomes.cli.main import cli
from outcomes.stats.ar1_reml import ar1_errors

NAMED = ["--outcome", "tips", "--unit", "place", "--time", "month"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Seven places, a year: three start in month 7; minutes differ from month to month."""
    rows = [
        (place, month, int(place < 3 and month > 6), 7 * (place < 3), 10 + (place * month) % 5,
         (place * 7 + month * month * (place + 1)) % 11 * 30, 500)
        for place in range(7)
        for month in range(1, 13)
    ]  # fmt: skip
    names = ["place", "month", "walks", "first", "tips", "minutes", "people"]
    path = tmp_path / "panel.csv"
    pd.DataFrame(rows, columns=names).to_csv(path, index=False)
    return path


def compare(table: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["compare", str(table), *NAMED, *options])


@pytest.mark.parametrize(
    "options",
    [
        ("--design", "did", "--treated", "walks"),
        ("--design", "did", "--start", "first"),
        ("--design", "did", "--start", "first", "--exposure", "people"),
        ("--design", "interrupted", "--start", "first"),
        ("--design", "dose", "--dose", "minutes", "--lags", "0,1"),
        ("--design", "dose", "--dose", "minutes", "--exposure", "people", "--level", "0.9"),
    ],
)
def test_a_design_writes_its_estimates_to_a_file(table: Path, options: tuple[str, ...]) -> None:
    out = table.with_name("out.csv")
    done = compare(table, *options, "--out", str(out))
    assert done.exit_code == 0, done.output
    found = pd.read_csv(out)
    assert set(found["analysis"]) == {options[1]}
    assert (found["low"] <= found["value"]).all()
    assert (found["value"] <= found["high"]).all()


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_change_that_is_refused_is_written_without_p_and_limits(
    tmp_path: Path, ending: str
) -> None:
    """Two years of a series with phi 0.95: its slope cannot be told from a drift."""
    months = np.arange(1, 25)
    series = ar1_errors(months, phi=0.95, many=1, rng=np.random.default_rng(26))[:, 0]
    path, out = tmp_path / "series.csv", tmp_path / f"out.{ending}"
    rows = {"place": "east", "month": months, "tips": series, "first": 13}
    pd.DataFrame(rows).to_csv(path, index=False)
    done = compare(path, "--design", "interrupted", "--start", "first", "--out", str(out))
    assert done.exit_code == 0, done.output
    if ending == "json":
        slope = json.loads(out.read_text(encoding="utf-8"))[1]
        assert [slope[name] for name in ("p", "se", "low", "high")] == [None] * 4
    else:
        slope = pd.read_csv(out, dtype=str, keep_default_na=False).loc[1]
        assert [slope[name] for name in ("p", "se", "low", "high")] == ["", "", "-inf", "inf"]
    assert "change of slope" in slope["term"]
    assert str(slope["value"])
    assert slope["warnings"].startswith("no test is possible of this change with 24 periods")


def test_lags_that_are_no_numbers_are_answered_in_a_sentence(table: Path) -> None:
    done = compare(table, "--design", "dose", "--dose", "minutes", "--lags", "one")
    assert done.exit_code == 2
    assert "'one' must be whole numbers such as 0,1,2" in done.output


def test_the_help_says_what_each_design_is_for() -> None:
    text = " ".join(CliRunner().invoke(cli, ["compare", "--help"]).output.split())
    for words in ("units that start at different times", "units that got more or less"):
        assert words in text
