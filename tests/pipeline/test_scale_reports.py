"""Scales from file to file, as the commands do it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.survey_scoring import COMMANDS
from outcomes.errors import DataError, OutcomesError
from outcomes.pipeline.scale_comparisons import (
    group_invariance_file,
    invariance_files,
    reliable_change_files,
)
from outcomes.pipeline.scale_reports import Imputation, imputed_means_file, score_file

ROOT = Path(__file__).resolve().parents[2]
ACADEMY = ROOT / "surveys" / "academy.yaml"
ITEMS = {
    name: [f"{name}_{at}" for at in range(1, 6)] for name in ("trust", "support", "understanding")
}
TURNED = ("trust_4", "support_4", "understanding_3")


@pytest.fixture(scope="module")
def waves(tmp_path_factory) -> tuple[Path, Path]:
    """150 people before, 140 of them and 10 others after; trust rises by two points."""
    rng = np.random.default_rng(1)
    folder, levels = tmp_path_factory.mktemp("waves"), rng.normal(size=(160, 3))
    paths = []
    for at, (people, rise) in enumerate(((range(150), 0), (range(10, 160), 2))):
        cells: dict[str, object] = {
            "respondent": [f"S-{person}" for person in people],
            "unit": ["north" if person % 2 else "south" for person in people],
            "seconds": [8 if person < 20 else 200 for person in people],
        }
        for scale, items in enumerate(ITEMS.values()):
            level = levels[list(people), scale] + (rise if scale == 0 else 0) - 1
            for item in items:
                answer = np.clip(np.round(3 + level + 0.6 * rng.normal(size=len(people))), 1, 5)
                answer = 6 - answer if item in TURNED else answer
                cells[item] = np.where(rng.random(len(people)) < 0.02, np.nan, answer)
        paths.append(folder / f"wave{at}.csv")
        pd.DataFrame(cells).to_csv(paths[-1], index=False)
    return paths[0], paths[1]


def run(name: str, *words: object) -> str:
    command = next(each for each in COMMANDS if each.name == name)
    found = CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)
    if found.exception:
        raise found.exception
    return found.output


def test_scores_carry_flags_and_items_only_where_asked_for(waves, tmp_path) -> None:
    plain = score_file(waves[0], ACADEMY)
    assert list(plain.table.columns) == ["respondent", *ITEMS]
    assert plain.items is None
    assert "20 took less than 2 seconds for each item" in " ".join(plain.account)
    run(
        "score", waves[0], "--instrument", ACADEMY, "--flags", "--keep", "unit",
        "--out", tmp_path / "scores.csv", "--items-out", tmp_path / "items.csv",
    )  # fmt: skip
    scores = pd.read_csv(tmp_path / "scores.csv")
    assert list(scores.columns[-3:]) == ["straight_lined", "longest_run", "too_fast"]
    assert len(scores) == 150
    items = pd.read_csv(tmp_path / "items.csv")
    pd.testing.assert_series_equal(items["trust_4_r"], 6 - items["trust_4"], check_names=False)


def test_a_column_to_keep_may_not_be_one_of_the_result() -> None:
    with pytest.raises(DataError, match="--keep too_fast"):
        score_file(Path("a.csv"), ACADEMY, keep=("too_fast",))


def test_reliability_writes_both_tables(waves, tmp_path) -> None:
    out, items = tmp_path / "r.csv", tmp_path / "i.csv"
    run("reliability", waves[0], "--instrument", ACADEMY, "--out", out, "--items", items)
    found = pd.read_csv(out)
    assert (found["alpha"] > 0.8).all()
    assert (found["low"] < found["alpha"]).all()
    assert len(pd.read_csv(items)) == 15
    run("reliability", waves[0], "--instrument", ACADEMY, "--out", out, "--missing", "listwise")
    listwise = pd.read_csv(out)
    assert (listwise["n"] == listwise["n_complete"]).all()


def test_invariance_takes_those_in_both_files_and_says_who_is_not(waves, tmp_path) -> None:
    table, account = invariance_files(*waves, ACADEMY)
    assert list(table["step"][:4]) == ["configural", "metric", "scalar", "strict"]
    assert (table["n"] + table["dropped"] == 140).all()
    assert "10 of 150 respondents of wave0.csv are not in the other file" in account[0]
    assert any(
        line.startswith("support: the scale seems to have meant the same") for line in account
    )
    renamed = []
    for path in waves:
        pd.read_csv(path).rename(columns={"respondent": "code"}).to_csv(
            tmp_path / path.name, index=False
        )
        renamed.append(tmp_path / path.name)
    again, _ = invariance_files(*renamed, ACADEMY, respondent="code")
    pd.testing.assert_frame_equal(again, table)


def test_invariance_across_the_groups_of_one_file(waves) -> None:
    table, account = group_invariance_file(waves[0], ACADEMY, by="unit")
    assert len(table) == 12
    assert all("cannot tell: too few respondents" in line for line in account)  # 75 in each
    with pytest.raises(DataError, match="names 1 group"):
        group_invariance_file(waves[0], ACADEMY, by="place")


def test_invariance_asks_for_two_files_or_groups(waves) -> None:
    with pytest.raises(OutcomesError, match="Name a second file"):
        run("invariance", waves[0], "--instrument", ACADEMY)
    with pytest.raises(OutcomesError, match="Name a second file"):
        run("invariance", *waves, "--instrument", ACADEMY, "--by", "unit")


def test_files_that_share_nobody_are_refused(waves, tmp_path) -> None:
    other = pd.read_csv(waves[1])
    other["respondent"] = "X-" + other["respondent"]
    other.to_csv(tmp_path / "other.csv", index=False)
    with pytest.raises(DataError, match=r"no respondent of wave0\.csv is in other\.csv"):
        invariance_files(waves[0], tmp_path / "other.csv", ACADEMY)


def test_reliable_change_tells_shares_and_nobodys_name(waves) -> None:
    table, _ = reliable_change_files(*waves, ACADEMY, smallest=3)
    trust = table[table["scale"] == "trust"].set_index("change")
    assert list(trust.index) == ["improved", "no reliable change", "worsened"]
    assert trust.loc["improved", "share"] > 0.3
    assert not [name for name in table.columns if "respondent" in name]
    assert "S-" not in table.to_csv()


def test_respondents_are_paired_by_code_and_not_by_row(waves, tmp_path) -> None:
    same = pd.read_csv(waves[0]).sample(frac=1, random_state=1)
    same.to_csv(tmp_path / "same.csv", index=False)
    table, _ = reliable_change_files(waves[0], tmp_path / "same.csv", ACADEMY)
    unchanged = table.loc[table["change"] == "no reliable change", "share"].astype(float)
    assert (unchanged == 1).all()


def test_few_people_who_changed_are_withheld(waves) -> None:
    table, account = reliable_change_files(*waves, ACADEMY, smallest=60)
    hidden = table[table["withheld"] != ""]
    assert len(hidden) > 0
    assert hidden[["share", "low", "high", "count"]].isna().all(axis=None)
    shown = table[table["withheld"] == ""]["count"].astype(float)
    assert ((shown == 0) | (shown >= 60)).all()
    assert "cells are withheld" in account[-1]


def test_imputed_means_are_estimates_and_no_answer_is_written(waves, tmp_path) -> None:
    table, _ = imputed_means_file(waves[0], ACADEMY, how=Imputation(tables=5, rounds=3))
    plain = score_file(waves[0], ACADEMY).table
    assert list(table["scale"]) == list(ITEMS)
    np.testing.assert_allclose(table["value"], plain[list(ITEMS)].mean(), atol=0.01)
    assert table["imputed"].between(0.005, 0.04).all()
    run(
        "impute", waves[0], "--instrument", ACADEMY, "--tables", 3, "--rounds", 2,
        "--draw", "norm", "--out", tmp_path / "means.csv",
    )  # fmt: skip
    assert "norm, seed 1" in pd.read_csv(tmp_path / "means.csv").loc[0, "method"]
    assert [path.name for path in tmp_path.iterdir()] == ["means.csv"]


def test_who_answered_nothing_is_left_out_of_the_imputation_and_counted(waves, tmp_path) -> None:
    table = pd.read_csv(waves[0])
    table.loc[:4, [item for items in ITEMS.values() for item in items]] = np.nan
    table.to_csv(tmp_path / "a.csv", index=False)
    found, account = imputed_means_file(
        tmp_path / "a.csv", ACADEMY, how=Imputation(tables=2, rounds=1)
    )
    assert (found["n"] == 145).all()
    assert "5 answered no item of any scale" in account[-1]
