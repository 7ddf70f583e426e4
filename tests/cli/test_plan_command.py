import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from outcomes.cli.main import cli
from outcomes.errors import OutcomesError

ROOT = Path(__file__).resolve().parents[2]


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def panel(path: Path, *, places: int = 8) -> Path:
    rows = [
        {"beat": f"b{place}", "month": month, "tips": 20 + (7 * place * month + month**2) % 11}
        for place in range(places)
        for month in range(1, 13)
    ]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


OF_FILE = "--outcome tips --unit beat --time month --treated 4 --untreated 4 --before 6 --after 6"


def test_show_freeze_show_and_amend(study_folder: Path) -> None:
    shown = run("plan", "show", "--study", study_folder).output
    assert "primary outcome: tips_received" in shown
    assert "No plan was frozen" in shown
    frozen = run("plan", "freeze", "--study", study_folder)
    assert "Version 1 of the plan is frozen" in frozen.output
    again = run("plan", "freeze", "--study", study_folder)
    assert isinstance(again.exception, OutcomesError)
    path = study_folder / "study.toml"
    path.write_text(path.read_text().replace("complaints", "crime_reports"))
    run("plan", "freeze", "--amend", "the system changed", "--study", study_folder)
    shown = run("plan", "show", "--study", study_folder).output
    assert "Version 2, frozen on" in shown
    assert "the system changed" in shown


def test_power_of_a_file_is_told_written_and_drawn(tmp_path: Path) -> None:
    out, picture = tmp_path / "power.csv", tmp_path / "power.svg"
    found = run(
        *("plan", "power", "--panel", panel(tmp_path / "past.csv"), *OF_FILE.split()),
        *("--effect", 5, "--runs", 300, "--out", out, "--picture", picture),
    )
    assert found.exit_code == 0, found.output
    assert "tips: smallest change that 80% of studies would find" in found.output
    assert "with 4 treated and 4 other places, 6 months before and 6 after" in found.output
    assert len(pd.read_csv(out)) == 3
    assert "<svg" in picture.read_text(encoding="utf-8")
    assert picture.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_power_of_two_against_two_places_says_that_no_test_can_find_anything(
    tmp_path: Path,
) -> None:
    few = OF_FILE.replace("treated 4", "treated 2")
    past = panel(tmp_path / "past.csv")
    found = run("plan", "power", "--panel", past, *few.split(), "--runs", 300)
    assert "With 2 against 2 places no test can find a change of any size" in found.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--runs", "10"], "fewer than 100"),
        (["--outcome", "trust"], "there is no column 'trust'"),
        (["--before", "0"], "--before 0: it says how many, so write 1 or more"),
    ],
)
def test_power_of_a_file_refuses_in_a_sentence(
    tmp_path: Path, words: list[str], sentence: str
) -> None:
    past = panel(tmp_path / "past.csv")
    found = run("plan", "power", "--panel", past, *OF_FILE.split(), *words)
    assert isinstance(found.exception, OutcomesError)
    assert sentence in str(found.exception)


def test_options_of_a_file_need_the_file_and_a_file_needs_them(
    tmp_path: Path, study_folder: Path
) -> None:
    alone = run("plan", "power", "--treated", 4, "--study", study_folder)
    assert "describe a --panel" in str(alone.exception)
    bare = run("plan", "power", "--panel", panel(tmp_path / "past.csv"))
    assert "--panel needs --outcome too" in str(bare.exception)


def test_power_of_a_study_without_a_past_says_what_is_needed(study_folder: Path) -> None:
    found = run("plan", "power", "--study", study_folder)
    assert isinstance(found.exception, OutcomesError)
    assert "there are no months of Tips received before the start (2025-07-01)" in str(
        found.exception
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"tips_received"', '"feeling_safe"', "asked of people in waves"),
        ('"walk_minutes"', '"walk_minutes"\ndesign = "dose"', "is on record, so nothing shows"),
        ('"walk_minutes"', '"walk_minutes"\ndesign = "prepost"', "nobody is asked for Tips"),
        ('"tips_received"', '"tone_negative"', "counts by month or from answers"),
    ],
)
def test_power_of_a_plan_that_cannot_be_simulated_is_refused(
    study_folder: Path, old: str, new: str, sentence: str
) -> None:
    path = study_folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    shutil.copyfile(ROOT / "walk_rules.toml", study_folder / "walk_rules.toml")
    found = run("plan", "power", "--study", study_folder)
    assert sentence in str(found.exception)


