"""Agreement of the coders of a study, from the store to results/, and from a file."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.errors import FileError, RowsRefused
from outcomes.media.coder_pairs import ANSWERS
from outcomes.pipeline.agreement import (
    agreement_of_file,
    agreement_warning,
    confusion_counts,
    find_agreement,
)
from outcomes.store import Source, append
from outcomes.store.coding_tables import ADJUDICATED
from outcomes.study import open_study

TABLES = {
    "agreement",
    "agreement_pairs",
    "agreement_confusion",
    "agreement_coders",
    "agreement_months",
}
GOOD = [(0, 0)] * 20 + [(-1, -1)] * 8 + [(1, 1)] * 4 + [(None, None)] * 4 + [(0, -1)] * 2


@pytest.fixture
def study(study_folder):
    return open_study(study_folder)


def store(study, pairs, *, coders=("ann", "bob")):
    rows = [
        {
            "key": f"{coder} {number}",
            "url": f"https://courier.example/{number}",
            "coder": coder,
            "relevant": int(answer is not None),
            "tone": answer,
            "probability": 0.5,
            "coded_on": f"2025-0{1 + number // 10}-15",
        }
        for number, pair in enumerate(pairs)
        for coder, answer in zip(coders, pair, strict=True)
        if answer != "nothing"
    ]
    append(study.store, "codes", rows, source=Source(step="test", read=len(rows)))


def test_agreement_is_written_and_good_agreement_needs_no_warning(study):
    store(study, GOOD)
    found = find_agreement(study)
    assert {path.stem for path in study.results.glob("agreement*.csv")} == TABLES
    assert agreement_warning(study) == ""
    written = pd.read_csv(study.results / "agreement.csv")
    pd.testing.assert_series_equal(written["value"], found.table["value"])
    assert not any("Beside every share" in line for line in found.sentences)


def test_the_counts_for_the_picture_stand_in_the_order_of_the_answers(study):
    store(study, GOOD)
    (square,) = confusion_counts(study).values()
    assert list(confusion_counts(study)) == ["A and B"]
    assert square[ANSWERS.index("neutral")] == [0, 2, 20, 0]
    assert [square[place][place] for place in range(4)] == [4, 8, 20, 4]


def test_a_study_with_one_coder_or_none_has_a_warning_and_tables_that_say_why(study):
    for pairs in ([], [(0, "nothing")] * 30):
        if pairs:
            store(study, pairs)
        found = find_agreement(study)
        assert "no article was coded by two people" in agreement_warning(study)
        assert found.table["value"].isna().all()
        assert found.table["reading"].str.len().min() > 20
        assert confusion_counts(study) == {}
    assert "30 articles coded by 1 person, 0 of them by two or more." in found.sentences


def test_codes_that_settle_a_disagreement_are_no_coder(study):
    store(study, GOOD)
    before = find_agreement(study)
    rows = [(-1,)] * len(GOOD)
    store(study, rows, coders=(ADJUDICATED,))
    after = find_agreement(study)
    pd.testing.assert_frame_equal(before.table, after.table)
    assert after.pairs["pair"].tolist() == ["A and B"]
    assert after.coders["coder"].tolist() == ["ann", "bob"]
    assert after.coders["same"].tolist() == [8 / 38, 10 / 38]  # compared with what was settled


def test_low_agreement_warns_whatever_was_computed_before(study):
    store(study, [(0, 0)] * 20 + [(-1, 0)] * 8 + [(0, 1)] * 8)
    assert "Coders agree too little on tone" in agreement_warning(study)  # nothing was written yet
    assert not list(study.results.glob("agreement*.csv"))


def written(path, pairs, **more):
    rows = [
        {"url": f"u{number}", "coder": coder, "relevant": int(answer is not None), "tone": answer}
        for number, pair in enumerate(pairs)
        for coder, answer in zip(("ann", "bob"), pair, strict=True)
    ]
    pd.DataFrame(rows).assign(**more).to_csv(path, index=False)
    return path


def test_a_file_gives_the_same_as_a_study(study, tmp_path):
    store(study, GOOD)
    path = written(tmp_path / "codes.csv", GOOD)
    pd.testing.assert_frame_equal(agreement_of_file(path).table, find_agreement(study).table)


def test_days_and_probabilities_of_a_file_are_used(tmp_path):
    days = [f"2025-02-{1 + number // 3:02}" for number in range(2 * len(GOOD))]
    chance = [0.1 if number >= 2 * (len(GOOD) - 2) else 1 for number in range(2 * len(GOOD))]
    plain = agreement_of_file(written(tmp_path / "plain.csv", GOOD))
    found = agreement_of_file(
        written(tmp_path / "codes.csv", GOOD, coded_on=days, probability=chance)
    )
    assert found.months["month"].unique().tolist() == ["2025-02"]
    assert found.table["value"].iloc[-4] < plain.table["value"].iloc[-4]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("u1,ann,1,,1", "a relevant article needs a tone"),
        ("u1,ann,0,1,1", "an article that is not relevant has no tone, got 1"),
        ("u1,ann,1,2,1", "column tone"),
        ("u1,ann,1,0,0", "0.0 is not above 0"),
        ("u1,ann,1,0,", "is not above 0"),
        ("u2,bob,1,0,1", "the same url and coder"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_by_its_number(tmp_path, row, sentence):
    path = tmp_path / "codes.csv"
    path.write_text(f"url,coder,relevant,tone,probability\nu2,bob,1,0,1\n{row}\n", "utf-8")
    with pytest.raises(RowsRefused, match=sentence) as caught:
        agreement_of_file(path)
    assert "row 3" in str(caught.value)


def test_a_file_without_a_column_is_refused(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("url,coder,tone\nu1,ann,0\n", "utf-8")
    with pytest.raises(FileError, match="there is no column 'relevant'"):
        agreement_of_file(path)


def run(*words):
    return CliRunner().invoke(cli, ["media", "agreement", *map(str, words)])


def test_the_command_writes_one_scale_of_a_file(tmp_path):
    path, out = written(tmp_path / "codes.csv", GOOD), tmp_path / "agreement.csv"
    result = run("--file", path, "--level", "ordinal", "--out", out)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out)
    assert "ordinal" in set(table["level"])
    of_tone = table[table["question"] == "tone"]
    assert "nominal" not in set(of_tone["level"])
    assert "On tone, Krippendorff's alpha" in result.stderr
    assert "Krippendorff" not in result.stdout


def test_the_command_gives_json(tmp_path):
    result = run("--file", written(tmp_path / "codes.csv", GOOD), "--format", "json")
    assert json.loads(result.stdout)[0]["statistic"] == "alpha"


def test_the_command_shows_what_a_study_has(study):
    store(study, GOOD)
    result = run("--study", study.root)
    assert result.exit_code == 0, result.output
    assert "ann and bob: They differ in tone on 2 articles" in result.output
    assert "Written: results/agreement.csv" in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--level", "ordinal"], "--level goes with --file"),
        (["--file", "codes.csv", "--study", "."], "--study does not go with --file"),
    ],
)
def test_options_that_contradict_each_other_are_refused(words, sentence):
    result = run(*words)
    assert result.exit_code != 0
    assert sentence in f"{result.output} {result.exception}"
