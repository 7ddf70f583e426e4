import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from outcomes.cli.engagement import engagement
from outcomes.cli.media import media
from outcomes.cli.options import (
    put_out,
    renames,
    say_import,
    with_import_options,
    with_out,
    with_reading_options,
    with_study,
)
from outcomes.cli.survey import survey
from outcomes.errors import OutcomesError, Refusal
from outcomes.pipeline.importing import Imported
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.study import Study

TABLE = pd.DataFrame(
    {"place": ["eastbank", "café"], "p": [1e-12, float("nan")], "day": pd.to_datetime("2026-03-31")}
)


@click.command()
@with_out
def show(out: Path | None, form: str) -> None:
    put_out(TABLE, out=out, form=form)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(show, arguments, catch_exceptions=False)


def test_a_table_is_printed_where_no_file_is_named() -> None:
    assert "eastbank" in invoke().output
    assert "NaN" not in invoke().output


@pytest.mark.parametrize("name", ["a.csv", "deep/er/a.CSV", "a.parquet", "a.json", "a.jsonl"])
def test_a_file_is_written_by_its_ending(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert f"2 rows written to {path}" in invoke("--out", str(path)).output
    read: dict[str, Any] = {
        ".csv": pd.read_csv,
        ".parquet": pd.read_parquet,
        ".json": pd.read_json,
        ".jsonl": lambda file: pd.read_json(file, lines=True),
    }
    back = read[path.suffix.lower()](path)
    assert back["place"].tolist() == TABLE["place"].tolist()
    assert back["p"].tolist()[0] == pytest.approx(1e-12)
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_an_ending_that_is_not_known_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(OutcomesError, match=r"must be one of \.csv, \.parquet, \.json, \.jsonl"):
        invoke("--out", str(tmp_path / "a.xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_json_is_printed_whole_and_keeps_small_numbers_and_dates(tmp_path: Path) -> None:
    rows = json.loads(invoke("--format", "json").output)
    assert rows[0]["place"] == "eastbank"
    assert rows[0]["p"] == pytest.approx(1e-12)
    assert rows[0]["day"].startswith("2026-03-31")
    assert rows[1]["p"] is None
    both = invoke("--format", "json", "--out", str(tmp_path / "a.csv")).output
    assert len(json.loads(both)) == 2
    assert (tmp_path / "a.csv").exists()


def test_renames_are_read_at_the_last_equals_sign() -> None:
    assert renames(("Beat No.=place", "a=b = c ")) == {"Beat No.": "place", "a=b": "c"}
    assert renames(()) == {}


@pytest.mark.parametrize("pair", ["place", "=place", "Beat="])
def test_a_rename_without_two_names_is_refused(pair: str) -> None:
    with pytest.raises(OutcomesError, match=r"write it as 'THEIR NAME=our_name'"):
        renames((pair,))


@click.command()
@with_study
def where(study: Study) -> None:
    click.echo(study.settings.study.name)


def test_the_study_is_the_one_named_or_the_one_around(
    study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = CliRunner().invoke(where, ["--study", str(study_folder)], catch_exceptions=False)
    assert named.output == "Walks in Marlow Falls\n"
    inside = study_folder / "surveys"
    inside.mkdir()
    monkeypatch.chdir(inside)
    assert CliRunner().invoke(where, [], catch_exceptions=False).output == named.output


def test_a_folder_that_is_no_study_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(where, ["--study", str(tmp_path / "none")])
    assert isinstance(result.exception, OutcomesError)


@click.command()
@with_import_options()
def bring(reading: Reading, amend: bool) -> None:
    """Bring something in."""
    click.echo(json.dumps({**asdict(reading), "amend": amend}))


@click.command()
@with_reading_options(dates=False)
def look(reading: Reading) -> None:
    click.echo(json.dumps(asdict(reading)))


def test_import_options_guess_nothing() -> None:
    assert json.loads(CliRunner().invoke(bring, []).output) == {
        "rename": {},
        "date_order": "YMD",
        "encoding": "utf-8-sig",
        "leave_out_refused": False,
        "without": [],
        "amend": False,
    }
    assert json.loads(CliRunner().invoke(look, []).output) == asdict(AS_IT_IS) | {"without": []}
    assert CliRunner().invoke(bring, ["--date-order", "YDM"]).exit_code == 2


def test_what_is_said_of_a_file_reaches_its_reader_as_one() -> None:
    said = ["--rename", "Beat No.=place", "--date-order", "MDY", "--encoding", "cp1252"]
    found = json.loads(CliRunner().invoke(bring, [*said, "--leave-out-refused", "--amend"]).output)
    assert found == {
        "rename": {"Beat No.": "place"},
        "date_order": "MDY",
        "encoding": "cp1252",
        "leave_out_refused": True,
        "without": [],
        "amend": True,
    }
    assert "Bring something in." in CliRunner().invoke(bring, ["--help"]).output


def test_a_command_offers_no_option_that_it_would_ignore() -> None:
    assert CliRunner().invoke(look, ["--date-order", "MDY"]).exit_code == 2
    assert CliRunner().invoke(look, ["--amend"]).exit_code == 2
    for command, option in (
        (engagement.commands["compliance"], "--amend"),
        (survey.commands["estimate"], "--date-order"),
        (media.commands["import-codes"], "--date-order"),
        (engagement.commands["compliance"], "--without"),
        (survey.commands["import"], "--without"),
    ):
        assert option not in CliRunner().invoke(command, ["--help"]).output


def test_the_account_of_an_import_says_what_became_of_every_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refusal = Refusal(row=4, column="place", problem="the cell is empty", mend="Fill it")
    say_import(
        Imported(file="tips.csv", read=9, new=6, known=2, refusals=(refusal,), not_read=("name",))
    )
    assert capsys.readouterr().out.splitlines() == [
        "tips.csv: 9 rows read, 6 stored, 2 already known, 1 refused.",
        "Columns not stored: name.",
        "Refused: row 4, column place: the cell is empty. Fill it",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("articles.csv", "--out", "articles.csv"),
        ("--out", "articles.csv", "articles.csv"),
        ("articles.csv", "--out", "link.csv"),
        ("articles.csv", "--out", "folder/../articles.csv"),
    ],
)
def test_what_a_command_reads_is_never_written_over(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    text = "id,title,text\n1,Police lied,Police lied.\n"
    Path("articles.csv").write_text(text, "utf-8")
    Path("link.csv").symlink_to("articles.csv")
    with pytest.raises(OutcomesError, match="it is to be read and to be written over"):
        CliRunner().invoke(
            media, ["classify", *arguments, "--model", "lexicon"], catch_exceptions=False
        )
    assert Path("articles.csv").read_text("utf-8") == text
