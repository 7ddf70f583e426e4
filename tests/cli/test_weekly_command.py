"""``outcomes weekly`` on the command line."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(study_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copyfile(ROOT / "walk_rules.toml", study_folder / "walk_rules.toml")
    monkeypatch.chdir(study_folder)
    return study_folder


def test_the_sheet_goes_to_the_reports_where_nothing_else_is_said(folder: Path) -> None:
    told = CliRunner().invoke(cli, ["weekly", "--week", "2025-W36", "--public"])
    assert told.exit_code == 0, told.output
    assert "lies at reports/weekly-2025-W36-public.pdf" in told.output
    assert (folder / "reports/weekly-2025-W36-public.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--week", "week 36"], "is no week"),
        (["--week", "2025-W36", "--place", "northgate"], "is no focus place"),
        (["--week", "2025-W36", "--out", "sheet.docx"], "the ending must be .html or .pdf"),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    folder: Path, words: list[str], sentence: str
) -> None:
    before = sorted(path for path in folder.rglob("*") if "data" not in path.parts)
    told = CliRunner().invoke(cli, ["weekly", *words])
    assert told.exit_code == 1
    assert sentence in str(told.exception)
    assert sorted(path for path in folder.rglob("*") if "data" not in path.parts) == before
