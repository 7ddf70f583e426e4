"""A table in words of its own: a mapping can be made of it, and it can be renamed at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from outcomes.cli.media import media
from outcomes.errors import FileError
from outcomes.store import read_facts
from outcomes.study import open_study

SHEET = (
    "Titel;Adresse;Datum;Zeitung;Inhalt\r\n"
    '"Police; a raid";https://courier.example/1;03.02.2026;{outlet};Officers came.\r\n'
)
NAMES = {"title": "Titel", "url": "Adresse", "published": "Datum", "outlet": "Zeitung",
         "text": "Inhalt"}  # fmt: skip


@pytest.fixture
def sheet(study_folder: Path) -> Path:
    outlet = open_study(study_folder).settings.outlets[0].name
    path = study_folder / "export.csv"
    path.write_text(SHEET.format(outlet=outlet), encoding="utf-8", newline="")
    return path


def run(*words: object, study: Path) -> Result:
    return CliRunner().invoke(media, ["import", *map(str, words), "--study", str(study)])


def test_a_table_whose_columns_nobody_knows_leads_to_a_mapping(sheet: Path, study_folder: Path):
    refused = run(sheet, study=study_folder)
    assert isinstance(refused.exception, FileError)
    assert "Make a mapping with --dry-run --save-mapping" in str(refused.exception)
    out = study_folder / "columns.toml"
    begun = run(sheet, "--dry-run", "--save-mapping", out, study=study_folder)
    assert begun.exit_code == 0, begun.exception
    assert (
        "Columns that would not be stored: Titel, Adresse, Datum, Zeitung, Inhalt" in begun.output
    )
    assert "say so in the mapping, below [columns]" in begun.output
    text = out.read_text(encoding="utf-8")
    for ours, theirs in NAMES.items():
        assert f'# {ours} = "…"' in text
        text = text.replace(f'# {ours} = "…"', f'{ours} = "{theirs}"')
    out.write_text(text.replace('order = "YMD"', 'order = "DMY"'), encoding="utf-8")
    done = run(sheet, "--mapping", out, study=study_folder)
    assert done.exit_code == 0, done.exception
    (row,) = read_facts(open_study(study_folder).store, "articles").to_dict("records")
    assert (row["published"], row["title"]) == ("2026-02-03", "Police; a raid")


def test_a_mapping_that_says_nothing_yet_stores_nothing(sheet: Path, study_folder: Path):
    out = study_folder / "columns.toml"
    run(sheet, "--dry-run", "--save-mapping", out, study=study_folder)
    done = run(sheet, "--mapping", out, study=study_folder)
    assert isinstance(done.exception, FileError)
    assert read_facts(open_study(study_folder).store, "articles").empty


def test_a_table_whose_columns_are_renamed_is_known_as_one(sheet: Path, study_folder: Path):
    renames = [word for ours, theirs in NAMES.items() for word in ("--rename", f"{theirs}={ours}")]
    done = run(sheet, *renames, "--date-order", "DMY", study=study_folder)
    assert done.exit_code == 0, done.exception
    assert "1 rows read, 1 stored" in done.output
