from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from outcomes.cli.main import cli
from outcomes.errors import OutcomesError


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
        (["--before", "0"], "a period before the start"),
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
        ('"walk_minutes"', '"walk_minutes"\ndesign = "dose"', "the plan names dose"),
    ],
)
def test_power_of_a_plan_that_cannot_be_simulated_is_refused(
    study_folder: Path, old: str, new: str, sentence: str
) -> None:
    path = study_folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = run("plan", "power", "--study", study_folder)
    assert sentence in str(found.exception)
