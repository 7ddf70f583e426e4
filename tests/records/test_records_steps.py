"""The records command on a small study, with everything that people send by mistake."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError
from outcomes.pipeline.records import count_measures
from outcomes.store import read_facts, read_imports
from outcomes.study import Study, open_study


@pytest.fixture
def study(study_folder: Path) -> Study:
    return open_study(study_folder)


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (place, month, measure, str(value))
            for place in ("eastbank", "northgate")
            for month in ("2025-01", "2025-02")
            for measure, value in (("tips_received", 4), ("complaints", 0))
        ],
        columns=["place", "month", "measure", "value"],
    )


@pytest.fixture
def counts(tmp_path: Path, table: pd.DataFrame) -> Path:
    path = tmp_path / "counts.csv"
    table.to_csv(path, index=False)
    return path


def bring_in(study: Study, path: Path, *more: str) -> str:
    words = ["records", "import", str(path), "--study", str(study.root), *more]
    found = CliRunner().invoke(cli, words, standalone_mode=False)
    if found.exception:
        raise found.exception
    return found.output


def test_an_import_says_what_became_of_every_row(study, counts) -> None:
    said = bring_in(study, counts)
    assert said == (
        "counts.csv: 8 rows read, 8 stored, 0 already known, 0 refused.\n"
        "Joined to places and months: 8 matched, 0 unmatched, 0 duplicated (stored before), "
        "0 dropped (refused).\n"
    )
    measures = count_measures(study)
    assert len(measures) == 8
    assert measures["value"].sum() == 16
    assert (measures["unit"] == measures["place"]).all()


def test_importing_twice_changes_nothing(study, counts) -> None:
    bring_in(study, counts)
    before = read_facts(study.store, "counts")
    assert "0 stored, 8 already known, 0 refused." in bring_in(study, counts)
    pd.testing.assert_frame_equal(read_facts(study.store, "counts"), before)


def test_a_corrected_count_needs_the_word_amend(study, counts, table) -> None:
    bring_in(study, counts)
    table.loc[0, "value"] = "5"
    table.to_csv(counts, index=False)
    with pytest.raises(DataError, match="'eastbank/2025-01/tips_received' is stored already"):
        bring_in(study, counts)
    bring_in(study, counts, "--amend")
    assert count_measures(study)["value"].sum() == 17


def test_a_missing_month_is_said_and_is_not_zero(study, counts, table) -> None:
    table.drop(index=[0]).to_csv(counts, index=False)
    said = bring_in(study, counts)
    assert "No count yet up to 2025-02: tips_received in eastbank, 2025-01." in said
    assert "missing, not zero" in said
    assert len(count_measures(study)) == 7


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_excel_file_is_read_like_a_csv_whatever_it_is_called(
    study, counts, table, ending
) -> None:
    bring_in(study, counts)
    months = pd.to_datetime(table["month"])  # what Excel makes of 2025-01
    book = counts.with_name("book.xlsx")
    table.assign(month=months, value=table["value"].astype(int)).to_excel(book, index=False)
    named = book.rename(book.with_name(f"sent.{ending}"))
    assert "0 stored, 8 already known" in bring_in(study, named)


def test_a_wide_table_and_a_dated_one_hold_the_same_counts(study, counts, table) -> None:
    bring_in(study, counts)
    wide = table.pivot(index=["place", "month"], columns="measure", values="value").reset_index()
    wide.to_csv(counts, index=False)
    said = bring_in(study, counts)
    assert "4 rows read, 0 stored, 8 already known" in said
    assert "The rows hold 8 counts, each of one measure, place and month." in said
    dated = table.assign(date=table["month"] + "-17").drop(columns="month")
    dated.to_csv(counts, index=False)
    assert "0 stored, 8 already known" in bring_in(study, counts)


def test_their_names_and_their_order_of_dates_can_be_said(study, counts) -> None:
    counts.write_text("Beat;Day;Tips\neastbank;01/31/2025;4\n", encoding="utf-8")
    said = bring_in(
        study,
        counts,
        "--rename",
        "Beat=place",
        "--rename",
        "Day=date",
        "--rename",
        "Tips=tips_received",
        "--date-order",
        "MDY",
    )
    assert "1 stored" in said
    assert count_measures(study)["period"].tolist() == ["2025-01"]


def change(column: str, value: str):
    def changed(table: pd.DataFrame) -> bytes:
        table.loc[1, column] = value
        return table.to_csv(index=False).encode()

    return changed


WRONG = {
    "missing column": (
        lambda table: table.drop(columns="place").to_csv(index=False).encode(),
        r"row 1: there is no column 'place'",
    ),
    "wrong date": (
        change("month", "2025-13"),
        r"row 3, column month: '2025-13' is not a month\. Write it as 2026-03",
    ),
    "outside the study": (change("month", "2024-12"), r"row 3, column month: 2024-12 is outside"),
    "unknown place": (
        change("place", "northgat"),
        r"row 3, column place: 'northgat' is not a known place\. Did you mean 'northgate'",
    ),
    "duplicate row": (change("measure", "tips_received"), r"row 3, column measure: the same place"),
    "negative count": (change("value", "-3"), r"row 3, column value: -3 is outside 0 or more"),
    "an output": (change("measure", "walks"), r"row 3, column measure: walks is an output"),
    "empty file": (lambda _: b" \n", r"the file is empty"),
    "wrong encoding": (
        lambda table: table.assign(clerk="señor").to_csv(index=False).encode("cp1252"),
        r"row 2: this is not UTF-8 text\. .*--encoding cp1252",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_file_is_one_sentence_and_leaves_the_store_as_it_was(
    study, counts, table, mistake
) -> None:
    bring_in(study, counts)
    facts, log = read_facts(study.store, "counts"), read_imports(study.store)
    make, said = WRONG[mistake]
    counts.write_bytes(make(table))
    with pytest.raises(FileError, match=said):
        bring_in(study, counts)
    pd.testing.assert_frame_equal(read_facts(study.store, "counts"), facts)
    pd.testing.assert_frame_equal(read_imports(study.store), log)


def test_a_mistake_ends_the_command_with_exit_code_1(study, counts) -> None:
    counts.write_text("place,month,measure,value\neastbank,2025-01,walks,3\n", encoding="utf-8")
    command = "from outcomes.cli.main import main; main()"
    words = ["records", "import", str(counts), "--study", str(study.root)]
    done = subprocess.run(
        [sys.executable, "-c", command, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "row 2, column measure: walks is an output" in done.stderr
    assert "1 rows read, 0 stored, 1 refused" in done.stderr
    assert count_measures(study).empty


def test_the_records_command_shows_an_example() -> None:
    found = CliRunner().invoke(cli, ["records", "import", "--help"])
    assert "Example: outcomes records import" in found.output
