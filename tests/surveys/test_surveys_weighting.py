"""Weighing and designed samples from the command line, and what people get wrong about them."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.errors import OutcomesError
from outcomes.stats.replicate_weights import rao_wu_bootstrap
from outcomes.stats.survey_design import survey_design
from outcomes.stats.survey_mean import mean_statistic
from outcomes.stats.survey_total import total_statistic

MARGINS = "column,value,total\nsex,F,520\nsex,M,480\nage,1,300\nage,2,400\nage,3,300\n"


def run(*words: object) -> str:
    """Run a command as a person would; what goes wrong is raised."""
    found = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    if found.exception:
        raise found.exception
    return found.output


@pytest.fixture
def people(tmp_path):
    rng = np.random.default_rng(3)
    rows = 120
    block = np.repeat(np.arange(24), 5)
    table = pd.DataFrame(
        {
            "sex": rng.choice(["F", "M"], rows),
            "age": rng.integers(1, 4, rows),
            "trust": rng.integers(1, 6, rows),
            "calls": rng.integers(0, 4, rows),
            "weight0": rng.uniform(5, 12, rows).round(3),
            "district": block // 6,
            "block": block,
            "blocks": 60,
        }
    )
    table.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "margins.csv").write_text(MARGINS, encoding="utf-8")
    return table


DESIGN = ("--weights", "weight0", "--strata", "district", "--cluster", "block", "--fpc", "blocks")


def designed(people: pd.DataFrame):
    return survey_design(
        people["weight0"],
        strata=people["district"],
        clusters=[people["block"]],
        populations=[people["blocks"]],
    )


def test_the_columns_of_the_design_reach_the_estimate(people, tmp_path) -> None:
    out = tmp_path / "out.csv"
    path = tmp_path / "people.csv"
    run("survey", "estimate", path, "--statistic", "total", "--of", "calls", *DESIGN, "--out", out)
    found, row = (
        total_statistic(people["calls"], designed(people), term="x"),
        pd.read_csv(out).loc[0],
    )
    assert list(row.index) == ["term", "value", "se", "low", "high", "df", "deff", "n"]
    numbers = [row[name] for name in ("value", "se", "df", "deff", "n")]
    assert numbers == pytest.approx([found.value, found.se, 20, found.deff, 120])


def test_clusters_numbered_anew_in_each_stratum_are_said_to_be(people, tmp_path) -> None:
    path, out = tmp_path / "people.csv", tmp_path / "out.csv"
    people.assign(block=people["block"] % 6).to_csv(path, index=False)
    words = ("survey", "estimate", path, "--statistic", "mean", "--of", "trust", *DESIGN)
    run(*words, "--nest", "--out", out)
    found = mean_statistic(people["trust"], designed(people), term="x")
    assert pd.read_csv(out).loc[0, "se"] == pytest.approx(found.se)


def test_a_bootstrap_says_its_seed_by_giving_the_same_again(people, tmp_path) -> None:
    out, path = tmp_path / "out.csv", tmp_path / "people.csv"
    words = ("survey", "estimate", path, "--statistic", "total", "--of", "calls", *DESIGN)
    more = ("--replicates", "bootstrap", "--replicate-count", "60", "--seed", "7")
    run(*words, *more, "--out", out)
    made = rao_wu_bootstrap(designed(people), count=60, seed=7)
    theirs = total_statistic(people["calls"], made, term="x").se
    assert pd.read_csv(out).loc[0, "se"] == pytest.approx(theirs)


def test_weights_meet_the_margins_and_the_account_says_what_they_cost(people, tmp_path) -> None:
    out = tmp_path / "out.parquet"
    said = run(
        *("survey", "weigh", tmp_path / "people.csv", "--weights", "weight0"),
        *("--rake", tmp_path / "margins.csv", "--out", out),
    )
    found = pd.read_parquet(out)
    assert list(found) == [*people, "weight"]
    assert found.groupby("sex")["weight"].sum().tolist() == pytest.approx([520, 480])
    assert found.groupby("age")["weight"].sum().tolist() == pytest.approx([300, 400, 300])
    weight = found["weight"]
    kish = len(weight) * (weight**2).sum() / weight.sum() ** 2
    assert f"Design effect of the weights (Kish): {kish:.3f}; 120 answers are worth" in said
    assert f"largest {weight.max():.6g}" in said
    assert "Margins met: sex, age." in said


def test_trimming_holds_the_limits_and_says_which_margins_suffer(people, tmp_path) -> None:
    out = tmp_path / "out.csv"
    said = run(
        *("survey", "weigh", tmp_path / "people.csv", "--rake", tmp_path / "margins.csv"),
        *("--trim", "7,9.5", "--out", out),
    )
    weight = pd.read_csv(out)["weight"]
    assert (weight.min() >= 7) & (weight.max() <= 9.5)
    assert weight.sum() == pytest.approx(1000)
    assert "Margins no longer met exactly after trimming: sex off by" in said
    assert "weights within 7 and 9.5" in said


def test_shares_in_percent_and_crossed_columns_are_margins_too(people, tmp_path) -> None:
    cells = [f"{sex}:{age}" for sex in "FM" for age in (1, 2, 3)]
    path, out = tmp_path / "cells.csv", tmp_path / "out.csv"
    shares = [20, 10, 20, 15, 20, 15]
    rows = {"column": "sex:age", "value": cells, "share": shares}
    pd.DataFrame(rows).to_csv(path, index=False)
    run("survey", "weigh", tmp_path / "people.csv", "--post-stratify", path, "--out", out)
    found = pd.read_csv(out).groupby(["sex", "age"])["weight"].sum()
    assert (100 * found / found.sum()).tolist() == pytest.approx(shares)
    assert found.sum() == pytest.approx(120)


def test_margins_given_to_estimate_change_the_number_and_its_error(people, tmp_path) -> None:
    out, path = tmp_path / "out.csv", tmp_path / "people.csv"
    words = ("survey", "estimate", path, "--statistic", "proportion", "--of", "sex", *DESIGN)
    run(*words, "--rake", tmp_path / "margins.csv", "--equals", "F", "--out", out)
    row = pd.read_csv(out).loc[0]
    assert (row["value"], row["se"]) == pytest.approx((0.52, 0))


def test_small_areas_get_an_advice_and_with_covariates_a_model_estimate(people, tmp_path) -> None:
    out, known = tmp_path / "out.csv", tmp_path / "areas.csv"
    pd.DataFrame({"block": range(24), "income": np.arange(24) % 5}).to_csv(known, index=False)
    words = ("survey", "areas", tmp_path / "people.csv", "--of", "trust", "--out", out)
    run(*words, "--by", "district")
    found = pd.read_csv(out)
    assert found["n"].tolist() == [30] * 4
    assert set(found["advice"]) <= {"publish", "publish with caution", "pool"}
    said = run(*words, "--by", "block", "--covariates", known)
    found = pd.read_csv(out)
    assert set(found["advice"]) == {"suppress"}  # five answers each
    assert found["value"].isna().all()
    assert found["model_value"].notna().any()
    assert found["model"].dropna().str.startswith("model estimate").all()
    assert "Call them model estimates wherever they are shown." in said


def test_replicate_weights_of_the_file_may_be_named_by_the_first_and_the_last(
    people, tmp_path
) -> None:
    out, path = tmp_path / "out.csv", tmp_path / "people.csv"
    signs = np.array([[1, 1, -1, -1], [1, -1, 1, -1]])[:, people["district"]]
    for at, sign in enumerate([*signs, *-signs], start=1):
        people[f"brr_{at}"] = people["weight0"] * (1 + sign)
    people.to_csv(path, index=False)
    words = ("survey", "estimate", path, "--statistic", "mean", "--of", "trust")
    run(
        *words,
        *("--weights", "weight0", "--replicates", "brr"),
        *("--replicate-weights", "brr_1..brr_4", "--out", out),
    )
    means = [np.average(people["trust"], weights=people[f"brr_{at}"]) for at in range(1, 5)]
    assert pd.read_csv(out).loc[0, "se"] == pytest.approx(np.std(means))


WRONG = {
    "unknown value": (
        "column,value,total\nsex,F,5\n",
        (),
        r"rows have sex=M, for which the margins give no size\. Allowed: F",
    ),
    "value nobody has": (
        f"{MARGINS}sex,X,20\n".replace("F,520", "F,500"),
        (),
        "nobody in the sample has sex=X, for which the margin says 20",
    ),
    "contradiction": (
        MARGINS.replace("480", "470"),
        (),
        "contradict each other: sex adds up to 990 people, age to 1000",
    ),
    "value twice": (f"{MARGINS}age,3,1\n", (), "row 7, column value: the same column and value"),
    "total and share": (
        "column,value,total,share\nsex,F,5,0.5\n",
        (),
        "needs one of the columns total and share, and has total and share",
    ),
    "neither": ("column,value\nsex,F\n", (), "total and share, and has none"),
    "shares": (
        "column,value,share\nsex,F,0.5\nsex,M,0.4\n",
        (),
        r"column sex: the shares add up to 0\.9, not to 1",
    ),
    "empty total": (
        "column,value,total\nsex,F,\nsex,M,5\n",
        (),
        "row 2, column total: the cell is",
    ),
    "no such column": ("column,value,total\nsx,F,5\n", (), "there is no column 'sx'"),
    "limits": (MARGINS, ("--trim", "7"), "write two numbers, as in 0.3,5"),
    "narrow limits": (MARGINS, ("--trim", "9,10"), "limits for weights must hold their mean"),
    "name taken": (MARGINS, ("--name", "sex"), "has a column 'sex' already"),
    "both": (MARGINS, ("--post-stratify", "margins.csv"), "rake or post-stratify, not both"),
}


@pytest.mark.parametrize("what", WRONG)
def test_margins_that_people_get_wrong_are_one_sentence(
    people, tmp_path, monkeypatch, what
) -> None:
    monkeypatch.chdir(tmp_path)
    text, more, said = WRONG[what]
    (tmp_path / "margins.csv").write_text(text, encoding="utf-8")
    words = ("survey", "weigh", "people.csv", "--rake", "margins.csv", "--out", "out.csv", *more)
    with pytest.raises(OutcomesError, match=said):
        run(*words)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--statistic", "ratio", "--of", "calls"), "--over goes with --statistic ratio"),
        (("--statistic", "total", "--of", "calls"), "how many people each row stands for"),
        (
            ("--statistic", "mean", "--of", "trust", "--strata", "sex", "--cluster", "block"),
            r"lies in two strata.*\(--nest\)",
        ),
        (
            ("--statistic", "mean", "--of", "trust", "--strata", "block", "--cluster", "block"),
            "stratum '0' holds only one sampled cluster.*--lonely",
        ),
        (("--statistic", "mean", "--of", "trust", "--replicates", "brr"), "its replicate weights"),
        (
            ("--statistic", "mean", "--of", "trust", "--replicate-weights", "weight0"),
            "need a kind: brr, jk1 or bootstrap",
        ),
        (
            ("--statistic", "mean", "--of", "trust", "--replicate-weights", "a..b"),
            "write the first and the last column",
        ),
        (
            ("--statistic", "mean", "--of", "trust", "--post-stratify", "margins.csv"),
            "several crossed",
        ),
    ],
)
def test_a_design_that_people_get_wrong_is_one_sentence(
    people, tmp_path, monkeypatch, words, said
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutcomesError, match=said):
        run("survey", "estimate", "people.csv", *words)


def test_a_row_without_a_stratum_or_weight_is_refused_by_its_number(people, tmp_path) -> None:
    path = tmp_path / "people.csv"
    table = people.astype({"district": object, "weight0": object})
    table.loc[2, "district"], table.loc[4, "weight0"] = "", -1
    table.to_csv(path, index=False)
    words = ("survey", "estimate", path, "--statistic", "mean", "--of", "trust", *DESIGN)
    with pytest.raises(OutcomesError, match="row 4, column district: the cell is empty"):
        run(*words)
    said = run(*words, "--leave-out-refused")
    assert "Left out: row 6, column weight0: -1 is outside 0 or more" in said
