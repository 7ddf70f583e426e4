"""The commands for coding news by hand."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from outcomes.cli.media import media
from outcomes.errors import DataError, OutcomesError
from outcomes.media.codebook import Code
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.classifying import classify_articles
from outcomes.pipeline.coding_plan import corpus_of
from outcomes.pipeline.coding_tasks import next_task, save_code
from outcomes.study import Study, open_study

STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2025-01-01
last = 2025-12-31

[[outlets]]
name = "Courier"
scope = "local"
"""


def run(study: Study, *words: object) -> Result:
    return CliRunner().invoke(media, [*(str(word) for word in words), "--study", str(study.root)])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Forty articles in each of two months, half of them neutral, half negative."""
    study_folder = tmp_path_factory.mktemp("template")
    (study_folder / "study.toml").write_text(STUDY, encoding="utf-8")
    study = open_study(study_folder)
    texts = ("Police arrested a man.", "The officer used excessive force, says a lawsuit.")
    rows = pd.DataFrame(
        {
            "url": [f"https://x.example/{k}" for k in range(80)],
            "outlet": "Courier",
            "published": [f"2025-0{1 + k % 2}-10" for k in range(80)],
            "title": "Police",
            "text": [texts[k // 2 % 2] for k in range(80)],
        }
    )
    path = study_folder / "articles.jsonl"
    rows.to_json(path, orient="records", lines=True)
    import_archive(study, path)
    classify_articles(study)
    return study


@pytest.fixture
def study(template: Study, tmp_path: Path) -> Study:
    shutil.copytree(template.root, tmp_path / "study")
    return open_study(tmp_path / "study")


def code_all(study: Study) -> None:
    from datetime import date

    while (task := next_task(study, coder="ana")) is not None:
        save_code(
            study,
            coder="ana",
            sample=task.sample,
            url=task.url,
            code=Code(relevant=1, tone=0),
            seconds=4,
            day=date(2025, 4, 1),
        )


def test_the_codebook_is_printed_and_written(study: Study, tmp_path: Path) -> None:
    assert "### T1 How grim the event is" in run(study, "codebook").output
    for name, start in (("page.html", "<!doctype html>"), ("page.md", "# Tone of news")):
        out = tmp_path / name
        assert "written to" in run(study, "codebook", "--out", out).output
        assert out.read_text(encoding="utf-8").startswith(start)
    assert isinstance(
        run(study, "codebook", "--out", tmp_path / "page.pdf").exception, OutcomesError
    )


def test_a_sample_goes_from_the_draw_to_its_end(study: Study, tmp_path: Path) -> None:
    drawn = run(study, "draw-sample", "a", "--per-month", 6, "--coders", "ana, ben", "--double", 1)
    assert "a: 12 articles of 2 months; to code: ana 12, ben 12" in drawn.output
    more = run(study, "draw-sample", "a", "--per-month", 8, "--coders", "ana", "--top-up")
    assert "a: 4 articles of 2 months; to code: ana 4" in more.output
    code_all(study)
    table = run(study, "samples", "--format", "json").output
    assert '"coder":"ana","done":16' in table
    out = tmp_path / "ben.csv"
    assert "12 articles for ben" in run(study, "export-codes", out, "--open-for", "ben").output
    codes = tmp_path / "codes.json"
    written = run(study, "export-codes", codes, "--as", "label-studio").output
    assert "16 codes of 16 articles" in written
    back = run(study, "import-codes", codes, "--from", "label-studio").output
    assert "16 rows read, 0 stored, 16 already known" in back
    assert "12 tasks were not done" in run(study, "close-sample", "a").output


@pytest.mark.parametrize(
    "how", [("stratified", "--by", "place", "--equal"), ("model-assisted", "--month", "2025-02")]
)
def test_a_sample_may_be_drawn_in_other_ways(study: Study, how: tuple[str, ...]) -> None:
    drawn = run(study, "draw-sample", "a", "--coders", "ana", "--per-month", 6, "--kind", *how)
    assert "a: " in drawn.output
    assert ("of 1 months" in drawn.output) == ("2025-02" in how)


def test_a_sample_that_cannot_be_drawn_is_one_sentence(study: Study) -> None:
    done = run(study, "draw-sample", "a", "--coders", " , ")
    assert isinstance(done.exception, DataError)
    assert "nobody is named who codes" in str(done.exception)


def test_training_on_the_examples_of_the_codebook(study: Study) -> None:
    drawn = run(study, "draw-sample", "p", "--training", "codebook", "--coders", "ana,ben")
    assert "to code: ana" in drawn.output


def test_a_plan_is_told_in_words_from_what_is_known(study: Study, tmp_path: Path) -> None:
    before = run(study, "plan-codes", "--per-month", 12, "--months", 6)
    assert "40 articles about law enforcement a month in 2 months; with 0 codes" in before.stderr
    assert before.stdout.startswith("12 a month (72 in all): about ±")
    table = run(study, "plan-codes", "--per-month", 12, "--months", 6, "--format", "json")
    assert '"with_model":' in table.stdout
    run(study, "draw-sample", "a", "--per-month", 20, "--coders", "ana")
    code_all(study)
    corpus, whence = corpus_of(study)
    assert "40 codes: the model is right in" in whence
    assert (corpus.articles, corpus.months) == (40, 2)
    model = study.read_table("articles").set_index("url")["tone"]
    assert 0.4 <= corpus.accuracy <= 0.98
    assert corpus.accuracy == pytest.approx((model == 0).mean(), abs=0.2)


def test_a_plan_needs_no_study_where_everything_is_said(tmp_path: Path) -> None:
    words = "plan-codes --per-month 12 --articles 60 --months 8 --accuracy 0.8"
    done = CliRunner().invoke(media, words.split())
    assert done.output.startswith("12 a month (96 in all): about ±")
