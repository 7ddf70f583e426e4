"""From a file of known tones to scores, a model card, and what a person is told."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from coded_study import study_with_news

from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError
from outcomes.media.classify import find_model
from outcomes.media.model_checks.model_answers import answer
from outcomes.pipeline.classifying import draw_coding_sample
from outcomes.pipeline.coded_rows import coded_rows
from outcomes.pipeline.coding import import_codes
from outcomes.pipeline.model_card_writing import write_model_card
from outcomes.pipeline.model_checking import ModelCheck, check_model
from outcomes.study import open_study

TINY = Path(__file__).resolve().parents[1] / "media" / "tiny_tone_model"
TEXTS = (
    ("Police were praised for a rescue on street {}.", 1),
    ("Police were accused of abuse on street {}.", -1),
    ("Police said a man was killed on street {}.", 0),
    ("Police bungled the search of house {}, neighbors thanked nobody.", -1),
)
WRITTEN = {
    "scores.csv", "by_group.csv", "reliability.csv", "worst.csv", "fairness.csv",
    "reliability.svg", "reliability.png", "check.json",
}  # fmt: skip


def invoke(*words: object) -> str:
    result = CliRunner().invoke(cli, [str(word) for word in words])
    assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
    return result.output


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a check by the tiny model, outside of any study, and what was told."""
    folder = tmp_path_factory.mktemp("checked")
    lines = [
        {
            "text": text.format(number), "from": 0, "to": 6, "beat": "ab"[number % 2],
            "first_label": tone, "second_label": tone if number else 0,
        }
        for number in range(12)
        for text, tone in TEXTS
    ]  # fmt: skip
    path = folder / "sentences.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    told = invoke(
        *("media", "check-model", "--model", TINY, "--targets", path, "--by", "beat"),
        *("--out", folder / "checks"),
    )
    return folder / "checks", told


def test_a_check_writes_every_table_with_the_baselines_beside_the_model(checked):
    folder, _ = checked
    assert {path.name for path in folder.iterdir()} == WRITTEN
    scores = pd.read_csv(folder / "scores.csv")
    assert set(scores["model"]) == {"tiny 1", "lexicon", "vader-article"}
    assert scores.groupby("figure")["model"].nunique().eq(3).all()
    assert scores[["low", "high", "n", "groups", "means"]].notna().all(axis=None)
    groups = pd.read_csv(folder / "by_group.csv")
    assert set(groups.loc[groups["by"] == "beat", "value"]) == {"a", "b"}
    fairness = pd.read_csv(folder / "fairness.csv")
    assert set(fairness["model"]) == set(scores["model"])
    about = json.loads((folder / "check.json").read_text(encoding="utf-8"))
    (rows,) = about["rows"]
    assert (rows["rows"], rows["left_out"], rows["trained_on"]) == (45, 3, False)
    assert 0 < rows["agreement"]["alpha"] < 1


def test_what_is_told_gives_intervals_and_the_rule_of_fairness(checked):
    _, told = checked
    assert re.search(
        r"Sentences, macro-F1: tiny 1 [01]\.\d+ \(0\.\d+ to [01]\.\d+\), n = 45; lexicon 0\.\d+",
        told,
    )
    assert "Fairness: tiny 1" in told
    assert "3 more on which the coders differ are left out" in told


def test_the_card_has_the_sections_of_the_field_and_its_numbers_stand_in_the_files(
    checked, tmp_path
):
    folder, _ = checked
    invoke("media", "model-card", "--model", TINY, "--checks", folder, "--out", tmp_path / "c.md")
    card = (tmp_path / "c.md").read_text(encoding="utf-8")
    titles = re.findall(r"^##? (.+)$", card, flags=re.MULTILINE)
    assert titles[:10] == [
        "Model card: tiny 1", "Model details", "Intended use", "Factors", "Metrics",
        "Evaluation data", "Training data", "Quantitative analyses", "Ethical considerations",
        "Caveats and recommendations",
    ]  # fmt: skip
    assert {"Data statement", "Annotator demographic", "Language variety"} <= set(titles)
    scores = pd.read_csv(folder / "scores.csv").fillna("").set_index(["model", "figure", "tone"])
    row = scores.loc[("tiny 1", "macro_f1", "")]
    assert f"| macro-F1 | {row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f}) |" in card
    assert "language models of one family, not people" in card
    assert "vader-article" in card


def test_the_card_quotes_no_row_that_was_checked(checked, tmp_path):
    folder, _ = checked
    worst = pd.read_csv(folder / "worst.csv")
    assert "sentences" in set(worst["set"])
    write_model_card(str(TINY), folder, out=tmp_path / "c.md", study=None)
    card = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert "[Police]" not in card
    assert "Cobb Hollow" in card


def test_a_card_of_another_model_or_of_a_folder_without_a_check_is_refused(checked, tmp_path):
    folder, _ = checked
    with pytest.raises(FileError, match="a check of tiny 1, and not of lexicon"):
        write_model_card("lexicon", folder, out=tmp_path / "c.md", study=None)
    with pytest.raises(FileError, match="no such file"):
        write_model_card("lexicon", tmp_path, out=tmp_path / "c.md", study=None)
    assert not (tmp_path / "c.md").exists()


def test_without_rows_and_with_an_unknown_column_nothing_is_read_or_written(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(DataError, match="nothing to check the model with"):
        check_model(ModelCheck(out=out, model="lexicon"), say=print)
    row = {"text": "Police came.", "from": 0, "to": 6, "tone": 0}
    (tmp_path / "one.jsonl").write_text(json.dumps(row), encoding="utf-8")
    check = ModelCheck(out=out, model="lexicon", targets=tmp_path / "one.jsonl", by=("paper",))
    with pytest.raises(DataError, match="--by paper: no rows have it"):
        check_model(check, say=print)
    assert not out.exists()


def test_a_study_is_checked_with_what_its_people_coded(tmp_path):
    study = study_with_news(tmp_path / "study", articles=32)
    with pytest.raises(DataError, match="nobody has coded"):
        coded_rows(study)
    path = tmp_path / "codes.csv"
    draw_coding_sample(study, path, per_month=8, seed=1)
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    tone = ["-1" if int(url.rsplit("/", 1)[1]) // 4 % 4 == 1 else "0" for url in sheet["url"]]
    sheet.assign(relevant="1", tone=tone, coder="ann").to_csv(path, index=False)
    import_codes(study, path)
    rows = coded_rows(open_study(study.root))
    table = rows.table
    assert len(table) == 16
    assert set(table["scope"]) == {"local", "national"}
    assert set(table["month"]) == {"2026-01", "2026-02"}
    assert table["weight"].tolist() == pytest.approx([2.0] * 16)
    assert set(table["tone"]) == {-1.0, 0.0}
    found = answer(find_model("lexicon"), rows)
    assert found.right.shape == (16,)