def of_design(design: str, tmp_path: Path) -> list[object]:
    """What is said of a table of the past for each design, beside its name."""
    past = panel(tmp_path / "past.csv")
    if design in {"prepost", "crossection"}:
        table = pd.read_csv(past)
        table = table[table["month"] <= 2]
        if design == "crossection":
            table = pd.concat([table, table.assign(tips=table["tips"] + 1)])
        table.to_csv(past, index=False)
    if design == "dose":
        table = pd.read_csv(past)
        table.assign(hours=[(7 * n) % 13 for n in range(len(table))]).to_csv(past, index=False)
    common = ["--panel", past, "--outcome", "tips", "--unit", "beat", "--time", "month"]
    return [*common, "--design", design, *OF_DESIGN[design].split(), "--runs", 100]


OF_DESIGN = {
    "few-treated": "--treated 1 --untreated 2 --before 12 --after 9",
    "staggered": "--starts 0,0,2 --untreated 4 --before 4 --after 5",
    "interrupted": "--before 4 --after 3",
    "dose": "--dose hours",
    "prepost": "--people 20",
    "crossection": "--treated 4 --untreated 4 --people 30",
}


@pytest.mark.parametrize("design", [name for name in OF_DESIGN if name != "interrupted"])
def test_power_of_a_file_is_told_for_every_design(tmp_path: Path, design: str) -> None:
    found = run("plan", "power", *of_design(design, tmp_path), "--picture", tmp_path / "p.svg")
    assert found.exit_code == 0, found.exception
    assert "tips: smallest change that 80% of studies would find, with" in found.output
    assert "although there is none" in found.output
    assert (tmp_path / "p.png").exists()


@pytest.mark.parametrize(
    ("design", "words", "sentence"),
    [
        ("staggered", ["--starts", "0,x"], "write one whole number a treated place"),
        ("staggered", ["--starts", "2,2,3"], "periods after it; write 0,0,1"),
        ("staggered", ["--treated", "3"], "--treated says nothing of a study with --design stagg"),
        ("prepost", ["--before", "3"], "--before says nothing of a study with --design prepost"),
        ("interrupted", ["--after", "-2"], "--after -2: it says how many, so write 1 or more"),
        ("few-treated", ["--untreated", "-1"], "--untreated -1: it says how many, so write 0 or"),
        ("prepost", ["--people", "0"], "--people 0: it says how many, so write 1 or more"),
        ("interrupted", [], "cannot tell: a series of 7 months is too short"),
        ("dose", ["--dose", "minutes"], "there is no column 'minutes'"),
        ("crossection", ["--unit", "place"], "there is no column 'place'"),
    ],
)
def test_what_does_not_fit_the_design_is_refused(
    tmp_path: Path, design: str, words: list[str], sentence: str
) -> None:
    found = run("plan", "power", *of_design(design, tmp_path), *words)
    assert isinstance(found.exception, OutcomesError)
    assert sentence in str(found.exception)


def test_a_class_of_three_occasions_and_a_design_without_its_needs_are_refused(
    tmp_path: Path,
) -> None:
    past = panel(tmp_path / "past.csv")
    common = ["--panel", past, "--outcome", "tips", "--unit", "beat", "--time", "month"]
    three = run("plan", "power", *common, "--design", "prepost", "--people", 20)
    assert "two occasions, before and after, and 'month' holds 12" in str(three.exception)
    lacking = run("plan", "power", *common, "--design", "dose")
    assert "--panel needs --dose too" in str(lacking.exception)
