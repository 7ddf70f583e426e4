"""Monthly shares of tone from a file of coded articles to a file."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from coded_archive import coded_archive
from outcomes.cli.main import cli
from outcomes.errors import DataError

COLUMNS = (
    "period", "tone", "label", "value", "se", "low", "high", "n", "n_coded", "method",
    "model_count", "model_share",
)  # fmt: skip


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    path = tmp_path_factory.mktemp("coded") / "coded.csv"
    archive = coded_archive(4, months=6, articles=100)
    archive.drop(columns=["truth", "event"]).to_csv(path, index=False)
    return path


def share(*arguments):
    return CliRunner().invoke(cli, ["media", "share", *map(str, arguments)])


def test_the_shares_go_from_file_to_file_and_the_method_is_said(coded, tmp_path):
    out = tmp_path / "shares.csv"
    done = share(coded, "--period", "month", "--out", out)
    assert done.exit_code == 0
    assert "Method for 6 periods: partial pooling" in done.stderr
    table = pd.read_csv(out)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 18
    assert table.groupby("period")["value"].sum().round(9).eq(1).all()


def test_parquet_gives_the_same_as_csv(coded, tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.parquet"
    parquet = tmp_path / "coded.parquet"
    pd.read_csv(coded).to_parquet(parquet, index=False)
    share(coded, "--period", "month", "--out", first)
    share(parquet, "--period", "month", "--out", second)
    pd.testing.assert_frame_equal(
        pd.read_csv(first), pd.read_parquet(second), check_dtype=False, rtol=1e-6
    )


def test_a_method_can_be_forced(coded):
    done = share(coded, "--period", "month", "--method", "human-codes", "--format", "json")
    assert done.exit_code == 0
    rows = json.loads(done.stdout)
    assert {row["method"].partition(" of")[0] for row in rows} == {"human codes"}
    wide = [row["high"] - row["low"] for row in rows]
    narrow = json.loads(share(coded, "--period", "month", "--format", "json").stdout)
    assert sum(row["high"] - row["low"] for row in narrow) < sum(wide)


def test_a_wrong_method_is_refused(coded):
    done = share(coded, "--period", "month", "--method", "magic")
    assert done.exit_code == 2
    assert "'auto'" in done.stderr


def test_too_few_codes_for_a_forced_method_are_one_sentence(coded, tmp_path):
    few = tmp_path / "few.csv"
    table = pd.read_csv(coded)
    table[table["month"] < "2025-04"].to_csv(few, index=False)
    done = share(few, "--period", "month", "--method", "partially-pooled")
    assert isinstance(done.exception, DataError)
    assert "24 coded items outside it" in str(done.exception)
