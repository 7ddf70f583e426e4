"""The survey commands and steps on a small study, with everything that people send by mistake."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError, OutcomesError
from outcomes.pipeline.surveys import import_answers, score_waves
from outcomes.store import read_facts, read_imports
from outcomes.study import Study, open_study
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[2]
ITEMS = [item.name for item in read_instrument(ROOT / "surveys" / "academy.yaml").items]


@pytest.fixture
def study(study_folder: Path) -> Study:
    (study_folder / "surveys").mkdir()
    shutil.copy(ROOT / "surveys" / "academy.yaml", study_folder / "surveys")
    return open_study(study_folder)


@pytest.fixture
def table() -> pd.DataFrame:
    """Three people: one answers everything with 4, one leaves gaps, one says nearly nothing."""
    rows = pd.DataFrame("4", index=range(3), columns=ITEMS)
    rows.loc[1, ["trust_1", "trust_2"]] = ["", "-9"]
    rows.loc[2, ITEMS[:-1]] = ""
    rows.insert(0, "respondent", ["S-1", "S-2", "S-3"])
    rows.insert(1, "place", ["eastbank", "northgate", ""])
    return rows


@pytest.fixture
def answers(tmp_path: Path, table: pd.DataFrame) -> Path:
    path = tmp_path / "answers.csv"
    table.to_csv(path, index=False)
    return path


def run(*words: object) -> str:
    """Run a command as a person would; what goes wrong is raised."""
    found = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    if found.exception:
        raise found.exception
    return found.output


def bring_in(study: Study, path: Path, *more: str) -> str:
    return run("survey", "import", path, "--wave", "spring-pre", "--study", study.root, *more)


def test_an_import_says_what_became_of_every_row(study, answers) -> None:
    said = bring_in(study, answers)
    assert said.startswith("answers.csv: 3 rows read, 3 stored, 0 already known, 0 refused.")
    assert "1 rows name no place: they count for the agency as a whole." in said


def test_importing_twice_changes_nothing(study, answers) -> None:
    bring_in(study, answers)
    before = read_facts(study.store, "answers")
    assert "3 rows read, 0 stored, 3 already known, 0 refused." in bring_in(study, answers)
    pd.testing.assert_frame_equal(read_facts(study.store, "answers"), before)


def test_changed_answers_need_the_word_amend(study, answers, table) -> None:
    bring_in(study, answers)
    table.loc[0, "trust_1"] = "1"
    table.to_csv(answers, index=False)
    with pytest.raises(DataError, match="'spring-pre/S-1' is stored already with other content"):
        bring_in(study, answers)
    assert "1 stored, 2 already known" in bring_in(study, answers, "--amend")


def test_a_column_that_is_not_of_the_instrument_is_named_and_not_stored(
    study, answers, table
) -> None:
    table.assign(name="Ann Example").to_csv(answers, index=False)
    assert "Columns not stored: name." in bring_in(study, answers)
    assert b"Ann Example" not in (study.root / "data" / "study.db").read_bytes()


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_excel_file_is_read_like_a_csv_whatever_it_is_called(
    study, answers, table, ending
) -> None:
    bring_in(study, answers)
    book = answers.with_name("book.xlsx")
    table.to_excel(book, index=False)
    named = book.rename(book.with_name(f"sent.{ending}"))
    assert "0 stored, 3 already known" in bring_in(study, named)


def change(column: str, value: str):
    def changed(table: pd.DataFrame) -> bytes:
        table.loc[1, column] = value
        return table.to_csv(index=False).encode()

    return changed


WRONG = {
    "missing column": (
        lambda table: table.drop(columns="trust_3").to_csv(index=False).encode(),
        r"row 1: there is no column 'trust_3'",
    ),
    "no respondent": (
        lambda table: table.drop(columns="respondent").to_csv(index=False).encode(),
        r"--rename 'THEIR NAME=respondent'",
    ),
    "unknown place": (
        change("place", "northgat"),
        r"row 3, column place: 'northgat' is not a known place\. Did you mean 'northgate'",
    ),
    "duplicate row": (change("respondent", "S-1"), r"row 3, column respondent: the same resp"),
    "score outside its scale": (
        change("trust_3", "9"),
        r"row 3, column trust_3: 9 is not an answer of this item\. "
        r"Allowed: 1, 2, 3, 4, 5; -9 for no answer",
    ),
    "wrong weight": (
        lambda table: table.assign(weight="-1").to_csv(index=False).encode(),
        r"column weight: -1 is not above 0",
    ),
    "empty file": (lambda _: b"", r"the file is empty"),
    "header only": (lambda table: table[:0].to_csv(index=False).encode(), r"holds no rows"),
    "wrong encoding": (
        lambda table: table.assign(remark="señor").to_csv(index=False).encode("cp1252"),
        r"row 2: this is not UTF-8 text\. .*--encoding cp1252",
    ),
    "old Excel": (lambda _: b"\xd0\xcf\x11\xe0rest", r"old Excel file"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_file_is_one_sentence_and_leaves_the_store_as_it_was(
    study, answers, table, mistake
) -> None:
    bring_in(study, answers)
    facts, log = read_facts(study.store, "answers"), read_imports(study.store)
    make, said = WRONG[mistake]
    answers.write_bytes(make(table))
    with pytest.raises(FileError, match=said):
        bring_in(study, answers)
    pd.testing.assert_frame_equal(read_facts(study.store, "answers"), facts)
    pd.testing.assert_frame_equal(read_imports(study.store), log)


def test_the_encoding_can_be_said_and_the_good_rows_can_be_kept(study, answers, table) -> None:
    table.loc[1, "trust_3"] = "9"
    answers.write_bytes(table.assign(remark="señor").to_csv(index=False).encode("cp1252"))
    said = bring_in(study, answers, "--encoding", "cp1252", "--leave-out-refused")
    assert "3 rows read, 2 stored, 0 already known, 1 refused." in said
    assert "Refused: row 3, column trust_3: 9 is not an answer" in said


def test_an_unknown_wave_is_answered_with_the_known_ones(study, answers) -> None:
    with pytest.raises(DataError, match=r"dates no wave 'spring'\. Did you mean 'spring-pre'"):
        run("survey", "import", answers, "--wave", "spring", "--study", study.root)


def test_a_mistake_ends_the_command_with_exit_code_1_and_nothing_stored(study, answers) -> None:
    answers.write_text("respondent\nS-1\n", encoding="utf-8")
    words = ["survey", "import", str(answers), "--wave", "spring-pre", "--study", str(study.root)]
    command = "from outcomes.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "there is no column 'trust_1'" in done.stderr
    assert "Traceback" not in done.stderr
    assert read_facts(study.store, "answers").empty


def test_waves_are_scored_into_measures_and_two_tables(study, answers) -> None:
    import_answers(study, answers, wave="spring-pre")
    measures = score_waves(study)
    # S-1 says 4 to all: (4 * 4 + 2) / 5. S-2 left two of trust out: (4 + 2 + 4) / 3.
    trust = measures[measures["measure"] == "trust"].set_index("unit")
    assert trust["value"].to_dict() == pytest.approx({"S-1": 3.6, "S-2": 10 / 3})
    assert trust["place"].to_dict() == {"S-1": "eastbank", "S-2": "northgate"}
    account = study.read_table("scoring").set_index("scale")
    assert account.loc["trust", ["scored", "prorated", "unscored"]].tolist() == [2, 1, 1]
    scores = study.read_table("scores")
    assert len(scores) == 9
    assert scores["score"].isna().sum() == 3


def test_a_study_without_answers_gives_no_measures(study) -> None:
    assert score_waves(study).empty
    assert list(study.read_table("scoring")["scored"]) == []


def test_a_changed_instrument_does_not_score_earlier_answers(study, answers) -> None:
    import_answers(study, answers, wave="spring-pre")
    path = study.instrument_path("academy")
    path.write_text(path.read_text(encoding="utf-8").replace("tell people the truth", "lie"))
    with pytest.raises(DataError, match=r"surveys/academy\.yaml is not what the wave spring-pre"):
        score_waves(study)
    import_answers(study, answers, wave="spring-pre", amend=True)
    assert len(score_waves(study))


def test_an_instrument_must_be_called_as_its_file(study, answers) -> None:
    path = study.instrument_path("academy")
    path.write_text(path.read_text(encoding="utf-8").replace("id: academy", "id: other"))
    with pytest.raises(FileError, match=r"calls itself 'other'\. Write id: academy"):
        import_answers(study, answers, wave="spring-pre")


def test_check_says_that_an_instrument_is_sound_or_names_all_its_faults(tmp_path) -> None:
    shipped = ROOT / "surveys" / "academy.yaml"
    assert "22 items, 3 scales, languages en, es. No faults." in run("survey", "check", shipped)
    text = shipped.read_text(encoding="utf-8").replace("[trust_4]", "[trust_9]")
    wrong = tmp_path / "academy.yaml"
    spanish = "    label::es: Cuando necesito ayuda, puedo contar con la policía.\n"
    assert spanish in text
    wrong.write_text(text.replace(spanish, ""), encoding="utf-8")
    found = CliRunner().invoke(cli, ["survey", "check", str(wrong)], standalone_mode=False)
    assert "item trust_3, label: no Spanish text; languages are en, es." in found.output
    assert "scale trust, reversed: 'trust_9' is not an item of this scale." in found.output
    assert "2 faults." in found.output
    found = CliRunner().invoke(cli, ["survey", "check", str(wrong)])
    assert found.exit_code == 1


def test_scoring_works_from_file_to_file(tmp_path, answers) -> None:
    out = tmp_path / "scores.csv"
    instrument = ROOT / "surveys" / "academy.yaml"
    said = run("survey", "score", answers, "--instrument", instrument, "--out", out)
    assert "trust: 2 scored (1 of them prorated, some items unanswered), 1 unscored" in said
    scores = pd.read_csv(out)
    assert list(scores) == ["respondent", "trust", "support", "understanding"]
    assert scores["trust"].tolist()[:2] == pytest.approx([3.6, 10 / 3])
    run("survey", "score", answers, "--instrument", instrument, "--out", out, "--keep", "place")
    assert pd.read_csv(out)["place"].tolist() == ["eastbank", "northgate", "agency"]
    with pytest.raises(DataError, match="--keep trust: the scores have a column of that name"):
        run("survey", "score", answers, "--instrument", instrument, "--keep", "trust")


def test_estimates_work_from_file_to_file(tmp_path) -> None:
    path, out = tmp_path / "people.csv", tmp_path / "out.csv"
    pd.DataFrame(
        {
            "trust": [1, 2, 3, 4, -9, 5],
            "w": [1, 1, 2, 2, 1, 1],
            "place": ["a", "a", "a", "b", "b", "b"],
        }
    ).to_csv(path, index=False)
    common = ("survey", "estimate", path, "--of", "trust", "--missing", "-9", "--out", out)
    said = run(*common, "--statistic", "mean", "--weights", "w")
    row = pd.read_csv(out).iloc[0]
    assert list(row.index) == ["term", "value", "se", "low", "high", "df", "deff", "n"]
    assert row["value"] == pytest.approx((1 + 2 + 6 + 8 + 5) / 7)
    assert (row["df"], row["n"]) == (4, 5)
    values, weights, mean = [1, 2, 3, 4, 5], [1, 1, 2, 2, 1], 22 / 7
    simple = sum(w * (x - mean) ** 2 for x, w in zip(values, weights, strict=True)) / 7 / 4
    assert row["deff"] == pytest.approx(row["se"] ** 2 / simple)
    assert "trust: 1 without an answer were left out." in said
    run(*common, "--statistic", "proportion", "--equals", "4,5", "--by", "place")
    assert pd.read_csv(out)[["term", "value"]].to_numpy().tolist() == [
        ["place=a", 0],
        ["place=b", 1],
    ]
    run(*common, "--statistic", "proportion")
    assert pd.read_csv(out)["value"].sum() == pytest.approx(1)


def test_a_group_that_cannot_be_estimated_is_named(tmp_path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("trust,place\n1,a\n2,a\n3,b\n3,\n", encoding="utf-8")
    said = run("survey", "estimate", path, "--statistic", "mean", "--of", "trust", "--by", "place")
    assert "No estimate: place=b: two answers or more are needed, got 1." in said
    assert "No estimate: 1 rows name no place." in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--statistic", "mean", "--of", "trsut"), r"there is no column 'trsut'"),
        (("--statistic", "mean", "--of", "place"), r"row 2, column place: 'a' is not a number"),
        (("--statistic", "mean", "--of", "trust", "--equals", "1"), r"--equals goes with"),
        (
            ("--statistic", "proportion", "--of", "trust", "--equals", "7"),
            r"no row of trust holds '7'",
        ),
        (
            ("--statistic", "mean", "--of", "trust", "--weights", "place"),
            r"column place: 'a' is not a number",
        ),
    ],
)
def test_a_question_that_the_file_cannot_answer_is_refused(tmp_path, words, said) -> None:
    path = tmp_path / "people.csv"
    path.write_text("trust,place\n1,a\n2,a\n3,b\n", encoding="utf-8")
    with pytest.raises(OutcomesError, match=said):
        run("survey", "estimate", path, *words)


@pytest.mark.parametrize("name", ["check", "import", "score", "estimate"])
def test_every_survey_command_shows_an_example(name) -> None:
    assert "Example: outcomes survey" in run("survey", name, "--help")
